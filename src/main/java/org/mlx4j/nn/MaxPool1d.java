package org.mlx4j.nn;

import java.util.List;
import org.mlx4j.MlxArray;

/**
 * The maximum of each window over 1 spatial axis of an input whose channels come last. Mirrors
 * {@code mlx.nn.MaxPool1d}.
 *
 * <pre>{@code
 * Layer pool = MaxPool1d.of(2);
 * MlxArray y = pool.apply(Ops.ones(2, 28, 3));           // shape (2, 14, 3)
 * }</pre>
 *
 * @param kernelSize the size of a window along each spatial axis
 * @param stride the distance between windows along each spatial axis
 * @param padding the number of elements, minus infinity, that are added before and after each
 *     spatial axis
 */
public record MaxPool1d(List<Integer> kernelSize, List<Integer> stride, List<Integer> padding)
    implements Layer {
  /**
   * Makes a layer. A list with one number stands for that number.
   *
   * @throws IllegalArgumentException if a list does not have 1 number, a size or a stride is not
   *     positive, or padding is negative
   * @throws NullPointerException if a list is null
   */
  public MaxPool1d {
    kernelSize = Arguments.each("MaxPool1d", "kernelSize", 1, 1, kernelSize);
    stride = Arguments.each("MaxPool1d", "stride", 1, 1, stride);
    padding = Arguments.each("MaxPool1d", "padding", 1, 0, padding);
  }

  /** Equivalent to {@link #of(int, int, int) of(kernelSize, kernelSize, 0)}. */
  public static MaxPool1d of(int kernelSize) {
    return of(kernelSize, kernelSize, 0);
  }

  /** Equivalent to {@link #of(int, int, int) of(kernelSize, stride, 0)}. */
  public static MaxPool1d of(int kernelSize, int stride) {
    return of(kernelSize, stride, 0);
  }

  /**
   * Makes a layer.
   *
   * @param kernelSize the size of a window
   * @param stride the distance between windows, by default {@code kernelSize}
   * @param padding the number of elements, minus infinity, that are added at both ends of the axis,
   *     by default 0
   * @return the layer
   * @throws IllegalArgumentException if the size or the stride is not positive, or the padding is
   *     negative
   */
  public static MaxPool1d of(int kernelSize, int stride, int padding) {
    return new MaxPool1d(List.of(kernelSize), List.of(stride), List.of(padding));
  }

  /** Equivalent to {@link #of(int[], int[], int[]) of(kernelSize, kernelSize, {0})}. */
  public static MaxPool1d of(int[] kernelSize) {
    return of(kernelSize, kernelSize, new int[] {0});
  }

  /** Equivalent to {@link #of(int[], int[], int[]) of(kernelSize, stride, {0})}. */
  public static MaxPool1d of(int[] kernelSize, int[] stride) {
    return of(kernelSize, stride, new int[] {0});
  }

  /**
   * Makes a layer. Each argument has one number.
   *
   * @param kernelSize the sizes of a window
   * @param stride the distances between windows
   * @param padding the number of elements, minus infinity, that are added at both ends of an axis
   * @return the layer
   * @throws IllegalArgumentException if the numbers are not allowed
   */
  public static MaxPool1d of(int[] kernelSize, int[] stride, int[] padding) {
    return new MaxPool1d(
        Arguments.list("MaxPool1d", "kernelSize", kernelSize),
        Arguments.list("MaxPool1d", "stride", stride),
        Arguments.list("MaxPool1d", "padding", padding));
  }

  /**
   * Applies the layer.
   *
   * @param x an array of shape {@code (N, length, channels)}
   * @return an array of shape {@code (N, output length, channels)}
   * @throws IllegalArgumentException if {@code x} does not have 3 axes, or a window is larger than
   *     the padded input
   */
  @Override
  public MlxArray apply(MlxArray x) {
    return Windows.max("MaxPool1d", x, kernelSize, stride, padding);
  }
}
