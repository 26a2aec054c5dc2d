package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mlx4j.ArrayAssertions.assertSame;
import static org.mlx4j.ArrayAssertions.assertShape;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertValues;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mlx4j.Linalg.MatrixNorm;

/** Properties of results that are not unique, and the treatment of impossible matrices. */
@ExtendWith(InScope.class)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LinalgTest {
  private static final float NAN = Float.NaN;
  private static final float INFINITY = Float.POSITIVE_INFINITY;

  private static MlxArray matrix(float... elements) {
    int rows = (int) Math.sqrt(elements.length);
    return MlxArray.of(elements, rows, rows);
  }

  private static MlxArray random(int... shape) {
    return MlxRandom.normal(shape, MlxRandom.key(42));
  }

  private static MlxArray transposed(MlxArray a) {
    return a.swapaxes(-1, -2);
  }

  private static void assertNear(MlxArray expected, MlxArray actual) {
    assertShape(actual, expected.shape());
    double distance = actual.subtract(expected).abs().max().itemDouble();
    assertTrue(distance < 1e-4, () -> actual + " is not near " + expected);
  }

  @Nested
  @ExtendWith(InScope.class)
  class Identities {
    @ParameterizedTest
    @MethodSource("org.mlx4j.LinalgTest#shapes")
    void qTimesRIsTheMatrix(int[] shape) {
      MlxArray a = random(shape);
      Qr qr = Linalg.qr(a);
      assertNear(a, qr.q().matmul(qr.r()));
      assertNear(Ops.eye(qr.q().dim(-1)).add(zeros(shape)), transposed(qr.q()).matmul(qr.q()));
      assertNear(qr.r().triu(), qr.r());
    }

    @ParameterizedTest
    @MethodSource("org.mlx4j.LinalgTest#shapes")
    void usvtIsTheMatrix(int[] shape) {
      MlxArray a = random(shape);
      Svd svd = Linalg.svd(a);
      int m = a.dim(-2);
      int n = a.dim(-1);
      int k = Math.min(m, n);
      MlxArray scaled = svd.u().take(Ops.arange(k), -1).multiply(svd.s().expandDims(-2));
      assertNear(a, scaled.matmul(svd.vt().take(Ops.arange(k), -2)));
      assertNear(svd.s(), Linalg.svd(a, false)[0]);
      assertNear(Ops.eye(n).add(zeros(shape)), svd.vt().matmul(transposed(svd.vt())));
    }

    @ParameterizedTest
    @MethodSource("org.mlx4j.LinalgTest#shapes")
    void lTimesUIsTheMatrixWithItsRowsExchanged(int[] shape) {
      MlxArray a = random(shape);
      Lu lu = Linalg.lu(a);
      assertNear(a, lu.l().matmul(lu.u()).takeAlongAxis(lu.p().expandDims(-1), -2));
      assertNear(lu.l().tril(), lu.l());
      assertNear(lu.u().triu(), lu.u());
    }

    @Test
    void pseudoInverseSolvesLeastSquares() {
      MlxArray a = random(5, 3);
      MlxArray p = Linalg.pinv(a);
      assertNear(Ops.eye(3), p.matmul(a));
      assertNear(a, a.matmul(p).matmul(a));
    }

    @Test
    void eigenvectorsAreScaled() {
      MlxArray a = random(3, 4, 4);
      Eig eig = Linalg.eig(a);
      MlxArray left = a.astype(DType.COMPLEX64).matmul(eig.eigenvectors());
      MlxArray right = eig.eigenvectors().multiply(eig.eigenvalues().expandDims(-2));
      assertTrue(left.subtract(right).abs().max().itemFloat() < 1e-4);
    }

    @Test
    void eigenvectorsOfSymmetricMatricesAreScaledAndOrthonormal() {
      MlxArray x = random(3, 4, 4);
      MlxArray a = x.add(transposed(x));
      Eigh eigh = Linalg.eigh(a);
      MlxArray v = eigh.eigenvectors();
      assertNear(a.matmul(v), v.multiply(eigh.eigenvalues().expandDims(-2)));
      assertNear(Ops.eye(4).add(zeros(3, 4, 4)), transposed(v).matmul(v));
      assertNear(eigh.eigenvalues(), eigh.eigenvalues().sort());
      assertNear(eigh.eigenvalues(), Linalg.eigvalsh(a, Linalg.Uplo.UPPER));
    }

    @Test
    void onlyOneTriangleIsRead() {
      MlxArray a = matrix(1, 7, 2, 3);
      assertValues(Linalg.eigvalsh(a, Linalg.Uplo.LOWER), 2 - Math.sqrt(5), 2 + Math.sqrt(5));
      assertValues(Linalg.eigvalsh(a, Linalg.Uplo.UPPER), 2 - Math.sqrt(50), 2 + Math.sqrt(50));
    }

    @Test
    void choleskyFactorIsARoot() {
      MlxArray x = random(2, 3, 3);
      MlxArray a = x.matmul(transposed(x)).add(Ops.eye(3));
      MlxArray l = Linalg.cholesky(a);
      assertNear(a, l.matmul(transposed(l)));
      MlxArray u = Linalg.cholesky(a, true);
      assertNear(a, transposed(u).matmul(u));
      assertNear(Linalg.inv(a), Linalg.choleskyInv(l));
      assertNear(Linalg.inv(a), Linalg.choleskyInv(u, true));
    }

    @Test
    void solutionsSolve() {
      MlxArray a = random(2, 3, 3).add(Ops.multiply(5, Ops.eye(3)));
      MlxArray b = random(2, 3, 4);
      assertNear(b, a.matmul(Linalg.solve(a, b)));
      assertNear(b, a.tril().matmul(Linalg.solveTriangular(a, b)));
      assertNear(b, a.triu().matmul(Linalg.solveTriangular(a, b, true)));
      assertNear(Ops.eye(3).add(zeros(2, 3, 3)), a.matmul(Linalg.inv(a)));
    }

    @Test
    void determinantIsTheProductOfEigenvalues() {
      MlxArray a = random(5, 5);
      double product = Linalg.eigvals(a).prod().itemComplex().real();
      assertEquals(product, Linalg.det(a).itemDouble(), 1e-3 * Math.abs(product));
      Slogdet slogdet = Linalg.slogdet(a);
      assertEquals(Math.signum(product), slogdet.sign().itemDouble());
      assertEquals(Math.log(Math.abs(product)), slogdet.logabsdet().itemDouble(), 1e-3);
    }

    private MlxArray zeros(int... shape) {
      int[] stack = shape.clone();
      stack[stack.length - 1] = 1;
      stack[stack.length - 2] = 1;
      return stack.length == 2 ? Ops.zeros() : Ops.zeros(stack);
    }
  }

  static Stream<int[]> shapes() {
    return Stream.of(
        new int[] {3, 3},
        new int[] {4, 2},
        new int[] {2, 4},
        new int[] {1, 1},
        new int[] {2, 3, 4},
        new int[] {60, 50});
  }

  @Nested
  @ExtendWith(InScope.class)
  class Transformed {
    @Test
    void triangularInversesOfMappedMatricesIgnoreTheOtherTriangle() {
      MlxArray a = random(2, 3, 3);
      assertSame(Linalg.triInv(a), Transforms.vmap(x -> Linalg.triInv(x)).apply(a));
      MlxArray b = random(2, 3, 1);
      assertSame(
          Linalg.solveTriangular(a, b, true),
          Transforms.vmap((x, y) -> Linalg.solveTriangular(x, y, true)).apply(a, b));
    }

    @Test
    void compiledDecompositionsFailWhenTheyAreComputed() {
      try (TransformedFunction inverse = Transforms.compile(x -> Linalg.inv(x).add(1f))) {
        assertThrowsSaying(
            MlxException.class,
            () -> inverse.apply(matrix(1, 2, 2, 4)).eval(),
            "[inv] the matrix is singular");
        assertValues(inverse.apply(matrix(2, 0, 0, 4)), 1.5, 1, 1, 1.25);
        assertThrowsSaying(
            MlxException.class,
            () -> inverse.apply(matrix(0, 0, 0, 0)).eval(),
            "[inv] the matrix is singular");
      }
    }

    @Test
    void mappedDecompositionsFailWhenTheyAreComputed() {
      MlxArray stack = Ops.stack(matrix(2, 0, 0, 2), matrix(1, 2, 2, 1));
      MlxArray factors = Transforms.vmap(x -> Linalg.cholesky(x)).apply(stack);
      assertThrowsSaying(MlxException.class, factors::eval, "positive definite");
    }

    @Test
    void failuresInsideATraceArriveThere() {
      MlxArray singular = matrix(1, 2, 2, 4);
      assertThrowsSaying(
          MlxException.class,
          () ->
              Transforms.grad(x -> x.multiply(Linalg.inv(singular).sum().itemFloat()).sum())
                  .apply(MlxArray.of(1f)),
          "[inv] the matrix is singular");
      MlxArray indefinite = matrix(1, 2, 2, 1);
      assertThrowsSaying(
          MlxException.class,
          () ->
              Transforms.grad(x -> x.multiply(Linalg.cholesky(indefinite).sum().itemFloat()).sum())
                  .apply(MlxArray.of(1f)),
          "positive definite");
    }

    @Test
    void aValueThatFailsInsideATraceDoesNotBecomeOne() {
      assertThrowsSaying(
          MlxException.class,
          () ->
              Transforms.grad(
                      x -> {
                        MlxArray factor = Linalg.cholesky(x.stopGradient());
                        assertThrows(MlxException.class, factor::eval);
                        return x.sum().multiply(factor.sum().itemFloat());
                      })
                  .apply(matrix(1, 2, 2, 1)),
          "positive definite");
    }

    @Test
    void normsHaveGradients() {
      try (TransformedFunction gradient = Transforms.grad(x -> Linalg.norm(x))) {
        assertValues(gradient.apply(MlxArray.of(3f, 4f)), 0.6, 0.8);
      }
    }
  }

  /** A matrix that an operation cannot take, and the message when the result is computed. */
  static Stream<Arguments> impossible() {
    return Stream.of(
        evaluation("inv", () -> Linalg.inv(matrix(1, 2, 2, 4)), "[inv] the matrix is singular"),
        evaluation(
            "inv of zeros", () -> Linalg.inv(Ops.zeros(5, 3, 3)), "[inv] the matrix is singular"),
        evaluation(
            "triInv", () -> Linalg.triInv(matrix(1, 2, 3, 0)), "[inv] the matrix is singular"),
        evaluation(
            "choleskyInv",
            () -> Linalg.choleskyInv(Ops.zeros(2, 2)),
            "[inv] the matrix is singular"),
        evaluation(
            "solve",
            () -> Linalg.solve(matrix(0, 0, 0, 0), MlxArray.of(1f, 2f)),
            "[inv] the matrix is singular"),
        evaluation(
            "solveTriangular",
            () -> Linalg.solveTriangular(matrix(0, 1, 1, 1), MlxArray.of(1f, 2f)),
            "[inv] the matrix is singular"),
        evaluation("cholesky", () -> Linalg.cholesky(matrix(1, 2, 2, 1)), "positive definite"),
        evaluation("cholesky upper", () -> Linalg.cholesky(matrix(-1, 0, 0, 1), true), "positive"),
        evaluation(
            "cholesky of zeros", () -> Linalg.cholesky(Ops.zeros(2, 2)), "positive definite"),
        evaluation(
            "cholesky of one of many",
            () -> Linalg.cholesky(Ops.stack(Ops.eye(3), Ops.eye(3).negative(), Ops.eye(3))),
            "positive definite"),
        evaluation("cholesky of nan", () -> Linalg.cholesky(matrix(1, 0, 0, NAN)), "positive"),
        evaluation(
            "cholesky of double",
            () -> Linalg.cholesky(matrix(1, 2, 2, 1).astype(DType.FLOAT64)),
            "positive definite"),
        evaluation("eig of nan", () -> Linalg.eig(matrix(1, 2, 3, NAN)).eigenvalues(), "[eig]"),
        evaluation(
            "eig of inf", () -> Linalg.eig(matrix(INFINITY, 2, 3, 4)).eigenvectors(), "[eig]"),
        evaluation("eigvals", () -> Linalg.eigvals(Ops.full(new int[] {30, 30}, NAN)), "[eig]"),
        evaluation(
            "eigvals of complex",
            () -> Linalg.eigvals(matrix(1, 2, 3, NAN).astype(DType.COMPLEX64)),
            "[eig]"),
        evaluation("eigh", () -> Linalg.eigh(matrix(1, 2, 3, NAN)).eigenvectors(), "[eigh]"),
        evaluation("eigvalsh", () -> Linalg.eigvalsh(Ops.full(new int[] {99, 99}, NAN)), "[eigh]"),
        evaluation("svd", () -> Linalg.svd(matrix(1, 2, 3, NAN)).u(), "[svd]"),
        evaluation("svd values", () -> Linalg.svd(matrix(1, 2, 3, -INFINITY), false)[0], "[svd]"),
        evaluation("pinv", () -> Linalg.pinv(matrix(1, 2, 3, NAN)), "[svd]"),
        evaluation("norm", () -> Linalg.norm(matrix(1, 2, 3, NAN), 2), "[svd]"),
        evaluation(
            "nuclear norm", () -> Linalg.norm(matrix(1, 2, 3, NAN), MatrixNorm.NUC), "[svd]"),
        evaluation(
            "multivariateNormal",
            () -> MlxRandom.multivariateNormal(Ops.zeros(2), matrix(1, 2, 3, NAN)),
            "[svd]"));
  }

  private static Arguments evaluation(String name, Callable<MlxArray> operation, String message) {
    return Arguments.of(name, operation, message);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("impossible")
  void failsWhenItIsComputed(String name, Callable<MlxArray> operation, String message)
      throws Exception {
    MlxArray result = operation.call();
    assertThrowsSaying(MlxException.class, result::eval, message);
    assertThrows(RuntimeException.class, result::toFloatArray, "reading it later fails too");
    MlxArray dependent = operation.call().abs().sum();
    assertThrowsSaying(MlxException.class, dependent::itemFloat, message);
    MlxArray asynchronous = operation.call();
    assertThrowsSaying(MlxException.class, () -> Ops.asyncEval(asynchronous), message);
    assertValues(Linalg.inv(matrix(2, 0, 0, 4)), 0.5, 0, 0, 0.25);
  }

  /** Arguments that are refused immediately. */
  @TestFactory
  Stream<DynamicTest> badArgumentsAreRefused() {
    MlxArray half = Ops.zeros(new int[] {2, 2}, DType.FLOAT16);
    MlxArray empty = Ops.zeros(0, 0);
    MlxArray wide = Ops.zeros(2, 3);
    MlxArray vector = Ops.zeros(3);
    int[] twice = {0, -2};
    int[] far = {0, 2};
    return new Refusals()
        .addNamed("inv of none", () -> Linalg.inv(empty), "[inv]", "[0, 0]")
        .addNamed("inv of nones", () -> Linalg.inv(Ops.zeros(4, 0, 0)), "[inv]")
        .addNamed("triInv of none", () -> Linalg.triInv(empty), "[triInv]")
        .addNamed("choleskyInv of none", () -> Linalg.choleskyInv(empty, true), "[choleskyInv]")
        .addNamed("solve of none", () -> Linalg.solve(empty, Ops.zeros(0)), "[solve]")
        .addNamed(
            "solveTriangular", () -> Linalg.solveTriangular(empty, empty), "[solveTriangular]")
        .addNamed("lu of none", () -> Linalg.lu(Ops.zeros(0, 3)), "[lu]")
        .addNamed("luFactor of none", () -> Linalg.luFactor(Ops.zeros(2, 3, 0)), "[luFactor]")
        .addNamed("inv of wide", () -> Linalg.inv(wide), "inv]", "square")
        .addNamed("inv of a vector", () -> Linalg.inv(vector), "inv]", "2 dimensions")
        .addNamed("inv of half", () -> Linalg.inv(half), "inv]", "float32")
        .addNamed(
            "inv of integers", () -> Linalg.inv(Ops.ones(new int[] {2, 2}, DType.INT32)), "inv]")
        .addNamed("cholesky of wide", () -> Linalg.cholesky(wide), "cholesky]", "square")
        .addNamed("qr of a vector", () -> Linalg.qr(vector), "qr]")
        .addNamed("svd of a scalar", () -> Linalg.svd(Ops.zeros()), "svd]")
        .addNamed("eig of wide", () -> Linalg.eig(wide), "eig]", "square")
        .addNamed("eigh of half", () -> Linalg.eigh(half), "eigh]", "float32")
        .addNamed("lu of half", () -> Linalg.lu(half), "lu]")
        .addNamed("det of wide", () -> Linalg.det(wide), "det]", "square")
        .addNamed("slogdet of a vector", () -> Linalg.slogdet(vector), "slogdet]")
        .addNamed("pinv of half", () -> Linalg.pinv(half), "pinv]")
        .addNamed("solve shapes", () -> Linalg.solve(Ops.eye(2), vector), "solve]")
        .addNamed("cross of four", () -> Linalg.cross(Ops.zeros(4), Ops.zeros(4)), "cross]")
        .addNamed("cross axis", () -> Linalg.cross(vector, vector, 1), "[cross] axis 1")
        .addNamed("norm axis", () -> Linalg.norm(wide, 2, 2), "[norm] axis 2")
        .addNamed("norm axes", () -> Linalg.norm(wide, 1, far), "[norm] axis 2")
        .addNamed("norm axes twice", () -> Linalg.norm(wide, 2, twice), "[norm]", "twice")
        .addNamed("norm order", () -> Linalg.norm(wide, 3), "norm]", "ord")
        .addNamed("norm of a stack", () -> Linalg.norm(Ops.zeros(2, 2, 2), 2), "norm]")
        .addNamed("norm of nothing", () -> Linalg.norm(Ops.zeros(0), INFINITY), "max")
        .addNamed("fro of a vector", () -> Linalg.norm(vector, MatrixNorm.FRO), "norm]")
        .tests();
  }

  @Test
  void nullsAndClosedArraysAreNamed() {
    assertThrowsSaying(NullPointerException.class, () -> Linalg.inv(null), "[inv]");
    assertThrowsSaying(NullPointerException.class, () -> Linalg.svd(null), "[svd]");
    assertThrowsSaying(NullPointerException.class, () -> Linalg.norm(null), "[norm]");
    assertThrowsSaying(NullPointerException.class, () -> Linalg.eigh(Ops.eye(2), null), "[eigh]");
    assertThrowsSaying(
        NullPointerException.class, () -> Linalg.norm(Ops.eye(2), 1, (int[]) null), "[norm]");
    MlxArray closed = Ops.eye(2);
    closed.close();
    assertThrowsSaying(IllegalStateException.class, () -> Linalg.eigvals(closed), "[eigvals]");
    assertThrows(IllegalStateException.class, () -> Linalg.inv(closed));
  }

  @Test
  void finiteMatricesOfAnySizeHaveEigenvalues() {
    for (float scale : new float[] {1e38f, 1e-38f, Float.MIN_VALUE, Float.MAX_VALUE}) {
      for (int n : new int[] {2, 30}) {
        Eig eig = Linalg.eig(random(n, n).clip(-1, 1).multiply(scale));
        Ops.eval(eig.eigenvalues(), eig.eigenvectors());
        assertShape(eig.eigenvalues(), n);
      }
    }
  }

  @Test
  void whatFailedTogetherIsNotReadLater() {
    Svd svd = Linalg.svd(matrix(1, 2, 3, NAN));
    assertThrows(MlxException.class, () -> svd.s().eval());
    assertThrows(MlxException.class, () -> svd.u().eval());
    assertThrows(MlxException.class, () -> svd.vt().toFloatArray());
  }

  @Test
  void whatWasComputedBeforeTheFailureStays() {
    MlxArray input = matrix(1, 2, 3, NAN).multiply(2f);
    assertThrows(MlxException.class, () -> Linalg.eigvals(input).eval());
    assertValues(input.get(0, 1), 4);
  }

  @Test
  void whatFailedHasNotTakenItsInputsWithIt() {
    MlxArray a = matrix(1, 2, 2, 4).add(matrix(0, 0, 0, 0));
    MlxArray shifted = a.add(Ops.eye(2));
    MlxArray sum = Linalg.inv(a).add(Linalg.inv(shifted));
    assertThrowsSaying(MlxException.class, sum::eval, "[inv] the matrix is singular");
    assertValues(a, 1, 2, 2, 4);
    assertValues(Linalg.pinv(a), 0.04, 0.08, 0.08, 0.16);
    assertValues(Linalg.det(shifted), 6);
  }

  @Test
  void decompositionsOfDecompositionsAreChecked() {
    MlxArray a = matrix(2, 1, 1, 2);
    for (int i = 0; i < 200; i++) {
      a = Linalg.eigh(a).eigenvectors().matmul(matrix(2, 1, 1, 2));
      a = a.add(transposed(a));
    }
    MlxArray broken = Linalg.eigvals(Linalg.inv(a.multiply(0f)));
    assertThrowsSaying(MlxException.class, broken::eval, "[inv] the matrix is singular");
    MlxArray undefined = Linalg.eigvals(Linalg.eigh(a).eigenvectors().multiply(NAN));
    assertThrowsSaying(MlxException.class, undefined::eval, "[eig]");
    MlxArray indefinite = Linalg.eigvals(Linalg.cholesky(matrix(1, 2, 2, 1)));
    assertThrowsSaying(MlxException.class, indefinite::eval, "positive definite");
  }

  @Test
  void nanGoesThroughWhereLapackLetsIt() {
    assertTrue(Linalg.qr(matrix(NAN, 1, 1, 1)).r().isnan().any().itemBoolean());
    assertTrue(Linalg.lu(matrix(NAN, 1, 1, 1)).u().isnan().any().itemBoolean());
    assertTrue(Linalg.det(matrix(NAN, 1, 1, 1)).isnan().itemBoolean());
  }

  /** Some LAPACK libraries call such a matrix singular. */
  @Test
  void theInverseOfNanIsNanOrRefused() {
    MlxArray inverse = Linalg.inv(matrix(NAN, 1, 1, 1));
    try {
      inverse.eval();
    } catch (MlxException e) {
      assertTrue(e.getMessage().contains("singular"), e::getMessage);
      return;
    }
    assertTrue(inverse.isnan().any().itemBoolean());
  }

  @Test
  void singularMatricesHaveDeterminants() {
    assertValues(Linalg.det(Ops.ones(5, 5)), 0);
    Slogdet slogdet = Linalg.slogdet(Ops.zeros(4, 4));
    assertValues(slogdet.sign(), 0);
    assertEquals(Float.NEGATIVE_INFINITY, slogdet.logabsdet().itemFloat());
    assertValues(Linalg.det(Ops.zeros(0, 0)), 1);
  }

  // ---- threads
  // -----------------------------------------------------------------------------------

  /** Eight threads mix matrices that can be inverted with those that cannot. */
  @ParameterizedTest
  @ValueSource(ints = {8})
  void everyFailureArrivesAtItsOwnThread(int threads) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<?>> done = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        int seed = thread;
        done.add(pool.submit(() -> mix(seed)));
      }
      for (Future<?> each : done) {
        each.get(100, TimeUnit.SECONDS);
      }
    } finally {
      pool.shutdownNow();
    }
  }

  private static void mix(int seed) {
    for (int i = 0; i < 150; i++) {
      int kind = (i * 7 + seed) % 6;
      float scale = 1 << (seed + i) % 8;
      try (Scope scope = Scope.open()) {
        MlxArray good = matrix(2, 0, 0, 4).multiply(scale);
        MlxArray singular = matrix(1, 2, 2, 4).multiply(scale);
        switch (kind) {
          case 0 -> assertValues(Linalg.inv(good), 0.5 / scale, 0, 0, 0.25 / scale);
          case 1 ->
              assertThrowsSaying(
                  MlxException.class, Linalg.inv(singular)::eval, "[inv] the matrix is singular");
          case 2 ->
              assertArrayEquals(
                  new float[] {2 * scale, 4 * scale}, Linalg.eigvalsh(good).toFloatArray(), 1e-2f);
          case 3 ->
              assertThrowsSaying(
                  MlxException.class,
                  Linalg.cholesky(good.negative())::toFloatArray,
                  "positive definite");
          case 4 ->
              assertThrowsSaying(
                  MlxException.class,
                  Linalg.eig(singular.multiply(NAN)).eigenvalues()::eval,
                  "[eig]");
          default -> assertValues(Linalg.solve(good, MlxArray.of(2f, 4f)), 1 / scale, 1 / scale);
        }
        // what cannot fail, and is computed outside the lock
        float[] sums = Ops.ones(300, 300).multiply(scale).sum(0).toFloatArray();
        assertEquals(300 * scale, sums[299]);
      }
    }
  }
}
