package org.mlx4j.nn;

import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.internal.Formula;

/**
 * The rectified linear unit whose slope for negative elements is trained, {@code max(x, 0) + weight
 * * min(x, 0)}. Mirrors {@code mlx.nn.PReLU}.
 *
 * <pre>{@code
 * Sequential model = Sequential.of(Linear.of(4, 8), PReLU.of(), Linear.of(8, 2));
 * }</pre>
 *
 * <p>Activation functions without parameters have no layers: a method reference such as {@code
 * Activations::relu} is one, and so is a lambda such as {@code x -> Activations.elu(x, 0.5)}.
 *
 * @param weight the slopes: one, or one for each element of the last axis
 */
public record PReLU(MlxArray weight) implements Layer {
  /** Equivalent to {@link #of(int, double) of(1, 0.25)}. */
  public static PReLU of() {
    return of(1);
  }

  /** Equivalent to {@link #of(int, double) of(numParameters, 0.25)}. */
  public static PReLU of(int numParameters) {
    return of(numParameters, 0.25);
  }

  /**
   * Makes a layer.
   *
   * @param numParameters the number of slopes
   * @param init the first value of the slopes
   * @return the layer
   * @throws IllegalArgumentException if {@code numParameters} is not positive
   */
  public static PReLU of(int numParameters, double init) {
    Arguments.positive("PReLU", "numParameters", numParameters);
    return new PReLU(Ops.full(new int[] {numParameters}, init));
  }

  /**
   * Applies the layer.
   *
   * @param x an array whose shape broadcasts with that of the slopes
   * @return an array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast
   */
  @Override
  public MlxArray apply(MlxArray x) {
    Arguments.notNull("PReLU", "weight", weight);
    return Formula.of("PReLU", x, a -> Activations.prelu(a, weight));
  }
}
