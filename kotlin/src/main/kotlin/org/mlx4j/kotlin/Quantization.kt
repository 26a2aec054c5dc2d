/**
 * Quantized products with default arguments. Where `groupSize` or `bits` is null, the default of
 * the mode applies.
 */
package org.mlx4j.kotlin

import org.mlx4j.DType
import org.mlx4j.MlxArray
import org.mlx4j.QuantizationMode
import org.mlx4j.Quantized

/** Quantizes a matrix, or a stack of matrices; see [MlxArray.quantize]. */
public fun MlxArray.quantize(
    groupSize: Int? = null,
    bits: Int? = null,
    mode: QuantizationMode = QuantizationMode.AFFINE,
    globalScale: MlxArray? = null,
): Quantized = quantize(groupSize, bits, mode, globalScale)

/** Returns the matrix that packed elements stand for; see [MlxArray.dequantize]. */
public fun MlxArray.dequantize(
    scales: MlxArray,
    biases: MlxArray? = null,
    groupSize: Int? = null,
    bits: Int? = null,
    mode: QuantizationMode = QuantizationMode.AFFINE,
    globalScale: MlxArray? = null,
    dtype: DType? = null,
): MlxArray = dequantize(scales, biases, groupSize, bits, mode, globalScale, dtype)

/** Multiplies by a quantized matrix; see [MlxArray.quantizedMatmul]. */
public fun MlxArray.quantizedMatmul(
    w: MlxArray,
    scales: MlxArray,
    biases: MlxArray? = null,
    transpose: Boolean = true,
    groupSize: Int? = null,
    bits: Int? = null,
    mode: QuantizationMode = QuantizationMode.AFFINE,
): MlxArray = quantizedMatmul(w, scales, biases, transpose, groupSize, bits, mode)

/** Multiplies matrices that indices choose by quantized ones; see [MlxArray.gatherQmm]. */
public fun MlxArray.gatherQmm(
    w: MlxArray,
    scales: MlxArray,
    biases: MlxArray? = null,
    lhsIndices: MlxArray? = null,
    rhsIndices: MlxArray? = null,
    transpose: Boolean = true,
    groupSize: Int? = null,
    bits: Int? = null,
    mode: QuantizationMode = QuantizationMode.AFFINE,
    globalScale: MlxArray? = null,
    sortedIndices: Boolean = false,
): MlxArray =
    gatherQmm(
        w,
        scales,
        biases,
        lhsIndices,
        rhsIndices,
        transpose,
        groupSize,
        bits,
        mode,
        globalScale,
        sortedIndices,
    )

/** Quantizes this array and multiplies it by a matrix, quantized or not; see [MlxArray.qqmm]. */
public fun MlxArray.qqmm(
    w: MlxArray,
    scales: MlxArray? = null,
    groupSize: Int? = null,
    bits: Int? = null,
    mode: QuantizationMode = QuantizationMode.NVFP4,
    globalScaleX: MlxArray? = null,
    globalScaleW: MlxArray? = null,
): MlxArray = qqmm(w, scales, groupSize, bits, mode, globalScaleX, globalScaleW)

/**
 * Quantizes this array and multiplies matrices that indices choose by quantized ones; see
 * [MlxArray.gatherQqmm].
 */
public fun MlxArray.gatherQqmm(
    w: MlxArray,
    scales: MlxArray? = null,
    lhsIndices: MlxArray? = null,
    rhsIndices: MlxArray? = null,
    groupSize: Int? = null,
    bits: Int? = null,
    mode: QuantizationMode = QuantizationMode.NVFP4,
    globalScaleX: MlxArray? = null,
    globalScaleW: MlxArray? = null,
    sortedIndices: Boolean = false,
): MlxArray =
    gatherQqmm(
        w,
        scales,
        lhsIndices,
        rhsIndices,
        groupSize,
        bits,
        mode,
        globalScaleX,
        globalScaleW,
        sortedIndices,
    )

/** Returns the numbers that bytes stand for in the format E4M3; see [MlxArray.fromFp8]. */
public fun MlxArray.fromFp8(dtype: DType = DType.BFLOAT16): MlxArray = fromFp8(dtype)
