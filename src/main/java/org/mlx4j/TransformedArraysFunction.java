package org.mlx4j;

import java.util.function.LongUnaryOperator;

/**
 * A transformed function of any number of arrays to any number of arrays.
 *
 * <pre>{@code
 * try (TransformedArraysFunction gradients =
 *     Transforms.grad((x, w) -> x.multiply(w).sum(), 0, 1)) {
 *   MlxArray[] g = gradients.apply(MlxArray.of(1f, 2f), MlxArray.of(3f, 4f));
 *   System.out.println(g[1]);                               // [1, 2]
 * }
 * }</pre>
 */
public final class TransformedArraysFunction extends ArraysFunctionHandle {
  TransformedArraysFunction(Closure closure, LongUnaryOperator transform) {
    super(closure, transform);
  }

  /**
   * Applies the function.
   *
   * @param xs the arguments
   * @return the results
   * @throws IllegalStateException if this function or an argument is closed
   * @throws NullPointerException if an argument is null
   */
  @Override
  public MlxArray[] apply(MlxArray... xs) {
    return call(xs);
  }
}
