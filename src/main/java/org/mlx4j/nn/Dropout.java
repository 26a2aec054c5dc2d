package org.mlx4j.nn;

import org.jspecify.annotations.Nullable;
import org.mlx4j.MlxArray;

/**
 * In training, replaces random elements by 0, each with probability {@code p}, and multiplies the
 * others by {@code 1 / (1 - p)}. Mirrors {@code mlx.nn.Dropout}.
 *
 * <pre>{@code
 * RandomLayer dropout = new Dropout(0.2f);
 * MlxArray x = Ops.ones(4, 8);
 * MlxArray y = dropout.apply(x, MlxRandom.key(3));
 * MlxArray same = dropout.apply(x);                        // without a key nothing is dropped
 * }</pre>
 *
 * @param p the probability, at least 0 and less than 1
 */
public record Dropout(float p) implements RandomLayer {
  /**
   * Makes a layer.
   *
   * @throws IllegalArgumentException if {@code p} is not in [0, 1)
   */
  public Dropout {
    Drops.requireProbability("Dropout", p);
  }

  /** Equivalent to {@link #of(double) of(0.5)}. */
  public static Dropout of() {
    return of(0.5);
  }

  /**
   * Makes a layer.
   *
   * @param p the probability that an element is dropped, at least 0 and less than 1
   * @return the layer
   * @throws IllegalArgumentException if {@code p} is not in [0, 1)
   */
  public static Dropout of(double p) {
    return new Dropout((float) p);
  }

  /**
   * Applies the layer.
   *
   * @param x any array
   * @param key a PRNG key, or null, with which nothing is dropped
   * @return an array of the shape of {@code x}
   * @throws IllegalArgumentException if {@code key} is not a key
   */
  @Override
  public MlxArray apply(MlxArray x, @Nullable MlxArray key) {
    return Drops.apply("Dropout", p, 0, x, key);
  }
}
