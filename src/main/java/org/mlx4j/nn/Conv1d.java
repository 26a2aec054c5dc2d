package org.mlx4j.nn;

import org.jspecify.annotations.Nullable;
import org.mlx4j.ConvolutionOptions;
import org.mlx4j.MlxArray;
import org.mlx4j.internal.Formula;

/**
 * A convolution over 1 spatial axis of an input whose channels come last, plus a bias: {@code
 * x.conv1d(weight, options) + bias}. Mirrors {@code mlx.nn.Conv1d}.
 *
 * <pre>{@code
 * Conv1d conv = Conv1d.of(3, 16, 3);
 * MlxArray y = conv.apply(Ops.ones(2, 28, 3)); // shape (2, 26, 16)
 * }</pre>
 *
 * @param weight the kernels, of shape {@code (outChannels, kernelSize, inChannels / groups)}
 * @param bias a vector of length {@code outChannels}, or null
 * @param options stride, padding, dilation, groups
 */
public record Conv1d(MlxArray weight, @Nullable MlxArray bias, ConvolutionOptions options)
    implements Layer {
  /**
   * Makes a layer.
   *
   * @throws NullPointerException if {@code options} is null
   */
  public Conv1d {
    Arguments.notNull("Conv1d", "options", options);
  }

  /**
   * Equivalent to {@link #of(int, int, int, int, int, int, int, boolean) of(inChannels,
   * outChannels, kernelSize, 1, 0, 1, 1, true)}.
   */
  public static Conv1d of(int inChannels, int outChannels, int kernelSize) {
    return of(inChannels, outChannels, kernelSize, 1, 0, 1, 1, true);
  }

  /**
   * Equivalent to {@link #of(int, int, int, int, int, int, int, boolean) of(inChannels,
   * outChannels, kernelSize, stride, 0, 1, 1, true)}.
   */
  public static Conv1d of(int inChannels, int outChannels, int kernelSize, int stride) {
    return of(inChannels, outChannels, kernelSize, stride, 0, 1, 1, true);
  }

  /**
   * Equivalent to {@link #of(int, int, int, int, int, int, int, boolean) of(inChannels,
   * outChannels, kernelSize, stride, padding, 1, 1, true)}.
   */
  public static Conv1d of(
      int inChannels, int outChannels, int kernelSize, int stride, int padding) {
    return of(inChannels, outChannels, kernelSize, stride, padding, 1, 1, true);
  }

  /**
   * Equivalent to {@link #of(int, int, int, int, int, int, int, boolean) of(inChannels,
   * outChannels, kernelSize, stride, padding, dilation, 1, true)}.
   */
  public static Conv1d of(
      int inChannels, int outChannels, int kernelSize, int stride, int padding, int dilation) {
    return of(inChannels, outChannels, kernelSize, stride, padding, dilation, 1, true);
  }

  /**
   * Equivalent to {@link #of(int, int, int, int, int, int, int, boolean) of(inChannels,
   * outChannels, kernelSize, stride, padding, dilation, groups, true)}.
   */
  public static Conv1d of(
      int inChannels,
      int outChannels,
      int kernelSize,
      int stride,
      int padding,
      int dilation,
      int groups) {
    return of(inChannels, outChannels, kernelSize, stride, padding, dilation, groups, true);
  }

  /**
   * Makes a layer. Its weight is drawn uniformly between {@code -1 / sqrt(n)} and {@code 1 /
   * sqrt(n)}, where {@code n} is the number of inputs of an output; its bias is 0.
   *
   * @param inChannels the number of channels of the input
   * @param outChannels the number of channels of the output
   * @param kernelSize the size of the kernel along the spatial axis
   * @param stride the distance between the positions of the kernel, by default 1
   * @param padding the number of zeros at both ends of the input, by default 0
   * @param dilation the distance between neighboring elements of the kernel, by default 1
   * @param groups the number of groups that the channels are divided into, each with its own
   *     weights; by default 1
   * @param bias whether there is a bias, by default true
   * @return the layer
   * @throws IllegalArgumentException if a size, the stride or the dilation is not positive, or the
   *     numbers of channels are not multiples of the number of groups
   */
  public static Conv1d of(
      int inChannels,
      int outChannels,
      int kernelSize,
      int stride,
      int padding,
      int dilation,
      int groups,
      boolean bias) {
    ConvolutionOptions options =
        ConvolutionOptions.defaults()
            .withStride(stride)
            .withPadding(padding)
            .withDilation(dilation)
            .withGroups(groups);
    return of(inChannels, outChannels, new int[] {kernelSize}, options, bias);
  }

  /**
   * Equivalent to {@link #of(int, int, int[], ConvolutionOptions, boolean) of(inChannels,
   * outChannels, kernelSize, ConvolutionOptions.defaults(), true)}.
   */
  public static Conv1d of(int inChannels, int outChannels, int[] kernelSize) {
    return of(inChannels, outChannels, kernelSize, ConvolutionOptions.defaults(), true);
  }

  /**
   * Equivalent to {@link #of(int, int, int[], ConvolutionOptions, boolean) of(inChannels,
   * outChannels, kernelSize, options, true)}.
   */
  public static Conv1d of(
      int inChannels, int outChannels, int[] kernelSize, ConvolutionOptions options) {
    return of(inChannels, outChannels, kernelSize, options, true);
  }

  /**
   * Makes a layer with options. It is initialized as the one of {@link #of(int, int, int, int, int,
   * int, int, boolean) the other form}.
   *
   * @param inChannels the number of channels of the input
   * @param outChannels the number of channels of the output
   * @param kernelSize the size of the kernel, one number
   * @param options the options
   * @param bias whether there is a bias
   * @return the layer
   * @throws IllegalArgumentException if a size is not positive, or there are too many, or the
   *     numbers of channels are not multiples of the number of groups
   */
  public static Conv1d of(
      int inChannels, int outChannels, int[] kernelSize, ConvolutionOptions options, boolean bias) {
    MlxArray weight = Kernels.draw("Conv1d", 1, inChannels, outChannels, kernelSize, options);
    return new Conv1d(weight, bias ? Kernels.bias(outChannels) : null, options);
  }

  /**
   * Applies the layer.
   *
   * @param x an array of shape {@code (N, length, inChannels)}
   * @return an array of shape {@code (N, output length, outChannels)}
   * @throws IllegalArgumentException if the shape of {@code x} or an option does not fit
   */
  @Override
  public MlxArray apply(MlxArray x) {
    Arguments.notNull("Conv1d", "weight", weight);
    return Formula.of(
        "Conv1d",
        x,
        a -> {
          MlxArray y = a.conv1d(weight, options);
          return bias == null ? y : y.add(bias);
        });
  }
}
