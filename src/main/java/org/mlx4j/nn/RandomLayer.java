package org.mlx4j.nn;

import org.jspecify.annotations.Nullable;
import org.mlx4j.MlxArray;

/**
 * A layer that is random in training. With a key it does what it does in training; without one it
 * does what it does afterward. The same key gives the same result.
 *
 * <pre>{@code
 * RandomLayer model = Sequential.of(Linear.of(4, 8), new Dropout(0.5f), Linear.of(8, 2));
 * MlxArray x = Ops.ones(3, 4);
 * MlxArray inTraining = model.apply(x, MlxRandom.key(7));
 * MlxArray afterward = model.apply(x);
 * }</pre>
 *
 * <p>Layers that contain several random layers split the key that they are given.
 */
@FunctionalInterface
public interface RandomLayer extends Layer {
  /**
   * Applies the layer.
   *
   * @param x the input
   * @param key a PRNG key, as {@link org.mlx4j.MlxRandom#key} makes it; or null after training
   * @return the output
   */
  MlxArray apply(MlxArray x, @Nullable MlxArray key);

  /** Equivalent to {@link #apply(MlxArray, MlxArray) apply(x, null)}. */
  @Override
  default MlxArray apply(MlxArray x) {
    return apply(x, null);
  }
}
