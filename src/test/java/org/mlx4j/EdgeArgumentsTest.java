package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.mlx4j.ArrayAssertions.assertShape;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertValues;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/** Arguments at the edge of the allowed range: large numbers, empty arrays, masks without axes. */
@ExtendWith(InScope.class)
class EdgeArgumentsTest {
  private static final long LARGE = 1L << 40;

  // ---- large whole numbers ---------------------------------------------------------------------

  @Test
  void rangesOfLongsAreExact() {
    for (long start : new long[] {0, LARGE, -LARGE, (1L << 62) + 1, Long.MIN_VALUE, -3}) {
      for (long step : new long[] {1, 3, LARGE + 1}) {
        MlxArray range = Ops.arange(start, start + 2 * step + 1, step);
        assertEquals(DType.INT64, range.dtype());
        assertArrayEquals(new long[] {start, start + step, start + 2 * step}, range.toLongArray());
        assertArrayEquals(
            new long[] {start + 2 * step, start + step},
            Ops.arange(start + 2 * step, start, -step).toLongArray());
      }
    }
  }

  @Test
  void rangesOfLongsCountExactly() {
    assertShape(Ops.arange(5L), 5);
    assertShape(Ops.arange(5L, 5L), 0);
    assertShape(Ops.arange(5L, 4L), 0);
    assertShape(Ops.arange(4L, 5L, -1L), 0);
    assertShape(Ops.arange(Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE), 3);
    assertShape(Ops.arange(Long.MAX_VALUE, Long.MIN_VALUE, Long.MIN_VALUE), 2);
    assertShape(Ops.arange(LARGE, LARGE + 1, Long.MAX_VALUE), 1);
    assertThrowsSaying(
        IllegalArgumentException.class, () -> Ops.arange(0L, 1L << 31), "[arange]", "2^31 - 1");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Ops.arange(Long.MIN_VALUE, Long.MAX_VALUE),
        "[arange]",
        "2^31 - 1");
    assertThrowsSaying(
        IllegalArgumentException.class, () -> Ops.arange(0L, 1L, 0L), "[arange]", "step is 0");
  }

  @Test
  void rangesOfIntsStayAsTheyWere() {
    assertEquals(DType.INT32, Ops.arange(3).dtype());
    assertEquals(DType.INT32, Ops.arange(1, 3).dtype());
    assertEquals(DType.INT32, Ops.arange(1, 9, 2).dtype());
    assertEquals(DType.FLOAT32, Ops.arange(3.0).dtype());
    assertEquals(DType.FLOAT16, Ops.arange(0, 3, 1, DType.FLOAT16).dtype());
    assertArrayEquals(
        new long[] {(1L << 62) + 1, (1L << 62) + 2},
        Ops.arange((1L << 62) + 1, (1L << 62) + 3, 1, DType.UINT64).toLongArray());
  }

  @Test
  void aRangeOfAnInfiniteStepHasItsStart() {
    double infinity = Double.POSITIVE_INFINITY;
    assertValues(Ops.arange(0, 10, infinity), 0);
    assertValues(Ops.arange(10, 0, -infinity), 10);
    assertShape(Ops.arange(0, 10, -infinity), 0);
    assertShape(Ops.arange(0, 0, infinity), 0);
    assertThrowsSaying(
        IllegalArgumentException.class, () -> Ops.arange(0, infinity, 1), "[arange]", "finite");
    assertThrowsSaying(
        IllegalArgumentException.class, () -> Ops.arange(0, 1, Double.NaN), "[arange]", "NaN");
  }

  @Test
  void longsBesideArraysAreExactOrRefused() {
    long number = (1L << 60) + 1;
    MlxArray x = MlxArray.of(1L, 2L);
    List<Supplier<MlxArray>> exact =
        List.of(
            () -> x.add(number - 1),
            () -> Ops.add(number - 1, x),
            () -> x.multiply(number),
            () -> x.maximum(number),
            () -> Ops.maximum(number, x),
            () -> x.clip(number, number + 5),
            () -> x.at(0).set(number),
            () -> MlxArray.of(true, false).where(number, 0L),
            () -> MlxArray.of(true, false).where(number, x),
            () -> Ops.full(new int[] {2}, number),
            () -> Ops.fullLike(x, number),
            () -> MlxArray.scalar(number).reshape(1));
    for (Supplier<MlxArray> each : exact) {
      assertEquals(number, each.get().toLongArray()[0]);
      assertEquals(DType.INT64, each.get().dtype());
    }
    assertThrowsSaying(
        IllegalArgumentException.class, () -> MlxArray.of(1).add(LARGE), "[add]", "int32");
    assertThrowsSaying(
        IllegalArgumentException.class, () -> MlxArray.of(1).at(0).set(LARGE), "[at]", "int32");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Ops.fullLike(MlxArray.of(1), LARGE),
        "[fullLike]",
        "int32");
  }

  // ---- nothing ---------------------------------------------------------------------------------

  @Test
  void shapesOfNothingAreRefusedAndOneIsItself() {
    assertThrowsSaying(
        IllegalArgumentException.class, () -> Ops.broadcastShapes(), "[broadcastShapes]", "one");
    assertArrayEquals(new int[0], Ops.broadcastShapes(new int[0]));
    assertArrayEquals(new int[] {0, 2}, Ops.broadcastShapes(new int[] {0, 2}, new int[] {1, 1}));
  }

  @Test
  void nothingIsPutAlongAnAxis() {
    MlxArray none = Ops.zeros(0);
    assertShape(none.putAlongAxis(none, none), 0);
    assertShape(none.putAlongAxis(none, none, 0), 0);
    MlxArray x = MlxArray.of(1f, 2f);
    assertValues(x.putAlongAxis(none, none, 0), 1, 2);
  }

  // ---- masks without axes ----------------------------------------------------------------------

  private static Index mask(boolean value) {
    return Index.of(MlxArray.scalar(value));
  }

  /** An array, the indices, and both as NumPy writes them. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Masked(Supplier<MlxArray> array, String numpy, Index[] indices, String brackets) {}

  private static List<Masked> masked() {
    List<Masked> cases = new ArrayList<>();
    for (int[] shape : new int[][] {{}, {3}, {2, 3}, {0, 2}}) {
      int size = shape.length == 0 ? 1 : Arrays.stream(shape).reduce(1, (a, b) -> a * b);
      Supplier<MlxArray> array = () -> Ops.arange(0, size, 1, DType.FLOAT32).reshape(shape);
      String numpy = "numpy.arange(" + size + ", dtype='float32').reshape(" + tuple(shape) + ")";
      for (boolean value : new boolean[] {true, false}) {
        String python = "numpy.array(" + (value ? "True" : "False") + ")";
        cases.add(new Masked(array, numpy, new Index[] {mask(value)}, python));
        cases.add(
            new Masked(
                array,
                numpy,
                new Index[] {mask(value), Index.ellipsis(), Index.newAxis()},
                python + ", ..., None"));
        if (shape.length > 0) {
          cases.add(
              new Masked(array, numpy, new Index[] {Index.all(), mask(value)}, ":, " + python));
        }
        if (shape.length > 0 && shape[0] > 1 && value) {
          cases.add(
              new Masked(
                  array,
                  numpy,
                  new Index[] {mask(true), Index.of(MlxArray.of(1, 0, 1))},
                  python + ", numpy.array([1, 0, 1])"));
        }
      }
    }
    return cases;
  }

  private static String tuple(int... shape) {
    StringBuilder text = new StringBuilder("(");
    for (int size : shape) {
      text.append(size).append(", ");
    }
    return text.append(")").toString();
  }

  @TestFactory
  Stream<DynamicTest> masksWithoutAxesSelectAllOrNothing() {
    return asInPython(
        "",
        c -> "mx.array(" + c.numpy() + "[" + c.brackets() + "])",
        c -> c.array().get().get(c.indices()));
  }

  @TestFactory
  Stream<DynamicTest> masksWithoutAxesChangeAllOrNothing() {
    return asInPython(
        " = 5",
        c ->
            "(lambda a: (a.__setitem__(numpy.s_["
                + c.brackets()
                + "], 5.0), mx.array(a))[1])("
                + c.numpy()
                + ")",
        c -> c.array().get().at(c.indices()).set(5.0));
  }

  private static Stream<DynamicTest> asInPython(
      String suffix, Function<Masked, String> python, Function<Masked, MlxArray> java) {
    List<Masked> cases = masked();
    List<String> expected = PythonMlx.reprs(cases.stream().map(python).toList());
    return IntStream.range(0, cases.size())
        .mapToObj(
            i -> {
              Masked c = cases.get(i);
              return DynamicTest.dynamicTest(
                  c.numpy() + "[" + c.brackets() + "]" + suffix,
                  () -> Scope.run(() -> assertEquals(expected.get(i), java.apply(c).toString())));
            });
  }

  @Test
  void masksWithoutAxesMayBeTracedWhereTheyChangeSomething() {
    MlxArray x = MlxArray.of(1f, 2f, 3f);
    TransformedFunction f = Transforms.compile(a -> a.at(a.sum().greater(5)).set(7.0));
    assertValues(f.apply(x), 7, 7, 7);
    assertValues(f.apply(MlxArray.of(0f, 1f, 2f)), 0, 1, 2);
    assertValues(
        Transforms.vmap(a -> x.at(a).add(1)).apply(MlxArray.of(true, false)), 2, 3, 4, 1, 2, 3);
  }
}
