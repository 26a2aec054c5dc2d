package org.mlx4j;

/**
 * Eigenvalues and eigenvectors of any square matrix.
 *
 * @param eigenvalues complex64, of shape {@code (…, n)}, in no particular order
 * @param eigenvectors complex64, in columns, of shape {@code (…, n, n)}
 */
public record Eig(MlxArray eigenvalues, MlxArray eigenvectors) {}
