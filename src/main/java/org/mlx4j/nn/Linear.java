package org.mlx4j.nn;

import org.jspecify.annotations.Nullable;
import org.mlx4j.MlxArray;
import org.mlx4j.QuantizationMode;
import org.mlx4j.internal.Formula;

/**
 * An affine transformation of the last axis, {@code x @ weight.T + bias}. Mirrors {@code
 * mlx.nn.Linear}.
 *
 * <pre>{@code
 * Linear linear = Linear.of(784, 10);
 * MlxArray logits = linear.apply(Ops.ones(32, 784));       // shape (32, 10)
 * Linear fixed = new Linear(Ops.eye(3), null);             // without a bias
 * }</pre>
 *
 * @param weight the matrix, of shape {@code (outputDims, inputDims)}
 * @param bias a vector of length {@code outputDims}, or null
 */
public record Linear(MlxArray weight, @Nullable MlxArray bias) implements Layer, Quantizable {
  /** Equivalent to {@link #of(int, int, boolean) of(inputDims, outputDims, true)}. */
  public static Linear of(int inputDims, int outputDims) {
    return of(inputDims, outputDims, true);
  }

  /**
   * Makes a layer whose parameters are drawn uniformly between {@code -1 / sqrt(inputDims)} and
   * {@code 1 / sqrt(inputDims)}.
   *
   * @param inputDims the size of the last axis of the input
   * @param outputDims the size of the last axis of the output
   * @param bias whether there is a bias
   * @return the layer
   * @throws IllegalArgumentException if a size is not positive
   */
  public static Linear of(int inputDims, int outputDims, boolean bias) {
    Arguments.sizes("Linear", inputDims, outputDims);
    double scale = Math.sqrt(1.0 / inputDims);
    MlxArray weight = Arguments.uniform(scale, outputDims, inputDims);
    return new Linear(weight, bias ? Arguments.uniform(scale, outputDims) : null);
  }

  /**
   * Applies the layer.
   *
   * @param x an array of shape {@code (…, inputDims)}
   * @return an array of shape {@code (…, outputDims)}
   * @throws IllegalArgumentException if the last axis of {@code x} does not have {@code inputDims}
   *     elements
   */
  @Override
  public MlxArray apply(MlxArray x) {
    return affine("Linear", x, weight, bias);
  }

  static MlxArray affine(String layer, MlxArray x, MlxArray weight, @Nullable MlxArray bias) {
    Arguments.notNull(layer, "weight", weight);
    return Formula.of(
        layer, x, a -> bias == null ? a.matmul(weight.T()) : bias.addmm(a, weight.T()));
  }

  /**
   * Returns a quantized approximation of this layer. Mirrors {@code mlx.nn.Linear.to_quantized}.
   *
   * @return a {@link QuantizedLinear}; or a {@link QQLinear} if {@code quantizeInput} is true,
   *     whose weight is not quantized yet
   * @throws IllegalArgumentException if the options are not allowed, the number of inputs is not a
   *     multiple of the group size, or {@code quantizeInput} is true and there is a bias or the
   *     mode is neither {@code NVFP4} nor {@code MXFP8}
   */
  @Override
  public Layer toQuantized(
      @Nullable Integer groupSize,
      @Nullable Integer bits,
      QuantizationMode mode,
      boolean quantizeInput) {
    return quantizeInput
        ? QQLinear.of(this, groupSize, bits, mode)
        : QuantizedLinear.of(this, groupSize, bits, mode);
  }
}
