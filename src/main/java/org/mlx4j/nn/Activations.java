package org.mlx4j.nn;

import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.internal.Formula;

/**
 * Activation functions. Mirrors the functions of {@code mlx.nn}.
 *
 * <p>A method reference to a function of one array is a layer; one with options becomes a lambda:
 *
 * <pre>{@code
 * MlxArray x = MlxArray.of(-1f, 0f, 2f);
 * MlxArray y = Activations.relu(x);                        // [0, 0, 2]
 * MlxArray z = Activations.leakyRelu(x, 0.1);              // [-0.1, 0, 2]
 * UnaryOperator<MlxArray> activation = Activations::gelu;
 * }</pre>
 *
 * <p>All functions work element by element and return an array of the shape of {@code x}, unless
 * stated otherwise. The dtype is that of {@code x}, or float32 if {@code x} holds integers or bools
 * and the formula has fractions. Every function has a gradient; compiling one fuses its operations.
 *
 * <p>All functions throw {@link NullPointerException} if an array is null and {@link
 * IllegalStateException} if one is closed.
 */
public final class Activations {
  private static final double SELU_ALPHA = 1.67326;
  private static final double SELU_SCALE = 1.0507;

  private Activations() {}

  /** Equivalent to {@link #celu(MlxArray, double) celu(x, 1)}. */
  public static MlxArray celu(MlxArray x) {
    return celu(x, 1);
  }

  /**
   * Computes the continuously differentiable exponential linear unit, {@code max(x, 0) + alpha *
   * (exp(min(x, 0) / alpha) - 1)}. Mirrors {@code mlx.nn.celu}.
   *
   * @param x any array
   * @param alpha the negated limit of the function as {@code x} goes to negative infinity
   * @return an array of the shape of {@code x}
   */
  public static MlxArray celu(MlxArray x, double alpha) {
    return Formula.of(
        "celu",
        x,
        a -> a.maximum(0.0).add(a.minimum(0.0).divide(alpha).exp().subtract(1L).multiply(alpha)));
  }

  /** Equivalent to {@link #elu(MlxArray, double) elu(x, 1)}. */
  public static MlxArray elu(MlxArray x) {
    return elu(x, 1);
  }

  /**
   * Computes the exponential linear unit: {@code x} where it is positive, {@code alpha * (exp(x) -
   * 1)} elsewhere. Mirrors {@code mlx.nn.elu}.
   *
   * @param x any array
   * @param alpha the negated limit of the function as {@code x} goes to negative infinity
   * @return an array of the shape of {@code x}
   */
  public static MlxArray elu(MlxArray x, double alpha) {
    return Formula.of("elu", x, a -> eluOf(a, alpha));
  }

  private static MlxArray eluOf(MlxArray x, double alpha) {
    return x.greater(0L).where(x, x.exp().subtract(1L).multiply(alpha));
  }

  /**
   * Computes the Gaussian error linear unit, {@code x * (1 + erf(x / sqrt(2))) / 2}, which is
   * {@code x} times the probability that a standard normal variable is at most {@code x}. Mirrors
   * {@code mlx.nn.gelu}.
   *
   * @param x any array
   * @return an array of the shape of {@code x}
   * @see #geluApprox
   * @see #geluFastApprox
   */
  public static MlxArray gelu(MlxArray x) {
    return Formula.of("gelu", x, a -> a.multiply(a.divide(Math.sqrt(2)).erf().add(1L)).divide(2L));
  }

  /**
   * Approximates {@link #gelu} by {@code 0.5 * x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 *
   * x^3)))}. It differs by less than 0.0005 for {@code x} from -6 to 6. Mirrors {@code
   * mlx.nn.gelu_approx}.
   *
   * @param x any array
   * @return an array of the shape of {@code x}
   */
  public static MlxArray geluApprox(MlxArray x) {
    return Formula.of(
        "geluApprox",
        x,
        a -> {
          MlxArray inner = a.add(a.power(3L).multiply(0.044715));
          return a.multiply(0.5).multiply(inner.multiply(Math.sqrt(2 / Math.PI)).tanh().add(1L));
        });
  }

