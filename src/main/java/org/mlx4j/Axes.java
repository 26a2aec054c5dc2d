package org.mlx4j;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Axes as users name them: negative ones count from the end. */
final class Axes {
  private Axes() {}

  static int[] all(int ndim) {
    return IntStream.range(0, ndim).toArray();
  }

  /** Returns the axis counted from the beginning. */
  static int resolve(String function, int axis, int ndim) {
    if (axis < -ndim || axis >= ndim) {
      throw new IllegalArgumentException(
          "[" + function + "] " + Explanation.outOfRange(axis, ndim));
    }
    return axis < 0 ? axis + ndim : axis;
  }

  /** Returns the axes counted from the beginning; they must be distinct. */
  static int[] resolveDistinct(String function, int[] axes, int ndim) {
    int[] resolved =
        Arrays.stream(Call.notNull(function, "the array of axes", axes))
            .map(axis -> resolve(function, axis, ndim))
            .toArray();
    if (Arrays.stream(resolved).distinct().count() < resolved.length) {
      throw new IllegalArgumentException(
          "[" + function + "] axes " + Arrays.toString(axes) + " contain an axis twice");
    }
    return resolved;
  }
}
