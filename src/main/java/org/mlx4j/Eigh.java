package org.mlx4j;

/**
 * The eigenvalues and eigenvectors of symmetric or Hermitian matrices, which {@link
 * Linalg#eigh(MlxArray, Linalg.Uplo)} returns.
 *
 * <pre>{@code
 * Eigh eigh = Linalg.eigh(MlxArray.of(new float[] {2, 1, 1, 2}, 2, 2));
 * MlxArray values = eigh.eigenvalues(); // [1, 3]
 * }</pre>
 *
 * @param eigenvalues real, in ascending order, of shape {@code (…, n)}
 * @param eigenvectors orthonormal, in columns, of shape {@code (…, n, n)}
 */
public record Eigh(MlxArray eigenvalues, MlxArray eigenvectors) {}
