/** Random arrays with default arguments. Without a key, they take the next one of the process. */
package org.mlx4j.kotlin

import org.mlx4j.DType
import org.mlx4j.MlxArray
import org.mlx4j.MlxRandom

/** Draws numbers that are uniform between `low` and `high`; see [MlxRandom.uniform]. */
public fun uniform(
    vararg shape: Int,
    low: Double = 0.0,
    high: Double = 1.0,
    dtype: DType = DType.FLOAT32,
    key: MlxArray? = null,
): MlxArray = MlxRandom.uniform(low, high, shape, dtype, key)

/** Draws normal numbers with the mean `loc` and the standard deviation `scale`; see [MlxRandom.normal]. */
public fun normal(
    vararg shape: Int,
    loc: Double = 0.0,
    scale: Double = 1.0,
    dtype: DType = DType.FLOAT32,
    key: MlxArray? = null,
): MlxArray = MlxRandom.normal(shape, dtype, loc, scale, key)

/** Draws integers from `low` to before `high`; see [MlxRandom.randint]. */
public fun randint(
    vararg shape: Int,
    low: Long = 0,
    high: Long,
    dtype: DType = DType.INT32,
    key: MlxArray? = null,
): MlxArray = MlxRandom.randint(low, high, shape, dtype, key)

/** Draws bools that are true with the probability `p`; see [MlxRandom.bernoulli]. */
public fun bernoulli(vararg shape: Int, p: Double = 0.5, key: MlxArray? = null): MlxArray =
    MlxRandom.bernoulli(p, shape, key)
