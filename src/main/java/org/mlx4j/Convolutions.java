package org.mlx4j;

import static org.mlx4j.Call.binary;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.mlx4j.internal.ConvolutionsNative;

/**
 * Convolutions. The first axis of an input is the batch, the last one has its channels, those in
 * between are spatial; the first axis of weights has the output channels.
 */
public sealed interface Convolutions permits MlxArray {
  /**
   * The discrete convolution of two vectors. It does not matter which of them is longer. Mirrors
   * {@code mlx.core.convolve}.
   *
   * @param v the other vector
   * @return a vector that is as long as both together, less one
   * @throws IllegalArgumentException if one of them does not have exactly one axis, is empty, or is
   *     not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray convolve(MlxArray v) {
    return convolve(v, ConvolveMode.FULL);
  }

  /**
   * The discrete convolution of two vectors. It does not matter which of them is longer. Mirrors
   * {@code mlx.core.convolve}.
   *
   * @param v the other vector
   * @param mode which part to keep
   * @return a vector
   * @throws IllegalArgumentException if one of them does not have exactly one axis, is empty, or is
   *     not of a floating point dtype
   * @throws IllegalStateException if an array is closed
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

  /**
   * The convolution (more precisely, the cross-correlation) over one spatial axis, of an input of
   * shape {@code (N, L, C)}. Mirrors {@code mlx.core.conv1d}.
   *
   * @param weight the weights, of shape {@code (O, K, C / groups)}
   * @return an array of shape {@code (N, L', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray conv1d(MlxArray weight) {
    return conv1d(weight, 1, 0, 1, 1);
  }

  /**
   * The convolution (more precisely, the cross-correlation) over one spatial axis, of an input of
   * shape {@code (N, L, C)}. Mirrors {@code mlx.core.conv1d}.
   *
   * @param weight the weights, of shape {@code (O, K, C / groups)}
   * @param stride how far the kernel moves from one output to the next, at least 1
   * @return an array of shape {@code (N, L', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray conv1d(MlxArray weight, int stride) {
    return conv1d(weight, stride, 0, 1, 1);
  }

  /**
   * The convolution (more precisely, the cross-correlation) over one spatial axis, of an input of
   * shape {@code (N, L, C)}. Mirrors {@code mlx.core.conv1d}.
   *
   * @param weight the weights, of shape {@code (O, K, C / groups)}
   * @param stride how far the kernel moves from one output to the next, at least 1
   * @param padding how many zeros are put at both ends of each spatial axis; negative to leave out
   *     elements
   * @return an array of shape {@code (N, L', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray conv1d(MlxArray weight, int stride, int padding) {
    return conv1d(weight, stride, padding, 1, 1);
  }

  /**
   * The convolution (more precisely, the cross-correlation) over one spatial axis, of an input of
   * shape {@code (N, L, C)}. Mirrors {@code mlx.core.conv1d}.
   *
   * @param weight the weights, of shape {@code (O, K, C / groups)}
   * @param stride how far the kernel moves from one output to the next, at least 1
   * @param padding how many zeros are put at both ends of each spatial axis; negative to leave out
   *     elements
   * @param dilation the distance of neighbouring elements of the kernel, at least 1
   * @return an array of shape {@code (N, L', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray conv1d(MlxArray weight, int stride, int padding, int dilation) {
    return conv1d(weight, stride, padding, dilation, 1);
  }

  /**
   * The convolution (more precisely, the cross-correlation) over one spatial axis, of an input of
   * shape {@code (N, L, C)}. Mirrors {@code mlx.core.conv1d}.
   *
   * @param weight the weights, of shape {@code (O, K, C / groups)}
   * @param stride how far the kernel moves from one output to the next, at least 1
   * @param padding how many zeros are put at both ends of each spatial axis; negative to leave out
   *     elements
   * @param dilation the distance of neighbouring elements of the kernel, at least 1
   * @param groups how many groups the channels are divided into; each has weights of its own
   * @return an array of shape {@code (N, L', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray conv1d(MlxArray weight, int stride, int padding, int dilation, int groups) {
    return convolution(
        "conv1d", 1, weight, all(stride, 1), all(padding, 1), all(dilation, 1), groups);
  }

  /**
   * The convolution (more precisely, the cross-correlation) over two spatial axes, of an input of
   * shape {@code (N, H, W, C)}. Mirrors {@code mlx.core.conv2d}.
   *
   * @param weight the weights, of shape {@code (O, KH, KW, C / groups)}
   * @return an array of shape {@code (N, H', W', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray conv2d(MlxArray weight) {
    return conv2d(weight, 1, 0, 1, 1);
  }

  /**
   * The convolution (more precisely, the cross-correlation) over two spatial axes, of an input of
   * shape {@code (N, H, W, C)}. Mirrors {@code mlx.core.conv2d}.
   *
   * @param weight the weights, of shape {@code (O, KH, KW, C / groups)}
   * @param stride how far the kernel moves from one output to the next, at least 1; for all spatial
   *     axes
   * @return an array of shape {@code (N, H', W', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray conv2d(MlxArray weight, int stride) {
    return conv2d(weight, stride, 0, 1, 1);
  }

  /**
   * The convolution (more precisely, the cross-correlation) over two spatial axes, of an input of
   * shape {@code (N, H, W, C)}. Mirrors {@code mlx.core.conv2d}.
   *
   * @param weight the weights, of shape {@code (O, KH, KW, C / groups)}
   * @param stride how far the kernel moves from one output to the next, at least 1; for all spatial
   *     axes
   * @param padding how many zeros are put at both ends of each spatial axis; negative to leave out
   *     elements; for all spatial axes
   * @return an array of shape {@code (N, H', W', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray conv2d(MlxArray weight, int stride, int padding) {
    return conv2d(weight, stride, padding, 1, 1);
  }

  /**
   * The convolution (more precisely, the cross-correlation) over two spatial axes, of an input of
   * shape {@code (N, H, W, C)}. Mirrors {@code mlx.core.conv2d}.
   *
   * @param weight the weights, of shape {@code (O, KH, KW, C / groups)}
   * @param stride how far the kernel moves from one output to the next, at least 1; for all spatial
   *     axes
   * @param padding how many zeros are put at both ends of each spatial axis; negative to leave out
   *     elements; for all spatial axes
   * @param dilation the distance of neighbouring elements of the kernel, at least 1; for all
   *     spatial axes
   * @return an array of shape {@code (N, H', W', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray conv2d(MlxArray weight, int stride, int padding, int dilation) {
    return conv2d(weight, stride, padding, dilation, 1);
  }

  /**
   * The convolution (more precisely, the cross-correlation) over two spatial axes, of an input of
   * shape {@code (N, H, W, C)}. Mirrors {@code mlx.core.conv2d}.
   *
   * @param weight the weights, of shape {@code (O, KH, KW, C / groups)}
   * @param stride how far the kernel moves from one output to the next, at least 1; for all spatial
   *     axes
   * @param padding how many zeros are put at both ends of each spatial axis; negative to leave out
   *     elements; for all spatial axes
   * @param dilation the distance of neighbouring elements of the kernel, at least 1; for all
   *     spatial axes
   * @param groups how many groups the channels are divided into; each has weights of its own
   * @return an array of shape {@code (N, H', W', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray conv2d(MlxArray weight, int stride, int padding, int dilation, int groups) {
    return conv2d(weight, all(stride, 2), all(padding, 2), all(dilation, 2), groups);
  }

  /**
   * The convolution (more precisely, the cross-correlation) over two spatial axes, of an input of
   * shape {@code (N, H, W, C)}. Mirrors {@code mlx.core.conv2d}.
   *
   * @param weight the weights, of shape {@code (O, KH, KW, C / groups)}
   * @param stride how far the kernel moves from one output to the next, at least 1; one number for
   *     each spatial axis
   * @return an array of shape {@code (N, H', W', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray conv2d(MlxArray weight, int[] stride) {
    return conv2d(weight, stride, all(0, 2), all(1, 2), 1);
  }

  /**
   * The convolution (more precisely, the cross-correlation) over two spatial axes, of an input of
   * shape {@code (N, H, W, C)}. Mirrors {@code mlx.core.conv2d}.
   *
   * @param weight the weights, of shape {@code (O, KH, KW, C / groups)}
   * @param stride how far the kernel moves from one output to the next, at least 1; one number for
   *     each spatial axis
   * @param padding how many zeros are put at both ends of each spatial axis; negative to leave out
   *     elements; one number for each spatial axis
   * @return an array of shape {@code (N, H', W', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray conv2d(MlxArray weight, int[] stride, int[] padding) {
    return conv2d(weight, stride, padding, all(1, 2), 1);
  }

  /**
   * The convolution (more precisely, the cross-correlation) over two spatial axes, of an input of
   * shape {@code (N, H, W, C)}. Mirrors {@code mlx.core.conv2d}.
   *
   * @param weight the weights, of shape {@code (O, KH, KW, C / groups)}
   * @param stride how far the kernel moves from one output to the next, at least 1; one number for
   *     each spatial axis
   * @param padding how many zeros are put at both ends of each spatial axis; negative to leave out
   *     elements; one number for each spatial axis
   * @param dilation the distance of neighbouring elements of the kernel, at least 1; one number for
   *     each spatial axis
   * @return an array of shape {@code (N, H', W', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray conv2d(MlxArray weight, int[] stride, int[] padding, int[] dilation) {
    return conv2d(weight, stride, padding, dilation, 1);
  }

  /**
   * The convolution (more precisely, the cross-correlation) over two spatial axes, of an input of
   * shape {@code (N, H, W, C)}. Mirrors {@code mlx.core.conv2d}.
   *
   * @param weight the weights, of shape {@code (O, KH, KW, C / groups)}
   * @param stride how far the kernel moves from one output to the next, at least 1; one number for
   *     each spatial axis
   * @param padding how many zeros are put at both ends of each spatial axis; negative to leave out
   *     elements; one number for each spatial axis
   * @param dilation the distance of neighbouring elements of the kernel, at least 1; one number for
   *     each spatial axis
   * @param groups how many groups the channels are divided into; each has weights of its own
   * @return an array of shape {@code (N, H', W', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray conv2d(
      MlxArray weight, int[] stride, int[] padding, int[] dilation, int groups) {
    return convolution("conv2d", 2, weight, stride, padding, dilation, groups);
  }

  /**
   * The convolution (more precisely, the cross-correlation) over three spatial axes, of an input of
   * shape {@code (N, D, H, W, C)}. Mirrors {@code mlx.core.conv3d}.
   *
   * @param weight the weights, of shape {@code (O, KD, KH, KW, C / groups)}; groups other than 1
   *     are not supported
   * @return an array of shape {@code (N, D', H', W', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray conv3d(MlxArray weight) {
    return conv3d(weight, 1, 0, 1, 1);
  }

  /**
   * The convolution (more precisely, the cross-correlation) over three spatial axes, of an input of
   * shape {@code (N, D, H, W, C)}. Mirrors {@code mlx.core.conv3d}.
   *
   * @param weight the weights, of shape {@code (O, KD, KH, KW, C / groups)}; groups other than 1
   *     are not supported
   * @param stride how far the kernel moves from one output to the next, at least 1; for all spatial
   *     axes
   * @return an array of shape {@code (N, D', H', W', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray conv3d(MlxArray weight, int stride) {
    return conv3d(weight, stride, 0, 1, 1);
  }

  /**
   * The convolution (more precisely, the cross-correlation) over three spatial axes, of an input of
   * shape {@code (N, D, H, W, C)}. Mirrors {@code mlx.core.conv3d}.
   *
   * @param weight the weights, of shape {@code (O, KD, KH, KW, C / groups)}; groups other than 1
   *     are not supported
   * @param stride how far the kernel moves from one output to the next, at least 1; for all spatial
   *     axes
   * @param padding how many zeros are put at both ends of each spatial axis; negative to leave out
   *     elements; for all spatial axes
   * @return an array of shape {@code (N, D', H', W', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray conv3d(MlxArray weight, int stride, int padding) {
    return conv3d(weight, stride, padding, 1, 1);
  }

  /**
   * The convolution (more precisely, the cross-correlation) over three spatial axes, of an input of
   * shape {@code (N, D, H, W, C)}. Mirrors {@code mlx.core.conv3d}.
   *
   * @param weight the weights, of shape {@code (O, KD, KH, KW, C / groups)}; groups other than 1
   *     are not supported
   * @param stride how far the kernel moves from one output to the next, at least 1; for all spatial
   *     axes
   * @param padding how many zeros are put at both ends of each spatial axis; negative to leave out
   *     elements; for all spatial axes
   * @param dilation the distance of neighbouring elements of the kernel, at least 1; for all
   *     spatial axes
   * @return an array of shape {@code (N, D', H', W', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray conv3d(MlxArray weight, int stride, int padding, int dilation) {
    return conv3d(weight, stride, padding, dilation, 1);
  }

  /**
   * The convolution (more precisely, the cross-correlation) over three spatial axes, of an input of
   * shape {@code (N, D, H, W, C)}. Mirrors {@code mlx.core.conv3d}.
   *
   * @param weight the weights, of shape {@code (O, KD, KH, KW, C / groups)}; groups other than 1
   *     are not supported
   * @param stride how far the kernel moves from one output to the next, at least 1; for all spatial
   *     axes
   * @param padding how many zeros are put at both ends of each spatial axis; negative to leave out
   *     elements; for all spatial axes
   * @param dilation the distance of neighbouring elements of the kernel, at least 1; for all
   *     spatial axes
   * @param groups how many groups the channels are divided into; each has weights of its own
   * @return an array of shape {@code (N, D', H', W', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray conv3d(MlxArray weight, int stride, int padding, int dilation, int groups) {
    return conv3d(weight, all(stride, 3), all(padding, 3), all(dilation, 3), groups);
  }

  /**
   * The convolution (more precisely, the cross-correlation) over three spatial axes, of an input of
   * shape {@code (N, D, H, W, C)}. Mirrors {@code mlx.core.conv3d}.
   *
   * @param weight the weights, of shape {@code (O, KD, KH, KW, C / groups)}; groups other than 1
   *     are not supported
   * @param stride how far the kernel moves from one output to the next, at least 1; one number for
   *     each spatial axis
   * @return an array of shape {@code (N, D', H', W', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray conv3d(MlxArray weight, int[] stride) {
    return conv3d(weight, stride, all(0, 3), all(1, 3), 1);
  }

  /**
   * The convolution (more precisely, the cross-correlation) over three spatial axes, of an input of
   * shape {@code (N, D, H, W, C)}. Mirrors {@code mlx.core.conv3d}.
   *
   * @param weight the weights, of shape {@code (O, KD, KH, KW, C / groups)}; groups other than 1
   *     are not supported
   * @param stride how far the kernel moves from one output to the next, at least 1; one number for
   *     each spatial axis
   * @param padding how many zeros are put at both ends of each spatial axis; negative to leave out
   *     elements; one number for each spatial axis
   * @return an array of shape {@code (N, D', H', W', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray conv3d(MlxArray weight, int[] stride, int[] padding) {
    return conv3d(weight, stride, padding, all(1, 3), 1);
  }

  /**
   * The convolution (more precisely, the cross-correlation) over three spatial axes, of an input of
   * shape {@code (N, D, H, W, C)}. Mirrors {@code mlx.core.conv3d}.
   *
   * @param weight the weights, of shape {@code (O, KD, KH, KW, C / groups)}; groups other than 1
   *     are not supported
   * @param stride how far the kernel moves from one output to the next, at least 1; one number for
   *     each spatial axis
   * @param padding how many zeros are put at both ends of each spatial axis; negative to leave out
   *     elements; one number for each spatial axis
   * @param dilation the distance of neighbouring elements of the kernel, at least 1; one number for
   *     each spatial axis
   * @return an array of shape {@code (N, D', H', W', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray conv3d(MlxArray weight, int[] stride, int[] padding, int[] dilation) {
    return conv3d(weight, stride, padding, dilation, 1);
  }

  /**
   * The convolution (more precisely, the cross-correlation) over three spatial axes, of an input of
   * shape {@code (N, D, H, W, C)}. Mirrors {@code mlx.core.conv3d}.
   *
   * @param weight the weights, of shape {@code (O, KD, KH, KW, C / groups)}; groups other than 1
   *     are not supported
   * @param stride how far the kernel moves from one output to the next, at least 1; one number for
   *     each spatial axis
   * @param padding how many zeros are put at both ends of each spatial axis; negative to leave out
   *     elements; one number for each spatial axis
   * @param dilation the distance of neighbouring elements of the kernel, at least 1; one number for
   *     each spatial axis
   * @param groups how many groups the channels are divided into; each has weights of its own
   * @return an array of shape {@code (N, D', H', W', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray conv3d(
      MlxArray weight, int[] stride, int[] padding, int[] dilation, int groups) {
    return convolution("conv3d", 3, weight, stride, padding, dilation, groups);
  }

  /**
   * The transposed convolution over one spatial axis, which is the gradient of the convolution with
   * respect to its input. Mirrors {@code mlx.core.conv_transpose1d}.
   *
   * @param weight the weights, of shape {@code (O, K, C / groups)}
   * @return an array of shape {@code (N, L', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray convTranspose1d(MlxArray weight) {
    return convTranspose1d(weight, 1, 0, 1, 0, 1);
  }

  /**
   * The transposed convolution over one spatial axis, which is the gradient of the convolution with
   * respect to its input. Mirrors {@code mlx.core.conv_transpose1d}.
   *
   * @param weight the weights, of shape {@code (O, K, C / groups)}
   * @param stride the distance of neighbouring elements of the input in the output, at least 1
   * @return an array of shape {@code (N, L', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray convTranspose1d(MlxArray weight, int stride) {
    return convTranspose1d(weight, stride, 0, 1, 0, 1);
  }

  /**
   * The transposed convolution over one spatial axis, which is the gradient of the convolution with
   * respect to its input. Mirrors {@code mlx.core.conv_transpose1d}.
   *
   * @param weight the weights, of shape {@code (O, K, C / groups)}
   * @param stride the distance of neighbouring elements of the input in the output, at least 1
   * @param padding how many elements the output loses at both ends of each spatial axis
   * @return an array of shape {@code (N, L', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray convTranspose1d(MlxArray weight, int stride, int padding) {
    return convTranspose1d(weight, stride, padding, 1, 0, 1);
  }

  /**
   * The transposed convolution over one spatial axis, which is the gradient of the convolution with
   * respect to its input. Mirrors {@code mlx.core.conv_transpose1d}.
   *
   * @param weight the weights, of shape {@code (O, K, C / groups)}
   * @param stride the distance of neighbouring elements of the input in the output, at least 1
   * @param padding how many elements the output loses at both ends of each spatial axis
   * @param dilation the distance of neighbouring elements of the kernel, at least 1
   * @return an array of shape {@code (N, L', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray convTranspose1d(MlxArray weight, int stride, int padding, int dilation) {
    return convTranspose1d(weight, stride, padding, dilation, 0, 1);
  }

  /**
   * The transposed convolution over one spatial axis, which is the gradient of the convolution with
   * respect to its input. Mirrors {@code mlx.core.conv_transpose1d}.
   *
   * @param weight the weights, of shape {@code (O, K, C / groups)}
   * @param stride the distance of neighbouring elements of the input in the output, at least 1
   * @param padding how many elements the output loses at both ends of each spatial axis
   * @param dilation the distance of neighbouring elements of the kernel, at least 1
   * @param outputPadding how many elements the output gets in addition at the end of each spatial
   *     axis
   * @return an array of shape {@code (N, L', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray convTranspose1d(
      MlxArray weight, int stride, int padding, int dilation, int outputPadding) {
    return convTranspose1d(weight, stride, padding, dilation, outputPadding, 1);
  }

  /**
   * The transposed convolution over one spatial axis, which is the gradient of the convolution with
   * respect to its input. Mirrors {@code mlx.core.conv_transpose1d}.
   *
   * @param weight the weights, of shape {@code (O, K, C / groups)}
   * @param stride the distance of neighbouring elements of the input in the output, at least 1
   * @param padding how many elements the output loses at both ends of each spatial axis
   * @param dilation the distance of neighbouring elements of the kernel, at least 1
   * @param outputPadding how many elements the output gets in addition at the end of each spatial
   *     axis
   * @param groups how many groups the channels are divided into; each has weights of its own
   * @return an array of shape {@code (N, L', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
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
   * The transposed convolution over two spatial axes, which is the gradient of the convolution with
   * respect to its input. Mirrors {@code mlx.core.conv_transpose2d}.
   *
   * @param weight the weights, of shape {@code (O, KH, KW, C / groups)}
   * @return an array of shape {@code (N, H', W', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray convTranspose2d(MlxArray weight) {
    return convTranspose2d(weight, 1, 0, 1, 0, 1);
  }

  /**
   * The transposed convolution over two spatial axes, which is the gradient of the convolution with
   * respect to its input. Mirrors {@code mlx.core.conv_transpose2d}.
   *
   * @param weight the weights, of shape {@code (O, KH, KW, C / groups)}
   * @param stride the distance of neighbouring elements of the input in the output, at least 1; for
   *     all spatial axes
   * @return an array of shape {@code (N, H', W', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray convTranspose2d(MlxArray weight, int stride) {
    return convTranspose2d(weight, stride, 0, 1, 0, 1);
  }

  /**
   * The transposed convolution over two spatial axes, which is the gradient of the convolution with
   * respect to its input. Mirrors {@code mlx.core.conv_transpose2d}.
   *
   * @param weight the weights, of shape {@code (O, KH, KW, C / groups)}
   * @param stride the distance of neighbouring elements of the input in the output, at least 1; for
   *     all spatial axes
   * @param padding how many elements the output loses at both ends of each spatial axis; for all
   *     spatial axes
   * @return an array of shape {@code (N, H', W', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray convTranspose2d(MlxArray weight, int stride, int padding) {
    return convTranspose2d(weight, stride, padding, 1, 0, 1);
  }

  /**
   * The transposed convolution over two spatial axes, which is the gradient of the convolution with
   * respect to its input. Mirrors {@code mlx.core.conv_transpose2d}.
   *
   * @param weight the weights, of shape {@code (O, KH, KW, C / groups)}
   * @param stride the distance of neighbouring elements of the input in the output, at least 1; for
   *     all spatial axes
   * @param padding how many elements the output loses at both ends of each spatial axis; for all
   *     spatial axes
   * @param dilation the distance of neighbouring elements of the kernel, at least 1; for all
   *     spatial axes
   * @return an array of shape {@code (N, H', W', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray convTranspose2d(MlxArray weight, int stride, int padding, int dilation) {
    return convTranspose2d(weight, stride, padding, dilation, 0, 1);
  }

  /**
   * The transposed convolution over two spatial axes, which is the gradient of the convolution with
   * respect to its input. Mirrors {@code mlx.core.conv_transpose2d}.
   *
   * @param weight the weights, of shape {@code (O, KH, KW, C / groups)}
   * @param stride the distance of neighbouring elements of the input in the output, at least 1; for
   *     all spatial axes
   * @param padding how many elements the output loses at both ends of each spatial axis; for all
   *     spatial axes
   * @param dilation the distance of neighbouring elements of the kernel, at least 1; for all
   *     spatial axes
   * @param outputPadding how many elements the output gets in addition at the end of each spatial
   *     axis; for all spatial axes
   * @return an array of shape {@code (N, H', W', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray convTranspose2d(
      MlxArray weight, int stride, int padding, int dilation, int outputPadding) {
    return convTranspose2d(weight, stride, padding, dilation, outputPadding, 1);
  }

  /**
   * The transposed convolution over two spatial axes, which is the gradient of the convolution with
   * respect to its input. Mirrors {@code mlx.core.conv_transpose2d}.
   *
   * @param weight the weights, of shape {@code (O, KH, KW, C / groups)}
   * @param stride the distance of neighbouring elements of the input in the output, at least 1; for
   *     all spatial axes
   * @param padding how many elements the output loses at both ends of each spatial axis; for all
   *     spatial axes
   * @param dilation the distance of neighbouring elements of the kernel, at least 1; for all
   *     spatial axes
   * @param outputPadding how many elements the output gets in addition at the end of each spatial
   *     axis; for all spatial axes
   * @param groups how many groups the channels are divided into; each has weights of its own
   * @return an array of shape {@code (N, H', W', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray convTranspose2d(
      MlxArray weight, int stride, int padding, int dilation, int outputPadding, int groups) {
    return convTranspose2d(
        weight, all(stride, 2), all(padding, 2), all(dilation, 2), all(outputPadding, 2), groups);
  }

  /**
   * The transposed convolution over two spatial axes, which is the gradient of the convolution with
   * respect to its input. Mirrors {@code mlx.core.conv_transpose2d}.
   *
   * @param weight the weights, of shape {@code (O, KH, KW, C / groups)}
   * @param stride the distance of neighbouring elements of the input in the output, at least 1; one
   *     number for each spatial axis
   * @return an array of shape {@code (N, H', W', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray convTranspose2d(MlxArray weight, int[] stride) {
    return convTranspose2d(weight, stride, all(0, 2), all(1, 2), all(0, 2), 1);
  }

  /**
   * The transposed convolution over two spatial axes, which is the gradient of the convolution with
   * respect to its input. Mirrors {@code mlx.core.conv_transpose2d}.
   *
   * @param weight the weights, of shape {@code (O, KH, KW, C / groups)}
   * @param stride the distance of neighbouring elements of the input in the output, at least 1; one
   *     number for each spatial axis
   * @param padding how many elements the output loses at both ends of each spatial axis; one number
   *     for each spatial axis
   * @return an array of shape {@code (N, H', W', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray convTranspose2d(MlxArray weight, int[] stride, int[] padding) {
    return convTranspose2d(weight, stride, padding, all(1, 2), all(0, 2), 1);
  }

  /**
   * The transposed convolution over two spatial axes, which is the gradient of the convolution with
   * respect to its input. Mirrors {@code mlx.core.conv_transpose2d}.
   *
   * @param weight the weights, of shape {@code (O, KH, KW, C / groups)}
   * @param stride the distance of neighbouring elements of the input in the output, at least 1; one
   *     number for each spatial axis
   * @param padding how many elements the output loses at both ends of each spatial axis; one number
   *     for each spatial axis
   * @param dilation the distance of neighbouring elements of the kernel, at least 1; one number for
   *     each spatial axis
   * @return an array of shape {@code (N, H', W', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray convTranspose2d(MlxArray weight, int[] stride, int[] padding, int[] dilation) {
    return convTranspose2d(weight, stride, padding, dilation, all(0, 2), 1);
  }

  /**
   * The transposed convolution over two spatial axes, which is the gradient of the convolution with
   * respect to its input. Mirrors {@code mlx.core.conv_transpose2d}.
   *
   * @param weight the weights, of shape {@code (O, KH, KW, C / groups)}
   * @param stride the distance of neighbouring elements of the input in the output, at least 1; one
   *     number for each spatial axis
   * @param padding how many elements the output loses at both ends of each spatial axis; one number
   *     for each spatial axis
   * @param dilation the distance of neighbouring elements of the kernel, at least 1; one number for
   *     each spatial axis
   * @param outputPadding how many elements the output gets in addition at the end of each spatial
   *     axis; one number for each spatial axis
   * @return an array of shape {@code (N, H', W', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray convTranspose2d(
      MlxArray weight, int[] stride, int[] padding, int[] dilation, int[] outputPadding) {
    return convTranspose2d(weight, stride, padding, dilation, outputPadding, 1);
  }

  /**
   * The transposed convolution over two spatial axes, which is the gradient of the convolution with
   * respect to its input. Mirrors {@code mlx.core.conv_transpose2d}.
   *
   * @param weight the weights, of shape {@code (O, KH, KW, C / groups)}
   * @param stride the distance of neighbouring elements of the input in the output, at least 1; one
   *     number for each spatial axis
   * @param padding how many elements the output loses at both ends of each spatial axis; one number
   *     for each spatial axis
   * @param dilation the distance of neighbouring elements of the kernel, at least 1; one number for
   *     each spatial axis
   * @param outputPadding how many elements the output gets in addition at the end of each spatial
   *     axis; one number for each spatial axis
   * @param groups how many groups the channels are divided into; each has weights of its own
   * @return an array of shape {@code (N, H', W', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
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
   * The transposed convolution over three spatial axes, which is the gradient of the convolution
   * with respect to its input. Mirrors {@code mlx.core.conv_transpose3d}.
   *
   * @param weight the weights, of shape {@code (O, KD, KH, KW, C / groups)}; groups other than 1
   *     are not supported
   * @return an array of shape {@code (N, D', H', W', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray convTranspose3d(MlxArray weight) {
    return convTranspose3d(weight, 1, 0, 1, 0, 1);
  }

  /**
   * The transposed convolution over three spatial axes, which is the gradient of the convolution
   * with respect to its input. Mirrors {@code mlx.core.conv_transpose3d}.
   *
   * @param weight the weights, of shape {@code (O, KD, KH, KW, C / groups)}; groups other than 1
   *     are not supported
   * @param stride the distance of neighbouring elements of the input in the output, at least 1; for
   *     all spatial axes
   * @return an array of shape {@code (N, D', H', W', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray convTranspose3d(MlxArray weight, int stride) {
    return convTranspose3d(weight, stride, 0, 1, 0, 1);
  }

  /**
   * The transposed convolution over three spatial axes, which is the gradient of the convolution
   * with respect to its input. Mirrors {@code mlx.core.conv_transpose3d}.
   *
   * @param weight the weights, of shape {@code (O, KD, KH, KW, C / groups)}; groups other than 1
   *     are not supported
   * @param stride the distance of neighbouring elements of the input in the output, at least 1; for
   *     all spatial axes
   * @param padding how many elements the output loses at both ends of each spatial axis; for all
   *     spatial axes
   * @return an array of shape {@code (N, D', H', W', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray convTranspose3d(MlxArray weight, int stride, int padding) {
    return convTranspose3d(weight, stride, padding, 1, 0, 1);
  }

  /**
   * The transposed convolution over three spatial axes, which is the gradient of the convolution
   * with respect to its input. Mirrors {@code mlx.core.conv_transpose3d}.
   *
   * @param weight the weights, of shape {@code (O, KD, KH, KW, C / groups)}; groups other than 1
   *     are not supported
   * @param stride the distance of neighbouring elements of the input in the output, at least 1; for
   *     all spatial axes
   * @param padding how many elements the output loses at both ends of each spatial axis; for all
   *     spatial axes
   * @param dilation the distance of neighbouring elements of the kernel, at least 1; for all
   *     spatial axes
   * @return an array of shape {@code (N, D', H', W', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray convTranspose3d(MlxArray weight, int stride, int padding, int dilation) {
    return convTranspose3d(weight, stride, padding, dilation, 0, 1);
  }

  /**
   * The transposed convolution over three spatial axes, which is the gradient of the convolution
   * with respect to its input. Mirrors {@code mlx.core.conv_transpose3d}.
   *
   * @param weight the weights, of shape {@code (O, KD, KH, KW, C / groups)}; groups other than 1
   *     are not supported
   * @param stride the distance of neighbouring elements of the input in the output, at least 1; for
   *     all spatial axes
   * @param padding how many elements the output loses at both ends of each spatial axis; for all
   *     spatial axes
   * @param dilation the distance of neighbouring elements of the kernel, at least 1; for all
   *     spatial axes
   * @param outputPadding how many elements the output gets in addition at the end of each spatial
   *     axis; for all spatial axes
   * @return an array of shape {@code (N, D', H', W', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray convTranspose3d(
      MlxArray weight, int stride, int padding, int dilation, int outputPadding) {
    return convTranspose3d(weight, stride, padding, dilation, outputPadding, 1);
  }

  /**
   * The transposed convolution over three spatial axes, which is the gradient of the convolution
   * with respect to its input. Mirrors {@code mlx.core.conv_transpose3d}.
   *
   * @param weight the weights, of shape {@code (O, KD, KH, KW, C / groups)}; groups other than 1
   *     are not supported
   * @param stride the distance of neighbouring elements of the input in the output, at least 1; for
   *     all spatial axes
   * @param padding how many elements the output loses at both ends of each spatial axis; for all
   *     spatial axes
   * @param dilation the distance of neighbouring elements of the kernel, at least 1; for all
   *     spatial axes
   * @param outputPadding how many elements the output gets in addition at the end of each spatial
   *     axis; for all spatial axes
   * @param groups how many groups the channels are divided into; each has weights of its own
   * @return an array of shape {@code (N, D', H', W', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray convTranspose3d(
      MlxArray weight, int stride, int padding, int dilation, int outputPadding, int groups) {
    return convTranspose3d(
        weight, all(stride, 3), all(padding, 3), all(dilation, 3), all(outputPadding, 3), groups);
  }

  /**
   * The transposed convolution over three spatial axes, which is the gradient of the convolution
   * with respect to its input. Mirrors {@code mlx.core.conv_transpose3d}.
   *
   * @param weight the weights, of shape {@code (O, KD, KH, KW, C / groups)}; groups other than 1
   *     are not supported
   * @param stride the distance of neighbouring elements of the input in the output, at least 1; one
   *     number for each spatial axis
   * @return an array of shape {@code (N, D', H', W', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray convTranspose3d(MlxArray weight, int[] stride) {
    return convTranspose3d(weight, stride, all(0, 3), all(1, 3), all(0, 3), 1);
  }

  /**
   * The transposed convolution over three spatial axes, which is the gradient of the convolution
   * with respect to its input. Mirrors {@code mlx.core.conv_transpose3d}.
   *
   * @param weight the weights, of shape {@code (O, KD, KH, KW, C / groups)}; groups other than 1
   *     are not supported
   * @param stride the distance of neighbouring elements of the input in the output, at least 1; one
   *     number for each spatial axis
   * @param padding how many elements the output loses at both ends of each spatial axis; one number
   *     for each spatial axis
   * @return an array of shape {@code (N, D', H', W', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray convTranspose3d(MlxArray weight, int[] stride, int[] padding) {
    return convTranspose3d(weight, stride, padding, all(1, 3), all(0, 3), 1);
  }

  /**
   * The transposed convolution over three spatial axes, which is the gradient of the convolution
   * with respect to its input. Mirrors {@code mlx.core.conv_transpose3d}.
   *
   * @param weight the weights, of shape {@code (O, KD, KH, KW, C / groups)}; groups other than 1
   *     are not supported
   * @param stride the distance of neighbouring elements of the input in the output, at least 1; one
   *     number for each spatial axis
   * @param padding how many elements the output loses at both ends of each spatial axis; one number
   *     for each spatial axis
   * @param dilation the distance of neighbouring elements of the kernel, at least 1; one number for
   *     each spatial axis
   * @return an array of shape {@code (N, D', H', W', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray convTranspose3d(MlxArray weight, int[] stride, int[] padding, int[] dilation) {
    return convTranspose3d(weight, stride, padding, dilation, all(0, 3), 1);
  }

  /**
   * The transposed convolution over three spatial axes, which is the gradient of the convolution
   * with respect to its input. Mirrors {@code mlx.core.conv_transpose3d}.
   *
   * @param weight the weights, of shape {@code (O, KD, KH, KW, C / groups)}; groups other than 1
   *     are not supported
   * @param stride the distance of neighbouring elements of the input in the output, at least 1; one
   *     number for each spatial axis
   * @param padding how many elements the output loses at both ends of each spatial axis; one number
   *     for each spatial axis
   * @param dilation the distance of neighbouring elements of the kernel, at least 1; one number for
   *     each spatial axis
   * @param outputPadding how many elements the output gets in addition at the end of each spatial
   *     axis; one number for each spatial axis
   * @return an array of shape {@code (N, D', H', W', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray convTranspose3d(
      MlxArray weight, int[] stride, int[] padding, int[] dilation, int[] outputPadding) {
    return convTranspose3d(weight, stride, padding, dilation, outputPadding, 1);
  }

  /**
   * The transposed convolution over three spatial axes, which is the gradient of the convolution
   * with respect to its input. Mirrors {@code mlx.core.conv_transpose3d}.
   *
   * @param weight the weights, of shape {@code (O, KD, KH, KW, C / groups)}; groups other than 1
   *     are not supported
   * @param stride the distance of neighbouring elements of the input in the output, at least 1; one
   *     number for each spatial axis
   * @param padding how many elements the output loses at both ends of each spatial axis; one number
   *     for each spatial axis
   * @param dilation the distance of neighbouring elements of the kernel, at least 1; one number for
   *     each spatial axis
   * @param outputPadding how many elements the output gets in addition at the end of each spatial
   *     axis; one number for each spatial axis
   * @param groups how many groups the channels are divided into; each has weights of its own
   * @return an array of shape {@code (N, D', H', W', O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
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
   * The convolution over one, two or three spatial axes, of an input of shape {@code (N, …, C)}.
   * Mirrors {@code mlx.core.conv_general}.
   *
   * @param weight the weights, of shape {@code (O, …, C / groups)}
   * @return an array of shape {@code (N, …, O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray convGeneral(MlxArray weight) {
    return convGeneral(weight, 1, 0, 1, 1, 1, false);
  }

  /**
   * The convolution over one, two or three spatial axes, of an input of shape {@code (N, …, C)}.
   * Mirrors {@code mlx.core.conv_general}.
   *
   * @param weight the weights, of shape {@code (O, …, C / groups)}
   * @param stride how far the kernel moves from one output to the next, at least 1; for all spatial
   *     axes
   * @return an array of shape {@code (N, …, O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray convGeneral(MlxArray weight, int stride) {
    return convGeneral(weight, stride, 0, 1, 1, 1, false);
  }

  /**
   * The convolution over one, two or three spatial axes, of an input of shape {@code (N, …, C)}.
   * Mirrors {@code mlx.core.conv_general}.
   *
   * @param weight the weights, of shape {@code (O, …, C / groups)}
   * @param stride how far the kernel moves from one output to the next, at least 1; for all spatial
   *     axes
   * @param padding how many zeros are put at both ends of each spatial axis; negative to leave out
   *     elements; for all spatial axes
   * @return an array of shape {@code (N, …, O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray convGeneral(MlxArray weight, int stride, int padding) {
    return convGeneral(weight, stride, padding, 1, 1, 1, false);
  }

  /**
   * The convolution over one, two or three spatial axes, of an input of shape {@code (N, …, C)}.
   * Mirrors {@code mlx.core.conv_general}.
   *
   * @param weight the weights, of shape {@code (O, …, C / groups)}
   * @param stride how far the kernel moves from one output to the next, at least 1; for all spatial
   *     axes
   * @param padding how many zeros are put at both ends of each spatial axis; negative to leave out
   *     elements; for all spatial axes
   * @param kernelDilation the distance of neighbouring elements of the kernel, at least 1; for all
   *     spatial axes
   * @return an array of shape {@code (N, …, O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray convGeneral(MlxArray weight, int stride, int padding, int kernelDilation) {
    return convGeneral(weight, stride, padding, kernelDilation, 1, 1, false);
  }

  /**
   * The convolution over one, two or three spatial axes, of an input of shape {@code (N, …, C)}.
   * Mirrors {@code mlx.core.conv_general}.
   *
   * @param weight the weights, of shape {@code (O, …, C / groups)}
   * @param stride how far the kernel moves from one output to the next, at least 1; for all spatial
   *     axes
   * @param padding how many zeros are put at both ends of each spatial axis; negative to leave out
   *     elements; for all spatial axes
   * @param kernelDilation the distance of neighbouring elements of the kernel, at least 1; for all
   *     spatial axes
   * @param inputDilation the distance of neighbouring elements of the input, at least 1; zeros lie
   *     between them; for all spatial axes
   * @return an array of shape {@code (N, …, O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray convGeneral(
      MlxArray weight, int stride, int padding, int kernelDilation, int inputDilation) {
    return convGeneral(weight, stride, padding, kernelDilation, inputDilation, 1, false);
  }

  /**
   * The convolution over one, two or three spatial axes, of an input of shape {@code (N, …, C)}.
   * Mirrors {@code mlx.core.conv_general}.
   *
   * @param weight the weights, of shape {@code (O, …, C / groups)}
   * @param stride how far the kernel moves from one output to the next, at least 1; for all spatial
   *     axes
   * @param padding how many zeros are put at both ends of each spatial axis; negative to leave out
   *     elements; for all spatial axes
   * @param kernelDilation the distance of neighbouring elements of the kernel, at least 1; for all
   *     spatial axes
   * @param inputDilation the distance of neighbouring elements of the input, at least 1; zeros lie
   *     between them; for all spatial axes
   * @param groups how many groups the channels are divided into; each has weights of its own
   * @return an array of shape {@code (N, …, O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray convGeneral(
      MlxArray weight, int stride, int padding, int kernelDilation, int inputDilation, int groups) {
    return convGeneral(weight, stride, padding, kernelDilation, inputDilation, groups, false);
  }

  /**
   * The convolution over one, two or three spatial axes, of an input of shape {@code (N, …, C)}.
   * Mirrors {@code mlx.core.conv_general}.
   *
   * @param weight the weights, of shape {@code (O, …, C / groups)}
   * @param stride how far the kernel moves from one output to the next, at least 1; for all spatial
   *     axes
   * @param padding how many zeros are put at both ends of each spatial axis; negative to leave out
   *     elements; for all spatial axes
   * @param kernelDilation the distance of neighbouring elements of the kernel, at least 1; for all
   *     spatial axes
   * @param inputDilation the distance of neighbouring elements of the input, at least 1; zeros lie
   *     between them; for all spatial axes
   * @param groups how many groups the channels are divided into; each has weights of its own
   * @param flip whether the kernel is reversed, which makes this a convolution in the mathematical
   *     sense
   * @return an array of shape {@code (N, …, O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray convGeneral(
      MlxArray weight,
      int stride,
      int padding,
      int kernelDilation,
      int inputDilation,
      int groups,
      boolean flip) {
    return convGeneral(
        weight,
        all(stride, 1),
        all(padding, 1),
        all(kernelDilation, 1),
        all(inputDilation, 1),
        groups,
        flip);
  }

  /**
   * The convolution over one, two or three spatial axes, of an input of shape {@code (N, …, C)}.
   * Mirrors {@code mlx.core.conv_general}.
   *
   * @param weight the weights, of shape {@code (O, …, C / groups)}
   * @param stride how far the kernel moves from one output to the next, at least 1; one number for
   *     each spatial axis, or one for all
   * @return an array of shape {@code (N, …, O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray convGeneral(MlxArray weight, int[] stride) {
    return convGeneral(weight, stride, all(0, 1), all(1, 1), all(1, 1), 1, false);
  }

  /**
   * The convolution over one, two or three spatial axes, of an input of shape {@code (N, …, C)}.
   * Mirrors {@code mlx.core.conv_general}.
   *
   * @param weight the weights, of shape {@code (O, …, C / groups)}
   * @param stride how far the kernel moves from one output to the next, at least 1; one number for
   *     each spatial axis, or one for all
   * @param padding how many zeros are put at both ends of each spatial axis; negative to leave out
   *     elements; one number for each spatial axis, or one for all
   * @return an array of shape {@code (N, …, O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray convGeneral(MlxArray weight, int[] stride, int[] padding) {
    return convGeneral(weight, stride, padding, all(1, 1), all(1, 1), 1, false);
  }

  /**
   * The convolution over one, two or three spatial axes, of an input of shape {@code (N, …, C)}.
   * Mirrors {@code mlx.core.conv_general}.
   *
   * @param weight the weights, of shape {@code (O, …, C / groups)}
   * @param stride how far the kernel moves from one output to the next, at least 1; one number for
   *     each spatial axis, or one for all
   * @param padding how many zeros are put at both ends of each spatial axis; negative to leave out
   *     elements; one number for each spatial axis, or one for all
   * @param kernelDilation the distance of neighbouring elements of the kernel, at least 1; one
   *     number for each spatial axis, or one for all
   * @return an array of shape {@code (N, …, O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray convGeneral(MlxArray weight, int[] stride, int[] padding, int[] kernelDilation) {
    return convGeneral(weight, stride, padding, kernelDilation, all(1, 1), 1, false);
  }

  /**
   * The convolution over one, two or three spatial axes, of an input of shape {@code (N, …, C)}.
   * Mirrors {@code mlx.core.conv_general}.
   *
   * @param weight the weights, of shape {@code (O, …, C / groups)}
   * @param stride how far the kernel moves from one output to the next, at least 1; one number for
   *     each spatial axis, or one for all
   * @param padding how many zeros are put at both ends of each spatial axis; negative to leave out
   *     elements; one number for each spatial axis, or one for all
   * @param kernelDilation the distance of neighbouring elements of the kernel, at least 1; one
   *     number for each spatial axis, or one for all
   * @param inputDilation the distance of neighbouring elements of the input, at least 1; zeros lie
   *     between them; one number for each spatial axis, or one for all
   * @return an array of shape {@code (N, …, O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray convGeneral(
      MlxArray weight, int[] stride, int[] padding, int[] kernelDilation, int[] inputDilation) {
    return convGeneral(weight, stride, padding, kernelDilation, inputDilation, 1, false);
  }

  /**
   * The convolution over one, two or three spatial axes, of an input of shape {@code (N, …, C)}.
   * Mirrors {@code mlx.core.conv_general}.
   *
   * @param weight the weights, of shape {@code (O, …, C / groups)}
   * @param stride how far the kernel moves from one output to the next, at least 1; one number for
   *     each spatial axis, or one for all
   * @param padding how many zeros are put at both ends of each spatial axis; negative to leave out
   *     elements; one number for each spatial axis, or one for all
   * @param kernelDilation the distance of neighbouring elements of the kernel, at least 1; one
   *     number for each spatial axis, or one for all
   * @param inputDilation the distance of neighbouring elements of the input, at least 1; zeros lie
   *     between them; one number for each spatial axis, or one for all
   * @param groups how many groups the channels are divided into; each has weights of its own
   * @return an array of shape {@code (N, …, O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray convGeneral(
      MlxArray weight,
      int[] stride,
      int[] padding,
      int[] kernelDilation,
      int[] inputDilation,
      int groups) {
    return convGeneral(weight, stride, padding, kernelDilation, inputDilation, groups, false);
  }

  /**
   * The convolution over one, two or three spatial axes, of an input of shape {@code (N, …, C)}.
   * Mirrors {@code mlx.core.conv_general}.
   *
   * @param weight the weights, of shape {@code (O, …, C / groups)}
   * @param stride how far the kernel moves from one output to the next, at least 1; one number for
   *     each spatial axis, or one for all
   * @param padding how many zeros are put at both ends of each spatial axis; negative to leave out
   *     elements; one number for each spatial axis, or one for all
   * @param kernelDilation the distance of neighbouring elements of the kernel, at least 1; one
   *     number for each spatial axis, or one for all
   * @param inputDilation the distance of neighbouring elements of the input, at least 1; zeros lie
   *     between them; one number for each spatial axis, or one for all
   * @param groups how many groups the channels are divided into; each has weights of its own
   * @param flip whether the kernel is reversed, which makes this a convolution in the mathematical
   *     sense
   * @return an array of shape {@code (N, …, O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray convGeneral(
      MlxArray weight,
      int[] stride,
      int[] padding,
      int[] kernelDilation,
      int[] inputDilation,
      int groups,
      boolean flip) {
    return convGeneral(
        weight, stride, padding, padding, kernelDilation, inputDilation, groups, flip);
  }

  /**
   * The convolution over one, two or three spatial axes, of an input of shape {@code (N, …, C)}.
   * Mirrors {@code mlx.core.conv_general}.
   *
   * @param weight the weights, of shape {@code (O, …, C / groups)}
   * @param stride how far the kernel moves from one output to the next, at least 1; one number for
   *     each spatial axis, or one for all
   * @param paddingLow how many zeros are put at the beginning of each spatial axis; negative to
   *     leave out elements; one number for each spatial axis, or one for all
   * @param paddingHigh how many zeros are put at the end of each spatial axis; negative to leave
   *     out elements; one number for each spatial axis, or one for all
   * @param kernelDilation the distance of neighbouring elements of the kernel, at least 1; one
   *     number for each spatial axis, or one for all
   * @param inputDilation the distance of neighbouring elements of the input, at least 1; zeros lie
   *     between them; one number for each spatial axis, or one for all
   * @param groups how many groups the channels are divided into; each has weights of its own
   * @param flip whether the kernel is reversed, which makes this a convolution in the mathematical
   *     sense
   * @return an array of shape {@code (N, …, O)}
   * @throws IllegalArgumentException if the shapes do not fit one another, the kernel is larger
   *     than the padded input, a parameter is out of its range, an axis other than that of the
   *     batch is empty, or this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
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

  // ---- arguments
  // --------------------------------------------------------------------------------

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
   * Spreads the input by the stride and convolves it with the reversed kernel: {@code dilation * (K
   * - 1)} zeros at both ends would give all positions where the two overlap.
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
                + ", the padded input only "
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
              + " entries; allowed are "
              + spatial
              + ", one for each spatial axis, or 1");
    }
    return numbers.clone();
  }

  /** Returns the number of spatial axes, which is any of 1 to 3 where -1 is asked for. */
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
              + " axes: the batch, the spatial ones, the channels");
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
              + " axes, none of them empty: the output channels, the spatial ones, the channels");
    }
  }

  private static void requirePositive(String function, String argument, int... numbers) {
    if (Arrays.stream(numbers).anyMatch(number -> number < 1)) {
      throw new IllegalArgumentException(
          "["
              + function
              + "] "
              + argument
              + " is "
              + Arrays.toString(numbers)
              + "; it must be at least 1");
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
              + "] the channels of the input, its last axis, are "
              + channels
              + "; they must be those of the weights, "
              + perGroup
              + ", times groups; groups is "
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
              + "; it is too large");
    }
    return (int) number;
  }

  private static void requireVector(String function, int index, MlxArray x) {
    if (Call.argument(function, index, x).ndim() != 1 || x.size() == 0 || !x.dtype().isFloating()) {
      throw new IllegalArgumentException(
          "["
              + function
              + "] array argument "
              + index
              + " has shape "
              + Arrays.toString(x.shape())
              + " and dtype "
              + x.dtype()
              + "; it must have one axis, which is not empty, and a floating point dtype");
    }
  }
}
