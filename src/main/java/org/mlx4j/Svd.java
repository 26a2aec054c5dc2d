package org.mlx4j;

/**
 * A matrix as a product of three.
 *
 * @param u the left singular vectors in columns, of shape {@code (…, m, m)}
 * @param s the singular values in descending order, of shape {@code (…, min(m, n))}
 * @param vt the right singular vectors in rows, of shape {@code (…, n, n)}
 */
public record Svd(MlxArray u, MlxArray s, MlxArray vt) {}
