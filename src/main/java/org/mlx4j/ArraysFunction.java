package org.mlx4j;

/**
 * A function of any number of arrays to any number of arrays, which transforms accept.
 *
 * <pre>{@code
 * ArraysFunction f = xs -> new MlxArray[] {xs[0].add(xs[1]), xs[0].multiply(xs[1])};
 * f.apply(MlxArray.scalar(2f), MlxArray.scalar(3f))[1];     // 6
 * }</pre>
 */
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
