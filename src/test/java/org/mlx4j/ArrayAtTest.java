package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.mlx4j.ArrayAssertions.assertSame;
import static org.mlx4j.ArrayAssertions.assertShape;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertValues;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Arrays between Python's brackets, read and changed. */
@ExtendWith(InScope.class)
class ArrayAtTest {
  private final MlxArray x = MlxArray.of(1f, 2f, 3f, 4f);
  private final MlxArray matrix = Ops.arange(6).reshape(2, 3).astype(DType.FLOAT32);
  private final MlxArray mask = MlxArray.of(true, false, true, false);

  @AfterEach
  void checksAreOff() {
    Ops.checkIndices(false);
  }

  @Test
  void theArrayItselfStaysAsItIs() {
    assertValues(x.at(1).set(9), 1, 9, 3, 4);
    assertValues(x, 1, 2, 3, 4);
  }

  @Test
  void repeatedIndicesAreAllTakenIntoAccount() {
    ArrayAt twice = x.at(Index.of(1, 1, -1));
    assertValues(twice.add(10), 1, 22, 3, 14);
    assertValues(twice.subtract(1), 1, 0, 3, 3);
    assertValues(twice.multiply(3), 1, 18, 3, 12);
    assertValues(twice.divide(2), 1, 0.5, 3, 2);
    assertValues(twice.maximum(MlxArray.of(0f, 5f, 6f)), 1, 5, 3, 6);
    assertValues(twice.minimum(MlxArray.of(7f, -5f, 6f)), 1, -5, 3, 4);
  }

  @Test
  void masksChooseWhatChanges() {
    ArrayAt chosen = x.at(mask);
    assertValues(chosen.set(0), 0, 2, 0, 4);
    assertValues(chosen.set(MlxArray.of(7f, 8f)), 7, 2, 8, 4);
    assertValues(chosen.add(10L), 11, 2, 13, 4);
    assertValues(chosen.subtract(0.5), 0.5, 2, 2.5, 4);
    assertValues(chosen.multiply(MlxArray.of(2f, 3f)), 2, 2, 9, 4);
    assertValues(chosen.divide(2), 0.5, 2, 1.5, 4);
    assertValues(chosen.maximum(2), 2, 2, 3, 4);
    assertValues(chosen.minimum(2), 1, 2, 2, 4);
    assertValues(mask.at(MlxArray.of(0, 1)).set(false), 0, 0, 1, 0);
    assertValues(mask.at(mask).set(false), 0, 0, 0, 0);
    assertSame(x, x.at(mask.logicalAnd(0)).set(MlxArray.of(new float[0], 0)));
    assertValues(x.get(mask), 1, 3);
    assertShape(x.get(mask.logicalAnd(0)), 0);
    assertValues(matrix.get(Index.at(1), Index.of(MlxArray.of(true, false, true))), 3, 5);
  }

  /** The values follow the dtype of the array, as in Python. */
  @Test
  void valuesTakeTheDtypeOfTheArray() {
    MlxArray integers = MlxArray.of(1, 2, 3);
    MlxArray changed = integers.at(0).set(7.9);
    assertEquals(DType.INT32, changed.dtype());
    assertValues(changed, 7, 2, 3);
    assertEquals(DType.INT32, integers.at(Index.of(0)).add(MlxArray.of(1.5f)).dtype());
    assertEquals(DType.INT32, integers.at(Index.ellipsis()).set(MlxArray.of(1.5f)).dtype());
  }

  @Test
  void indicesOfDifferentDtypesGoTogether() {
    MlxArray unsigned = MlxArray.of(new long[] {2}, DType.UINT64, 1);
    MlxArray signed = MlxArray.of(new int[] {-1}, DType.INT8, 1);
    assertValues(matrix.get(signed, unsigned), 5);
    assertValues(matrix.at(signed, unsigned).set(9), 0, 1, 2, 3, 4, 9);
  }

  @Test
  void changesHaveGradients() {
    MlxArray index = MlxArray.of(1, 1, 3);
    assertValues(Transforms.grad(a -> a.at(index).set(0).square().sum()).apply(x), 2, 0, 6, 0);
    assertValues(
        Transforms.grad(v -> x.at(index).add(v).square().sum()).apply(MlxArray.of(1f, 1f, 1f)),
        8,
        8,
        10);
    assertValues(
        Transforms.grad(v -> x.at(mask).set(v).square().sum()).apply(MlxArray.of(3f, 5f)), 6, 10);
    assertValues(Transforms.grad(a -> a.get(mask).square().sum()).apply(x), 2, 0, 6, 0);
    assertValues(
        Transforms.grad(a -> a.get(MlxArray.of(0, 0), MlxArray.of(1, 1)).sum()).apply(matrix),
        0,
        2,
        0,
        0,
        0,
        0);
  }

