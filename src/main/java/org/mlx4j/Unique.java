package org.mlx4j;

/**
 * The different elements of an array, from {@link Sorting#unique(int, boolean, boolean, boolean)}.
 *
 * @param values the elements in ascending order
 * @param indices for each of them the index of the first such element of the flattened array, of
 *     dtype uint32, or null if it was not asked for
 * @param inverse for each element of the array the index of its value, of dtype uint32 and the
 *     array's shape, or null if it was not asked for
 * @param counts how often each value occurs, of dtype uint32, or null if it was not asked for
 */
public record Unique(MlxArray values, MlxArray indices, MlxArray inverse, MlxArray counts) {}
