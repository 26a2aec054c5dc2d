package org.mlx4j;

import static org.mlx4j.Call.binary;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.mlx4j.internal.ConvolutionsNative;

/**
 * Convolutions of signals, images and volumes, and of two vectors.
 *
 * <pre>{@code
 * MlxArray images = MlxRandom.normal(new int[] {16, 28, 28, 3}); // batch, height, width, channels
 * MlxArray weight = MlxRandom.normal(new int[] {8, 5, 5, 3}); // output channels, kernel, channels
 * MlxArray y = images.conv2d(weight, 2, 2); // shape (16, 14, 14, 8)
 * MlxArray z =
 *     images.conv2d(weight, ConvolutionOptions.defaults().withStride(2, 1).withDilation(1, 2));
 * }</pre>
 *
 * <p>The first axis of an input is the batch, the last one holds the channels, and those between
 * are the spatial axes. The first axis of the weights holds the output channels. As in MLX, these
 * operations compute the cross-correlation: the kernel is not reversed, except by transposed
 * convolutions and on request by {@code convGeneral}. The result has the dtype to which those of
 * the input and the weights promote; the input must be of a floating point dtype.
 *
 * <p>Every operation takes its parameters as numbers, in the order of Python's, or as {@link
 * ConvolutionOptions}, by name. All of them throw {@link IllegalArgumentException} if the shapes do
 * not match, the kernel is larger than the padded input, a parameter is out of its range, or an
 * axis other than the batch is empty; {@link IllegalStateException} if an array is closed; and
 * {@link NullPointerException} if an argument is null.
 */
public sealed interface Convolutions permits MlxArray {
  /** Equivalent to {@link #convolve(MlxArray, ConvolveMode) convolve(v, ConvolveMode.FULL)}. */
  default MlxArray convolve(MlxArray v) {
    return convolve(v, ConvolveMode.FULL);
  }

  /**
   * Computes the discrete convolution of this vector with another one. The order of the two does
   * not matter. Mirrors {@code mlx.core.convolve}.
   *
   * @param v the other vector
   * @param mode which part of the convolution is returned
   * @return a vector; for vectors of length {@code m} and {@code n} it has {@code m + n - 1}
   *     elements with {@link ConvolveMode#FULL}, {@code max(m, n)} with {@link ConvolveMode#SAME},
   *     and {@code max(m, n) - min(m, n) + 1} with {@link ConvolveMode#VALID}
   * @throws IllegalArgumentException if one of the two is not one-dimensional, is empty, or is not
   *     of a floating point dtype
   */
  default MlxArray convolve(MlxArray v, ConvolveMode mode) {
    requireVector("convolve", 0, (MlxArray) this);
    requireVector("convolve", 1, v);
    int shorter = Math.min(((MlxArray) this).dim(0), v.dim(0));
    int[] padding =
        switch (Call.notNull("convolve", "the mode", mode)) {
          case FULL -> new int[] {shorter - 1, shorter - 1};
          case VALID -> new int[] {0, 0};
          case SAME -> new int[] {shorter / 2, (shorter - 1) / 2};
        };
    return binary(
        "convolve",
        (a, b, s) -> ConvolutionsNative.convolve(a, b, padding[0], padding[1], s),
        this,
        v);
  }

  /** Equivalent to {@link #conv1d(MlxArray, int, int, int, int) conv1d(weight, 1, 0, 1, 1)}. */
  default MlxArray conv1d(MlxArray weight) {
    return conv1d(weight, 1, 0, 1, 1);
  }

  /**
   * Equivalent to {@link #conv1d(MlxArray, int, int, int, int) conv1d(weight, stride, 0, 1, 1)}.
   */
  default MlxArray conv1d(MlxArray weight, int stride) {
    return conv1d(weight, stride, 0, 1, 1);
  }

  /**
   * Equivalent to {@link #conv1d(MlxArray, int, int, int, int) conv1d(weight, stride, padding, 1,
   * 1)}.
   */
  default MlxArray conv1d(MlxArray weight, int stride, int padding) {
    return conv1d(weight, stride, padding, 1, 1);
  }

  /**
   * Equivalent to {@link #conv1d(MlxArray, int, int, int, int) conv1d(weight, stride, padding,
   * dilation, 1)}.
   */
  default MlxArray conv1d(MlxArray weight, int stride, int padding, int dilation) {
    return conv1d(weight, stride, padding, dilation, 1);
  }

