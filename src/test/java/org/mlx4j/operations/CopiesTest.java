package org.mlx4j.operations;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.mlx4j.DType;
import org.mlx4j.InScope;
import org.mlx4j.Index;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;

/** Arrays that do not lie in row-major order are copied when their shape changes. */
@ExtendWith(InScope.class)
class CopiesTest {
  private static final int[] SHAPE = {6, 40, 5, 32};

  static Stream<int[]> orders() {
    return Stream.of(
        new int[] {0, 2, 1, 3}, // heads of an attention: runs of the last axis
        new int[] {2, 0, 1, 3},
        new int[] {1, 0, 2, 3},
        new int[] {0, 1, 3, 2}, // no runs
        new int[] {3, 2, 1, 0},
        new int[] {2, 3, 0, 1},
        new int[] {1, 2, 3, 0});
  }

  private static MlxArray numbers(DType dtype) {
    return Ops.arange(6 * 40 * 5 * 32).remainder(101L).astype(dtype).reshape(SHAPE);
  }

  /** The elements of {@link #numbers} after a transposition, in row-major order. */
  private static double[] transposed(int... order) {
    int[] strides = {40 * 5 * 32, 5 * 32, 32, 1};
    int[] shape = Arrays.stream(order).map(axis -> SHAPE[axis]).toArray();
    double[] expected = new double[6 * 40 * 5 * 32];
    for (int i = 0; i < expected.length; i++) {
      int rest = i;
      int at = 0;
      for (int axis = 3; axis >= 0; axis--) {
        at += rest % shape[axis] * strides[order[axis]];
        rest /= shape[axis];
      }
      expected[i] = at % 101;
    }
    return expected;
  }

  private static void assertElements(double[] expected, MlxArray actual) {
    MlxArray real = actual.dtype() == DType.COMPLEX64 ? actual.real() : actual;
    assertArrayEquals(expected, real.astype(DType.FLOAT64).toDoubleArray());
  }

  @ParameterizedTest
  @MethodSource("orders")
  void reshapedTranspositionsHaveTheRightOrder(int[] order) {
    double[] expected = transposed(order);
    MlxArray transposed = numbers(DType.FLOAT32).transpose(order);
    assertElements(expected, transposed.reshape(-1));
    assertElements(expected, transposed.flatten());
    assertElements(expected, transposed.reshape(4, -1));
    assertElements(expected, transposed.contiguous());
    assertElements(expected, transposed.unflatten(1, new int[] {1, -1}).contiguous());
    int last = transposed.shape()[3];
    assertElements(expected, transposed.reshape(-1, last).transpose().transpose());
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void itemsOfAnySizeAreCopied(DType dtype) {
    if (dtype == DType.BOOL) {
      MlxArray odd = Ops.arange(6 * 40 * 5 * 32).remainder(2L).astype(dtype).reshape(SHAPE);
      MlxArray copy = odd.transpose(3, 1, 2, 0).reshape(32, -1);
      assertEquals(16L * 40 * 5 * 6, copy.astype(DType.INT32).sum().itemLong());
      assertEquals(0L, copy.get(Index.at(2)).astype(DType.INT32).sum().itemLong());
      return;
    }
    for (int[] order : new int[][] {{0, 2, 1, 3}, {3, 2, 1, 0}}) {
      assertElements(transposed(order), numbers(dtype).transpose(order).reshape(-1));
      assertElements(transposed(order), numbers(dtype).transpose(order).contiguous());
    }
  }

  @Test
  void partsOfArraysAreCopied() {
    MlxArray x = numbers(DType.INT32);
    MlxArray part =
        x.get(Index.slice(1, 5), Index.slice(null, null, -1), Index.all(), Index.slice(3, 30, 2));
    double[] expected = new double[4 * 40 * 5 * 14];
    int at = 0;
    for (int i = 1; i < 5; i++) {
      for (int j = 39; j >= 0; j--) {
        for (int k = 0; k < 5; k++) {
          for (int l = 3; l < 30; l += 2) {
            expected[at++] = (((i * 40 + j) * 5 + k) * 32 + l) % 101;
          }
        }
      }
    }
    assertElements(expected, part.reshape(-1));
    assertElements(expected, part.contiguous());
  }

  @Test
  void repeatedElementsAreCopied() {
    MlxArray row = Ops.arange(3000L);
    MlxArray rows = row.broadcastTo(7, 3000);
    MlxArray columns = row.reshape(3000, 1).broadcastTo(3000, 7);
    double[] byRows = new double[21000];
    double[] byColumns = new double[21000];
    Arrays.setAll(byRows, i -> i % 3000);
    for (int i = 0; i < 3000; i++) {
      Arrays.fill(byColumns, 7 * i, 7 * i + 7, i);
    }
    assertElements(byRows, rows.reshape(-1));
    assertElements(byColumns, columns.reshape(-1));
  }

  /** A result that can be a view takes no memory. */
  @Test
  void transposedArraysAreReshapedInPlaceWherePossible() {
    MlxArray x = numbers(DType.FLOAT32);
    MlxArray view = x.transpose(2, 3, 0, 1).reshape(5, 4, 8, 2, 3, 40);
    assertElements(transposed(2, 3, 0, 1), view);
    MlxArray copy = x.transpose(2, 3, 0, 1).reshape(5, 32, 3, 80);
    assertElements(transposed(2, 3, 0, 1), copy);
  }
}
