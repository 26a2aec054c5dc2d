package org.mlx4j;

import java.lang.ref.Reference;
import org.mlx4j.internal.HandlesNative;
import org.mlx4j.internal.MemoryNative;

/**
 * The memory of arrays, in bytes. The Java heap does not contain it.
 *
 * <p>All numbers are of the whole process. An array that is not evaluated takes no memory.
 */
public final class Memory {
  private Memory() {}

  /**
   * The memory in use by arrays. Mirrors {@code mlx.core.get_active_memory}.
   *
   * @return bytes, without what the cache holds
   */
  public static long getActiveMemory() {
    HandlesNative.settle();
    return MemoryNative.get_active_memory();
  }

  /**
   * The most memory in use since the start or {@link #resetPeakMemory}. Mirrors {@code
   * mlx.core.get_peak_memory}.
   *
   * @return bytes
   */
  public static long getPeakMemory() {
    return MemoryNative.get_peak_memory();
  }

  /**
   * Starts a new measurement of {@link #getPeakMemory}. Mirrors {@code mlx.core.reset_peak_memory}.
   */
  public static void resetPeakMemory() {
    MemoryNative.reset_peak_memory();
  }

  /**
   * The memory that is free for new arrays without asking the operating system. Mirrors {@code
   * mlx.core.get_cache_memory}.
   *
   * @return bytes
   */
  public static long getCacheMemory() {
    return MemoryNative.get_cache_memory();
  }

  /** Gives the cached memory back to the operating system. Mirrors {@code mlx.core.clear_cache}. */
  public static void clearCache() {
    MemoryNative.clear_cache();
  }

  /**
   * The memory from which on evaluation waits for running work to finish: by default four fifths of
   * what the machine, or a control group of this process, has. Mirrors {@code
   * mlx.core.get_memory_limit}.
   *
   * @return bytes
   */
  public static long getMemoryLimit() {
    return MemoryNative.get_memory_limit();
  }

  /**
   * The memory that arrays occupy together: buffers that several of them share, as views do, count
   * once, and arrays that are not computed yet count for nothing. Mirrors {@code
   * mlx.core.get_array_buffer_size}.
   *
   * @param arrays the arrays
   * @return bytes; a buffer may be larger than the elements in it
   * @throws IllegalStateException if an array is closed
   */
  public static long getArrayBufferSize(MlxArray... arrays) {
    long[] handles = Call.handles("getArrayBufferSize", arrays);
    try {
      return MemoryNative.array_buffer_size(handles);
    } catch (RuntimeException e) {
      throw Call.explained("getArrayBufferSize", e, arrays);
    } finally {
      Reference.reachabilityFence(arrays);
    }
  }

  /**
   * Sets {@link #getMemoryLimit}, which from then on is also the most that arrays may take: what
   * would need more is an {@link OutOfMemoryError}, after which the program can go on. A little
   * more, a 64th or 1 MiB, is left for arrays of at most 64 KiB. Setting the limit of the start
   * ends that. Mirrors {@code mlx.core.set_memory_limit}.
   *
   * <p>Without a call of this method the operating system's limits hold in the same way: the memory
   * that is available, the control groups of the process, {@code ulimit -v} and {@code ulimit -d}.
   *
   * @param bytes the limit, not negative
   * @return the limit before
   * @throws IllegalArgumentException if {@code bytes} is negative
   */
  public static long setMemoryLimit(long bytes) {
    return MemoryNative.set_memory_limit(notNegative("setMemoryLimit", bytes));
  }

  /**
   * Sets how much free memory may be kept for new arrays. Mirrors {@code mlx.core.set_cache_limit}.
   *
   * @param bytes the limit, not negative
   * @return the limit before
   * @throws IllegalArgumentException if {@code bytes} is negative
   */
  public static long setCacheLimit(long bytes) {
    return MemoryNative.set_cache_limit(notNegative("setCacheLimit", bytes));
  }

  /**
   * Sets how much memory stays resident, on macOS 15 and later; elsewhere this does nothing.
   * Mirrors {@code mlx.core.set_wired_limit}.
   *
   * @param bytes the limit, not negative
   * @return the limit before
   * @throws IllegalArgumentException if {@code bytes} is negative, or more than the system allows
   */
  public static long setWiredLimit(long bytes) {
    return MemoryNative.set_wired_limit(notNegative("setWiredLimit", bytes));
  }

  private static long notNegative(String function, long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException(
          "[" + function + "] bytes must not be negative, got " + bytes);
    }
    return bytes;
  }
}