  /** Equivalent to {@link #conv1d(MlxArray, ConvolutionOptions)} with these options. */
  default MlxArray conv1d(MlxArray weight, int stride, int padding, int dilation, int groups) {
    return convolution(
        "conv1d", 1, weight, all(stride, 1), all(padding, 1), all(dilation, 1), groups);
  }

  /**
   * Convolves an input of shape {@code (N, L, C)} over one spatial axis. The size of the spatial
   * axis of the result is {@code L' = (L + 2 * padding - dilation * (K - 1) - 1) / stride + 1},
   * rounded down. Mirrors {@code mlx.core.conv1d}.
   *
   * @param weight the weights, of shape {@code (O, K, C / groups)}
   * @param options stride, padding, dilation and groups
   * @return an array of shape {@code (N, L', O)}
   * @throws IllegalArgumentException if the shapes do not match, the kernel is larger than the
   *     padded input, an axis other than the batch is empty, or the options contain uneven padding,
   *     an input dilation, output padding or a flip
   */
  default MlxArray conv1d(MlxArray weight, ConvolutionOptions options) {
    return convolution("conv1d", 1, weight, options);
  }

  /** Equivalent to {@link #conv2d(MlxArray, int, int, int, int) conv2d(weight, 1, 0, 1, 1)}. */
  default MlxArray conv2d(MlxArray weight) {
    return conv2d(weight, 1, 0, 1, 1);
  }

  /**
   * Equivalent to {@link #conv2d(MlxArray, int, int, int, int) conv2d(weight, stride, 0, 1, 1)}.
   */
  default MlxArray conv2d(MlxArray weight, int stride) {
    return conv2d(weight, stride, 0, 1, 1);
  }

  /**
   * Equivalent to {@link #conv2d(MlxArray, int, int, int, int) conv2d(weight, stride, padding, 1,
   * 1)}.
   */
  default MlxArray conv2d(MlxArray weight, int stride, int padding) {
    return conv2d(weight, stride, padding, 1, 1);
  }

  /**
   * Equivalent to {@link #conv2d(MlxArray, int, int, int, int) conv2d(weight, stride, padding,
   * dilation, 1)}.
   */
  default MlxArray conv2d(MlxArray weight, int stride, int padding, int dilation) {
    return conv2d(weight, stride, padding, dilation, 1);
  }

  /**
   * Equivalent to {@link #conv2d(MlxArray, ConvolutionOptions)} with these options, the same for
   * all spatial axes.
   */
  default MlxArray conv2d(MlxArray weight, int stride, int padding, int dilation, int groups) {
    return convolution(
        "conv2d", 2, weight, all(stride, 2), all(padding, 2), all(dilation, 2), groups);
  }

  /**
   * Equivalent to {@link #conv2d(MlxArray, ConvolutionOptions)} with these options; each array
   * holds one number for all spatial axes, or one for each of them.
   */
  default MlxArray conv2d(
      MlxArray weight, int[] stride, int[] padding, int[] dilation, int groups) {
    return convolution("conv2d", 2, weight, stride, padding, dilation, groups);
  }

  /**
   * Convolves an input of shape {@code (N, H, W, C)} over two spatial axes. The size of a spatial
   * axis of the result is {@code H' = (H + 2 * padding - dilation * (KH - 1) - 1) / stride + 1},
   * rounded down; the other axes follow the same rule. Mirrors {@code mlx.core.conv2d}.
   *
   * @param weight the weights, of shape {@code (O, KH, KW, C / groups)}
   * @param options stride, padding, dilation and groups
   * @return an array of shape {@code (N, H', W', O)}
   * @throws IllegalArgumentException if the shapes do not match, the kernel is larger than the
   *     padded input, an axis other than the batch is empty, or the options contain uneven padding,
   *     an input dilation, output padding or a flip
   */
  default MlxArray conv2d(MlxArray weight, ConvolutionOptions options) {
    return convolution("conv2d", 2, weight, options);
  }

  /** Equivalent to {@link #conv3d(MlxArray, int, int, int, int) conv3d(weight, 1, 0, 1, 1)}. */
  default MlxArray conv3d(MlxArray weight) {
    return conv3d(weight, 1, 0, 1, 1);
  }

  /**
   * Equivalent to {@link #conv3d(MlxArray, int, int, int, int) conv3d(weight, stride, 0, 1, 1)}.
   */
  default MlxArray conv3d(MlxArray weight, int stride) {
    return conv3d(weight, stride, 0, 1, 1);
  }

  /**
   * Equivalent to {@link #conv3d(MlxArray, int, int, int, int) conv3d(weight, stride, padding, 1,
   * 1)}.
   */
  default MlxArray conv3d(MlxArray weight, int stride, int padding) {
    return conv3d(weight, stride, padding, 1, 1);
  }

