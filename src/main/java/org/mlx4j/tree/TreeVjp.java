package org.mlx4j.tree;

import org.jspecify.annotations.Nullable;

/**
 * The result of a function and the product of a cotangent with its Jacobian.
 *
 * <pre>{@code
 * TreeVjp<MlxArray, List<MlxArray>> r =
 *     Trees.vjp((List<MlxArray> xs) -> xs.get(0).multiply(xs.get(1)),
 *         List.of(MlxArray.scalar(2f), MlxArray.scalar(3f)),
 *         MlxArray.scalar(10f));
 * r.output();                                               // 6
 * r.vjp().get(0);                                           // 30
 * }</pre>
 *
 * @param output the function's result
 * @param vjp the product, of the first argument's type and structure
 * @param <R> the type of the result
 * @param <A> the type of the first argument
 */
public record TreeVjp<R extends @Nullable Object, A extends @Nullable Object>(R output, A vjp) {}
