package org.mlx4j.nn;

import org.jspecify.annotations.Nullable;
import org.mlx4j.DType;
import org.mlx4j.Device;
import org.mlx4j.MlxArray;
import org.mlx4j.QuantizationMode;
import org.mlx4j.Quantized;
import org.mlx4j.Scope;
import org.mlx4j.internal.Formula;
import org.mlx4j.internal.SharedSecrets;
import org.mlx4j.tree.NotTrained;

/**
 * A linear layer without a bias whose input and weight are both quantized, {@code
 * dequantize(quantize(x)) @ dequantize(quantize(weight)).T}. Mirrors {@code mlx.nn.QQLinear}.
 *
 * <pre>{@code
 * QQLinear inTraining = QQLinear.of(64, 32);               // the weight is quantized in every call
 * QQLinear afterward = inTraining.quantize();              // and here once and for all
 * }</pre>
 *
 * <p>In training the weight is not quantized, so that it has a gradient; {@link #quantize} makes
 * the layer for use, and {@link #dequantize} goes back. In Python {@code eval()} and {@code
 * train()} do so.
 *
 * <p>On the CPU, where Python's layer fails except for a single row and a quantized weight, the
 * product is computed as the formula says, and gradients pass through quantization unchanged.
 *
 * @param weight the matrix, of shape {@code (outputDims, inputDims)}; or its packed elements, a
 *     uint32 array of shape {@code (outputDims, inputDims * bits / 32)}
 * @param scales the scales of the groups if the weight is quantized, of shape {@code (outputDims,
 *     inputDims / groupSize)}; null if it is not
 * @param groupSize how many elements share a scale
 * @param bits the number of bits of an element
 * @param mode how elements are represented, {@code NVFP4} or {@code MXFP8}
 */
