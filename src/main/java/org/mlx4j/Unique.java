package org.mlx4j;

import org.jspecify.annotations.Nullable;

/**
 * The distinct elements of an array, which {@link Sorting#unique(int, boolean, boolean, boolean,
 * MlxArray)} returns.
 *
 * <pre>{@code
 * Unique u = MlxArray.of(3, 1, 3).unique(2, true, true, true);
 * MlxArray values = u.values();   // [1, 3]
 * MlxArray indices = u.indices(); // [1, 0]
 * MlxArray inverse = u.inverse(); // [1, 0, 1]
 * MlxArray counts = u.counts();   // [1, 2]
 * }</pre>
 *
 * @param values the distinct elements in ascending order
 * @param indices for each of them the index of its first occurrence in the flattened array, of
 *     dtype uint32; null unless requested
 * @param inverse for each element of the array the index of its value, of dtype uint32 and the
 *     array's shape; null unless requested
 * @param counts how often each value occurs, of dtype uint32; null unless requested
 */
public record Unique(
    MlxArray values,
    @Nullable MlxArray indices,
    @Nullable MlxArray inverse,
    @Nullable MlxArray counts) {}
