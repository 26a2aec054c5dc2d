package org.mlx4j;

/**
 * A determinant in the form {@code sign * exp(logabsdet)}, which {@link Linalg#slogdet} returns.
 *
 * <pre>{@code
 * Slogdet d = Linalg.slogdet(MlxArray.of(new float[] {1, 2, 3, 4}, 2, 2)); // det is -2
 * MlxArray sign = d.sign();      // -1
 * MlxArray log = d.logabsdet();  // log(2)
 * }</pre>
 *
 * @param sign 1, -1, or 0 for a singular matrix
 * @param logabsdet the logarithm of the absolute value, negative infinity for a singular matrix
 */
public record Slogdet(MlxArray sign, MlxArray logabsdet) {}
