package org.mlx4j.nn;

import org.jspecify.annotations.Nullable;
import org.mlx4j.QuantizationMode;

/**
 * A layer with a quantized approximation, which {@link Nn#quantize} puts in its place.
 *
 * <pre>{@code
 * Layer quantized = Linear.of(128, 10).toQuantized(64, 4);
 * MlxArray y = quantized.apply(Ops.ones(2, 128));
 * }</pre>
 */
public interface Quantizable {
  /**
   * Equivalent to {@link #toQuantized(Integer, Integer, QuantizationMode, boolean)
   * toQuantized(null, null, QuantizationMode.AFFINE, false)}.
   */
  default Layer toQuantized() {
    return toQuantized(null, null, QuantizationMode.AFFINE, false);
  }

  /**
   * Equivalent to {@link #toQuantized(Integer, Integer, QuantizationMode, boolean)
   * toQuantized(groupSize, null, QuantizationMode.AFFINE, false)}.
   */
  default Layer toQuantized(@Nullable Integer groupSize) {
    return toQuantized(groupSize, null, QuantizationMode.AFFINE, false);
  }

  /**
   * Equivalent to {@link #toQuantized(Integer, Integer, QuantizationMode, boolean)
   * toQuantized(groupSize, bits, QuantizationMode.AFFINE, false)}.
   */
  default Layer toQuantized(@Nullable Integer groupSize, @Nullable Integer bits) {
    return toQuantized(groupSize, bits, QuantizationMode.AFFINE, false);
  }

  /**
   * Equivalent to {@link #toQuantized(Integer, Integer, QuantizationMode, boolean)
   * toQuantized(groupSize, bits, mode, false)}.
   */
  default Layer toQuantized(
      @Nullable Integer groupSize, @Nullable Integer bits, QuantizationMode mode) {
    return toQuantized(groupSize, bits, mode, false);
  }

  /**
   * Returns a quantized approximation of this layer.
   *
   * @param groupSize how many weights share a scale; null for the mode's default
   * @param bits the number of bits of a weight; null for the mode's default
   * @param mode how weights are represented
   * @param quantizeInput whether the input of the layer is quantized, too
   * @return the quantized layer
   * @throws IllegalArgumentException if the layer cannot be quantized in this way
   */
  Layer toQuantized(
      @Nullable Integer groupSize,
      @Nullable Integer bits,
      QuantizationMode mode,
      boolean quantizeInput);
}
