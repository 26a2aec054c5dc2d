package org.mlx4j.nn;

import org.mlx4j.Fast;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.internal.Formula;

/**
 * Divides the last axis by its root mean square, {@code x / sqrt(mean(x^2) + eps) * weight}.
 * Mirrors {@code mlx.nn.RMSNorm}.
 *
 * <pre>{@code
 * RMSNorm norm = RMSNorm.of(64);
 * MlxArray y = norm.apply(MlxRandom.normal(8, 64));
 * }</pre>
 *
 * @param weight the factor of each element
 * @param eps the number added to the mean square
 */
public record RMSNorm(MlxArray weight, float eps) implements Layer {
  /**
   * Makes a layer.
   *
   * @throws IllegalArgumentException if {@code eps} is not positive
   */
  public RMSNorm {
    Arguments.eps("RMSNorm", eps);
  }

  /** Equivalent to {@link #of(int, double) of(dims, 1e-5)}. */
  public static RMSNorm of(int dims) {
    return of(dims, 1e-5);
  }

  /**
   * Makes a layer with weight 1.
   *
   * @param dims the size of the last axis
   * @param eps the number added to the mean square
   * @return the layer
   * @throws IllegalArgumentException if {@code dims} or {@code eps} is not positive
   */
  public static RMSNorm of(int dims, double eps) {
    Arguments.positive("RMSNorm", "dims", dims);
    float checked = Arguments.eps("RMSNorm", eps);
    return new RMSNorm(Ops.ones(dims), checked);
  }

  /**
   * Applies the layer.
   *
   * @param x an array of a floating point dtype with at least one axis
   * @return an array of the shape of {@code x}
   * @throws IllegalArgumentException if the shape or the dtype of {@code x} is not allowed
   */
  @Override
  public MlxArray apply(MlxArray x) {
    Arguments.notNull("RMSNorm", "weight", weight);
    return Formula.of("RMSNorm", x, a -> Fast.rmsNorm(a, weight, eps));
  }
}
