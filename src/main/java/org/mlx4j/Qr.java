package org.mlx4j;

/**
 * A QR decomposition {@code a = q @ r}, which {@link Linalg#qr} returns.
 *
 * <pre>{@code
 * MlxArray a = MlxArray.of(new float[] {1, 2, 3, 4}, 2, 2);
 * Qr qr = Linalg.qr(a);
 * MlxArray same = qr.q().matmul(qr.r()); // a
 * }</pre>
 *
 * @param q orthonormal columns, of shape {@code (…, m, min(m, n))}
 * @param r an upper triangle, of shape {@code (…, min(m, n), n)}
 */
public record Qr(MlxArray q, MlxArray r) {}
