package org.mlx4j.training;

import java.util.Arrays;
import java.util.Objects;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.mlx4j.MlxArray;

/**
 * How many examples of each class were taken for each class, and what follows from that.
 *
 * <pre>{@code
 * ConfusionMatrix matrix =
 *     ConfusionMatrix.of(new int[] {0, 0, 1, 2}, new int[] {0, 1, 1, 2}, 3);
 * matrix.count(0, 1);                                      // 1
 * matrix.accuracy();                                       // 0.75
 * matrix.precision(1);                                     // 0.5
 * matrix.recall(0);                                        // 0.5
 * matrix.macroF1();                                        // 0.7777
 * }</pre>
 *
 * <p>Precision, recall and F1 are 0 where they would be 0 / 0: for a class that is never predicted,
 * or never occurs. A macro average is the mean over all classes, those without examples included. A
 * micro average is computed from the counts of all classes together; where every example has one
 * class and one prediction, as here, all of them are the accuracy.
 *
 * <p>Objects of this class never change.
 */
public final class ConfusionMatrix {
  private final long[][] counts;

  private ConfusionMatrix(long[][] counts) {
    this.counts = counts;
  }

  /**
   * Counts predictions.
   *
   * @param labels the class of each example, from 0
   * @param predicted what it was taken for
   * @param classes the number of classes
   * @return the matrix
   * @throws IllegalArgumentException if {@code classes} is less than 1 or more than 30,000, the
   *     lengths differ, or a class is out of range
   * @throws NullPointerException if an array is null
   */
  public static ConfusionMatrix of(int[] labels, int[] predicted, int classes) {
    Objects.requireNonNull(labels, "[ConfusionMatrix] the array of labels is null");
    Objects.requireNonNull(predicted, "[ConfusionMatrix] the array of predictions is null");
    if (classes < 1 || classes > 30_000) {
      throw new IllegalArgumentException(
          "[ConfusionMatrix] the number of classes must be from 1 to 30,000, got " + classes);
    }
    if (labels.length != predicted.length) {
      throw new IllegalArgumentException(
          "[ConfusionMatrix] there must be a prediction for each label, got %s labels and %s predictions"
              .formatted(labels.length, predicted.length));
    }
    for (int i = 0; i < labels.length; i++) {
      requireClass(labels[i], classes);
      requireClass(predicted[i], classes);
    }
    long[][] counts = new long[classes][classes];
    for (int i = 0; i < labels.length; i++) {
      counts[labels[i]][predicted[i]]++;
    }
    return new ConfusionMatrix(counts);
  }

  /**
   * Equivalent to {@link #of(int[], int[], int)}, for arrays of integers with one axis, such as
   * {@code argmax} returns.
   */
  public static ConfusionMatrix of(MlxArray labels, MlxArray predicted, int classes) {
    return of(integers(labels, "labels"), integers(predicted, "predictions"), classes);
  }

  private static int[] integers(MlxArray x, String what) {
    if (x == null) {
      throw new NullPointerException("[ConfusionMatrix] the array of " + what + " is null");
    }
    if (x.isClosed()) {
      throw new IllegalStateException("[ConfusionMatrix] the array of " + what + " is closed");
    }
    if (x.ndim() != 1 || !x.dtype().isInteger()) {
      throw new IllegalArgumentException(
          "[ConfusionMatrix] %s must be integers with one axis, got the shape %s and the dtype %s"
              .formatted(what, Arrays.toString(x.shape()), x.dtype()));
    }
    return x.toIntArray();
  }

  private static void requireClass(int c, int classes) {
    if (c < 0 || c >= classes) {
      throw new IllegalArgumentException(
          "[ConfusionMatrix] a class must be from 0 to %s, got %s".formatted(classes - 1, c));
    }
  }

  /**
   * Adds the counts of other examples.
   *
   * @param other a matrix of the same number of classes
   * @return a matrix of all examples
   * @throws IllegalArgumentException if the numbers of classes differ
   * @throws NullPointerException if {@code other} is null
   */
  public ConfusionMatrix plus(ConfusionMatrix other) {
    Objects.requireNonNull(other, "[plus] the other matrix is null");
    if (other.classes() != classes()) {
      throw new IllegalArgumentException(
          "[plus] the matrices must have the same number of classes, got %s and %s"
              .formatted(classes(), other.classes()));
    }
    long[][] sums = counts();
    for (int i = 0; i < sums.length; i++) {
      for (int j = 0; j < sums.length; j++) {
        sums[i][j] += other.counts[i][j];
      }
    }
    return new ConfusionMatrix(sums);
  }

