package org.mlx4j;

/**
 * How arrays print. Mirrors {@code mlx.core.PrintOptions}.
 *
 * @param precision the number of digits behind the point of floating point elements; -1 for as many
 *     as are needed, up to six in all
 */
public record PrintOptions(int precision) {
  /** As many digits as the smallest double has. */
  private static final int MOST_DIGITS = 1074;

  /**
   * Checks the options.
   *
   * @param precision the number of digits behind the point, or -1
   * @throws IllegalArgumentException if {@code precision} is less than -1 or more than 1074
   */
  public PrintOptions {
    if (precision < -1 || precision > MOST_DIGITS) {
      throw new IllegalArgumentException(
          "[printoptions] precision must be from -1 to " + MOST_DIGITS + ", got " + precision);
    }
  }
}
