package org.mlx4j.nn;

import org.jspecify.annotations.Nullable;
import org.mlx4j.Fast;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.internal.Formula;

/**
 * Normalizes groups of channels of each sample, {@code (x - mean) / sqrt(var + eps) * weight +
 * bias}. Mirrors {@code mlx.nn.GroupNorm}.
 *
 * <pre>{@code
 * GroupNorm norm = GroupNorm.of(4, 16);
 * MlxArray y = norm.apply(MlxRandom.normal(2, 8, 8, 16));
 * }</pre>
 *
 * <p>By default channel {@code c} belongs to group {@code c % numGroups}. The form that is
 * compatible with PyTorch has groups of neighboring channels.
 *
 * @param weight the factor of each channel, or null
 * @param bias the number added to each channel, or null
 * @param numGroups the number of groups
 * @param eps the number added to the variance
 * @param pytorchCompatible whether groups are of neighboring channels
 */
public record GroupNorm(
    @Nullable MlxArray weight,
    @Nullable MlxArray bias,
    int numGroups,
    float eps,
    boolean pytorchCompatible)
    implements Layer {
  /**
   * Makes a layer.
   *
   * @throws IllegalArgumentException if {@code numGroups} or {@code eps} is not positive
   */
  public GroupNorm {
    Arguments.positive("GroupNorm", "numGroups", numGroups);
    Arguments.eps("GroupNorm", eps);
  }

  /**
   * Equivalent to {@link #of(int, int, double, boolean, boolean) of(numGroups, dims, 1e-5, true,
   * false)}.
   */
  public static GroupNorm of(int numGroups, int dims) {
    return of(numGroups, dims, 1e-5);
  }

  /**
   * Equivalent to {@link #of(int, int, double, boolean, boolean) of(numGroups, dims, eps, true,
   * false)}.
   */
  public static GroupNorm of(int numGroups, int dims, double eps) {
    return of(numGroups, dims, eps, true);
  }

  /**
   * Equivalent to {@link #of(int, int, double, boolean, boolean) of(numGroups, dims, eps, affine,
   * false)}.
   */
  public static GroupNorm of(int numGroups, int dims, double eps, boolean affine) {
    return of(numGroups, dims, eps, affine, false);
  }

  /**
   * Makes a layer with weight 1 and bias 0.
   *
   * @param numGroups the number of groups
   * @param dims the number of channels, a multiple of {@code numGroups}
   * @param eps the number added to the variance
   * @param affine whether there are a weight and a bias
   * @param pytorchCompatible whether groups are of neighboring channels
   * @return the layer
   * @throws IllegalArgumentException if a number is not positive, or {@code dims} is not a multiple
   *     of {@code numGroups}
   */
  public static GroupNorm of(
      int numGroups, int dims, double eps, boolean affine, boolean pytorchCompatible) {
    Arguments.positive("GroupNorm", "numGroups", numGroups);
    Arguments.positive("GroupNorm", "dims", dims);
    Arguments.divides("GroupNorm", "numGroups", numGroups, "dims", dims);
    float checked = Arguments.eps("GroupNorm", eps);
    return new GroupNorm(
        affine ? Ops.ones(dims) : null,
        affine ? Ops.zeros(dims) : null,
        numGroups,
        checked,
        pytorchCompatible);
  }

  /**
   * Applies the layer.
   *
   * @param x an array of shape {@code (N, …, channels)}
   * @return an array of the shape of {@code x}
   * @throws IllegalArgumentException if {@code x} has less than 2 axes, or its channels are not
   *     those of the layer or cannot be divided into the groups
   */
  @Override
  public MlxArray apply(MlxArray x) {
    return Formula.of(
        "GroupNorm",
        x,
        a -> {
          int[] shape = Norms.shape("GroupNorm", a, 2);
          int channels = shape[shape.length - 1];
          Arguments.divides("GroupNorm", "numGroups", numGroups, "the channels of x", channels);
          MlxArray y =
              pytorchCompatible
                  ? ofNeighbors(a, shape[0], channels / numGroups)
                  : interleaved(a, shape[0]);
          return Norms.affine(y.reshape(shape), weight, bias);
        });
  }

  private MlxArray interleaved(MlxArray x, int samples) {
    MlxArray groups = x.reshape(samples, -1, numGroups);
    MlxArray mean = groups.mean(1, true);
    MlxArray var = groups.var(1, true);
    return groups.subtract(mean).multiply(var.add((double) eps).rsqrt());
  }

  private MlxArray ofNeighbors(MlxArray x, int samples, int groupSize) {
    MlxArray groups = x.reshape(samples, -1, numGroups, groupSize).transpose(0, 2, 1, 3);
    MlxArray y = Fast.layerNorm(groups.reshape(samples, numGroups, -1), null, null, eps);
    return y.reshape(samples, numGroups, -1, groupSize).transpose(0, 2, 1, 3);
  }
}
