package org.mlx4j.tree;

import org.mlx4j.MlxArray;

/**
 * The value of a function and its gradient.
 *
 * <pre>{@code
 * TreeValueAndGrad<List<MlxArray>> r =
 *     Trees.valueAndGrad((List<MlxArray> xs) -> xs.get(0).multiply(xs.get(1)))
 *         .apply(List.of(MlxArray.scalar(2f), MlxArray.scalar(3f)));
 * r.value();                                                // 6
 * r.grad().get(0);                                          // 3
 * }</pre>
 *
 * @param value the function's value, a scalar
 * @param grad the gradient with respect to the first argument, of the argument's type and structure
 * @param <A> the type of the first argument
 */
public record TreeValueAndGrad<A>(MlxArray value, A grad) {}
