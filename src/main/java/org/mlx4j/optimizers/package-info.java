/**
 * Optimizers and their learning rates. Mirrors {@code mlx.optimizers}.
 *
 * <p>An {@link org.mlx4j.optimizers.Optimizer} takes parameters, gradients and a state, and returns
 * the next parameters and the next state. Nothing is changed in place, so a whole training step can
 * be compiled, and training that is saved and resumed gives the same numbers as training without a
 * break:
 *
 * <pre>{@code
 * record Training(MlxArray weights, OptimizerState<MlxArray> state) {}
 *
 * MlxArray start = MlxArray.of(0f, 0f);
 * Optimizer optimizer = AdamW.of(Schedules.cosineDecay(0.1, 100));
 * Training training = new Training(start, optimizer.init(start));
 * try (var step = Trees.compile((Training t, MlxArray target) -> {
 *   MlxArray gradient = Trees.grad((MlxArray w) -> Losses.mseLoss(w, target)).apply(t.weights());
 *   var updated = optimizer.update(t.weights(), gradient, t.state());
 *   return new Training(updated.parameters(), updated.state());
 * })) {
 *   for (int i = 0; i < 100; i++) {
 *     training = step.apply(training, MlxArray.of(1f, 2f));
 *   }
 * }
 * }</pre>
 *
 * <p>Values and dtypes are those of Python. The learning rate is converted to the dtype of the
 * gradient, and slots start with the dtype of the parameter: the averages of a float16 parameter
 * are float16. Dtypes are promoted as everywhere, so a float32 gradient turns a bfloat16 parameter
 * into a float32 one. (Python's optimizers take the dtypes of slots from the gradients if their
 * {@code init} is not called.)
 */
@NullMarked
package org.mlx4j.optimizers;

import org.jspecify.annotations.NullMarked;
