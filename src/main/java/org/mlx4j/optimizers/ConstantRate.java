package org.mlx4j.optimizers;

import org.mlx4j.MlxArray;

/** A constant learning rate, in single precision as in MLX. Equal rates are equal schedules. */
record ConstantRate(double rate) implements Schedule {
  /** The schedule of an optimizer for which a number was given. */
  static Schedule of(String optimizer, double learningRate) {
    if (!Double.isFinite(learningRate)) {
      throw new IllegalArgumentException(
          "[" + optimizer + "] learningRate must be finite, got " + learningRate);
    }
    return new ConstantRate(learningRate);
  }

  @Override
  public MlxArray apply(MlxArray step) {
    return MlxArray.scalar((float) rate);
  }
}
