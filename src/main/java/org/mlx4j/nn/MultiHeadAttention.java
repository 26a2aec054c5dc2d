package org.mlx4j.nn;

import org.jspecify.annotations.Nullable;
import org.mlx4j.DType;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.internal.Formula;

/**
 * Scaled dot product attention with several heads. Queries, keys and values are projected and
 * divided into heads; each head computes {@code softmax(q @ k.T / sqrt(d) + mask) @ v}, where
 * {@code d} is the size of its queries; the heads are joined and projected. Mirrors {@code
 * mlx.nn.MultiHeadAttention}.
 *
 * <pre>{@code
 * MultiHeadAttention attention = MultiHeadAttention.of(64, 4);
 * MlxArray x = Ops.ones(2, 10, 64);
 * MlxArray mask = MultiHeadAttention.createAdditiveCausalMask(10);
 * MlxArray y = attention.apply(x, x, x, mask);             // shape (2, 10, 64)
 * }</pre>
 *
 * @param queryProj the projection of queries
 * @param keyProj the projection of keys
 * @param valueProj the projection of values
 * @param outProj the projection of the result
 * @param numHeads the number of heads
 */
public record MultiHeadAttention(
    Linear queryProj, Linear keyProj, Linear valueProj, Linear outProj, int numHeads)
    implements Attention {
  /**
   * Makes a layer.
   *
   * @throws IllegalArgumentException if {@code numHeads} is not positive
   */
  public MultiHeadAttention {
    Arguments.positive("MultiHeadAttention", "numHeads", numHeads);
  }

  /**
   * Equivalent to {@link #of(int, int, Integer, Integer, Integer, Integer, Integer, boolean)
   * of(dims, numHeads, null, null, null, null, null, false)}.
   */
  public static MultiHeadAttention of(int dims, int numHeads) {
    return of(dims, numHeads, null, null, null, null, null, false);
  }

  /**
   * Equivalent to {@link #of(int, int, Integer, Integer, Integer, Integer, Integer, boolean)
   * of(dims, numHeads, queryInputDims, null, null, null, null, false)}.
   */
  public static MultiHeadAttention of(int dims, int numHeads, @Nullable Integer queryInputDims) {
    return of(dims, numHeads, queryInputDims, null, null, null, null, false);
  }

  /**
   * Equivalent to {@link #of(int, int, Integer, Integer, Integer, Integer, Integer, boolean)
   * of(dims, numHeads, queryInputDims, keyInputDims, null, null, null, false)}.
   */
  public static MultiHeadAttention of(
      int dims, int numHeads, @Nullable Integer queryInputDims, @Nullable Integer keyInputDims) {
    return of(dims, numHeads, queryInputDims, keyInputDims, null, null, null, false);
  }

  /**
   * Equivalent to {@link #of(int, int, Integer, Integer, Integer, Integer, Integer, boolean)
   * of(dims, numHeads, queryInputDims, keyInputDims, valueInputDims, null, null, false)}.
   */
  public static MultiHeadAttention of(
      int dims,
      int numHeads,
      @Nullable Integer queryInputDims,
      @Nullable Integer keyInputDims,
      @Nullable Integer valueInputDims) {
    return of(dims, numHeads, queryInputDims, keyInputDims, valueInputDims, null, null, false);
  }

  /**
   * Equivalent to {@link #of(int, int, Integer, Integer, Integer, Integer, Integer, boolean)
   * of(dims, numHeads, queryInputDims, keyInputDims, valueInputDims, valueDims, null, false)}.
   */
  public static MultiHeadAttention of(
      int dims,
      int numHeads,
      @Nullable Integer queryInputDims,
      @Nullable Integer keyInputDims,
      @Nullable Integer valueInputDims,
      @Nullable Integer valueDims) {
    return of(dims, numHeads, queryInputDims, keyInputDims, valueInputDims, valueDims, null, false);
  }

  /**
   * Equivalent to {@link #of(int, int, Integer, Integer, Integer, Integer, Integer, boolean)
   * of(dims, numHeads, queryInputDims, keyInputDims, valueInputDims, valueDims, valueOutputDims,
   * false)}.
   */
  public static MultiHeadAttention of(
      int dims,
      int numHeads,
      @Nullable Integer queryInputDims,
      @Nullable Integer keyInputDims,
      @Nullable Integer valueInputDims,
      @Nullable Integer valueDims,
      @Nullable Integer valueOutputDims) {
    return of(
        dims,
        numHeads,
        queryInputDims,
        keyInputDims,
        valueInputDims,
        valueDims,
        valueOutputDims,
        false);
  }

  /**
   * Makes a layer. Its projections are made as {@link Linear#of(int, int, boolean)} makes them, in
   * the order of the components.
   *
   * @param dims the size of projected queries and keys, a multiple of {@code numHeads}
   * @param numHeads the number of heads
   * @param queryInputDims the size of queries; null for {@code dims}
   * @param keyInputDims the size of keys; null for {@code dims}
   * @param valueInputDims the size of values; null for {@code keyInputDims}
   * @param valueDims the size of projected values, a multiple of {@code numHeads}; null for {@code
   *     dims}
   * @param valueOutputDims the size of the output; null for {@code dims}
   * @param bias whether projections have biases
   * @return the layer
   * @throws IllegalArgumentException if a size is not positive, or {@code dims} or {@code
   *     valueDims} is not a multiple of {@code numHeads}
   */
  public static MultiHeadAttention of(
      int dims,
      int numHeads,
      @Nullable Integer queryInputDims,
      @Nullable Integer keyInputDims,
      @Nullable Integer valueInputDims,
      @Nullable Integer valueDims,
      @Nullable Integer valueOutputDims,
      boolean bias) {
    String layer = "MultiHeadAttention";
    Arguments.positive(layer, "dims", dims);
    Arguments.positive(layer, "numHeads", numHeads);
    Arguments.divides(layer, "numHeads", numHeads, "dims", dims);
    int queryInputs = size(layer, "queryInputDims", queryInputDims, dims);
    int keyInputs = size(layer, "keyInputDims", keyInputDims, dims);
    int valueInputs = size(layer, "valueInputDims", valueInputDims, keyInputs);
    int valueSize = size(layer, "valueDims", valueDims, dims);
    int outputs = size(layer, "valueOutputDims", valueOutputDims, dims);
    Arguments.divides(layer, "numHeads", numHeads, "valueDims", valueSize);
    return new MultiHeadAttention(
        Linear.of(queryInputs, dims, bias),
        Linear.of(keyInputs, dims, bias),
        Linear.of(valueInputs, valueSize, bias),
        Linear.of(valueSize, outputs, bias),
        numHeads);
  }

  private static int size(String layer, String parameter, @Nullable Integer given, int otherwise) {
    return given == null ? otherwise : Arguments.positive(layer, parameter, given);
  }

  @Override
  public MlxArray apply(MlxArray queries, MlxArray keys, MlxArray values, @Nullable MlxArray mask) {
    return new Heads("MultiHeadAttention", numHeads, queryProj, keyProj, valueProj, outProj)
        .attend(queries, keys, values, mask);
  }

  /**
   * Equivalent to {@link #createAdditiveCausalMask(int, DType) createAdditiveCausalMask(n,
   * DType.FLOAT32)}.
   */
  public static MlxArray createAdditiveCausalMask(int n) {
    return createAdditiveCausalMask(n, DType.FLOAT32);
  }

  /**
   * Makes a mask with which an element attends to itself and those before it. Mirrors {@code
   * mlx.nn.MultiHeadAttention.create_additive_causal_mask}.
   *
   * @param n the length of the sequence
   * @param dtype a floating point dtype
   * @return an array of shape {@code (n, n)}: 0 on and below the diagonal, the lowest finite number
   *     above
   * @throws IllegalArgumentException if {@code n} is negative, or the dtype is not one of floating
   *     point
   */
  public static MlxArray createAdditiveCausalMask(int n, DType dtype) {
    return Formula.of(
        "createAdditiveCausalMask",
        () -> {
          if (n < 0) {
            throw Arguments.refused("createAdditiveCausalMask", "n must be at least 0, got " + n);
          }
          MlxArray indices = Ops.arange(n);
          MlxArray above = indices.expandDims(1).less(indices.expandDims(0));
          return above.astype(dtype).multiply(Ops.finfo(dtype).min());
        });
  }
}
