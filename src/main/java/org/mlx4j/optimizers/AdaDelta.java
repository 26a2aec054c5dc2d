package org.mlx4j.optimizers;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mlx4j.MlxArray;

/**
 * The AdaDelta optimizer, which scales gradients by the ratio of running averages of squared steps
 * and squared gradients. Mirrors {@code mlx.optimizers.AdaDelta}.
 *
 * <pre>
 * v = rho * v + (1 - rho) * gradient^2
 * d = sqrt(u + eps) / sqrt(v + eps) * gradient
 * u = rho * u + (1 - rho) * d^2
 * w = w - learningRate * d
 * </pre>
 *
 * <pre>{@code
 * Optimizer optimizer = AdaDelta.of(1);
 * MlxArray w = MlxArray.of(1f, 2f);
 * OptimizerState<MlxArray> state = optimizer.init(w);
 * var updated = optimizer.update(w, MlxArray.of(0.5f, -0.5f), state);
 * }</pre>
 *
 * <p>There are two slots, {@code v} and {@code u}.
 *
 * @param learningRate the learning rate
 * @param rho the share of the averages that is kept in each step, by default 0.9
 * @param eps a constant added under the roots, by default 1e-6
 */
public record AdaDelta(Schedule learningRate, double rho, double eps) implements PerArrayOptimizer {
  /**
   * Makes an optimizer.
   *
   * @throws IllegalArgumentException if an option is not allowed
   * @throws NullPointerException if {@code learningRate} is null
   */
  public AdaDelta {
    Options.of("AdaDelta", learningRate).notNegative("rho", rho).positive("eps", eps);
  }

  /** Equivalent to {@link #of(double, double, double) of(learningRate, 0.9, 1e-6)}. */
  public static AdaDelta of(double learningRate) {
    return of(learningRate, 0.9, 1e-6);
  }

  /** Equivalent to {@link #of(double, double, double) of(learningRate, rho, 1e-6)}. */
  public static AdaDelta of(double learningRate, double rho) {
    return of(learningRate, rho, 1e-6);
  }

  /** Equivalent to {@link #AdaDelta(Schedule, double, double)} with a constant learning rate. */
  public static AdaDelta of(double learningRate, double rho, double eps) {
    return new AdaDelta(ConstantRate.of("AdaDelta", learningRate), rho, eps);
  }

  /**
   * Equivalent to {@link #AdaDelta(Schedule, double, double) new AdaDelta(learningRate, 0.9,
   * 1e-6)}.
   */
  public static AdaDelta of(Schedule learningRate) {
    return new AdaDelta(learningRate, 0.9, 1e-6);
  }

  /**
   * Equivalent to {@link #AdaDelta(Schedule, double, double) new AdaDelta(learningRate, rho,
   * 1e-6)}.
   */
  public static AdaDelta of(Schedule learningRate, double rho) {
    return new AdaDelta(learningRate, rho, 1e-6);
  }

  /**
   * Equivalent to {@link #AdaDelta(Schedule, double, double) new AdaDelta(learningRate, rho, eps)}.
   */
  public static AdaDelta of(Schedule learningRate, double rho, double eps) {
    return new AdaDelta(learningRate, rho, eps);
  }

  @Override
  public Updated<MlxArray> applySingle(
      MlxArray gradient,
      MlxArray parameter,
      OptimizerState<MlxArray> state,
      @Nullable MlxArray rate) {
    rate = Options.rate(rate, gradient);
    MlxArray v = state.slot(0).multiply(rho).add(gradient.square().multiply(1 - rho));
    MlxArray u = state.slot(1);
    MlxArray d = u.add(eps).sqrt().divide(v.add(eps).sqrt()).multiply(gradient);
    MlxArray nextU = u.multiply(rho).add(d.square().multiply(1 - rho));
    return state.updated(parameter.subtract(rate.multiply(d)), List.of(v, nextU));
  }

  @Override
  public int slotCount() {
    return 2;
  }
}
