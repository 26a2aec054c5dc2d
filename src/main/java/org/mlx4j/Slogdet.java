package org.mlx4j;

/**
 * A determinant as {@code sign * exp(logabsdet)}.
 *
 * @param sign 1, -1, or 0 for a singular matrix
 * @param logabsdet the logarithm of the absolute value, negative infinity for a singular matrix
 */
public record Slogdet(MlxArray sign, MlxArray logabsdet) {}
