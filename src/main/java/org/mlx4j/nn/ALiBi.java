package org.mlx4j.nn;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.mlx4j.DType;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.internal.Formula;

/**
 * Attention with linear biases: the scores of a query and a key become smaller in proportion to the
 * distance of their positions, {@code scores - slope * |i - j|}, where every head has another
 * slope. Mirrors {@code mlx.nn.ALiBi}.
 *
 * <pre>{@code
 * MlxArray scores = Ops.ones(2, 8, 10, 10);                // (N, heads, queries, keys)
 * MlxArray biased = ALiBi.of().apply(scores);
 * MlxArray mask = ALiBi.createAlibiMatrix(10, 10, 8);      // for attention that takes a mask
 * }</pre>
 */
public record ALiBi() implements Layer {
  /** Makes the layer. */
  public static ALiBi of() {
    return new ALiBi();
  }

  /** Equivalent to {@link #apply(MlxArray, int, MlxArray) apply(attentionScores, 0, null)}. */
  @Override
  public MlxArray apply(MlxArray attentionScores) {
    return apply(attentionScores, 0, null);
  }

  /** Equivalent to {@link #apply(MlxArray, int, MlxArray) apply(attentionScores, offset, null)}. */
  public MlxArray apply(MlxArray attentionScores, int offset) {
    return apply(attentionScores, offset, null);
  }

  /**
   * Adds the biases to scores.
   *
   * @param attentionScores an array of shape {@code (N, heads, queries, keys)}
   * @param offset the position of the first query
   * @param mask what is added to the biases, of a shape that broadcasts with {@code (1, heads,
   *     queries, keys)}; or null
   * @return the sum
   * @throws IllegalArgumentException if the shapes do not fit, or {@code offset} is negative
   */
  public MlxArray apply(MlxArray attentionScores, int offset, @Nullable MlxArray mask) {
    return Formula.of(
        "ALiBi",
        attentionScores,
        scores -> {
          if (scores.ndim() != 4) {
            throw Arguments.refused(
                "ALiBi",
                "the scores must have 4 axes, (N, heads, queries, keys), got shape "
                    + Arrays.toString(scores.shape()));
          }
          int queries = Math.addExact(scores.dim(2), offset);
          MlxArray biases =
              createAlibiMatrix(queries, scores.dim(3), scores.dim(1), offset, scores.dtype());
          return scores.add(mask == null ? biases : biases.add(mask));
        });
  }

  /**
   * Equivalent to {@link #createAlibiMatrix(int, int, int, int, DType)
   * createAlibiMatrix(qSequenceLength, kSequenceLength, numHeads, 0, DType.FLOAT32)}.
   */
  public static MlxArray createAlibiMatrix(int qSequenceLength, int kSequenceLength, int numHeads) {
    return createAlibiMatrix(qSequenceLength, kSequenceLength, numHeads, 0, DType.FLOAT32);
  }

  /**
   * Equivalent to {@link #createAlibiMatrix(int, int, int, int, DType)
   * createAlibiMatrix(qSequenceLength, kSequenceLength, numHeads, offset, DType.FLOAT32)}.
   */
  public static MlxArray createAlibiMatrix(
      int qSequenceLength, int kSequenceLength, int numHeads, int offset) {
    return createAlibiMatrix(qSequenceLength, kSequenceLength, numHeads, offset, DType.FLOAT32);
  }

  /**
   * Makes the biases. Mirrors {@code mlx.nn.ALiBi.create_alibi_matrix}.
   *
   * @param qSequenceLength the position after that of the last query
   * @param kSequenceLength the number of keys
   * @param numHeads the number of heads
   * @param offset the position of the first query
   * @param dtype the dtype of the biases
   * @return an array of shape {@code (1, numHeads, qSequenceLength - offset, kSequenceLength)}
   * @throws IllegalArgumentException if a number is not allowed
   */
  public static MlxArray createAlibiMatrix(
      int qSequenceLength, int kSequenceLength, int numHeads, int offset, DType dtype) {
    return Formula.of(
        "createAlibiMatrix",
        () -> {
          if (offset < 0 || qSequenceLength < offset) {
            throw Arguments.refused(
                "createAlibiMatrix",
                "offset must be between 0 and "
                    + qSequenceLength
                    + ", the position after the last query, got "
                    + offset);
          }
          MlxArray queries = Ops.arange(offset, qSequenceLength).expandDims(1);
          MlxArray keys = Ops.arange(kSequenceLength).expandDims(0);
          MlxArray distances = queries.subtract(keys).expandDims(0, 1).abs().negative();
          return distances.multiply(createAlibiSlope(numHeads, dtype)).astype(dtype);
        });
  }

  /**
   * Equivalent to {@link #createAlibiSlope(int, DType) createAlibiSlope(numHeads, DType.FLOAT32)}.
   */
  public static MlxArray createAlibiSlope(int numHeads) {
    return createAlibiSlope(numHeads, DType.FLOAT32);
  }

  /**
   * Makes the slopes of the heads: {@code 2^(-8 * (i + 1) / numHeads)} for head {@code i} if their
   * number is a power of 2. Otherwise the first heads have the slopes of the next smaller power of
   * 2, and the others every second one of the next larger power. Mirrors {@code
   * mlx.nn.ALiBi.create_alibi_slope}.
   *
   * @param numHeads the number of heads
   * @param dtype the dtype of the slopes
   * @return an array of shape {@code (numHeads, 1, 1)}
   * @throws IllegalArgumentException if {@code numHeads} is not positive
   */
  public static MlxArray createAlibiSlope(int numHeads, DType dtype) {
    Arguments.positive("createAlibiSlope", "numHeads", numHeads);
    Arguments.notNull("createAlibiSlope", "dtype", dtype);
    int power = Integer.highestOneBit(numHeads);
    double[] slopes = new double[numHeads];
    for (int i = 0; i < numHeads; i++) {
      slopes[i] = i < power ? slope(i, power) : slope(2 * (i - power), 2 * power);
    }
    return MlxArray.of(slopes, dtype, numHeads, 1, 1);
  }

  private static double slope(int i, int heads) {
    double start = Math.pow(2, -8.0 / heads);
    return start * Math.pow(start, i);
  }
}
