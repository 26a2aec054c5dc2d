package org.mlx4j.operations;

import java.util.Arrays;
import java.util.Random;
import org.mlx4j.Complex64;
import org.mlx4j.DType;
import org.mlx4j.MlxArray;

/**
 * An argument of an operation: its shape, where its values lie and, unless it follows the dtype
 * that the operation is tried with, its dtype. The values are the same in every run.
 */
final class Input {
  private interface Domain {
    double[] draw(int count, DType dtype, Random random);
  }

  private final Domain domain;
  private final int[] shape;
  private final DType fixedDtype;

  private Input(Domain domain, int[] shape, DType fixedDtype) {
    this.domain = domain;
    this.shape = shape;
    this.fixedDtype = fixedDtype;
  }

  /**
   * Different numbers spread over an interval, none too near to another; for an integer dtype whole
   * numbers, no negative ones where there are none, and for bool what of 0 and 1 lies in the
   * interval, or true.
   */
  static Input between(double low, double high, int... shape) {
    return new Input(
        (count, dtype, random) ->
            dtype.isFloating() || dtype == DType.COMPLEX64
                ? spread(low, high, count, random)
                : wholeNumbers(
                    (long) Math.ceil(low), (long) Math.floor(high), count, dtype, random),
        shape,
        null);
  }

  /** Whole numbers, as values of any dtype; unsigned integers and bool as with {@link #between}. */
  static Input whole(long low, long high, int... shape) {
    return new Input(
        (count, dtype, random) -> wholeNumbers(low, high, count, dtype, random), shape, null);
  }

  /** Truth values. */
  static Input bools(int... shape) {
    return whole(0, 1, shape).as(DType.BOOL);
  }

  /** Keys of random sequences. */
  static Input key() {
    return whole(0, 0xffffffffL, 2).as(DType.UINT32);
  }

  /** Exactly these numbers, along one axis. */
  static Input values(double... values) {
    return new Input(
        (count, dtype, random) -> Arrays.copyOf(values, count), new int[] {values.length}, null);
  }

  /** The same, always of this dtype. */
  Input as(DType dtype) {
    return new Input(domain, shape, dtype);
  }

  Input shaped(int... newShape) {
    return new Input(domain, newShape, fixedDtype);
  }

  int ndim() {
    return shape.length;
  }

  int[] shape() {
    return shape.clone();
  }

  /** Whether the input has the dtype that the operation is tried with. */
  boolean isFree() {
    return fixedDtype == null;
  }

  /** The argument when the operation is tried with a dtype; another seed gives other values. */
  HostArray draw(DType freeDtype, long seed) {
    DType dtype = isFree() ? freeDtype : fixedDtype;
    Random random = new Random(seed);
    int count = Arrays.stream(shape).reduce(1, (x, y) -> x * y);
    double[] values = domain.draw(count, dtype, random);
    try (MlxArray array =
        dtype == DType.COMPLEX64
            ? MlxArray.of(complex(values, domain.draw(count, dtype, random)), shape)
            : MlxArray.of(values, dtype, shape)) {
      return HostArray.of(array);
    }
  }

  private static Complex64[] complex(double[] real, double[] imag) {
    Complex64[] numbers = new Complex64[real.length];
    Arrays.setAll(numbers, i -> new Complex64((float) real[i], (float) imag[i]));
    return numbers;
  }

  /**
   * One number from the middle of each of as many equal parts of the interval, rounded so that
   * float32 holds it.
   */
  private static double[] spread(double low, double high, int count, Random random) {
    int[] parts = new int[count];
    for (int i = 0; i < count; i++) {
      int j = random.nextInt(i + 1);
      parts[i] = parts[j];
      parts[j] = i;
    }
    double[] values = new double[count];
    Arrays.setAll(
        values,
        i -> (float) (low + (high - low) * (parts[i] + 0.25 + 0.5 * random.nextDouble()) / count));
    return values;
  }

  private static double[] wholeNumbers(long low, long high, int count, DType dtype, Random random) {
    boolean signed = dtype != DType.BOOL && !dtype.name().startsWith("U");
    long highest = dtype == DType.BOOL ? 1 : high;
    long lowest = Math.min(signed ? low : Math.max(0, low), highest);
    return random.longs(count, lowest, highest + 1).asDoubleStream().toArray();
  }
}