  /**
   * Equivalent to {@link #conv3d(MlxArray, int, int, int, int) conv3d(weight, stride, padding,
   * dilation, 1)}.
   */
  default MlxArray conv3d(MlxArray weight, int stride, int padding, int dilation) {
    return conv3d(weight, stride, padding, dilation, 1);
  }

  /**
   * Equivalent to {@link #conv3d(MlxArray, ConvolutionOptions)} with these options, the same for
   * all spatial axes.
   */
  default MlxArray conv3d(MlxArray weight, int stride, int padding, int dilation, int groups) {
    return convolution(
        "conv3d", 3, weight, all(stride, 3), all(padding, 3), all(dilation, 3), groups);
  }

  /**
   * Equivalent to {@link #conv3d(MlxArray, ConvolutionOptions)} with these options; each array
   * holds one number for all spatial axes, or one for each of them.
   */
  default MlxArray conv3d(
      MlxArray weight, int[] stride, int[] padding, int[] dilation, int groups) {
    return convolution("conv3d", 3, weight, stride, padding, dilation, groups);
  }

  /**
   * Convolves an input of shape {@code (N, D, H, W, C)} over three spatial axes. The size of a
   * spatial axis of the result is {@code D' = (D + 2 * padding - dilation * (KD - 1) - 1) / stride
   * + 1}, rounded down; the other axes follow the same rule. Mirrors {@code mlx.core.conv3d}.
   *
   * @param weight the weights, of shape {@code (O, KD, KH, KW, C / groups)}
   * @param options stride, padding, dilation and groups; MLX has no groups here, so there must be
   *     one
   * @return an array of shape {@code (N, D', H', W', O)}
   * @throws IllegalArgumentException if the shapes do not match, the kernel is larger than the
   *     padded input, an axis other than the batch is empty, or the options contain uneven padding,
   *     an input dilation, output padding or a flip
   */
  default MlxArray conv3d(MlxArray weight, ConvolutionOptions options) {
    return convolution("conv3d", 3, weight, options);
  }

  /**
   * Equivalent to {@link #convTranspose1d(MlxArray, int, int, int, int, int)
   * convTranspose1d(weight, 1, 0, 1, 0, 1)}.
   */
  default MlxArray convTranspose1d(MlxArray weight) {
    return convTranspose1d(weight, 1, 0, 1, 0, 1);
  }

  /**
   * Equivalent to {@link #convTranspose1d(MlxArray, int, int, int, int, int)
   * convTranspose1d(weight, stride, 0, 1, 0, 1)}.
   */
  default MlxArray convTranspose1d(MlxArray weight, int stride) {
    return convTranspose1d(weight, stride, 0, 1, 0, 1);
  }

  /**
   * Equivalent to {@link #convTranspose1d(MlxArray, int, int, int, int, int)
   * convTranspose1d(weight, stride, padding, 1, 0, 1)}.
   */
  default MlxArray convTranspose1d(MlxArray weight, int stride, int padding) {
    return convTranspose1d(weight, stride, padding, 1, 0, 1);
  }

  /**
   * Equivalent to {@link #convTranspose1d(MlxArray, int, int, int, int, int)
   * convTranspose1d(weight, stride, padding, dilation, 0, 1)}.
   */
  default MlxArray convTranspose1d(MlxArray weight, int stride, int padding, int dilation) {
    return convTranspose1d(weight, stride, padding, dilation, 0, 1);
  }

  /**
   * Equivalent to {@link #convTranspose1d(MlxArray, int, int, int, int, int)
   * convTranspose1d(weight, stride, padding, dilation, outputPadding, 1)}.
   */
  default MlxArray convTranspose1d(
      MlxArray weight, int stride, int padding, int dilation, int outputPadding) {
    return convTranspose1d(weight, stride, padding, dilation, outputPadding, 1);
  }

  /** Equivalent to {@link #convTranspose1d(MlxArray, ConvolutionOptions)} with these options. */
  default MlxArray convTranspose1d(
      MlxArray weight, int stride, int padding, int dilation, int outputPadding, int groups) {
    return transposed(
        "convTranspose1d",
        1,
        weight,
        all(stride, 1),
        all(padding, 1),
        all(dilation, 1),
        all(outputPadding, 1),
        groups);
  }

