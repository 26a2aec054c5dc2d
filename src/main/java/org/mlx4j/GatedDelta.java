package org.mlx4j;

/**
 * What {@link Fast#gatedDeltaUpdate} gives.
 *
 * @param output the output, of shape {@code (B, T, Hv, Dv)}
 * @param state the final state, of shape {@code (B, Hv, Dv, Dk)}
 */
public record GatedDelta(MlxArray output, MlxArray state) {}
