/** Fast operations and custom kernels with default arguments. */
package org.mlx4j.kotlin

import org.mlx4j.AttentionMask
import org.mlx4j.CudaKernel
import org.mlx4j.CustomKernel
import org.mlx4j.DType
import org.mlx4j.Fast
import org.mlx4j.GatedDelta
import org.mlx4j.MathMode
import org.mlx4j.MetalKernel
import org.mlx4j.MlxArray
import org.mlx4j.TemplateArgument

/** Turns pairs of features by angles that depend on the position; see [Fast.rope]. */
public fun rope(
    a: MlxArray,
    dims: Int,
    traditional: Boolean,
    base: Double?,
    scale: Double,
    offset: Int,
    freqs: MlxArray? = null,
): MlxArray = Fast.rope(a, dims, traditional, base, scale, offset, freqs)

/** Turns pairs of features by angles that depend on positions; see [Fast.rope]. */
public fun rope(
    a: MlxArray,
    dims: Int,
    traditional: Boolean,
    base: Double?,
    scale: Double,
    offset: MlxArray,
    freqs: MlxArray? = null,
): MlxArray = Fast.rope(a, dims, traditional, base, scale, offset, freqs)

/** Computes attention; see [Fast.scaledDotProductAttention]. */
public fun scaledDotProductAttention(
    q: MlxArray,
    k: MlxArray,
    v: MlxArray,
    scale: Double,
    mask: AttentionMask = AttentionMask.NONE,
    sinks: MlxArray? = null,
    forceFused: Boolean = false,
): MlxArray = Fast.scaledDotProductAttention(q, k, v, scale, mask, sinks, forceFused)

/** Computes attention with an array as the mask; see [Fast.scaledDotProductAttention]. */
public fun scaledDotProductAttention(
    q: MlxArray,
    k: MlxArray,
    v: MlxArray,
    scale: Double,
    mask: MlxArray?,
    sinks: MlxArray? = null,
    forceFused: Boolean = false,
): MlxArray = Fast.scaledDotProductAttention(q, k, v, scale, mask, sinks, forceFused)

/** Computes the gated delta rule; see [Fast.gatedDeltaUpdate]. */
public fun gatedDeltaUpdate(
    q: MlxArray,
    k: MlxArray,
    v: MlxArray,
    gamma: MlxArray,
    beta: MlxArray,
    initialState: MlxArray? = null,
    mask: MlxArray? = null,
): GatedDelta = Fast.gatedDeltaUpdate(q, k, v, gamma, beta, initialState, mask)

/** Makes a kernel of Metal; see [Fast.metalKernel]. */
public fun metalKernel(
    name: String,
    inputNames: List<String>,
    outputNames: List<String>,
    source: String,
    header: String = "",
    ensureRowContiguous: Boolean = true,
    atomicOutputs: Boolean = false,
    mathMode: MathMode = MathMode.SAFE,
): MetalKernel =
    Fast.metalKernel(
        name,
        inputNames,
        outputNames,
        source,
        header,
        ensureRowContiguous,
        atomicOutputs,
        mathMode,
    )

/** Makes a kernel of CUDA; see [Fast.cudaKernel]. */
public fun cudaKernel(
    name: String,
    inputNames: List<String>,
    outputNames: List<String>,
    source: String,
    header: String = "",
    ensureRowContiguous: Boolean = true,
    sharedMemory: Int = 0,
): CudaKernel =
    Fast.cudaKernel(
        name,
        inputNames,
        outputNames,
        source,
        header,
        ensureRowContiguous,
        sharedMemory,
    )

/** Runs a compiled kernel of CUDA; see [Fast.precompiledCudaKernel]. */
public fun precompiledCudaKernel(
    name: String,
    compiledSource: ByteArray,
    inputs: Array<MlxArray>,
    outputShapes: Array<IntArray>,
    outputDtypes: Array<DType>,
    scalars: List<Any>,
    grid: IntArray,
    threadgroup: IntArray,
    sharedMemory: Int = 0,
    initValue: Double? = null,
    ensureRowContiguous: Boolean = false,
): Array<MlxArray> =
    Fast.precompiledCudaKernel(
        name,
        compiledSource,
        inputs,
        outputShapes,
        outputDtypes,
        scalars,
        grid,
        threadgroup,
        sharedMemory,
        initValue,
        ensureRowContiguous,
    )

/** Runs a kernel; see [CustomKernel.apply]. */
public fun CustomKernel.apply(
    inputs: Array<MlxArray>,
    outputShapes: Array<IntArray>,
    outputDtypes: Array<DType>,
    grid: IntArray,
    threadgroup: IntArray,
    template: List<TemplateArgument> = emptyList(),
    initValue: Double? = null,
    verbose: Boolean = false,
): Array<MlxArray> =
    apply(inputs, outputShapes, outputDtypes, grid, threadgroup, template, initValue, verbose)