  /**
   * Computes the transposed convolution of an input of shape {@code (N, L, C)} over one spatial
   * axis: the input is spread by the stride and convolved with the reversed kernel. The size of the
   * spatial axis of the result is {@code L' = (L - 1) * stride - 2 * padding + dilation * (K - 1) +
   * outputPadding + 1}. Mirrors {@code mlx.core.conv_transpose1d}.
   *
   * @param weight the weights, of shape {@code (O, K, C / groups)}
   * @param options stride, padding, dilation, output padding and groups
   * @return an array of shape {@code (N, L', O)}
   * @throws IllegalArgumentException if the shapes do not match, the kernel is larger than the
   *     padded input, an axis other than the batch is empty, or the options contain uneven padding,
   *     an input dilation or a flip
   */
  default MlxArray convTranspose1d(MlxArray weight, ConvolutionOptions options) {
    return transposed("convTranspose1d", 1, weight, options);
  }

  /**
   * Equivalent to {@link #convTranspose2d(MlxArray, int, int, int, int, int)
   * convTranspose2d(weight, 1, 0, 1, 0, 1)}.
   */
  default MlxArray convTranspose2d(MlxArray weight) {
    return convTranspose2d(weight, 1, 0, 1, 0, 1);
  }

  /**
   * Equivalent to {@link #convTranspose2d(MlxArray, int, int, int, int, int)
   * convTranspose2d(weight, stride, 0, 1, 0, 1)}.
   */
  default MlxArray convTranspose2d(MlxArray weight, int stride) {
    return convTranspose2d(weight, stride, 0, 1, 0, 1);
  }

  /**
   * Equivalent to {@link #convTranspose2d(MlxArray, int, int, int, int, int)
   * convTranspose2d(weight, stride, padding, 1, 0, 1)}.
   */
  default MlxArray convTranspose2d(MlxArray weight, int stride, int padding) {
    return convTranspose2d(weight, stride, padding, 1, 0, 1);
  }

  /**
   * Equivalent to {@link #convTranspose2d(MlxArray, int, int, int, int, int)
   * convTranspose2d(weight, stride, padding, dilation, 0, 1)}.
   */
  default MlxArray convTranspose2d(MlxArray weight, int stride, int padding, int dilation) {
    return convTranspose2d(weight, stride, padding, dilation, 0, 1);
  }

  /**
   * Equivalent to {@link #convTranspose2d(MlxArray, int, int, int, int, int)
   * convTranspose2d(weight, stride, padding, dilation, outputPadding, 1)}.
   */
  default MlxArray convTranspose2d(
      MlxArray weight, int stride, int padding, int dilation, int outputPadding) {
    return convTranspose2d(weight, stride, padding, dilation, outputPadding, 1);
  }

  /**
   * Equivalent to {@link #convTranspose2d(MlxArray, ConvolutionOptions)} with these options, the
   * same for all spatial axes.
   */
  default MlxArray convTranspose2d(
      MlxArray weight, int stride, int padding, int dilation, int outputPadding, int groups) {
    return transposed(
        "convTranspose2d",
        2,
        weight,
        all(stride, 2),
        all(padding, 2),
        all(dilation, 2),
        all(outputPadding, 2),
        groups);
  }

  /**
   * Equivalent to {@link #convTranspose2d(MlxArray, ConvolutionOptions)} with these options; each
   * array holds one number for all spatial axes, or one for each of them.
   */
  default MlxArray convTranspose2d(
      MlxArray weight,
      int[] stride,
      int[] padding,
      int[] dilation,
      int[] outputPadding,
      int groups) {
    return transposed(
        "convTranspose2d", 2, weight, stride, padding, dilation, outputPadding, groups);
  }

  /**
   * Computes the transposed convolution of an input of shape {@code (N, H, W, C)} over two spatial
   * axes: the input is spread by the stride and convolved with the reversed kernel. The size of a
   * spatial axis of the result is {@code H' = (H - 1) * stride - 2 * padding + dilation * (KH - 1)
   * + outputPadding + 1}; the other axes follow the same rule. Mirrors {@code
   * mlx.core.conv_transpose2d}.
   *
   * @param weight the weights, of shape {@code (O, KH, KW, C / groups)}
   * @param options stride, padding, dilation, output padding and groups
   * @return an array of shape {@code (N, H', W', O)}
   * @throws IllegalArgumentException if the shapes do not match, the kernel is larger than the
   *     padded input, an axis other than the batch is empty, or the options contain uneven padding,
   *     an input dilation or a flip
   */
  default MlxArray convTranspose2d(MlxArray weight, ConvolutionOptions options) {
    return transposed("convTranspose2d", 2, weight, options);
  }

