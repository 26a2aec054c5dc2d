package org.mlx4j.training;

import java.util.Arrays;
import org.mlx4j.DType;
import org.mlx4j.MlxArray;

/** Reads what functions of the caller return. */
final class Scalars {
  private Scalars() {}

  /** Returns the value of a scalar. */
  static double value(String what, MlxArray scalar) {
    if (scalar == null) {
      throw new NullPointerException("[fit] " + what + " is null");
    }
    if (scalar.ndim() > 0 || scalar.dtype() == DType.COMPLEX64) {
      throw new IllegalArgumentException(
          "[fit] %s must be a real scalar, got an array of shape %s and dtype %s"
              .formatted(what, Arrays.toString(scalar.shape()), scalar.dtype()));
    }
    return scalar.itemDouble();
  }
}
