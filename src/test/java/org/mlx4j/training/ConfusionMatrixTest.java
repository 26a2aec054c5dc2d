package org.mlx4j.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;
import org.mlx4j.DType;
import org.mlx4j.InScope;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.PythonMlx;

@ExtendWith(InScope.class)
class ConfusionMatrixTest {
  /** Ten examples of the classes cat, dog and bird, counted by hand. */
  private static final int[] LABELS = {0, 0, 0, 0, 1, 1, 1, 2, 2, 2};

  private static final int[] PREDICTED = {0, 0, 0, 1, 1, 1, 0, 2, 1, 0};
  private static final ConfusionMatrix MATRIX = ConfusionMatrix.of(LABELS, PREDICTED, 3);

  @Test
  void countsAreThoseOfTheExamples() {
    assertArrayEquals(new long[][] {{3, 1, 0}, {1, 2, 0}, {1, 1, 1}}, MATRIX.counts());
    assertEquals("[[3, 1, 0], [1, 2, 0], [1, 1, 1]]", MATRIX.toString());
    assertEquals(1, MATRIX.count(2, 0));
    assertEquals(0, MATRIX.count(0, 2));
    assertEquals(3, MATRIX.classes());
    assertEquals(10, MATRIX.total());
    assertEquals(4, MATRIX.support(0));
    MATRIX.counts()[0][0] = 99;
    assertEquals(3, MATRIX.count(0, 0));
  }

  @Test
  void measuresAreThoseComputedByHand() {
    assertEquals(6 / 10.0, MATRIX.accuracy());
    double[] precision = {3 / 5.0, 2 / 4.0, 1 / 1.0};
    double[] recall = {3 / 4.0, 2 / 3.0, 1 / 3.0};
    double[] f1 = {6 / 9.0, 4 / 7.0, 2 / 4.0};
    for (int c = 0; c < 3; c++) {
      assertEquals(precision[c], MATRIX.precision(c));
      assertEquals(recall[c], MATRIX.recall(c));
      assertEquals(f1[c], MATRIX.f1(c));
      assertEquals(2 * precision[c] * recall[c] / (precision[c] + recall[c]), MATRIX.f1(c), 1e-15);
    }
    assertEquals(Arrays.stream(precision).sum() / 3, MATRIX.macroPrecision(), 1e-15);
    assertEquals(Arrays.stream(recall).sum() / 3, MATRIX.macroRecall(), 1e-15);
    assertEquals(Arrays.stream(f1).sum() / 3, MATRIX.macroF1(), 1e-15);
    assertEquals(0.6, MATRIX.microPrecision());
    assertEquals(0.6, MATRIX.microRecall());
    assertEquals(0.6, MATRIX.microF1());
  }

  @Test
  void classesThatDoNotOccurHaveZeros() {
    ConfusionMatrix matrix = ConfusionMatrix.of(new int[] {0, 0}, new int[] {0, 1}, 3);
    assertEquals(0, matrix.precision(1)); // predicted, but never there
    assertEquals(0, matrix.recall(1));
    assertEquals(0, matrix.precision(2)); // neither
    assertEquals(0, matrix.f1(2));
    assertEquals(1 / 3.0, matrix.macroPrecision());
    assertEquals(0.5 / 3, matrix.macroRecall());
    ConfusionMatrix empty = ConfusionMatrix.of(new int[0], new int[0], 2);
    assertEquals(Double.NaN, empty.accuracy());
    assertEquals(Double.NaN, empty.microF1());
    assertEquals(0, empty.macroF1());
  }

  @Test
  void matricesOfPartsAddUp() {
    ConfusionMatrix first =
        ConfusionMatrix.of(Arrays.copyOf(LABELS, 4), Arrays.copyOf(PREDICTED, 4), 3);
    ConfusionMatrix second =
        ConfusionMatrix.of(
            Arrays.copyOfRange(LABELS, 4, 10), Arrays.copyOfRange(PREDICTED, 4, 10), 3);
    assertEquals(MATRIX, first.plus(second));
    assertEquals(MATRIX.hashCode(), first.plus(second).hashCode());
    assertNotEquals(MATRIX, first);
    assertNotEquals(MATRIX, null);
    assertEquals(4, first.total(), "it has not changed");
  }

