package org.mlx4j;

/**
 * How freely Metal may change the arithmetic of a kernel. Mirrors the {@code math_mode} of {@code
 * mlx.core.fast.metal_kernel}.
 */
public enum MathMode {
  /** As written, infinities and NaN included. */
  SAFE,
  /** Changed where the values of infinities and NaN stay. */
  RELAXED,
  /** Changed as if there were no infinities and NaN. */
  FAST;

  /** MLX's number for it. */
  int code() {
    return switch (this) {
      case SAFE -> 0;
      case RELAXED -> 1;
      case FAST -> 2;
    };
  }
}
