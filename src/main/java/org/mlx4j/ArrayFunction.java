package org.mlx4j;

/** A function of one array to one array, as transforms take it. */
@FunctionalInterface
public interface ArrayFunction {
  /**
   * Applies the function.
   *
   * @param x the argument
   * @return the result
   */
  MlxArray apply(MlxArray x);
}
