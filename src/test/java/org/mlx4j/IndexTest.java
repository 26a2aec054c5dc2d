package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.mlx4j.ArrayAssertions.assertSame;
import static org.mlx4j.ArrayAssertions.assertShape;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertValues;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/** Indices between Python's brackets. */
@ExtendWith(InScope.class)
class IndexTest {
  private final MlxArray x = Ops.arange(24).reshape(2, 3, 4);

  private static final List<Index[]> SAMPLES =
      List.of(
          new Index[] {Index.at(1)},
          new Index[] {Index.at(-1)},
          new Index[] {Index.at(1), Index.at(2), Index.at(3)},
          new Index[] {Index.at(0), Index.ellipsis()},
          new Index[] {Index.ellipsis(), Index.at(-2)},
          new Index[] {Index.at(1), Index.ellipsis(), Index.at(0)},
          new Index[] {Index.ellipsis()},
          new Index[] {Index.all(), Index.at(1)},
          new Index[] {Index.all(), Index.all(), Index.from(2)},
          new Index[] {Index.all(), Index.to(2), Index.to(-1)},
          new Index[] {Index.from(1), Index.from(-2), Index.slice(1, 3)},
          new Index[] {Index.newAxis()},
          new Index[] {
            Index.newAxis(), Index.at(0), Index.newAxis(), Index.ellipsis(), Index.newAxis()
          },
          new Index[] {Index.ellipsis(), Index.newAxis()},
          new Index[] {Index.at(0), Index.at(1), Index.newAxis(), Index.at(2)},
          new Index[] {Index.all(), Index.all(), Index.slice(null, null, 2)},
          new Index[] {Index.all(), Index.all(), Index.slice(null, null, -1)},
          new Index[] {Index.all(), Index.all(), Index.slice(null, null, -3)},
          new Index[] {Index.all(), Index.slice(2, 0, -1), Index.slice(3, null, -2)},
          new Index[] {Index.all(), Index.slice(-1, -4, -1)},
          new Index[] {Index.all(), Index.all(), Index.slice(1, 100)},
          new Index[] {Index.all(), Index.all(), Index.slice(-100, 2)},
          new Index[] {Index.all(), Index.all(), Index.slice(100, null, -1)},
          new Index[] {Index.all(), Index.all(), Index.slice(null, -100, -1)},
          new Index[] {Index.all(), Index.slice(2, 1)},
          new Index[] {Index.all(), Index.slice(5, 9)},
          new Index[] {Index.slice(1, 1), Index.at(0)},
          new Index[] {Index.all(), Index.slice(0, 3, 100)},
          new Index[] {Index.all(), Index.slice(null, null, Integer.MIN_VALUE)});

  /** The printed form of an index is a Python expression, which the real Python evaluates. */
  @TestFactory
  Stream<DynamicTest> everyIndexSelectsWhatPythonSelects() {
    List<String> expressions = new ArrayList<>();
    for (Index[] indices : SAMPLES) {
      expressions.add(
          "mx.array(numpy.arange(24, dtype='int32').reshape(2, 3, 4)["
              + printed(indices)
              + "].copy())");
    }
    List<String> expected = PythonMlx.reprs(expressions);
    return Stream.iterate(0, i -> i < SAMPLES.size(), i -> i + 1)
        .map(
            i ->
                DynamicTest.dynamicTest(
                    printed(SAMPLES.get(i)),
                    () -> assertEquals(expected.get(i), x().get(SAMPLES.get(i)).toString())));
  }

  private static MlxArray x() {
    return Ops.arange(24).reshape(2, 3, 4);
  }

  private static String printed(Index... indices) {
    return String.join(", ", Stream.of(indices).map(Index::toString).toList()) + ",";
  }

  @Test
  void anIndexPrintsAsInPython() {
    assertEquals("-2", Index.at(-2).toString());
    assertEquals(":", Index.all().toString());
    assertEquals("1:", Index.from(1).toString());
    assertEquals(":-1", Index.to(-1).toString());
    assertEquals("1:2", Index.slice(1, 2).toString());
    assertEquals("1::-2", Index.slice(1, null, -2).toString());
    assertEquals("...", Index.ellipsis().toString());
    assertEquals("None", Index.newAxis().toString());
  }

  @Test
  void numbersAloneNeedNoIndexObjects() {
    assertEquals(23, x.get(1, 2, 3).itemInt());
    assertEquals(23, x.get(-1, -1, -1).itemInt());
    assertValues(x.get(1, 0), 12, 13, 14, 15);
    assertShape(x.get(0), 3, 4);
  }

