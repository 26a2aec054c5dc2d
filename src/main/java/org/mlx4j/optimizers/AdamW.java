package org.mlx4j.optimizers;

import org.jspecify.annotations.Nullable;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;

/**
 * The AdamW optimizer: {@link Adam} with a weight decay that does not enter its averages. Mirrors
 * {@code mlx.optimizers.AdamW}.
 *
 * <pre>
 * m = beta1 * m + (1 - beta1) * gradient
 * v = beta2 * v + (1 - beta2) * gradient^2
 * w = (1 - learningRate * weightDecay) * w - learningRate * m / (sqrt(v) + eps)
 * </pre>
 *
 * Bias correction is that of {@link Adam}.
 *
 * <pre>{@code
 * Optimizer optimizer = AdamW.of(1e-3);
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
 * @param weightDecay the rate at which parameters decay, by default 0.01
 * @param biasCorrection whether to correct the bias of averages that start at 0, by default false
 */
public record AdamW(
    Schedule learningRate,
    double beta1,
    double beta2,
    double eps,
    double weightDecay,
    boolean biasCorrection)
    implements PerArrayOptimizer {
  /**
   * Makes an optimizer.
   *
   * @throws IllegalArgumentException if an option is not allowed
   * @throws NullPointerException if {@code learningRate} is null
   */
  public AdamW {
    Options.of("AdamW", learningRate)
        .betas(beta1, beta2)
        .notNegative("eps", eps)
        .notNegative("weightDecay", weightDecay);
  }

  /**
   * Equivalent to {@link #of(double, double, double, double, double, boolean) of(learningRate, 0.9,
   * 0.999, 1e-8, 0.01, false)}.
   */
  public static AdamW of(double learningRate) {
    return of(learningRate, 0.9, 0.999, 1e-8, 0.01, false);
  }

  /**
   * Equivalent to {@link #of(double, double, double, double, double, boolean) of(learningRate,
   * beta1, beta2, 1e-8, 0.01, false)}.
   */
  public static AdamW of(double learningRate, double beta1, double beta2) {
    return of(learningRate, beta1, beta2, 1e-8, 0.01, false);
  }

  /**
   * Equivalent to {@link #of(double, double, double, double, double, boolean) of(learningRate,
   * beta1, beta2, eps, 0.01, false)}.
   */
  public static AdamW of(double learningRate, double beta1, double beta2, double eps) {
    return of(learningRate, beta1, beta2, eps, 0.01, false);
  }

  /**
   * Equivalent to {@link #of(double, double, double, double, double, boolean) of(learningRate,
   * beta1, beta2, eps, weightDecay, false)}.
   */
  public static AdamW of(
      double learningRate, double beta1, double beta2, double eps, double weightDecay) {
    return of(learningRate, beta1, beta2, eps, weightDecay, false);
  }

  /**
   * Equivalent to {@link #AdamW(Schedule, double, double, double, double, boolean)} with a constant
   * learning rate.
   */
  public static AdamW of(
      double learningRate,
      double beta1,
      double beta2,
      double eps,
      double weightDecay,
      boolean biasCorrection) {
    return new AdamW(
        ConstantRate.of("AdamW", learningRate), beta1, beta2, eps, weightDecay, biasCorrection);
  }

  /**
   * Equivalent to {@link #AdamW(Schedule, double, double, double, double, boolean) new
   * AdamW(learningRate, 0.9, 0.999, 1e-8, 0.01, false)}.
   */
  public static AdamW of(Schedule learningRate) {
    return new AdamW(learningRate, 0.9, 0.999, 1e-8, 0.01, false);
  }

  /**
   * Equivalent to {@link #AdamW(Schedule, double, double, double, double, boolean) new
   * AdamW(learningRate, beta1, beta2, 1e-8, 0.01, false)}.
   */
  public static AdamW of(Schedule learningRate, double beta1, double beta2) {
    return new AdamW(learningRate, beta1, beta2, 1e-8, 0.01, false);
  }

  /**
   * Equivalent to {@link #AdamW(Schedule, double, double, double, double, boolean) new
   * AdamW(learningRate, beta1, beta2, eps, 0.01, false)}.
   */
  public static AdamW of(Schedule learningRate, double beta1, double beta2, double eps) {
    return new AdamW(learningRate, beta1, beta2, eps, 0.01, false);
  }

  /**
   * Equivalent to {@link #AdamW(Schedule, double, double, double, double, boolean) new
   * AdamW(learningRate, beta1, beta2, eps, weightDecay, false)}.
   */
  public static AdamW of(
      Schedule learningRate, double beta1, double beta2, double eps, double weightDecay) {
    return new AdamW(learningRate, beta1, beta2, eps, weightDecay, false);
  }

  /**
   * Equivalent to {@link #AdamW(Schedule, double, double, double, double, boolean) new
   * AdamW(learningRate, beta1, beta2, eps, weightDecay, biasCorrection)}.
   */
  public static AdamW of(
      Schedule learningRate,
      double beta1,
      double beta2,
      double eps,
      double weightDecay,
      boolean biasCorrection) {
    return new AdamW(learningRate, beta1, beta2, eps, weightDecay, biasCorrection);
  }

  @Override
  public Updated<MlxArray> applySingle(
      MlxArray gradient,
      MlxArray parameter,
      OptimizerState<MlxArray> state,
      @Nullable MlxArray rate) {
    MlxArray decay = Options.rate(rate, gradient).multiply(weightDecay);
    MlxArray decayed = parameter.multiply(Ops.subtract(1L, decay));
    return new Adam(learningRate, beta1, beta2, eps, biasCorrection)
        .applySingle(gradient, decayed, state, rate);
  }

  @Override
  public int slotCount() {
    return 2;
  }
}
