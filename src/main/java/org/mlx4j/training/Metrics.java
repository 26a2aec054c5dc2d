package org.mlx4j.training;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Objects;
import java.util.stream.IntStream;
import org.mlx4j.DType;
import org.mlx4j.MlxArray;
import org.mlx4j.Scope;

/**
 * Measures of how good predictions are. Those of classes are in {@link ConfusionMatrix}.
 *
 * <pre>{@code
 * MlxArray logits = MlxArray.of(new float[] {0.1f, 0.9f, 0.8f, 0.2f}, 2, 2);
 * MlxArray labels = MlxArray.of(1, 1);
 * Metrics.accuracy(logits, labels).itemFloat();            // 0.5
 * Metrics.rocAuc(new int[] {0, 1, 1}, new double[] {0.2, 0.2, 0.7});    // 0.75
 * }</pre>
 */
public final class Metrics {
  private Metrics() {}

  /**
   * Returns the share of the rows whose largest score is that of their class. It is an operation on
   * arrays, so it may be a part of a compiled function, such as one of {@link Fit#validate(Object,
   * int, java.util.function.BiFunction)}.
   *
   * @param scores logits or probabilities of shape {@code (…, classes)}
   * @param labels integers of shape {@code (…)}: the class of each row
   * @return a float32 scalar
   * @throws IllegalArgumentException if {@code scores} is a scalar, empty or complex, or the shapes
   *     do not fit each other
   * @throws IllegalStateException if an array is closed
   * @throws NullPointerException if an array is null
   */
  public static MlxArray accuracy(MlxArray scores, MlxArray labels) {
    Objects.requireNonNull(scores, "[accuracy] the array of scores is null");
    Objects.requireNonNull(labels, "[accuracy] the array of labels is null");
    requireOpen("accuracy", scores, labels);
    int[] shape = scores.shape();
    int last = shape.length - 1;
    if (scores.size() == 0) {
      throw new IllegalArgumentException(
          "[accuracy] there are no scores: their shape is " + Arrays.toString(shape));
    }
    if (last < 0 || !Arrays.equals(Arrays.copyOf(shape, last), labels.shape())) {
      throw new IllegalArgumentException(
          "[accuracy] scores of shape (…, classes) need labels of shape (…), got %s and %s"
              .formatted(Arrays.toString(shape), Arrays.toString(labels.shape())));
    }
    if (scores.dtype() == DType.COMPLEX64) {
      throw new IllegalArgumentException("[accuracy] scores must be real numbers, got complex64");
    }
    return Scope.run(() -> scores.argmax(-1).equal(labels).astype(DType.FLOAT32).mean());
  }

  /**
   * Equivalent to {@link #rocAuc(int[], double[])}, for arrays of any integer and floating point
   * dtypes.
   */
  public static double rocAuc(MlxArray labels, MlxArray scores) {
    Objects.requireNonNull(labels, "[rocAuc] the array of labels is null");
    Objects.requireNonNull(scores, "[rocAuc] the array of scores is null");
    requireOpen("rocAuc", labels, scores);
    if (labels.ndim() != 1 || scores.ndim() != 1) {
      throw new IllegalArgumentException(
          "[rocAuc] labels and scores must have one axis, got the shapes %s and %s"
              .formatted(Arrays.toString(labels.shape()), Arrays.toString(scores.shape())));
    }
    if (labels.dtype().isFloating() || isComplex(labels) || isComplex(scores)) {
      throw new IllegalArgumentException(
          "[rocAuc] labels must be integers and scores real numbers, got %s and %s"
              .formatted(labels.dtype(), scores.dtype()));
    }
    int[] positive = labels.toIntArray();
    return rocAuc(positive, scores.toDoubleArray());
  }

  private static boolean isComplex(MlxArray x) {
    return x.dtype() == DType.COMPLEX64;
  }

  /**
   * Returns the area under the receiver operating characteristic: the probability that a randomly
   * chosen positive example has a higher score than a randomly chosen negative one. Equal scores
   * count as one half.
   *
   * @param labels 1 for each positive example, 0 for each negative one
   * @param scores how strongly each of them is believed to be positive; infinities are allowed
   * @return the area, from 0 to 1; NaN if there are no positive or no negative examples
   * @throws IllegalArgumentException if the lengths differ, a label is neither 0 nor 1, or a score
   *     is NaN
   * @throws NullPointerException if an array is null
   */
  public static double rocAuc(int[] labels, double[] scores) {
    Objects.requireNonNull(labels, "[rocAuc] the array of labels is null");
    Objects.requireNonNull(scores, "[rocAuc] the array of scores is null");
    if (labels.length != scores.length) {
      throw new IllegalArgumentException(
          "[rocAuc] there must be a score for each label, got %s labels and %s scores"
              .formatted(labels.length, scores.length));
    }
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] != 0 && labels[i] != 1) {
        throw new IllegalArgumentException("[rocAuc] labels must be 0 or 1, got " + labels[i]);
      }
      if (Double.isNaN(scores[i])) {
        throw new IllegalArgumentException("[rocAuc] score " + i + " is NaN");
      }
    }
    int[] order =
        IntStream.range(0, scores.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> scores[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    long negatives = 0;
    long positives = 0;
    double pairs = 0; // twice the number of pairs in the right order: an integer below 2^63
    for (int i = 0; i < order.length; ) {
      long equalNegatives = 0;
      long equalPositives = 0;
      double score = scores[order[i]];
      for (; i < order.length && scores[order[i]] == score; i++) {
        if (labels[order[i]] == 1) {
          equalPositives++;
        } else {
          equalNegatives++;
        }
      }
      pairs += equalPositives * (2 * negatives + equalNegatives);
      negatives += equalNegatives;
      positives += equalPositives;
    }
    return pairs / 2 / ((double) positives * negatives);
  }

  private static void requireOpen(String function, MlxArray... arrays) {
    for (MlxArray array : arrays) {
      if (array.isClosed()) {
        throw new IllegalStateException("[" + function + "] an array is closed");
      }
    }
  }
}