  /**
   * Equivalent to {@link #convTranspose3d(MlxArray, int, int, int, int, int)
   * convTranspose3d(weight, 1, 0, 1, 0, 1)}.
   */
  default MlxArray convTranspose3d(MlxArray weight) {
    return convTranspose3d(weight, 1, 0, 1, 0, 1);
  }

  /**
   * Equivalent to {@link #convTranspose3d(MlxArray, int, int, int, int, int)
   * convTranspose3d(weight, stride, 0, 1, 0, 1)}.
   */
  default MlxArray convTranspose3d(MlxArray weight, int stride) {
    return convTranspose3d(weight, stride, 0, 1, 0, 1);
  }

  /**
   * Equivalent to {@link #convTranspose3d(MlxArray, int, int, int, int, int)
   * convTranspose3d(weight, stride, padding, 1, 0, 1)}.
   */
  default MlxArray convTranspose3d(MlxArray weight, int stride, int padding) {
    return convTranspose3d(weight, stride, padding, 1, 0, 1);
  }

  /**
   * Equivalent to {@link #convTranspose3d(MlxArray, int, int, int, int, int)
   * convTranspose3d(weight, stride, padding, dilation, 0, 1)}.
   */
  default MlxArray convTranspose3d(MlxArray weight, int stride, int padding, int dilation) {
    return convTranspose3d(weight, stride, padding, dilation, 0, 1);
  }

  /**
   * Equivalent to {@link #convTranspose3d(MlxArray, int, int, int, int, int)
   * convTranspose3d(weight, stride, padding, dilation, outputPadding, 1)}.
   */
  default MlxArray convTranspose3d(
      MlxArray weight, int stride, int padding, int dilation, int outputPadding) {
    return convTranspose3d(weight, stride, padding, dilation, outputPadding, 1);
  }

  /**
   * Equivalent to {@link #convTranspose3d(MlxArray, ConvolutionOptions)} with these options, the
   * same for all spatial axes.
   */
  default MlxArray convTranspose3d(
      MlxArray weight, int stride, int padding, int dilation, int outputPadding, int groups) {
    return transposed(
        "convTranspose3d",
        3,
        weight,
        all(stride, 3),
        all(padding, 3),
        all(dilation, 3),
        all(outputPadding, 3),
        groups);
  }

  /**
   * Equivalent to {@link #convTranspose3d(MlxArray, ConvolutionOptions)} with these options; each
   * array holds one number for all spatial axes, or one for each of them.
   */
  default MlxArray convTranspose3d(
      MlxArray weight,
      int[] stride,
      int[] padding,
      int[] dilation,
      int[] outputPadding,
      int groups) {
    return transposed(
        "convTranspose3d", 3, weight, stride, padding, dilation, outputPadding, groups);
  }

  /**
   * Computes the transposed convolution of an input of shape {@code (N, D, H, W, C)} over three
   * spatial axes: the input is spread by the stride and convolved with the reversed kernel. The
   * size of a spatial axis of the result is {@code D' = (D - 1) * stride - 2 * padding + dilation *
   * (KD - 1) + outputPadding + 1}; the other axes follow the same rule. Mirrors {@code
   * mlx.core.conv_transpose3d}.
   *
   * @param weight the weights, of shape {@code (O, KD, KH, KW, C / groups)}
   * @param options stride, padding, dilation, output padding and groups; MLX has no groups here, so
   *     there must be one
   * @return an array of shape {@code (N, D', H', W', O)}
   * @throws IllegalArgumentException if the shapes do not match, the kernel is larger than the
   *     padded input, an axis other than the batch is empty, or the options contain uneven padding,
   *     an input dilation or a flip
   */
  default MlxArray convTranspose3d(MlxArray weight, ConvolutionOptions options) {
    return transposed("convTranspose3d", 3, weight, options);
  }

  /**
   * Equivalent to {@link #convGeneral(MlxArray, int, int, int, int, int, boolean)
   * convGeneral(weight, 1, 0, 1, 1, 1, false)}.
   */
  default MlxArray convGeneral(MlxArray weight) {
    return convGeneral(weight, 1, 0, 1, 1, 1, false);
  }

  /**
   * Equivalent to {@link #convGeneral(MlxArray, int, int, int, int, int, boolean)
   * convGeneral(weight, stride, 0, 1, 1, 1, false)}.
   */
  default MlxArray convGeneral(MlxArray weight, int stride) {
    return convGeneral(weight, stride, 0, 1, 1, 1, false);
  }

