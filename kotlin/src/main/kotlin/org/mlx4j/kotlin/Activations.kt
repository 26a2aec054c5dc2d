/** Activations with default arguments: `leakyRelu(x, negativeSlope = 0.1)`. */
package org.mlx4j.kotlin

import org.mlx4j.MlxArray
import org.mlx4j.nn.Activations

/** Applies the continuously differentiable exponential linear unit; see [Activations.celu]. */
public fun celu(x: MlxArray, alpha: Double = 1.0): MlxArray = Activations.celu(x, alpha)

/** Applies the exponential linear unit; see [Activations.elu]. */
public fun elu(x: MlxArray, alpha: Double = 1.0): MlxArray = Activations.elu(x, alpha)

/** Applies the gated linear unit; see [Activations.glu]. */
public fun glu(x: MlxArray, axis: Int = -1): MlxArray = Activations.glu(x, axis)

/** Replaces elements near 0 by 0; see [Activations.hardShrink]. */
public fun hardShrink(x: MlxArray, lambd: Double = 0.5): MlxArray = Activations.hardShrink(x, lambd)

/** Limits elements to a range; see [Activations.hardTanh]. */
public fun hardTanh(x: MlxArray, minVal: Double = -1.0, maxVal: Double = 1.0): MlxArray =
    Activations.hardTanh(x, minVal, maxVal)

/** Multiplies negative elements by a slope; see [Activations.leakyRelu]. */
public fun leakyRelu(x: MlxArray, negativeSlope: Double = 0.01): MlxArray =
    Activations.leakyRelu(x, negativeSlope)

/** Returns the logarithms of the softmax along an axis; see [Activations.logSoftmax]. */
public fun logSoftmax(x: MlxArray, axis: Int = -1): MlxArray = Activations.logSoftmax(x, axis)

/** Returns the softmax along an axis; see [Activations.softmax]. */
public fun softmax(x: MlxArray, axis: Int = -1): MlxArray = Activations.softmax(x, axis)

/** Returns the softmax of negated elements along an axis; see [Activations.softmin]. */
public fun softmin(x: MlxArray, axis: Int = -1): MlxArray = Activations.softmin(x, axis)

/** Moves elements towards 0; see [Activations.softshrink]. */
public fun softshrink(x: MlxArray, lambd: Double = 0.5): MlxArray = Activations.softshrink(x, lambd)

/** Tells by 1 and 0 which elements reach a threshold; see [Activations.step]. */
public fun step(x: MlxArray, threshold: Double = 0.0): MlxArray = Activations.step(x, threshold)
