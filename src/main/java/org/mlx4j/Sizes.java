package org.mlx4j;

import java.util.Arrays;
import org.mlx4j.internal.ShapesNative;

/** Checks of sizes that MLX omits: it computes sizes in 32 and 64 bits and lets them overflow. */
final class Sizes {
  private Sizes() {}

  /** Returns the shape if no dimension is negative and the number of its bytes fits 63 bits. */
  static int[] require(String function, int[] shape, DType dtype) {
    Call.notNull(function, "the shape", shape);
    Call.notNull(function, "the dtype", dtype);
    boolean empty = false;
    long bytes = dtype.itemsize();
    boolean fits = true;
    for (int size : shape) {
      if (size < 0) {
        throw new IllegalArgumentException(
            "[" + function + "] shape " + Arrays.toString(shape) + " has a negative dimension");
      }
      empty |= size == 0;
      fits &= Math.multiplyHigh(bytes, size) == 0 && bytes * size >= 0;
      bytes *= size;
    }
    if (!fits && !empty) {
      throw new IllegalArgumentException(
          "["
              + function
              + "] shape "
              + Arrays.toString(shape)
              + " needs more bytes than can be counted");
    }
    return shape;
  }

  /** Returns the shape that two shapes broadcast to. */
  static int[] broadcast(String function, int[] shape, int[] other) {
    try {
      return ShapesNative.broadcast_shapes(
          shape, require(function, Call.notNull(function, "a shape", other), DType.BOOL));
    } catch (RuntimeException e) {
      throw Call.explained(function, e);
    }
  }

  /** Returns the strides of an array in row-major order, in elements. */
  static long[] rowMajor(int[] shape) {
    long[] strides = new long[shape.length];
    long stride = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= Math.max(1, shape[axis]);
    }
    return strides;
  }

  /** Returns the shape, unless it contains a -1 that every size would fit. */
  static int[] requireInferable(String function, int[] shape) {
    boolean open = false;
    boolean empty = false;
    for (int size : Call.notNull(function, "the shape", shape)) {
      open |= size == -1;
      empty |= size == 0;
    }
    if (open && empty) {
      throw new IllegalArgumentException(
          "["
              + function
              + "] -1 in shape "
              + Arrays.toString(shape)
              + " cannot be inferred because another dimension is 0");
    }
    return shape;
  }

  /** Requires that there are at most 2^31 - 1 numbers between start and stop. */
  static void requireRange(double start, double stop, double step) {
    if (!Double.isFinite(start) || !Double.isFinite(stop) || Double.isNaN(step) || step == 0) {
      throw new IllegalArgumentException(
          "[arange] start "
              + start
              + ", stop "
              + stop
              + " and step "
              + step
              + " do not form a range: start and stop must be finite, and the step must not be 0");
    }
    if (Math.ceil((stop - start) / step) > Integer.MAX_VALUE) {
      throw tooMany(start, stop, step);
    }
  }

  /** Returns the number of integers between start and stop. */
  static int countOfRange(long start, long stop, long step) {
    if (step == 0) {
      throw new IllegalArgumentException("[arange] the step is 0; it must be positive or negative");
    }
    if (step > 0 ? start >= stop : start <= stop) {
      return 0;
    }
    long span = step > 0 ? stop - start : start - stop; // up to 2^64, so without a sign
    long count = Long.divideUnsigned(span - 1, step > 0 ? step : -step) + 1;
    if (count < 0 || count > Integer.MAX_VALUE) {
      throw tooMany(start, stop, step);
    }
    return (int) count;
  }

  /** Requires that an integer dtype can hold a number. */
  static void requireFits(String function, long number, DType dtype) {
    if (!Call.notNull(function, "the dtype", dtype).isInteger()) {
      return;
    }
    boolean unsigned = dtype.name().startsWith("U");
    int bits = 8 * dtype.itemsize();
    long lowest = unsigned ? 0 : -1L << (bits - 1);
    long highest = bits == 64 ? Long.MAX_VALUE : unsigned ? (1L << bits) - 1 : -lowest - 1;
    if (number < lowest || number > highest) {
      throw new IllegalArgumentException(
          "["
              + function
              + "] "
              + number
              + " does not fit "
              + dtype
              + "; it must be from "
              + lowest
              + " to "
              + (unsigned && bits == 64 ? "2^64 - 1" : Long.toString(highest)));
    }
  }

  static boolean isExactAsDouble(long number) {
    return Math.abs(number) <= 1L << 53 && number != Long.MIN_VALUE;
  }

  private static IllegalArgumentException tooMany(Number start, Number stop, Number step) {
    return new IllegalArgumentException(
        "[arange] there are more than 2^31 - 1 numbers from "
            + start
            + " to "
            + stop
            + " in steps of "
            + step
            + "; an array has at most that many elements along an axis");
  }
}
