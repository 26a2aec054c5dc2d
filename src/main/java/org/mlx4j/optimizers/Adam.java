package org.mlx4j.optimizers;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mlx4j.DType;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;

/**
 * The Adam optimizer, which divides a running average of gradients by the root of a running average
 * of their squares. Mirrors {@code mlx.optimizers.Adam}.
 *
 * <pre>
 * m = beta1 * m + (1 - beta1) * gradient
 * v = beta2 * v + (1 - beta2) * gradient^2
 * w = w - learningRate * m / (sqrt(v) + eps)
 * </pre>
 *
 * With bias correction {@code m} is divided by {@code 1 - beta1^step} and {@code v} by {@code 1 -
 * beta2^step} there, where the first step is 1.
 *
 * <pre>{@code
 * Optimizer optimizer = Adam.of(1e-3);
 * MlxArray w = MlxArray.of(1f, 2f);
 * OptimizerState<MlxArray> state = optimizer.init(w);
 * var updated = optimizer.update(w, MlxArray.of(0.5f, -0.5f), state);
 * }</pre>
 *
 * <p>There are two slots, {@code m} and {@code v}.
 *
 * @param learningRate the learning rate
 * @param beta1 the share of the average of gradients that is kept in each step, by default 0.9
 * @param beta2 the share of the average of squares that is kept in each step, by default 0.999
 * @param eps a constant added to the denominator, by default 1e-8
 * @param biasCorrection whether to correct the bias of averages that start at 0, by default false
 */
public record Adam(
    Schedule learningRate, double beta1, double beta2, double eps, boolean biasCorrection)
    implements PerArrayOptimizer {
  /**
   * Makes an optimizer.
   *
   * @throws IllegalArgumentException if an option is not allowed
   * @throws NullPointerException if {@code learningRate} is null
   */
  public Adam {
    Options.of("Adam", learningRate).betas(beta1, beta2).notNegative("eps", eps);
  }

  /**
   * Equivalent to {@link #of(double, double, double, double, boolean) of(learningRate, 0.9, 0.999,
   * 1e-8, false)}.
   */
  public static Adam of(double learningRate) {
    return of(learningRate, 0.9, 0.999, 1e-8, false);
  }

  /**
   * Equivalent to {@link #of(double, double, double, double, boolean) of(learningRate, beta1,
   * beta2, 1e-8, false)}.
   */
  public static Adam of(double learningRate, double beta1, double beta2) {
    return of(learningRate, beta1, beta2, 1e-8, false);
  }

  /**
   * Equivalent to {@link #of(double, double, double, double, boolean) of(learningRate, beta1,
   * beta2, eps, false)}.
   */
  public static Adam of(double learningRate, double beta1, double beta2, double eps) {
    return of(learningRate, beta1, beta2, eps, false);
  }

  /**
   * Equivalent to {@link #Adam(Schedule, double, double, double, boolean)} with a constant learning
   * rate.
   */
  public static Adam of(
      double learningRate, double beta1, double beta2, double eps, boolean biasCorrection) {
    return new Adam(ConstantRate.of("Adam", learningRate), beta1, beta2, eps, biasCorrection);
  }

  /**
   * Equivalent to {@link #Adam(Schedule, double, double, double, boolean) new Adam(learningRate,
   * 0.9, 0.999, 1e-8, false)}.
   */
  public static Adam of(Schedule learningRate) {
    return new Adam(learningRate, 0.9, 0.999, 1e-8, false);
  }

  /**
   * Equivalent to {@link #Adam(Schedule, double, double, double, boolean) new Adam(learningRate,
   * beta1, beta2, 1e-8, false)}.
   */
  public static Adam of(Schedule learningRate, double beta1, double beta2) {
    return new Adam(learningRate, beta1, beta2, 1e-8, false);
  }

  /**
   * Equivalent to {@link #Adam(Schedule, double, double, double, boolean) new Adam(learningRate,
   * beta1, beta2, eps, false)}.
   */
  public static Adam of(Schedule learningRate, double beta1, double beta2, double eps) {
    return new Adam(learningRate, beta1, beta2, eps, false);
  }

  /**
   * Equivalent to {@link #Adam(Schedule, double, double, double, boolean) new Adam(learningRate,
   * beta1, beta2, eps, biasCorrection)}.
   */
  public static Adam of(
      Schedule learningRate, double beta1, double beta2, double eps, boolean biasCorrection) {
    return new Adam(learningRate, beta1, beta2, eps, biasCorrection);
  }

  @Override
  public Updated<MlxArray> applySingle(
      MlxArray gradient,
      MlxArray parameter,
      OptimizerState<MlxArray> state,
      @Nullable MlxArray rate) {
    rate = Options.rate(rate, gradient);
    MlxArray m = state.slot(0).multiply(beta1).add(gradient.multiply(1 - beta1));
    MlxArray v = state.slot(1).multiply(beta2).add(gradient.square().multiply(1 - beta2));
    MlxArray step =
        biasCorrection
            ? corrected(gradient.dtype(), rate, m, v, state.step())
            : rate.multiply(m).divide(v.sqrt().add(eps));
    return state.updated(parameter.subtract(step), List.of(m, v));
  }

  @Override
  public int slotCount() {
    return 2;
  }

  private MlxArray corrected(DType dtype, MlxArray rate, MlxArray m, MlxArray v, MlxArray step) {
    MlxArray ofM = rate.divide(Ops.subtract(1L, Ops.power(beta1, step))).astype(dtype);
    MlxArray ofV = Ops.subtract(1L, Ops.power(beta2, step)).rsqrt().astype(dtype);
    return ofM.multiply(m).divide(v.sqrt().multiply(ofV).add(eps));
  }
}
