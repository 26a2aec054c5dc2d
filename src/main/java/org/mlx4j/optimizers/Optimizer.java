package org.mlx4j.optimizers;

/**
 * What improves parameters by their gradients. Mirrors {@code mlx.optimizers.Optimizer}.
 *
 * <p>An optimizer has options and no state: state goes in and comes out, together with the
 * parameters. So a step can be compiled, and what is saved of a training is plain data.
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
 * <p>Parameters are any tree of arrays (the package {@code org.mlx4j.tree} says what that is):
 * records, lists, maps. Gradients and slots are trees of the same structure; where one of them has
 * null instead of an array, there is none.
 *
 * <p>An optimizer that looks at each array by itself is a {@link PerArrayOptimizer}, as all of this
 * package are; that is also the easiest way to write another.
 */
public interface Optimizer {
  /**
   * Makes the state before the first step. Mirrors {@code Optimizer.init}.
   *
   * @param parameters the parameters
   * @param <P> their type
   * @return step 0, and slots as {@link #update} needs them; their number does not depend on the
   *     parameters
   * @throws IllegalArgumentException if {@code parameters} is not a tree
   * @throws IllegalStateException if an array is closed
   */
  <P> OptimizerState<P> init(P parameters);

  /**
   * Computes the next parameters and the next state. Mirrors {@code Optimizer.apply_gradients}.
   *
   * <p>Where a gradient is null, the parameter and its slots stay as they are; null may also stand
   * for a part of the tree, such as the gradients of a layer.
   *
   * @param parameters the parameters
   * @param gradients their gradients, a tree of the same structure with arrays of the same shapes
   * @param state what {@link #init} or the last update returned
   * @param <P> the type of the parameters
   * @return the next parameters and the next state; nothing is evaluated
   * @throws IllegalArgumentException if the structures or shapes differ, or the state was made for
   *     other options, or has no slot for an array that has a gradient
   * @throws IllegalStateException if an array is closed
   * @throws NullPointerException if {@code state} is null
   */
  <P> Updated<P> update(P parameters, P gradients, OptimizerState<P> state);
}
