/**
 * Optimizers and their learning rates. Mirrors {@code mlx.optimizers}.
 *
 * <p>An {@link org.mlx4j.optimizers.Optimizer} takes parameters, gradients and a state, and returns
 * the next parameters and the next state. Nothing is changed in place, so a whole training step can
 * be compiled, and a training that is saved goes on as if there had been no break:
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
 * <p>Numbers are Python's, in dtypes too: the learning rate takes the dtype of the gradient, and
 * slots begin with the dtype of the parameter. So float16 and bfloat16 parameters have averages of
 * float16 and bfloat16, and a gradient of float32 makes a parameter of bfloat16 one of float32.
 */
package org.mlx4j.optimizers;
