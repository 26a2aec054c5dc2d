package org.mlx4j.operations;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import org.mlx4j.DType;
import org.mlx4j.MlxArray;

/**
 * An array on the host: what goes to Python and comes back, and what is compared.
 *
 * @param bytes the elements in row-major order, little-endian
 */
@SuppressWarnings("ArrayRecordComponent") // compared by differenceFrom only
record HostArray(DType dtype, int[] shape, byte[] bytes) {
  static HostArray of(MlxArray x) {
    ByteBuffer bytes = ByteBuffer.allocate((int) x.nbytes()).order(ByteOrder.LITTLE_ENDIAN);
    x.copyTo(bytes);
    return new HostArray(x.dtype(), x.shape(), bytes.array());
  }

  static HostArray[] allOf(MlxArray... xs) {
    return Arrays.stream(xs).map(HostArray::of).toArray(HostArray[]::new);
  }

  static MlxArray[] allToMlx(HostArray... arrays) {
    return Arrays.stream(arrays).map(HostArray::toMlx).toArray(MlxArray[]::new);
  }

  static HostArray ofDoubles(double[] values, int... shape) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asDoubleBuffer().put(values);
    return new HostArray(DType.FLOAT64, shape, bytes.array());
  }

  MlxArray toMlx() {
    return MlxArray.of(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), dtype, shape);
  }

  /** The elements as numbers; a complex one gives two, its real and its imaginary part. */
  double[] values() {
    ByteBuffer elements = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    double[] values = new double[bytes.length / dtype.itemsize() * partsOfAnElement()];
    Arrays.setAll(values, i -> next(elements));
    return values;
  }

  private int partsOfAnElement() {
    return dtype == DType.COMPLEX64 ? 2 : 1;
  }

  private double next(ByteBuffer elements) {
    return switch (dtype) {
      case BOOL, UINT8 -> Byte.toUnsignedInt(elements.get());
      case UINT16 -> Short.toUnsignedInt(elements.getShort());
      case UINT32 -> Integer.toUnsignedLong(elements.getInt());
      case UINT64 -> unsigned(elements.getLong());
      case INT8 -> elements.get();
      case INT16 -> elements.getShort();
      case INT32 -> elements.getInt();
      case INT64 -> elements.getLong();
      case FLOAT16 -> half(elements.getShort());
      case BFLOAT16 -> Float.intBitsToFloat(elements.getShort() << 16);
      case FLOAT32, COMPLEX64 -> elements.getFloat();
      case FLOAT64 -> elements.getDouble();
    };
  }

  private static double unsigned(long bits) {
    return bits >= 0 ? bits : (bits >>> 1) * 2.0;
  }

  private static double half(short bits) {
    int exponent = bits >> 10 & 0x1f;
    int fraction = bits & 0x3ff;
    double magnitude =
        switch (exponent) {
          case 0 -> Math.scalb((double) fraction, -24);
          case 0x1f -> fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
          default -> Math.scalb(1024.0 + fraction, exponent - 25);
        };
    return bits < 0 ? -magnitude : magnitude;
  }

  /**
   * Returns how this differs from the expected array, or nothing if it does not: dtype, shape or an
   * element's bits. NaN equals NaN.
   */
  Optional<String> differenceFrom(HostArray expected) {
    return differenceFrom(expected, 0);
  }

  /**
   * What differs from the expected array, if anything does.
   *
   * @param tolerance how much an element may differ, relative to its size or, where that is larger,
   *     to that of the largest element, but to no more than 1; integers and bools must be equal
   */
  Optional<String> differenceFrom(HostArray expected, double tolerance) {
    double largest =
        Arrays.stream(expected.values()).map(Math::abs).filter(Double::isFinite).max().orElse(0);
    return differenceFrom(expected, tolerance, Math.min(1, largest));
  }

  /**
   * What differs from the expected array, if anything does.
   *
   * @param tolerance how much an element may differ, relative to its size or, where that is larger,
   *     to a unit; integers and bools must be equal
   */
  Optional<String> differenceFrom(HostArray expected, double tolerance, double unit) {
    if (dtype != expected.dtype) {
      return Optional.of("dtype is " + dtype + ", expected is " + expected.dtype);
    }
    if (!Arrays.equals(shape, expected.shape)) {
      return Optional.of(
          "shape is "
              + Arrays.toString(shape)
              + ", expected is "
              + Arrays.toString(expected.shape));
    }
    double[] ours = values();
    double[] theirs = expected.values();
    double relative = isInexact() ? tolerance : 0;
    int size = dtype.itemsize() / partsOfAnElement();
    for (int i = 0; i < ours.length; i++) {
      boolean same =
          Arrays.equals(bytes, i * size, (i + 1) * size, expected.bytes, i * size, (i + 1) * size);
      boolean bothNan = Double.isNaN(ours[i]) && Double.isNaN(theirs[i]);
      double allowed = relative * Math.max(unit, Math.abs(theirs[i]));
      boolean near = relative > 0 && Math.abs(ours[i] - theirs[i]) <= allowed;
      if (!same && !bothNan && !near) {
        return Optional.of("element " + i + " is " + ours[i] + ", expected is " + theirs[i]);
      }
    }
    return Optional.empty();
  }

  private boolean isInexact() {
    return dtype.isFloating() || dtype == DType.COMPLEX64;
  }

  @Override
  public String toString() {
    return dtype + Arrays.toString(shape) + " " + Arrays.toString(values());
  }
}
