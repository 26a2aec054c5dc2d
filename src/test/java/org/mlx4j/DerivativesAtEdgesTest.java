package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mlx4j.ArrayAssertions.assertShape;
import static org.mlx4j.ArrayAssertions.assertValues;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Values and derivatives where the usual formula fails: at zeros, infinities, equal elements and
 * repeated indices, and through integers and booleans.
 */
@ExtendWith(InScope.class)
class DerivativesAtEdgesTest {
  private static final float INFINITY = Float.POSITIVE_INFINITY;

  private static MlxArray grad(ArrayFunction f, MlxArray x) {
    return Transforms.grad(a -> f.apply(a).sum()).apply(x);
  }

  private static MlxArray jvp(ArrayFunction f, MlxArray x) {
    return Transforms.jvp(f, x, Ops.onesLike(x)).jvps()[0];
  }

  // ---- fill values of padding
  // ---------------------------------------------------------------------

  @Test
  void fillValuesOfPaddingHaveDerivatives() {
    int[][] widths = {{1, 1}};
    MlxArray x = MlxArray.of(1f, 2f, 3f);
    ArrayFunction around = v -> Ops.zeros(2).pad(widths, PadMode.CONSTANT, v.sum());
    assertValues(grad(around, x), 2, 2, 2);
    assertValues(jvp(around, x), 3, 0, 0, 3);
    ArrayFunction both = v -> v.pad(widths, PadMode.CONSTANT, v.sum());
    assertValues(grad(both, x), 3, 3, 3);
    assertValues(jvp(both, x), 3, 1, 1, 1, 3);
    MlxArray value =
        grad(v -> MlxArray.of(5f).pad(widths, PadMode.CONSTANT, v), MlxArray.scalar(3f));
    assertShape(value);
    assertValues(value, 2);
  }

  @Test
  void fillValuesOfPaddingMayBeMapped() {
    int[][] widths = {{1, 0}};
    MlxArray values = MlxArray.of(7f, 8f);
    MlxArray rows = MlxArray.of(new float[] {1, 2, 3, 4}, 2, 2);
    assertValues(
        Transforms.vmap((ArrayFunction) v -> MlxArray.of(1f).pad(widths, PadMode.CONSTANT, v))
            .apply(values),
        7,
        1,
        8,
        1);
    assertValues(
        Transforms.vmap((a, v) -> a.pad(widths, PadMode.CONSTANT, v)).apply(rows, values),
        7,
        1,
        2,
        8,
        3,
        4);
    assertValues(
        Transforms.vmap((ArrayFunction) v -> grad(u -> u.pad(widths, PadMode.CONSTANT, u.sum()), v))
            .apply(rows),
        2,
        2,
        2,
        2);
  }

  @Test
  void theHadamardTransformOfAScalarHasADerivative() {
    MlxArray x = MlxArray.of(1f, 2f, 3f);
    assertValues(x.sum().hadamardTransform(2), 12);
    assertValues(grad(v -> v.sum().hadamardTransform(2), x), 2, 2, 2);
    assertValues(jvp(v -> v.sum().hadamardTransform(), x), 3);
  }

  // ---- integers and booleans
  // ----------------------------------------------------------------------

  @Test
  void nothingPassesThroughIntegersAndBooleans() {
    MlxArray x = MlxArray.of(1.5f, 2.5f);
    MlxArray u = MlxArray.of(1.7f, 1.7f);
    ArrayFunction integers = v -> v.astype(DType.INT32).astype(DType.FLOAT32);
    ArrayFunction booleans = v -> v.any().exp();
    ArrayFunction steps = v -> v.floor().add(v.greater(0).astype(DType.FLOAT32)).sum();
    ArrayFunction counted = v -> v.greater(2).sum().multiply(v.argmax()).exp();
    for (ArrayFunction f : new ArrayFunction[] {integers, booleans, steps, counted}) {
      assertValues(grad(f, x), 0, 0);
      MlxArray jvp = Transforms.jvp(f, x, u).jvps()[0];
      assertValues(jvp.abs().sum(), 0);
      try (TransformedFunction checkpointed = Transforms.checkpoint(f)) {
        assertValues(grad(checkpointed, x), 0, 0);
      }
    }
  }

  @Test
  void derivativesOfIntegersAreZerosOfTheirDtype() {
    ArraysFunction f = xs -> new MlxArray[] {xs[0].multiply(xs[1]), xs[1].multiply(2)};
    MlxArray[] primals = {MlxArray.of(3f), MlxArray.of(4)};
    MlxArray[] ones = {MlxArray.of(1f), MlxArray.of(1)};
    Vjp vjp = Transforms.vjp(f, primals, ones);
    assertValues(vjp.vjps()[0], 4);
    assertValues(vjp.vjps()[1], 0);
    assertEquals(DType.INT32, vjp.vjps()[1].dtype());
    Jvp jvp = Transforms.jvp(f, primals, ones);
    assertValues(jvp.jvps()[0], 4);
    assertValues(jvp.jvps()[1], 0);
    assertEquals(DType.INT32, jvp.jvps()[1].dtype());
  }

