package org.mlx4j.optimizers;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mlx4j.MlxArray;

/**
 * The Adamax optimizer: {@link Adam} with a decaying maximum of absolute gradients instead of an
 * average of squares. Mirrors {@code mlx.optimizers.Adamax}.
 *
 * <pre>
 * m = beta1 * m + (1 - beta1) * gradient
 * v = max(beta2 * v, |gradient|)
 * w = w - learningRate * m / (v + eps)
 * </pre>
 *
 * <pre>{@code
 * Optimizer optimizer = Adamax.of(1e-3);
 * MlxArray w = MlxArray.of(1f, 2f);
 * OptimizerState<MlxArray> state = optimizer.init(w);
 * var updated = optimizer.update(w, MlxArray.of(0.5f, -0.5f), state);
 * }</pre>
 *
 * <p>There are two slots, {@code m} and {@code v}.
 *
 * @param learningRate the learning rate
 * @param beta1 the share of the average of gradients that is kept in each step, by default 0.9
 * @param beta2 the share of the maximum that is kept in each step, by default 0.999
 * @param eps a constant added to the denominator, by default 1e-8
 */
public record Adamax(Schedule learningRate, double beta1, double beta2, double eps)
    implements PerArrayOptimizer {
  /**
   * Makes an optimizer.
   *
   * @throws IllegalArgumentException if an option is not allowed
   * @throws NullPointerException if {@code learningRate} is null
   */
  public Adamax {
    Options.of("Adamax", learningRate).betas(beta1, beta2).notNegative("eps", eps);
  }

  /**
   * Equivalent to {@link #of(double, double, double, double) of(learningRate, 0.9, 0.999, 1e-8)}.
   */
  public static Adamax of(double learningRate) {
    return of(learningRate, 0.9, 0.999, 1e-8);
  }

  /**
   * Equivalent to {@link #of(double, double, double, double) of(learningRate, beta1, beta2, 1e-8)}.
   */
  public static Adamax of(double learningRate, double beta1, double beta2) {
    return of(learningRate, beta1, beta2, 1e-8);
  }

  /**
   * Equivalent to {@link #Adamax(Schedule, double, double, double)} with a constant learning rate.
   */
  public static Adamax of(double learningRate, double beta1, double beta2, double eps) {
    return new Adamax(ConstantRate.of("Adamax", learningRate), beta1, beta2, eps);
  }

  /**
   * Equivalent to {@link #Adamax(Schedule, double, double, double) new Adamax(learningRate, 0.9,
   * 0.999, 1e-8)}.
   */
  public static Adamax of(Schedule learningRate) {
    return new Adamax(learningRate, 0.9, 0.999, 1e-8);
  }

  /**
   * Equivalent to {@link #Adamax(Schedule, double, double, double) new Adamax(learningRate, beta1,
   * beta2, 1e-8)}.
   */
  public static Adamax of(Schedule learningRate, double beta1, double beta2) {
    return new Adamax(learningRate, beta1, beta2, 1e-8);
  }

  /**
   * Equivalent to {@link #Adamax(Schedule, double, double, double) new Adamax(learningRate, beta1,
   * beta2, eps)}.
   */
  public static Adamax of(Schedule learningRate, double beta1, double beta2, double eps) {
    return new Adamax(learningRate, beta1, beta2, eps);
  }

  @Override
  public Updated<MlxArray> applySingle(
      MlxArray gradient,
      MlxArray parameter,
      OptimizerState<MlxArray> state,
      @Nullable MlxArray rate) {
    rate = Options.rate(rate, gradient);
    MlxArray m = state.slot(0).multiply(beta1).add(gradient.multiply(1 - beta1));
    MlxArray v = state.slot(1).multiply(beta2).maximum(gradient.abs());
    MlxArray step = rate.multiply(m).divide(v.add(eps));
    return state.updated(parameter.subtract(step), List.of(m, v));
  }

  @Override
  public int slotCount() {
    return 2;
  }
}
