package org.mlx4j.tree;

import org.mlx4j.MlxArray;

/**
 * The value of a function and its gradient.
 *
 * @param value the function's value, a scalar
 * @param grad the gradient for the first argument, of the argument's type and structure
 * @param <A> the type of the first argument
 */
public record TreeValueAndGrad<A>(MlxArray value, A grad) {}
