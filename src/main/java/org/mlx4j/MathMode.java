package org.mlx4j;

/**
 * How freely Metal may change the arithmetic of a {@link MetalKernel}. Mirrors the argument {@code
 * math_mode} of {@code mlx.core.fast.metal_kernel}.
 *
 * <pre>{@code
 * MetalKernel kernel =
 *     Fast.metalKernel(
 *         "roots",
 *         List.of("x"),
 *         List.of("y"),
 *         "uint i = thread_position_in_grid.x; y[i] = sqrt(x[i]);",
 *         "",
 *         true,
 *         false,
 *         MathMode.FAST);
 * }</pre>
 */
public enum MathMode {
  /** No changes: infinities and NaN behave as the source says. */
  SAFE,
  /** Changes that preserve infinities and NaN. */
  RELAXED,
  /** Changes that assume that there are no infinities and no NaN. */
  FAST;

  /** Returns MLX's number for this mode. */
  int code() {
    return switch (this) {
      case SAFE -> 0;
      case RELAXED -> 1;
      case FAST -> 2;
    };
  }
}
