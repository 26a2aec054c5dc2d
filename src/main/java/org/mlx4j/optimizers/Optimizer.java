package org.mlx4j.optimizers;

import org.jspecify.annotations.Nullable;

/**
 * An algorithm that updates parameters from their gradients. Mirrors {@code
 * mlx.optimizers.Optimizer}.
 *
 * <p>An optimizer holds its options and no state. The state is an argument and a result of each
 * step, beside the parameters, so a step can be compiled and a checkpoint is plain data.
 *
 * <pre>{@code
 * record Line(MlxArray slope, MlxArray offset) {}
 * record Training(Line line, OptimizerState<Line> state) {}
 *
 * Optimizer optimizer = Adam.of(0.01);
 * Line start = new Line(MlxArray.scalar(1f), MlxArray.scalar(0f));
 * var training = new Training(start, optimizer.init(start));
 * try (var step = Trees.compile((Training t, MlxArray x) -> {
 *   Line gradients = Trees.grad((Line l) -> x.multiply(l.slope()).add(l.offset()).square().mean())
 *       .apply(t.line());
 *   var updated = optimizer.update(t.line(), gradients, t.state());
 *   return new Training(updated.parameters(), updated.state());
 * })) {
 *   training = step.apply(training, MlxArray.of(1f, 2f, 3f));
 * }
 * }</pre>
 *
 * <p>Parameters are any tree of arrays, such as records, lists and maps; the package {@code
 * org.mlx4j.tree} defines trees. Gradients and slots are trees of the same structure, in which null
 * stands for an array that is absent.
 *
 * <p>An optimizer that treats each array separately is a {@link PerArrayOptimizer}. All optimizers
 * of this package but {@link MultiOptimizer} are, and implementing it is the easiest way to write
 * another one.
 */
public interface Optimizer {
  /**
   * Returns the state before the first step. Mirrors {@code Optimizer.init}.
   *
   * @param parameters the parameters
   * @param <P> their type
   * @return step 0 and the slots that {@link #update} needs; their number does not depend on the
   *     parameters
   * @throws IllegalArgumentException if {@code parameters} is not a tree
   * @throws IllegalStateException if an array is closed
   */
  <P extends @Nullable Object> OptimizerState<P> init(P parameters);

  /**
   * Computes the next parameters and the next state. Mirrors {@code Optimizer.apply_gradients}.
   *
   * <p>Where a gradient is null, the parameter and its slots do not change. Null may also stand for
   * a part of the tree, such as all gradients of a layer.
   *
   * @param parameters the parameters
   * @param gradients their gradients, a tree of the same structure whose arrays have the same
   *     shapes
   * @param state the state that {@link #init} or the last update returned
   * @param <P> the type of the parameters
   * @return the next parameters and the next state; nothing is evaluated
   * @throws IllegalArgumentException if the structures or shapes differ, or the state belongs to
   *     other options, or has no slot for an array that has a gradient
   * @throws IllegalStateException if an array is closed
   * @throws NullPointerException if {@code state} is null
   */
  <P extends @Nullable Object> Updated<P> update(
      P parameters, @Nullable P gradients, OptimizerState<P> state);
}
