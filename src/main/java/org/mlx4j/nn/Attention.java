package org.mlx4j.nn;

import org.jspecify.annotations.Nullable;
import org.mlx4j.MlxArray;

/**
 * A layer that lets queries attend to keys and takes means of values: {@link MultiHeadAttention},
 * or what {@link Nn#quantize} makes of it. Declare components of this type where a model may be
 * quantized.
 *
 * <pre>{@code
 * record Block(Attention attention, Layer feedForward) {}
 * Block block = new Block(MultiHeadAttention.of(64, 4), Linear.of(64, 64));
 * Block quantized = Nn.quantize(block, 32, 8);
 * }</pre>
 */
public interface Attention {
  /** Equivalent to {@link #apply(MlxArray, MlxArray, MlxArray, MlxArray) apply(q, k, v, null)}. */
  default MlxArray apply(MlxArray queries, MlxArray keys, MlxArray values) {
    return apply(queries, keys, values, null);
  }

  /**
   * Applies the layer.
   *
   * @param queries an array of shape {@code (N, queries, queryInputDims)}
   * @param keys an array of shape {@code (N, keys, keyInputDims)}
   * @param values an array of shape {@code (N, keys, valueInputDims)}
   * @param mask what is added to the scores, or booleans that are true where a query may attend to
   *     a key; of a shape that broadcasts to {@code (N, heads, queries, keys)}. Null for none
   * @return an array of shape {@code (N, queries, valueOutputDims)}
   * @throws IllegalArgumentException if the shapes do not fit
   */
  MlxArray apply(MlxArray queries, MlxArray keys, MlxArray values, @Nullable MlxArray mask);
}
