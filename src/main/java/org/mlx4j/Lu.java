package org.mlx4j;

/**
 * An LU decomposition {@code a = (l @ u)[…, p, :]}, which {@link Linalg#lu} returns.
 *
 * <pre>{@code
 * MlxArray a = MlxArray.of(new float[] {1, 2, 3, 4}, 2, 2);
 * Lu lu = Linalg.lu(a);
 * MlxArray same = lu.l().matmul(lu.u()).take(lu.p(), 0); // a
 * }</pre>
 *
 * @param p for each row of the matrix its position in {@code l @ u}, uint32, of shape {@code (…,
 *     m)}
 * @param l a lower triangle with ones on its diagonal, of shape {@code (…, m, min(m, n))}
 * @param u an upper triangle, of shape {@code (…, min(m, n), n)}
 */
public record Lu(MlxArray p, MlxArray l, MlxArray u) {}
