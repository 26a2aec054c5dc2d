/**
 * Quantized layers with default arguments. Where `groupSize` or `bits` is null, the default of the
 * mode applies.
 */
package org.mlx4j.kotlin

import java.util.function.BiPredicate
import org.mlx4j.QuantizationMode
import org.mlx4j.nn.Layer
import org.mlx4j.nn.Nn
import org.mlx4j.nn.QQLinear
import org.mlx4j.nn.Quantizable
import org.mlx4j.nn.QuantizedEmbedding
import org.mlx4j.nn.QuantizedLinear

/** Makes a layer that multiplies by a quantized matrix; see [QuantizedLinear.of]. */
public fun QuantizedLinear(
    inputDims: Int,
    outputDims: Int,
    bias: Boolean = true,
    groupSize: Int? = null,
    bits: Int? = null,
    mode: QuantizationMode = QuantizationMode.AFFINE,
): QuantizedLinear = QuantizedLinear.of(inputDims, outputDims, bias, groupSize, bits, mode)

/** Makes a layer of quantized vectors, one for each number; see [QuantizedEmbedding.of]. */
public fun QuantizedEmbedding(
    numEmbeddings: Int,
    dims: Int,
    groupSize: Int? = null,
    bits: Int? = null,
    mode: QuantizationMode = QuantizationMode.AFFINE,
): QuantizedEmbedding = QuantizedEmbedding.of(numEmbeddings, dims, groupSize, bits, mode)

/**
 * Makes a layer that quantizes its input and multiplies by a quantized matrix; see [QQLinear.of].
 */
public fun QQLinear(
    inputDims: Int,
    outputDims: Int,
    groupSize: Int? = null,
    bits: Int? = null,
    mode: QuantizationMode = QuantizationMode.NVFP4,
): QQLinear = QQLinear.of(inputDims, outputDims, groupSize, bits, mode)

/** Returns a quantized layer; see [Quantizable.toQuantized]. */
public fun Quantizable.toQuantized(
    groupSize: Int? = null,
    bits: Int? = null,
    mode: QuantizationMode = QuantizationMode.AFFINE,
    quantizeInput: Boolean = false,
): Layer = toQuantized(groupSize, bits, mode, quantizeInput)

/** Quantizes layers of a model; see [Nn.quantize]. */
public fun <M> quantize(
    model: M,
    groupSize: Int? = null,
    bits: Int? = null,
    mode: QuantizationMode = QuantizationMode.AFFINE,
    quantizeInput: Boolean = false,
    predicate: BiPredicate<String, Quantizable> = BiPredicate { _, _ -> true },
): M = Nn.quantize(model, groupSize, bits, mode, quantizeInput, predicate)