  /**
   * Equivalent to {@link #convGeneral(MlxArray, int, int, int, int, int, boolean)
   * convGeneral(weight, stride, padding, 1, 1, 1, false)}.
   */
  default MlxArray convGeneral(MlxArray weight, int stride, int padding) {
    return convGeneral(weight, stride, padding, 1, 1, 1, false);
  }

  /**
   * Equivalent to {@link #convGeneral(MlxArray, int, int, int, int, int, boolean)
   * convGeneral(weight, stride, padding, kernelDilation, 1, 1, false)}.
   */
  default MlxArray convGeneral(MlxArray weight, int stride, int padding, int kernelDilation) {
    return convGeneral(weight, stride, padding, kernelDilation, 1, 1, false);
  }

  /**
   * Equivalent to {@link #convGeneral(MlxArray, int, int, int, int, int, boolean)
   * convGeneral(weight, stride, padding, kernelDilation, inputDilation, 1, false)}.
   */
  default MlxArray convGeneral(
      MlxArray weight, int stride, int padding, int kernelDilation, int inputDilation) {
    return convGeneral(weight, stride, padding, kernelDilation, inputDilation, 1, false);
  }

  /**
   * Equivalent to {@link #convGeneral(MlxArray, int, int, int, int, int, boolean)
   * convGeneral(weight, stride, padding, kernelDilation, inputDilation, groups, false)}.
   */
  default MlxArray convGeneral(
      MlxArray weight, int stride, int padding, int kernelDilation, int inputDilation, int groups) {
    return convGeneral(weight, stride, padding, kernelDilation, inputDilation, groups, false);
  }

  /**
   * Equivalent to {@link #convGeneral(MlxArray, ConvolutionOptions)} with these options, the same
   * for all spatial axes.
   */
  default MlxArray convGeneral(
      MlxArray weight,
      int stride,
      int padding,
      int kernelDilation,
      int inputDilation,
      int groups,
      boolean flip) {
    int[] both = all(padding, 1);
    return convGeneral(
        weight,
        all(stride, 1),
        both,
        both,
        all(kernelDilation, 1),
        all(inputDilation, 1),
        groups,
        flip);
  }

  /**
   * Equivalent to {@link #convGeneral(MlxArray, ConvolutionOptions)} with these options; each array
   * holds one number for all spatial axes, or one for each of them.
   */
  default MlxArray convGeneral(
      MlxArray weight,
      int[] stride,
      int[] paddingLow,
      int[] paddingHigh,
      int[] kernelDilation,
      int[] inputDilation,
      int groups,
      boolean flip) {
    int spatial = requireSpatial("convGeneral", -1, (MlxArray) this);
    return general(
        "convGeneral",
        spatial,
        weight,
        each("convGeneral", "stride", stride, spatial),
        each("convGeneral", "paddingLow", paddingLow, spatial),
        each("convGeneral", "paddingHigh", paddingHigh, spatial),
        each("convGeneral", "kernelDilation", kernelDilation, spatial),
        each("convGeneral", "inputDilation", inputDilation, spatial),
        groups,
        flip);
  }

  /**
   * Convolves an input of shape {@code (N, …, C)} over one, two or three spatial axes, with padding
   * that may differ at the two ends, a dilated input, and a kernel that may be reversed. The size
   * of a spatial axis of the result is {@code L' = (inputDilation * (L - 1) + paddingLow +
   * paddingHigh - dilation * (K - 1)) / stride + 1}, rounded down. Mirrors {@code
   * mlx.core.conv_general}.
   *
   * @param weight the weights, of shape {@code (O, …, C / groups)}, with as many axes as the input
   * @param options all options except output padding; with three spatial axes there must be one
   *     group
   * @return an array of shape {@code (N, …, O)}
   * @throws IllegalArgumentException if the shapes do not match, the kernel is larger than the
   *     padded input, an axis other than the batch is empty, or the options contain output padding
   */
  default MlxArray convGeneral(MlxArray weight, ConvolutionOptions options) {
    Call.notNull("convGeneral", "options", options).refuseTransposed("convGeneral");
    return convGeneral(
        weight,
        ConvolutionOptions.toArray(options.stride()),
        ConvolutionOptions.toArray(options.paddingLow()),
        ConvolutionOptions.toArray(options.paddingHigh()),
        ConvolutionOptions.toArray(options.dilation()),
        ConvolutionOptions.toArray(options.inputDilation()),
        options.groups(),
        options.flip());
  }

  // ---- arguments --------------------------------------------------------------------------------

