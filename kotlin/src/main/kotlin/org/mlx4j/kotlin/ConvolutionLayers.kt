/** Layers of convolutions and pooling with default arguments: `MaxPool2d(2, stride = 1)`. */
package org.mlx4j.kotlin

import org.mlx4j.ConvolutionOptions
import org.mlx4j.nn.AvgPool1d
import org.mlx4j.nn.AvgPool2d
import org.mlx4j.nn.AvgPool3d
import org.mlx4j.nn.Conv1d
import org.mlx4j.nn.Conv2d
import org.mlx4j.nn.Conv3d
import org.mlx4j.nn.ConvTranspose1d
import org.mlx4j.nn.ConvTranspose2d
import org.mlx4j.nn.ConvTranspose3d
import org.mlx4j.nn.MaxPool1d
import org.mlx4j.nn.MaxPool2d
import org.mlx4j.nn.MaxPool3d

/** Makes a layer of convolutions along one axis; see [Conv1d.of]. */
public fun Conv1d(
    inChannels: Int,
    outChannels: Int,
    kernelSize: Int,
    stride: Int = 1,
    padding: Int = 0,
    dilation: Int = 1,
    groups: Int = 1,
    bias: Boolean = true,
): Conv1d = Conv1d.of(inChannels, outChannels, kernelSize, stride, padding, dilation, groups, bias)

/** Makes a layer of convolutions along one axis, with options for each; see [Conv1d.of]. */
public fun Conv1d(
    inChannels: Int,
    outChannels: Int,
    kernelSize: IntArray,
    options: ConvolutionOptions = ConvolutionOptions.defaults(),
    bias: Boolean = true,
): Conv1d = Conv1d.of(inChannels, outChannels, kernelSize, options, bias)

/** Makes a layer of convolutions along two axes; see [Conv2d.of]. */
public fun Conv2d(
    inChannels: Int,
    outChannels: Int,
    kernelSize: Int,
    stride: Int = 1,
    padding: Int = 0,
    dilation: Int = 1,
    groups: Int = 1,
    bias: Boolean = true,
): Conv2d = Conv2d.of(inChannels, outChannels, kernelSize, stride, padding, dilation, groups, bias)

/** Makes a layer of convolutions along two axes, with options for each; see [Conv2d.of]. */
public fun Conv2d(
    inChannels: Int,
    outChannels: Int,
    kernelSize: IntArray,
    options: ConvolutionOptions = ConvolutionOptions.defaults(),
    bias: Boolean = true,
): Conv2d = Conv2d.of(inChannels, outChannels, kernelSize, options, bias)

/** Makes a layer of convolutions along three axes; see [Conv3d.of]. */
public fun Conv3d(
    inChannels: Int,
    outChannels: Int,
    kernelSize: Int,
    stride: Int = 1,
    padding: Int = 0,
    dilation: Int = 1,
    bias: Boolean = true,
): Conv3d = Conv3d.of(inChannels, outChannels, kernelSize, stride, padding, dilation, bias)

/** Makes a layer of convolutions along three axes, with options for each; see [Conv3d.of]. */
public fun Conv3d(
    inChannels: Int,
    outChannels: Int,
    kernelSize: IntArray,
    options: ConvolutionOptions = ConvolutionOptions.defaults(),
    bias: Boolean = true,
): Conv3d = Conv3d.of(inChannels, outChannels, kernelSize, options, bias)

/** Makes a layer of transposed convolutions along one axis; see [ConvTranspose1d.of]. */
public fun ConvTranspose1d(
    inChannels: Int,
    outChannels: Int,
    kernelSize: Int,
    stride: Int = 1,
    padding: Int = 0,
    dilation: Int = 1,
    outputPadding: Int = 0,
    bias: Boolean = true,
): ConvTranspose1d =
    ConvTranspose1d.of(
        inChannels,
        outChannels,
        kernelSize,
        stride,
        padding,
        dilation,
        outputPadding,
        bias,
    )

/**
 * Makes a layer of transposed convolutions along one axis, with options for each; see
 * [ConvTranspose1d.of].
 */
public fun ConvTranspose1d(
    inChannels: Int,
    outChannels: Int,
    kernelSize: IntArray,
    options: ConvolutionOptions = ConvolutionOptions.defaults(),
    bias: Boolean = true,
): ConvTranspose1d = ConvTranspose1d.of(inChannels, outChannels, kernelSize, options, bias)

/** Makes a layer of transposed convolutions along two axes; see [ConvTranspose2d.of]. */
public fun ConvTranspose2d(
    inChannels: Int,
    outChannels: Int,
    kernelSize: Int,
    stride: Int = 1,
    padding: Int = 0,
    dilation: Int = 1,
    outputPadding: Int = 0,
    bias: Boolean = true,
): ConvTranspose2d =
    ConvTranspose2d.of(
        inChannels,
        outChannels,
        kernelSize,
        stride,
        padding,
        dilation,
        outputPadding,
        bias,
    )

/**
 * Makes a layer of transposed convolutions along two axes, with options for each; see
 * [ConvTranspose2d.of].
 */