  // ---- powers and logarithms
  // ----------------------------------------------------------------------

  @Test
  void powersOfZero() {
    MlxArray x = MlxArray.of(0f, 1f);
    assertValues(grad(v -> v.power(0), x), 0, 0);
    assertValues(grad(v -> v.power(1), x), 1, 1);
    assertValues(grad(v -> v.power(2), x), 0, 2);
    assertValues(jvp(v -> v.power(0), x), 0, 0);
    assertValues(grad(y -> Ops.zeros(3).power(y), MlxArray.of(0f, 1f, 2f)), 0, 0, 0);
    assertValues(grad(v -> grad(w -> w.power(2), v), x), 2, 2);
    assertValues(grad(v -> grad(w -> w.power(1), v), x), 0, 0);
  }

  @Test
  void powersOfComplexZero() {
    MlxArray zero = MlxArray.scalar(new Complex64(0, 0));
    assertEquals(new Complex64(1, 0), zero.power(0).itemComplex());
    assertEquals(new Complex64(0, 0), zero.power(1).itemComplex());
    assertEquals(new Complex64(0, 0), zero.power(2).itemComplex());
    assertEquals(new Complex64(0, 0), zero.power(0.5).itemComplex());
    assertTrue(Float.isNaN(zero.power(-1).itemComplex().real()));
    assertValues(Transforms.grad(z -> z.power(1).real()).apply(zero).real(), 1);
    assertValues(Transforms.grad(z -> z.power(2).real()).apply(zero).real(), 0);
  }

  @Test
  void logarithmsOfSumsOfNothing() {
    MlxArray nothing = MlxArray.of(-INFINITY, -INFINITY);
    assertValues(grad(v -> v.logaddexp(MlxArray.of(-INFINITY, 1f)), nothing), 0.5, 0);
    MlxArray x = MlxArray.of(-INFINITY, 0f, -INFINITY, 0f);
    assertValues(grad(MlxArray::logcumsumexp, x), 0, 2.5, 0, 0.5);
    assertValues(jvp(MlxArray::logcumsumexp, x), 0, 1, 1, 1);
    assertValues(grad(v -> v.logcumsumexp().get(3), x), 0, 0.5, 0, 0.5);
  }

  @Test
  void smallDerivativesOfExpm1AreNotLost() {
    MlxArray x = MlxArray.scalar(-20f);
    double truth = Math.exp(-20);
    assertEquals(truth, grad(MlxArray::expm1, x).itemDouble(), 1e-5 * truth);
    assertEquals(truth, jvp(MlxArray::expm1, x).itemDouble(), 1e-5 * truth);
  }

  @Test
  void logarithmsToBase10HaveDerivativesInDoublePrecision() {
    try (StreamScope onCpu = StreamScope.open(Device.cpu())) {
      MlxArray x = MlxArray.of(new double[] {3}, DType.FLOAT64, 1);
      assertEquals(1 / (3 * Math.log(10)), grad(MlxArray::log10, x).itemDouble(), 1e-16);
      assertEquals(1 / (3 * Math.log(2)), jvp(MlxArray::log2, x).itemDouble(), 1e-16);
    }
  }

  // ---- choices
  // ------------------------------------------------------------------------------------

  /** The operand that is not chosen may have any derivative, as in JAX. */
  @Test
  void whatIsNotChosenHasNoPartInTangents() {
    MlxArray x = MlxArray.of(0f, 4f);
    ArrayFunction guarded = v -> v.equal(0).where(MlxArray.scalar(0f), v.reciprocal());
    assertValues(jvp(guarded, x), 0, -1 / 16.0);
    assertValues(jvp(v -> v.sqrt().maximum(v.add(1)), x), 1, 1);
  }

  @Test
  void equalElementsShareTheDerivative() {
    MlxArray x = MlxArray.of(3f, 1f, 3f);
    assertValues(grad(v -> v.max(), x), 0.5, 0, 0.5);
    assertValues(Transforms.jvp(v -> v.max(), x, MlxArray.of(1f, 10f, 4f)).jvps()[0], 2.5);
    assertValues(grad(v -> v.maximum(v), x), 1, 1, 1);
    assertValues(grad(v -> v.at(MlxArray.of(0, 0)).maximum(v.get(2)), x), 1 / 3.0, 1, 5 / 3.0);
  }

  // ---- products and scans
  // -------------------------------------------------------------------------

