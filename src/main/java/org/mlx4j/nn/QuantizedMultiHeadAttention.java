package org.mlx4j.nn;

import org.jspecify.annotations.Nullable;
import org.mlx4j.MlxArray;

/**
 * {@link MultiHeadAttention} with projections of any kind, such as {@link Nn#quantize} makes of it.
 *
 * <pre>{@code
 * Attention attention = MultiHeadAttention.of(64, 4);
 * Attention quantized = Nn.quantize(attention, 32, 8);     // a QuantizedMultiHeadAttention
 * }</pre>
 *
 * @param queryProj the projection of queries
 * @param keyProj the projection of keys
 * @param valueProj the projection of values
 * @param outProj the projection of the result
 * @param numHeads the number of heads
 */
public record QuantizedMultiHeadAttention(
    Layer queryProj, Layer keyProj, Layer valueProj, Layer outProj, int numHeads)
    implements Attention {
  /**
   * Makes a layer.
   *
   * @throws IllegalArgumentException if {@code numHeads} is not positive
   */
  public QuantizedMultiHeadAttention {
    Arguments.positive("QuantizedMultiHeadAttention", "numHeads", numHeads);
  }

  @Override
  public MlxArray apply(MlxArray queries, MlxArray keys, MlxArray values, @Nullable MlxArray mask) {
    return new Heads(
            "QuantizedMultiHeadAttention", numHeads, queryProj, keyProj, valueProj, outProj)
        .attend(queries, keys, values, mask);
  }
}
