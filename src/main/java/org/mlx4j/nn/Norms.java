package org.mlx4j.nn;

import org.mlx4j.MlxArray;

/** What normalizations have in common. */
final class Norms {
  private Norms() {}

  /** Multiplies by the weight and adds the bias, where they are. */
  static MlxArray affine(MlxArray x, MlxArray weight, MlxArray bias) {
    MlxArray y = weight == null ? x : weight.multiply(x);
    return bias == null ? y : y.add(bias);
  }
}
