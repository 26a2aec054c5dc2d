package org.mlx4j;

/** A function of two arrays to one array, as transforms take it. */
@FunctionalInterface
public interface ArrayBiFunction {
  /**
   * Applies the function.
   *
   * @param x the first argument
   * @param y the second argument
   * @return the result
   */
  MlxArray apply(MlxArray x, MlxArray y);
}
