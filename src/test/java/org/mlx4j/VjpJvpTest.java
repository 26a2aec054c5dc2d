package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.mlx4j.ArrayAssertions.assertShape;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertValues;
import static org.mlx4j.ArrayAssertions.assertWithin;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Products of vectors and Jacobians against closed forms. */
@ExtendWith(InScope.class)
class VjpJvpTest {
  private final MlxArray x = MlxArray.of(1f, 2f, 3f);
  private final MlxArray v = MlxArray.of(10f, 100f, 1000f);

  private static MlxArray[] arrays(MlxArray... xs) {
    return xs;
  }

  // ---- closed forms
  // ------------------------------------------------------------------------------

  /** f(x) = A x has the Jacobian A: vjp is Aᵀ v, jvp is A v. */
  @Test
  void theJacobianOfALinearMapIsItsMatrix() {
    MlxArray a = MlxArray.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    Vjp vjp = Transforms.vjp(a::matmul, x, MlxArray.of(1f, 10f));
    assertValues(vjp.outputs()[0], 14, 32);
    assertValues(vjp.vjps()[0], 41, 52, 63);
    Jvp jvp = Transforms.jvp(a::matmul, x, v);
    assertValues(jvp.outputs()[0], 14, 32);
    assertValues(jvp.jvps()[0], 3210, 6540);
  }

  /** Of y = u wᵀ and y = wᵀ u, whose Jacobians contain u and its conjugate, for stacks too. */
  @ParameterizedTest
  @EnumSource(names = {"FLOAT16", "FLOAT32", "FLOAT64", "COMPLEX64"})
  void theGradientOfATransposedFactorIsTheTransposeOfItsGradient(DType dtype) {
    try (StreamScope device = StreamScope.open(Device.cpu())) {
      for (int[] stack : new int[][] {{}, {2}, {2, 3}}) {
        MlxArray w = numbers(dtype, stack, 3, 5);
        MlxArray right = numbers(dtype, stack, 4, 5);
        MlxArray left = numbers(dtype, stack, 3, 4);
        MlxArray c = numbers(dtype, stack, 4, 3);
        MlxArray d = numbers(dtype, stack, 5, 4);
        assertGradient(dtype, a -> right.matmul(swapped(a)), w, c, swapped(c).matmul(conj(right)));
        assertGradient(dtype, a -> swapped(a).matmul(left), w, d, conj(left).matmul(swapped(d)));
        MlxArray offset = numbers(dtype, stack, 4, 3);
        assertGradient(
            dtype,
            a -> offset.addmm(right, swapped(a), 2, 3),
            w,
            c,
            swapped(c).multiply(2).matmul(conj(right)));
      }
      MlxArray reversed = numbers(dtype, new int[] {4}, 4, 4);
      MlxArray cotangent = numbers(dtype, new int[] {4}, 4, 4);
      assertGradient(
          dtype,
          a -> reversed.matmul(a.transpose()),
          numbers(dtype, new int[] {4}, 4, 4),
          cotangent,
          swapped(conj(reversed)).matmul(cotangent).transpose());
    }
  }

  private static void assertGradient(
      DType dtype, ArrayFunction f, MlxArray x, MlxArray cotangent, MlxArray expected) {
    MlxArray gradient = Transforms.vjp(f, x, cotangent).vjps()[0];
    assertWithin(
        ArrayAssertions.rounding(dtype), expected.real(), gradient.real(), "the real part");
    if (dtype == DType.COMPLEX64) {
      assertWithin(1e-5, expected.imag(), gradient.imag(), "the imaginary part");
    }
  }

  private static MlxArray numbers(DType dtype, int[] stack, int rows, int columns) {
    int[] shape = IntStream.concat(IntStream.of(stack), IntStream.of(rows, columns)).toArray();
    MlxArray x = MlxRandom.normal(shape);
    return dtype == DType.COMPLEX64
        ? x.multiply(MlxArray.scalar(new Complex64(0.6f, 0.8f)))
        : x.astype(dtype);
  }

  private static MlxArray swapped(MlxArray a) {
    return a.swapaxes(-1, -2);
  }

