package org.mlx4j;

/**
 * An LU decomposition in LAPACK's compact form, which {@link Linalg#luFactor} returns.
 *
 * <pre>{@code
 * LuFactor lu = Linalg.luFactor(MlxArray.of(new float[] {1, 2, 3, 4}, 2, 2));
 * MlxArray upper = lu.lu().triu();
 * }</pre>
 *
 * @param lu the upper triangle and, below its diagonal, the lower triangle without its ones, of the
 *     shape of the matrix
 * @param pivots for each row the row with which it was exchanged, in order, uint32, of shape {@code
 *     (…, min(m, n))}
 */
public record LuFactor(MlxArray lu, MlxArray pivots) {}
