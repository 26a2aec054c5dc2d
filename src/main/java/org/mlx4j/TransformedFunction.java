package org.mlx4j;

/** A transformed function of one array to one array. */
public final class TransformedFunction extends FunctionHandle implements ArrayFunction {
  TransformedFunction(String function, long handle) {
    super(function, handle);
  }

  /**
   * Applies the function.
   *
   * @param x the argument
   * @return the result
   * @throws IllegalStateException if this function or the argument is closed
   */
  @Override
  public MlxArray apply(MlxArray x) {
    return call(x)[0];
  }
}