  /** The elements that a mask excludes must not spoil a gradient. */
  @Test
  void gradientsOfMaskedDivisionsAreFinite() {
    MlxArray zeros = Ops.zeros(4);
    MlxArray y = MlxArray.of(0f, 2f, 4f);
    MlxArray divisors = MlxArray.of(2f, 0f);
    assertValues(
        Transforms.grad(a -> a.at(a.greater(2)).divide(divisors).sum()).apply(y), 1, 1, 0.5);
    assertValues(Transforms.grad(v -> y.at(y.greater(2)).divide(v).sum()).apply(divisors), -1, 0);
    assertValues(
        Transforms.grad(a -> a.at(mask.logicalAnd(0)).divide(zeros).sum()).apply(x), 1, 1, 1, 1);
  }

  @Test
  void changesAreCompiledAndMapped() {
    MlxArray indices = MlxArray.of(new int[] {0, 1, 2, 2}, 2, 2);
    MlxArray rows = Ops.zeros(2, 3);
    assertSame(
        MlxArray.of(new float[] {1, 1, 0, 0, 0, 2}, 2, 3),
        Transforms.vmap((r, i) -> r.at(i).add(1)).apply(rows, indices));
    assertSame(
        MlxArray.of(new float[] {0, 0, 2, 3, 4, 5}, 2, 3),
        Transforms.vmap((MlxArray r) -> r.at(r.less(2)).set(0)).apply(matrix));
    assertValues(
        Transforms.compile((MlxArray a) -> a.at(a.less(3)).multiply(10).at(Index.of(3)).add(1))
            .apply(x),
        10,
        20,
        3,
        5);
    assertValues(Transforms.vmap((a, i) -> a.get(i)).apply(matrix, MlxArray.of(2, 0)), 2, 3);
  }

