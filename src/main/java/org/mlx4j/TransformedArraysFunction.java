package org.mlx4j;

import java.util.function.LongUnaryOperator;

/** A transformed function of any number of arrays to any number of arrays. */
public final class TransformedArraysFunction extends FunctionHandle implements ArraysFunction {
  TransformedArraysFunction(Closure closure, LongUnaryOperator transform) {
    super(closure, transform);
  }

  /**
   * Applies the function.
   *
   * @param xs the arguments
   * @return the results
   * @throws IllegalStateException if this function or an argument is closed
   */
  @Override
  public MlxArray[] apply(MlxArray... xs) {
    return call(xs);
  }
}
