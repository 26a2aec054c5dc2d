package org.mlx4j.tree;

/**
 * The result of a function and the product of its Jacobian with a tangent.
 *
 * @param output the function's result
 * @param jvp the product, of the result's type and structure
 * @param <R> the type of the result
 */
public record TreeJvp<R>(R output, R jvp) {}
