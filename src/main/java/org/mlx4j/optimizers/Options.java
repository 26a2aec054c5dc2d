package org.mlx4j.optimizers;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.mlx4j.MlxArray;

/** Checks options one after the other; messages name the function or class they belong to. */
record Options(String function) {
  /** Starts the checks of an optimizer that needs a learning rate. */
  static Options of(String optimizer, Schedule learningRate) {
    Objects.requireNonNull(learningRate, () -> "[" + optimizer + "] learningRate is null");
    return new Options(optimizer);
  }

  /** Returns the learning rate in the dtype of a gradient. */
  static MlxArray rate(@Nullable MlxArray rate, MlxArray gradient) {
    return Objects.requireNonNull(rate, "[applySingle] rate is null").astype(gradient.dtype());
  }

  Options notNegative(String option, double value) {
    return require(value >= 0 && Double.isFinite(value), option, value, "at least 0");
  }

  Options positive(String option, double value) {
    return require(value > 0 && Double.isFinite(value), option, value, "positive");
  }

  Options notPositive(String option, double value) {
    return require(value <= 0, option, value, "at most 0");
  }

  /** The coefficient of a running average. */
  Options beta(String option, double value) {
    return require(value >= 0 && value < 1, option, value, "in [0, 1)");
  }

  Options betas(double beta1, double beta2) {
    return beta("beta1", beta1).beta("beta2", beta2);
  }

  /** There must be at least one thing, and one separator between each two. */
  Options separated(String thing, int things, String separators, int count, Object given) {
    if (things == 0) {
      throw new IllegalArgumentException("[" + function + "] there must be at least 1 " + thing);
    }
    if (count != things - 1) {
      throw new IllegalArgumentException(
          "[%s] %s %ss need %s %s, got %s"
              .formatted(function, things, thing, things - 1, separators, given));
    }
    return this;
  }

  private Options require(boolean holds, String option, double value, String allowed) {
    if (!holds) {
      throw new IllegalArgumentException(
          "[" + function + "] " + option + " must be " + allowed + ", got " + value);
    }
    return this;
  }
}
