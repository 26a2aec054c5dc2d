package org.mlx4j;

/**
 * A function of one array to one array, which transforms accept.
 *
 * <pre>{@code
 * ArrayFunction f = x -> x.square().sum();
 * f.apply(MlxArray.of(1f, 2f));                             // 5
 * Transforms.grad(f).apply(MlxArray.of(1f, 2f));            // [2, 4]
 * }</pre>
 */
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