  /**
   * Approximates {@link #gelu} by {@code x * sigmoid(1.702 * x)}. It differs by less than 0.015 for
   * {@code x} from -6 to 6. Mirrors {@code mlx.nn.gelu_fast_approx}.
   *
   * @param x any array
   * @return an array of the shape of {@code x}
   */
  public static MlxArray geluFastApprox(MlxArray x) {
    return Formula.of("geluFastApprox", x, a -> a.multiply(a.multiply(1.702).sigmoid()));
  }

  /** Equivalent to {@link #glu(MlxArray, int) glu(x, -1)}. */
  public static MlxArray glu(MlxArray x) {
    return glu(x, -1);
  }

  /**
   * Computes the gated linear unit, {@code a * sigmoid(b)}, where {@code a} and {@code b} are the
   * halves of {@code x} along an axis. Mirrors {@code mlx.nn.glu}.
   *
   * @param x an array with an even number of elements along the axis
   * @param axis the axis that is halved; counts from the end when negative
   * @return an array of the shape of {@code x}, but half as large along the axis
   * @throws IllegalArgumentException if the axis is out of range, or its size is odd
   */
  public static MlxArray glu(MlxArray x, int axis) {
    return Formula.of("glu", x, a -> gated(a.split(2, axis)));
  }

  private static MlxArray gated(MlxArray[] halves) {
    return halves[0].multiply(halves[1].sigmoid());
  }

  /** Equivalent to {@link #hardShrink(MlxArray, double) hardShrink(x, 0.5)}. */
  public static MlxArray hardShrink(MlxArray x) {
    return hardShrink(x, 0.5);
  }

  /**
   * Replaces the elements of {@code x} whose absolute value is at most {@code lambd} by 0. Mirrors
   * {@code mlx.nn.hard_shrink}.
   *
   * @param x any array
   * @param lambd the threshold
   * @return an array of the shape of {@code x}
   */
  public static MlxArray hardShrink(MlxArray x, double lambd) {
    return Formula.of("hardShrink", x, a -> a.abs().greater(lambd).where(a, 0L));
  }

  /** Equivalent to {@link #hardTanh(MlxArray, double, double) hardTanh(x, -1, 1)}. */
  public static MlxArray hardTanh(MlxArray x) {
    return hardTanh(x, -1, 1);
  }

  /** Equivalent to {@link #hardTanh(MlxArray, double, double) hardTanh(x, minVal, 1)}. */
  public static MlxArray hardTanh(MlxArray x, double minVal) {
    return hardTanh(x, minVal, 1);
  }

  /**
   * Limits the elements to an interval, {@code min(max(x, minVal), maxVal)}. Mirrors {@code
   * mlx.nn.hard_tanh}.
   *
   * @param x any array
   * @param minVal the lower limit
   * @param maxVal the upper limit
   * @return an array of the shape of {@code x}
   */
  public static MlxArray hardTanh(MlxArray x, double minVal, double maxVal) {
    return Formula.of("hardTanh", x, a -> a.maximum(minVal).minimum(maxVal));
  }

  /**
   * Computes {@code x * min(max(x + 3, 0), 6) / 6}. Mirrors {@code mlx.nn.hardswish}.
   *
   * @param x any array
   * @return an array of the shape of {@code x}
   */
  public static MlxArray hardswish(MlxArray x) {
    return Formula.of(
        "hardswish", x, a -> a.multiply(a.add(3L).maximum(0L).minimum(6L)).divide(6L));
  }

  /** Equivalent to {@link #leakyRelu(MlxArray, double) leakyRelu(x, 0.01)}. */
  public static MlxArray leakyRelu(MlxArray x) {
    return leakyRelu(x, 0.01);
  }

  /**
   * Computes the leaky rectified linear unit, {@code max(negativeSlope * x, x)}. Mirrors {@code
   * mlx.nn.leaky_relu}.
   *
   * @param x any array
   * @param negativeSlope the factor for negative elements; less than 1
   * @return an array of the shape of {@code x}
   */
  public static MlxArray leakyRelu(MlxArray x, double negativeSlope) {
    return Formula.of("leakyRelu", x, a -> a.multiply(negativeSlope).maximum(a));
  }

