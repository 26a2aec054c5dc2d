package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.mlx4j.ArrayAssertions.assertNullFunctionIsRefused;
import static org.mlx4j.ArrayAssertions.assertSame;
import static org.mlx4j.ArrayAssertions.assertShape;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertValues;
import static org.mlx4j.Transforms.NOT_MAPPED;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A vectorized function equals a loop over slices, whatever the axes. */
@ExtendWith(InScope.class)
class VmapAxesTest {
  private final MlxArray x = Ops.arange(24.0).reshape(2, 3, 4);

  private static MlxArray[] arrays(MlxArray... xs) {
    return xs;
  }

  /** The meaning of vmap: slice, apply, stack. */
  private static MlxArray looped(ArrayFunction f, MlxArray x, int inAxis, int outAxis) {
    List<MlxArray> results = new ArrayList<>();
    for (int i = 0; i < x.dim(inAxis); i++) {
      results.add(f.apply(x.take(i, inAxis)));
    }
    return Ops.stack(results.toArray(new MlxArray[0]), outAxis);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0", "0, 1", "0, 2", "0, -1", "1, 0", "1, 1", "1, -1", "2, 0", "2, 2", "-1, 0", "-1, -3",
    "-2, 1", "-3, -2"
  })
  void everyPairOfAxesEqualsALoop(int inAxis, int outAxis) {
    ArrayFunction keepsShape = a -> a.square().add(a.sum());
    assertSame(
        looped(keepsShape, x, inAxis, outAxis),
        Transforms.vmap(keepsShape, inAxis, outAxis).apply(x));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sum",
        "cumsum",
        "sort",
        "argsort",
        "softmax",
        "matmul",
        "reshape",
        "take",
        "concatenate",
        "pad"
      })
  void operationsOfManyKindsEqualALoop(String name) {
    ArrayFunction f =
        switch (name) {
          case "sum" -> a -> a.sum(0);
          case "cumsum" -> a -> a.cumsum(1);
          case "sort" -> a -> a.negative().sort(0);
          case "argsort" -> a -> a.negative().argsort();
          case "softmax" -> a -> a.softmax(-1);
          case "matmul" -> a -> a.matmul(a.transpose());
          case "reshape" -> a -> a.reshape(2, -1);
          case "take" -> a -> a.take(MlxArray.of(1, 0), 0);
          case "concatenate" -> a -> Ops.concatenate(new MlxArray[] {a, a.square()}, 1);
          case "pad" -> a -> a.pad(1);
          default -> throw new IllegalArgumentException(name);
        };
    assertSame(looped(f, x, 0, 0), Transforms.vmap(f).apply(x));
    assertSame(looped(f, x, 1, 1), Transforms.vmap(f, 1, 1).apply(x));
  }

  @Test
  void theFunctionSeesSlices() {
    AtomicReference<int[]> seen = new AtomicReference<>();
    Transforms.vmap(
            a -> {
              seen.set(a.shape());
              return a;
            },
            1,
            0)
        .apply(x);
    assertArrayEquals(new int[] {2, 4}, seen.get());
  }

  @Test
  void pairsOfSlicesGoTogether() {
    MlxArray a = MlxArray.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    MlxArray b = MlxArray.of(new float[] {1, 10, 100, 1000, 10000, 100000}, 3, 2);
    assertValues(
        Transforms.vmap((r, c) -> r.inner(c), new int[] {0, 1}, 0).apply(a, b),
        1 + 200 + 30000,
        40 + 5000 + 600000);
    assertSame(
        a.add(b.transpose()),
        Transforms.vmap((r, c) -> r.add(c), new int[] {0, -1}, 0).apply(a, b));
  }

  @Test
  void anArgumentMayBePassedWhole() {
    MlxArray weights = MlxArray.of(1f, 10f, 100f, 1000f);
    MlxArray expected = x.matmul(weights);
    assertSame(
        expected,
        Transforms.vmap((a, w) -> a.matmul(w), new int[] {0, NOT_MAPPED}, 0).apply(x, weights));
    assertSame(
        expected,
        Transforms.vmap((w, a) -> a.matmul(w), new int[] {NOT_MAPPED, 0}, 0).apply(weights, x));
    assertSame(
        expected.transpose(),
        Transforms.vmap((a, w) -> a.matmul(w), new int[] {1, NOT_MAPPED}, 0).apply(x, weights));
  }

  @Test
  void manyArgumentsAndResultsHaveTheirOwnAxes() {
    MlxArray a = MlxArray.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    MlxArray b = MlxArray.of(new float[] {10, 20, 30, 40, 50, 60}, 3, 2);
    TransformedArraysFunction f =
        Transforms.vmap(
            xs -> arrays(xs[0].add(xs[1]), xs[0].multiply(xs[2]), xs[1].sum()),
            new int[] {0, 1, NOT_MAPPED},
            new int[] {0, 1, -1});
    MlxArray[] results = f.apply(a, b, MlxArray.scalar(2f));
    assertSame(a.add(b.transpose()), results[0]);
    assertSame(a.multiply(2).transpose(), results[1]);
    assertValues(results[2], 90, 120);
  }

  @Test
  void aResultThatDependsOnNoSliceIsRepeated() {
    MlxArray captured = MlxArray.of(7f, 8f);
    assertValues(Transforms.vmap(a -> MlxArray.scalar(5f)).apply(x), 5, 5);
    assertSame(captured.broadcastTo(3, 2), Transforms.vmap(a -> captured, 1, 0).apply(x));
    assertSame(
        captured.broadcastTo(3, 2).transpose(), Transforms.vmap(a -> captured, 1, 1).apply(x));
    assertSame(
        captured.broadcastTo(3, 2).transpose(), Transforms.vmap(a -> captured, 1, -1).apply(x));
    MlxArray whole = Transforms.vmap((a, w) -> w, new int[] {0, NOT_MAPPED}, 0).apply(x, captured);
    assertSame(captured.broadcastTo(2, 2), whole);
  }

  @Test
  void theSliceItselfMayBeTheResult() {
    assertSame(x, Transforms.vmap(a -> a).apply(x));
    assertSame(x.moveaxis(2, 0), Transforms.vmap(a -> a, 2, 0).apply(x));
    MlxArray[] twice =
        Transforms.vmap(xs -> arrays(xs[0], xs[0]), new int[] {0}, new int[] {0, 1}).apply(x);
    assertSame(x, twice[0]);
    assertSame(x.swapaxes(0, 1), twice[1]);
  }

  @Test
  void oneSliceAndNoSliceWillDo() {
    assertValues(Transforms.vmap(a -> a.sum()).apply(Ops.ones(1, 3)), 3);
    assertShape(Transforms.vmap(a -> a.sum()).apply(Ops.ones(0, 3)), 0);
    assertShape(Transforms.vmap(a -> a.add(1)).apply(Ops.ones(0, 3)), 0, 3);
    assertShape(Transforms.vmap(a -> a.matmul(a), 1, 0).apply(Ops.ones(3, 0, 3)), 0, 3, 3);
  }

  @Test
  void vectorisedFunctionsVectoriseAgain() {
    TransformedFunction inner = Transforms.vmap(MlxArray::sum, 1, 0);
    assertSame(x.sum(1), Transforms.vmap(inner, 0, 0).apply(x));
    assertSame(x.sum(1).transpose(), Transforms.vmap(inner, 0, 1).apply(x));
    // outer product by two maps: neither argument is sliced twice
    TransformedBiFunction row =
        Transforms.vmap((a, b) -> a.multiply(b), new int[] {NOT_MAPPED, 0}, 0);
    TransformedBiFunction outer = Transforms.vmap(row, new int[] {0, NOT_MAPPED}, 0);
    MlxArray a = MlxArray.of(1f, 2f);
    MlxArray b = MlxArray.of(1f, 10f, 100f);
    assertSame(a.outer(b), outer.apply(a, b));
  }

  @Test
  void everyDtypeIsMapped() {
    try (StreamScope onCpu = StreamScope.open(Device.cpu())) { // float64 is for the CPU only
      for (DType dtype : DType.values()) {
        MlxArray ones = Ops.ones(new int[] {2, 2}, dtype);
        MlxArray same = Transforms.vmap(a -> a.add(a)).apply(ones);
        assertEquals(ones.add(ones).dtype(), same.dtype());
        assertValues(
            same.astype(DType.FLOAT32), ones.add(ones).astype(DType.FLOAT32).toDoubleArray());
      }
    }
  }

  @Test
  void keysGiveEverySliceItsOwnNumbers() {
    MlxArray keys = MlxRandom.split(MlxRandom.key(1), 3);
    MlxArray numbers = Transforms.vmap(key -> MlxRandom.normal(new int[] {4}, key)).apply(keys);
    assertSame(looped(key -> MlxRandom.normal(new int[] {4}, key), keys, 0, 0), numbers);
  }

  /** The rows of a Jacobian are vjps with unit vectors, its columns jvps. */
  @Test
  void jacobiansAreMappedProducts() {
    MlxArray at = MlxArray.of(1f, 2f, 3f);
    ArrayFunction f = a -> a.multiply(a.sum()); // f_i = a_i S: J = S I + a 1ᵀ
    MlxArray expected = MlxArray.of(new float[] {7, 1, 1, 2, 8, 2, 3, 3, 9}, 3, 3);
    assertSame(
        expected, Transforms.vmap(v -> Transforms.vjp(f, at, v).vjps()[0]).apply(Ops.eye(3)));
    assertSame(
        expected, Transforms.vmap(v -> Transforms.jvp(f, at, v).jvps()[0], 0, 1).apply(Ops.eye(3)));
  }

  // ---- what is refused
  // ---------------------------------------------------------------------------

  @Test
  void axesMustBeInRange() {
    MlxArray vector = MlxArray.of(1f, 2f, 3f);
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.vmap(a -> a, 1, 0).apply(vector),
        "[vmap]",
        "axis 1",
        "argument 0",
        "[3]");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.vmap(a -> a, -2, 0).apply(vector),
        "[vmap]",
        "axis -2",
        "argument 0",
        "[3]");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.vmap(a -> a, 0, 1).apply(vector),
        "[vmap]",
        "axis 1",
        "output 0",
        "[]");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.vmap(a -> a, 0, -2).apply(vector),
        "[vmap]",
        "axis -2",
        "output 0",
        "[]");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.vmap(a -> a).apply(MlxArray.scalar(1f)),
        "[vmap]",
        "axis 0",
        "scalar");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.vmap((a, b) -> a, new int[] {0, 3}, 0).apply(vector, x),
        "[vmap]",
        "axis 3",
        "argument 1",
        "[2, 3, 4]");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.vmap(a -> a, Integer.MAX_VALUE, 0).apply(x),
        "[vmap]",
        "2147483647");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.vmap(a -> a, NOT_MAPPED + 1, 0).apply(x),
        "[vmap]",
        "-2147483647");
  }

  @Test
  void sizesMustAgree() {
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.vmap((a, b) -> a.add(b)).apply(Ops.ones(3), Ops.ones(2)),
        "[vmap]",
        "3",
        "2");
  }

  @Test
  void thereMustBeAnAxisForEachArgumentAndResult() {
    int[] one = {0};
    int[] two = {0, 0};
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.vmap((a, b) -> a, one, 0),
        "[vmap]",
        "inAxes [0]",
        "2 entries");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.vmap(xs -> xs, one, one).apply(x, x),
        "[vmap]",
        "inAxes",
        "1",
        "2 arguments");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.vmap(xs -> xs, one, two).apply(x),
        "[vmap]",
        "outAxes",
        "2",
        "1 output");
  }

  @Test
  void somethingMustBeMapped() {
    int[] none = {NOT_MAPPED};
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.vmap(a -> a, NOT_MAPPED, 0),
        "[vmap]",
        "inAxes");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.vmap((a, b) -> a, new int[] {NOT_MAPPED, NOT_MAPPED}, 0),
        "[vmap]",
        "inAxes");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.vmap(xs -> xs, none, new int[] {0}),
        "[vmap]",
        "inAxes");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.vmap(xs -> xs, new int[0], new int[0]),
        "[vmap]",
        "inAxes");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.vmap(xs -> xs, new int[] {0}, none),
        "[vmap]",
        "outAxes",
        "NOT_MAPPED");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.vmap(a -> a, 0, NOT_MAPPED),
        "[vmap]",
        "outAxes",
        "NOT_MAPPED");
  }

  @Test
  void nullsAreRefused() {
    int[] one = {0};
    assertNullFunctionIsRefused(
        "vmap",
        () -> Transforms.vmap((ArrayFunction) null),
        () -> Transforms.vmap((ArrayBiFunction) null),
        () -> Transforms.vmap((ArrayFunction) null, 0, 0),
        () -> Transforms.vmap((ArraysFunction) null, one, one));
    assertThrowsSaying(
        NullPointerException.class, () -> Transforms.vmap(xs -> xs, null, one), "[vmap]", "inAxes");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Transforms.vmap(xs -> xs, one, null),
        "[vmap]",
        "outAxes");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Transforms.vmap((a, b) -> a, null, 0),
        "[vmap]",
        "inAxes");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Transforms.vmap(a -> null).apply(x),
        "[vmap]",
        "returned null");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Transforms.vmap(a -> a).apply(null),
        "[vmap]",
        "argument 0");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Transforms.vmap((a, b) -> a).apply(x, null),
        "[vmap]",
        "argument 1");
  }

  @Test
  void slicesHaveNoValues() {
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.vmap(a -> MlxArray.scalar(a.sum().itemFloat())).apply(x),
        "vmap");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.vmap(a -> MlxArray.of(a.toFloatArray())).apply(x),
        "vmap");
  }

  @Test
  void theAxesAreCopied() {
    int[] in = {0};
    int[] out = {0};
    TransformedArraysFunction f = Transforms.vmap(xs -> arrays(xs[0].sum()), in, out);
    in[0] = 9;
    out[0] = 9;
    assertSame(x.sum(new int[] {1, 2}), f.apply(x)[0]);
  }
}
