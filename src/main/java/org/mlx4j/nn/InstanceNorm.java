package org.mlx4j.nn;

import org.jspecify.annotations.Nullable;
import org.mlx4j.Fast;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.internal.Formula;

/**
 * Normalizes each channel of each sample, {@code (x - mean) / sqrt(var + eps) * weight + bias}.
 * Mirrors {@code mlx.nn.InstanceNorm}.
 *
 * <pre>{@code
 * InstanceNorm norm = InstanceNorm.of(3);
 * MlxArray y = norm.apply(MlxRandom.normal(2, 8, 8, 3));
 * }</pre>
 *
 * @param weight the factor of each channel, or null
 * @param bias the number added to each channel, or null
 * @param eps the number added to the variance
 */
public record InstanceNorm(@Nullable MlxArray weight, @Nullable MlxArray bias, float eps)
    implements Layer {
  /**
   * Makes a layer.
   *
   * @throws IllegalArgumentException if {@code eps} is not positive
   */
  public InstanceNorm {
    Arguments.eps("InstanceNorm", eps);
  }

  /** Equivalent to {@link #of(int, double, boolean) of(dims, 1e-5, false)}. */
  public static InstanceNorm of(int dims) {
    return of(dims, 1e-5);
  }

  /** Equivalent to {@link #of(int, double, boolean) of(dims, eps, false)}. */
  public static InstanceNorm of(int dims, double eps) {
    return of(dims, eps, false);
  }

  /**
   * Makes a layer.
   *
   * @param dims the number of channels
   * @param eps the number added to the variance
   * @param affine whether there are a weight, which is 1 at first, and a bias, which is 0
   * @return the layer
   * @throws IllegalArgumentException if {@code dims} or {@code eps} is not positive
   */
  public static InstanceNorm of(int dims, double eps, boolean affine) {
    Arguments.positive("InstanceNorm", "dims", dims);
    float checked = Arguments.eps("InstanceNorm", eps);
    return new InstanceNorm(
        affine ? Ops.ones(dims) : null, affine ? Ops.zeros(dims) : null, checked);
  }

  /**
   * Applies the layer.
   *
   * @param x an array of shape {@code (N, …, channels)} with at least 3 axes
   * @return an array of the shape of {@code x}
   * @throws IllegalArgumentException if {@code x} has less than 3 axes, or not the channels of the
   *     layer
   */
  @Override
  public MlxArray apply(MlxArray x) {
    return Formula.of(
        "InstanceNorm",
        x,
        a -> {
          Norms.shape("InstanceNorm", a, 3);
          MlxArray channelsFirst = a.moveaxis(-1, 1);
          int[] inner = channelsFirst.shape();
          MlxArray y =
              Fast.layerNorm(channelsFirst.reshape(inner[0], inner[1], -1), null, null, eps);
          return Norms.affine(y.reshape(inner).moveaxis(1, -1), weight, bias);
        });
  }
}
