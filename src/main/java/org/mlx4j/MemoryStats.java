package org.mlx4j;

/**
 * How much native memory a process uses, and for how many objects: what {@link Memory#stats}
 * returns, for logs and metrics.
 *
 * <pre>{@code
 * MemoryStats stats = Memory.stats();
 * System.out.println(stats.arrays() + " arrays, " + stats.activeBytes() + " bytes");
 * }</pre>
 *
 * @param arrays the number of arrays that are not closed. An array that is unreachable counts until
 *     the garbage collector has found it
 * @param functions the number of native functions that are not closed: one for each {@link
 *     FunctionHandle}, and for each function of trees one for every structure of arguments that it
 *     was called with
 * @param activeBytes the memory in use by arrays, as {@link Memory#getActiveMemory} returns it
 * @param peakBytes the largest number of bytes that were in use, as {@link Memory#getPeakMemory}
 *     returns it
 * @param cacheBytes the memory that is kept for new arrays, as {@link Memory#getCacheMemory}
 *     returns it
 * @param limitBytes the memory limit, as {@link Memory#getMemoryLimit} returns it
 */
public record MemoryStats(
    long arrays,
    long functions,
    long activeBytes,
    long peakBytes,
    long cacheBytes,
    long limitBytes) {}
