package org.mlx4j;

/**
 * The eigenvalues and eigenvectors of square matrices, which {@link Linalg#eig} returns.
 *
 * <pre>{@code
 * Eig eig = Linalg.eig(MlxArray.of(new float[] {0, -1, 1, 0}, 2, 2));
 * MlxArray values = eig.eigenvalues(); // i and -i
 * }</pre>
 *
 * @param eigenvalues complex64, of shape {@code (…, n)}, in no particular order
 * @param eigenvectors complex64, in columns, of shape {@code (…, n, n)}
 */
public record Eig(MlxArray eigenvalues, MlxArray eigenvectors) {}
