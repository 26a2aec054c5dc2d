package org.mlx4j;

/**
 * The distinct elements of an array, as returned by {@link Sorting#unique(int, boolean, boolean,
 * boolean)}.
 *
 * <pre>{@code
 * Unique unique = MlxArray.of(3, 1, 3).unique(3, false, false, true);
 * MlxArray values = unique.values(); // [1, 3]
 * MlxArray counts = unique.counts(); // [1, 2]
 * }</pre>
 *
 * @param values the distinct elements in ascending order
 * @param indices the indices of their first occurrences in the flattened array, of dtype uint32; or
 *     null if they were not requested
 * @param inverse the index in {@code values} of each element of the array, of dtype uint32 and of
 *     the shape of the array; or null if it was not requested
 * @param counts the numbers of their occurrences, of dtype uint32; or null if they were not
 *     requested
 */
public record Unique(MlxArray values, MlxArray indices, MlxArray inverse, MlxArray counts) {}
