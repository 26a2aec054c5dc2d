package org.mlx4j.optimizers;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;

/**
 * The Adafactor optimizer, which divides gradients by the root of a running average of their
 * squares and keeps only the row and column means of that average. Mirrors {@code
 * mlx.optimizers.Adafactor}.
 *
 * <pre>
 * decay = 1 - step^decayRate                                                (the first step is 1)
 * s = gradient^2 + eps1
 * row = decay * row + (1 - decay) * mean of s over columns
 * col = decay * col + (1 - decay) * mean of s over rows
 * u = gradient / sqrt(row * col / mean(row))
 * u = u / max(1, rms(u) / clipThreshold)
 * w = w - rate * u
 * </pre>
 *
 * <p>Arrays with fewer than two axes keep the average of {@code s} itself. In arrays with more than
 * two axes the last two are rows and columns. With {@code beta1}, {@code u} is replaced by a
 * running average of {@code rate * u}; with {@code weightDecay}, {@code w} shrinks by {@code rate *
 * weightDecay}. The rate is {@code min(0.01, 1 / sqrt(step))}, or {@code min(1e-6 * step, 1 /
 * sqrt(step))} with {@code warmupInit}. Without {@code relativeStep} it is the learning rate. With
 * {@code scaleParameter} it is multiplied by {@code max(eps2, rms(w))}.
 *
 * <pre>{@code
 * Optimizer relative = Adafactor.of();
 * Optimizer fixed = Adafactor.of(1e-3).withRelativeStep(false).withBeta1(0.9);
 * MlxArray w = Ops.eye(3);
 * var updated = fixed.update(w, Ops.tri(3), fixed.init(w));
 * }</pre>
 *
 * <p>There are two slots: {@code row} and {@code col}. For arrays with fewer than two axes the
 * first is the average of {@code s} and the second is null. With {@code beta1} there is a third
 * slot, the average of updates.
 *
 * @param learningRate the learning rate, or null; ignored if {@code relativeStep} is true
 * @param eps1 a constant added to the squares of gradients, by default 1e-30
 * @param eps2 the minimum scale of a parameter, by default 1e-3
 * @param clipThreshold the maximum root mean square of an update before it is multiplied by the
 *     rate, by default 1
 * @param decayRate the exponent of the step in the decay of the averages, at most 0; by default
 *     -0.8
 * @param beta1 the share of the average of updates that is kept in each step, or null, the default,
 *     for no such average
 * @param weightDecay the rate at which parameters decay, by default 0
 * @param scaleParameter whether the rate scales with the parameter, by default true
 * @param relativeStep whether the rate depends on the step instead of {@code learningRate}, by
 *     default true
 * @param warmupInit whether the rate starts small, by default false
 */
