package org.mlx4j;

import java.util.Arrays;
import org.mlx4j.internal.ShapesNative;

/** The widths that {@code pad} takes: a pair for each axis. */
final class PadWidths {
  private PadWidths() {}

  static int[][] everywhere(int width, int ndim) {
    int[][] widths = new int[ndim][];
    Arrays.fill(widths, new int[] {width, width});
    return widths;
  }

  static MlxArray pad(MlxArray a, int[][] widths, PadMode mode, double constantValues) {
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
      axes[i] = i;
      low[i] = widths[i][0];
      high[i] = widths[i][1];
    }
    return Call.rightWeak(
        "pad",
        (x, value, s) -> ShapesNative.pad(x, axes, low, high, value, mode.mlxName(), s),
        a,
        constantValues);
  }

  private static IllegalArgumentException invalid(int[][] widths, String allowed) {
    return new IllegalArgumentException(
        "[pad] widths are " + Arrays.deepToString(widths) + "; there must be " + allowed);
  }
}
