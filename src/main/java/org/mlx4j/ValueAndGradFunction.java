package org.mlx4j;

import java.util.Arrays;
import java.util.function.LongUnaryOperator;

/**
 * A function that computes the value of a scalar function together with its gradients. It can be
 * compiled, vectorized, checkpointed and differentiated with {@link Transforms#vjp} and {@link
 * Transforms#jvp}.
 *
 * <pre>{@code
 * try (ValueAndGradFunction loss =
 *     Transforms.compile(Transforms.valueAndGrad((w, x) -> w.multiply(x).sum(), 0))) {
 *   ValueAndGrad result = loss.apply(MlxArray.of(1f, 2f), MlxArray.of(3f, 4f));
 *   result.value();                                         // 11
 *   result.grad();                                          // [3, 4]
 * }
 * }</pre>
 */
public final class ValueAndGradFunction extends FunctionHandle {
  /** How many gradients there are. */
  final int gradients;

  ValueAndGradFunction(Closure closure, LongUnaryOperator transform, int gradients) {
    super(closure, transform);
    this.gradients = gradients;
  }

  /**
   * Computes the value and the gradients.
   *
   * @param xs the arguments
   * @return the value, a scalar, and the gradients in the order of their argnums, each with the
   *     shape and dtype of its argument. A vectorized function returns one of each for every slice,
   *     along the axes that {@link Transforms#vmap(ValueAndGradFunction, int[], int[]) vmap} was
   *     given
   * @throws IllegalArgumentException if the function does not return a scalar, there are too few
   *     arguments, or an argument with respect to which a gradient is wanted has an integer or
   *     boolean dtype
   * @throws IllegalStateException if this function or an argument is closed
   * @throws NullPointerException if an argument is null
   */
  public ValueAndGrad apply(MlxArray... xs) {
    MlxArray[] results = call(xs);
    return new ValueAndGrad(results[0], Arrays.copyOfRange(results, 1, results.length));
  }
}
