package org.mlx4j;

/**
 * A matrix as a product of two triangles whose rows are exchanged: {@code a = (l @ u)[…, p, :]}.
 *
 * @param p for each row of the matrix its place in {@code l @ u}, uint32, of shape {@code (…, m)}
 * @param l a lower triangle with ones on its diagonal, of shape {@code (…, m, min(m, n))}
 * @param u an upper triangle, of shape {@code (…, min(m, n), n)}
 */
public record Lu(MlxArray p, MlxArray l, MlxArray u) {}
