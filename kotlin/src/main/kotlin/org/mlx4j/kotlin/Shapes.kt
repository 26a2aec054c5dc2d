/** Shapes with default arguments: `x.flatten(startAxis = 1)`, `stack(a, b, axis = 1)`. */
package org.mlx4j.kotlin

import org.mlx4j.MeshIndexing
import org.mlx4j.MlxArray
import org.mlx4j.Ops
import org.mlx4j.PadMode

/** Joins a range of axes into one; see [MlxArray.flatten]. */
public fun MlxArray.flatten(startAxis: Int = 0, endAxis: Int = -1): MlxArray =
    flatten(startAxis, endAxis)

/** Shifts the elements along an axis, or those of the flattened array; see [MlxArray.roll]. */
public fun MlxArray.roll(shift: Int, axis: Int? = null): MlxArray =
    if (axis == null) roll(shift) else roll(shift, axis)

/** Repeats the elements along an axis, or those of the flattened array; see [MlxArray.repeat]. */
public fun MlxArray.repeat(repeats: Int, axis: Int? = null): MlxArray =
    if (axis == null) repeat(repeats) else repeat(repeats, axis)

/** Adds `width` elements at both ends of every axis; see [MlxArray.pad]. */
public fun MlxArray.pad(
    width: Int,
    mode: PadMode = PadMode.CONSTANT,
    constantValues: Double = 0.0,
): MlxArray = pad(Array(ndim()) { intArrayOf(width, width) }, mode, constantValues)

/**
 * Adds elements at the ends of axes, of which `widths` has the two numbers for each; see
 * [MlxArray.pad].
 */
public fun MlxArray.pad(
    widths: Array<IntArray>,
    mode: PadMode = PadMode.CONSTANT,
    constantValues: Double = 0.0,
): MlxArray = pad(widths, mode, constantValues)

/** Divides an array into equal parts; see [MlxArray.split]. */
public fun MlxArray.split(sections: Int, axis: Int = 0): Array<MlxArray> = split(sections, axis)

/** Divides an array at indices; see [MlxArray.split]. */
public fun MlxArray.split(indices: IntArray, axis: Int = 0): Array<MlxArray> = split(indices, axis)

/** Divides an array into those along an axis; see [MlxArray.unstack]. */
public fun MlxArray.unstack(axis: Int = 0): Array<MlxArray> = unstack(axis)

/** Returns a diagonal of the matrices that two axes form; see [MlxArray.diagonal]. */
public fun MlxArray.diagonal(offset: Int = 0, axis1: Int = 0, axis2: Int = 1): MlxArray =
    diagonal(offset, axis1, axis2)

/** Returns a diagonal of a matrix, or a matrix with a vector on a diagonal; see [MlxArray.diag]. */
public fun MlxArray.diag(k: Int = 0): MlxArray = diag(k)

/** Returns the lower triangle, with zeros above it; see [MlxArray.tril]. */
public fun MlxArray.tril(k: Int = 0): MlxArray = tril(k)

/** Returns the upper triangle, with zeros below it; see [MlxArray.triu]. */
public fun MlxArray.triu(k: Int = 0): MlxArray = triu(k)

/** Returns an array whose elements lie in order in memory; see [MlxArray.contiguous]. */
public fun MlxArray.contiguous(allowColMajor: Boolean = false): MlxArray = contiguous(allowColMajor)

/** Returns a view with another shape and other strides; see [MlxArray.asStrided]. */
public fun MlxArray.asStrided(
    shape: IntArray? = null,
    strides: LongArray? = null,
    offset: Long = 0,
): MlxArray = asStrided(shape, strides, offset)

/** Joins arrays along an axis; see [Ops.concatenate]. */
public fun concatenate(vararg arrays: MlxArray, axis: Int = 0): MlxArray =
    Ops.concatenate(arrays, axis)

/** Joins arrays along an axis; see [Ops.concat]. */
public fun concat(vararg arrays: MlxArray, axis: Int = 0): MlxArray = Ops.concat(arrays, axis)

/** Joins arrays along a new axis; see [Ops.stack]. */
public fun stack(vararg arrays: MlxArray, axis: Int = 0): MlxArray = Ops.stack(arrays, axis)

/** Makes the coordinates of a grid; see [Ops.meshgrid]. */
public fun meshgrid(
    vararg arrays: MlxArray,
    sparse: Boolean = false,
    indexing: MeshIndexing = MeshIndexing.XY,
): Array<MlxArray> = Ops.meshgrid(arrays, sparse, indexing)