  private static MlxArray conj(MlxArray a) {
    return a.dtype() == DType.COMPLEX64 ? a.conjugate() : a;
  }

  @Test
  void theJacobianOfAnElementwiseFunctionIsDiagonal() {
    assertValues(Transforms.vjp(MlxArray::square, x, v).vjps()[0], 20, 400, 6000);
    assertValues(Transforms.jvp(MlxArray::square, x, v).jvps()[0], 20, 400, 6000);
  }

  /** The outputs are (ab, a/b): da and db follow from the quotient and product rules. */
  @Test
  void severalArgumentsAndSeveralOutputs() {
    ArraysFunction f = xs -> arrays(xs[0].multiply(xs[1]), xs[0].divide(xs[1]));
    MlxArray a = MlxArray.scalar(6f);
    MlxArray b = MlxArray.scalar(2f);
    Vjp vjp = Transforms.vjp(f, arrays(a, b), arrays(MlxArray.scalar(1f), MlxArray.scalar(10f)));
    assertEquals(2, vjp.outputs().length);
    assertEquals(2, vjp.vjps().length);
    assertValues(vjp.outputs()[0], 12);
    assertValues(vjp.outputs()[1], 3);
    assertValues(vjp.vjps()[0], 2 + 10 * 0.5);
    assertValues(vjp.vjps()[1], 6 - 10 * 1.5);
    Jvp jvp = Transforms.jvp(f, arrays(a, b), arrays(MlxArray.scalar(1f), MlxArray.scalar(10f)));
    assertEquals(2, jvp.jvps().length);
    assertValues(jvp.jvps()[0], 2 + 10 * 6);
    assertValues(jvp.jvps()[1], 0.5 - 10 * 1.5);
  }

  @Test
  void vjpWithOneIsTheGradient() {
    ArrayFunction loss = a -> a.sin().multiply(a).sum();
    MlxArray gradient = Transforms.grad(loss).apply(x);
    assertValues(Transforms.vjp(loss, x, MlxArray.scalar(1f)).vjps()[0], gradient.toDoubleArray());
  }

  /** ⟨u, J v⟩ = ⟨Jᵀ u, v⟩ for every u and v. */
  @Test
  void vjpIsTheTransposeOfJvp() {
    ArrayFunction f = a -> a.exp().cumsum().multiply(a.sin());
    MlxArray u = MlxArray.of(0.3f, -0.7f, 1.1f);
    MlxArray w = MlxArray.of(-0.2f, 0.5f, 0.9f);
    double left = Transforms.jvp(f, x, w).jvps()[0].inner(u).itemDouble();
    double right = Transforms.vjp(f, x, u).vjps()[0].inner(w).itemDouble();
    assertEquals(left, right, 1e-4 * Math.abs(left));
  }

  @Test
  void aZeroVectorGivesZero() {
    assertValues(Transforms.jvp(MlxArray::exp, x, Ops.zeros(3)).jvps()[0], 0, 0, 0);
    assertValues(Transforms.vjp(MlxArray::exp, x, Ops.zeros(3)).vjps()[0], 0, 0, 0);
  }

  @Test
  void theFunctionRunsOnce() {
    AtomicInteger runs = new AtomicInteger();
    ArrayFunction counted =
        a -> {
          runs.incrementAndGet();
          return a.square();
        };
    Transforms.vjp(counted, x, v);
    assertEquals(1, runs.get());
    Transforms.jvp(counted, x, v);
    assertEquals(2, runs.get());
  }

  // ---- cotangents belong to outputs by position
  // --------------------------------------------------

  @Test
  void anOutputThatIsConstantTakesItsOwnCotangent() {
    ArraysFunction f = xs -> arrays(MlxArray.scalar(5f), xs[0].square());
    Vjp vjp = Transforms.vjp(f, arrays(x), arrays(MlxArray.scalar(7f), v));
    assertValues(vjp.vjps()[0], 20, 400, 6000);
    Jvp jvp = Transforms.jvp(f, arrays(x), arrays(v));
    assertValues(jvp.jvps()[0], 0);
    assertValues(jvp.jvps()[1], 20, 400, 6000);
  }

