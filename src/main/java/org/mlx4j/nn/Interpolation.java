package org.mlx4j.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.mlx4j.DType;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;

/**
 * Interpolation along spatial axes. An output is a sum of taps, elements of the input with weights,
 * and is computed axis by axis.
 */
final class Interpolation {
  private Interpolation() {}

  /** An element of the input for each output along an axis, and its weight. */
  private record Tap(MlxArray index, MlxArray weight) {}

  /** Makes the taps of an axis. */
  private interface Taps {
    List<Tap> of(int size, double scale);
  }

  // ---- nearest ---------------------------------------------------------------------------------

  static MlxArray nearest(MlxArray x, List<Double> factors) {
    MlxArray y = x;
    for (int i = 0; i < factors.size(); i++) {
      double scale = factors.get(i);
      y =
          factors.stream().allMatch(f -> f == Math.rint(f))
              ? y.repeat((int) scale, i + 1)
              : y.take(nearestIndices(x.dim(i + 1), scale), i + 1);
    }
    return y;
  }

  private static MlxArray nearestIndices(int size, double scale) {
    int outputs = (int) (scale * size);
    MlxArray indices = Ops.arange(outputs).astype(DType.FLOAT32);
    double step = (double) size / outputs;
    MlxArray positions =
        outputs > size
            ? indices.add(0.5).multiply(step).subtract(0.5).round()
            : indices.multiply(step);
    return positions.astype(DType.UINT32);
  }

  // ---- linear and cubic ------------------------------------------------------------------------

  static MlxArray linear(
      MlxArray x, List<Double> factors, boolean alignCorners, boolean antialias) {
    return antialias
        ? alongEach(x, factors, (n, s) -> widened(n, s, 1, Interpolation::triangle))
        : alongEach(x, factors, (n, s) -> linearTaps(n, s, alignCorners));
  }

  static MlxArray cubic(MlxArray x, List<Double> factors, boolean alignCorners, boolean antialias) {
    return antialias
        ? alongEach(x, factors, (n, s) -> widened(n, s, 2, Interpolation::smooth))
        : alongEach(x, factors, (n, s) -> cubicTaps(n, s, alignCorners));
  }

  private static MlxArray alongEach(MlxArray x, List<Double> factors, Taps taps) {
    MlxArray y = x;
    for (int i = 0; i < factors.size(); i++) {
      int axis = i + 1;
      y = along(y, axis, taps.of(x.dim(axis), factors.get(i)));
    }
    return y;
  }

  private static MlxArray along(MlxArray x, int axis, List<Tap> taps) {
    int[] alongAxis = new int[x.ndim() - axis];
    Arrays.fill(alongAxis, 1);
    alongAxis[0] = -1;
    return sum(
        taps.stream()
            .map(tap -> x.take(tap.index(), axis).multiply(tap.weight().reshape(alongAxis))));
  }

  /** Adds the terms, of which there is at least one. */
  private static MlxArray sum(Stream<MlxArray> terms) {
    return terms.reduce(MlxArray::add).orElseThrow();
  }

  /** The positions of outputs between the elements of an axis. */
  private static MlxArray positions(int size, double scale, boolean alignCorners) {
    int outputs = (int) (scale * size);
    MlxArray indices = Ops.arange(outputs).astype(DType.FLOAT32);
    if (alignCorners) {
      return indices.multiply((size - 1.0) / Math.max(outputs - 1, 1));
    }
    double step = 1 / scale;
    return indices.multiply(step).subtract(((outputs - 1) * step - size + 1) / 2);
  }

  private static MlxArray index(MlxArray position, int size) {
    return position.clip(0L, size - 1L).astype(DType.UINT32);
  }

  private static List<Tap> linearTaps(int size, double scale, boolean alignCorners) {
    MlxArray at = positions(size, scale, alignCorners).clip(0L, size - 1L);
    MlxArray left = at.floor();
    MlxArray weight = at.subtract(left);
    return List.of(
        new Tap(left.astype(DType.UINT32), Ops.subtract(1L, weight)),
        new Tap(at.ceil().astype(DType.UINT32), weight));
  }

  /** The cubic convolution of OpenCV, with slope -0.75 at distance 1. */
  private static List<Tap> cubicTaps(int size, double scale, boolean alignCorners) {
    MlxArray at = positions(size, scale, alignCorners);
    MlxArray left = at.floor();
    MlxArray right = at.add(1L).floor();
    MlxArray outerLeft = left.subtract(1L);
    MlxArray outerRight = right.add(1L);
    return List.of(
        new Tap(index(left, size), near(at.subtract(left).abs(), -0.75)),
        new Tap(index(right, size), near(at.subtract(right).abs(), -0.75)),
        new Tap(index(outerLeft, size), far(at.subtract(outerLeft).abs(), -0.75)),
        new Tap(index(outerRight, size), far(at.subtract(outerRight).abs(), -0.75)));
  }

  /** The cubic kernel up to distance 1. */
  private static MlxArray near(MlxArray x, double a) {
    return x.multiply(a + 2).subtract(a + 3).multiply(x).multiply(x).add(1L);
  }

  /** The cubic kernel from distance 1 to 2. */
  private static MlxArray far(MlxArray x, double a) {
    return x.subtract(5L).multiply(x).add(8L).multiply(x).subtract(4L).multiply(a);
  }

  // ---- with windows that become wider where the axis becomes smaller ---------------------------

  private interface Kernel {
    MlxArray at(MlxArray distance);
  }

  private static MlxArray triangle(MlxArray x) {
    return Ops.subtract(1.0, x).maximum(0.0);
  }

  /** The cubic convolution of Pillow, with slope -0.5 at distance 1. */
  private static MlxArray smooth(MlxArray x) {
    return x.lessEqual(1.0).where(near(x, -0.5), x.lessEqual(2.0).where(far(x, -0.5), 0.0));
  }

  private static List<Tap> widened(int size, double scale, double radius, Kernel kernel) {
    MlxArray at = positions(size, scale, false);
    double width = Math.max(1, 1 / scale);
    int reach = (int) Math.ceil(radius * width) + 1;
    List<MlxArray> places = new ArrayList<>();
    List<MlxArray> weights = new ArrayList<>();
    for (int k = 1 - reach; k < reach; k++) {
      MlxArray place = at.floor().add((long) k);
      MlxArray weight = kernel.at(at.subtract(place).abs().divide(width));
      MlxArray inside = place.greaterEqual(0L).logicalAnd(place.less((long) size));
      weight = inside.where(weight, 0.0);
      places.add(place);
      weights.add(weight);
    }
    MlxArray sum = sum(weights.stream());
    MlxArray total = sum.greater(0L).where(sum, 1.0);
    List<Tap> taps = new ArrayList<>();
    for (int i = 0; i < places.size(); i++) {
      taps.add(new Tap(index(places.get(i), size), weights.get(i).divide(total)));
    }
    return taps;
  }
}
