package org.mlx4j.nn;

import org.jspecify.annotations.Nullable;
import org.mlx4j.Distributed;
import org.mlx4j.MlxArray;
import org.mlx4j.internal.Formula;

/**
 * Each process of a group has a part of the inputs of a linear layer, and the products are summed:
 * the input is sharded along its last axis, and the output is the same in every process. Mirrors
 * {@code mlx.nn.ShardedToAllLinear}.
 *
 * <pre>{@code
 * Distributed.Group group = Distributed.init();
 * ShardedToAllLinear part = ShardedToAllLinear.of(Linear.of(64, 32), 1, group);
 * MlxArray y = part.apply(Ops.ones(2, 64 / group.size()));
 * }</pre>
 *
 * <p>Gradients of parameters belong to the part of this process.
 *
 * @param weight the matrix of this process, of shape {@code (outputDims, inputDims / size)}
 * @param bias the bias, the same in every process, a vector of length {@code outputDims}; or null
 * @param group the processes
 */
public record ShardedToAllLinear(MlxArray weight, @Nullable MlxArray bias, Distributed.Group group)
    implements Layer {
  /**
   * Makes a layer.
   *
   * @throws NullPointerException if {@code group} is null
   */
  public ShardedToAllLinear {
    Arguments.notNull("ShardedToAllLinear", "group", group);
  }

  /** Equivalent to {@link #of(int, int, boolean) of(inputDims, outputDims, true)}. */
  public static ShardedToAllLinear of(int inputDims, int outputDims) {
    return of(inputDims, outputDims, true);
  }

  /**
   * Equivalent to {@link #of(int, int, boolean, Distributed.Group) of(inputDims, outputDims, bias,
   * Distributed.init())}.
   */
  public static ShardedToAllLinear of(int inputDims, int outputDims, boolean bias) {
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
   * @throws IllegalArgumentException if a size is not positive, or {@code inputDims} is not a
   *     multiple of the size of the group
   */
  public static ShardedToAllLinear of(
      int inputDims, int outputDims, boolean bias, Distributed.Group group) {
    int size = Shards.size("ShardedToAllLinear", "inputDims", inputDims, group);
    Arguments.sizes("ShardedToAllLinear", inputDims, outputDims);
    double scale = Math.sqrt(1.0 / inputDims);
    MlxArray weight = Arguments.uniform(scale, outputDims, inputDims / size);
    return new ShardedToAllLinear(
        weight, bias ? Arguments.uniform(scale, outputDims) : null, group);
  }

  /**
   * Takes the part of this process from a layer that is the same in every process. Mirrors {@code
   * mlx.nn.ShardedToAllLinear.from_linear}.
   *
   * @param linear the layer
   * @param segments the number of equal segments of inputs, each of which is sharded: 3 for a
   *     matrix of queries, keys and values
   * @param group the processes
   * @return the layer of this process
   * @throws IllegalArgumentException if inputs cannot be divided in this way
   */
  public static ShardedToAllLinear of(Linear linear, int segments, Distributed.Group group) {
    return of(linear, Shards.equal("ShardedToAllLinear", segments), group);
  }

  static ShardedToAllLinear of(Linear linear, Shards.Segments segments, Distributed.Group group) {
    Arguments.notNull("ShardedToAllLinear", "linear", linear);
    Shards shards = new Shards("ShardedToAllLinear", segments, group);
    return new ShardedToAllLinear(shards.columns(linear.weight()), linear.bias(), group);
  }

  /**
   * Applies the layer.
   *
   * @param x an array of shape {@code (…, inputDims / size)}, the part of this process
   * @return an array of shape {@code (…, outputDims)}, the same in every process
   * @throws IllegalArgumentException if the last axis of {@code x} does not fit
   */
  @Override
  public MlxArray apply(MlxArray x) {
    Arguments.notNull("ShardedToAllLinear", "weight", weight);
    return Formula.of(
        "ShardedToAllLinear",
        x,
        a -> {
          MlxArray y = Distributed.allSum(a.matmul(weight.T()), group);
          return bias == null ? y : y.add(bias);
        });
  }
}
