package org.mlx4j;

import java.lang.ref.Reference;
import org.mlx4j.internal.HandlesNative;
import org.mlx4j.internal.MemoryNative;

/**
 * The native memory of arrays, in bytes. It is not part of the Java heap.
 *
 * <pre>{@code
 * MlxArray large = Ops.ones(1024, 1024);
 * large.eval();
 * long inUse = Memory.getActiveMemory();                    // at least 4 MiB
 * large.close();
 * Memory.clearCache();
 * }</pre>
 *
 * <p>All numbers are those of the whole process. An array that has not been evaluated takes no
 * memory. Every method may be called on any thread. Methods that set a limit throw {@link
 * IllegalArgumentException} if it is negative.
 */
public final class Memory {
  private Memory() {}

  /**
   * Returns how much memory is used, and for how many arrays and functions, for logs and metrics.
   * It is cheap and waits for no computation. Other threads may make and close arrays meanwhile, so
   * the numbers need not belong to one moment.
   *
   * @return the numbers
   */
  public static MemoryStats stats() {
    long active = getActiveMemory(); // after it, what was to be freed is
    return new MemoryStats(
        HandlesNative.live_arrays(),
        HandlesNative.live_functions(),
        active,
        getPeakMemory(),
        getCacheMemory(),
        getMemoryLimit());
  }

  /**
   * Returns the memory in use by arrays. Mirrors {@code mlx.core.get_active_memory}.
   *
   * @return bytes, without those that the cache keeps
   */
  public static long getActiveMemory() {
    HandlesNative.settle();
    return MemoryNative.get_active_memory();
  }

  /**
   * Returns the largest amount of memory that was in use since the start of the process or the last
   * {@link #resetPeakMemory}. Mirrors {@code mlx.core.get_peak_memory}.
   *
   * @return bytes
   */
  public static long getPeakMemory() {
    return MemoryNative.get_peak_memory();
  }

  /** Restarts the measurement of the peak memory. Mirrors {@code mlx.core.reset_peak_memory}. */
  public static void resetPeakMemory() {
    MemoryNative.reset_peak_memory();
  }

  /**
   * Returns the memory that is kept for new arrays instead of being returned to the operating
   * system. Mirrors {@code mlx.core.get_cache_memory}.
   *
   * @return bytes
   */
  public static long getCacheMemory() {
    return MemoryNative.get_cache_memory();
  }

  /** Returns the cached memory to the operating system. Mirrors {@code mlx.core.clear_cache}. */
  public static void clearCache() {
    MemoryNative.clear_cache();
  }

  /**
   * Returns the limit at which evaluation waits for running tasks to finish. By default it is four
   * fifths of the memory of the machine, or of the control group of this process. Mirrors {@code
   * mlx.core.get_memory_limit}.
   *
   * @return bytes
   */
  public static long getMemoryLimit() {
    return MemoryNative.get_memory_limit();
  }

  /**
   * Returns the memory that arrays occupy together. A buffer that several of them share, as views
   * do, counts once; arrays that are not computed yet count as zero. Mirrors {@code
   * mlx.core.get_array_buffer_size}.
   *
   * @param arrays the arrays
   * @return bytes; a buffer may be larger than the elements in it
   * @throws IllegalStateException if an array is closed
   * @throws NullPointerException if {@code arrays} or one of them is null
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
   * Sets the memory limit. From then on it is also the maximum for arrays: an operation that needs
   * more throws {@link OutOfMemoryError}, after which the program can continue. Arrays of at most
   * 64 KiB may exceed the limit slightly, by a 64th of it or 1 MiB. To lift the limit, set it to
   * the value that it had at the start. Mirrors {@code mlx.core.set_memory_limit}.
   *
   * <p>Without a call of this method, the limits of the operating system apply in the same way: the
   * available memory, the control groups of the process, {@code ulimit -v} and {@code ulimit -d}.
   *
   * @param bytes the limit, not negative
   * @return the previous limit
   * @throws IllegalArgumentException if {@code bytes} is negative
   */
  public static long setMemoryLimit(long bytes) {
    return MemoryNative.set_memory_limit(notNegative("setMemoryLimit", bytes));
  }

  /**
   * Sets how much free memory may be kept for new arrays. Mirrors {@code mlx.core.set_cache_limit}.
   *
   * @param bytes the limit, not negative
   * @return the previous limit
   * @throws IllegalArgumentException if {@code bytes} is negative
   */
  public static long setCacheLimit(long bytes) {
    return MemoryNative.set_cache_limit(notNegative("setCacheLimit", bytes));
  }

  /**
   * Sets how much memory stays resident, on macOS 15 and later. Elsewhere this has no effect.
   * Mirrors {@code mlx.core.set_wired_limit}.
   *
   * @param bytes the limit, not negative
   * @return the previous limit
   * @throws IllegalArgumentException if {@code bytes} is negative or more than the system allows
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
