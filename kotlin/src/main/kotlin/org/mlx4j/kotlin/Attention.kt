/** Attention and transformers with default arguments: `Transformer(512, mlpDims = 1024)`. */
package org.mlx4j.kotlin

import org.mlx4j.DType
import org.mlx4j.MlxArray
import org.mlx4j.nn.ALiBi
import org.mlx4j.nn.Activations
import org.mlx4j.nn.Attention
import org.mlx4j.nn.Layer
import org.mlx4j.nn.MultiHeadAttention
import org.mlx4j.nn.RoPE
import org.mlx4j.nn.SinusoidalPositionalEncoding
import org.mlx4j.nn.Transformer
import org.mlx4j.nn.TransformerDecoder
import org.mlx4j.nn.TransformerDecoderLayer
import org.mlx4j.nn.TransformerEncoder
import org.mlx4j.nn.TransformerEncoderLayer

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
        dims,
        numHeads,
        queryInputDims,
        keyInputDims,
        valueInputDims,
        valueDims,
        valueOutputDims,
        bias,
    )

/** Applies attention; see [Attention.apply]. */
public fun Attention.apply(
    queries: MlxArray,
    keys: MlxArray,
    values: MlxArray,
    mask: MlxArray? = null,
): MlxArray = apply(queries, keys, values, mask)

/** Makes a mask that hides later positions; see [MultiHeadAttention.createAdditiveCausalMask]. */
public fun createAdditiveCausalMask(n: Int, dtype: DType = DType.FLOAT32): MlxArray =
    MultiHeadAttention.createAdditiveCausalMask(n, dtype)

/** Makes a transformer of an encoder and a decoder; see [Transformer.of]. */
public fun Transformer(
    dims: Int = 512,
    numHeads: Int = 8,
    numEncoderLayers: Int = 6,
    numDecoderLayers: Int = 6,
    mlpDims: Int? = null,
    dropout: Double = 0.0,
    activation: Layer = Layer(Activations::relu),
    normFirst: Boolean = true,
    checkpoint: Boolean = false,
): Transformer =
    Transformer.of(
        dims,
        numHeads,
        numEncoderLayers,
        numDecoderLayers,
        mlpDims,
        dropout,
        activation,
        normFirst,
        checkpoint,
    )

/** Makes the part of a transformer that encodes sequences; see [TransformerEncoder.of]. */
public fun TransformerEncoder(
    numLayers: Int,
    dims: Int,
    numHeads: Int,
    mlpDims: Int? = null,
    dropout: Double = 0.0,
    activation: Layer = Layer(Activations::relu),
    normFirst: Boolean = true,
    checkpoint: Boolean = false,
): TransformerEncoder =
    TransformerEncoder.of(
        numLayers,
        dims,
        numHeads,
        mlpDims,
        dropout,
        activation,
        normFirst,
        checkpoint,
    )

/**
 * Makes a layer of the part of a transformer that encodes sequences; see
 * [TransformerEncoderLayer.of].
 */
public fun TransformerEncoderLayer(
    dims: Int,
    numHeads: Int,
    mlpDims: Int? = null,
    dropout: Double = 0.0,
    activation: Layer = Layer(Activations::relu),
    normFirst: Boolean = true,
): TransformerEncoderLayer =
    TransformerEncoderLayer.of(dims, numHeads, mlpDims, dropout, activation, normFirst)

/** Makes the part of a transformer that decodes sequences; see [TransformerDecoder.of]. */
public fun TransformerDecoder(
    numLayers: Int,
    dims: Int,
    numHeads: Int,
    mlpDims: Int? = null,
    dropout: Double = 0.0,
    activation: Layer = Layer(Activations::relu),
    normFirst: Boolean = true,
    checkpoint: Boolean = false,
): TransformerDecoder =
    TransformerDecoder.of(
        numLayers,
        dims,
        numHeads,
        mlpDims,
        dropout,
        activation,
        normFirst,
        checkpoint,
    )

