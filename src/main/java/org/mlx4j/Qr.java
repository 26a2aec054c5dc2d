package org.mlx4j;

/**
 * A matrix as a product of two.
 *
 * @param q orthonormal columns, of shape {@code (…, m, min(m, n))}
 * @param r an upper triangle, of shape {@code (…, min(m, n), n)}
 */
public record Qr(MlxArray q, MlxArray r) {}
