package org.mlx4j.optimizers;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;

/**
 * The Lion optimizer, whose steps follow the sign of a running average of gradients. Mirrors {@code
 * mlx.optimizers.Lion}.
 *
 * <pre>
 * c = beta1 * m + (1 - beta1) * gradient
 * m = beta2 * m + (1 - beta2) * gradient
 * w = (1 - learningRate * weightDecay) * w - learningRate * sign(c)
 * </pre>
 *
 * Its steps are larger than those of {@link AdamW}. Use a learning rate that is 3 to 10 times
 * smaller, and a weight decay that is larger by the same factor.
 *
 * <pre>{@code
 * Optimizer optimizer = Lion.of(1e-4);
 * MlxArray w = MlxArray.of(1f, 2f);
 * OptimizerState<MlxArray> state = optimizer.init(w);
 * var updated = optimizer.update(w, MlxArray.of(0.5f, -0.5f), state);
 * }</pre>
 *
 * <p>There is one slot, {@code m}.
 *
 * @param learningRate the learning rate
 * @param beta1 the weight of the average in a step, by default 0.9
 * @param beta2 the share of the average that is kept in each step, by default 0.99
 * @param weightDecay the rate at which parameters decay, by default 0
 */
public record Lion(Schedule learningRate, double beta1, double beta2, double weightDecay)
    implements PerArrayOptimizer {
  /**
   * Makes an optimizer.
   *
   * @throws IllegalArgumentException if an option is not allowed
   * @throws NullPointerException if {@code learningRate} is null
   */
  public Lion {
    Options.of("Lion", learningRate).betas(beta1, beta2).notNegative("weightDecay", weightDecay);
  }

  /** Equivalent to {@link #of(double, double, double, double) of(learningRate, 0.9, 0.99, 0)}. */
  public static Lion of(double learningRate) {
    return of(learningRate, 0.9, 0.99, 0);
  }

  /**
   * Equivalent to {@link #of(double, double, double, double) of(learningRate, beta1, beta2, 0)}.
   */
  public static Lion of(double learningRate, double beta1, double beta2) {
    return of(learningRate, beta1, beta2, 0);
  }

  /**
   * Equivalent to {@link #Lion(Schedule, double, double, double)} with a constant learning rate.
   */
  public static Lion of(double learningRate, double beta1, double beta2, double weightDecay) {
    return new Lion(ConstantRate.of("Lion", learningRate), beta1, beta2, weightDecay);
  }

  /**
   * Equivalent to {@link #Lion(Schedule, double, double, double) new Lion(learningRate, 0.9, 0.99,
   * 0)}.
   */
  public static Lion of(Schedule learningRate) {
    return new Lion(learningRate, 0.9, 0.99, 0);
  }

  /**
   * Equivalent to {@link #Lion(Schedule, double, double, double) new Lion(learningRate, beta1,
   * beta2, 0)}.
   */
  public static Lion of(Schedule learningRate, double beta1, double beta2) {
    return new Lion(learningRate, beta1, beta2, 0);
  }

  /**
   * Equivalent to {@link #Lion(Schedule, double, double, double) new Lion(learningRate, beta1,
   * beta2, weightDecay)}.
   */
  public static Lion of(Schedule learningRate, double beta1, double beta2, double weightDecay) {
    return new Lion(learningRate, beta1, beta2, weightDecay);
  }

  @Override
  public Updated<MlxArray> applySingle(
      MlxArray gradient,
      MlxArray parameter,
      OptimizerState<MlxArray> state,
      @Nullable MlxArray rate) {
    rate = Options.rate(rate, gradient);
    MlxArray m = state.slot(0);
    MlxArray c = m.multiply(beta1).add(gradient.multiply(1 - beta1));
    MlxArray nextM = m.multiply(beta2).add(gradient.multiply(1 - beta2));
    MlxArray w =
        weightDecay == 0
            ? parameter
            : Ops.subtract(1L, rate.multiply(weightDecay)).multiply(parameter);
    return state.updated(w.subtract(rate.multiply(c.sign())), List.of(nextM));
  }

  @Override
  public int slotCount() {
    return 1;
  }
}
