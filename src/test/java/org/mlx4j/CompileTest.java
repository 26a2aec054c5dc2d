package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mlx4j.ArrayAssertions.assertNullFunctionIsRefused;
import static org.mlx4j.ArrayAssertions.assertSame;
import static org.mlx4j.ArrayAssertions.assertShape;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertValues;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A compiled function equals the plain one, and is traced rarely. */
@ExtendWith(InScope.class)
class CompileTest {
  private final MlxArray x = MlxArray.of(1f, 2f, 3f);
  private final AtomicInteger traces = new AtomicInteger();

  private static MlxArray[] arrays(MlxArray... xs) {
    return xs;
  }

  /** A function that counts how often its Java code runs. */
  private ArrayFunction counted(ArrayFunction f) {
    return a -> {
      traces.incrementAndGet();
      return f.apply(a);
    };
  }

  private static MlxArray chain(MlxArray a) {
    return a.multiply(2).add(1).sin().multiply(a.exp()).subtract(a.square()).divide(3).abs().sqrt();
  }

  @AfterEach
  void compileAgain() {
    Transforms.enableCompile();
  }

  // ---- the same function
  // -------------------------------------------------------------------------

  @Test
  void valueAndDerivativesAreThoseOfThePlainFunction() {
    ArrayFunction plain = CompileTest::chain;
    TransformedFunction compiled = Transforms.compile(plain);
    MlxArray direction = MlxArray.of(0.5f, -1f, 2f);
    for (int again = 0; again < 2; again++) {
      assertSame(plain.apply(x), compiled.apply(x));
      assertSame(
          Transforms.grad(a -> plain.apply(a).sum()).apply(x),
          Transforms.grad(a -> compiled.apply(a).sum()).apply(x));
      assertSame(
          Transforms.vjp(plain, x, direction).vjps()[0],
          Transforms.vjp(compiled, x, direction).vjps()[0]);
      assertSame(
          Transforms.jvp(plain, x, direction).jvps()[0],
          Transforms.jvp(compiled, x, direction).jvps()[0]);
      assertSame(Transforms.vmap(plain).apply(x), Transforms.vmap(compiled).apply(x));
    }
  }

  @Test
  void newValuesGoThroughTheRecordedGraph() {
    TransformedFunction compiled = Transforms.compile(counted(a -> a.square().sum()));
    for (int i = 0; i < 20; i++) {
      assertValues(compiled.apply(MlxArray.of((float) i, 1f)), i * i + 1);
    }
    assertEquals(1, traces.get());
  }

  @Test
  void severalArgumentsAndResults() {
    TransformedBiFunction two = Transforms.compile((a, b) -> a.subtract(b));
    assertValues(two.apply(x, MlxArray.scalar(1f)), 0, 1, 2);
    TransformedArraysFunction many =
        Transforms.compileArrays(xs -> arrays(xs[1].subtract(xs[0]), xs[2], xs[0].add(xs[2])));
    MlxArray[] results = many.apply(x, x.square(), MlxArray.scalar(10f));
    assertValues(results[0], 0, 2, 6);
    assertValues(results[1], 10);
    assertValues(results[2], 11, 12, 13);
  }

