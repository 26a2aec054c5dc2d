/** Selection of elements by arrays of indices, and of parts by bounds, with default arguments. */
package org.mlx4j.kotlin

import org.mlx4j.MlxArray

/** Returns the part between two corners; see [MlxArray.slice]. */
public fun MlxArray.slice(start: IntArray, stop: IntArray, strides: IntArray? = null): MlxArray =
    slice(start, stop, strides)

/** Returns a copy whose part between two corners is replaced; see [MlxArray.sliceUpdate]. */
public fun MlxArray.sliceUpdate(
    update: MlxArray,
    start: IntArray,
    stop: IntArray,
    strides: IntArray? = null,
): MlxArray = sliceUpdate(update, start, stop, strides)

/**
 * Returns the elements at indices along an axis, or in the flattened array; see [MlxArray.take].
 */
public fun MlxArray.take(indices: MlxArray, axis: Int? = null): MlxArray =
    if (axis == null) take(indices) else take(indices, axis)

/**
 * Returns the elements at indices along an axis, which has its own ones for each row; see
 * [MlxArray.takeAlongAxis].
 */
public fun MlxArray.takeAlongAxis(indices: MlxArray, axis: Int = -1): MlxArray =
    takeAlongAxis(indices, axis)

/**
 * Returns a copy with other values at indices along an axis, or in the flattened array; see
 * [MlxArray.putAlongAxis].
 */
public fun MlxArray.putAlongAxis(indices: MlxArray, values: MlxArray, axis: Int? = null): MlxArray =
    if (axis == null) putAlongAxis(indices, values) else putAlongAxis(indices, values, axis)
