package org.mlx4j.nn;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.mlx4j.MlxArray;

/** What normalizations have in common. */
final class Norms {
  private Norms() {}

  /** Returns the shape of an input, if it has enough axes. */
  static int[] shape(String layer, MlxArray x, int least) {
    int[] shape = x.shape();
    if (shape.length < least) {
      throw Arguments.refused(
          layer,
          "x must have at least "
              + least
              + " axes, the samples first and the channels last, got shape "
              + Arrays.toString(shape));
    }
    return shape;
  }

  /** Multiplies by the weight and adds the bias, where they are. */
  static MlxArray affine(MlxArray x, @Nullable MlxArray weight, @Nullable MlxArray bias) {
    MlxArray y = weight == null ? x : weight.multiply(x);
    return bias == null ? y : y.add(bias);
  }
}