  private MlxArray convolution(
      String function, int spatial, MlxArray weight, ConvolutionOptions options) {
    Call.notNull(function, "options", options).refuseGeneral(function);
    options.refuseTransposed(function);
    return convolution(
        function,
        spatial,
        weight,
        ConvolutionOptions.toArray(options.stride()),
        evenPadding(function, spatial, options),
        ConvolutionOptions.toArray(options.dilation()),
        options.groups());
  }

  private MlxArray transposed(
      String function, int spatial, MlxArray weight, ConvolutionOptions options) {
    Call.notNull(function, "options", options).refuseGeneral(function);
    return transposed(
        function,
        spatial,
        weight,
        ConvolutionOptions.toArray(options.stride()),
        evenPadding(function, spatial, options),
        ConvolutionOptions.toArray(options.dilation()),
        ConvolutionOptions.toArray(options.outputPadding()),
        options.groups());
  }

  private static int[] evenPadding(String function, int spatial, ConvolutionOptions options) {
    int[] low = padding(function, "paddingLow", options.paddingLow(), spatial);
    int[] high = padding(function, "paddingHigh", options.paddingHigh(), spatial);
    if (!Arrays.equals(low, high)) {
      throw new IllegalArgumentException(
          "["
              + function
              + "] the options have paddingLow "
              + options.paddingLow()
              + " and paddingHigh "
              + options.paddingHigh()
              + "; only convGeneral takes padding that differs at the two ends");
    }
    return low;
  }

  private static int[] padding(
      String function, String argument, List<Integer> numbers, int spatial) {
    return each(function, argument, ConvolutionOptions.toArray(numbers), spatial);
  }

  private MlxArray convolution(
      String function,
      int spatial,
      MlxArray weight,
      int[] stride,
      int[] padding,
      int[] dilation,
      int groups) {
    requireSpatial(function, spatial, (MlxArray) this);
    int[] widths = each(function, "padding", padding, spatial);
    return general(
        function,
        spatial,
        weight,
        each(function, "stride", stride, spatial),
        widths,
        widths,
        each(function, "dilation", dilation, spatial),
        all(1, spatial),
        groups,
        false);
  }

  /**
   * Spreads the input by the stride and convolves it with the reversed kernel; with {@code dilation
   * * (K - 1)} zeros at both ends, that covers all positions at which the two overlap.
   */
  private MlxArray transposed(
      String function,
      int spatial,
      MlxArray weight,
      int[] stride,
      int[] padding,
      int[] dilation,
      int[] outputPadding,
      int groups) {
    requireSpatial(function, spatial, (MlxArray) this);
    requireWeight(function, spatial, weight);
    int[] steps = each(function, "stride", stride, spatial);
    int[] widths = each(function, "padding", padding, spatial);
    int[] distances = each(function, "dilation", dilation, spatial);
    int[] more = each(function, "outputPadding", outputPadding, spatial);
    int[] low = new int[spatial];
    int[] high = new int[spatial];
    for (int i = 0; i < spatial; i++) {
      long full = (long) distances[i] * (weight.dim(i + 1) - 1);
      low[i] = requireInt(function, "padding", full - widths[i]);
      high[i] = requireInt(function, "padding", full - widths[i] + more[i]);
    }
    return general(
        function, spatial, weight, all(1, spatial), low, high, distances, steps, groups, true);
  }

  private MlxArray general(
      String function,
      int spatial,
      MlxArray weight,
      int[] stride,
      int[] paddingLow,
      int[] paddingHigh,
      int[] kernelDilation,
      int[] inputDilation,
      int groups,
      boolean flip) {
    MlxArray input = (MlxArray) this;
    requireWeight(function, spatial, weight);
    requirePositive(function, "stride", stride);
    requirePositive(function, "dilation", kernelDilation);
    requirePositive(function, "dilation of the input", inputDilation);
    requireGroups(function, spatial, input, weight, groups);
    for (int i = 0; i < spatial; i++) {
      long kernel = 1 + (long) kernelDilation[i] * (weight.dim(i + 1) - 1);
      long dilated = 1 + (long) inputDilation[i] * (input.dim(i + 1) - 1);
      long padded = dilated + paddingLow[i] + paddingHigh[i];
      if (kernel > padded) {
        throw new IllegalArgumentException(
            "["
                + function
                + "] the kernel has size "
                + kernel
                + " on spatial axis "
                + i
                + ", but the padded input has size "
                + padded
                + described(input, weight));
      }
      requireInt(function, "padding", padded);
      requireInt(function, "padding", dilated + Math.max(0, paddingLow[i]));
    }
    return binary(
        function,
        (a, b, s) ->
            ConvolutionsNative.conv_general(
                a,
                b,
                stride,
                paddingLow,
                paddingHigh,
                kernelDilation,
                inputDilation,
                groups,
                flip,
                s),
        this,
        weight);
  }

