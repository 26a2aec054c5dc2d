package org.mlx4j.tree;

import org.jspecify.annotations.Nullable;
import org.mlx4j.MlxArray;

/**
 * The value, the auxiliary result and the gradient of a function.
 *
 * <pre>{@code
 * ValueAuxAndGrad<MlxArray, MlxArray> r =
 *     Trees.valueAndGradWithAux((MlxArray v) -> new WithAux<>(v.square().sum(), v.exp()))
 *         .apply(MlxArray.of(0f, 1f));
 * r.value();                                                // 1
 * r.aux();                                                  // [1, 2.718]
 * r.grad();                                                 // [0, 2]
 * }</pre>
 *
 * @param value the function's value, a scalar
 * @param aux the auxiliary result
 * @param grad the gradient with respect to the first argument, of the argument's type and structure
 * @param <T> the type of the auxiliary result
 * @param <A> the type of the first argument
 */
public record ValueAuxAndGrad<T extends @Nullable Object, A extends @Nullable Object>(
    MlxArray value, T aux, A grad) {}
