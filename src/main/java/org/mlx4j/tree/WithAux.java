package org.mlx4j.tree;

import org.jspecify.annotations.Nullable;
import org.mlx4j.MlxArray;

/**
 * The result of a loss that returns more than its value: predictions, a new state, or metrics.
 *
 * <pre>{@code
 * record Step(MlxArray predictions, MlxArray error) {}
 *
 * WithAux<Step> lossOf(MlxArray weight) {
 *   MlxArray predictions = x.matmul(weight);
 *   MlxArray error = predictions.subtract(1).abs().max();
 *   return new WithAux<>(predictions.square().mean(), new Step(predictions, error));
 * }
 * Step step = Trees.valueAndGradWithAux((MlxArray v) -> lossOf(v)).apply(w).aux();
 * }</pre>
 *
 * @param value the value that is differentiated, a scalar
 * @param aux the auxiliary result, a tree; no gradient flows through it
 * @param <T> the type of the auxiliary result
 */
public record WithAux<T extends @Nullable Object>(MlxArray value, T aux) {}
