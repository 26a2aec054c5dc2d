package org.mlx4j;

import java.util.Arrays;
import org.mlx4j.internal.ShapesNative;

/** The widths that {@code pad} takes: a pair for each axis. */
final class PadWidths {
  private PadWidths() {}

  static int[][] everywhere(int before, int after, int ndim) {
    int[][] widths = new int[ndim][];
    Arrays.fill(widths, new int[] {before, after});
    return widths;
  }

  static MlxArray pad(MlxArray a, int[][] widths, PadMode mode, double constantValues) {
    try (MlxArray value = Call.weak("pad", a, constantValues)) {
      return pad(a, widths, mode, value);
    }
  }

  static MlxArray pad(MlxArray a, int[][] widths, PadMode mode, MlxArray constantValues) {
    Call.notNull("pad", "the mode", mode);
    int[] shape = a.shape();
    if (Call.notNull("pad", "the array of widths", widths).length != shape.length) {
      throw invalid(widths, "one pair for each of the " + shape.length + " axes");
    }
    int[] axes = new int[shape.length];
    int[] low = new int[shape.length];
    int[] high = new int[shape.length];
    for (int i = 0; i < axes.length; i++) {
      if (Call.notNull("pad", "the pair of widths " + i, widths[i]).length != 2
          || widths[i][0] < 0
          || widths[i][1] < 0) {
        throw invalid(widths, "two numbers, not negative, for axis " + i);
      }
      if ((long) shape[i] + widths[i][0] + widths[i][1] > Integer.MAX_VALUE) {
        throw invalid(widths, "at most 2^31 - 1 elements along axis " + i + " in all");
      }
      if (shape[i] == 0 && widths[i][0] + widths[i][1] > 0 && mode != PadMode.CONSTANT) {
        throw invalid(widths, "no padding in mode " + mode + " for axis " + i + ", which is empty");
      }
      axes[i] = i;
      low[i] = widths[i][0];
      high[i] = widths[i][1];
    }
    if (Call.notNull("pad", "the constant value", constantValues).ndim() > 0) {
      throw new IllegalArgumentException(
          "[pad] the constant value has shape "
              + Arrays.toString(constantValues.shape())
              + "; it must be a scalar");
    }
    if (mode == PadMode.REFLECT || mode == PadMode.SYMMETRIC) {
      return mirrored(a, widths, mode);
    }
    return Call.binary(
        "pad",
        (x, value, s) -> ShapesNative.pad(x, axes, low, high, value, mode.mlxName(), s),
        a,
        constantValues);
  }

  /**
   * Pads by taking elements by index. MLX would add one piece after another, as many as there are
   * elements to add on a short axis.
   */
  private static MlxArray mirrored(MlxArray a, int[][] widths, PadMode mode) {
    int[] shape = a.shape();
    try (Scope scope = Scope.open()) {
      MlxArray result = a.reshape(shape); // an array that is not the caller's
      for (int axis = 0; axis < shape.length; axis++) {
        if (widths[axis][0] + widths[axis][1] > 0) {
          result = result.take(mirroredIndices(shape[axis], widths[axis], mode), axis);
        }
      }
      return scope.keep(result);
    }
  }

  /** Returns, for each place of the result, the index of the element that appears there. */
  private static MlxArray mirroredIndices(int size, int[] width, PadMode mode) {
    long repeated = mode == PadMode.SYMMETRIC || size == 1 ? 1 : 0;
    long period = 2 * (size - 1 + repeated);
    MlxArray along = Ops.arange(-width[0], size + width[1]).remainder(period);
    return along.minimum(Ops.subtract(period - repeated, along));
  }

  private static IllegalArgumentException invalid(int[][] widths, String allowed) {
    return new IllegalArgumentException(
        "[pad] widths are " + Arrays.deepToString(widths) + "; there must be " + allowed);
  }
}
