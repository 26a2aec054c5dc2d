package org.mlx4j;

import java.util.function.LongUnaryOperator;

/**
 * A transformed function of two arrays to one array.
 *
 * <pre>{@code
 * try (TransformedBiFunction dots = Transforms.vmap((x, y) -> x.inner(y))) {
 *   dots.apply(Ops.ones(8, 3), Ops.ones(8, 3));             // eight threes
 * }
 * }</pre>
 */
public final class TransformedBiFunction extends FunctionHandle implements ArrayBiFunction {
  TransformedBiFunction(Closure closure, LongUnaryOperator transform) {
    super(closure, transform);
  }

  /**
   * Applies the function.
   *
   * @param x the first argument
   * @param y the second argument
   * @return the result
   * @throws IllegalStateException if this function or an argument is closed
   * @throws NullPointerException if an argument is null
   */
  @Override
  public MlxArray apply(MlxArray x, MlxArray y) {
    return call(x, y)[0];
  }
}
