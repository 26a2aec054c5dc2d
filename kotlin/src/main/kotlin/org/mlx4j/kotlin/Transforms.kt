/**
 * Transforms of functions with default arguments: `compile({ x -> x.exp() }, shapeless = true)`.
 */
package org.mlx4j.kotlin

import org.mlx4j.ArrayBiFunction
import org.mlx4j.ArrayFunction
import org.mlx4j.ArraysFunction
import org.mlx4j.ArraysFunctionHandle
import org.mlx4j.TransformedArraysFunction
import org.mlx4j.TransformedBiFunction
import org.mlx4j.TransformedFunction
import org.mlx4j.Transforms
import org.mlx4j.ValueAndGradFunction

/** Maps a function over an axis; see [Transforms.vmap]. */
public fun vmap(f: ArrayFunction, inAxis: Int = 0, outAxis: Int = 0): TransformedFunction =
    Transforms.vmap(f, inAxis, outAxis)

/** Maps a function of two arrays over an axis of each; see [Transforms.vmap]. */
public fun vmap(
    f: ArrayBiFunction,
    inAxes: IntArray = intArrayOf(0, 0),
    outAxis: Int = 0,
): TransformedBiFunction = Transforms.vmap(f, inAxes, outAxis)

/** Makes a function that computes what was recorded once; see [Transforms.compile]. */
public fun compile(f: ArrayFunction, shapeless: Boolean = false): TransformedFunction =
    Transforms.compile(f, shapeless)

/** Makes a function that computes what was recorded once; see [Transforms.compile]. */
public fun compile(f: ArrayBiFunction, shapeless: Boolean = false): TransformedBiFunction =
    Transforms.compile(f, shapeless)

/** Makes a function that computes what was recorded once; see [Transforms.compile]. */
public fun compile(f: ArraysFunctionHandle, shapeless: Boolean = false): TransformedArraysFunction =
    Transforms.compile(f, shapeless)

/** Makes a function that computes what was recorded once; see [Transforms.compile]. */
public fun compile(f: ValueAndGradFunction, shapeless: Boolean = false): ValueAndGradFunction =
    Transforms.compile(f, shapeless)

/**
 * Makes a function of arrays that computes what was recorded once; see [Transforms.compileArrays].
 */
public fun compileArrays(f: ArraysFunction, shapeless: Boolean = false): TransformedArraysFunction =
    Transforms.compileArrays(f, shapeless)
