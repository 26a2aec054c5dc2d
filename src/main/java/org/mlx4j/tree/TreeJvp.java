package org.mlx4j.tree;

import org.jspecify.annotations.Nullable;

/**
 * The result of a function and the product of its Jacobian with a tangent.
 *
 * <pre>{@code
 * TreeJvp<MlxArray> r =
 *     Trees.jvp((List<MlxArray> xs) -> xs.get(0).multiply(xs.get(1)),
 *         List.of(MlxArray.scalar(2f), MlxArray.scalar(3f)),
 *         List.of(MlxArray.scalar(1f), MlxArray.scalar(10f)));
 * r.output();                                               // 6
 * r.jvp();                                                  // 23
 * }</pre>
 *
 * @param output the function's result
 * @param jvp the product, of the result's type and structure
 * @param <R> the type of the result
 */
public record TreeJvp<R extends @Nullable Object>(R output, R jvp) {}
