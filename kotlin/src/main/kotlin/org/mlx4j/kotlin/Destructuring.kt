/**
 * Destructuring of the records that transforms and optimizers return: `val (loss, gradient) = …`.
 */
package org.mlx4j.kotlin

import org.mlx4j.MlxArray
import org.mlx4j.optimizers.OptimizerState
import org.mlx4j.optimizers.Updated
import org.mlx4j.tree.Partition
import org.mlx4j.tree.TreeValueAndGrad
import org.mlx4j.tree.ValueAuxAndGrad

/** Returns the value of the function. */
public operator fun <A> TreeValueAndGrad<A>.component1(): MlxArray where A : Any = value

/** Returns the gradient. */
public operator fun <A> TreeValueAndGrad<A>.component2(): A where A : Any = grad

/** Returns the value of the function. */
public operator fun <T, A> ValueAuxAndGrad<T, A>.component1(): MlxArray = value

/** Returns what the function returned besides. */
public operator fun <T, A> ValueAuxAndGrad<T, A>.component2(): T = aux

/** Returns the gradient. */
public operator fun <T, A> ValueAuxAndGrad<T, A>.component3(): A = grad

/** Returns the part that was selected. */
public operator fun <T> Partition<T>.component1(): T = selected

/** Returns the other part. */
public operator fun <T> Partition<T>.component2(): T = rest

/** Returns the parameters after a step. */
public operator fun <P> Updated<P>.component1(): P = parameters

/** Returns the state of the optimizer after a step. */
public operator fun <P> Updated<P>.component2(): OptimizerState<P> = state
