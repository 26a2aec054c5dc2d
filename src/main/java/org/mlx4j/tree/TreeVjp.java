package org.mlx4j.tree;

/**
 * The result of a function and the product of a cotangent with its Jacobian.
 *
 * @param output the function's result
 * @param vjp the product, of the first argument's type and structure
 * @param <R> the type of the result
 * @param <A> the type of the first argument
 */
public record TreeVjp<R, A>(R output, A vjp) {}
