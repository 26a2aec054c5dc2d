package org.mlx4j;

/**
 * A singular value decomposition {@code a = u @ diag(s) @ vt}, which {@link Linalg#svd(MlxArray)}
 * returns.
 *
 * <pre>{@code
 * Svd svd = Linalg.svd(MlxArray.of(new float[] {3, 0, 0, 4}, 2, 2));
 * MlxArray values = svd.s(); // [4, 3]
 * }</pre>
 *
 * @param u the left singular vectors in columns, of shape {@code (…, m, m)}
 * @param s the singular values in descending order, of shape {@code (…, min(m, n))}
 * @param vt the right singular vectors in rows, of shape {@code (…, n, n)}
 */
public record Svd(MlxArray u, MlxArray s, MlxArray vt) {}
