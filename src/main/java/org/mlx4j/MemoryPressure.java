package org.mlx4j;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.mlx4j.internal.MemoryNative;

/**
 * Requests garbage collections when dropped arrays may hold much memory.
 *
 * <p>Native memory is invisible to the Java heap, so arrays left to the collector could accumulate
 * long before it runs. After every {@link #INTERVAL} such arrays, this class asks MLX how much
 * memory is in use, and requests a collection if that exceeds a limit. The limit then becomes twice
 * the size of the survivors, so that a program that needs the memory is not collected over and
 * over.
 */
final class MemoryPressure {
  /** The number of bytes of array memory above which collections are requested. */
  private static final long FLOOR = Long.getLong("mlx4j.gc.threshold", 1L << 30);

  private static final int INTERVAL = 64;
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static volatile long limit = FLOOR;

  private MemoryPressure() {}

  /** Counts an array that is left to the collector. */
  static void created() {
    if ((COUNT.incrementAndGet() & (INTERVAL - 1)) == 0) {
      evaluated();
    }
  }

  /** Looks at the memory in use, after arrays have been evaluated. */
  static void evaluated() {
    if (MemoryNative.get_active_memory() > limit) {
      relieve();
    }
  }

  /** Frees the memory of dropped arrays, as far as a collection can. */
  static synchronized void relieve() {
    CountDownLatch cleanerRuns = new CountDownLatch(1);
    Ownership.afterCollection(new Object(), cleanerRuns::countDown);
    System.gc();
    long active = MemoryNative.get_active_memory();
    try { // the cleaner's thread needs some time, on a busy machine also to begin
      cleanerRuns.await(1, TimeUnit.SECONDS);
      long before;
      int stable = 0;
      do {
        before = active;
        Thread.sleep(1);
        active = MemoryNative.get_active_memory();
        stable = active < before ? 0 : stable + 1;
      } while (stable < 10);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    limit = Math.max(FLOOR, 2 * active);
  }
}
