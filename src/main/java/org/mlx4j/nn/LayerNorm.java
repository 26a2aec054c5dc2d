package org.mlx4j.nn;

import org.jspecify.annotations.Nullable;
import org.mlx4j.Fast;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.internal.Formula;

/**
 * Normalizes the last axis, {@code (x - mean) / sqrt(var + eps) * weight + bias}, where mean and
 * variance are those of the elements along that axis. Mirrors {@code mlx.nn.LayerNorm}.
 *
 * <pre>{@code
 * LayerNorm norm = LayerNorm.of(64);
 * MlxArray y = norm.apply(MlxRandom.normal(8, 64));
 * }</pre>
 *
 * @param weight the factor of each element, or null
 * @param bias the number added to each element, or null
 * @param eps the number added to the variance
 */
public record LayerNorm(@Nullable MlxArray weight, @Nullable MlxArray bias, float eps)
    implements Layer {
  /**
   * Makes a layer.
   *
   * @throws IllegalArgumentException if {@code eps} is not positive
   */
  public LayerNorm {
    Arguments.eps("LayerNorm", eps);
  }

  /** Equivalent to {@link #of(int, double, boolean, boolean) of(dims, 1e-5, true, true)}. */
  public static LayerNorm of(int dims) {
    return of(dims, 1e-5);
  }

  /** Equivalent to {@link #of(int, double, boolean, boolean) of(dims, eps, true, true)}. */
  public static LayerNorm of(int dims, double eps) {
    return of(dims, eps, true);
  }

  /** Equivalent to {@link #of(int, double, boolean, boolean) of(dims, eps, affine, true)}. */
  public static LayerNorm of(int dims, double eps, boolean affine) {
    return of(dims, eps, affine, true);
  }

  /**
   * Makes a layer with weight 1 and bias 0.
   *
   * @param dims the size of the last axis
   * @param eps the number added to the variance
   * @param affine whether there is a weight
   * @param bias whether there is a bias, if there is a weight
   * @return the layer
   * @throws IllegalArgumentException if {@code dims} or {@code eps} is not positive
   */
  public static LayerNorm of(int dims, double eps, boolean affine, boolean bias) {
    Arguments.positive("LayerNorm", "dims", dims);
    float checked = Arguments.eps("LayerNorm", eps);
    return new LayerNorm(
        affine ? Ops.ones(dims) : null, affine && bias ? Ops.zeros(dims) : null, checked);
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
    return Formula.of("LayerNorm", x, a -> Fast.layerNorm(a, weight, bias, eps));
  }
}
