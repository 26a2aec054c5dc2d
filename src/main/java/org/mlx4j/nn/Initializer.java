package org.mlx4j.nn;

import org.mlx4j.MlxArray;

/**
 * What makes the first values of a parameter. Those of MLX are in {@link Initializers}.
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
   * @param shape its shape; for the weight of a layer outputs first, inputs last
   * @return the array
   */
  MlxArray apply(int... shape);
}
