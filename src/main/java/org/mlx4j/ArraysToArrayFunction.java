package org.mlx4j;

/** A function of any number of arrays to one array, as transforms take it. */
@FunctionalInterface
public interface ArraysToArrayFunction {
  /**
   * Applies the function.
   *
   * @param xs the arguments
   * @return the result
   */
  MlxArray apply(MlxArray... xs);
}
