package org.mlx4j.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;
import org.mlx4j.DType;
import org.mlx4j.InScope;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.PythonMlx;
import org.mlx4j.Transforms;

@ExtendWith(InScope.class)
class MetricsTest {
  private static double auc(int[] labels, double... scores) {
    return Metrics.rocAuc(labels, scores);
  }

  // ---- accuracy --------------------------------------------------------------------------------

  @Test
  void accuracyIsTheShareOfRowsWithTheRightClass() {
    MlxArray scores = MlxArray.of(new float[] {1, 2, 0, 5, 4, 3, 0, 0, 9, 7, 8, 6}, 4, 3);
    MlxArray labels = MlxArray.of(1, 0, 1, 1);
    assertEquals(0.75, Metrics.accuracy(scores, labels).itemDouble());
    assertEquals(
        0.75, Metrics.accuracy(scores.reshape(2, 2, 3), labels.reshape(2, 2)).itemDouble());
    assertEquals(
        0.75, Metrics.accuracy(scores, labels.astype(DType.UINT8)).itemDouble(), "other dtypes");
    assertEquals(1, Metrics.accuracy(MlxArray.of(1f, 3f, 2f), MlxArray.scalar(1)).itemDouble());
  }

  @Test
  void accuracyMayBeCompiled() {
    try (var compiled = Transforms.compile((x, y) -> Metrics.accuracy(x, y))) {
      MlxArray scores = MlxArray.of(new float[] {1, 2, 2, 1}, 2, 2);
      assertEquals(0.5, compiled.apply(scores, MlxArray.of(1, 1)).itemDouble());
    }
  }

  // ---- the area under the curve ----------------------------------------------------------------

  @Test
  void areaIsTheShareOfPairsInTheRightOrder() {
    assertEquals(1, auc(new int[] {0, 0, 1, 1}, 1, 2, 3, 4));
    assertEquals(0, auc(new int[] {1, 1, 0, 0}, 1, 2, 3, 4));
    assertEquals(0.75, auc(new int[] {0, 0, 1, 1}, 0.1, 0.4, 0.35, 0.8)); // scikit-learn's example
    assertEquals(1, auc(new int[] {1, 0}, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY));
  }

  /** A curve through a group of equal scores is a straight line. */
  @Test
  void equalScoresCountAsOneHalf() {
    assertEquals(0.5, auc(new int[] {0, 1}, 3, 3));
    assertEquals(0.5, auc(new int[] {1, 0, 1, 0, 0}, 7, 7, 7, 7, 7));
    // of 3 * 2 pairs 3 are right and 2 are equal
    assertEquals(4 / 6.0, auc(new int[] {0, 0, 0, 1, 1}, 1, 2, 3, 2, 3));
    assertEquals(0.5, auc(new int[] {0, 1}, 0.0, -0.0), "zeros are equal");
  }

  @Test
  void areaOfOneClassIsNotANumber() {
    assertEquals(Double.NaN, auc(new int[] {1, 1}, 1, 2));
    assertEquals(Double.NaN, auc(new int[] {0}, 1));
    assertEquals(Double.NaN, auc(new int[0]));
  }

  /** NumPy compares all pairs of examples. */
  @Test
  void areaIsThatOfNumPy() {
    Random random = new Random(3);
    int[] labels = random.ints(600, 0, 2).toArray();
    float[] scores = new float[600];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = Math.round(8 * (random.nextGaussian() + 0.7 * labels[i])) / 8f; // many are equal
    }
    double expected =
        PythonMlx.arrays(
                """
                import numpy
                t, s = numpy.array(%s), numpy.array(%s)
                d = s[t == 1][:, None] - s[t == 0][None, :]
                out['auc'] = mx.array(float(((d > 0) + 0.5 * (d == 0)).mean()))
                """
                    .formatted(Arrays.toString(labels), Arrays.toString(scores)))
            .get("auc")
            .itemDouble();
    MlxArray ofLabels = MlxArray.of(labels);
    assertEquals(expected, Metrics.rocAuc(ofLabels, MlxArray.of(scores)), 1e-6);
    assertEquals(
        expected,
        Metrics.rocAuc(ofLabels.astype(DType.BOOL), MlxArray.of(scores).astype(DType.BFLOAT16)),
        1e-2);
  }

  // ---- mistakes --------------------------------------------------------------------------------

  private static void assertRefused(String message, Executable call) {
    assertEquals(message, assertThrows(RuntimeException.class, call).getMessage());
  }

  @Test
  void mistakesAreRefused() {
    assertRefused(
        "[rocAuc] there must be a score for each label, got 2 labels and 1 scores",
        () -> auc(new int[] {0, 1}, 1));
    assertRefused("[rocAuc] labels must be 0 or 1, got 2", () -> auc(new int[] {2}, 1));
    assertRefused("[rocAuc] score 1 is NaN", () -> auc(new int[] {0, 1}, 1, Double.NaN));
    assertRefused(
        "[rocAuc] labels and scores must have one axis, got the shapes [] and [1]",
        () -> Metrics.rocAuc(MlxArray.scalar(1), MlxArray.of(1f)));
    assertRefused(
        "[rocAuc] labels must be integers and scores real numbers, got float32 and float32",
        () -> Metrics.rocAuc(MlxArray.of(1f), MlxArray.of(1f)));
    assertRefused(
        "[accuracy] scores of shape (…, classes) need labels of shape (…), got [2, 3] and [3]",
        () -> Metrics.accuracy(Ops.zeros(2, 3), MlxArray.of(1, 2, 3)));
    assertRefused(
        "[accuracy] there are no scores: their shape is [2, 0]",
        () -> Metrics.accuracy(Ops.zeros(2, 0), MlxArray.of(1, 2)));
    assertRefused(
        "[accuracy] scores must be real numbers, got complex64",
        () ->
            Metrics.accuracy(
                Ops.zeros(new int[] {1, 2}, DType.COMPLEX64), MlxArray.of(new int[] {0})));
  }
}
