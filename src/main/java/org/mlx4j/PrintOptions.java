package org.mlx4j;

/**
 * The format in which arrays are printed. Mirrors {@code mlx.core.PrintOptions}.
 *
 * <pre>{@code
 * MlxArray third = MlxArray.scalar(1 / 3.0);
 * try (PrintScope two = Ops.printoptions(2)) {
 *   System.out.println(third); // array(0.33, dtype=float32)
 * }
 * }</pre>
 *
 * @param precision the number of digits after the decimal point of floating-point elements; -1 for
 *     as many as are needed, up to six significant digits
 */
public record PrintOptions(int precision) {
  /** The number of digits of the smallest double. */
  private static final int MOST_DIGITS = 1074;

  /**
   * Checks the options.
   *
   * @param precision the number of digits after the decimal point, or -1
   * @throws IllegalArgumentException if {@code precision} is less than -1 or more than 1074
   */
  public PrintOptions {
    if (precision < -1 || precision > MOST_DIGITS) {
      throw new IllegalArgumentException(
          "[printoptions] precision must be from -1 to " + MOST_DIGITS + ", got " + precision);
    }
  }
}
