package org.mlx4j.nn;

/**
 * How a linear layer is divided among the processes of a group, see {@link Nn#shardLinear}.
 *
 * <pre>{@code
 * Layer first = Nn.shardLinear(Linear.of(64, 256), Sharding.ALL_TO_SHARDED);
 * Layer second = Nn.shardLinear(Linear.of(256, 64), Sharding.SHARDED_TO_ALL);
 * MlxArray y = second.apply(Activations.relu(first.apply(Ops.ones(2, 64))));
 * }</pre>
 */
public enum Sharding {
  /**
   * The input is the same in every process, the output is sharded; Python's {@code
   * "all-to-sharded"}.
   */
  ALL_TO_SHARDED,
  /**
   * The input is sharded, the output is the same in every process; Python's {@code
   * "sharded-to-all"}.
   */
  SHARDED_TO_ALL
}