/**
 * Makes a layer of the part of a transformer that decodes sequences; see
 * [TransformerDecoderLayer.of].
 */
public fun TransformerDecoderLayer(
    dims: Int,
    numHeads: Int,
    mlpDims: Int? = null,
    dropout: Double = 0.0,
    activation: Layer = Layer(Activations::relu),
    normFirst: Boolean = true,
): TransformerDecoderLayer =
    TransformerDecoderLayer.of(dims, numHeads, mlpDims, dropout, activation, normFirst)

/** Applies a transformer; see [Transformer.apply]. */
public fun Transformer.apply(
    src: MlxArray,
    tgt: MlxArray,
    srcMask: MlxArray? = null,
    tgtMask: MlxArray? = null,
    memoryMask: MlxArray? = null,
    key: MlxArray? = null,
): MlxArray = apply(src, tgt, srcMask, tgtMask, memoryMask, key)

/** Applies an encoder; see [TransformerEncoder.apply]. */
public fun TransformerEncoder.apply(
    x: MlxArray,
    mask: MlxArray? = null,
    key: MlxArray? = null,
): MlxArray = apply(x, mask, key)

/** Applies a layer of an encoder; see [TransformerEncoderLayer.apply]. */
public fun TransformerEncoderLayer.apply(
    x: MlxArray,
    mask: MlxArray? = null,
    key: MlxArray? = null,
): MlxArray = apply(x, mask, key)

/** Applies a decoder; see [TransformerDecoder.apply]. */
public fun TransformerDecoder.apply(
    x: MlxArray,
    memory: MlxArray,
    xMask: MlxArray? = null,
    memoryMask: MlxArray? = null,
    key: MlxArray? = null,
): MlxArray = apply(x, memory, xMask, memoryMask, key)

/** Applies a layer of a decoder; see [TransformerDecoderLayer.apply]. */
public fun TransformerDecoderLayer.apply(
    x: MlxArray,
    memory: MlxArray,
    xMask: MlxArray? = null,
    memoryMask: MlxArray? = null,
    key: MlxArray? = null,
): MlxArray = apply(x, memory, xMask, memoryMask, key)

/** Makes a layer of rotary positional encoding; see [RoPE.of]. */
public fun RoPE(
    dims: Int,
    traditional: Boolean = false,
    base: Double = 10000.0,
    scale: Double = 1.0,
): RoPE = RoPE.of(dims, traditional, base, scale)

/** Applies rotary positional encoding; see [RoPE.apply]. */
public fun RoPE.apply(x: MlxArray, offset: Int = 0): MlxArray = apply(x, offset)

/** Makes a layer of sinusoidal positional encoding; see [SinusoidalPositionalEncoding.of]. */
public fun SinusoidalPositionalEncoding(
    dims: Int,
    minFreq: Double = 0.0001,
    maxFreq: Double = 1.0,
    scale: Double? = null,
    cosFirst: Boolean = false,
    fullTurns: Boolean = false,
): SinusoidalPositionalEncoding =
    SinusoidalPositionalEncoding.of(dims, minFreq, maxFreq, scale, cosFirst, fullTurns)

/** Adds linear biases to attention scores; see [ALiBi.apply]. */
public fun ALiBi.apply(
    attentionScores: MlxArray,
    offset: Int = 0,
    mask: MlxArray? = null,
): MlxArray = apply(attentionScores, offset, mask)

/** Makes the linear biases; see [ALiBi.createAlibiMatrix]. */
public fun createAlibiMatrix(
    qSequenceLength: Int,
    kSequenceLength: Int,
    numHeads: Int,
    offset: Int = 0,
    dtype: DType = DType.FLOAT32,
): MlxArray = ALiBi.createAlibiMatrix(qSequenceLength, kSequenceLength, numHeads, offset, dtype)

/** Makes the slopes of the linear biases; see [ALiBi.createAlibiSlope]. */
public fun createAlibiSlope(numHeads: Int, dtype: DType = DType.FLOAT32): MlxArray =
    ALiBi.createAlibiSlope(numHeads, dtype)
