package org.mlx4j;

import java.util.Arrays;
import java.util.function.LongUnaryOperator;

/** A function that computes the value of a scalar function together with its gradients. */
public final class ValueAndGradFunction extends FunctionHandle {
  ValueAndGradFunction(Closure closure, LongUnaryOperator transform) {
    super(closure, transform);
  }

  /**
   * Computes value and gradients.
   *
   * @param xs the arguments
   * @return the value, a scalar, and the gradients in the order in which their argnums were given,
   *     each with the shape and dtype of its argument
   * @throws IllegalStateException if this function or an argument is closed
   * @throws IllegalArgumentException if the function does not return a scalar, or there are too few
   *     arguments
   */
  public ValueAndGrad apply(MlxArray... xs) {
    MlxArray[] results = call(xs);
    return new ValueAndGrad(results[0], Arrays.copyOfRange(results, 1, results.length));
  }
}
