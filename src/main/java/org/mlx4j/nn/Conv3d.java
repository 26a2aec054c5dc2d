package org.mlx4j.nn;

import org.jspecify.annotations.Nullable;
import org.mlx4j.ConvolutionOptions;
import org.mlx4j.MlxArray;
import org.mlx4j.internal.Formula;

/**
 * A convolution over 3 spatial axes of an input whose channels come last, plus a bias: {@code
 * x.conv3d(weight, options) + bias}. Mirrors {@code mlx.nn.Conv3d}.
 *
 * <pre>{@code
 * Conv3d conv = Conv3d.of(3, 16, 3);
 * MlxArray y = conv.apply(Ops.ones(2, 8, 28, 28, 3)); // shape (2, 6, 26, 26, 16)
 * }</pre>
 *
 * @param weight the kernels, of shape {@code (outChannels, kernelDepth, kernelHeight, kernelWidth,
 *     inChannels)}
 * @param bias a vector of length {@code outChannels}, or null
 * @param options stride, padding, dilation
 */
public record Conv3d(MlxArray weight, @Nullable MlxArray bias, ConvolutionOptions options)
    implements Layer {
  /**
   * Makes a layer.
   *
   * @throws NullPointerException if {@code options} is null
   */
  public Conv3d {
    Arguments.notNull("Conv3d", "options", options);
  }

  /**
   * Equivalent to {@link #of(int, int, int, int, int, int, boolean) of(inChannels, outChannels,
   * kernelSize, 1, 0, 1, true)}.
   */
  public static Conv3d of(int inChannels, int outChannels, int kernelSize) {
    return of(inChannels, outChannels, kernelSize, 1, 0, 1, true);
  }

  /**
   * Equivalent to {@link #of(int, int, int, int, int, int, boolean) of(inChannels, outChannels,
   * kernelSize, stride, 0, 1, true)}.
   */
  public static Conv3d of(int inChannels, int outChannels, int kernelSize, int stride) {
    return of(inChannels, outChannels, kernelSize, stride, 0, 1, true);
  }

  /**
   * Equivalent to {@link #of(int, int, int, int, int, int, boolean) of(inChannels, outChannels,
   * kernelSize, stride, padding, 1, true)}.
   */
  public static Conv3d of(
      int inChannels, int outChannels, int kernelSize, int stride, int padding) {
    return of(inChannels, outChannels, kernelSize, stride, padding, 1, true);
  }

  /**
   * Equivalent to {@link #of(int, int, int, int, int, int, boolean) of(inChannels, outChannels,
   * kernelSize, stride, padding, dilation, true)}.
   */
  public static Conv3d of(
      int inChannels, int outChannels, int kernelSize, int stride, int padding, int dilation) {
    return of(inChannels, outChannels, kernelSize, stride, padding, dilation, true);
  }

  /**
   * Makes a layer. Its weight is drawn uniformly between {@code -1 / sqrt(n)} and {@code 1 /
   * sqrt(n)}, where {@code n} is the number of inputs of an output; its bias is 0.
   *
   * @param inChannels the number of channels of the input
   * @param outChannels the number of channels of the output
   * @param kernelSize the size of the kernel along every spatial axis
   * @param stride the distance between the positions of the kernel, by default 1
   * @param padding the number of zeros at both ends of the input, along every axis, by default 0
   * @param dilation the distance between neighboring elements of the kernel, by default 1
   * @param bias whether there is a bias, by default true
   * @return the layer
   * @throws IllegalArgumentException if a size, the stride or the dilation is not positive
   */
  public static Conv3d of(
      int inChannels,
      int outChannels,
      int kernelSize,
      int stride,
      int padding,
      int dilation,
      boolean bias) {
    ConvolutionOptions options =
        ConvolutionOptions.defaults()
            .withStride(stride)
            .withPadding(padding)
            .withDilation(dilation);
    return of(inChannels, outChannels, new int[] {kernelSize}, options, bias);
  }

  /**
   * Equivalent to {@link #of(int, int, int[], ConvolutionOptions, boolean) of(inChannels,
   * outChannels, kernelSize, ConvolutionOptions.defaults(), true)}.
   */
  public static Conv3d of(int inChannels, int outChannels, int[] kernelSize) {
    return of(inChannels, outChannels, kernelSize, ConvolutionOptions.defaults(), true);
  }

  /**
   * Equivalent to {@link #of(int, int, int[], ConvolutionOptions, boolean) of(inChannels,
   * outChannels, kernelSize, options, true)}.
   */
  public static Conv3d of(
      int inChannels, int outChannels, int[] kernelSize, ConvolutionOptions options) {
    return of(inChannels, outChannels, kernelSize, options, true);
  }

  /**
   * Makes a layer with options that may differ between the spatial axes. It is initialized as the
   * one of {@link #of(int, int, int, int, int, int, boolean) the other form}.
   *
   * @param inChannels the number of channels of the input
   * @param outChannels the number of channels of the output
   * @param kernelSize the size of the kernel: one number for all spatial axes, or one for each
   * @param options the options
   * @param bias whether there is a bias
   * @return the layer
   * @throws IllegalArgumentException if a size is not positive, or there are too many
   */
  public static Conv3d of(
      int inChannels, int outChannels, int[] kernelSize, ConvolutionOptions options, boolean bias) {
    MlxArray weight = Kernels.draw("Conv3d", 3, inChannels, outChannels, kernelSize, options);
    return new Conv3d(weight, bias ? Kernels.bias(outChannels) : null, options);
  }

  /**
   * Applies the layer.
   *
   * @param x an array of shape {@code (N, depth, height, width, inChannels)}
   * @return an array of shape {@code (N, output depth, output height, output width, outChannels)}
   * @throws IllegalArgumentException if the shape of {@code x} or an option does not fit
   */
  @Override
  public MlxArray apply(MlxArray x) {
    Arguments.notNull("Conv3d", "weight", weight);
    return Formula.of(
        "Conv3d",
        x,
        a -> {
          MlxArray y = a.conv3d(weight, options);
          return bias == null ? y : y.add(bias);
        });
  }
}
