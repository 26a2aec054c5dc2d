package org.mlx4j;

/**
 * What numbers a floating point dtype holds. Mirrors {@code mlx.core.finfo}; {@link Ops#finfo}
 * makes one.
 *
 * @param dtype the dtype; for complex64 that of its parts, float32
 * @param bits the size of a number in bits
 * @param min the lowest finite number
 * @param max the largest finite number
 * @param eps the difference of 1 and the next larger number
 * @param smallestNormal the smallest positive number of full precision
 */
public record Finfo(
    DType dtype, int bits, double min, double max, double eps, double smallestNormal) {
  static Finfo of(DType dtype) {
    return switch (Call.notNull("finfo", "the dtype", dtype)) {
      case FLOAT16 -> ieee(dtype, 10, 15);
      case BFLOAT16 -> ieee(dtype, 7, Float.MAX_EXPONENT);
      case FLOAT32, COMPLEX64 -> ieee(DType.FLOAT32, 23, Float.MAX_EXPONENT);
      case FLOAT64 -> ieee(dtype, 52, Double.MAX_EXPONENT);
      default ->
          throw new IllegalArgumentException(
              "[finfo] dtype " + dtype + " is not a floating point type");
    };
  }

  private static Finfo ieee(DType dtype, int fractionBits, int maxExponent) {
    double eps = Math.scalb(1.0, -fractionBits);
    double max = Math.scalb(2 - eps, maxExponent);
    return new Finfo(dtype, 8 * dtype.itemsize(), -max, max, eps, Math.scalb(1.0, 1 - maxExponent));
  }
}
