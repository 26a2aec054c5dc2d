package org.mlx4j;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import org.mlx4j.internal.HandlesNative;
import org.mlx4j.internal.Lease;

/**
 * The owner of an array or function: the open scope of the thread that creates it, otherwise the
 * garbage collector. The collector also owns what a static initializer creates that began to run
 * inside the scope.
 */
final class Ownership {
  private static final Cleaner CLEANER = Cleaner.create();

  private Ownership() {}

  static void own(Object owner, long handle, ThreadContext context) {
    Tracking.made(owner, handle);
    Scope scope = context.scope;
    if (scope != null && scope.ownsWhatIsMade()) {
      scope.add(handle);
    } else {
      leaveToCollector(owner, handle);
    }
  }

  /** Gives arrays that nobody owns to the open scope of the calling thread, or to the collector. */
  static void adopt(Iterable<MlxArray> arrays) {
    Scope scope = ThreadContext.current().scope;
    if (scope != null && scope.ownsWhatIsMade()) {
      for (MlxArray x : arrays) {
        scope.add(x.handle);
      }
    } else {
      leaveToCollector(arrays);
    }
  }

  static void leaveToCollector(Iterable<MlxArray> arrays) {
    for (MlxArray x : arrays) {
      leaveToCollector(x, x.handle);
    }
  }

  /** Closes the handle once its owner is unreachable, unless it is closed before. */
  static void leaveToCollector(Object owner, long handle) {
    afterCollection(owner, new Closer(handle));
    MemoryPressure.created();
  }

  /** Closes the handle of an array or function; closing it again is a no-op. */
  static void close(long handle) {
    HandlesNative.close(handle);
    Tracking.closed(handle);
  }

  /** Returns whether the handle of {@code owner} was closed, by its owner or by a scope. */
  static boolean isClosed(Object owner, long handle) {
    try {
      return !HandlesNative.is_live(handle);
    } finally {
      Reference.reachabilityFence(owner);
    }
  }

  static void own(Object owner, Lease lease, ThreadContext context) {
    Scope scope = context.scope;
    if (scope != null && scope.ownsWhatIsMade()) {
      scope.add(owner, lease);
    } else {
      afterCollection(owner, lease::end);
    }
  }

  static Cleaner.Cleanable afterCollection(Object owner, Runnable action) {
    return CLEANER.register(owner, action);
  }

  private record Closer(long handle) implements Runnable {
    @Override
    public void run() {
      HandlesNative.close(handle);
    }
  }
}
