package org.mlx4j;

/**
 * The range and precision of a floating-point dtype, which {@link Ops#finfo} returns. Mirrors
 * {@code mlx.core.finfo}.
 *
 * <pre>{@code
 * double largest = Ops.finfo(DType.FLOAT16).max(); // 65504
 * double eps = Ops.finfo(DType.FLOAT32).eps();     // 2^-23
 * }</pre>
 *
 * @param dtype the dtype; for complex64 that of its parts, float32
 * @param bits the size of a number in bits
 * @param min the lowest finite number
 * @param max the largest finite number
 * @param eps the difference between 1 and the next larger number
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
              "[finfo] dtype " + dtype + " is not a floating-point type");
    };
  }

  private static Finfo ieee(DType dtype, int fractionBits, int maxExponent) {
    double eps = Math.scalb(1.0, -fractionBits);
    double max = Math.scalb(2 - eps, maxExponent);
    return new Finfo(dtype, 8 * dtype.itemsize(), -max, max, eps, Math.scalb(1.0, 1 - maxExponent));
  }
}
