package org.mlx4j.optimizers;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mlx4j.MlxArray;

/**
 * The RMSprop optimizer, which divides gradients by the root of a running average of their squares.
 * Mirrors {@code mlx.optimizers.RMSprop}.
 *
 * <pre>
 * v = alpha * v + (1 - alpha) * gradient^2
 * w = w - learningRate * gradient / (sqrt(v) + eps)
 * </pre>
 *
 * <pre>{@code
 * Optimizer optimizer = RMSprop.of(0.01);
 * MlxArray w = MlxArray.of(1f, 2f);
 * OptimizerState<MlxArray> state = optimizer.init(w);
 * var updated = optimizer.update(w, MlxArray.of(0.5f, -0.5f), state);
 * }</pre>
 *
 * <p>There is one slot, {@code v}.
 *
 * @param learningRate the learning rate
 * @param alpha the share of the average that is kept in each step, by default 0.99
 * @param eps a constant added to the denominator, by default 1e-8
 */
public record RMSprop(Schedule learningRate, double alpha, double eps)
    implements PerArrayOptimizer {
  /**
   * Makes an optimizer.
   *
   * @throws IllegalArgumentException if an option is not allowed
   * @throws NullPointerException if {@code learningRate} is null
   */
  public RMSprop {
    Options.of("RMSprop", learningRate).notNegative("alpha", alpha).positive("eps", eps);
  }

  /** Equivalent to {@link #of(double, double, double) of(learningRate, 0.99, 1e-8)}. */
  public static RMSprop of(double learningRate) {
    return of(learningRate, 0.99, 1e-8);
  }

  /** Equivalent to {@link #of(double, double, double) of(learningRate, alpha, 1e-8)}. */
  public static RMSprop of(double learningRate, double alpha) {
    return of(learningRate, alpha, 1e-8);
  }

  /** Equivalent to {@link #RMSprop(Schedule, double, double)} with a constant learning rate. */
  public static RMSprop of(double learningRate, double alpha, double eps) {
    return new RMSprop(ConstantRate.of("RMSprop", learningRate), alpha, eps);
  }

  /**
   * Equivalent to {@link #RMSprop(Schedule, double, double) new RMSprop(learningRate, 0.99, 1e-8)}.
   */
  public static RMSprop of(Schedule learningRate) {
    return new RMSprop(learningRate, 0.99, 1e-8);
  }

  /**
   * Equivalent to {@link #RMSprop(Schedule, double, double) new RMSprop(learningRate, alpha,
   * 1e-8)}.
   */
  public static RMSprop of(Schedule learningRate, double alpha) {
    return new RMSprop(learningRate, alpha, 1e-8);
  }

  /**
   * Equivalent to {@link #RMSprop(Schedule, double, double) new RMSprop(learningRate, alpha, eps)}.
   */
  public static RMSprop of(Schedule learningRate, double alpha, double eps) {
    return new RMSprop(learningRate, alpha, eps);
  }

  @Override
  public Updated<MlxArray> applySingle(
      MlxArray gradient,
      MlxArray parameter,
      OptimizerState<MlxArray> state,
      @Nullable MlxArray rate) {
    rate = Options.rate(rate, gradient);
    MlxArray v = state.slot(0).multiply(alpha).add(gradient.square().multiply(1 - alpha));
    MlxArray step = rate.multiply(gradient).divide(v.sqrt().add(eps));
    return state.updated(parameter.subtract(step), List.of(v));
  }

  @Override
  public int slotCount() {
    return 1;
  }
}
