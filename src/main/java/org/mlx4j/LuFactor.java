package org.mlx4j;

/**
 * The triangles of {@link Lu} in one matrix.
 *
 * @param lu the upper triangle, and below its diagonal the lower one without its ones, of the shape
 *     of the matrix
 * @param pivots with which row each row was exchanged, one after the other, uint32, of shape {@code
 *     (…, min(m, n))}
 */
public record LuFactor(MlxArray lu, MlxArray pivots) {}
