package org.mlx4j.nn;

import org.mlx4j.Fast;
import org.mlx4j.MlxArray;
import org.mlx4j.internal.Formula;

/**
 * Rotary positional encoding: pairs of elements of the last axis are rotated by an angle that grows
 * with the position, {@code scale * position * base^(-2 * i / dims)} for pair {@code i}. Mirrors
 * {@code mlx.nn.RoPE}.
 *
 * <pre>{@code
 * RoPE rope = RoPE.of(16);
 * MlxArray q = rope.apply(Ops.ones(1, 4, 10, 16));         // positions 0 to 9
 * MlxArray next = rope.apply(Ops.ones(1, 4, 1, 16), 10);   // position 10
 * }</pre>
 *
 * @param dims how many elements of the last axis are rotated; the others stay
 * @param traditional whether pairs are of neighbors, or of elements {@code dims / 2} apart
 * @param base the base of the frequencies
 * @param scale the factor of the positions
 */
public record RoPE(int dims, boolean traditional, float base, float scale) implements Layer {
  /**
   * Makes a layer.
   *
   * @throws IllegalArgumentException if {@code dims} is not positive
   */
  public RoPE {
    Arguments.positive("RoPE", "dims", dims);
  }

  /** Equivalent to {@link #of(int, boolean, double, double) of(dims, false, 10000, 1)}. */
  public static RoPE of(int dims) {
    return of(dims, false);
  }

  /** Equivalent to {@link #of(int, boolean, double, double) of(dims, traditional, 10000, 1)}. */
  public static RoPE of(int dims, boolean traditional) {
    return of(dims, traditional, 10000);
  }

  /** Equivalent to {@link #of(int, boolean, double, double) of(dims, traditional, base, 1)}. */
  public static RoPE of(int dims, boolean traditional, double base) {
    return of(dims, traditional, base, 1);
  }

  /**
   * Makes a layer.
   *
   * @param dims how many elements of the last axis are rotated; the others stay
   * @param traditional whether pairs are of neighbors, or of elements {@code dims / 2} apart
   * @param base the base of the frequencies
   * @param scale the factor of the positions
   * @return the layer
   * @throws IllegalArgumentException if {@code dims} is not positive
   */
  public static RoPE of(int dims, boolean traditional, double base, double scale) {
    return new RoPE(dims, traditional, (float) base, (float) scale);
  }

  /** Equivalent to {@link #apply(MlxArray, int) apply(x, 0)}. */
  @Override
  public MlxArray apply(MlxArray x) {
    return apply(x, 0);
  }

  /**
   * Applies the layer.
   *
   * @param x an array of shape {@code (N, …, sequence, elements)} with at least {@code dims}
   *     elements
   * @param offset the position of the first element of the sequence
   * @return an array of the shape of {@code x}
   * @throws IllegalArgumentException if the shape of {@code x} is not allowed
   */
  public MlxArray apply(MlxArray x, int offset) {
    return Formula.of("RoPE", x, a -> Fast.rope(a, dims, traditional, base, scale, offset));
  }

  /**
   * Applies the layer at positions that an array holds.
   *
   * @param x an array of shape {@code (N, …, sequence, elements)} with at least {@code dims}
   *     elements
   * @param offset the position of the first element of the sequence, a scalar, or one for each
   *     sample, a vector of length {@code N}
   * @return an array of the shape of {@code x}
   * @throws IllegalArgumentException if a shape is not allowed
   */
  public MlxArray apply(MlxArray x, MlxArray offset) {
    Arguments.notNull("RoPE", "offset", offset);
    return Formula.of("RoPE", x, a -> Fast.rope(a, dims, traditional, base, scale, offset));
  }
}