  @Test
  void productsWithZeros() {
    MlxArray one = MlxArray.of(2f, 0f, 3f);
    assertValues(grad(v -> v.prod(), one), 0, 6, 0);
    assertValues(jvp(v -> v.prod(), one), 6);
    assertValues(grad(v -> v.prod(), MlxArray.of(2f, 0f, 0f)), 0, 0, 0);
    assertValues(grad(MlxArray::cumprod, one), 1, 8, 0);
    assertValues(jvp(MlxArray::cumprod, one), 1, 2, 6);
    assertValues(grad(v -> v.cumprod(true, false), one), 0, 3, 1);
    assertValues(Transforms.grad(v -> grad(w -> w.prod(), v).get(0)).apply(one), 0, 3, 0);
  }

  /** MLX writes the gradient of a running maximum of NaN outside the array. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void runningExtremaOfNanHaveDerivativesInsideTheArray(boolean reverse) {
    MlxArray x = Ops.full(new int[] {1000}, Float.NaN);
    for (boolean inclusive : new boolean[] {true, false}) {
      assertShape(grad(v -> v.cummax(reverse, inclusive), x), 1000);
      assertShape(grad(v -> v.cummin(reverse, inclusive), x), 1000);
      Ops.eval(
          grad(v -> v.cummax(reverse, inclusive), x), jvp(v -> v.cummin(reverse, inclusive), x));
    }
  }

  // ---- repeated indices
  // ---------------------------------------------------------------------------

  @Test
  void onlyTheValueThatIsKeptHasADerivative() {
    MlxArray base = MlxArray.of(1f, 2f, 3f);
    MlxArray twice = MlxArray.of(1, 1);
    MlxArray values = MlxArray.of(10f, 20f);
    ArrayFunction put = v -> base.putAlongAxis(twice, v, 0).square();
    ArrayFunction set = v -> base.at(twice).set(v).square();
    assertValues(grad(put, values), 0, 40);
    assertValues(grad(set, values), 0, 40);
    assertValues(jvp(set, values), 0, 40, 0);
    assertValues(grad(v -> v.at(twice).set(values), base), 1, 0, 1);
  }

  @Test
  void productsOverRepeatedIndices() {
    MlxArray base = MlxArray.of(1f, 2f, 3f);
    MlxArray twice = MlxArray.of(1, 1);
    assertValues(grad(v -> base.at(twice).multiply(v), MlxArray.of(5f, 7f)), 14, 10);
    assertValues(grad(v -> base.at(twice).multiply(v), MlxArray.of(0f, 7f)), 14, 0);
    assertValues(grad(v -> base.at(twice).multiply(v), MlxArray.of(0f, 0f)), 0, 0);
    assertValues(grad(v -> v.at(twice).multiply(MlxArray.of(5f, 7f)), base), 1, 35, 1);
    assertValues(jvp(v -> base.at(twice).multiply(v), MlxArray.of(5f, 7f)), 0, 24, 0);
  }

  // ---- products of matrices
  // -----------------------------------------------------------------------

  /** The sum is rounded once, in every dtype and whatever is traced. */
  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"FLOAT32", "FLOAT16", "BFLOAT16", "COMPLEX64"})
  void sumsOfProductsDoNotDependOnTransforms(DType dtype) {
    MlxArray a = Ops.arange(0.1, 1.69, 0.1, DType.FLOAT32).reshape(4, 4).astype(DType.BFLOAT16);
    MlxArray b = a.T().contiguous();
    MlxArray c = a.multiply(0.3).astype(dtype);
    MlxArray plain = c.addmm(a, b, 0.7f, 1.3f);
    ArraysFunction f = xs -> new MlxArray[] {xs[2].addmm(xs[0], xs[1], 0.7f, 1.3f)};
    MlxArray[] arguments = {a, b, c};
    try (TransformedArraysFunction compiled = Transforms.compileArrays(f)) {
      assertEqual(plain, compiled.apply(arguments)[0]);
    }
    assertEqual(plain, Transforms.vjp(f, arguments, new MlxArray[] {plain}).outputs()[0]);
    assertEqual(plain, Transforms.jvp(f, arguments, arguments).outputs()[0]);
    DType wide = dtype == DType.COMPLEX64 ? dtype : DType.FLOAT32;
    MlxArray truth =
        a.astype(wide).matmul(b.astype(wide)).multiply(0.7).add(c.astype(wide).multiply(1.3));
    double rounding =
        dtype == DType.BFLOAT16 ? 1 / 128.0 : dtype == DType.FLOAT16 ? 1 / 256.0 : 1e-6;
    double error = plain.astype(wide).subtract(truth).abs().max().itemDouble();
    assertTrue(error <= rounding * truth.abs().max().itemDouble(), () -> dtype + ": " + error);
  }

  private static void assertEqual(MlxArray expected, MlxArray actual) {
    assertTrue(expected.arrayEqual(actual).itemBoolean(), () -> actual + " is not " + expected);
  }
}
