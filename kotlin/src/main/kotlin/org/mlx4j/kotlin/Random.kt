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

/**
 * Draws normal numbers with the mean `loc` and the standard deviation `scale`; see
 * [MlxRandom.normal].
 */
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

/**
 * Draws bools that are true with the probabilities `p`, in their shape unless another is given; see
 * [MlxRandom.bernoulli].
 */
public fun bernoulli(p: MlxArray, shape: IntArray? = null, key: MlxArray? = null): MlxArray =
    if (shape == null) MlxRandom.bernoulli(p, key) else MlxRandom.bernoulli(p, shape, key)

/**
 * Draws normal vectors with the mean `mean` and the covariance `cov`; see
 * [MlxRandom.multivariateNormal].
 */
public fun multivariateNormal(
    mean: MlxArray,
    cov: MlxArray,
    shape: IntArray = intArrayOf(),
    dtype: DType = DType.FLOAT32,
    key: MlxArray? = null,
): MlxArray = MlxRandom.multivariateNormal(mean, cov, shape, dtype, key)

/** Draws standard normal numbers between `lower` and `upper`; see [MlxRandom.truncatedNormal]. */
public fun truncatedNormal(
    lower: Double,
    upper: Double,
    vararg shape: Int,
    dtype: DType = DType.FLOAT32,
    key: MlxArray? = null,
): MlxArray = MlxRandom.truncatedNormal(lower, upper, shape, dtype, key)

/**
 * Draws standard normal numbers between the elements of `lower` and `upper`, in their shape unless
 * another is given; see [MlxRandom.truncatedNormal].
 */
public fun truncatedNormal(
    lower: MlxArray,
    upper: MlxArray,
    shape: IntArray? = null,
    dtype: DType = DType.FLOAT32,
    key: MlxArray? = null,
): MlxArray =
    if (shape == null) {
        MlxRandom.truncatedNormal(lower, upper, dtype, key)
    } else {
        MlxRandom.truncatedNormal(lower, upper, shape, dtype, key)
    }

/** Draws numbers of the standard Gumbel distribution; see [MlxRandom.gumbel]. */
public fun gumbel(
    vararg shape: Int,
    dtype: DType = DType.FLOAT32,
    key: MlxArray? = null,
): MlxArray = MlxRandom.gumbel(shape, dtype, key)

/** Draws numbers of the Laplace distribution; see [MlxRandom.laplace]. */
public fun laplace(
    vararg shape: Int,
    dtype: DType = DType.FLOAT32,
    loc: Double = 0.0,
    scale: Double = 1.0,
    key: MlxArray? = null,
): MlxArray = MlxRandom.laplace(shape, dtype, loc, scale, key)

/**
 * Draws classes, of which `logits` has the unnormalized logarithms of the probabilities along an
 * axis; see [MlxRandom.categorical].
 *
 * @param shape the shape of the result, to which that of the logits without the axis is broadcast
 * @param numSamples the number of draws from each distribution, which become the last axis
 * @throws IllegalArgumentException if both `shape` and `numSamples` are given, or as in
 *   [MlxRandom.categorical]
 */
public fun categorical(
    logits: MlxArray,
    axis: Int = -1,
    shape: IntArray? = null,
    numSamples: Int? = null,
    key: MlxArray? = null,
): MlxArray =
    when {
        shape != null && numSamples != null ->
            throw IllegalArgumentException(
                "[categorical] the shape ${shape.asList()} and numSamples $numSamples are given; only one of them may be"
            )
        shape != null -> MlxRandom.categorical(logits, axis, shape, key)
        numSamples != null -> MlxRandom.categorical(logits, axis, numSamples, key)
        else -> MlxRandom.categorical(logits, axis, key)
    }

/** Returns the integers from 0 to before `x` in random order; see [MlxRandom.permutation]. */
public fun permutation(x: Int, key: MlxArray? = null): MlxArray = MlxRandom.permutation(x, key)

/** Returns the parts of an array along an axis in random order; see [MlxRandom.permutation]. */
public fun permutation(x: MlxArray, axis: Int = 0, key: MlxArray? = null): MlxArray =
    MlxRandom.permutation(x, axis, key)