public record Adafactor(
    @Nullable Schedule learningRate,
    double eps1,
    double eps2,
    double clipThreshold,
    double decayRate,
    @Nullable Double beta1,
    double weightDecay,
    boolean scaleParameter,
    boolean relativeStep,
    boolean warmupInit)
    implements PerArrayOptimizer {
  /**
   * Makes an optimizer.
   *
   * @throws IllegalArgumentException if an option is not allowed
   */
  public Adafactor {
    new Options("Adafactor")
        .notNegative("eps1", eps1)
        .notNegative("eps2", eps2)
        .positive("clipThreshold", clipThreshold)
        .notPositive("decayRate", decayRate)
        .beta("beta1", beta1 == null ? 0 : beta1)
        .notNegative("weightDecay", weightDecay);
    if (!relativeStep && learningRate == null) {
      throw new IllegalArgumentException(
          "[Adafactor] without relativeStep there must be a learningRate");
    }
  }

  /** Makes an optimizer with the default options, whose rate depends on the step. */
  public static Adafactor of() {
    return of((Schedule) null);
  }

  /**
   * Makes an optimizer with a constant learning rate, which it uses only {@linkplain
   * #withRelativeStep without relativeStep}.
   */
  public static Adafactor of(double learningRate) {
    return of(ConstantRate.of("Adafactor", learningRate));
  }

  /** Makes an optimizer with a learning rate, which may be null, and the default options. */
  public static Adafactor of(@Nullable Schedule learningRate) {
    return new Adafactor(learningRate, 1e-30, 1e-3, 1, -0.8, null, 0, true, true, false);
  }

  /** Returns this optimizer with other values of {@code eps1} and {@code eps2}. */
  public Adafactor withEps(double eps1, double eps2) {
    return with(eps1, eps2, clipThreshold, decayRate, beta1, weightDecay);
  }

  /** Returns this optimizer with another value of {@code clipThreshold}. */
  public Adafactor withClipThreshold(double clipThreshold) {
    return with(eps1, eps2, clipThreshold, decayRate, beta1, weightDecay);
  }

  /** Returns this optimizer with another value of {@code decayRate}. */
  public Adafactor withDecayRate(double decayRate) {
    return with(eps1, eps2, clipThreshold, decayRate, beta1, weightDecay);
  }

  /** Returns this optimizer with another value of {@code beta1}. */
  public Adafactor withBeta1(@Nullable Double beta1) {
    return with(eps1, eps2, clipThreshold, decayRate, beta1, weightDecay);
  }

  /** Returns this optimizer with another value of {@code weightDecay}. */
  public Adafactor withWeightDecay(double weightDecay) {
    return with(eps1, eps2, clipThreshold, decayRate, beta1, weightDecay);
  }

  /** Returns this optimizer with another value of {@code scaleParameter}. */
  public Adafactor withScaleParameter(boolean scaleParameter) {
    return with(scaleParameter, relativeStep, warmupInit);
  }

  /** Returns this optimizer with another value of {@code relativeStep}. */
  public Adafactor withRelativeStep(boolean relativeStep) {
    return with(scaleParameter, relativeStep, warmupInit);
  }

  /** Returns this optimizer with another value of {@code warmupInit}. */
  public Adafactor withWarmupInit(boolean warmupInit) {
    return with(scaleParameter, relativeStep, warmupInit);
  }

  private Adafactor with(
      double eps1,
      double eps2,
      double clipThreshold,
      double decayRate,
      @Nullable Double beta1,
      double weightDecay) {
    return new Adafactor(
        learningRate,
        eps1,
        eps2,
        clipThreshold,
        decayRate,
        beta1,
        weightDecay,
        scaleParameter,
        relativeStep,
        warmupInit);
  }

  private Adafactor with(boolean scaleParameter, boolean relativeStep, boolean warmupInit) {
    return new Adafactor(
        learningRate,
        eps1,
        eps2,
        clipThreshold,
        decayRate,
        beta1,
        weightDecay,
        scaleParameter,
        relativeStep,
        warmupInit);
  }

  @Override
  public int slotCount() {
    return beta1 == null ? 2 : 3;
  }

  @Override
  public List<@Nullable MlxArray> initSingle(MlxArray parameter) {
    int[] shape = parameter.shape();
    MlxArray row;
    @Nullable MlxArray col = null;
    if (isFactored(parameter)) {
      int[] ofRow = Arrays.copyOf(shape, shape.length - 1);
      int[] ofCol = Arrays.copyOf(shape, shape.length - 1);
      ofCol[shape.length - 2] = shape[shape.length - 1];
      row = Ops.zeros(ofRow, parameter.dtype());
      col = Ops.zeros(ofCol, parameter.dtype());
    } else {
      row = Ops.zerosLike(parameter);
    }
    return beta1 == null
        ? Arrays.asList(row, col)
        : Arrays.asList(row, col, Ops.zerosLike(parameter));
  }

  @Override
  public Updated<MlxArray> applySingle(
      MlxArray gradient,
      MlxArray parameter,
      OptimizerState<MlxArray> state,
      @Nullable MlxArray rate) {
    MlxArray rms = rms(parameter);
    rate = rate(state.step(), rms, rate);
    MlxArray decay = Ops.subtract(1.0, state.step().power(decayRate).astype(rms.dtype()));
    MlxArray other = Ops.subtract(1L, decay);
    MlxArray squares = gradient.square().add(eps1);
    MlxArray row;
    @Nullable MlxArray col = null;
    MlxArray update;
    if (isFactored(gradient)) {
      row = decay.multiply(state.slot(0)).add(other.multiply(squares.mean(-1)));
      col = decay.multiply(state.slot(1)).add(other.multiply(squares.mean(-2)));
      MlxArray ofRow = row.divide(row.mean(-1, true)).rsqrt();
      update = ofRow.expandDims(-1).multiply(col.rsqrt().expandDims(-2)).multiply(gradient);
    } else {
      row = decay.multiply(state.slot(0)).add(other.multiply(squares));
      update = row.rsqrt().multiply(gradient);
    }
    update = update.divide(Ops.maximum(1.0, rms(update).divide(clipThreshold)));
    update = rate.multiply(update);
    MlxArray w =
        weightDecay == 0
            ? parameter
            : parameter.add(parameter.multiply(rate.multiply(-weightDecay)));
    if (beta1 == null) {
      return state.updated(w.subtract(update), Arrays.asList(row, col));
    }
    MlxArray average = state.slot(2).multiply(beta1).add(update.multiply(1 - beta1));
    return state.updated(w.subtract(average), Arrays.asList(row, col, average));
  }

  private static boolean isFactored(MlxArray x) {
    return x.ndim() >= 2;
  }

  private static MlxArray rms(MlxArray x) {
    return x.square().mean().sqrt();
  }

  private MlxArray rate(MlxArray step, MlxArray rms, @Nullable MlxArray learningRate) {
    MlxArray rate;
    if (!relativeStep) {
      rate = Options.rate(learningRate, rms);
    } else if (warmupInit) {
      rate = step.multiply(1e-6).minimum(step.rsqrt());
    } else {
      rate = Ops.minimum(1e-2, step.rsqrt());
    }
    rate = rate.astype(rms.dtype());
    return scaleParameter ? Ops.maximum(eps2, rms).multiply(rate) : rate;
  }
}