  @Test
  void noIndexIsTheWholeArray() {
    assertSame(x, x.get(new Index[0]));
    assertSame(MlxArray.scalar(5), MlxArray.scalar(5).get(new int[0]));
    assertShape(MlxArray.scalar(5).get(Index.newAxis(), Index.ellipsis(), Index.newAxis()), 1, 1);
  }

  @Test
  void blocksAreSlicesOfEveryAxis() {
    assertSame(
        x.get(Index.slice(0, 1), Index.slice(1, 3), Index.slice(2, 4)),
        x.slice(new int[] {0, 1, 2}, new int[] {1, 3, 4}));
    assertSame(
        x.get(Index.all(), Index.slice(2, 0, -1), Index.slice(0, 4, 3)),
        x.slice(new int[] {0, 2, 0}, new int[] {2, 0, 4}, new int[] {1, -1, 3}));
  }

  @Test
  void oneIndexOfOneAxis() {
    assertSame(x.get(Index.all(), Index.at(-1)), x.take(-1, 1));
    assertSame(x.get(Index.ellipsis(), Index.at(2)), x.take(2, -1));
  }

  /** The gradient of a selection is the number of times that an element was selected. */
  @Test
  void selectionsHaveGradients() {
    MlxArray v = MlxArray.of(1f, 2f, 3f, 4f);
    assertValues(Transforms.grad(a -> a.get(Index.slice(1, 3)).sum()).apply(v), 0, 1, 1, 0);
    assertValues(
        Transforms.grad(a -> a.get(Index.slice(null, null, -2)).square().sum()).apply(v),
        0,
        4,
        0,
        8);
    assertValues(Transforms.grad(a -> a.get(2)).apply(v), 0, 0, 1, 0);
    assertValues(Transforms.grad(a -> a.take(MlxArray.of(1, 1, 3)).sum()).apply(v), 0, 2, 0, 1);
  }

  @Test
  void numbersOutOfRangeAreRefused() {
    assertThrowsSaying(
        IndexOutOfBoundsException.class, () -> x.get(2), "[get]", "index 2", "axis 0", "2");
    assertThrowsSaying(
        IndexOutOfBoundsException.class, () -> x.get(0, -4), "[get]", "index -4", "axis 1", "3");
    assertThrowsSaying(
        IndexOutOfBoundsException.class,
        () -> x.get(Index.ellipsis(), Index.at(4)),
        "[get]",
        "index 4",
        "axis 2",
        "4");
    assertThrowsSaying(
        IndexOutOfBoundsException.class, () -> x.get(Integer.MIN_VALUE), "[get]", "-2147483648");
    assertThrowsSaying(
        IndexOutOfBoundsException.class, () -> Ops.zeros(0).get(0), "[get]", "index 0", "0");
    assertThrowsSaying(IndexOutOfBoundsException.class, () -> x.take(3, 1), "index 3", "3");
  }

  @Test
  void tooManyIndicesAreRefused() {
    assertThrowsSaying(
        IllegalArgumentException.class, () -> x.get(0, 0, 0, 0), "[get]", "[0, 0, 0, 0]", "3 axes");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> x.get(Index.ellipsis(), Index.at(0), Index.ellipsis()),
        "[get]",
        "[..., 0, ...]",
        "one ellipsis");
    assertThrowsSaying(
        IllegalArgumentException.class, () -> MlxArray.scalar(1).get(0), "[get]", "0 axes");
  }

  @Test
  void aStepOfZeroIsRefused() {
    assertThrowsSaying(
        IllegalArgumentException.class, () -> Index.slice(0, 1, 0), "[slice]", "step", "zero");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> x.slice(new int[3], new int[3], new int[3]),
        "[slice]",
        "zero");
  }

  @Test
  void blocksNeedAnEntryForEachAxis() {
    assertThrowsSaying(
        IllegalArgumentException.class, () -> x.slice(new int[2], new int[3]), "[slice]", "3 axes");
    assertThrowsSaying(
        IllegalArgumentException.class, () -> x.slice(new int[3], new int[4]), "[slice]", "3 axes");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> x.slice(new int[3], new int[3], new int[] {1}),
        "[slice]",
        "3 axes");
  }

  @Test
  void axesOutOfRangeAreRefused() {
    assertThrowsSaying(
        IllegalArgumentException.class, () -> x.take(0, 3), "[take]", "axis 3", "3 axes");
    assertThrowsSaying(
        IllegalArgumentException.class, () -> x.take(0, -4), "[take]", "axis -4", "3 axes");
  }
}
