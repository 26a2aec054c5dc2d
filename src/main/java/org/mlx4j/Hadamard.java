package org.mlx4j;

import java.util.stream.IntStream;

/** Checks of a Hadamard transform's size, which MLX makes only while it computes. */
final class Hadamard {
  private Hadamard() {}

  static void require(MlxArray a) {
    int size = a.ndim() == 0 ? 1 : a.dim(-1);
    int odd = size >> Integer.numberOfTrailingZeros(size);
    // 12, 20 and 28 are the odd parts times 4
    boolean known =
        odd == 1 || (IntStream.of(3, 5, 7).anyMatch(part -> part == odd) && size % (4 * odd) == 0);
    if (a.size() > 0 && !known) {
      throw new IllegalArgumentException(
          "[hadamardTransform] the last axis has size "
              + size
              + "; it must be m times a power of 2, where m is 1, 12, 20 or 28");
    }
    if (a.dtype() == DType.FLOAT64 && size > 1) {
      throw new IllegalArgumentException(
          "[hadamardTransform] the dtype is float64; the transform is computed in float16, bfloat16"
              + " or float32 only");
    }
  }
}