  @Test
  void anOutputOfStopGradientTakesItsOwnCotangent() {
    MlxArray other = MlxArray.of(-1f, -1f, -1f);
    ArraysFunction first = xs -> arrays(xs[0].stopGradient(), xs[0].square());
    assertValues(Transforms.vjp(first, arrays(x), arrays(other, v)).vjps()[0], 20, 400, 6000);
    ArraysFunction middle = xs -> arrays(xs[0], xs[0].square().stopGradient(), xs[0].square());
    assertValues(
        Transforms.vjp(middle, arrays(x), arrays(other, other, v)).vjps()[0], 19, 399, 5999);
    ArraysFunction all = xs -> arrays(xs[0].stopGradient());
    assertValues(Transforms.vjp(all, arrays(x), arrays(v)).vjps()[0], 0, 0, 0);
    Jvp jvp = Transforms.jvp(first, arrays(x), arrays(v));
    assertValues(jvp.jvps()[0], 0, 0, 0);
    assertValues(jvp.jvps()[1], 20, 400, 6000);
  }

  @Test
  void anOutputReturnedTwiceTakesBothCotangents() {
    MlxArray ones = Ops.ones(3);
    ArraysFunction square =
        xs -> {
          MlxArray y = xs[0].square();
          return arrays(y, xs[0], y);
        };
    assertValues(Transforms.vjp(square, arrays(x), arrays(v, ones, v)).vjps()[0], 41, 801, 12001);
    ArraysFunction itself = xs -> arrays(xs[0], xs[0]);
    assertValues(Transforms.vjp(itself, arrays(x), arrays(v, ones)).vjps()[0], 11, 101, 1001);
    Jvp jvp = Transforms.jvp(square, arrays(x), arrays(v));
    assertValues(jvp.jvps()[0], 20, 400, 6000);
    assertValues(jvp.jvps()[1], 10, 100, 1000);
    assertValues(jvp.jvps()[2], 20, 400, 6000);
  }

  @Test
  void oneArrayAsTwoPrimalsIsTwoArguments() {
    ArraysFunction product = xs -> arrays(xs[0].multiply(xs[1].square()));
    Vjp vjp = Transforms.vjp(product, arrays(x, x), arrays(Ops.ones(3)));
    assertValues(vjp.vjps()[0], 1, 4, 9);
    assertValues(vjp.vjps()[1], 2, 8, 18);
    Jvp jvp = Transforms.jvp(product, arrays(x, x), arrays(Ops.zeros(3), Ops.ones(3)));
    assertValues(jvp.jvps()[0], 2, 8, 18);
  }

  @Test
  void outputsMayBePartsOfOneOperation() {
    ArraysFunction halves = xs -> xs[0].split(2);
    MlxArray four = MlxArray.of(1f, 2f, 3f, 4f);
    Vjp vjp =
        Transforms.vjp(halves, arrays(four), arrays(MlxArray.of(1f, 2f), MlxArray.of(30f, 40f)));
    assertValues(vjp.vjps()[0], 1, 2, 30, 40);
    Jvp jvp = Transforms.jvp(halves, arrays(four), arrays(four));
    assertValues(jvp.jvps()[1], 3, 4);
  }

  @Test
  void whatIsNotUsedHasAZeroProduct() {
    Vjp vjp = Transforms.vjp(xs -> arrays(xs[0]), arrays(x, Ops.ones(2, 2)), arrays(v));
    assertShape(vjp.vjps()[1], 2, 2);
    assertValues(vjp.vjps()[1], 0, 0, 0, 0);
  }

  @Test
  void nothingMayGoInOrComeOut() {
    assertEquals(0, Transforms.vjp(xs -> arrays(x), arrays(), arrays(v)).vjps().length);
    Vjp noOutputs = Transforms.vjp(xs -> arrays(), arrays(x), arrays());
    assertEquals(0, noOutputs.outputs().length);
    assertValues(noOutputs.vjps()[0], 0, 0, 0);
    assertEquals(0, Transforms.jvp(xs -> arrays(), arrays(x), arrays(v)).jvps().length);
    assertValues(Transforms.jvp(xs -> arrays(x), arrays(), arrays()).jvps()[0], 0, 0, 0);
  }

