package org.mlx4j.nn;

import org.jspecify.annotations.Nullable;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.internal.Formula;

/**
 * Encodes positions by sines and cosines of several frequencies, {@code scale * [sin(x * f), cos(x
 * * f)]}, where the frequencies {@code f} fall geometrically from {@code maxFreq} to {@code
 * minFreq}. Mirrors {@code mlx.nn.SinusoidalPositionalEncoding}.
 *
 * <pre>{@code
 * SinusoidalPositionalEncoding encoding = SinusoidalPositionalEncoding.of(64);
 * MlxArray y = encoding.apply(Ops.arange(10));             // shape (10, 64)
 * }</pre>
 *
 * @param dims the size of the encoding, an even number
 * @param minFreq the lowest frequency
 * @param maxFreq the highest frequency, that of a size of 2
 * @param scale the factor of the encoding
 * @param cosFirst whether the cosines come first
 * @param fullTurns whether frequencies are in turns, not in radians
 */
public record SinusoidalPositionalEncoding(
    int dims, double minFreq, double maxFreq, double scale, boolean cosFirst, boolean fullTurns)
    implements Layer {
  private static final String NAME = "SinusoidalPositionalEncoding";

  /**
   * Makes a layer.
   *
   * @throws IllegalArgumentException if {@code dims} is not positive and even, or a frequency is
   *     not positive
   */
  public SinusoidalPositionalEncoding {
    if (dims < 1 || dims % 2 != 0) {
      throw Arguments.refused(NAME, "dims must be positive and even, got " + dims);
    }
    requirePositive("minFreq", minFreq);
    requirePositive("maxFreq", maxFreq);
  }

  private static void requirePositive(String parameter, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw Arguments.refused(NAME, parameter + " must be positive, got " + value);
    }
  }

  /**
   * Equivalent to {@link #of(int, double, double, Double, boolean, boolean) of(dims, 0.0001, 1,
   * null, false, false)}.
   */
  public static SinusoidalPositionalEncoding of(int dims) {
    return of(dims, 0.0001, 1);
  }

  /**
   * Equivalent to {@link #of(int, double, double, Double, boolean, boolean) of(dims, minFreq, 1,
   * null, false, false)}.
   */
  public static SinusoidalPositionalEncoding of(int dims, double minFreq) {
    return of(dims, minFreq, 1);
  }

  /**
   * Equivalent to {@link #of(int, double, double, Double, boolean, boolean) of(dims, minFreq,
   * maxFreq, null, false, false)}.
   */
  public static SinusoidalPositionalEncoding of(int dims, double minFreq, double maxFreq) {
    return of(dims, minFreq, maxFreq, null, false, false);
  }

  /**
   * Equivalent to {@link #of(int, double, double, Double, boolean, boolean) of(dims, minFreq,
   * maxFreq, scale, false, false)}.
   */
  public static SinusoidalPositionalEncoding of(
      int dims, double minFreq, double maxFreq, @Nullable Double scale) {
    return of(dims, minFreq, maxFreq, scale, false);
  }

  /**
   * Equivalent to {@link #of(int, double, double, Double, boolean, boolean) of(dims, minFreq,
   * maxFreq, scale, cosFirst, false)}.
   */
  public static SinusoidalPositionalEncoding of(
      int dims, double minFreq, double maxFreq, @Nullable Double scale, boolean cosFirst) {
    return of(dims, minFreq, maxFreq, scale, cosFirst, false);
  }

  /**
   * Makes a layer.
   *
   * @param dims the size of the encoding, an even number
   * @param minFreq the lowest frequency
   * @param maxFreq the highest frequency, that of a size of 2
   * @param scale the factor of the encoding; null for {@code sqrt(2 / dims)}
   * @param cosFirst whether the cosines come first
   * @param fullTurns whether frequencies are in turns, not in radians
   * @return the layer
   * @throws IllegalArgumentException if {@code dims} is not positive and even, or a frequency is
   *     not positive
   */
  public static SinusoidalPositionalEncoding of(
      int dims,
      double minFreq,
      double maxFreq,
      @Nullable Double scale,
      boolean cosFirst,
      boolean fullTurns) {
    double factor = scale == null ? Math.sqrt(2.0 / dims) : scale;
    return new SinusoidalPositionalEncoding(dims, minFreq, maxFreq, factor, cosFirst, fullTurns);
  }

  /**
   * Encodes positions.
   *
   * @param x the positions, of any shape
   * @return an array with one more axis, of size {@code dims}; of dtype float32
   */
  @Override
  public MlxArray apply(MlxArray x) {
    return Formula.of(
        NAME,
        x,
        a -> {
          MlxArray angles = a.expandDims(-1).multiply(frequencies());
          MlxArray sin = angles.sin();
          MlxArray cos = angles.cos();
          MlxArray y =
              cosFirst
                  ? Ops.concatenate(new MlxArray[] {cos, sin}, -1)
                  : Ops.concatenate(new MlxArray[] {sin, cos}, -1);
          return scale == 1 ? y : y.multiply(scale);
        });
  }

  private MlxArray frequencies() {
    MlxArray oneToZero =
        dims == 2 ? Ops.ones(1) : Ops.subtract(1L, Ops.arange(0, dims / 2).divide(dims / 2 - 1L));
    double low = Math.log(minFreq);
    double high = Math.log(maxFreq);
    MlxArray frequencies = oneToZero.multiply(high - low).add(low).exp();
    return fullTurns ? frequencies.multiply(2 * Math.PI) : frequencies;
  }
}