  @Test
  void maskedSelectionsHaveNoShapeInATrace() {
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.compile((MlxArray a) -> a.get(a.less(3))).apply(x),
        "[get]",
        "traced");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () ->
            Transforms.vmap((MlxArray a) -> a.at(Index.of(a.less(3)), Index.newAxis()).set(1))
                .apply(matrix),
        "[at]",
        "traced");
  }

  @Test
  void indicesOutOfRangeAreRefused() {
    assertThrowsSaying(
        IndexOutOfBoundsException.class, () -> x.get(MlxArray.of(0, 4)), "[get]", "index 4");
    assertThrowsSaying(
        IndexOutOfBoundsException.class, () -> x.at(MlxArray.of(-5)).set(1), "[at]", "index -5");
    assertThrowsSaying(
        IndexOutOfBoundsException.class,
        () -> matrix.get(MlxArray.of(0), MlxArray.of(3)),
        "[get]",
        "index 3",
        "-3 to 2");
    assertThrowsSaying(IndexOutOfBoundsException.class, () -> x.at(4).set(1), "[at]", "axis 0");
    MlxArray huge = MlxArray.of(new long[] {-1}, DType.UINT64, 1);
    assertThrowsSaying(
        IndexOutOfBoundsException.class, () -> x.get(huge), "index 18446744073709551615");
    assertThrowsSaying(IndexOutOfBoundsException.class, () -> x.take(huge), "18446744073709551615");
    assertThrowsSaying(
        IndexOutOfBoundsException.class, () -> Ops.zeros(0).get(MlxArray.of(0)), "no elements");
  }

  /** Indices that are not computed yet are clamped to the range, or computed and refused. */
  @Test
  void indicesToBeComputedAreLimitedOrChecked() {
    assertValues(x.get(MlxArray.of(0, 4).add(1)), 2, 4);
    assertValues(x.at(MlxArray.of(4).add(1)).set(0), 1, 2, 3, 0);
    assertValues(x.at(MlxArray.of(-9).add(1)).set(0), 0, 2, 3, 4);
    Ops.checkIndices(true);
    assertThrowsSaying(
        IndexOutOfBoundsException.class, () -> x.get(MlxArray.of(0, 4).add(1)), "index 5");
    assertThrowsSaying(
        IndexOutOfBoundsException.class, () -> x.at(MlxArray.of(4).add(1)).add(0), "index 5");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> x.at(mask.logicalNot().logicalNot()).set(MlxArray.of(1f).reshape(1).repeat(0)),
        "selects 2",
        "0 values");
  }

  @Test
  void valuesMustFit() {
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> x.at(Index.slice(0, 2)).set(MlxArray.of(1, 2, 3)),
        "[at]",
        "[2]",
        "[3]");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> x.at(Index.of(0, 1)).add(MlxArray.of(1, 2, 3)),
        "[at]",
        "[3]");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> MlxArray.of(1f, 2f, 3f).at(MlxArray.of(true, true, true)).set(MlxArray.of(1, 2)),
        "[at]",
        "selects 3",
        "2 values");
    assertThrowsSaying(
        IllegalArgumentException.class, () -> MlxArray.of(4, 2).at(0).divide(2), "[at]", "int32");
    assertThrowsSaying(
        IllegalArgumentException.class, () -> mask.at(0).subtract(mask), "[at]", "bool");
  }

  @Test
  void indicesMustFit() {
    assertThrowsSaying(
        IllegalArgumentException.class, () -> Index.of(MlxArray.of(1f)), "[of]", "float32");
    assertThrowsSaying(
        IllegalArgumentException.class, () -> matrix.get(mask), "[get]", "[4]", "[2, 3]");
    assertThrowsSaying(
        IllegalArgumentException.class, () -> matrix.at(mask).set(1), "[at]", "[4]", "[2, 3]");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> matrix.get(MlxArray.of(0), MlxArray.of(0), MlxArray.of(0)),
        "[get]",
        "2 axes");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> matrix.get(MlxArray.of(0, 1), MlxArray.of(0, 1, 2)),
        "[get]");
    assertThrowsSaying(NullPointerException.class, () -> x.at((Index) null).set(1), "[at]");
    assertThrowsSaying(NullPointerException.class, () -> x.at((Index[]) null), "[at]");
    assertThrowsSaying(NullPointerException.class, () -> x.at(0).set(null), "[at]");
    assertThrowsSaying(NullPointerException.class, () -> Index.of((MlxArray) null), "[of]");
  }

  @Test
  void closedArraysAreRefused() {
    MlxArray closed = MlxArray.of(0, 1);
    Index index = Index.of(closed);
    closed.close();
    assertThrowsSaying(
        IllegalStateException.class, () -> x.get(index), "[get]", "argument 1", "closed");
    assertThrowsSaying(
        IllegalStateException.class, () -> x.at(index).add(1), "[at]", "argument 2", "closed");
    MlxArray closedMask = MlxArray.of(true);
    Index maskIndex = Index.of(closedMask);
    closedMask.close();
    assertThrowsSaying(
        IllegalStateException.class, () -> MlxArray.of(1).get(maskIndex), "[get]", "closed");
  }

  @Test
  void blocksThatBeginWhereAnArraySaysStayInside() {
    int[] axes = {0, 1};
    int[] size = {1, 2};
    assertValues(matrix.slice(MlxArray.of(1, 1), axes, size), 4, 5);
    assertValues(matrix.slice(MlxArray.of(1, 4).add(1), axes, size), 4, 5);
    assertValues(matrix.slice(MlxArray.of(-9, -9).add(1), axes, size), 0, 1);
    assertThrowsSaying(
        IndexOutOfBoundsException.class,
        () -> matrix.slice(MlxArray.of(0, 2), axes, size),
        "[slice]",
        "start 2",
        "0 to 1");
    assertThrowsSaying(
        IndexOutOfBoundsException.class,
        () -> matrix.slice(MlxArray.of(-1, 0), axes, size),
        "start -1");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> matrix.slice(MlxArray.of(0, 0), axes, new int[] {1, 4}),
        "[slice]",
        "[1, 4]");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> matrix.slice(MlxArray.of(0, 0), axes, new int[] {1, -1}),
        "[slice]");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> matrix.slice(MlxArray.of(0), axes, size),
        "[slice]",
        "2 axes");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> matrix.slice(MlxArray.of(0f, 0f), axes, size),
        "[slice]",
        "float32");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> matrix.slice(MlxArray.of(0, 0), new int[] {0, 2}, size),
        "[slice]",
        "axis 2");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> matrix.slice(MlxArray.of(0, 0), new int[] {0, 0}, size),
        "[slice]");
    assertThrowsSaying(
        IndexOutOfBoundsException.class,
        () -> matrix.sliceUpdate(Ops.ones(2, 2), MlxArray.of(1, 0), axes),
        "[sliceUpdate]",
        "start 1");
    assertValues(
        matrix.sliceUpdate(Ops.ones(1, 2), MlxArray.of(8, 8).add(1), axes), 0, 1, 2, 3, 1, 1);
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> matrix.sliceUpdate(Ops.ones(1, 1, 1), MlxArray.of(0, 0), axes),
        "[sliceUpdate]",
        "[1, 1, 1]");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> matrix.sliceUpdate(Ops.ones(3, 1), MlxArray.of(0, 0), axes),
        "[sliceUpdate]");
  }
}
