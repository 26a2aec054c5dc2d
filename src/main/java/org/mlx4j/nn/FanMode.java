package org.mlx4j.nn;

/**
 * The number of units that {@link Initializers#heNormal(FanMode, double) heNormal} and {@link
 * Initializers#heUniform(FanMode, double) heUniform} scale by. Mirrors the argument {@code mode} of
 * {@code mlx.nn.init.he_normal}.
 *
 * <pre>{@code
 * MlxArray weight = Initializers.heNormal(FanMode.FAN_OUT, 1).apply(128, 784);
 * }</pre>
 */
public enum FanMode {
  /** The number of inputs, which preserves the variance of outputs; Python's {@code "fan_in"}. */
  FAN_IN,
  /**
   * The number of outputs, which preserves the variance of gradients; Python's {@code "fan_out"}.
   */
  FAN_OUT;

  double of(Fans fans) {
    return this == FAN_IN ? fans.in() : fans.out();
  }
}
