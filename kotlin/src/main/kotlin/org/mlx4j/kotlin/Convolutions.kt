/**
 * Convolutions with default arguments: `x.conv2d(weight, padding = 1)`. Numbers that differ between
 * the spatial axes are in [ConvolutionOptions].
 */
package org.mlx4j.kotlin

import org.mlx4j.ConvolutionOptions
import org.mlx4j.ConvolveMode
import org.mlx4j.MlxArray

/** Convolves two vectors; see [MlxArray.convolve]. */
public fun MlxArray.convolve(v: MlxArray, mode: ConvolveMode = ConvolveMode.FULL): MlxArray =
    convolve(v, mode)

/** Convolves an array along one spatial axis; see [MlxArray.conv1d]. */
public fun MlxArray.conv1d(
    weight: MlxArray,
    stride: Int = 1,
    padding: Int = 0,
    dilation: Int = 1,
    groups: Int = 1,
): MlxArray = conv1d(weight, stride, padding, dilation, groups)

/** Convolves an array along two spatial axes; see [MlxArray.conv2d]. */
public fun MlxArray.conv2d(
    weight: MlxArray,
    stride: Int = 1,
    padding: Int = 0,
    dilation: Int = 1,
    groups: Int = 1,
): MlxArray = conv2d(weight, stride, padding, dilation, groups)

/** Convolves an array along three spatial axes; see [MlxArray.conv3d]. */
public fun MlxArray.conv3d(
    weight: MlxArray,
    stride: Int = 1,
    padding: Int = 0,
    dilation: Int = 1,
    groups: Int = 1,
): MlxArray = conv3d(weight, stride, padding, dilation, groups)

/** Computes a transposed convolution along one spatial axis; see [MlxArray.convTranspose1d]. */
public fun MlxArray.convTranspose1d(
    weight: MlxArray,
    stride: Int = 1,
    padding: Int = 0,
    dilation: Int = 1,
    outputPadding: Int = 0,
    groups: Int = 1,
): MlxArray = convTranspose1d(weight, stride, padding, dilation, outputPadding, groups)

/** Computes a transposed convolution along two spatial axes; see [MlxArray.convTranspose2d]. */
public fun MlxArray.convTranspose2d(
    weight: MlxArray,
    stride: Int = 1,
    padding: Int = 0,
    dilation: Int = 1,
    outputPadding: Int = 0,
    groups: Int = 1,
): MlxArray = convTranspose2d(weight, stride, padding, dilation, outputPadding, groups)

/** Computes a transposed convolution along three spatial axes; see [MlxArray.convTranspose3d]. */
public fun MlxArray.convTranspose3d(
    weight: MlxArray,
    stride: Int = 1,
    padding: Int = 0,
    dilation: Int = 1,
    outputPadding: Int = 0,
    groups: Int = 1,
): MlxArray = convTranspose3d(weight, stride, padding, dilation, outputPadding, groups)

/** Convolves an array along any number of spatial axes; see [MlxArray.convGeneral]. */
public fun MlxArray.convGeneral(
    weight: MlxArray,
    stride: Int = 1,
    padding: Int = 0,
    kernelDilation: Int = 1,
    inputDilation: Int = 1,
    groups: Int = 1,
    flip: Boolean = false,
): MlxArray = convGeneral(weight, stride, padding, kernelDilation, inputDilation, groups, flip)

/**
 * Makes options of convolutions, of one number for all spatial axes or one for each; see
 * [ConvolutionOptions]. The padding is the same at both ends, unless `paddingHigh` is another one
 * at the end.
 */
public fun ConvolutionOptions(
    stride: IntArray = intArrayOf(1),
    padding: IntArray = intArrayOf(0),
    paddingHigh: IntArray = padding,
    dilation: IntArray = intArrayOf(1),
    inputDilation: IntArray = intArrayOf(1),
    outputPadding: IntArray = intArrayOf(0),
    groups: Int = 1,
    flip: Boolean = false,
): ConvolutionOptions =
    ConvolutionOptions(
        stride.asList(),
        padding.asList(),
        paddingHigh.asList(),
        dilation.asList(),
        inputDilation.asList(),
        outputPadding.asList(),
        groups,
        flip,
    )
