package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.mlx4j.internal.HandlesNative;

/** Fails a test if more or fewer objects are alive after it than before it. */
public final class LifetimeBalance implements BeforeEachCallback, AfterEachCallback {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /**
   * What is alive at one moment.
   *
   * @param arrays handles of arrays
   * @param functions handles of functions
   * @param javaReferences Java objects that native code holds
   * @param bytes memory of arrays
   */
  public record Live(int arrays, int functions, int javaReferences, long bytes) {
    public static Live now() {
      return new Live(
          HandlesNative.live_arrays(),
          HandlesNative.live_functions(),
          HandlesNative.live_java_refs(),
          Memory.getActiveMemory());
    }
  }

  /** The balance of the class whose tests run, from the end of one to the beginning of the next. */
  private Live last;

  private Live before;

  @Override
  public void beforeEach(ExtensionContext context) {
    sameRandomKey();
    before = isBack(last) ? last : settled();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    last = null;
    if (context.getExecutionException().isEmpty()) {
      assertBack(before);
      last = before;
    }
  }

  /** The number of live objects once garbage is gone. */
  public static Live settled() {
    sameRandomKey();
    Live last = collected();
    for (int same = 0; same < 5; ) { // the cleaner's thread may come late
      Live now = collected();
      same = now.equals(last) ? same + 1 : 0;
      last = now;
    }
    return last;
  }

  /**
   * Brings the random key, which the process keeps for itself, to one state: it takes a different
   * amount of memory when it is not yet computed, and when a larger buffer of the cache is used for
   * it.
   */
  private static void sameRandomKey() {
    Memory.clearCache();
    MlxRandom.seed(0);
  }

  private static Live collected() {
    System.gc();
    pause(10);
    return Live.now();
  }

  /** Waits until exactly as many objects are alive as before. */
  public static void assertBack(Live before) {
    sameRandomKey();
    reached(() -> isBack(before));
    assertEquals(before, Live.now());
    assertEquals(0, HandlesNative.pending_deletions());
    assertNull(ThreadContext.current().scope, "a scope was left open");
  }

  private static boolean isBack(Live before) {
    return Live.now().equals(before) && HandlesNative.pending_deletions() == 0;
  }

  public static void assertCollected(WeakReference<?> reference) {
    assertTrue(reached(() -> reference.refersTo(null)), "the object is still held");
  }

  /** Collects garbage until a condition holds, or patience ends. */
  public static boolean reached(BooleanSupplier goal) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!goal.getAsBoolean()) {
      if (System.nanoTime() > end) {
        return false;
      }
      System.gc();
      pause(5);
      HandlesNative.live_arrays(); // an entry: it makes the deletions that had to wait for one
    }
    return true;
  }

  private static void pause(long milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