public fun ConvTranspose2d(
    inChannels: Int,
    outChannels: Int,
    kernelSize: IntArray,
    options: ConvolutionOptions = ConvolutionOptions.defaults(),
    bias: Boolean = true,
): ConvTranspose2d = ConvTranspose2d.of(inChannels, outChannels, kernelSize, options, bias)

/** Makes a layer of transposed convolutions along three axes; see [ConvTranspose3d.of]. */
public fun ConvTranspose3d(
    inChannels: Int,
    outChannels: Int,
    kernelSize: Int,
    stride: Int = 1,
    padding: Int = 0,
    dilation: Int = 1,
    outputPadding: Int = 0,
    bias: Boolean = true,
): ConvTranspose3d =
    ConvTranspose3d.of(
        inChannels,
        outChannels,
        kernelSize,
        stride,
        padding,
        dilation,
        outputPadding,
        bias,
    )

/**
 * Makes a layer of transposed convolutions along three axes, with options for each; see
 * [ConvTranspose3d.of].
 */
public fun ConvTranspose3d(
    inChannels: Int,
    outChannels: Int,
    kernelSize: IntArray,
    options: ConvolutionOptions = ConvolutionOptions.defaults(),
    bias: Boolean = true,
): ConvTranspose3d = ConvTranspose3d.of(inChannels, outChannels, kernelSize, options, bias)

/** Makes a layer of the means of windows along one axis; see [AvgPool1d.of]. */
public fun AvgPool1d(kernelSize: Int, stride: Int = kernelSize, padding: Int = 0): AvgPool1d =
    AvgPool1d.of(kernelSize, stride, padding)

/**
 * Makes a layer of the means of windows along one axis, with a size for each; see [AvgPool1d.of].
 */
public fun AvgPool1d(
    kernelSize: IntArray,
    stride: IntArray = kernelSize,
    padding: IntArray = intArrayOf(0),
): AvgPool1d = AvgPool1d.of(kernelSize, stride, padding)

/** Makes a layer of the means of windows along two axes; see [AvgPool2d.of]. */
public fun AvgPool2d(kernelSize: Int, stride: Int = kernelSize, padding: Int = 0): AvgPool2d =
    AvgPool2d.of(kernelSize, stride, padding)

/**
 * Makes a layer of the means of windows along two axes, with a size for each; see [AvgPool2d.of].
 */
public fun AvgPool2d(
    kernelSize: IntArray,
    stride: IntArray = kernelSize,
    padding: IntArray = intArrayOf(0),
): AvgPool2d = AvgPool2d.of(kernelSize, stride, padding)

/** Makes a layer of the means of windows along three axes; see [AvgPool3d.of]. */
public fun AvgPool3d(kernelSize: Int, stride: Int = kernelSize, padding: Int = 0): AvgPool3d =
    AvgPool3d.of(kernelSize, stride, padding)

/**
 * Makes a layer of the means of windows along three axes, with a size for each; see [AvgPool3d.of].
 */
public fun AvgPool3d(
    kernelSize: IntArray,
    stride: IntArray = kernelSize,
    padding: IntArray = intArrayOf(0),
): AvgPool3d = AvgPool3d.of(kernelSize, stride, padding)

/** Makes a layer of the maxima of windows along one axis; see [MaxPool1d.of]. */
public fun MaxPool1d(kernelSize: Int, stride: Int = kernelSize, padding: Int = 0): MaxPool1d =
    MaxPool1d.of(kernelSize, stride, padding)

/**
 * Makes a layer of the maxima of windows along one axis, with a size for each; see [MaxPool1d.of].
 */
public fun MaxPool1d(
    kernelSize: IntArray,
    stride: IntArray = kernelSize,
    padding: IntArray = intArrayOf(0),
): MaxPool1d = MaxPool1d.of(kernelSize, stride, padding)

/** Makes a layer of the maxima of windows along two axes; see [MaxPool2d.of]. */
public fun MaxPool2d(kernelSize: Int, stride: Int = kernelSize, padding: Int = 0): MaxPool2d =
    MaxPool2d.of(kernelSize, stride, padding)

/**
 * Makes a layer of the maxima of windows along two axes, with a size for each; see [MaxPool2d.of].
 */
public fun MaxPool2d(
    kernelSize: IntArray,
    stride: IntArray = kernelSize,
    padding: IntArray = intArrayOf(0),
): MaxPool2d = MaxPool2d.of(kernelSize, stride, padding)

/** Makes a layer of the maxima of windows along three axes; see [MaxPool3d.of]. */
public fun MaxPool3d(kernelSize: Int, stride: Int = kernelSize, padding: Int = 0): MaxPool3d =
    MaxPool3d.of(kernelSize, stride, padding)

/**
 * Makes a layer of the maxima of windows along three axes, with a size for each; see
 * [MaxPool3d.of].
 */
public fun MaxPool3d(
    kernelSize: IntArray,
    stride: IntArray = kernelSize,
    padding: IntArray = intArrayOf(0),
): MaxPool3d = MaxPool3d.of(kernelSize, stride, padding)
