package org.mlx4j.nn;

import org.jspecify.annotations.Nullable;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.QuantizationMode;
import org.mlx4j.Quantized;
import org.mlx4j.Scope;
import org.mlx4j.internal.Formula;
import org.mlx4j.tree.NotTrained;

/**
 * A {@link Linear} with a quantized weight, {@code x @ dequantize(weight).T + bias}. Mirrors {@code
 * mlx.nn.QuantizedLinear}.
 *
 * <pre>{@code
 * Linear linear = Linear.of(128, 10);
 * QuantizedLinear quantized = QuantizedLinear.of(linear, 64, 4, QuantizationMode.AFFINE);
 * MlxArray y = quantized.apply(Ops.ones(2, 128));
 * }</pre>
 *
 * <p>The parameters are not trained. A gradient for {@code x} passes through the layer.
 *
 * @param weight the packed elements, a uint32 array of shape {@code (outputDims, inputDims * bits /
 *     32)}
 * @param scales the scales of the groups, of shape {@code (outputDims, inputDims / groupSize)}
 * @param biases the biases of the groups, of the same shape; null if the mode has none
 * @param bias a vector of length {@code outputDims}, or null
 * @param groupSize how many elements share a scale
 * @param bits the number of bits of an element
 * @param mode how elements are represented
 */
public record QuantizedLinear(
    @NotTrained MlxArray weight,
    @NotTrained MlxArray scales,
    @NotTrained @Nullable MlxArray biases,
    @NotTrained @Nullable MlxArray bias,
    int groupSize,
    int bits,
    QuantizationMode mode)
    implements Layer {
  /**
   * Equivalent to {@link #of(int, int, boolean, Integer, Integer, QuantizationMode) of(inputDims,
   * outputDims, true, null, null, QuantizationMode.AFFINE)}.
   */
  public static QuantizedLinear of(int inputDims, int outputDims) {
    return of(inputDims, outputDims, true);
  }

  /**
   * Equivalent to {@link #of(int, int, boolean, Integer, Integer, QuantizationMode) of(inputDims,
   * outputDims, bias, null, null, QuantizationMode.AFFINE)}.
   */
  public static QuantizedLinear of(int inputDims, int outputDims, boolean bias) {
    return of(inputDims, outputDims, bias, null, null);
  }

  /**
   * Equivalent to {@link #of(int, int, boolean, Integer, Integer, QuantizationMode) of(inputDims,
   * outputDims, bias, groupSize, null, QuantizationMode.AFFINE)}.
   */
  public static QuantizedLinear of(
      int inputDims, int outputDims, boolean bias, @Nullable Integer groupSize) {
    return of(inputDims, outputDims, bias, groupSize, null);
  }

  /**
   * Equivalent to {@link #of(int, int, boolean, Integer, Integer, QuantizationMode) of(inputDims,
   * outputDims, bias, groupSize, bits, QuantizationMode.AFFINE)}.
   */
  public static QuantizedLinear of(
      int inputDims,
      int outputDims,
      boolean bias,
      @Nullable Integer groupSize,
      @Nullable Integer bits) {
    return of(inputDims, outputDims, bias, groupSize, bits, QuantizationMode.AFFINE);
  }

  /**
   * Makes a layer whose weight is drawn as that of {@link Linear#of(int, int, boolean)}, and then
   * quantized. Its bias is 0.
   *
   * @param inputDims the size of the last axis of the input, a multiple of the group size
   * @param outputDims the size of the last axis of the output
   * @param bias whether there is a bias
   * @param groupSize how many elements share a scale; null for the mode's default
   * @param bits the number of bits of an element; null for the mode's default
   * @param mode how elements are represented
   * @return the layer
   * @throws IllegalArgumentException if an option is not allowed
   */
  public static QuantizedLinear of(
      int inputDims,
      int outputDims,
      boolean bias,
      @Nullable Integer groupSize,
      @Nullable Integer bits,
      QuantizationMode mode) {
    return Scope.run(
        () -> {
          Arguments.notNull("QuantizedLinear", "mode", mode);
          Arguments.sizes("QuantizedLinear", inputDims, outputDims);
          MlxArray weight = Arguments.uniform(Math.sqrt(1.0 / inputDims), outputDims, inputDims);
          MlxArray zeros = bias ? Ops.zeros(outputDims) : null;
          return of(new Linear(weight, zeros), groupSize, bits, mode);
        });
  }

  /**
   * Quantizes a layer. Mirrors {@code mlx.nn.QuantizedLinear.from_linear}.
   *
   * @param linear the layer
   * @param groupSize how many elements share a scale; null for the mode's default
   * @param bits the number of bits of an element; null for the mode's default
   * @param mode how elements are represented
   * @return the quantized layer, with the bias of {@code linear}
   * @throws IllegalArgumentException if an option is not allowed, or the number of inputs is not a
   *     multiple of the group size
   */
  public static QuantizedLinear of(
      Linear linear, @Nullable Integer groupSize, @Nullable Integer bits, QuantizationMode mode) {
    Arguments.notNull("QuantizedLinear", "linear", linear);
    int size = Packed.groupSize("QuantizedLinear", groupSize, mode);
    int width = Packed.bits("QuantizedLinear", bits, mode);
    Quantized q = Packed.quantize("QuantizedLinear", linear.weight(), size, width, mode);
    return new QuantizedLinear(q.w(), q.scales(), q.biases(), linear.bias(), size, width, mode);
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
    Arguments.notNull("QuantizedLinear", "weight", weight);
    return Formula.of(
        "QuantizedLinear",
        x,
        a -> {
          MlxArray y = Packed.multiply(a, weight, scales, biases, groupSize, bits, mode);
          return bias == null ? y : y.add(bias);
        });
  }
}