  /**
   * Computes the logarithm of the sigmoid, {@code -log(1 + exp(-x))}, without overflow. Mirrors
   * {@code mlx.nn.log_sigmoid}.
   *
   * @param x any array
   * @return an array of the shape of {@code x}
   */
  public static MlxArray logSigmoid(MlxArray x) {
    return Formula.of("logSigmoid", x, a -> a.negative().logaddexp(0L).negative());
  }

  /** Equivalent to {@link #logSoftmax(MlxArray, int) logSoftmax(x, -1)}. */
  public static MlxArray logSoftmax(MlxArray x) {
    return logSoftmax(x, -1);
  }

  /**
   * Computes the logarithm of the {@link #softmax(MlxArray, int) softmax}, {@code x -
   * log(sum(exp(x)))}, without overflow. Mirrors {@code mlx.nn.log_softmax}.
   *
   * @param x any array
   * @param axis the axis of the sum; counts from the end when negative
   * @return an array of the shape of {@code x}
   * @throws IllegalArgumentException if the axis is out of range
   */
  public static MlxArray logSoftmax(MlxArray x, int axis) {
    return Formula.of(
        "logSoftmax",
        x,
        a -> {
          MlxArray shifted = a.subtract(a.max(axis, true).stopGradient());
          return shifted.subtract(shifted.logsumexp(axis, true));
        });
  }

  /**
   * Computes {@code x * tanh(softplus(x))}. Mirrors {@code mlx.nn.mish}.
   *
   * @param x any array
   * @return an array of the shape of {@code x}
   */
  public static MlxArray mish(MlxArray x) {
    return Formula.of("mish", x, a -> a.multiply(a.logaddexp(0L).tanh()));
  }

  /**
   * Computes the parametric rectified linear unit, {@code max(x, 0) + alpha * min(x, 0)}. Mirrors
   * {@code mlx.nn.prelu}.
   *
   * @param x any array
   * @param alpha the factors for negative elements, of a shape that broadcasts with that of {@code
   *     x}
   * @return an array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast
   */
  public static MlxArray prelu(MlxArray x, MlxArray alpha) {
    Formula.notNull("prelu", "alpha", alpha);
    return Formula.of("prelu", x, a -> Ops.maximum(0L, a).add(alpha.multiply(Ops.minimum(0L, a))));
  }

  /**
   * Computes the rectified linear unit, {@code max(x, 0)}. Mirrors {@code mlx.nn.relu}.
   *
   * @param x any array
   * @return an array of the shape of {@code x}
   */
  public static MlxArray relu(MlxArray x) {
    return Formula.of("relu", x, a -> a.maximum(0L));
  }

  /**
   * Computes the square of the rectified linear unit, {@code max(x, 0)^2}. Mirrors {@code
   * mlx.nn.relu2}.
   *
   * @param x any array
   * @return an array of the shape of {@code x}
   */
  public static MlxArray relu2(MlxArray x) {
    return Formula.of("relu2", x, a -> a.maximum(0L).square());
  }

  /**
   * Computes {@code min(max(x, 0), 6)}. Mirrors {@code mlx.nn.relu6}.
   *
   * @param x any array
   * @return an array of the shape of {@code x}
   */
  public static MlxArray relu6(MlxArray x) {
    return Formula.of("relu6", x, a -> a.maximum(0L).minimum(6.0));
  }

  /**
   * Computes the scaled exponential linear unit, 1.0507 times the {@link #elu(MlxArray, double)
   * elu} with alpha 1.67326. Mirrors {@code mlx.nn.selu}.
   *
   * @param x any array
   * @return an array of the shape of {@code x}
   */
  public static MlxArray selu(MlxArray x) {
    return Formula.of("selu", x, a -> eluOf(a, SELU_ALPHA).multiply(SELU_SCALE));
  }

  /**
   * Computes the logistic function, {@code 1 / (1 + exp(-x))}. Mirrors {@code mlx.nn.sigmoid}.
   *
   * @param x any array
   * @return an array of the shape of {@code x}
   */
  public static MlxArray sigmoid(MlxArray x) {
    return Formula.of("sigmoid", x, MlxArray::sigmoid);
  }

