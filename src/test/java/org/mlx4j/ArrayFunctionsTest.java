package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.mlx4j.ArrayAssertions.assertSame;
import static org.mlx4j.ArrayAssertions.assertShape;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertValues;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Functions of arrays with arguments that do not fit them, and shapes. */
@ExtendWith(InScope.class)
class ArrayFunctionsTest {
  private final MlxArray x = MlxArray.of(1f, 2f, 3f, 4f);
  private final MlxArray matrix = Ops.arange(6).reshape(2, 3).astype(DType.FLOAT32);

  @Test
  void stridesStayInside() {
    assertValues(x.asStrided(new int[] {2, 3}, new long[] {1, 1}), 1, 2, 3, 2, 3, 4);
    assertValues(x.asStrided(new int[] {4}, new long[] {-1}, 3), 4, 3, 2, 1);
    assertShape(x.asStrided(new int[] {0, 9}, new long[] {100, 100}, 50), 0, 9);
    assertSame(x, x.asStrided(null, null, 0));
    for (long[] bad :
        new long[][] {{2, 1, 0}, {Long.MAX_VALUE, Long.MAX_VALUE, 0}, {-1, 0, 0}, {1, 1, -1}}) {
      assertThrowsSaying(
          IndexOutOfBoundsException.class,
          () -> x.asStrided(new int[] {2, 3}, new long[] {bad[0], bad[1]}, bad[2]),
          "[asStrided]",
          "4 elements");
    }
    assertThrowsSaying(
        IndexOutOfBoundsException.class, () -> x.asStrided(new int[] {1}, null, 4), "[asStrided]");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> x.asStrided(new int[] {2, 2}, new long[] {1}),
        "[asStrided]",
        "2 axes");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> x.asStrided(new int[] {-1}, new long[] {1}),
        "[asStrided]",
        "negative");
  }

  @Test
  void orderingRefusesWhatItCannotDo() {
    assertThrowsSaying(IllegalArgumentException.class, () -> x.unique(-1), "unique");
    assertThrowsSaying(IllegalArgumentException.class, () -> Ops.zeros(0).unique(1), "unique");
    assertShape(Ops.zeros(0).unique(0), 0);
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> x.unique(6, false, false, false, MlxArray.of(1, 2)),
        "[unique]",
        "[2]");
    assertThrowsSaying(
        IllegalArgumentException.class, () -> matrix.searchsorted(x), "[searchsorted]");
    assertThrowsSaying(
        NullPointerException.class, () -> x.searchsorted(x, null), "[searchsorted]", "side");
    assertThrowsSaying(IllegalArgumentException.class, () -> x.diff(-1), "[diff]");
    assertThrowsSaying(IllegalArgumentException.class, () -> x.diff(1, 1), "[diff]");
    assertThrowsSaying(IllegalArgumentException.class, () -> MlxArray.scalar(1).diff(), "[diff]");
    assertShape(x.diff(Integer.MAX_VALUE), 0);
    assertThrowsSaying(
        IllegalArgumentException.class, () -> Ops.depends(new MlxArray[0], x), "[depends]");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Ops.zeros(0, 2).pad(1, PadMode.REFLECT),
        "[pad]",
        "empty");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> x.pad(new int[][] {{1, 1}}, PadMode.CONSTANT, x),
        "[pad]",
        "scalar");
  }

  @Test
  void shapesBroadcast() {
    assertArrayEquals(
        new int[] {2, 3, 4},
        Ops.broadcastShapes(new int[] {3, 1}, new int[] {4}, new int[] {2, 1, 1}));
    assertThrowsSaying(
        IllegalArgumentException.class, Ops::broadcastShapes, "[broadcastShapes]", "no shapes");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Ops.broadcastShapes(new int[] {2}, new int[] {3}),
        "[broadcastShapes]");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Ops.broadcastShapes(new int[] {-2}),
        "[broadcastShapes]",
        "negative");
  }
}
