package org.mlx4j.nn;

import org.mlx4j.MlxArray;

/**
 * A function that makes the initial values of a parameter. {@link Initializers} has those of MLX.
 *
 * <pre>{@code
 * Initializer he = Initializers.heNormal();
 * MlxArray weight = he.apply(128, 784);
 * Initializer ones = shape -> Ops.ones(shape);
 * }</pre>
 */
@FunctionalInterface
public interface Initializer {
  /**
   * Makes an array.
   *
   * @param shape its shape; the weight of a layer has its outputs along the first axis and its
   *     inputs along the last
   * @return the array
   */
  MlxArray apply(int... shape);
}
