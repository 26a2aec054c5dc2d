/**
 * Reductions with default arguments: `x.sum(0, 1, keepdims = true)`. Each reduces over all axes if
 * none is given. The short forms `x.sum()` and `x.sum(0)` are those of [MlxArray].
 */
package org.mlx4j.kotlin

import org.mlx4j.DType
import org.mlx4j.MlxArray

// The forms for all axes and for some differ in Java, since an array of no axes reduces over none.
private inline fun reduced(axes: IntArray, all: () -> MlxArray, some: () -> MlxArray): MlxArray =
    if (axes.isEmpty()) all() else some()

/**
 * Returns the sums along axes; see [MlxArray.sum]. With `keepdims`, the axes remain with size 1.
 */
public fun MlxArray.sum(vararg axes: Int, keepdims: Boolean = false): MlxArray =
    reduced(axes, { sum(keepdims) }, { sum(axes, keepdims) })

/**
 * Returns the products along axes; see [MlxArray.prod]. With `keepdims`, the axes remain with
 * size 1.
 */
public fun MlxArray.prod(vararg axes: Int, keepdims: Boolean = false): MlxArray =
    reduced(axes, { prod(keepdims) }, { prod(axes, keepdims) })

/**
 * Returns the means along axes; see [MlxArray.mean]. With `keepdims`, the axes remain with size 1.
 */
public fun MlxArray.mean(vararg axes: Int, keepdims: Boolean = false): MlxArray =
    reduced(axes, { mean(keepdims) }, { mean(axes, keepdims) })

/**
 * Returns the greatest elements along axes; see [MlxArray.max]. With `keepdims`, the axes remain
 * with size 1.
 */
public fun MlxArray.max(vararg axes: Int, keepdims: Boolean = false): MlxArray =
    reduced(axes, { max(keepdims) }, { max(axes, keepdims) })

/**
 * Returns the least elements along axes; see [MlxArray.min]. With `keepdims`, the axes remain with
 * size 1.
 */
public fun MlxArray.min(vararg axes: Int, keepdims: Boolean = false): MlxArray =
    reduced(axes, { min(keepdims) }, { min(axes, keepdims) })

/**
 * Tells whether all elements along axes are true; see [MlxArray.all]. With `keepdims`, the axes
 * remain with size 1.
 */
public fun MlxArray.all(vararg axes: Int, keepdims: Boolean = false): MlxArray =
    reduced(axes, { all(keepdims) }, { all(axes, keepdims) })

/**
 * Tells whether any element along axes is true; see [MlxArray.any]. With `keepdims`, the axes
 * remain with size 1.
 */
public fun MlxArray.any(vararg axes: Int, keepdims: Boolean = false): MlxArray =
    reduced(axes, { any(keepdims) }, { any(axes, keepdims) })

/**
 * Returns the logarithms of the sums of exponentials along axes; see [MlxArray.logsumexp]. With
 * `keepdims`, the axes remain with size 1.
 */
public fun MlxArray.logsumexp(vararg axes: Int, keepdims: Boolean = false): MlxArray =
    reduced(axes, { logsumexp(keepdims) }, { logsumexp(axes, keepdims) })

/**
 * Returns the medians along axes; see [MlxArray.median]. With `keepdims`, the axes remain with
 * size 1.
 */
public fun MlxArray.median(vararg axes: Int, keepdims: Boolean = false): MlxArray =
    reduced(axes, { median(keepdims) }, { median(axes, keepdims) })

/**
 * Returns the numbers of elements that are not zero along axes; see [MlxArray.countNonzero]. With
 * `keepdims`, the axes remain with size 1.
 */
public fun MlxArray.countNonzero(vararg axes: Int, keepdims: Boolean = false): MlxArray =
    reduced(axes, { countNonzero(keepdims) }, { countNonzero(axes, keepdims) })

/**
 * Returns the variances along axes; see `MlxArray.var`, whose name is a keyword of Kotlin. With
 * `keepdims`, the axes remain with size 1; `ddof` is subtracted from the number of elements that is
 * divided by.
 */
public fun MlxArray.variance(vararg axes: Int, keepdims: Boolean = false, ddof: Int = 0): MlxArray =
    reduced(axes, { `var`(keepdims, ddof) }, { `var`(axes, keepdims, ddof) })

/**
 * Returns the standard deviations along axes; see [MlxArray.std]. With `keepdims`, the axes remain
 * with size 1; `ddof` is subtracted from the number of elements that is divided by.
 */
