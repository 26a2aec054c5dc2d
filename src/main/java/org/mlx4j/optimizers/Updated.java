package org.mlx4j.optimizers;

import org.jspecify.annotations.Nullable;

/**
 * The parameters and the state after a step.
 *
 * <pre>{@code
 * Optimizer sgd = SGD.of(0.1);
 * MlxArray w = MlxArray.of(1f, 2f);
 * Updated<MlxArray> updated = sgd.update(w, MlxArray.of(1f, 1f), sgd.init(w));
 * System.out.println(updated.parameters());                // [0.9, 1.9]
 * }</pre>
 *
 * @param parameters the next parameters, a tree like the ones before
 * @param state the next state
 * @param <P> the type of the parameters
 */
public record Updated<P extends @Nullable Object>(P parameters, OptimizerState<P> state) {}
