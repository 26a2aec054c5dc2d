package org.mlx4j.nn;

import org.jspecify.annotations.Nullable;
import org.mlx4j.MlxArray;
import org.mlx4j.QuantizationMode;
import org.mlx4j.Quantized;
import org.mlx4j.internal.Formula;

/** What quantized layers have in common. */
final class Packed {
  private Packed() {}

  /** The group size that a mode has by default. */
  static int groupSize(String layer, @Nullable Integer groupSize, QuantizationMode mode) {
    if (groupSize != null) {
      return groupSize;
    }
    return switch (Arguments.notNull(layer, "mode", mode)) {
      case AFFINE -> 64;
      case MXFP4, MXFP8 -> 32;
      case NVFP4 -> 16;
    };
  }

  /** The number of bits that a mode has by default. */
  static int bits(String layer, @Nullable Integer bits, QuantizationMode mode) {
    if (bits != null) {
      return bits;
    }
    return Arguments.notNull(layer, "mode", mode) == QuantizationMode.MXFP8 ? 8 : 4;
  }

  static Quantized quantize(
      String layer, MlxArray weight, int groupSize, int bits, QuantizationMode mode) {
    Arguments.notNull(layer, "mode", mode);
    Arguments.notNull(layer, "weight", weight);
    return Formula.tree(layer, () -> weight.quantize(groupSize, bits, mode));
  }

  /** Multiplies by a transposed quantized weight. */
  static MlxArray multiply(
      MlxArray x,
      MlxArray weight,
      MlxArray scales,
      @Nullable MlxArray biases,
      int groupSize,
      int bits,
      QuantizationMode mode) {
    return x.quantizedMatmul(weight, scales, biases, true, groupSize, bits, mode);
  }
}
