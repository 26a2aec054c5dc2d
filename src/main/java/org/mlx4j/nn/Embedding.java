package org.mlx4j.nn;

import org.jspecify.annotations.Nullable;
import org.mlx4j.DType;
import org.mlx4j.MlxArray;
import org.mlx4j.MlxRandom;
import org.mlx4j.QuantizationMode;
import org.mlx4j.internal.Formula;

/**
 * A table of vectors, one for each token: {@code weight[x]}. Mirrors {@code mlx.nn.Embedding}.
 *
 * <pre>{@code
 * Embedding embedding = Embedding.of(1000, 64);
 * MlxArray vectors = embedding.apply(MlxArray.of(3, 1, 4)); // shape (3, 64)
 * MlxArray logits = embedding.asLinear(vectors);            // shape (3, 1000), with the same weight
 * }</pre>
 *
 * @param weight the vectors, of shape {@code (numEmbeddings, dims)}
 */
public record Embedding(MlxArray weight) implements Layer, Quantizable {
  /**
   * Makes a layer whose vectors are drawn from a normal distribution with standard deviation {@code
   * 1 / sqrt(dims)}.
   *
   * @param numEmbeddings the number of tokens
   * @param dims the length of the vectors
   * @return the layer
   * @throws IllegalArgumentException if a number is not positive
   */
  public static Embedding of(int numEmbeddings, int dims) {
    return new Embedding(draw("Embedding", numEmbeddings, dims));
  }

  static MlxArray draw(String layer, int numEmbeddings, int dims) {
    Arguments.positive(layer, "numEmbeddings", numEmbeddings);
    Arguments.positive(layer, "dims", dims);
    int[] shape = {numEmbeddings, dims};
    return MlxRandom.normal(shape, DType.FLOAT32, 0, Math.sqrt(1.0 / dims), null);
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
    Arguments.notNull("Embedding", "weight", weight);
    return Formula.of("Embedding", x, tokens -> weight.take(tokens, 0));
  }

  /**
   * Multiplies by the vectors, {@code x @ weight.T}, for an output that shares its weight with the
   * input. Mirrors {@code mlx.nn.Embedding.as_linear}.
   *
   * @param x an array of shape {@code (…, dims)}
   * @return an array of shape {@code (…, numEmbeddings)}
   * @throws IllegalArgumentException if the last axis of {@code x} does not have {@code dims}
   *     elements
   */
  public MlxArray asLinear(MlxArray x) {
    return Linear.affine("Embedding.asLinear", x, weight, null);
  }

  /**
   * Returns a quantized approximation of this layer. Mirrors {@code mlx.nn.Embedding.to_quantized}.
   *
   * @return a {@link QuantizedEmbedding}
   * @throws IllegalArgumentException if the options are not allowed, {@code dims} is not a multiple
   *     of the group size, or {@code quantizeInput} is true
   */
  @Override
  public QuantizedEmbedding toQuantized(
      @Nullable Integer groupSize,
      @Nullable Integer bits,
      QuantizationMode mode,
      boolean quantizeInput) {
    if (quantizeInput) {
      throw Arguments.refused(
          "Embedding.toQuantized",
          "quantizeInput must be false: the input of an embedding is tokens");
    }
    return QuantizedEmbedding.of(this, groupSize, bits, mode);
  }
}
