package org.mlx4j;

import java.util.Arrays;
import org.mlx4j.internal.ShapesNative;

/**
 * Checks of sizes that MLX does not make: it computes them in 32 and 64 bits and lets them wrap
 * around.
 */
final class Sizes {
  private Sizes() {}

  /** Returns the shape if its dimensions are not negative and its bytes can be counted. */
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
              + " has more bytes than can be counted");
    }
    return shape;
  }

  /** The shape that two shapes broadcast to. */
  static int[] broadcast(String function, int[] shape, int[] other) {
    try {
      return ShapesNative.broadcast_shapes(
          shape, require(function, Call.notNull(function, "a shape", other), DType.BOOL));
    } catch (RuntimeException e) {
      throw Call.explained(function, e);
    }
  }

  /** The strides of an array in row-major order, in elements. */
  static long[] rowMajor(int[] shape) {
    long[] strides = new long[shape.length];
    long stride = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= Math.max(1, shape[axis]);
    }
    return strides;
  }

  /** Returns the shape unless it leaves open a size that any number would fit. */
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
              + " cannot be inferred beside a 0");
    }
    return shape;
  }

  /** Returns the step if there are at most 2^31 - 1 numbers between start and stop. */
  static double requireRange(double start, double stop, double step) {
    double count = Math.ceil((stop - start) / step);
    if (!Double.isFinite(start) || !Double.isFinite(stop) || !Double.isFinite(step) || step == 0) {
      throw new IllegalArgumentException(
          "[arange] start, stop and step must be finite and step not zero, got "
              + start
              + ", "
              + stop
              + ", "
              + step);
    }
    if (count > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "[arange] from "
              + start
              + " to "
              + stop
              + " in steps of "
              + step
              + " there are more than 2^31 - 1 numbers");
    }
    return step;
  }
}
