package org.mlx4j.nn;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.mlx4j.MlxArray;
import org.mlx4j.internal.Formula;

/**
 * Changes the size of the spatial axes of an input whose channels come last, between the first axis
 * and the last. Mirrors {@code mlx.nn.Upsample}.
 *
 * <pre>{@code
 * Upsample twice = Upsample.of(2);
 * MlxArray y = twice.apply(Ops.ones(1, 8, 8, 3));          // shape (1, 16, 16, 3)
 * Upsample wider = Upsample.of(new double[] {1, 1.5}, Upsample.Mode.LINEAR);
 * MlxArray z = wider.apply(Ops.ones(1, 8, 8, 3));          // shape (1, 8, 12, 3)
 * }</pre>
 *
 * @param scaleFactor the factors of the spatial axes: one for all, or one for each
 * @param mode how elements are computed
 * @param alignCorners whether the centers of the first and the last elements coincide before and
 *     after, or the corners of the input and the output
 * @param antialias whether elements are means over wider windows where axes become smaller
 */
public record Upsample(List<Double> scaleFactor, Mode mode, boolean alignCorners, boolean antialias)
    implements Layer {
  /**
   * How elements are computed from those of the input.
   *
   * <pre>{@code
   * Layer smooth = Upsample.of(2, Upsample.Mode.CUBIC);
   * }</pre>
   */
  public enum Mode {
    /** The nearest element of the input; Python's {@code "nearest"}. */
    NEAREST,
    /**
     * Linear interpolation of the 2 nearest elements along each axis; Python's {@code "linear"}.
     */
    LINEAR,
    /** Cubic interpolation of the 4 nearest elements along each axis; Python's {@code "cubic"}. */
    CUBIC
  }

  /**
   * Makes a layer.
   *
   * @throws IllegalArgumentException if there is no factor, or one is not positive; if {@code
   *     antialias} is true and the mode is {@code NEAREST} or {@code alignCorners} is true
   * @throws NullPointerException if an argument is null
   */
  public Upsample {
    scaleFactor = List.copyOf(Arguments.notNull("Upsample", "scaleFactor", scaleFactor));
    Arguments.notNull("Upsample", "mode", mode);
    if (scaleFactor.isEmpty()
        || scaleFactor.stream().anyMatch(factor -> !(factor > 0) || factor.isInfinite())) {
      throw Arguments.refused(
          "Upsample", "scaleFactor must have positive factors, at least 1, got " + scaleFactor);
    }
    if (antialias && mode == Mode.NEAREST) {
      throw Arguments.refused("Upsample", "antialias must be false with mode NEAREST");
    }
    if (antialias && alignCorners) {
      throw Arguments.refused("Upsample", "antialias must be false if alignCorners is true");
    }
  }

  /**
   * Equivalent to {@link #of(double[], Mode, boolean, boolean) of({scaleFactor}, Mode.NEAREST,
   * false, false)}.
   */
  public static Upsample of(double scaleFactor) {
    return of(scaleFactor, Mode.NEAREST);
  }

  /**
   * Equivalent to {@link #of(double[], Mode, boolean, boolean) of({scaleFactor}, mode, false,
   * false)}.
   */
  public static Upsample of(double scaleFactor, Mode mode) {
    return of(scaleFactor, mode, false);
  }

  /**
   * Equivalent to {@link #of(double[], Mode, boolean, boolean) of({scaleFactor}, mode,
   * alignCorners, false)}.
   */
  public static Upsample of(double scaleFactor, Mode mode, boolean alignCorners) {
    return of(scaleFactor, mode, alignCorners, false);
  }

  /**
   * Equivalent to {@link #of(double[], Mode, boolean, boolean) of({scaleFactor}, mode,
   * alignCorners, antialias)}.
   */
  public static Upsample of(
      double scaleFactor, Mode mode, boolean alignCorners, boolean antialias) {
    return new Upsample(List.of(scaleFactor), mode, alignCorners, antialias);
  }

  /**
   * Equivalent to {@link #of(double[], Mode, boolean, boolean) of(scaleFactor, Mode.NEAREST, false,
   * false)}.
   */
  public static Upsample of(double[] scaleFactor) {
    return of(scaleFactor, Mode.NEAREST);
  }

  /**
   * Equivalent to {@link #of(double[], Mode, boolean, boolean) of(scaleFactor, mode, false,
   * false)}.
   */
  public static Upsample of(double[] scaleFactor, Mode mode) {
    return of(scaleFactor, mode, false);
  }

  /**
   * Equivalent to {@link #of(double[], Mode, boolean, boolean) of(scaleFactor, mode, alignCorners,
   * false)}.
   */
  public static Upsample of(double[] scaleFactor, Mode mode, boolean alignCorners) {
    return of(scaleFactor, mode, alignCorners, false);
  }

  /**
   * Makes a layer.
   *
   * @param scaleFactor the factors of the spatial axes: one for all, or one for each
   * @param mode how elements are computed
   * @param alignCorners whether the centers of the first and the last elements coincide before and
   *     after, or the corners of the input and the output
   * @param antialias whether elements are means over wider windows where axes become smaller
   * @return the layer
   * @throws IllegalArgumentException if the options are not allowed
   */
  public static Upsample of(
      double[] scaleFactor, Mode mode, boolean alignCorners, boolean antialias) {
    double[] factors = Arguments.notNull("Upsample", "scaleFactor", scaleFactor);
    return new Upsample(Arrays.stream(factors).boxed().toList(), mode, alignCorners, antialias);
  }

  /**
   * Applies the layer.
   *
   * @param x an array of shape {@code (N, …, channels)} with at least 1 spatial axis
   * @return an array whose spatial axes have {@code floor(factor * size)} elements
   * @throws IllegalArgumentException if {@code x} has no spatial axis, or not as many as there are
   *     factors
   */
  @Override
  public MlxArray apply(MlxArray x) {
    return Formula.of(
        "Upsample",
        x,
        a -> {
          int axes = a.ndim() - 2;
          if (axes < 1 || (scaleFactor.size() != 1 && scaleFactor.size() != axes)) {
            throw Arguments.refused(
                "Upsample",
                "x must have "
                    + (scaleFactor.size() == 1 ? "at least 1" : scaleFactor.size())
                    + " spatial axes between the samples and the channels, got shape "
                    + Arrays.toString(a.shape()));
          }
          List<Double> factors =
              scaleFactor.size() == axes
                  ? scaleFactor
                  : Collections.nCopies(axes, scaleFactor.get(0));
          return switch (mode) {
            case NEAREST -> Interpolation.nearest(a, factors);
            case LINEAR -> Interpolation.linear(a, factors, alignCorners, antialias);
            case CUBIC -> Interpolation.cubic(a, factors, alignCorners, antialias);
          };
        });
  }
}
