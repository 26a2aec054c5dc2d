package org.mlx4j.optimizers;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mlx4j.MlxArray;

/**
 * The Adagrad optimizer, which divides gradients by the root of the sum of all their squares.
 * Mirrors {@code mlx.optimizers.Adagrad}.
 *
 * <pre>
 * v = v + gradient^2
 * w = w - learningRate * gradient / (sqrt(v) + eps)
 * </pre>
 *
 * <pre>{@code
 * Optimizer optimizer = Adagrad.of(0.1);
 * MlxArray w = MlxArray.of(1f, 2f);
 * OptimizerState<MlxArray> state = optimizer.init(w);
 * var updated = optimizer.update(w, MlxArray.of(0.5f, -0.5f), state);
 * }</pre>
 *
 * <p>There is one slot, {@code v}.
 *
 * @param learningRate the learning rate
 * @param eps a constant added to the denominator, by default 1e-8
 */
public record Adagrad(Schedule learningRate, double eps) implements PerArrayOptimizer {
  /**
   * Makes an optimizer.
   *
   * @throws IllegalArgumentException if an option is not allowed
   * @throws NullPointerException if {@code learningRate} is null
   */
  public Adagrad {
    Options.of("Adagrad", learningRate).positive("eps", eps);
  }

  /** Equivalent to {@link #of(double, double) of(learningRate, 1e-8)}. */
  public static Adagrad of(double learningRate) {
    return of(learningRate, 1e-8);
  }

  /** Equivalent to {@link #Adagrad(Schedule, double)} with a constant learning rate. */
  public static Adagrad of(double learningRate, double eps) {
    return new Adagrad(ConstantRate.of("Adagrad", learningRate), eps);
  }

  /** Equivalent to {@link #Adagrad(Schedule, double) new Adagrad(learningRate, 1e-8)}. */
  public static Adagrad of(Schedule learningRate) {
    return new Adagrad(learningRate, 1e-8);
  }

  /** Equivalent to {@link #Adagrad(Schedule, double) new Adagrad(learningRate, eps)}. */
  public static Adagrad of(Schedule learningRate, double eps) {
    return new Adagrad(learningRate, eps);
  }

  @Override
  public Updated<MlxArray> applySingle(
      MlxArray gradient,
      MlxArray parameter,
      OptimizerState<MlxArray> state,
      @Nullable MlxArray rate) {
    rate = Options.rate(rate, gradient);
    MlxArray v = state.slot(0).add(gradient.square());
    MlxArray step = rate.multiply(gradient).divide(v.sqrt().add(eps));
    return state.updated(parameter.subtract(step), List.of(v));
  }

  @Override
  public int slotCount() {
    return 1;
  }
}
