/** Arithmetic and comparisons of arrays with Kotlin's operators and infix functions. */
package org.mlx4j.kotlin

import org.mlx4j.MlxArray
import org.mlx4j.Ops

// A number beside an array has the array's dtype where that can hold it, as in MLX: whole numbers
// go to the methods
// that take a long, others to those that take a double.
internal inline fun Number.beside(
    function: String,
    whole: (Long) -> MlxArray,
    real: (Double) -> MlxArray,
): MlxArray =
    when (this) {
        is Int,
        is Long,
        is Short,
        is Byte -> whole(toLong())
        is Double,
        is Float -> real(toDouble())
        else ->
            throw IllegalArgumentException(
                "[$function] the number $this is of ${javaClass.name}; it must be an Int, Long, Short, Byte, Double or Float"
            )
    }

/** Returns the sum of two arrays, element by element; see [MlxArray.add]. */
public operator fun MlxArray.plus(y: MlxArray): MlxArray = add(y)

/** Adds a number to every element; see [MlxArray.add]. */
public operator fun MlxArray.plus(y: Number): MlxArray = y.beside("plus", ::add, ::add)

/** Adds every element to a number; see [MlxArray.add]. */
public operator fun Number.plus(y: MlxArray): MlxArray =
    beside("plus", { Ops.add(it, y) }, { Ops.add(it, y) })

/** Returns the difference of two arrays, element by element; see [MlxArray.subtract]. */
public operator fun MlxArray.minus(y: MlxArray): MlxArray = subtract(y)

/** Subtracts a number from every element; see [MlxArray.subtract]. */
public operator fun MlxArray.minus(y: Number): MlxArray = y.beside("minus", ::subtract, ::subtract)

/** Subtracts every element from a number; see [MlxArray.subtract]. */
public operator fun Number.minus(y: MlxArray): MlxArray =
    beside("minus", { Ops.subtract(it, y) }, { Ops.subtract(it, y) })

/**
 * Returns the product of two arrays, element by element; see [MlxArray.multiply]. For matrices see
 * [MlxArray.matmul].
 */
public operator fun MlxArray.times(y: MlxArray): MlxArray = multiply(y)

/** Multiplies every element by a number; see [MlxArray.multiply]. */
public operator fun MlxArray.times(y: Number): MlxArray = y.beside("times", ::multiply, ::multiply)

/** Multiplies a number by every element; see [MlxArray.multiply]. */
public operator fun Number.times(y: MlxArray): MlxArray =
    beside("times", { Ops.multiply(it, y) }, { Ops.multiply(it, y) })

/**
 * Returns the quotient of two arrays, element by element; see [MlxArray.divide]. Unlike that of
 * Kotlin's integers, the quotient of integer arrays is a floating-point number;
 * [MlxArray.floorDivide] rounds it.
 */
public operator fun MlxArray.div(y: MlxArray): MlxArray = divide(y)

/** Divides every element by a number; see [MlxArray.divide]. */
public operator fun MlxArray.div(y: Number): MlxArray = y.beside("div", ::divide, ::divide)

/** Divides a number by every element; see [MlxArray.divide]. */
public operator fun Number.div(y: MlxArray): MlxArray =
    beside("div", { Ops.divide(it, y) }, { Ops.divide(it, y) })

/**
 * Returns the remainder of a division, element by element; see [MlxArray.remainder]. Unlike that of
 * Kotlin's numbers, it has the sign of the divisor, as [mod] has.
 */
public operator fun MlxArray.rem(y: MlxArray): MlxArray = remainder(y)

/** Returns the remainders of a division by a number; see [MlxArray.remainder]. */
public operator fun MlxArray.rem(y: Number): MlxArray = y.beside("rem", ::remainder, ::remainder)

/** Returns the remainders of a division of a number; see [MlxArray.remainder]. */
public operator fun Number.rem(y: MlxArray): MlxArray =
    beside("rem", { Ops.remainder(it, y) }, { Ops.remainder(it, y) })

/** Returns the negated elements; see [MlxArray.negative]. */
public operator fun MlxArray.unaryMinus(): MlxArray = negative()

/** Tells where elements are false, or zero; see [MlxArray.logicalNot]. */
public operator fun MlxArray.not(): MlxArray = logicalNot()

/** Combines the bits of two arrays, or their booleans, by "and"; see [MlxArray.bitwiseAnd]. */
public infix fun MlxArray.and(y: MlxArray): MlxArray = bitwiseAnd(y)

/** Combines the bits of two arrays, or their booleans, by "or"; see [MlxArray.bitwiseOr]. */
public infix fun MlxArray.or(y: MlxArray): MlxArray = bitwiseOr(y)

// Kotlin's == and < return a Boolean, so comparisons of elements have names.

/** Tells where two arrays have equal elements, as an array of dtype bool; see [MlxArray.equal]. */
public infix fun MlxArray.eq(y: MlxArray): MlxArray = equal(y)

/** Tells where elements equal a number; see [MlxArray.equal]. */
public infix fun MlxArray.eq(y: Number): MlxArray = y.beside("eq", ::equal, ::equal)

/** Tells where two arrays have different elements; see [MlxArray.notEqual]. */
public infix fun MlxArray.ne(y: MlxArray): MlxArray = notEqual(y)

/** Tells where elements differ from a number; see [MlxArray.notEqual]. */
public infix fun MlxArray.ne(y: Number): MlxArray = y.beside("ne", ::notEqual, ::notEqual)

/** Tells where the elements of this array are less than those of another; see [MlxArray.less]. */
public infix fun MlxArray.lt(y: MlxArray): MlxArray = less(y)

/** Tells where elements are less than a number; see [MlxArray.less]. */
public infix fun MlxArray.lt(y: Number): MlxArray = y.beside("lt", ::less, ::less)

/**
 * Tells where the elements of this array are less than those of another, or equal; see
 * [MlxArray.lessEqual].
 */
public infix fun MlxArray.le(y: MlxArray): MlxArray = lessEqual(y)

/** Tells where elements are less than a number, or equal; see [MlxArray.lessEqual]. */
public infix fun MlxArray.le(y: Number): MlxArray = y.beside("le", ::lessEqual, ::lessEqual)

/**
 * Tells where the elements of this array are greater than those of another; see [MlxArray.greater].
 */
public infix fun MlxArray.gt(y: MlxArray): MlxArray = greater(y)

/** Tells where elements are greater than a number; see [MlxArray.greater]. */
public infix fun MlxArray.gt(y: Number): MlxArray = y.beside("gt", ::greater, ::greater)

/**
 * Tells where the elements of this array are greater than those of another, or equal; see
 * [MlxArray.greaterEqual].
 */
public infix fun MlxArray.ge(y: MlxArray): MlxArray = greaterEqual(y)

/** Tells where elements are greater than a number, or equal; see [MlxArray.greaterEqual]. */
public infix fun MlxArray.ge(y: Number): MlxArray = y.beside("ge", ::greaterEqual, ::greaterEqual)
