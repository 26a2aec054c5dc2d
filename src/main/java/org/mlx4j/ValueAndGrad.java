package org.mlx4j;

/**
 * The value of a function and its gradients.
 *
 * @param value the function's value, a scalar
 * @param grads the gradients, in the order in which they were asked for
 */
@SuppressWarnings("ArrayRecordComponent") // the arrays are results: nobody compares them
public record ValueAndGrad(MlxArray value, MlxArray[] grads) {
  /**
   * The only gradient.
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
