/**
 * Layers and optimizers with default arguments: `Conv2d(3, 16, kernelSize = 3, padding = 1)`,
 * `AdamW(1e-3, weightDecay = 0.1)`.
 */
package org.mlx4j.kotlin

import org.mlx4j.nn.Activations
import org.mlx4j.nn.BatchNorm
import org.mlx4j.nn.Conv1d
import org.mlx4j.nn.Conv2d
import org.mlx4j.nn.Conv3d
import org.mlx4j.nn.Layer
import org.mlx4j.nn.LayerNorm
import org.mlx4j.nn.Linear
import org.mlx4j.nn.MultiHeadAttention
import org.mlx4j.nn.Transformer
import org.mlx4j.optimizers.Adam
import org.mlx4j.optimizers.AdamW
import org.mlx4j.optimizers.SGD

/** Makes a layer that multiplies by a matrix; see [Linear.of]. */
public fun Linear(inputDims: Int, outputDims: Int, bias: Boolean = true): Linear = Linear.of(inputDims, outputDims, bias)

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

/** Makes a layer of batch normalization; see [BatchNorm.of]. */
public fun BatchNorm(
    numFeatures: Int,
    eps: Double = 1e-5,
    momentum: Double = 0.1,
    affine: Boolean = true,
    trackRunningStats: Boolean = true,
): BatchNorm = BatchNorm.of(numFeatures, eps, momentum, affine, trackRunningStats)

/** Makes a layer of layer normalization; see [LayerNorm.of]. */
public fun LayerNorm(dims: Int, eps: Double = 1e-5, affine: Boolean = true, bias: Boolean = true): LayerNorm =
    LayerNorm.of(dims, eps, affine, bias)

/** Makes a layer of attention with several heads; see [MultiHeadAttention.of]. */
public fun MultiHeadAttention(
    dims: Int,
    numHeads: Int,
    queryInputDims: Int? = null,
    keyInputDims: Int? = null,
    valueInputDims: Int? = null,
    valueDims: Int? = null,
    valueOutputDims: Int? = null,
    bias: Boolean = false,
): MultiHeadAttention =
    MultiHeadAttention.of(
        dims, numHeads, queryInputDims, keyInputDims, valueInputDims, valueDims, valueOutputDims, bias,
    )

/** Makes a transformer of an encoder and a decoder; see [Transformer.of]. */
public fun Transformer(
    dims: Int,
    numHeads: Int,
    numEncoderLayers: Int,
    numDecoderLayers: Int,
    mlpDims: Int? = null,
    dropout: Double = 0.0,
    activation: Layer = Layer(Activations::relu),
    normFirst: Boolean = true,
    checkpoint: Boolean = false,
): Transformer =
    Transformer.of(
        dims, numHeads, numEncoderLayers, numDecoderLayers, mlpDims, dropout, activation, normFirst, checkpoint,
    )

/** Makes an optimizer of gradient descent, with or without momentum; see [SGD.of]. */
public fun SGD(
    learningRate: Double,
    momentum: Double = 0.0,
    weightDecay: Double = 0.0,
    dampening: Double = 0.0,
    nesterov: Boolean = false,
): SGD = SGD.of(learningRate, momentum, weightDecay, dampening, nesterov)

/** Makes the optimizer Adam; see [Adam.of]. */
public fun Adam(
    learningRate: Double,
    beta1: Double = 0.9,
    beta2: Double = 0.999,
    eps: Double = 1e-8,
    biasCorrection: Boolean = false,
): Adam = Adam.of(learningRate, beta1, beta2, eps, biasCorrection)

/** Makes the optimizer AdamW, which is Adam with decaying parameters; see [AdamW.of]. */
public fun AdamW(
    learningRate: Double,
    beta1: Double = 0.9,
    beta2: Double = 0.999,
    eps: Double = 1e-8,
    weightDecay: Double = 0.01,
    biasCorrection: Boolean = false,
): AdamW = AdamW.of(learningRate, beta1, beta2, eps, weightDecay, biasCorrection)