public fun MlxArray.std(vararg axes: Int, keepdims: Boolean = false, ddof: Int = 0): MlxArray =
    reduced(axes, { std(keepdims, ddof) }, { std(axes, keepdims, ddof) })

/**
 * Returns the least and the greatest elements along axes; see [MlxArray.minmax]. With `keepdims`,
 * the axes remain with size 1.
 */
public fun MlxArray.minmax(vararg axes: Int, keepdims: Boolean = false): Array<MlxArray> =
    if (axes.isEmpty()) minmax(keepdims) else minmax(axes, keepdims)

/**
 * Returns the softmax along axes, or over all elements; see [MlxArray.softmax]. With `precise`, it
 * is computed in float32.
 */
public fun MlxArray.softmax(vararg axes: Int, precise: Boolean = false): MlxArray =
    reduced(axes, { softmax(precise) }, { softmax(axes, precise) })

/**
 * Returns the indices of the greatest elements along an axis, or that in the flattened array; see
 * [MlxArray.argmax].
 */
public fun MlxArray.argmax(axis: Int? = null, keepdims: Boolean = false): MlxArray =
    if (axis == null) argmax(keepdims) else argmax(axis, keepdims)

/**
 * Returns the indices of the least elements along an axis, or that in the flattened array; see
 * [MlxArray.argmin].
 */
public fun MlxArray.argmin(axis: Int? = null, keepdims: Boolean = false): MlxArray =
    if (axis == null) argmin(keepdims) else argmin(axis, keepdims)

/**
 * Returns the cumulative sums along an axis, or those of the flattened array; see
 * [MlxArray.cumsum]. With `reverse`, they begin at the end; without `inclusive`, each leaves its
 * own element out. `dtype` is that of the result.
 */
public fun MlxArray.cumsum(
    axis: Int? = null,
    reverse: Boolean = false,
    inclusive: Boolean = true,
    dtype: DType? = null,
): MlxArray =
    when {
        dtype != null && axis != null -> cumsum(axis, reverse, inclusive, dtype)
        dtype != null -> flatten().use { it.cumsum(0, reverse, inclusive, dtype) }
        axis != null -> cumsum(axis, reverse, inclusive)
        else -> cumsum(reverse, inclusive)
    }

/**
 * Returns the cumulative products along an axis, or those of the flattened array; see
 * [MlxArray.cumprod]. With `reverse`, they begin at the end; without `inclusive`, each leaves its
 * own element out. `dtype` is that of the result.
 */
public fun MlxArray.cumprod(
    axis: Int? = null,
    reverse: Boolean = false,
    inclusive: Boolean = true,
    dtype: DType? = null,
): MlxArray =
    when {
        dtype != null && axis != null -> cumprod(axis, reverse, inclusive, dtype)
        dtype != null -> flatten().use { it.cumprod(0, reverse, inclusive, dtype) }
        axis != null -> cumprod(axis, reverse, inclusive)
        else -> cumprod(reverse, inclusive)
    }

/**
 * Returns the cumulative maxima along an axis, or those of the flattened array; see
 * [MlxArray.cummax]. With `reverse`, they begin at the end; without `inclusive`, each leaves its
 * own element out.
 */
public fun MlxArray.cummax(
    axis: Int? = null,
    reverse: Boolean = false,
    inclusive: Boolean = true,
): MlxArray = if (axis == null) cummax(reverse, inclusive) else cummax(axis, reverse, inclusive)

/**
 * Returns the cumulative minima along an axis, or those of the flattened array; see
 * [MlxArray.cummin]. With `reverse`, they begin at the end; without `inclusive`, each leaves its
 * own element out.
 */
public fun MlxArray.cummin(
    axis: Int? = null,
    reverse: Boolean = false,
    inclusive: Boolean = true,
): MlxArray = if (axis == null) cummin(reverse, inclusive) else cummin(axis, reverse, inclusive)

/**
 * Returns the cumulative logarithms of the sums of exponentials along an axis, or those of the
 * flattened array; see [MlxArray.logcumsumexp]. With `reverse`, they begin at the end; without
 * `inclusive`, each leaves its own element out.
 */
public fun MlxArray.logcumsumexp(
    axis: Int? = null,
    reverse: Boolean = false,
    inclusive: Boolean = true,
): MlxArray =
    if (axis == null) logcumsumexp(reverse, inclusive) else logcumsumexp(axis, reverse, inclusive)

/** Returns the differences of neighbors along an axis, `n` times; see [MlxArray.diff]. */
public fun MlxArray.diff(n: Int = 1, axis: Int = -1): MlxArray = diff(n, axis)
