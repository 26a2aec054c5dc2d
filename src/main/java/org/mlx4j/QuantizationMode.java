package org.mlx4j;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * How the elements of a matrix are represented by few bits. Groups of neighbours in a row share a
 * scale. Mirrors the {@code mode} of {@code mlx.core.quantize}.
 */
public enum QuantizationMode {
  /**
   * Whole numbers, multiplied by the group's scale and added to its bias. Groups of 32, 64 (unless
   * said otherwise) or 128; 1, 2, 3, 4 (unless said otherwise), 5, 6 or 8 bits.
   */
  AFFINE,
  /** Floating point numbers of 4 bits, groups of 32, scales that are powers of 2. */
  MXFP4,
  /** Floating point numbers of 8 bits (E4M3), groups of 32, scales that are powers of 2. */
  MXFP8,
  /** Floating point numbers of 4 bits, groups of 16, scales of 8 bits (E4M3). */
  NVFP4;

  /** The first one is the default. */
  private List<Integer> groupSizes() {
    return switch (this) {
      case AFFINE -> List.of(64, 32, 128);
      case MXFP4, MXFP8 -> List.of(32);
      case NVFP4 -> List.of(16);
    };
  }

  /** The first one is the default. */
  private List<Integer> bits() {
    return switch (this) {
      case AFFINE -> List.of(4, 1, 2, 3, 5, 6, 8);
      case MXFP4, NVFP4 -> List.of(4);
      case MXFP8 -> List.of(8);
    };
  }

  /** A mode with its parameters, which are allowed. */
  record Parameters(QuantizationMode mode, int groupSize, int bits) {
    String mlxName() {
      return mode.name().toLowerCase(Locale.ROOT);
    }
  }

  /** Returns the parameters, with defaults for null, if they are allowed. */
  static Parameters require(
      String function, Integer groupSize, Integer bits, QuantizationMode mode) {
    Call.notNull(function, "the mode", mode);
    return new Parameters(
        mode,
        oneOf(function, "groupSize", groupSize, mode, mode.groupSizes()),
        oneOf(function, "bits", bits, mode, mode.bits()));
  }

  private static int oneOf(
      String function,
      String argument,
      Integer given,
      QuantizationMode mode,
      List<Integer> allowed) {
    if (given == null) {
      return allowed.get(0);
    }
    if (!allowed.contains(given)) {
      throw new IllegalArgumentException(
          "["
              + function
              + "] "
              + argument
              + " is "
              + given
              + "; allowed for "
              + mode
              + " is "
              + Arrays.toString(allowed.stream().sorted().toArray()));
    }
    return given;
  }
}