  /**
   * Computes the sigmoid linear unit, {@code x * sigmoid(x)}, also known as swish. Mirrors {@code
   * mlx.nn.silu}.
   *
   * @param x any array
   * @return an array of the shape of {@code x}
   */
  public static MlxArray silu(MlxArray x) {
    return Formula.of("silu", x, a -> a.multiply(a.sigmoid()));
  }

  /** Equivalent to {@link #softmax(MlxArray, int) softmax(x, -1)}. */
  public static MlxArray softmax(MlxArray x) {
    return softmax(x, -1);
  }

  /**
   * Computes {@code exp(x) / sum(exp(x))} without overflow. Mirrors {@code mlx.nn.softmax}.
   *
   * @param x any array
   * @param axis the axis of the sum; counts from the end when negative
   * @return an array of the shape of {@code x}
   * @throws IllegalArgumentException if the axis is out of range
   */
  public static MlxArray softmax(MlxArray x, int axis) {
    return Formula.of("softmax", x, a -> a.softmax(axis));
  }

  /** Equivalent to {@link #softmin(MlxArray, int) softmin(x, -1)}. */
  public static MlxArray softmin(MlxArray x) {
    return softmin(x, -1);
  }

  /**
   * Computes the {@link #softmax(MlxArray, int) softmax} of {@code -x}. Mirrors {@code
   * mlx.nn.softmin}.
   *
   * @param x any array
   * @param axis the axis of the sum; counts from the end when negative
   * @return an array of the shape of {@code x}
   * @throws IllegalArgumentException if the axis is out of range
   */
  public static MlxArray softmin(MlxArray x, int axis) {
    return Formula.of("softmin", x, a -> a.negative().softmax(axis));
  }

  /**
   * Computes {@code log(1 + exp(x))} without overflow. Mirrors {@code mlx.nn.softplus}.
   *
   * @param x any array
   * @return an array of the shape of {@code x}
   */
  public static MlxArray softplus(MlxArray x) {
    return Formula.of("softplus", x, a -> a.logaddexp(0L));
  }

  /** Equivalent to {@link #softshrink(MlxArray, double) softshrink(x, 0.5)}. */
  public static MlxArray softshrink(MlxArray x) {
    return softshrink(x, 0.5);
  }

  /**
   * Moves elements towards 0 by {@code lambd}: {@code x - lambd} where {@code x > lambd}, {@code x
   * + lambd} where {@code x < -lambd}, 0 elsewhere. Mirrors {@code mlx.nn.softshrink}.
   *
   * @param x any array
   * @param lambd the distance
   * @return an array of the shape of {@code x}
   */
  public static MlxArray softshrink(MlxArray x, double lambd) {
    return Formula.of(
        "softshrink",
        x,
        a -> a.abs().greater(lambd).where(a.subtract(a.sign().multiply(lambd)), 0L));
  }

  /**
   * Computes {@code x / (1 + |x|)}. Mirrors {@code mlx.nn.softsign}.
   *
   * @param x any array
   * @return an array of the shape of {@code x}
   */
  public static MlxArray softsign(MlxArray x) {
    return Formula.of("softsign", x, a -> a.divide(a.abs().add(1L)));
  }

  /** Equivalent to {@link #step(MlxArray, double) step(x, 0)}. */
  public static MlxArray step(MlxArray x) {
    return step(x, 0);
  }

  /**
   * Returns 1 where {@code x} is at least a threshold and 0 elsewhere. Mirrors {@code mlx.nn.step}.
   *
   * @param x any array
   * @param threshold the threshold
   * @return an int32 array of the shape of {@code x}
   */
  public static MlxArray step(MlxArray x, double threshold) {
    return Formula.of("step", x, a -> a.greaterEqual(threshold).where(1L, 0L));
  }

  /**
   * Computes the hyperbolic tangent. Mirrors {@code mlx.nn.tanh}.
   *
   * @param x any array
   * @return an array of the shape of {@code x}
   */
  public static MlxArray tanh(MlxArray x) {
    return Formula.of("tanh", x, MlxArray::tanh);
  }
}
