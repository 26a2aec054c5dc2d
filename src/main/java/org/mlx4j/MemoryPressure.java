package org.mlx4j;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.mlx4j.internal.MemoryNative;

/**
 * Asks for a garbage collection when dropped arrays may be holding much memory.
 *
 * <p>The Java heap does not see native memory, so arrays left to the collector could pile up long
 * before it runs. Every {@link #INTERVAL} such arrays this asks MLX how much memory is in use; past
 * a limit it asks for a collection. The limit then becomes twice what survived, so that a program
 * which really needs the memory is not collected over and over.
 */
final class MemoryPressure {
  /** Bytes of array memory from which on dropped arrays cause collections. */
  private static final long FLOOR = Long.getLong("mlx4j.gc.threshold", 1L << 30);

  private static final int INTERVAL = 64;
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static volatile long limit = FLOOR;

  private MemoryPressure() {}

  /** An array was left to the collector. */
  static void created() {
    if ((COUNT.incrementAndGet() & (INTERVAL - 1)) == 0) {
      evaluated();
    }
  }

  /** Arrays have taken memory. */
  static void evaluated() {
    if (MemoryNative.get_active_memory() > limit) {
      relieve();
    }
  }

  /** Frees what dropped arrays hold, as far as a collection can. */
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
