/** Creation of arrays with default arguments: `zeros(2, 3, dtype = DType.FLOAT16)`. */
package org.mlx4j.kotlin

import org.mlx4j.DType
import org.mlx4j.MlxArray
import org.mlx4j.Ops

/** Makes an array of zeros; see [Ops.zeros]. */
public fun zeros(vararg shape: Int, dtype: DType = DType.FLOAT32): MlxArray =
    Ops.zeros(shape, dtype)

/** Makes an array of zeros in the shape of another; see [Ops.zerosLike]. */
public fun zerosLike(a: MlxArray, dtype: DType = a.dtype()): MlxArray = Ops.zerosLike(a, dtype)

/** Makes an array of ones; see [Ops.ones]. */
public fun ones(vararg shape: Int, dtype: DType = DType.FLOAT32): MlxArray = Ops.ones(shape, dtype)

/** Makes an array of ones in the shape of another; see [Ops.onesLike]. */
public fun onesLike(a: MlxArray, dtype: DType = a.dtype()): MlxArray = Ops.onesLike(a, dtype)

/**
 * Makes an array of one number; see [Ops.full]. Without a dtype, it is that of the number: int32 or
 * int64 for a whole number, float32 for another.
 */
public fun full(vararg shape: Int, vals: Number, dtype: DType? = null): MlxArray =
    vals.beside(
        "full",
        { if (dtype == null) Ops.full(shape, it) else Ops.full(shape, it, dtype) },
        { if (dtype == null) Ops.full(shape, it) else Ops.full(shape, it, dtype) },
    )

/** Makes an array of values, which are broadcast to the shape; see [Ops.full]. */
public fun full(vararg shape: Int, vals: MlxArray, dtype: DType = vals.dtype()): MlxArray =
    Ops.full(shape, vals, dtype)

/** Makes an array of one number in the shape of another; see [Ops.fullLike]. */
public fun fullLike(a: MlxArray, vals: Double, dtype: DType = a.dtype()): MlxArray =
    Ops.fullLike(a, vals, dtype)

/** Makes an array of one whole number in the shape of another; see [Ops.fullLike]. */
public fun fullLike(a: MlxArray, vals: Long, dtype: DType = a.dtype()): MlxArray =
    Ops.fullLike(a, vals, dtype)

/** Makes an array of values, which are broadcast to the shape of another; see [Ops.fullLike]. */
public fun fullLike(a: MlxArray, vals: MlxArray, dtype: DType = vals.dtype()): MlxArray =
    Ops.fullLike(a, vals, dtype)

/** Makes the whole numbers from 0 to before `stop`; see [Ops.arange]. */
public fun arange(stop: Int, dtype: DType = DType.INT32): MlxArray =
    Ops.arange(0L, stop.toLong(), 1L, dtype)

/** Makes the whole numbers from `start` to before `stop`; see [Ops.arange]. */
public fun arange(start: Int, stop: Int, step: Int = 1, dtype: DType = DType.INT32): MlxArray =
    Ops.arange(start.toLong(), stop.toLong(), step.toLong(), dtype)

/** Makes the whole numbers from 0 to before `stop`; see [Ops.arange]. */
public fun arange(stop: Long, dtype: DType = DType.INT64): MlxArray =
    Ops.arange(0L, stop, 1L, dtype)

/** Makes the whole numbers from `start` to before `stop`; see [Ops.arange]. */
public fun arange(start: Long, stop: Long, step: Long = 1, dtype: DType = DType.INT64): MlxArray =
    Ops.arange(start, stop, step, dtype)

/** Makes the numbers from 0 to before `stop`; see [Ops.arange]. */
public fun arange(stop: Double, dtype: DType = DType.FLOAT32): MlxArray =
    Ops.arange(0.0, stop, 1.0, dtype)

/** Makes the numbers from `start` to before `stop`; see [Ops.arange]. */
public fun arange(
    start: Double,
    stop: Double,
    step: Double = 1.0,
    dtype: DType = DType.FLOAT32,
): MlxArray = Ops.arange(start, stop, step, dtype)

/** Makes numbers at equal distances; see [Ops.linspace]. */
public fun linspace(
    start: Double,
    stop: Double,
    num: Int = 50,
    endpoint: Boolean = true,
    dtype: DType = DType.FLOAT32,
): MlxArray = Ops.linspace(start, stop, num, endpoint, dtype)

/** Makes a matrix with ones on a diagonal; see [Ops.eye]. */
public fun eye(n: Int, m: Int = n, k: Int = 0, dtype: DType = DType.FLOAT32): MlxArray =
    Ops.eye(n, m, k, dtype)

/** Makes an identity matrix; see [Ops.identity]. */
public fun identity(n: Int, dtype: DType = DType.FLOAT32): MlxArray = Ops.identity(n, dtype)

/** Makes a matrix with ones on a diagonal and below it; see [Ops.tri]. */
public fun tri(n: Int, m: Int = n, k: Int = 0, dtype: DType = DType.FLOAT32): MlxArray =
    Ops.tri(n, m, k, dtype)
