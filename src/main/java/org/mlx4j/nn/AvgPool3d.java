package org.mlx4j.nn;

import java.util.List;
import org.mlx4j.MlxArray;

/**
 * The mean of each window over 3 spatial axes of an input whose channels come last. Mirrors {@code
 * mlx.nn.AvgPool3d}.
 *
 * <pre>{@code
 * Layer pool = AvgPool3d.of(2);
 * MlxArray y = pool.apply(Ops.ones(2, 8, 28, 28, 3));           // shape (2, 4, 14, 14, 3)
 * }</pre>
 *
 * @param kernelSize the size of a window along each spatial axis
 * @param stride the distance between windows along each spatial axis
 * @param padding the number of zeros that are added before and after each spatial axis
 */
public record AvgPool3d(List<Integer> kernelSize, List<Integer> stride, List<Integer> padding)
    implements Layer {
  /**
   * Makes a layer. A list with one number stands for the same number along every axis.
   *
   * @throws IllegalArgumentException if a list has neither 1 nor 3 numbers, a size or a stride is
   *     not positive, or padding is negative
   * @throws NullPointerException if a list is null
   */
  public AvgPool3d {
    kernelSize = Arguments.each("AvgPool3d", "kernelSize", 3, 1, kernelSize);
    stride = Arguments.each("AvgPool3d", "stride", 3, 1, stride);
    padding = Arguments.each("AvgPool3d", "padding", 3, 0, padding);
  }

  /** Equivalent to {@link #of(int, int, int) of(kernelSize, kernelSize, 0)}. */
  public static AvgPool3d of(int kernelSize) {
    return of(kernelSize, kernelSize, 0);
  }

  /** Equivalent to {@link #of(int, int, int) of(kernelSize, stride, 0)}. */
  public static AvgPool3d of(int kernelSize, int stride) {
    return of(kernelSize, stride, 0);
  }

  /**
   * Makes a layer.
   *
   * @param kernelSize the size of a window along every axis
   * @param stride the distance between windows, by default {@code kernelSize}
   * @param padding the number of zeros that are added at both ends of every axis, by default 0
   * @return the layer
   * @throws IllegalArgumentException if the size or the stride is not positive, or the padding is
   *     negative
   */
  public static AvgPool3d of(int kernelSize, int stride, int padding) {
    return new AvgPool3d(List.of(kernelSize), List.of(stride), List.of(padding));
  }

  /** Equivalent to {@link #of(int[], int[], int[]) of(kernelSize, kernelSize, {0})}. */
  public static AvgPool3d of(int[] kernelSize) {
    return of(kernelSize, kernelSize, new int[] {0});
  }

  /** Equivalent to {@link #of(int[], int[], int[]) of(kernelSize, stride, {0})}. */
  public static AvgPool3d of(int[] kernelSize, int[] stride) {
    return of(kernelSize, stride, new int[] {0});
  }

  /**
   * Makes a layer. Each argument has one number for all spatial axes, or one for each.
   *
   * @param kernelSize the sizes of a window
   * @param stride the distances between windows
   * @param padding the number of zeros that are added at both ends of an axis
   * @return the layer
   * @throws IllegalArgumentException if the numbers are not allowed
   */
  public static AvgPool3d of(int[] kernelSize, int[] stride, int[] padding) {
    return new AvgPool3d(
        Arguments.list("AvgPool3d", "kernelSize", kernelSize),
        Arguments.list("AvgPool3d", "stride", stride),
        Arguments.list("AvgPool3d", "padding", padding));
  }

  /**
   * Applies the layer.
   *
   * @param x an array of shape {@code (N, depth, height, width, channels)}
   * @return an array of shape {@code (N, output depth, output height, output width, channels)}
   * @throws IllegalArgumentException if {@code x} does not have 5 axes, or a window is larger than
   *     the padded input
   */
  @Override
  public MlxArray apply(MlxArray x) {
    return Windows.mean("AvgPool3d", x, kernelSize, stride, padding);
  }
}