  private static int[] all(int number, int axes) {
    int[] numbers = new int[axes];
    Arrays.fill(numbers, number);
    return numbers;
  }

  private static int[] each(String function, String argument, int[] numbers, int spatial) {
    Call.notNull(function, argument, numbers);
    if (numbers.length == 1) {
      return all(numbers[0], spatial);
    }
    if (numbers.length != spatial) {
      throw new IllegalArgumentException(
          "["
              + function
              + "] "
              + argument
              + " "
              + Arrays.toString(numbers)
              + " has "
              + numbers.length
              + " entries; it must have "
              + spatial
              + ", one for each spatial axis"
              + (spatial == 1 ? "" : ", or 1 for all"));
    }
    return numbers.clone();
  }

  /** Returns the number of spatial axes; -1 asks for any number from 1 to 3. */
  private static int requireSpatial(String function, int spatial, MlxArray input) {
    int actual = input.ndim() - 2;
    if (spatial < 0 ? actual < 1 || actual > 3 : actual != spatial) {
      throw new IllegalArgumentException(
          "["
              + function
              + "] the input has shape "
              + Arrays.toString(input.shape())
              + "; it must have "
              + (spatial < 0 ? "3 to 5" : spatial + 2)
              + " axes: the batch, the spatial axes and the channels");
    }
    if (!input.dtype().isFloating()) {
      throw new IllegalArgumentException(
          "["
              + function
              + "] the input is of dtype "
              + input.dtype()
              + "; it must be of a floating point dtype");
    }
    return actual;
  }

  private static void requireWeight(String function, int spatial, MlxArray weight) {
    if (Call.argument(function, 1, weight).ndim() != spatial + 2 || weight.size() == 0) {
      throw new IllegalArgumentException(
          "["
              + function
              + "] the weights have shape "
              + Arrays.toString(weight.shape())
              + "; they must have "
              + (spatial + 2)
              + " non-empty axes: the output channels, the spatial axes and the channels");
    }
  }

  private static void requirePositive(String function, String argument, int... numbers) {
    if (Arrays.stream(numbers).anyMatch(number -> number < 1)) {
      throw Call.refused(function, argument, Arrays.toString(numbers), "it must be at least 1");
    }
  }

  private static void requireGroups(
      String function, int spatial, MlxArray input, MlxArray weight, int groups) {
    requirePositive(function, "groups", groups);
    if (groups > 1 && spatial == 3) {
      throw new IllegalArgumentException(
          "[" + function + "] groups is " + groups + "; with three spatial axes it must be 1");
    }
    int channels = input.dim(spatial + 1);
    int perGroup = weight.dim(spatial + 1);
    if (IntStream.rangeClosed(1, spatial).anyMatch(axis -> input.dim(axis) == 0)) {
      throw new IllegalArgumentException(
          "["
              + function
              + "] a spatial axis of the input is empty; only the batch may be"
              + described(input, weight));
    }
    if (channels != (long) groups * perGroup) {
      throw new IllegalArgumentException(
          "["
              + function
              + "] the channels do not match: the input has "
              + channels
              + " on its last axis; it must have as many as the weights, "
              + perGroup
              + ", for each group; groups is "
              + groups
              + described(input, weight));
    }
    if (weight.dim(0) % groups != 0) {
      throw new IllegalArgumentException(
          "["
              + function
              + "] the weights have "
              + weight.dim(0)
              + " output channels, their first axis, which must be divisible by groups; groups is "
              + groups
              + described(input, weight));
    }
  }

  private static String described(MlxArray input, MlxArray weight) {
    return "; the input has shape "
        + Arrays.toString(input.shape())
        + ", the weights have shape "
        + Arrays.toString(weight.shape());
  }

  private static int requireInt(String function, String argument, long number) {
    if (number != (int) number) {
      throw new IllegalArgumentException(
          "["
              + function
              + "] "
              + argument
              + " makes an axis of size "
              + number
              + ", which is too large");
    }
    return (int) number;
  }

  private static void requireVector(String function, int index, MlxArray x) {
    if (Call.argument(function, index, x).ndim() != 1 || x.size() == 0 || !x.dtype().isFloating()) {
      throw Call.refused(
          function, index, x, "it must be a non-empty vector of a floating point dtype");
    }
  }
}
