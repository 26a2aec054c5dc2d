package org.mlx4j;

/**
 * Eigenvalues and eigenvectors of a symmetric or Hermitian matrix.
 *
 * @param eigenvalues real, in ascending order, of shape {@code (…, n)}
 * @param eigenvectors orthonormal, in columns, of shape {@code (…, n, n)}
 */
public record Eigh(MlxArray eigenvalues, MlxArray eigenvectors) {}
