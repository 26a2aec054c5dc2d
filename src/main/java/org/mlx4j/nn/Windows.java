package org.mlx4j.nn;

import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import org.mlx4j.MlxArray;
import org.mlx4j.PadMode;
import org.mlx4j.internal.Formula;

/** Windows of the inputs of pools. */
final class Windows {
  private Windows() {}

  static MlxArray max(
      String layer, MlxArray x, List<Integer> size, List<Integer> stride, List<Integer> padding) {
    return pool(layer, x, size, stride, padding, Double.NEGATIVE_INFINITY, MlxArray::max);
  }

  static MlxArray mean(
      String layer, MlxArray x, List<Integer> size, List<Integer> stride, List<Integer> padding) {
    return pool(layer, x, size, stride, padding, 0, MlxArray::mean);
  }

  private static MlxArray pool(
      String layer,
      MlxArray x,
      List<Integer> size,
      List<Integer> stride,
      List<Integer> padding,
      double filling,
      BiFunction<MlxArray, int[], MlxArray> function) {
    return Formula.of(
        layer,
        x,
        a -> {
          int axes = size.size();
          if (a.ndim() != axes + 2) {
            throw Arguments.refused(
                layer,
                "x must have "
                    + (axes + 2)
                    + " axes, the samples first and the channels last, got shape "
                    + Arrays.toString(a.shape()));
          }
          MlxArray padded = padded(a, padding, filling);
          int[] reduced = new int[axes];
          for (int i = 0; i < axes; i++) {
            reduced[i] = i - axes - 1;
            if (padded.dim(i + 1) < size.get(i)) {
              throw Arguments.refused(
                  layer,
                  "a window of "
                      + size
                      + " is larger than the padded input of shape "
                      + Arrays.toString(padded.shape()));
            }
          }
          return function.apply(windows(padded, size, stride), reduced);
        });
  }

  private static MlxArray padded(MlxArray x, List<Integer> padding, double filling) {
    if (padding.stream().allMatch(p -> p == 0)) {
      return x;
    }
    int[][] widths = new int[x.ndim()][2];
    for (int i = 0; i < padding.size(); i++) {
      Arrays.fill(widths[i + 1], padding.get(i));
    }
    return x.pad(widths, PadMode.CONSTANT, filling);
  }

  /** Windows, whose elements are the axes before the last. */
  private static MlxArray windows(MlxArray x, List<Integer> size, List<Integer> stride) {
    int axes = size.size();
    int[] shape = x.shape();
    boolean tiled = true;
    for (int i = 0; i < axes; i++) {
      tiled &= stride.get(i).equals(size.get(i)) && shape[i + 1] % size.get(i) == 0;
    }
    return tiled ? tiles(x, size) : slidingWindows(x, size, stride);
  }

  private static MlxArray tiles(MlxArray x, List<Integer> size) {
    int axes = size.size();
    int[] shape = new int[2 * axes + 2];
    int[] order = new int[2 * axes + 2];
    shape[0] = x.dim(0);
    for (int i = 0; i < axes; i++) {
      shape[2 * i + 1] = x.dim(i + 1) / size.get(i);
      shape[2 * i + 2] = size.get(i);
      order[i + 1] = 2 * i + 1;
      order[axes + i + 1] = 2 * i + 2;
    }
    shape[2 * axes + 1] = x.dim(-1);
    order[2 * axes + 1] = 2 * axes + 1;
    return x.reshape(shape).transpose(order);
  }

  private static MlxArray slidingWindows(MlxArray x, List<Integer> size, List<Integer> stride) {
    int axes = size.size();
    int[] from = x.shape();
    long[] steps = new long[axes + 2];
    steps[axes + 1] = 1;
    for (int i = axes; i >= 0; i--) {
      steps[i] = steps[i + 1] * from[i + 1];
    }
    int[] shape = new int[2 * axes + 2];
    long[] strides = new long[2 * axes + 2];
    shape[0] = from[0];
    strides[0] = steps[0];
    for (int i = 0; i < axes; i++) {
      shape[i + 1] = (from[i + 1] - size.get(i)) / stride.get(i) + 1;
      strides[i + 1] = steps[i + 1] * stride.get(i);
      shape[axes + i + 1] = size.get(i);
      strides[axes + i + 1] = steps[i + 1];
    }
    shape[2 * axes + 1] = from[axes + 1];
    strides[2 * axes + 1] = 1;
    return x.asStrided(shape, strides, 0);
  }
}
