package org.mlx4j.nn;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.Scope;
import org.mlx4j.internal.Formula;
import org.mlx4j.tree.NotTrained;

/**
 * Normalizes each channel, {@code (x - mean) / sqrt(var + eps) * weight + bias}. Mirrors {@code
 * mlx.nn.BatchNorm}.
 *
 * <p>In training, mean and variance are those of the batch, and the layer for the next step, whose
 * running statistics have moved towards them, comes with the output:
 *
 * <pre>{@code
 * BatchNorm norm = BatchNorm.of(3);
 * Trained<BatchNorm> trained = norm.train(MlxRandom.normal(16, 8, 8, 3));
 * MlxArray inTraining = trained.output();
 * MlxArray afterward = trained.layer().apply(Ops.ones(1, 8, 8, 3));
 * }</pre>
 *
 * <pre>
 * runningMean = (1 - momentum) * runningMean + momentum * mean
 * runningVar = (1 - momentum) * runningVar + momentum * n / (n - 1) * var
 * </pre>
 *
 * @param weight the factor of each channel, or null
 * @param bias the number added to each channel, or null
 * @param runningMean the mean that is used after training; or null, as {@code runningVar}, for that
 *     of the batch
 * @param runningVar the variance that is used after training
 * @param eps the number added to the variance
 * @param momentum how far the running statistics move towards those of a batch
 */
public record BatchNorm(
    @Nullable MlxArray weight,
    @Nullable MlxArray bias,
    @NotTrained @Nullable MlxArray runningMean,
    @NotTrained @Nullable MlxArray runningVar,
    float eps,
    float momentum)
    implements Layer {
  /**
   * Makes a layer.
   *
   * @throws IllegalArgumentException if {@code eps} is not positive, or {@code momentum} is not
   *     finite
   */
  public BatchNorm {
    Arguments.eps("BatchNorm", eps);
    if (!Float.isFinite(momentum)) {
      throw Arguments.refused("BatchNorm", "momentum must be finite, got " + momentum);
    }
  }

  /**
   * Equivalent to {@link #of(int, double, double, boolean, boolean) of(numFeatures, 1e-5, 0.1,
   * true, true)}.
   */
  public static BatchNorm of(int numFeatures) {
    return of(numFeatures, 1e-5);
  }

  /**
   * Equivalent to {@link #of(int, double, double, boolean, boolean) of(numFeatures, eps, 0.1, true,
   * true)}.
   */
  public static BatchNorm of(int numFeatures, double eps) {
    return of(numFeatures, eps, 0.1);
  }

  /**
   * Equivalent to {@link #of(int, double, double, boolean, boolean) of(numFeatures, eps, momentum,
   * true, true)}.
   */
  public static BatchNorm of(int numFeatures, double eps, double momentum) {
    return of(numFeatures, eps, momentum, true);
  }

  /**
   * Equivalent to {@link #of(int, double, double, boolean, boolean) of(numFeatures, eps, momentum,
   * affine, true)}.
   */
  public static BatchNorm of(int numFeatures, double eps, double momentum, boolean affine) {
    return of(numFeatures, eps, momentum, affine, true);
  }

  /**
   * Makes a layer with weight 1, bias 0, running mean 0 and running variance 1.
   *
   * @param numFeatures the number of channels, which is the size of the last axis
   * @param eps the number added to the variance
   * @param momentum how far the running statistics move towards those of a batch
   * @param affine whether there are a weight and a bias
   * @param trackRunningStats whether there are running statistics
   * @return the layer
   * @throws IllegalArgumentException if {@code numFeatures} or {@code eps} is not positive
   */
  public static BatchNorm of(
      int numFeatures, double eps, double momentum, boolean affine, boolean trackRunningStats) {
    return Scope.run(
        () -> {
          Arguments.positive("BatchNorm", "numFeatures", numFeatures);
          return new BatchNorm(
              affine ? Ops.ones(numFeatures) : null,
              affine ? Ops.zeros(numFeatures) : null,
              trackRunningStats ? Ops.zeros(numFeatures) : null,
              trackRunningStats ? Ops.ones(numFeatures) : null,
              Arguments.eps("BatchNorm", eps),
              (float) momentum);
        });
  }

  /**
   * Applies the layer as after training: with the running statistics, or, if there are none, with
   * those of the batch.
   *
   * @param x an array of shape {@code (N, channels)}, {@code (N, length, channels)} or {@code (N,
   *     height, width, channels)}
   * @return an array of the shape of {@code x}
   * @throws IllegalArgumentException if {@code x} does not have 2, 3 or 4 axes, or not the channels
   *     of the layer
   */
  @Override
  public MlxArray apply(MlxArray x) {
    return Formula.of(
        "BatchNorm",
        x,
        a -> {
          int[] axes = axesOfBatch(a);
          return runningMean == null
              ? normalized(a, a.mean(axes), a.var(axes))
              : normalized(
                  a, runningMean, Arguments.notNull("BatchNorm", "runningVar", runningVar));
        });
  }

  /**
   * Applies the layer as in training, with the statistics of the batch.
   *
   * @param x an array of shape {@code (N, channels)}, {@code (N, length, channels)} or {@code (N,
   *     height, width, channels)}
   * @return an array of the shape of {@code x}, and the layer with its running statistics for the
   *     next step, through which gradients should not be taken
   * @throws IllegalArgumentException if {@code x} does not have 2, 3 or 4 axes, not the channels of
   *     the layer, or only one value for each channel
   */
  public Trained<BatchNorm> train(MlxArray x) {
    MlxArray a = Arguments.notNull("BatchNorm.train", "x", x);
    return Formula.tree(
        "BatchNorm.train",
        () -> {
          int[] axes = axesOfBatch(a);
          if (a.size() == a.dim(-1)) {
            throw Arguments.refused(
                "BatchNorm.train",
                "x must have more than one value for each channel, got shape "
                    + Arrays.toString(a.shape()));
          }
          MlxArray mean = a.mean(axes);
          MlxArray output = normalized(a, mean, a.var(axes));
          if (runningMean == null) {
            return new Trained<>(output, this);
          }
          MlxArray var = Arguments.notNull("BatchNorm.train", "runningVar", runningVar);
          return new Trained<>(
              output,
              new BatchNorm(
                  weight,
                  bias,
                  moved(runningMean, mean),
                  moved(var, a.var(axes, false, 1)),
                  eps,
                  momentum));
        });
  }

  private MlxArray moved(MlxArray running, MlxArray ofBatch) {
    return running.multiply(1 - (double) momentum).add(ofBatch.multiply((double) momentum));
  }

  private static int[] axesOfBatch(MlxArray x) {
    int axes = x.ndim();
    if (axes < 2 || axes > 4) {
      throw Arguments.refused(
          "BatchNorm",
          "x must have 2, 3 or 4 axes, the channels last, got shape " + Arrays.toString(x.shape()));
    }
    int[] ofBatch = new int[axes - 1];
    Arrays.setAll(ofBatch, i -> i);
    return ofBatch;
  }

  private MlxArray normalized(MlxArray x, MlxArray mean, MlxArray var) {
    return Norms.affine(x.subtract(mean).multiply(var.add((double) eps).rsqrt()), weight, bias);
  }
}