public record QQLinear(
    MlxArray weight,
    @NotTrained @Nullable MlxArray scales,
    int groupSize,
    int bits,
    QuantizationMode mode)
    implements Layer {
  /**
   * Makes a layer.
   *
   * @throws IllegalArgumentException if the mode is neither {@code NVFP4} nor {@code MXFP8}
   * @throws NullPointerException if the mode is null
   */
  public QQLinear {
    Arguments.notNull("QQLinear", "mode", mode);
    if (mode != QuantizationMode.NVFP4 && mode != QuantizationMode.MXFP8) {
      throw Arguments.refused("QQLinear", "mode must be NVFP4 or MXFP8, got " + mode);
    }
  }

  /**
   * Equivalent to {@link #of(int, int, Integer, Integer, QuantizationMode) of(inputDims,
   * outputDims, null, null, QuantizationMode.NVFP4)}.
   */
  public static QQLinear of(int inputDims, int outputDims) {
    return of(inputDims, outputDims, null, null, QuantizationMode.NVFP4);
  }

  /**
   * Equivalent to {@link #of(int, int, Integer, Integer, QuantizationMode) of(inputDims,
   * outputDims, groupSize, null, QuantizationMode.NVFP4)}.
   */
  public static QQLinear of(int inputDims, int outputDims, @Nullable Integer groupSize) {
    return of(inputDims, outputDims, groupSize, null, QuantizationMode.NVFP4);
  }

  /**
   * Equivalent to {@link #of(int, int, Integer, Integer, QuantizationMode) of(inputDims,
   * outputDims, groupSize, bits, QuantizationMode.NVFP4)}.
   */
  public static QQLinear of(
      int inputDims, int outputDims, @Nullable Integer groupSize, @Nullable Integer bits) {
    return of(inputDims, outputDims, groupSize, bits, QuantizationMode.NVFP4);
  }

  /**
   * Makes a layer whose weight is drawn as that of {@link Linear#of(int, int, boolean)}.
   *
   * @param inputDims the size of the last axis of the input, a multiple of the group size
   * @param outputDims the size of the last axis of the output
   * @param groupSize how many elements share a scale; null for the mode's default
   * @param bits the number of bits of an element; null for the mode's default
   * @param mode how elements are represented, {@code NVFP4} or {@code MXFP8}
   * @return the layer, whose weight is not quantized
   * @throws IllegalArgumentException if an option is not allowed
   */
  public static QQLinear of(
      int inputDims,
      int outputDims,
      @Nullable Integer groupSize,
      @Nullable Integer bits,
      QuantizationMode mode) {
    return Scope.run(
        () -> {
          Arguments.sizes("QQLinear", inputDims, outputDims);
          double scale = Math.sqrt(1.0 / inputDims);
          return new QQLinear(
              Arguments.uniform(scale, outputDims, inputDims),
              null,
              Packed.groupSize("QQLinear", groupSize, mode),
              Packed.bits("QQLinear", bits, mode),
              mode);
        });
  }

  /**
   * Makes a layer of a linear layer. Mirrors {@code mlx.nn.QQLinear.from_linear}.
   *
   * @param linear the layer, without a bias
   * @param groupSize how many elements share a scale; null for the mode's default
   * @param bits the number of bits of an element; null for the mode's default
   * @param mode how elements are represented, {@code NVFP4} or {@code MXFP8}
   * @return the layer, whose weight is not quantized
   * @throws IllegalArgumentException if an option is not allowed, or {@code linear} has a bias
   */
  public static QQLinear of(
      Linear linear, @Nullable Integer groupSize, @Nullable Integer bits, QuantizationMode mode) {
    if (Arguments.notNull("QQLinear", "linear", linear).bias() != null) {
      throw Arguments.refused("QQLinear", "the linear layer must have no bias");
    }
    return new QQLinear(
        linear.weight(),
        null,
        Packed.groupSize("QQLinear", groupSize, mode),
        Packed.bits("QQLinear", bits, mode),
        mode);
  }

  /**
   * Returns this layer with a quantized weight, which has no gradient.
   *
   * @return this layer, if its weight is quantized
   */
  public QQLinear quantize() {
    if (scales != null) {
      return this;
    }
    Quantized q = Packed.quantize("QQLinear.quantize", weight, groupSize, bits, mode);
    return new QQLinear(q.w(), q.scales(), groupSize, bits, mode);
  }

  /**
   * Returns this layer with a weight that is not quantized.
   *
   * @return a layer with a weight of dtype bfloat16; this layer, if its weight is not quantized
   */
  public QQLinear dequantize() {
    if (scales == null) {
      return this;
    }
    MlxArray matrix =
        Formula.of(
            "QQLinear.dequantize", () -> weight.dequantize(scales, null, groupSize, bits, mode));
    return new QQLinear(matrix, null, groupSize, bits, mode);
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
    Arguments.notNull("QQLinear", "weight", weight);
    return Formula.of("QQLinear", x, this::product);
  }

  private MlxArray product(MlxArray x) {
    if (x.ndim() == 1) {
      return product(x.expandDims(0)).squeeze(0);
    }
    return hasKernel(x)
        ? x.qqmm(weight, scales, groupSize, bits, mode)
        : rounded(x).matmul(matrix(x.dtype()).T());
  }

  /** On the CPU, MLX has a kernel for a single row and a quantized matrix alone. */
  private boolean hasKernel(MlxArray x) {
    boolean oneRow = scales != null && x.ndim() > 1 && x.dim(-2) == 1;
    return oneRow || SharedSecrets.arrayAccess().device().type() != Device.Type.CPU;
  }

  private MlxArray matrix(DType dtype) {
    return scales == null
        ? rounded(weight)
        : weight.dequantize(scales, null, groupSize, bits, mode).astype(dtype);
  }

  /** Quantizes an array and goes back; the gradient passes through unchanged. */
  private MlxArray rounded(MlxArray x) {
    Quantized q = x.quantize(groupSize, bits, mode);
    MlxArray back = q.w().dequantize(q.scales(), null, groupSize, bits, mode).astype(x.dtype());
    return x.add(back.subtract(x).stopGradient());
  }
}
