/** Sorting, partitioning and searching with default arguments: `x.topk(5, axis = 0)`. */
package org.mlx4j.kotlin

import org.mlx4j.MlxArray
import org.mlx4j.SearchSide
import org.mlx4j.Unique

/** Sorts the elements along an axis; see [MlxArray.sort]. */
public fun MlxArray.sort(axis: Int = -1): MlxArray = sort(axis)

/** Returns the indices that sort the elements along an axis; see [MlxArray.argsort]. */
public fun MlxArray.argsort(axis: Int = -1): MlxArray = argsort(axis)

/**
 * Moves smaller elements before the one that would be at `kth` in order, and others behind it; see
 * [MlxArray.partition].
 */
public fun MlxArray.partition(kth: Int, axis: Int = -1): MlxArray = partition(kth, axis)

/** Returns the indices that partition the elements along an axis; see [MlxArray.argpartition]. */
public fun MlxArray.argpartition(kth: Int, axis: Int = -1): MlxArray = argpartition(kth, axis)

/** Returns the `k` greatest elements along an axis, in no order; see [MlxArray.topk]. */
public fun MlxArray.topk(k: Int, axis: Int = -1): MlxArray = topk(k, axis)

/** Finds the indices at which values belong in a sorted array; see [MlxArray.searchsorted]. */
public fun MlxArray.searchsorted(values: MlxArray, side: SearchSide = SearchSide.LEFT): MlxArray =
    searchsorted(values, side)

/** Returns the `size` different elements and what else is asked for; see [MlxArray.unique]. */
public fun MlxArray.unique(
    size: Int,
    returnIndex: Boolean = false,
    returnInverse: Boolean = false,
    returnCounts: Boolean = false,
    fillValue: MlxArray? = null,
): Unique = unique(size, returnIndex, returnInverse, returnCounts, fillValue)
