package org.mlx4j;

import java.util.function.LongUnaryOperator;

/**
 * A transformed function of one array to one array.
 *
 * <pre>{@code
 * try (TransformedFunction slope = Transforms.grad(x -> x.square())) {
 *   slope.apply(MlxArray.scalar(3f));                       // 6
 * }
 * }</pre>
 */
public final class TransformedFunction extends FunctionHandle implements ArrayFunction {
  TransformedFunction(Closure closure, LongUnaryOperator transform) {
    super(closure, transform);
  }

  /**
   * Applies the function.
   *
   * @param x the argument
   * @return the result
   * @throws IllegalStateException if this function or the argument is closed
   * @throws NullPointerException if the argument is null
   */
  @Override
  public MlxArray apply(MlxArray x) {
    return call(x)[0];
  }
}
