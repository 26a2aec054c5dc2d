/** Indexing of arrays with numbers, ranges and null. */
package org.mlx4j.kotlin

import org.mlx4j.ArrayAt
import org.mlx4j.Index
import org.mlx4j.MlxArray

/**
 * Returns the part of an array that indices select: `x[0, 1..3]`. An index is
 *
 * - an Int, which selects an element of an axis; negative numbers count from the end;
 * - a range or progression of Ints, such as `1..3`, `0..<n`, `-3..-1` or `8 downTo 0 step 2`, which
 *   selects its numbers. They must be all negative or all not negative, and limits beyond the axis
 *   are ignored;
 * - null, for a new axis;
 * - an array of indices or a mask;
 * - an [Index], such as [Index.ellipsis], [Index.all] or [Index.from].
 *
 * @param indices one for each axis, in order; axes without an index are taken whole
 * @return an array without the axes that numbers select from
 * @throws IndexOutOfBoundsException if a known index is out of range
 * @throws IllegalArgumentException if an index is something else, or as in [MlxArray.get]
 */
public operator fun MlxArray.get(vararg indices: Any?): MlxArray = get(*indicesOf("get", indices))

/**
 * Selects elements to replace: `x.at(0, 1..3).set(7)`. Arrays do not change, so there is no
 * assignment `x[0, 1..3] = 7`.
 *
 * @param indices as for [get]
 * @return the selection, whose methods return changed copies of this array
 * @throws IllegalArgumentException if an index is none of those
 */
public fun MlxArray.at(vararg indices: Any?): ArrayAt = at(*indicesOf("at", indices))

private fun indicesOf(function: String, indices: Array<out Any?>): Array<Index> =
    Array(indices.size) { i ->
        when (val index = indices[i]) {
            null -> Index.newAxis()
            is Int -> Index.at(index)
            is IntProgression -> slice(function, index)
            is MlxArray -> Index.of(index)
            is Index -> index
            else ->
                throw IllegalArgumentException(
                    "[$function] index $i is of ${index.javaClass.name}; " +
                        "it must be an Int, a range of Ints, null, an MlxArray or an Index"
                )
        }
    }

private fun slice(function: String, range: IntProgression): Index {
    if (range.isEmpty()) {
        return Index.slice(0, 0)
    }
    if ((range.first < 0) != (range.last < 0)) {
        throw IllegalArgumentException(
            "[$function] the range $range has negative and other numbers; negative ones count from the end. " +
                "For what lies between two places use Index.slice, Index.from or Index.to"
        )
    }
    // the index after the last one; what would change its sign is beyond the end
    val stop =
        if (range.step > 0) (range.last + 1).takeIf { it != 0 && it != Int.MIN_VALUE }
        else range.last - 1
    val open = range.step < 0 && (range.last == 0 || range.last == Int.MIN_VALUE)
    return Index.slice(range.first, if (open) null else stop, range.step)
}
