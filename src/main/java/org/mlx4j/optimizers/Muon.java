package org.mlx4j.optimizers;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mlx4j.Linalg;
import org.mlx4j.MlxArray;

/**
 * The Muon optimizer, whose momentum is made nearly orthogonal by Newton-Schulz iterations. Mirrors
 * {@code mlx.optimizers.Muon}.
 *
 * <pre>
 * g = gradient + weightDecay * w
 * v = momentum * v + (1 - momentum) * g
 * u = v                                             (nesterov: (1 - momentum) * g + momentum * v)
 * w = w - learningRate * u                                            (fewer than 2 axes)
 * w = w - learningRate * sqrt(max(1, rows / columns)) * orthogonal(u)
 * </pre>
 *
 * An array with more than two axes, such as the kernel of a convolution, is treated as a matrix
 * whose rows lie along its first axis. Muon is meant for the matrices inside a network. Train
 * embeddings, the last layer and arrays with fewer than two axes with another optimizer, through
 * {@link MultiOptimizer}.
 *
 * <pre>{@code
 * Optimizer optimizer = Muon.of(0.02);
 * MlxArray w = Ops.eye(2);
 * OptimizerState<MlxArray> state = optimizer.init(w);
 * var updated = optimizer.update(w, Ops.tri(2), state);
 * }</pre>
 *
 * <p>There is one slot, {@code v}.
 *
 * @param learningRate the learning rate
 * @param momentum the share of the average that is kept in each step, by default 0.95
 * @param weightDecay the factor of the penalty for large parameters, by default 0.01
 * @param nesterov whether to use Nesterov momentum, by default true
 * @param nsSteps the number of iterations, by default 5
 */
public record Muon(
    Schedule learningRate, double momentum, double weightDecay, boolean nesterov, int nsSteps)
    implements PerArrayOptimizer {
  /** The coefficients of the iterated polynomial, {@code A * x + B * x^3 + C * x^5}. */
  private static final double A = 3.4445;

  private static final double B = -4.7750;
  private static final double C = 2.0315;

  /**
   * Makes an optimizer.
   *
   * @throws IllegalArgumentException if an option is not allowed
   * @throws NullPointerException if {@code learningRate} is null
   */
  public Muon {
    Options.of("Muon", learningRate)
        .notNegative("momentum", momentum)
        .notNegative("weightDecay", weightDecay);
    if (nsSteps < 0) {
      throw new IllegalArgumentException("[Muon] nsSteps must be at least 0, got " + nsSteps);
    }
  }

  /**
   * Equivalent to {@link #of(double, double, double, boolean, int) of(learningRate, 0.95, 0.01,
   * true, 5)}.
   */
  public static Muon of(double learningRate) {
    return of(learningRate, 0.95, 0.01, true, 5);
  }

  /**
   * Equivalent to {@link #of(double, double, double, boolean, int) of(learningRate, momentum, 0.01,
   * true, 5)}.
   */
  public static Muon of(double learningRate, double momentum) {
    return of(learningRate, momentum, 0.01, true, 5);
  }

  /**
   * Equivalent to {@link #of(double, double, double, boolean, int) of(learningRate, momentum,
   * weightDecay, true, 5)}.
   */
  public static Muon of(double learningRate, double momentum, double weightDecay) {
    return of(learningRate, momentum, weightDecay, true, 5);
  }

  /**
   * Equivalent to {@link #of(double, double, double, boolean, int) of(learningRate, momentum,
   * weightDecay, nesterov, 5)}.
   */
  public static Muon of(
      double learningRate, double momentum, double weightDecay, boolean nesterov) {
    return of(learningRate, momentum, weightDecay, nesterov, 5);
  }

  /**
   * Equivalent to {@link #Muon(Schedule, double, double, boolean, int)} with a constant learning
   * rate.
   */
  public static Muon of(
      double learningRate, double momentum, double weightDecay, boolean nesterov, int nsSteps) {
    return new Muon(
        ConstantRate.of("Muon", learningRate), momentum, weightDecay, nesterov, nsSteps);
  }

  /**
   * Equivalent to {@link #Muon(Schedule, double, double, boolean, int) new Muon(learningRate, 0.95,
   * 0.01, true, 5)}.
   */
  public static Muon of(Schedule learningRate) {
    return new Muon(learningRate, 0.95, 0.01, true, 5);
  }

  /**
   * Equivalent to {@link #Muon(Schedule, double, double, boolean, int) new Muon(learningRate,
   * momentum, 0.01, true, 5)}.
   */
  public static Muon of(Schedule learningRate, double momentum) {
    return new Muon(learningRate, momentum, 0.01, true, 5);
  }

  /**
   * Equivalent to {@link #Muon(Schedule, double, double, boolean, int) new Muon(learningRate,
   * momentum, weightDecay, true, 5)}.
   */
  public static Muon of(Schedule learningRate, double momentum, double weightDecay) {
    return new Muon(learningRate, momentum, weightDecay, true, 5);
  }

  /**
   * Equivalent to {@link #Muon(Schedule, double, double, boolean, int) new Muon(learningRate,
   * momentum, weightDecay, nesterov, 5)}.
   */
  public static Muon of(
      Schedule learningRate, double momentum, double weightDecay, boolean nesterov) {
    return new Muon(learningRate, momentum, weightDecay, nesterov, 5);
  }

  /**
   * Equivalent to {@link #Muon(Schedule, double, double, boolean, int) new Muon(learningRate,
   * momentum, weightDecay, nesterov, nsSteps)}.
   */
  public static Muon of(
      Schedule learningRate, double momentum, double weightDecay, boolean nesterov, int nsSteps) {
    return new Muon(learningRate, momentum, weightDecay, nesterov, nsSteps);
  }

  @Override
  public Updated<MlxArray> applySingle(
      MlxArray gradient,
      MlxArray parameter,
      OptimizerState<MlxArray> state,
      @Nullable MlxArray rate) {
    MlxArray g = weightDecay == 0 ? gradient : gradient.add(parameter.multiply(weightDecay));
    MlxArray v = state.slot(0).multiply(momentum).add(g.multiply(1 - momentum));
    MlxArray update = nesterov ? g.multiply(1 - momentum).add(v.multiply(momentum)) : v;
    rate = Options.rate(rate, g);
    if (update.ndim() >= 2) {
      int[] shape = update.shape();
      update = orthogonal(update.flatten(1)).reshape(shape);
      double ratio = (double) shape[shape.length - 2] / shape[shape.length - 1];
      rate = rate.multiply(Math.sqrt(Math.max(1, ratio)));
    }
    return state.updated(parameter.subtract(rate.multiply(update)), List.of(v));
  }

  @Override
  public int slotCount() {
    return 1;
  }

  /** Approximates the nearest matrix with orthogonal rows or columns. */
  private MlxArray orthogonal(MlxArray matrix) {
    boolean tall = matrix.dim(0) > matrix.dim(1);
    MlxArray x = tall ? matrix.T() : matrix;
    x = x.divide(Linalg.norm(x, true).add(1e-7));
    for (int i = 0; i < nsSteps; i++) {
      MlxArray a = x.matmul(x.T());
      MlxArray b = a.multiply(B).addmm(a, a, (float) C, 1);
      x = x.multiply(A).addmm(b, x, 1, 1);
    }
    return tall ? x.T() : x;
  }
}
