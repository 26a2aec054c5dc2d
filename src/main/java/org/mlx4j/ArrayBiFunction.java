package org.mlx4j;

/**
 * A function of two arrays to one array, which transforms accept.
 *
 * <pre>{@code
 * ArrayBiFunction f = (x, y) -> x.multiply(y).sum();
 * f.apply(MlxArray.of(1f, 2f), MlxArray.of(3f, 4f));        // 11
 * }</pre>
 */
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
