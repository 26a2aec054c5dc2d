package org.mlx4j;

/**
 * A function of any number of arrays to one array, such as a loss that {@link
 * Transforms#grad(ArraysToArrayFunction, int, int...)} differentiates.
 *
 * <pre>{@code
 * ArraysToArrayFunction loss = xs -> xs[0].multiply(xs[1]).add(xs[2]).square();
 * Transforms.grad(loss, 2)
 *     .apply(MlxArray.scalar(2f), MlxArray.scalar(3f), MlxArray.scalar(1f));   // 2 · 7
 * }</pre>
 */
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
