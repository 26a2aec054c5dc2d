package org.mlx4j.operations;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;

/** The shape of an array in a chain, with one of its axes, and chance for all else. */
final class Shape {
  private final int[] sizes;
  private final Random random;
  private final int axis;
  private final boolean fromTheBack;

  Shape(int[] sizes, Random random) {
    this.sizes = sizes;
    this.random = random;
    this.axis = random.nextInt(sizes.length);
    this.fromTheBack = random.nextBoolean();
  }

  int[] sizes() {
    return sizes.clone();
  }

  int ndim() {
    return sizes.length;
  }

  int size() {
    return Arrays.stream(sizes).reduce(1, (x, y) -> x * y);
  }

  /** The chosen axis, counted from the front. */
  int axis() {
    return axis;
  }

  /** The chosen axis, counted from the front or from the back. */
  int axisFromEitherEnd() {
    return fromTheBack ? axis - sizes.length : axis;
  }

  /** The size of the chosen axis. */
  int length() {
    return sizes[axis];
  }

  int last() {
    return sizes[sizes.length - 1];
  }

  /** The sizes with another one for the chosen axis. */
  int[] with(int length) {
    return with(axis, length);
  }

  int[] with(int at, int length) {
    int[] changed = sizes.clone();
    changed[at] = length;
    return changed;
  }

  /** The sizes without the leading ones. */
  int[] from(int first) {
    return Arrays.copyOfRange(sizes, first, sizes.length);
  }

  int[] order() {
    int[] order = IntStream.range(0, sizes.length).toArray();
    for (int i = order.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
    return order;
  }

  boolean coin() {
    return random.nextBoolean();
  }

  /** A number from 0 up to, but not including, a bound. */
  int below(int bound) {
    return random.nextInt(bound);
  }
}
