package org.mlx4j.nn;

import org.jspecify.annotations.Nullable;
import org.mlx4j.MlxArray;

/**
 * In training, replaces random whole channels by 0, each with probability {@code p}, and multiplies
 * the others by {@code 1 / (1 - p)}. Mirrors {@code mlx.nn.Dropout3d}.
 *
 * <pre>{@code
 * RandomLayer dropout = new Dropout3d(0.2f);
 * MlxArray x = Ops.ones(2, 4, 8, 8, 3);
 * MlxArray y = dropout.apply(x, MlxRandom.key(3));
 * MlxArray same = dropout.apply(x);                        // without a key nothing is dropped
 * }</pre>
 *
 * @param p the probability, at least 0 and less than 1
 */
public record Dropout3d(float p) implements RandomLayer {
  /**
   * Makes a layer.
   *
   * @throws IllegalArgumentException if {@code p} is not in [0, 1)
   */
  public Dropout3d {
    Drops.requireProbability("Dropout3d", p);
  }

  /** Equivalent to {@link #of(double) of(0.5)}. */
  public static Dropout3d of() {
    return of(0.5);
  }

  /**
   * Makes a layer.
   *
   * @param p the probability that a channel is dropped, at least 0 and less than 1
   * @return the layer
   * @throws IllegalArgumentException if {@code p} is not in [0, 1)
   */
  public static Dropout3d of(double p) {
    return new Dropout3d((float) p);
  }

  /**
   * Applies the layer.
   *
   * @param x an array of shape {@code (N, depth, height, width, channels)}, or without the first
   *     axis
   * @param key a PRNG key, or null, with which nothing is dropped
   * @return an array of the shape of {@code x}
   * @throws IllegalArgumentException if {@code x} has neither 4 nor 5 axes, or {@code key} is not a
   *     key
   */
  @Override
  public MlxArray apply(MlxArray x, @Nullable MlxArray key) {
    return Drops.apply("Dropout3d", p, 3, x, key);
  }
}
