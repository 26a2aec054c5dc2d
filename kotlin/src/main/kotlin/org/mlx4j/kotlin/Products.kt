/** Products of vectors and matrices with default arguments: `c.addmm(a, b, beta = 0.5f)`. */
package org.mlx4j.kotlin

import org.mlx4j.DType
import org.mlx4j.MlxArray

/** Adds the product of two matrices; see [MlxArray.addmm]. */
public fun MlxArray.addmm(a: MlxArray, b: MlxArray, alpha: Float = 1f, beta: Float = 1f): MlxArray =
    addmm(a, b, alpha, beta)

/** Returns the inner products of vectors along an axis; see [MlxArray.vecdot]. */
public fun MlxArray.vecdot(y: MlxArray, axis: Int = -1): MlxArray = vecdot(y, axis)

/**
 * Sums products over the last axes of this array and the first of another; see
 * [MlxArray.tensordot].
 */
public fun MlxArray.tensordot(y: MlxArray, axes: Int = 2): MlxArray = tensordot(y, axes)

/**
 * Sums a diagonal of the matrices that two axes form; see [MlxArray.trace]. Without a dtype, the
 * result has that of the array.
 */
public fun MlxArray.trace(
    offset: Int = 0,
    axis1: Int = 0,
    axis2: Int = 1,
    dtype: DType? = null,
): MlxArray = if (dtype == null) trace(offset, axis1, axis2) else trace(offset, axis1, axis2, dtype)

/**
 * Computes the Hadamard transform along the last axis; see [MlxArray.hadamardTransform]. Without a
 * scale, the transform is orthonormal.
 */
public fun MlxArray.hadamardTransform(scale: Float? = null): MlxArray =
    if (scale == null) hadamardTransform() else hadamardTransform(scale)

/** Multiplies matrices that indices choose; see [MlxArray.gatherMm]. */
public fun MlxArray.gatherMm(
    b: MlxArray,
    lhsIndices: MlxArray? = null,
    rhsIndices: MlxArray? = null,
    sortedIndices: Boolean = false,
): MlxArray = gatherMm(b, lhsIndices, rhsIndices, sortedIndices)

/** Multiplies matrices of which masks leave out blocks; see [MlxArray.blockMaskedMm]. */
public fun MlxArray.blockMaskedMm(
    b: MlxArray,
    blockSize: Int = 64,
    maskOut: MlxArray? = null,
    maskLhs: MlxArray? = null,
    maskRhs: MlxArray? = null,
): MlxArray = blockMaskedMm(b, blockSize, maskOut, maskLhs, maskRhs)
