package org.mlx4j.optimizers;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mlx4j.MlxArray;

/**
 * Stochastic gradient descent, optionally with momentum. Mirrors {@code mlx.optimizers.SGD}.
 *
 * <pre>
 * g = gradient + weightDecay * w
 * v = momentum * v + (1 - dampening) * g
 * w = w - learningRate * v                          (nesterov: g + momentum * v instead of v)
 * </pre>
 *
 * <pre>{@code
 * Optimizer optimizer = SGD.of(0.1, 0.9);
 * MlxArray w = MlxArray.of(1f, 2f);
 * OptimizerState<MlxArray> state = optimizer.init(w);
 * var updated = optimizer.update(w, MlxArray.of(0.5f, -0.5f), state);
 * }</pre>
 *
 * <p>With momentum there is one slot, {@code v}. Without it there is none, and the next {@code w}
 * is {@code w - learningRate * g}.
 *
 * @param learningRate the learning rate
 * @param momentum the share of the last step that is repeated, by default 0
 * @param weightDecay the factor of the penalty for large parameters, by default 0
 * @param dampening the share of the gradient that momentum leaves out, by default 0
 * @param nesterov whether to use Nesterov momentum, which needs momentum and no dampening; by
 *     default false
 */
public record SGD(
    Schedule learningRate, double momentum, double weightDecay, double dampening, boolean nesterov)
    implements PerArrayOptimizer {
  /**
   * Makes an optimizer.
   *
   * @throws IllegalArgumentException if an option is not allowed
   * @throws NullPointerException if {@code learningRate} is null
   */
  public SGD {
    Options.of("SGD", learningRate)
        .notNegative("momentum", momentum)
        .notNegative("weightDecay", weightDecay)
        .notNegative("dampening", dampening);
    if (nesterov && (momentum == 0 || dampening != 0)) {
      throw new IllegalArgumentException(
          "[SGD] nesterov needs a positive momentum and a dampening of 0, got "
              + momentum
              + " and "
              + dampening);
    }
  }

  /**
   * Equivalent to {@link #of(double, double, double, double, boolean) of(learningRate, 0, 0, 0,
   * false)}.
   */
  public static SGD of(double learningRate) {
    return of(learningRate, 0, 0, 0, false);
  }

  /**
   * Equivalent to {@link #of(double, double, double, double, boolean) of(learningRate, momentum, 0,
   * 0, false)}.
   */
  public static SGD of(double learningRate, double momentum) {
    return of(learningRate, momentum, 0, 0, false);
  }

  /**
   * Equivalent to {@link #of(double, double, double, double, boolean) of(learningRate, momentum,
   * weightDecay, 0, false)}.
   */
  public static SGD of(double learningRate, double momentum, double weightDecay) {
    return of(learningRate, momentum, weightDecay, 0, false);
  }

  /**
   * Equivalent to {@link #of(double, double, double, double, boolean) of(learningRate, momentum,
   * weightDecay, dampening, false)}.
   */
  public static SGD of(double learningRate, double momentum, double weightDecay, double dampening) {
    return of(learningRate, momentum, weightDecay, dampening, false);
  }

  /**
   * Equivalent to {@link #SGD(Schedule, double, double, double, boolean)} with a constant learning
   * rate.
   */
  public static SGD of(
      double learningRate,
      double momentum,
      double weightDecay,
      double dampening,
      boolean nesterov) {
    return new SGD(
        ConstantRate.of("SGD", learningRate), momentum, weightDecay, dampening, nesterov);
  }

  /**
   * Equivalent to {@link #SGD(Schedule, double, double, double, boolean) new SGD(learningRate, 0,
   * 0, 0, false)}.
   */
  public static SGD of(Schedule learningRate) {
    return new SGD(learningRate, 0, 0, 0, false);
  }

  /**
   * Equivalent to {@link #SGD(Schedule, double, double, double, boolean) new SGD(learningRate,
   * momentum, 0, 0, false)}.
   */
  public static SGD of(Schedule learningRate, double momentum) {
    return new SGD(learningRate, momentum, 0, 0, false);
  }

  /**
   * Equivalent to {@link #SGD(Schedule, double, double, double, boolean) new SGD(learningRate,
   * momentum, weightDecay, 0, false)}.
   */
  public static SGD of(Schedule learningRate, double momentum, double weightDecay) {
    return new SGD(learningRate, momentum, weightDecay, 0, false);
  }

  /**
   * Equivalent to {@link #SGD(Schedule, double, double, double, boolean) new SGD(learningRate,
   * momentum, weightDecay, dampening, false)}.
   */
  public static SGD of(
      Schedule learningRate, double momentum, double weightDecay, double dampening) {
    return new SGD(learningRate, momentum, weightDecay, dampening, false);
  }

  /**
   * Equivalent to {@link #SGD(Schedule, double, double, double, boolean) new SGD(learningRate,
   * momentum, weightDecay, dampening, nesterov)}.
   */
  public static SGD of(
      Schedule learningRate,
      double momentum,
      double weightDecay,
      double dampening,
      boolean nesterov) {
    return new SGD(learningRate, momentum, weightDecay, dampening, nesterov);
  }

  @Override
  public Updated<MlxArray> applySingle(
      MlxArray gradient,
      MlxArray parameter,
      OptimizerState<MlxArray> state,
      @Nullable MlxArray rate) {
    MlxArray g = weightDecay == 0 ? gradient : gradient.add(parameter.multiply(weightDecay));
    rate = Options.rate(rate, g);
    if (momentum == 0) {
      return new Updated<>(parameter.subtract(rate.multiply(g)), state);
    }
    MlxArray v =
        state.slot(0).multiply(momentum).add(dampening > 0 ? g.multiply(1 - dampening) : g);
    MlxArray update = nesterov ? g.add(v.multiply(momentum)) : v;
    return state.updated(parameter.subtract(rate.multiply(update)), List.of(v));
  }

  @Override
  public int slotCount() {
    return momentum > 0 ? 1 : 0;
  }
}
