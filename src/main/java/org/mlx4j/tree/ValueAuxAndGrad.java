package org.mlx4j.tree;

import org.mlx4j.MlxArray;

/**
 * What a function with an auxiliary result returned, and its gradient.
 *
 * @param value the function's value, a scalar
 * @param aux the auxiliary result
 * @param grad the gradient for the first argument, of the argument's type and structure
 * @param <T> the type of the auxiliary result
 * @param <A> the type of the first argument
 */
public record ValueAuxAndGrad<T, A>(MlxArray value, T aux, A grad) {}
