/** Initializers with default arguments: `Init.normal(std = 0.02)`. */
package org.mlx4j.kotlin

import org.mlx4j.DType
import org.mlx4j.nn.FanMode
import org.mlx4j.nn.Initializer
import org.mlx4j.nn.Initializers

/**
 * The initializers of [Initializers] that have options. An object keeps them apart from functions
 * that draw arrays.
 */
public object Init {
    /** Returns an initializer of one number; see [Initializers.constant]. */
    public fun constant(value: Double, dtype: DType = DType.FLOAT32): Initializer =
        Initializers.constant(value, dtype)

    /** Returns an initializer of normal numbers; see [Initializers.normal]. */
    public fun normal(
        mean: Double = 0.0,
        std: Double = 1.0,
        dtype: DType = DType.FLOAT32,
    ): Initializer = Initializers.normal(mean, std, dtype)

    /** Returns an initializer of uniform numbers; see [Initializers.uniform]. */
    public fun uniform(
        low: Double = 0.0,
        high: Double = 1.0,
        dtype: DType = DType.FLOAT32,
    ): Initializer = Initializers.uniform(low, high, dtype)

    /** Returns an initializer of identity matrices; see [Initializers.identity]. */
    public fun identity(dtype: DType = DType.FLOAT32): Initializer = Initializers.identity(dtype)

    /** Returns Glorot's initializer of normal numbers; see [Initializers.glorotNormal]. */
    public fun glorotNormal(gain: Double = 1.0, dtype: DType = DType.FLOAT32): Initializer =
        Initializers.glorotNormal(gain, dtype)

    /** Returns Glorot's initializer of uniform numbers; see [Initializers.glorotUniform]. */
    public fun glorotUniform(gain: Double = 1.0, dtype: DType = DType.FLOAT32): Initializer =
        Initializers.glorotUniform(gain, dtype)

    /** Returns He's initializer of normal numbers; see [Initializers.heNormal]. */
    public fun heNormal(
        mode: FanMode = FanMode.FAN_IN,
        gain: Double = 1.0,
        dtype: DType = DType.FLOAT32,
    ): Initializer = Initializers.heNormal(mode, gain, dtype)

    /** Returns He's initializer of uniform numbers; see [Initializers.heUniform]. */
    public fun heUniform(
        mode: FanMode = FanMode.FAN_IN,
        gain: Double = 1.0,
        dtype: DType = DType.FLOAT32,
    ): Initializer = Initializers.heUniform(mode, gain, dtype)

    /**
     * Returns an initializer of matrices with zeros and normal numbers; see [Initializers.sparse].
     */
    public fun sparse(
        sparsity: Double,
        mean: Double = 0.0,
        std: Double = 1.0,
        dtype: DType = DType.FLOAT32,
    ): Initializer = Initializers.sparse(sparsity, mean, std, dtype)

    /** Returns an initializer of orthogonal matrices; see [Initializers.orthogonal]. */
    public fun orthogonal(gain: Double = 1.0, dtype: DType = DType.FLOAT32): Initializer =
        Initializers.orthogonal(gain, dtype)
}
