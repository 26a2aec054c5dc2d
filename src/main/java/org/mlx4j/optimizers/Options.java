package org.mlx4j.optimizers;

import java.util.Objects;

/** Checks of the options of optimizers. */
final class Options {
  private Options() {}

  static void learningRate(String optimizer, Schedule learningRate) {
    Objects.requireNonNull(learningRate, () -> "[" + optimizer + "] learningRate is null");
  }

  static void notNegative(String optimizer, String option, double value) {
    require(value >= 0 && Double.isFinite(value), optimizer, option, value, "at least 0");
  }

  static void positive(String optimizer, String option, double value) {
    require(value > 0 && Double.isFinite(value), optimizer, option, value, "positive");
  }

  /** Coefficients of running averages. */
  static void beta(String optimizer, String option, double value) {
    require(value >= 0 && value < 1, optimizer, option, value, "in [0, 1)");
  }

  private static void require(
      boolean holds, String optimizer, String option, double value, String allowed) {
    if (!holds) {
      throw new IllegalArgumentException(
          "[" + optimizer + "] " + option + " must be " + allowed + ", got " + value);
    }
  }
}
