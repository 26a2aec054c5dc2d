package org.mlx4j;

import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The places where arrays and functions were created and closed, for the messages about closed
 * ones. Nothing is recorded unless the system property {@code mlx4j.track} is true when this
 * library is first used, because a stack trace costs more than most operations.
 */
final class Tracking {
  static final boolean ON = Boolean.getBoolean("mlx4j.track");

  /** The last event of each handle, as long as its owner is reachable. */
  private static final ConcurrentHashMap<Long, Event> EVENTS = new ConcurrentHashMap<>();

  private Tracking() {}

  /** A place in the program, which appears as the cause of an exception. */
  private static final class Event extends Exception {
    private static final long serialVersionUID = 1L;

    Event(String what, @Nullable Event before) {
      super("it was " + what + " here, on thread " + Thread.currentThread().getName(), before);
    }

    boolean isClosing() {
      return getCause() != null;
    }
  }

  static void made(Object owner, long handle) {
    if (ON) {
      EVENTS.put(handle, new Event("created", null));
      Ownership.afterCollection(owner, () -> EVENTS.remove(handle));
    }
  }

  static void closed(long handle) {
    if (ON) {
      EVENTS.computeIfPresent(
          handle, (h, last) -> last.isClosing() ? last : new Event("closed", last));
    }
  }

  static void closed(long[] handles, int count) {
    if (ON) {
      for (int i = 0; i < count; i++) {
        closed(handles[i]);
      }
    }
  }

  /** Returns the number of arrays and functions with a recorded event. */
  static int recorded() {
    return EVENTS.size();
  }

  /**
   * Returns the place where a handle was closed, caused by the place where it was created; null if
   * unknown.
   */
  static @Nullable Throwable history(long handle) {
    Event last = EVENTS.get(handle);
    return last != null && last.isClosing() ? last : null;
  }
}