  /** NumPy computes the definitions of scikit-learn, for many examples of which some are rare. */
  @Test
  void measuresAreThoseOfNumPy() {
    Random random = new Random(5);
    int[] labels = random.ints(2000, 0, 8).map(c -> c == 7 ? 0 : c).toArray();
    int[] predicted =
        Arrays.stream(labels).map(c -> random.nextInt(3) == 0 ? random.nextInt(8) : c).toArray();
    ConfusionMatrix matrix =
        ConfusionMatrix.of(MlxArray.of(labels), MlxArray.of(predicted).astype(DType.UINT8), 9);
    Map<String, MlxArray> expected =
        PythonMlx.arrays(
            """
            import numpy
            t, p = numpy.array(%s), numpy.array(%s)
            def ratio(a, b):
                return a / b if b else 0.0
            tp = [int(((t == c) & (p == c)).sum()) for c in range(9)]
            fp = [int(((t != c) & (p == c)).sum()) for c in range(9)]
            fn = [int(((t == c) & (p != c)).sum()) for c in range(9)]
            precision = [ratio(a, a + b) for a, b in zip(tp, fp)]
            recall = [ratio(a, a + b) for a, b in zip(tp, fn)]
            f1 = [ratio(2 * a * b, a + b) for a, b in zip(precision, recall)]
            micro = [sum(tp) / (sum(tp) + sum(fp)), sum(tp) / (sum(tp) + sum(fn))]
            micro.append(2 * micro[0] * micro[1] / (micro[0] + micro[1]))
            means = [float(numpy.mean(x)) for x in (precision, recall, f1)]
            out['classes'] = mx.array([precision, recall, f1])
            out['macro'] = mx.array(means)
            out['micro'] = mx.array(micro)
            """
                .formatted(Arrays.toString(labels), Arrays.toString(predicted)));
    double[] classes = expected.get("classes").toDoubleArray();
    for (int c = 0; c < 9; c++) {
      assertEquals(classes[c], matrix.precision(c), 1e-6);
      assertEquals(classes[9 + c], matrix.recall(c), 1e-6);
      assertEquals(classes[18 + c], matrix.f1(c), 1e-6);
    }
    assertEqualTo(
        expected.get("macro"),
        matrix,
        ConfusionMatrix::macroPrecision,
        ConfusionMatrix::macroRecall,
        ConfusionMatrix::macroF1);
    assertEqualTo(
        expected.get("micro"),
        matrix,
        ConfusionMatrix::microPrecision,
        ConfusionMatrix::microRecall,
        ConfusionMatrix::microF1);
  }

  @SafeVarargs
  private static void assertEqualTo(
      MlxArray expected, ConfusionMatrix matrix, ToDoubleFunction<ConfusionMatrix>... measures) {
    double[] numbers = expected.toDoubleArray();
    for (int i = 0; i < numbers.length; i++) {
      assertEquals(numbers[i], measures[i].applyAsDouble(matrix), 1e-6);
    }
  }

  private static void assertRefused(String message, Executable call) {
    assertEquals(message, assertThrows(RuntimeException.class, call).getMessage());
  }

  @Test
  void mistakesAreRefused() {
    int[] one = {0};
    assertRefused(
        "[ConfusionMatrix] the number of classes must be from 1 to 30,000, got 0",
        () -> ConfusionMatrix.of(one, one, 0));
    assertRefused(
        "[ConfusionMatrix] the number of classes must be from 1 to 30,000, got 30001",
        () -> ConfusionMatrix.of(one, one, 30_001));
    assertRefused(
        "[ConfusionMatrix] there must be a prediction for each label, got 1 labels and 0"
            + " predictions",
        () -> ConfusionMatrix.of(one, new int[0], 2));
    assertRefused(
        "[ConfusionMatrix] a class must be from 0 to 1, got 2",
        () -> ConfusionMatrix.of(one, new int[] {2}, 2));
    assertRefused(
        "[ConfusionMatrix] a class must be from 0 to 1, got -1",
        () -> ConfusionMatrix.of(new int[] {-1}, one, 2));
    assertRefused(
        "[ConfusionMatrix] labels must be integers with one axis, got the shape [2] and the dtype"
            + " float32",
        () -> ConfusionMatrix.of(Ops.zeros(2), MlxArray.of(1, 1), 2));
    assertRefused(
        "[ConfusionMatrix] predictions must be integers with one axis, got the shape [1, 2] and the"
            + " dtype int32",
        () -> ConfusionMatrix.of(MlxArray.of(1, 1), MlxArray.of(1, 1).reshape(1, 2), 2));
    assertRefused(
        "[plus] the matrices must have the same number of classes, got 3 and 2",
        () -> MATRIX.plus(ConfusionMatrix.of(one, one, 2)));
    assertRefused("[ConfusionMatrix] a class must be from 0 to 2, got 3", () -> MATRIX.recall(3));
    assertRefused("[ConfusionMatrix] a class must be from 0 to 2, got -1", () -> MATRIX.f1(-1));
    assertRefused("[ConfusionMatrix] a class must be from 0 to 2, got 9", () -> MATRIX.count(0, 9));
  }
}
