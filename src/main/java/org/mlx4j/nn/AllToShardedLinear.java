package org.mlx4j.nn;

import org.jspecify.annotations.Nullable;
import org.mlx4j.Distributed;
import org.mlx4j.MlxArray;

/**
 * Each process of a group computes a part of the outputs of a linear layer: the input is the same
 * everywhere, and the output is sharded along its last axis. Mirrors {@code
 * mlx.nn.AllToShardedLinear}.
 *
 * <pre>{@code
 * Distributed.Group group = Distributed.init();
 * AllToShardedLinear part = AllToShardedLinear.of(Linear.of(64, 32), 1, group);
 * MlxArray y = part.apply(Ops.ones(2, 64 ));
 * }</pre>
 *
 * <p>The gradient for the input is the sum of those of all processes.
 *
 * @param weight the matrix of this process, of shape {@code (outputDims / size, inputDims)}
 * @param bias the bias of this process, a vector of length {@code outputDims / size}; or null
 * @param group the processes
 */
public record AllToShardedLinear(MlxArray weight, @Nullable MlxArray bias, Distributed.Group group)
    implements Layer {
  /**
   * Makes a layer.
   *
   * @throws NullPointerException if {@code group} is null
   */
  public AllToShardedLinear {
    Arguments.notNull("AllToShardedLinear", "group", group);
  }

  /** Equivalent to {@link #of(int, int, boolean) of(inputDims, outputDims, true)}. */
  public static AllToShardedLinear of(int inputDims, int outputDims) {
    return of(inputDims, outputDims, true);
  }

  /**
   * Equivalent to {@link #of(int, int, boolean, Distributed.Group) of(inputDims, outputDims, bias,
   * Distributed.init())}.
   */
  public static AllToShardedLinear of(int inputDims, int outputDims, boolean bias) {
    return of(inputDims, outputDims, bias, Distributed.init());
  }

  /**
   * Makes a layer whose parameters are drawn uniformly between {@code -1 / sqrt(inputDims)} and
   * {@code 1 / sqrt(inputDims)}, independently in each process.
   *
   * @param inputDims the number of inputs of all processes together
   * @param outputDims the number of outputs of all processes together
   * @param bias whether there is a bias
   * @param group the processes
   * @return the layer
   * @throws IllegalArgumentException if a size is not positive, or {@code outputDims} is not a
   *     multiple of the size of the group
   */
  public static AllToShardedLinear of(
      int inputDims, int outputDims, boolean bias, Distributed.Group group) {
    int size = Shards.size("AllToShardedLinear", "outputDims", outputDims, group);
    Arguments.sizes("AllToShardedLinear", inputDims, outputDims);
    double scale = Math.sqrt(1.0 / inputDims);
    MlxArray weight = Arguments.uniform(scale, outputDims / size, inputDims);
    return new AllToShardedLinear(
        weight, bias ? Arguments.uniform(scale, outputDims / size) : null, group);
  }

  /**
   * Takes the part of this process from a layer that is the same in every process. Mirrors {@code
   * mlx.nn.AllToShardedLinear.from_linear}.
   *
   * @param linear the layer
   * @param segments the number of equal segments of outputs, each of which is sharded: 3 for a
   *     matrix of queries, keys and values
   * @param group the processes
   * @return the layer of this process
   * @throws IllegalArgumentException if outputs cannot be divided in this way
   */
  public static AllToShardedLinear of(Linear linear, int segments, Distributed.Group group) {
    return of(linear, Shards.equal("AllToShardedLinear", segments), group);
  }

  static AllToShardedLinear of(Linear linear, Shards.Segments segments, Distributed.Group group) {
    Arguments.notNull("AllToShardedLinear", "linear", linear);
    Shards shards = new Shards("AllToShardedLinear", segments, group);
    return new AllToShardedLinear(
        shards.rows(linear.weight()), Shards.part(linear.bias(), shards::elements), group);
  }

  /**
   * Applies the layer.
   *
   * @param x an array of shape {@code (…, inputDims)}, the same in every process
   * @return an array of shape {@code (…, outputDims / size)}, the part of this process
   * @throws IllegalArgumentException if the last axis of {@code x} does not fit
   */
  @Override
  public MlxArray apply(MlxArray x) {
    Arguments.notNull("AllToShardedLinear", "x", x);
    return Linear.affine("AllToShardedLinear", Shards.summedGradients(x, group), weight, bias);
  }
}