  /**
   * Returns the number of classes.
   *
   * @return at least 1
   */
  public int classes() {
    return counts.length;
  }

  /**
   * Returns how many examples of a class were taken for a class.
   *
   * @param label the class of the examples
   * @param predicted the class that they were taken for
   * @return the count
   * @throws IllegalArgumentException if a class is out of range
   */
  public long count(int label, int predicted) {
    requireClass(label, classes());
    requireClass(predicted, classes());
    return counts[label][predicted];
  }

  /**
   * Returns all counts.
   *
   * @return a copy: a row for each class of examples, a column for each class that they were taken
   *     for
   */
  public long[][] counts() {
    return Arrays.stream(counts).map(long[]::clone).toArray(long[][]::new);
  }

  /**
   * Returns the number of examples.
   *
   * @return the sum of all counts
   */
  public long total() {
    return IntStream.range(0, classes()).mapToLong(this::support).sum();
  }

  /**
   * Returns the number of examples of a class.
   *
   * @param c the class
   * @return the sum of its row
   * @throws IllegalArgumentException if the class is out of range
   */
  public long support(int c) {
    requireClass(c, classes());
    return LongStream.of(counts[c]).sum();
  }

  private long predicted(int c) {
    return Arrays.stream(counts).mapToLong(row -> row[c]).sum();
  }

  /**
   * Returns the share of the examples that were taken for their class.
   *
   * @return from 0 to 1; NaN without examples
   */
  public double accuracy() {
    long right = IntStream.range(0, classes()).mapToLong(c -> counts[c][c]).sum();
    return (double) right / total();
  }

  /**
   * Returns which share of what was taken for a class belongs to it.
   *
   * @param c the class
   * @return from 0 to 1
   * @throws IllegalArgumentException if the class is out of range
   */
  public double precision(int c) {
    return ratio(count(c, c), predicted(c));
  }

  /**
   * Returns which share of the examples of a class was taken for it.
   *
   * @param c the class
   * @return from 0 to 1
   * @throws IllegalArgumentException if the class is out of range
   */
  public double recall(int c) {
    return ratio(count(c, c), support(c));
  }

  /**
   * Returns the harmonic mean of the precision and the recall of a class.
   *
   * @param c the class
   * @return from 0 to 1
   * @throws IllegalArgumentException if the class is out of range
   */
  public double f1(int c) {
    return ratio(2 * count(c, c), predicted(c) + support(c));
  }

  private static double ratio(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }

  /**
   * Returns the mean of the precisions of all classes.
   *
   * @return from 0 to 1
   */
  public double macroPrecision() {
    return macro(this::precision);
  }

  /**
   * Returns the mean of the recalls of all classes.
   *
   * @return from 0 to 1
   */
  public double macroRecall() {
    return macro(this::recall);
  }

  /**
   * Returns the mean of the F1 of all classes.
   *
   * @return from 0 to 1
   */
  public double macroF1() {
    return macro(this::f1);
  }

  private double macro(IntToDoubleFunction ofClass) {
    return IntStream.range(0, classes()).mapToDouble(ofClass).sum() / classes();
  }

  /**
   * Returns the precision of the counts of all classes together.
   *
   * @return from 0 to 1; NaN without examples
   */
  public double microPrecision() {
    return accuracy();
  }

  /**
   * Returns the recall of the counts of all classes together.
   *
   * @return from 0 to 1; NaN without examples
   */
  public double microRecall() {
    return accuracy();
  }

  /**
   * Returns the F1 of the counts of all classes together.
   *
   * @return from 0 to 1; NaN without examples
   */
  public double microF1() {
    return accuracy();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ConfusionMatrix matrix && Arrays.deepEquals(counts, matrix.counts);
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(counts);
  }

  /** Returns the counts, a row for each class of examples. */
  @Override
  public String toString() {
    return Arrays.deepToString(counts);
  }
}