  @Test
  void noElementsWillDo() {
    MlxArray none = Ops.zeros(2, 0);
    assertShape(Transforms.vjp(MlxArray::square, none, none).vjps()[0], 2, 0);
    assertShape(Transforms.jvp(MlxArray::square, none, none).jvps()[0], 2, 0);
  }

  // ---- what is refused
  // ---------------------------------------------------------------------------

  @Test
  void cotangentsMustFitTheOutputs() {
    ArraysFunction f = xs -> arrays(xs[0]);
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.vjp(f, arrays(x), arrays()),
        "[vjp]",
        "0 cotangents",
        "1 output");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.vjp(f, arrays(x), arrays(v, v)),
        "[vjp]",
        "2 cotangents",
        "1 output");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.vjp(f, arrays(x), arrays(MlxArray.scalar(1f))),
        "[vjp]",
        "cotangent 0",
        "[]",
        "[3]");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.vjp(MlxArray::sum, x, v),
        "[vjp]",
        "cotangent 0",
        "[3]",
        "[]");
  }

  @Test
  void tangentsMustFitThePrimals() {
    ArraysFunction f = xs -> arrays(xs[0]);
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.jvp(f, arrays(x), arrays()),
        "[jvp]",
        "0 tangents",
        "1 primal");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.jvp(f, arrays(x, x), arrays(v)),
        "[jvp]",
        "1 tangent",
        "2 primals");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.jvp(MlxArray::sum, x, MlxArray.scalar(1f)),
        "[jvp]",
        "tangent 0",
        "[]",
        "[3]");
  }

  @Test
  void nullsAreRefused() {
    ArraysFunction f = xs -> xs;
    assertThrowsSaying(
        NullPointerException.class,
        () -> Transforms.vjp((ArraysFunction) null, arrays(x), arrays(v)),
        "[vjp]",
        "function");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Transforms.jvp((ArraysFunction) null, arrays(x), arrays(v)),
        "[jvp]",
        "function");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Transforms.vjp((ArrayFunction) null, x, v),
        "[vjp]",
        "function");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Transforms.jvp((ArrayFunction) null, x, v),
        "[jvp]",
        "function");
    assertThrowsSaying(
        NullPointerException.class, () -> Transforms.vjp(f, null, arrays(v)), "[vjp]", "null");
    assertThrowsSaying(
        NullPointerException.class, () -> Transforms.vjp(f, arrays(x), null), "[vjp]", "null");
    assertThrowsSaying(
        NullPointerException.class, () -> Transforms.jvp(f, null, arrays(v)), "[jvp]", "null");
    assertThrowsSaying(
        NullPointerException.class, () -> Transforms.jvp(f, arrays(x), null), "[jvp]", "null");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Transforms.vjp(f, arrays(x, null), arrays(v, v)),
        "[vjp]",
        "1",
        "null");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Transforms.jvp(f, arrays(x), arrays((MlxArray) null)),
        "[jvp]",
        "0",
        "null");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Transforms.vjp(a -> null, x, v),
        "[vjp]",
        "returned null");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Transforms.jvp(a -> null, x, v),
        "[jvp]",
        "returned null");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Transforms.jvp(xs -> arrays(x, null), arrays(x), arrays(v)),
        "[jvp]",
        "returned null");
  }

  @Test
  void closedArraysAreRefused() {
    MlxArray closed = MlxArray.of(1f);
    closed.close();
    assertThrowsSaying(
        IllegalStateException.class,
        () -> Transforms.vjp(a -> a, closed, v),
        "[vjp]",
        "argument 0",
        "closed");
    assertThrowsSaying(
        IllegalStateException.class,
        () -> Transforms.vjp(a -> a, x, closed),
        "[vjp]",
        "argument 1",
        "closed");
    assertThrowsSaying(
        IllegalStateException.class,
        () -> Transforms.jvp(a -> a, closed, v),
        "[jvp]",
        "argument 0",
        "closed");
    assertThrowsSaying(
        IllegalStateException.class,
        () -> Transforms.jvp(a -> a, x, closed),
        "[jvp]",
        "argument 1",
        "closed");
  }
}
