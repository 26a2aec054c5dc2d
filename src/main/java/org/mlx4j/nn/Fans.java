package org.mlx4j.nn;

import java.util.Arrays;

/** The numbers of units that a weight connects; they may exceed the range of an int. */
record Fans(double in, double out) {
  static Fans of(String function, int... shape) {
    if (shape.length < 2) {
      throw new IllegalArgumentException(
          "["
              + function
              + "] the shape must have at least 2 axes, outputs first and inputs last, got "
              + Arrays.toString(shape));
    }
    double receptiveField = 1;
    for (int axis = 1; axis < shape.length - 1; axis++) {
      receptiveField *= shape[axis];
    }
    return new Fans(shape[shape.length - 1] * receptiveField, shape[0] * receptiveField);
  }
}
