/**
 * Rounding and comparisons with tolerances, with default arguments: `x.isclose(y, rtol = 1e-3)`.
 */
package org.mlx4j.kotlin

import org.mlx4j.MlxArray

/** Rounds to a number of decimals; see [MlxArray.round]. */
public fun MlxArray.round(decimals: Int = 0): MlxArray = round(decimals)

/**
 * Replaces NaN and infinities; see [MlxArray.nanToNum]. Where `posinf` or `neginf` is NaN, the
 * greatest and the least finite number of the dtype take its place.
 */
public fun MlxArray.nanToNum(
    nan: Float = 0f,
    posinf: Float = Float.NaN,
    neginf: Float = Float.NaN,
): MlxArray = nanToNum(nan, posinf, neginf)

/** Tells whether two arrays have the same shape and elements; see [MlxArray.arrayEqual]. */
public fun MlxArray.arrayEqual(y: MlxArray, equalNan: Boolean = false): MlxArray =
    arrayEqual(y, equalNan)

/** Tells whether all elements of two arrays are close; see [MlxArray.allclose]. */
public fun MlxArray.allclose(
    y: MlxArray,
    rtol: Double = 1e-5,
    atol: Double = 1e-8,
    equalNan: Boolean = false,
): MlxArray = allclose(y, rtol, atol, equalNan)

/** Tells which elements of two arrays are close; see [MlxArray.isclose]. */
public fun MlxArray.isclose(
    y: MlxArray,
    rtol: Double = 1e-5,
    atol: Double = 1e-8,
    equalNan: Boolean = false,
): MlxArray = isclose(y, rtol, atol, equalNan)