  @Test
  void anArgumentAConstantAndOneArrayTwiceMayBeResults() {
    MlxArray captured = MlxArray.of(7f);
    TransformedArraysFunction f =
        Transforms.compileArrays(
            xs -> {
              MlxArray y = xs[0].add(1);
              return arrays(y, xs[0], captured, y, xs[0], MlxArray.scalar(5f));
            });
    for (int again = 0; again < 2; again++) {
      MlxArray[] results = f.apply(x);
      assertValues(results[0], 2, 3, 4);
      assertValues(results[1], 1, 2, 3);
      assertValues(results[2], 7);
      assertValues(results[3], 2, 3, 4);
      assertValues(results[4], 1, 2, 3);
      assertValues(results[5], 5);
      for (MlxArray result : results) {
        result.close();
      }
    }
    assertValues(captured, 7);
    assertValues(x, 1, 2, 3);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aCapturedResultMayBeEvaluatedByTheProgram(boolean shapeless) {
    MlxArray captured = MlxArray.of(1f, 2f, 3f, 4f).add(1).square();
    MlxArray[] halves = captured.add(1).square().split(2);
    TransformedArraysFunction f =
        Transforms.compileArrays(
            xs -> arrays(captured, halves[0], xs[0].add(captured.sum()), halves[1], halves[0]),
            shapeless);
    MlxArray[] before = f.apply(x);
    Ops.eval(captured, halves[0], halves[1]);
    for (MlxArray[] results : new MlxArray[][] {before, f.apply(x), f.apply(x.add(0))}) {
      assertValues(results[0], 4, 9, 16, 25);
      assertValues(results[1], 25, 100);
      assertValues(results[2], 55, 56, 57);
      assertValues(results[3], 289, 676);
      assertValues(results[4], 25, 100);
    }
    assertValues(captured, 4, 9, 16, 25);
  }

  @Test
  void nothingMayGoInOrComeOut() {
    assertValues(Transforms.compileArrays(xs -> arrays(MlxArray.scalar(2f).add(1))).apply()[0], 3);
    assertEquals(0, Transforms.compileArrays(xs -> arrays()).apply(x).length);
  }

  @Test
  void noElementsWillDo() {
    assertShape(Transforms.compile(CompileTest::chain).apply(Ops.zeros(0, 2)), 0, 2);
  }

  // ---- how often the Java code runs
  // --------------------------------------------------------------

  @Test
  void newShapesAndNewDtypesAreTracedOnce() {
    TransformedFunction compiled = Transforms.compile(counted(a -> a.add(a)));
    for (int again = 0; again < 3; again++) {
      assertValues(compiled.apply(MlxArray.of(1f, 2f)), 2, 4);
      assertValues(compiled.apply(MlxArray.of(1f, 2f, 3f)), 2, 4, 6);
      assertValues(compiled.apply(MlxArray.of(1, 2)), 2, 4);
      assertShape(compiled.apply(Ops.ones(1, 2)), 1, 2);
      assertEquals(DType.INT32, compiled.apply(MlxArray.of(1, 2)).dtype());
    }
    assertEquals(4, traces.get());
  }

  @Test
  void everyThreadTracesOnce() throws Exception {
    TransformedFunction compiled = Transforms.compile(counted(a -> a.multiply(3)));
    ExecutorService first = Executors.newSingleThreadExecutor();
    ExecutorService second = Executors.newSingleThreadExecutor();
    try {
      for (int again = 0; again < 3; again++) {
        for (ExecutorService thread : new ExecutorService[] {first, second}) {
          assertEquals(18f, thread.submit(() -> compiled.apply(x).sum().itemFloat()).get());
        }
      }
    } finally {
      first.shutdown();
      second.shutdown();
    }
    assertEquals(2, traces.get());
  }

  @Test
  void twoCompiledFormsOfOneFunctionAreApart() {
    ArrayFunction f = counted(a -> a.negative());
    assertValues(Transforms.compile(f).apply(x), -1, -2, -3);
    assertValues(Transforms.compile(f).apply(x), -1, -2, -3);
    assertEquals(2, traces.get());
  }

  @Test
  void shapelessFunctionsAreTracedOnceForAllSizes() {
    TransformedFunction compiled = Transforms.compile(counted(a -> a.multiply(2).sum(0)), true);
    assertValues(compiled.apply(Ops.ones(2)), 4);
    assertValues(compiled.apply(Ops.ones(5)), 10);
    assertValues(compiled.apply(Ops.ones(1)), 2);
    assertEquals(1, traces.get());
    assertValues(compiled.apply(Ops.ones(2, 2)), 4, 4);
    assertEquals(2, traces.get());
    assertValues(compiled.apply(MlxArray.of(1, 2)), 6);
    assertEquals(3, traces.get());
  }

  @Test
  void shapelessFunctionsHaveGradientsForAllSizes() {
    TransformedFunction mean = Transforms.compile(a -> a.square().mean(), true);
    TransformedFunction gradient =
        Transforms.compile(Transforms.grad(a -> a.square().mean()), true);
    for (int n : new int[] {2, 4, 8}) {
      MlxArray ones = Ops.ones(n);
      assertSame(ones.multiply(2.0 / n), Transforms.grad(mean).apply(ones));
      assertSame(ones.multiply(2.0 / n), gradient.apply(ones));
    }
  }

  @Test
  void aShapelessFunctionThatAsksForSizesIsTracedForEach() {
    TransformedFunction average =
        Transforms.compile(counted(a -> a.sum().multiply(1.0 / a.dim(0))), true);
    TransformedFunction branching =
        Transforms.compile(a -> a.dim(0) > 4 ? a.sum() : a.prod(), true);
    for (int n : new int[] {2, 3, 1, 5, 2, 3}) {
      MlxArray twos = Ops.ones(n).multiply(2);
      assertValues(average.apply(twos), 2);
      assertValues(branching.apply(twos), n > 4 ? 2 * n : Math.pow(2, n));
    }
    int before = traces.get();
    average.apply(Ops.ones(3));
    assertEquals(before, traces.get());
  }

  @Test
  void aShapelessFunctionMayAskForDtypeAndNumberOfAxes() {
    TransformedFunction compiled =
        Transforms.compile(counted(a -> a.sum(a.ndim() - 1).astype(a.dtype())), true);
    assertValues(compiled.apply(Ops.ones(2, 3)), 3, 3);
    assertValues(compiled.apply(Ops.ones(1, 4)), 4);
    assertEquals(1, traces.get());
  }

  @Test
  void aShapelessProductWithWeightsIsTracedOnce() {
    MlxArray weights = Ops.ones(3, 2);
    TransformedFunction layer =
        Transforms.compile(
            counted(a -> a.matmul(weights).add(Ops.ones(2)).maximum(0.0).softmax(-1).mean(0)),
            true);
    for (int n : new int[] {2, 7, 1}) {
      assertValues(layer.apply(Ops.ones(n, 3)), 0.5, 0.5);
    }
    assertEquals(1, traces.get());
    assertThrowsSaying(
        IllegalArgumentException.class, () -> layer.apply(Ops.ones(2, 4)), "[matmul]", "[2, 4]");
    assertValues(layer.apply(Ops.ones(4, 3)), 0.5, 0.5);
  }

  @Test
  void partsOfArraysFollowTheShape() {
    Map<String, ArrayFunction> functions =
        Map.ofEntries(
            Map.entry("get", a -> a.get(0)),
            Map.entry("from the end", a -> a.get(Index.slice(null, -1, 1))),
            Map.entry("reversed", a -> a.get(Index.slice(null, null, -2))),
            Map.entry("new axis", a -> a.get(Index.ellipsis(), Index.newAxis())),
            Map.entry("indices", a -> a.get(Index.of(MlxArray.of(0, -1)))),
            Map.entry("set", a -> a.at(Index.at(-1)).set(1.0)),
            Map.entry("add", a -> a.at(Index.to(1)).add(1.0)),
            Map.entry("mask", a -> a.at(a.greater(1.0)).set(0.0)),
            Map.entry("fullLike", a -> Ops.fullLike(a, 2L).add(a)),
            Map.entry("onesLike", a -> Ops.onesLike(a).multiply(a)),
            Map.entry("zerosLike", a -> Ops.zerosLike(a).subtract(a)),
            Map.entry("flatten", a -> a.reshape(-1)),
            Map.entry("unflatten", a -> a.unflatten(1, 2, -1)),
            Map.entry("squeeze", a -> a.squeeze()),
            Map.entry("roll", a -> a.roll(2)),
            Map.entry("sort", a -> a.sort(0).median(0)),
            Map.entry("size", a -> a.multiply((double) a.size())),
            Map.entry("empty", a -> a.get(Index.from(1)).sum(0)));
    int[][] sizes = {{3, 4}, {5, 4}, {1, 4}, {1, 2}, {4, 4}, {3, 4}};
    functions.forEach(
        (name, f) -> {
          for (int first = 0; first < sizes.length; first++) {
            TransformedFunction compiled = Transforms.compile(f, true);
            TransformedFunction gradient =
                Transforms.compile(Transforms.grad(a -> f.apply(a).square().sum()), true);
            for (int i = 0; i < sizes.length; i++) {
              int[] shape = sizes[(first + i) % sizes.length];
              MlxArray a = Ops.arange((double) shape[0] * shape[1]).add(0.5).reshape(shape);
              assertSame(f.apply(a), compiled.apply(a));
              assertSame(
                  Transforms.grad(b -> f.apply(b).square().sum()).apply(a), gradient.apply(a));
            }
          }
        });
  }

  @Test
  void reductionsOfAxesOfSizeOneAreRecordedForAllSizes() {
    List<ArrayFunction> reductions =
        List.of(
            a -> a.sum(0),
            a -> a.sum(new int[] {0, 1}),
            a -> a.max(0, true),
            a -> a.min(new int[] {1, 0}),
            a -> a.mean(0),
            a -> a.prod(),
            a -> a.any(0),
            a -> a.all(new int[] {0}, true),
            a -> a.logsumexp(0),
            a -> a.softmax(0),
            a -> a.argmax(0),
            a -> a.argmin(1, true),
            a -> a.cumsum(0),
            a -> a.var(0),
            a -> a.std(0),
            a -> a.median(0),
            a -> Linalg.norm(a),
            a -> a.countNonzero(0));
    for (ArrayFunction f : reductions) {
      for (DType dtype : List.of(DType.FLOAT32, DType.INT32, DType.BOOL)) {
        TransformedFunction compiled = Transforms.compile(f, true);
        for (int[] shape : new int[][] {{2, 3}, {1, 3}, {1, 1}, {3, 1}}) {
          MlxArray a = Ops.arange((double) shape[0] * shape[1]).astype(dtype).reshape(shape);
          assertSame(f.apply(a), compiled.apply(a));
        }
      }
    }
  }

  @Test
  void aShapelessFunctionCalledWithEverNewShapesKeepsFew() {
    TransformedFunction compiled = Transforms.compile(a -> a.get(0).add(a.dim(0)), true);
    for (int n = 1; n <= 600; n++) {
      assertValues(compiled.apply(Ops.zeros(n)), n);
    }
  }

  // ---- side effects
  // ------------------------------------------------------------------------------

  @Test
  void whatTheFunctionDoesBesidesHappensWhenItIsTraced() {
    AtomicInteger factor = new AtomicInteger(2);
    TransformedFunction compiled = Transforms.compile(a -> a.multiply(factor.get()));
    assertValues(compiled.apply(x), 2, 4, 6);
    factor.set(5);
    assertValues(compiled.apply(x), 2, 4, 6);
    assertValues(compiled.apply(MlxArray.scalar(1f)), 5);
  }

  @Test
  void capturedArraysAreConstants() {
    MlxArray weights = MlxArray.of(1f, 10f, 100f);
    TransformedFunction compiled = Transforms.compile(a -> a.multiply(weights).sum());
    assertValues(compiled.apply(x), 321);
    weights.close();
    assertValues(compiled.apply(MlxArray.of(3f, 2f, 1f)), 123);
  }

  @Test
  void anArrayMayBeCapturedAndPassed() {
    MlxArray both = MlxArray.of(1f, 2f);
    TransformedFunction compiled = Transforms.compile(a -> a.multiply(10).add(both));
    assertValues(compiled.apply(both), 11, 22);
    assertValues(compiled.apply(MlxArray.of(0f, 0f)), 1, 2);
    assertValues(compiled.apply(both), 11, 22);
    TransformedArraysFunction twice =
        Transforms.compileArrays(xs -> arrays(xs[0].multiply(10).add(xs[1])));
    assertValues(twice.apply(both, both)[0], 11, 22);
  }

  @Test
  void keysThatAreNotArgumentsAreTakenOnce() {
    TransformedFunction constant = Transforms.compile(a -> MlxRandom.normal(3).add(a));
    assertSame(constant.apply(x), constant.apply(x));
    TransformedFunction fresh = Transforms.compile(key -> MlxRandom.normal(new int[] {3}, key));
    assertSame(MlxRandom.normal(new int[] {3}, MlxRandom.key(1)), fresh.apply(MlxRandom.key(1)));
    assertSame(MlxRandom.normal(new int[] {3}, MlxRandom.key(2)), fresh.apply(MlxRandom.key(2)));
  }

  // ---- switches
  // ----------------------------------------------------------------------------------

  @Test
  void switchingActsOnFunctionsCompiledBeforeAndAfter() {
    TransformedFunction before = Transforms.compile(counted(a -> a.add(1)));
    before.apply(x).eval();
    before.apply(x).eval();
    assertEquals(1, traces.getAndSet(0));

    Transforms.disableCompile();
    TransformedFunction after = Transforms.compile(counted(a -> a.add(1)));
    before.apply(x).eval();
    before.apply(x).eval();
    after.apply(x).eval();
    after.apply(x).eval();
    assertEquals(4, traces.getAndSet(0));

    Transforms.enableCompile();
    before.apply(x).eval();
    assertEquals(0, traces.getAndSet(0));
    after.apply(x).eval();
    after.apply(x).eval();
    assertEquals(1, traces.get());
  }

  @Test
  void aDisabledFunctionMayReadValues() {
    Transforms.disableCompile();
    assertValues(Transforms.compile(a -> MlxArray.scalar(a.sum().itemFloat())).apply(x), 6);
  }

  @ParameterizedTest
  @EnumSource
  void allModesComputeTheSame(CompileMode mode) {
    Transforms.setCompileMode(mode);
    TransformedFunction compiled = Transforms.compile(counted(CompileTest::chain));
    assertSame(chain(x), compiled.apply(x));
    assertSame(chain(x), compiled.apply(x));
    assertEquals(mode == CompileMode.DISABLED ? 2 : 1, traces.get());
    TransformedFunction gradient = Transforms.compile(Transforms.grad(a -> chain(a).sum()));
    assertSame(Transforms.grad(a -> chain(a).sum()).apply(x), gradient.apply(x));
    // an expression that occurs twice, which simplifying computes once
    assertValues(Transforms.compile(a -> a.exp().subtract(a.exp()).add(a)).apply(x), 1, 2, 3);
  }

  /** Fuses, and prints what it computed. */
  static final class Fusing {
    private Fusing() {}

    public static void main(String[] args) {
      MlxArray result = Transforms.compile(CompileTest::chain).apply(MlxArray.scalar(0f));
      assertValues(result, Math.sqrt(Math.sin(1) / 3));
      System.out.println("fused");
    }
  }

  @Test
  void noCompilerIsNeeded() throws Exception {
    String printed = ChildJvm.run(Fusing.class, Map.of("PATH", "/nowhere"));
    assertEquals("fused", printed.strip());
  }

  @Test
  void theEnvironmentDisablesCompilationFromTheStart() throws Exception {
    String printed = ChildJvm.run(TwoCalls.class, Map.of("MLX_DISABLE_COMPILE", "1"));
    assertEquals(List.of("2", "2"), printed.lines().toList());
  }

  /**
   * Prints how often the function ran after two calls, then enables compilation and prints it again
   * after two more.
   */
  static final class TwoCalls {
    private TwoCalls() {}

    public static void main(String[] args) {
      AtomicInteger runs = new AtomicInteger();
      TransformedFunction compiled =
          Transforms.compile(
              a -> {
                runs.incrementAndGet();
                return a;
              });
      compiled.apply(MlxArray.scalar(1f));
      compiled.apply(MlxArray.scalar(1f));
      System.out.println(runs.get());
      runs.set(1);
      Transforms.enableCompile();
      compiled.apply(MlxArray.scalar(1f));
      compiled.apply(MlxArray.scalar(1f));
      System.out.println(runs.get());
    }
  }

  @Test
  void aNullModeIsRefused() {
    assertThrowsSaying(
        NullPointerException.class, () -> Transforms.setCompileMode(null), "[setCompileMode]");
  }

  // ---- failures
  // ----------------------------------------------------------------------------------

  @Test
  void aFailedTraceIsForgotten() {
    AtomicReference<RuntimeException> failure =
        new AtomicReference<>(new IllegalStateException("not yet"));
    TransformedFunction compiled =
        Transforms.compile(
            a -> {
              if (failure.get() != null) {
                throw failure.get();
              }
              return a.add(1);
            });
    for (int i = 0; i < 3; i++) {
      assertThrowsSaying(IllegalStateException.class, () -> compiled.apply(x), "not yet");
    }
    failure.set(null);
    assertValues(compiled.apply(x), 2, 3, 4);
    failure.set(new IllegalStateException("again"));
    assertValues(compiled.apply(x), 2, 3, 4);
    assertThrowsSaying(
        IllegalStateException.class, () -> compiled.apply(MlxArray.scalar(1f)), "again");
    failure.set(null);
    assertValues(compiled.apply(x), 2, 3, 4);
    assertValues(compiled.apply(MlxArray.scalar(1f)), 2);
  }

  @Test
  void valuesCannotBeReadWhileTracing() {
    Map<String, ArrayFunction> readers =
        Map.of(
            "item", a -> MlxArray.scalar(a.sum().itemFloat()),
            "toFloatArray", a -> MlxArray.of(a.toFloatArray()),
            "eval",
                a -> {
                  a.add(1).eval();
                  return a;
                },
            "asyncEval",
                a -> {
                  Ops.asyncEval(a);
                  return a;
                },
            "copyTo",
                a -> {
                  a.copyTo(new double[3]);
                  return a;
                });
    readers.forEach(
        (name, f) -> {
          TransformedFunction compiled = Transforms.compile(f);
          assertThrowsSaying(
              IllegalArgumentException.class,
              () -> compiled.apply(x),
              "no values inside a function that compile",
              "read it outside");
        });
    assertValues(Transforms.compile(a -> a.add(1)).apply(x), 2, 3, 4);
  }

  @Test
  void capturedValuesMayBeReadWhileTracing() {
    MlxArray captured = MlxArray.scalar(4f).add(1);
    assertValues(Transforms.compile(a -> a.multiply(captured.itemFloat())).apply(x), 5, 10, 15);
  }

  @Test
  void nullsAreRefused() {
    assertNullFunctionIsRefused(
        "compile",
        () -> Transforms.compile((ArrayFunction) null),
        () -> Transforms.compile((ArrayBiFunction) null),
        () -> Transforms.compileArrays(null));
    assertThrowsSaying(
        NullPointerException.class,
        () -> Transforms.compile(a -> null).apply(x),
        "[compile]",
        "returned null");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Transforms.compileArrays(xs -> null).apply(x),
        "[compile]",
        "returned null");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Transforms.compileArrays(xs -> arrays(x, null)).apply(x),
        "[compile]",
        "returned null");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Transforms.compile(a -> a).apply(null),
        "[compile]",
        "argument 0");
  }

  // ---- recursion
  // ---------------------------------------------------------------------------------

  @Test
  void aCompiledFunctionMayCallItself() {
    AtomicReference<TransformedFunction> self = new AtomicReference<>();
    ArrayFunction sumByHalves =
        a -> {
          int n = a.dim(0);
          return n == 1
              ? a.get(0)
              : self.get()
                  .apply(a.get(Index.to(n / 2)))
                  .add(self.get().apply(a.get(Index.from(n / 2))));
        };
    self.set(Transforms.compile(sumByHalves));
    MlxArray numbers = Ops.arange(16.0);
    assertValues(self.get().apply(numbers), 120);
    assertValues(self.get().apply(numbers.multiply(2)), 240);
    assertValues(Transforms.grad(self.get()).apply(numbers), Ops.ones(16).toDoubleArray());
    self.get().close();
  }

  // ---- threads and addresses
  // ---------------------------------------------------------------------

  /**
   * Functions are compiled on one thread, called on another, closed and compiled again, often at
   * the same address. MLX's own cache, whose keys are addresses, would then return the results of
   * earlier functions.
   */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aNewFunctionNeverHasTheResultsOfAClosedOne(boolean shapeless) throws Exception {
    ExecutorService maker = Executors.newSingleThreadExecutor();
    ExecutorService caller = Executors.newSingleThreadExecutor();
    try {
      for (int i = 0; i < 200; i++) {
        int factor = i;
        Callable<TransformedFunction> make =
            () -> Transforms.compile(a -> a.multiply(factor).sum(), shapeless);
        TransformedFunction compiled = maker.submit(make).get();
        assertEquals(6f * factor, caller.submit(() -> compiled.apply(x).itemFloat()).get());
        assertEquals(6f * factor, maker.submit(() -> compiled.apply(x).itemFloat()).get());
        compiled.close();
      }
    } finally {
      maker.shutdown();
      caller.shutdown();
    }
  }

  @Test
  void aClosedFunctionIsNotCalled() {
    TransformedFunction compiled = Transforms.compile(a -> a.add(1));
    compiled.apply(x).eval();
    assertFalse(compiled.isClosed());
    compiled.close();
    compiled.close();
    assertTrue(compiled.isClosed());
    assertThrowsSaying(IllegalStateException.class, () -> compiled.apply(x), "[compile]", "closed");
  }

  @Test
  void theResultsOfRecordedGraphsAreNewArrays() {
    TransformedFunction compiled = Transforms.compile(a -> a.add(1));
    MlxArray first = compiled.apply(x);
    MlxArray second = compiled.apply(x);
    assertNotEquals(first, second);
    first.close();
    assertValues(second, 2, 3, 4);
  }
}
