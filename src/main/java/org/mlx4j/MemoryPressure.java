package org.mlx4j;

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

  static void created() {
    if ((COUNT.incrementAndGet() & (INTERVAL - 1)) == 0
        && MemoryNative.get_active_memory() > limit) {
      relieve();
    }
  }

  /** Frees what dropped arrays hold, as far as a collection and a few milliseconds can. */
  static synchronized void relieve() {
    long before = MemoryNative.get_active_memory();
    System.gc();
    for (int i = 0;
        i < 20 && MemoryNative.get_active_memory() > before / 2;
        i++) { // the cleaner's thread needs time
      try {
        Thread.sleep(1);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    limit = Math.max(FLOOR, 2 * MemoryNative.get_active_memory());
  }
}
