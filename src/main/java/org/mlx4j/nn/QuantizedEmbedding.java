package org.mlx4j.nn;

import org.jspecify.annotations.Nullable;
import org.mlx4j.MlxArray;
import org.mlx4j.QuantizationMode;
import org.mlx4j.Quantized;
import org.mlx4j.Scope;
import org.mlx4j.internal.Formula;
import org.mlx4j.tree.NotTrained;

/**
 * An {@link Embedding} with a quantized weight, {@code dequantize(weight[x])}. Mirrors {@code
 * mlx.nn.QuantizedEmbedding}.
 *
 * <pre>{@code
 * QuantizedEmbedding embedding = Embedding.of(1000, 64).toQuantized(64, 4, QuantizationMode.AFFINE, false);
 * MlxArray vectors = embedding.apply(MlxArray.of(3, 1, 4)); // shape (3, 64)
 * MlxArray logits = embedding.asLinear(vectors);            // shape (3, 1000)
 * }</pre>
 *
 * <p>The parameters are not trained.
 *
 * @param weight the packed elements, a uint32 array of shape {@code (numEmbeddings, dims * bits /
 *     32)}
 * @param scales the scales of the groups, of shape {@code (numEmbeddings, dims / groupSize)}
 * @param biases the biases of the groups, of the same shape; null if the mode has none
 * @param groupSize how many elements share a scale
 * @param bits the number of bits of an element
 * @param mode how elements are represented
 */
public record QuantizedEmbedding(
    @NotTrained MlxArray weight,
    @NotTrained MlxArray scales,
    @NotTrained @Nullable MlxArray biases,
    int groupSize,
    int bits,
    QuantizationMode mode)
    implements Layer {
  /**
   * Equivalent to {@link #of(int, int, Integer, Integer, QuantizationMode) of(numEmbeddings, dims,
   * null, null, QuantizationMode.AFFINE)}.
   */
  public static QuantizedEmbedding of(int numEmbeddings, int dims) {
    return of(numEmbeddings, dims, null, null);
  }

  /**
   * Equivalent to {@link #of(int, int, Integer, Integer, QuantizationMode) of(numEmbeddings, dims,
   * groupSize, null, QuantizationMode.AFFINE)}.
   */
  public static QuantizedEmbedding of(int numEmbeddings, int dims, @Nullable Integer groupSize) {
    return of(numEmbeddings, dims, groupSize, null);
  }

  /**
   * Equivalent to {@link #of(int, int, Integer, Integer, QuantizationMode) of(numEmbeddings, dims,
   * groupSize, bits, QuantizationMode.AFFINE)}.
   */
  public static QuantizedEmbedding of(
      int numEmbeddings, int dims, @Nullable Integer groupSize, @Nullable Integer bits) {
    return of(numEmbeddings, dims, groupSize, bits, QuantizationMode.AFFINE);
  }

  /**
   * Makes a layer whose vectors are drawn as those of {@link Embedding#of}, and then quantized.
   *
   * @param numEmbeddings the number of tokens
   * @param dims the length of the vectors, a multiple of the group size
   * @param groupSize how many elements share a scale; null for the mode's default
   * @param bits the number of bits of an element; null for the mode's default
   * @param mode how elements are represented
   * @return the layer
   * @throws IllegalArgumentException if an option is not allowed
   */
  public static QuantizedEmbedding of(
      int numEmbeddings,
      int dims,
      @Nullable Integer groupSize,
      @Nullable Integer bits,
      QuantizationMode mode) {
    return Scope.run(
        () -> {
          Arguments.notNull("QuantizedEmbedding", "mode", mode);
          MlxArray weight = Embedding.draw("QuantizedEmbedding", numEmbeddings, dims);
          return of(new Embedding(weight), groupSize, bits, mode);
        });
  }

  /**
   * Quantizes a layer. Mirrors {@code mlx.nn.QuantizedEmbedding.from_embedding}.
   *
   * @param embedding the layer
   * @param groupSize how many elements share a scale; null for the mode's default
   * @param bits the number of bits of an element; null for the mode's default
   * @param mode how elements are represented
   * @return the quantized layer
   * @throws IllegalArgumentException if an option is not allowed, or the length of the vectors is
   *     not a multiple of the group size
   */
  public static QuantizedEmbedding of(
      Embedding embedding,
      @Nullable Integer groupSize,
      @Nullable Integer bits,
      QuantizationMode mode) {
    String layer = "QuantizedEmbedding";
    Arguments.notNull(layer, "embedding", embedding);
    int size = Packed.groupSize(layer, groupSize, mode);
    int width = Packed.bits(layer, bits, mode);
    Quantized q = Packed.quantize(layer, embedding.weight(), size, width, mode);
    return new QuantizedEmbedding(q.w(), q.scales(), q.biases(), size, width, mode);
  }

  /**
   * Looks up vectors.
   *
   * @param x the tokens, integers of any shape
   * @return an array with one more axis than {@code x}, which has the vectors
   * @throws IllegalArgumentException if {@code x} does not hold integers
   */
  @Override
  public MlxArray apply(MlxArray x) {
    Arguments.notNull("QuantizedEmbedding", "weight", weight);
    Arguments.notNull("QuantizedEmbedding", "scales", scales);
    return Formula.of(
        "QuantizedEmbedding",
        x,
        tokens ->
            weight
                .take(tokens, 0)
                .dequantize(
                    scales.take(tokens, 0),
                    biases == null ? null : biases.take(tokens, 0),
                    groupSize,
                    bits,
                    mode));
  }

  /**
   * Multiplies by the vectors, {@code x @ dequantize(weight).T}. Mirrors {@code
   * mlx.nn.QuantizedEmbedding.as_linear}.
   *
   * @param x an array of shape {@code (…, dims)}
   * @return an array of shape {@code (…, numEmbeddings)}
   * @throws IllegalArgumentException if the last axis of {@code x} does not have {@code dims}
   *     elements
   */
  public MlxArray asLinear(MlxArray x) {
    Arguments.notNull("QuantizedEmbedding.asLinear", "weight", weight);
    return Formula.of(
        "QuantizedEmbedding.asLinear",
        x,
        a -> Packed.multiply(a, weight, scales, biases, groupSize, bits, mode));
  }
}
