package org.mlx4j;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The representation of the elements of a quantized matrix. Groups of neighboring elements of a row
 * share a scale. Mirrors the {@code mode} of {@code mlx.core.quantize}.
 *
 * <pre>{@code
 * MlxArray w = MlxRandom.normal(new int[] {256, 512});
 * Quantized q = w.quantize(QuantizationMode.MXFP8);
 * MlxArray again = q.w().dequantize(q.scales(), null, 32, 8, QuantizationMode.MXFP8);
 * }</pre>
 */
public enum QuantizationMode {
  /**
   * Integers, which are multiplied by the scale of the group and added to its bias. Groups have 32,
   * 64 (the default) or 128 elements; elements have 1, 2, 3, 4 (the default), 5, 6 or 8 bits.
   */
  AFFINE,
  /** Floating point numbers of 4 bits in groups of 32, with scales that are powers of 2. */
  MXFP4,
  /** Floating point numbers of 8 bits (E4M3) in groups of 32, with scales that are powers of 2. */
  MXFP8,
  /** Floating point numbers of 4 bits in groups of 16, with scales of 8 bits (E4M3). */
  NVFP4;

  /** Returns the allowed sizes, the default first. */
  private List<Integer> groupSizes() {
    return switch (this) {
      case AFFINE -> List.of(64, 32, 128);
      case MXFP4, MXFP8 -> List.of(32);
      case NVFP4 -> List.of(16);
    };
  }

  /** Returns the allowed numbers of bits, the default first. */
  private List<Integer> bits() {
    return switch (this) {
      case AFFINE -> List.of(4, 1, 2, 3, 5, 6, 8);
      case MXFP4, NVFP4 -> List.of(4);
      case MXFP8 -> List.of(8);
    };
  }

  /** A mode with allowed parameters. */
  record Parameters(QuantizationMode mode, int groupSize, int bits) {
    String mlxName() {
      return mode.name().toLowerCase(Locale.ROOT);
    }
  }

  /** Returns the parameters, with defaults in place of null, if they are allowed. */
  static Parameters require(
      String function, @Nullable Integer groupSize, @Nullable Integer bits, QuantizationMode mode) {
    Call.notNull(function, "the mode", mode);
    return new Parameters(
        mode,
        oneOf(function, "groupSize", groupSize, mode, mode.groupSizes()),
        oneOf(function, "bits", bits, mode, mode.bits()));
  }

  private static int oneOf(
      String function,
      String argument,
      @Nullable Integer given,
      QuantizationMode mode,
      List<Integer> allowed) {
    if (given == null) {
      return allowed.get(0);
    }
    if (!allowed.contains(given)) {
      String all = Arrays.toString(allowed.stream().sorted().toArray());
      throw Call.refused(function, argument, given, "for " + mode + " it must be one of " + all);
    }
    return given;
  }
}
