package org.mlx4j;

/**
 * The result of {@link Fast#gatedDeltaUpdate}.
 *
 * <pre>{@code
 * MlxArray x = MlxRandom.normal(new int[] {1, 16, 2, 8}); // batch, steps, heads, features
 * MlxArray half = Ops.full(new int[] {1, 16, 2}, 0.5);
 * GatedDelta result = Fast.gatedDeltaUpdate(x, x, x, half, half);
 * MlxArray last = result.output().get(0, -1);
 * }</pre>
 *
 * @param output the output, of shape {@code (B, T, Hv, Dv)}
 * @param state the final state, of shape {@code (B, Hv, Dv, Dk)}
 */
public record GatedDelta(MlxArray output, MlxArray state) {}
