package org.mlx4j;

/** A function of any number of arrays to any number of arrays, as transforms take it. */
@FunctionalInterface
public interface ArraysFunction {
  /**
   * Applies the function.
   *
   * @param xs the arguments
   * @return the results
   */
  MlxArray[] apply(MlxArray... xs);
}
