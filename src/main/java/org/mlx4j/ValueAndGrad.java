package org.mlx4j;

/**
 * The value of a function and its gradients.
 *
 * <pre>{@code
 * ValueAndGrad result =
 *     Transforms.valueAndGrad(x -> x.square().sum()).apply(MlxArray.of(1f, 2f));
 * result.value();                                           // 5
 * result.grad();                                            // [2, 4]
 * }</pre>
 *
 * @param value the function's value, a scalar
 * @param grads the gradients, in the order of the argnums that were given
 */
@SuppressWarnings("ArrayRecordComponent") // the arrays are results: nobody compares them
public record ValueAndGrad(MlxArray value, MlxArray[] grads) {
  /**
   * Returns the only gradient.
   *
   * @return the gradient
   * @throws IllegalStateException if there is more than one
   */
  public MlxArray grad() {
    if (grads.length != 1) {
      throw new IllegalStateException(
          "[ValueAndGrad.grad] there are " + grads.length + " gradients; use grads()");
    }
    return grads[0];
  }
}
