package org.mlx4j.nn;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.mlx4j.MlxArray;
import org.mlx4j.MlxRandom;
import org.mlx4j.internal.Formula;

/** Dropout of elements and of channels. */
final class Drops {
  private Drops() {}

  static void requireProbability(String layer, float p) {
    if (!(p >= 0 && p < 1)) {
      throw Arguments.refused(layer, "p must be in [0, 1), got " + p);
    }
  }

  /** Drops elements, or channels where there are spatial axes before the last one. */
  static MlxArray apply(String layer, float p, int spatial, MlxArray x, @Nullable MlxArray key) {
    return Formula.of(
        layer,
        x,
        a -> {
          int[] shape = a.shape();
          if (spatial > 0 && shape.length != spatial + 1 && shape.length != spatial + 2) {
            throw Arguments.refused(
                layer,
                "x must have "
                    + (spatial + 1)
                    + " or "
                    + (spatial + 2)
                    + " axes, the channels last, got shape "
                    + Arrays.toString(shape));
          }
          Arguments.key(layer, key);
          if (key == null || p == 0) {
            return a;
          }
          for (int i = 0; i < spatial; i++) {
            shape[shape.length - 2 - i] = 1;
          }
          double kept = 1 - (double) p;
          return MlxRandom.bernoulli(kept, shape, key).multiply(a).multiply(1 / kept);
        });
  }
}
