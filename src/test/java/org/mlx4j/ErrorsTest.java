package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertValues;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Errors inside and around functions: the caller gets a clear exception, and everything continues
 * to work.
 */
@ExtendWith(InScope.class)
class ErrorsTest {
  private static MlxArray x() {
    return MlxArray.of(1f, 2f, 3f);
  }

  private static MlxArray[] arrays(MlxArray... xs) {
    return xs;
  }

  /**
   * The ways in which each transform, and some nestings of them, run a function from one array to a
   * scalar.
   */
  private static Map<String, Runner> runners() {
    Map<String, Runner> runners = new LinkedHashMap<>();
    runners.put("grad", f -> Transforms.grad(f).apply(x()).eval());
    runners.put("valueAndGrad", f -> Transforms.valueAndGrad(f).apply(x()).value().eval());
    runners.put(
        "grad by index", f -> Transforms.grad((a, b) -> f.apply(a), 0).apply(x(), x())[0].eval());
    runners.put("vmap", f -> Transforms.vmap(f).apply(x()).eval());
    runners.put(
        "vmap of many",
        f ->
            Transforms.vmap(xs -> arrays(f.apply(xs[0])), new int[] {0}, new int[] {0}).apply(x()));
    runners.put("compile", f -> Transforms.compile(f).apply(x()).eval());
    runners.put(
        "compileArrays", f -> Transforms.compileArrays(xs -> arrays(f.apply(xs[0]))).apply(x()));
    runners.put("checkpoint", f -> Transforms.checkpoint(f).apply(x()).eval());
    runners.put("vjp", f -> Transforms.vjp(f, x(), MlxArray.scalar(1f)));
    runners.put("jvp", f -> Transforms.jvp(f, x(), x()));
    runners.put(
        "grad of checkpoint", f -> Transforms.grad(Transforms.checkpoint(f)).apply(x()).eval());
    runners.put("grad of compile", f -> Transforms.grad(Transforms.compile(f)).apply(x()).eval());
    runners.put("vmap of grad", f -> Transforms.vmap(Transforms.grad(f)).apply(x()).eval());
    runners.put("compile of grad", f -> Transforms.compile(Transforms.grad(f)).apply(x()).eval());
    runners.put(
        "compile of vmap of checkpoint",
        f -> Transforms.compile(Transforms.vmap(Transforms.checkpoint(f))).apply(x()).eval());
    runners.put(
        "grad inside grad",
        f -> Transforms.grad(a -> Transforms.grad(f).apply(a).sum()).apply(x()).eval());
    runners.put(
        "jvp inside compile",
        f -> Transforms.compile(a -> Transforms.jvp(f, a, a).jvps()[0]).apply(x()).eval());
    return runners;
  }

  private interface Runner {
    void run(ArrayFunction f);
  }

  static Stream<Arguments> transforms() {
    return runners().entrySet().stream().map(e -> Arguments.of(e.getKey(), e.getValue()));
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T extends Throwable> RuntimeException thrown(Throwable t) throws T {
    throw (T) t;
  }

  /** Transforms work as before, and no scope was left open. */
  private static void assertAllIsWell() {
    assertValues(Transforms.grad(a -> a.square().sum()).apply(x()), 2, 4, 6);
    MlxArray inner = Scope.run(() -> MlxArray.of(1f).add(1));
    assertFalse(inner.isClosed());
    assertValues(inner, 2);
  }

  // ---- exceptions of the function
  // ----------------------------------------------------------------

  @Nested
  class ThrownByTheFunction {
    static Stream<Arguments> throwables() {
      List<Throwable> throwables =
          List.of(
              new IllegalArgumentException("mine"),
              new IOException("checked"),
              new TimeoutException("checked too"),
              new AssertionError("an error"),
              new StackOverflowError("made by hand"),
              new OutOfMemoryError("made by hand"),
              new MlxException("of this library's own class"),
              new Throwable("neither exception nor error"),
              new IllegalStateException());
      return transforms()
          .flatMap(t -> throwables.stream().map(e -> Arguments.of(t.get()[0], t.get()[1], e)));
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("throwables")
    void comesOutAsTheSameObject(String name, Runner transform, Throwable throwable) {
      StackTraceElement[] trace = throwable.getStackTrace();
      for (int i = 0; i < 50; i++) {
        Throwable caught =
            assertThrows(
                Throwable.class,
                () ->
                    transform.run(
                        a -> {
                          a.square().sum();
                          throw ErrorsTest.<RuntimeException>thrown(throwable);
                        }));
        Assertions.assertSame(throwable, caught);
      }
      Assertions.assertArrayEquals(trace, throwable.getStackTrace());
      assertAllIsWell();
    }

    @Test
    void maySometimesNotBeThrown() {
      TransformedFunction gradient =
          Transforms.grad(
              a -> {
                if (a.dim(0) == 2) {
                  throw new IllegalArgumentException("two");
                }
                return a.square().sum();
              });
      for (int i = 0; i < 10; i++) {
        assertThrowsSaying(
            IllegalArgumentException.class, () -> gradient.apply(MlxArray.of(1f, 2f)), "two");
        assertValues(gradient.apply(MlxArray.of(1f, 2f, 3f)), 2, 4, 6);
      }
    }

    @Test
    void mayBeCaughtByAnOuterFunction() {
      ArrayFunction careful =
          a -> {
            try {
              return Transforms.grad(b -> thrownAfter(b.square())).apply(a);
            } catch (IllegalArgumentException e) {
              return a.square().sum();
            }
          };
      assertValues(Transforms.grad(careful).apply(x()), 2, 4, 6);
      assertValues(Transforms.compile(careful).apply(x()), 14);
      assertValues(Transforms.vmap(careful).apply(x()), 1, 4, 9);
    }

    private MlxArray thrownAfter(MlxArray ignored) {
      throw new IllegalArgumentException("after " + ignored.ndim());
    }

    @Test
    void mayComeFromTheSecondRunOfACheckpoint() {
      AssertionError second = new AssertionError("second run");
      int[] runs = {0};
      TransformedFunction gradient =
          Transforms.grad(
              Transforms.checkpoint(
                  a -> {
                    if (++runs[0] == 2) {
                      throw second;
                    }
                    return a.square().sum();
                  }));
      Assertions.assertSame(
          second, assertThrows(AssertionError.class, () -> gradient.apply(x()).eval()));
      assertAllIsWell();
    }

    @Test
    void mayBeTheOverflowOfUnendingRecursion() {
      for (String name : List.of("grad", "compile", "checkpoint")) {
        AtomicReference<ArrayFunction> self = new AtomicReference<>();
        ArrayFunction again = a -> self.get().apply(a);
        self.set(
            switch (name) {
              case "grad" -> Transforms.grad(again);
              case "compile" -> Transforms.compile(again);
              default -> Transforms.checkpoint(again);
            });
        assertThrows(StackOverflowError.class, () -> self.get().apply(x()), name);
      }
      assertAllIsWell();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("transforms")
  void exceptionsOfOperationsComeOutAsTheyAre(String name, Runner transform) {
    assertThrowsSaying(
        IllegalArgumentException.class, () -> transform.run(a -> a.sum(5)), "[sum]", "5");
    assertAllIsWell();
  }

  // ---- arrays that are gone
  // ----------------------------------------------------------------------

  @ParameterizedTest(name = "{0}")
  @MethodSource("transforms")
  void aClosedResultIsRefused(String name, Runner transform) {
    assertThrowsSaying(
        IllegalStateException.class,
        () ->
            transform.run(
                a -> {
                  MlxArray result = a.sum();
                  result.close();
                  return result;
                }),
        "[",
        "closed");
    assertAllIsWell();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("transforms")
  void aClosedArgumentIsRefusedWhereItIsUsed(String name, Runner transform) {
    assertThrowsSaying(
        IllegalStateException.class,
        () ->
            transform.run(
                a -> {
                  a.close();
                  return a.sum();
                }),
        "[sum]",
        "argument 0",
        "closed");
    assertAllIsWell();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("transforms")
  void aFunctionMayCloseItsArgumentsAfterUse(String name, Runner transform) {
    transform.run(
        a -> {
          MlxArray result = a.sum();
          a.close();
          return result;
        });
    assertAllIsWell();
  }

  @Test
  void closedArgumentsOfTransformedFunctionsAreNamed() {
    MlxArray closed = MlxArray.of(1f);
    closed.close();
    Map<String, Executable> calls =
        Map.of(
            "[grad] array argument 0", () -> Transforms.grad(a -> a).apply(closed),
            "[grad] array argument 1", () -> Transforms.grad((a, b) -> a, 0).apply(x(), closed),
            "[valueAndGrad] array argument 0", () -> Transforms.valueAndGrad(a -> a).apply(closed),
            "[vmap] array argument 0", () -> Transforms.vmap(a -> a).apply(closed),
            "[vmap] array argument 1", () -> Transforms.vmap((a, b) -> a).apply(x(), closed),
            "[compile] array argument 0", () -> Transforms.compile(a -> a).apply(closed),
            "[compile] array argument 2",
                () -> Transforms.compileArrays(xs -> xs).apply(x(), x(), closed),
            "[checkpoint] array argument 0", () -> Transforms.checkpoint(a -> a).apply(closed));
    calls.forEach(
        (message, call) ->
            assertThrowsSaying(IllegalStateException.class, call, message, "closed"));
  }

  @Test
  void theCallersArrayMayBeClosedWhileTheFunctionRuns() {
    for (String name : List.of("grad", "compile", "checkpoint")) {
      MlxArray mine = x();
      ArrayFunction f =
          a -> {
            mine.close();
            return a.sum();
          };
      MlxArray result =
          switch (name) {
            case "grad" -> Transforms.grad(f).apply(mine);
            case "compile" -> Transforms.compile(f).apply(mine);
            default -> Transforms.checkpoint(f).apply(mine);
          };
      assertValues(result.sum(), name.equals("grad") ? 3 : 6);
      assertTrue(mine.isClosed());
    }
  }

  // ---- functions that are gone
  // -------------------------------------------------------------------

  @Test
  void closedFunctionsAreRefused() {
    TransformedFunction f = Transforms.compile(a -> a.sum());
    TransformedBiFunction g = Transforms.compile((a, b) -> a.sum());
    TransformedArraysFunction h = Transforms.compileArrays(xs -> xs);
    ValueAndGradFunction v = Transforms.valueAndGrad(a -> a.sum());
    for (FunctionHandle handle : List.of(f, g, h, v)) {
      assertFalse(handle.isClosed());
      handle.close();
      handle.close();
      assertTrue(handle.isClosed());
    }
    assertThrowsSaying(IllegalStateException.class, () -> f.apply(x()), "[compile]", "closed");
    assertThrowsSaying(IllegalStateException.class, () -> g.apply(x(), x()), "[compile]", "closed");
    assertThrowsSaying(IllegalStateException.class, () -> h.apply(x()), "[compile]", "closed");
    assertThrowsSaying(IllegalStateException.class, () -> v.apply(x()), "[valueAndGrad]", "closed");
    assertThrowsSaying(IllegalStateException.class, () -> Transforms.grad(f), "[grad]", "closed");
    assertThrowsSaying(
        IllegalStateException.class,
        () -> Transforms.valueAndGrad(g, 0),
        "[valueAndGrad]",
        "closed");
    assertThrowsSaying(IllegalStateException.class, () -> Transforms.vmap(f), "[vmap]", "closed");
    assertThrowsSaying(
        IllegalStateException.class, () -> Transforms.compile(f), "[compile]", "closed");
    assertThrowsSaying(
        IllegalStateException.class, () -> Transforms.compileArrays(h), "[compile]", "closed");
    assertThrowsSaying(
        IllegalStateException.class, () -> Transforms.checkpoint(f), "[checkpoint]", "closed");
    assertThrowsSaying(
        IllegalStateException.class, () -> Transforms.vjp(f, x(), x()), "[vjp]", "closed");
    assertThrowsSaying(
        IllegalStateException.class, () -> Transforms.jvp(f, x(), x()), "[jvp]", "closed");
  }

  @Test
  void aFunctionMayCloseItselfWhileItRuns() {
    for (String name : List.of("grad", "vmap", "compile", "checkpoint")) {
      AtomicReference<TransformedFunction> self = new AtomicReference<>();
      ArrayFunction f =
          a -> {
            self.get().close();
            return a.sum();
          };
      self.set(
          switch (name) {
            case "grad" -> Transforms.grad(f);
            case "vmap" -> Transforms.vmap(f);
            case "compile" -> Transforms.compile(f);
            default -> Transforms.checkpoint(f);
          });
      self.get().apply(x()).eval();
      assertThrowsSaying(
          IllegalStateException.class, () -> self.get().apply(x()), "[" + name + "]", "closed");
    }
  }

  // ---- placeholders that escape
  // ------------------------------------------------------------------

  @ParameterizedTest(name = "{0}")
  @MethodSource("transforms")
  void anArgumentThatEscapesIsClosed(String name, Runner transform) {
    List<MlxArray> escaped = new ArrayList<>();
    transform.run(
        a -> {
          escaped.add(a);
          MlxArray made = a.square();
          escaped.add(made);
          return made.sum();
        });
    for (MlxArray gone : escaped) {
      assertTrue(gone.isClosed());
      assertThrowsSaying(IllegalStateException.class, gone::toFloatArray, "closed");
      assertThrowsSaying(IllegalStateException.class, () -> gone.add(1), "[add]", "closed");
      assertEquals("array(closed)", gone.toString());
    }
    assertAllIsWell();
  }

  /**
   * An outer scope can keep even the arguments of a function beyond its end. They have no values,
   * or have lost their meaning.
   */
  @ParameterizedTest(name = "{0}")
  @MethodSource("transforms")
  void anArgumentKeptByAnOuterScopeIsOfNoUseButHarmless(String name, Runner transform) {
    try (Scope outer = Scope.open()) {
      List<MlxArray> escaped = new ArrayList<>();
      transform.run(
          a -> {
            escaped.add(outer.keep(a));
            escaped.add(outer.keep(a.square().add(1)));
            return a.sum();
          });
      for (MlxArray kept : escaped) {
        assertReadsOrThrows(kept::toFloatArray);
        assertReadsOrThrows(() -> kept.add(1).sum().itemFloat());
        assertReadsOrThrows(
            () -> Transforms.grad(a -> a.square().sum()).apply(kept).toFloatArray());
        assertReadsOrThrows(() -> Transforms.vmap(a -> a.add(1)).apply(kept).toFloatArray());
        assertReadsOrThrows(
            () -> Transforms.compile(a -> a.add(kept).sum()).apply(x()).toFloatArray());
        assertReadsOrThrows(
            () -> Transforms.vjp(a -> a.square(), kept, kept).vjps()[0].toFloatArray());
        assertReadsOrThrows(
            () -> Transforms.jvp(a -> a.square(), kept, kept).jvps()[0].toFloatArray());
        assertTrue(kept.toString().startsWith("array("));
      }
    }
    assertAllIsWell();
  }

  private static void assertReadsOrThrows(Supplier<Object> action) {
    try {
      Assertions.assertNotNull(action.get());
    } catch (MlxException | IllegalArgumentException e) {
      assertFalse(e.getMessage().isBlank());
    }
  }

  // ---- scopes inside functions
  // -------------------------------------------------------------------

  @ParameterizedTest(name = "{0}")
  @MethodSource("transforms")
  void aScopeThatIsNotClosedEndsWithTheFunction(String name, Runner transform) {
    List<MlxArray> made = new ArrayList<>();
    transform.run(
        a -> {
          Scope.open();
          MlxArray square = a.square();
          made.add(square);
          Scope.open();
          return a.multiply(square).sum();
        });
    assertTrue(made.stream().allMatch(MlxArray::isClosed));
    MlxArray outside = MlxArray.of(1f);
    try (Scope scope = Scope.open()) {
      scope.keep(outside);
    }
    assertFalse(outside.isClosed());
    assertAllIsWell();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("transforms")
  void aScopeThatIsNotClosedEndsWithAnException(String name, Runner transform) {
    RuntimeException mine = new RuntimeException("mine");
    RuntimeException caught =
        assertThrows(
            RuntimeException.class,
            () ->
                transform.run(
                    a -> {
                      Scope.open();
                      a.square();
                      throw mine;
                    }));
    Assertions.assertSame(mine, caught);
    assertAllIsWell();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("transforms")
  void aFunctionCannotCloseTheScopesOfItsCaller(String name, Runner transform) {
    try (Scope outer = Scope.open()) {
      MlxArray captured = MlxArray.scalar(1f);
      assertThrowsSaying(
          IllegalStateException.class,
          () ->
              transform.run(
                  a -> {
                    outer.close();
                    return a.sum();
                  }),
          "[Scope]");
      assertFalse(captured.isClosed());
    }
    assertAllIsWell();
  }

  // ---- nulls
  // -------------------------------------------------------------------------------------

  @Test
  void nullDataIsNamed() {
    assertNullSaying("[array]", () -> MlxArray.of((float[]) null));
    assertNullSaying("[array]", () -> MlxArray.of((int[]) null));
    assertNullSaying("[array]", () -> MlxArray.of((long[]) null));
    assertNullSaying("[array]", () -> MlxArray.of((double[]) null));
    assertNullSaying("[array]", () -> MlxArray.of((boolean[]) null));
    assertNullSaying("[array]", () -> MlxArray.of((byte[]) null, 1));
    assertNullSaying("[array]", () -> MlxArray.of((short[]) null, 1));
    assertNullSaying("[array]", () -> MlxArray.of((float[]) null, 1));
    assertNullSaying("[array]", () -> MlxArray.of((float[]) null, DType.FLOAT16, 1));
    assertNullSaying("[array]", () -> MlxArray.of((Complex64[]) null));
    assertNullSaying("[array]", () -> MlxArray.of(new Complex64[] {new Complex64(1, 2), null}));
    assertNullSaying("[array]", () -> MlxArray.of((FloatBuffer) null, 1));
    assertNullSaying("[array]", () -> MlxArray.of((ByteBuffer) null, DType.INT8, 1));
  }

  @Test
  void nullShapesAndDtypesAreNamed() {
    assertNullSaying("[array]", () -> MlxArray.of(new float[1], (int[]) null));
    assertNullSaying("[array]", () -> MlxArray.of(new float[1], DType.FLOAT32, (int[]) null));
    assertNullSaying(
        "[array]", () -> MlxArray.of(ByteBuffer.allocate(1), DType.INT8, (int[]) null));
    assertNullSaying("[array]", () -> MlxArray.of(new float[1], (DType) null, 1));
    assertNullSaying("[array]", () -> MlxArray.of(ByteBuffer.allocate(1), null, 1));
    assertNullSaying("[array]", () -> MlxArray.scalar(1.0, null));
    assertNullSaying("[array]", () -> MlxArray.scalar(1L, null));
    assertNullSaying("[array]", () -> MlxArray.scalar((Complex64) null));
    assertNullSaying("[astype]", () -> x().astype(null));
    assertNullSaying("[zeros]", () -> Ops.zeros((int[]) null));
    assertNullSaying("[reshape]", () -> x().reshape((int[]) null));
    assertNullSaying("[sum]", () -> x().sum((int[]) null));
  }

  @Test
  void nullDestinationsAreNamed() {
    assertNullSaying("[copyTo]", () -> x().copyTo((float[]) null));
    assertNullSaying("[copyTo]", () -> x().copyTo((double[]) null));
    assertNullSaying("[copyTo]", () -> x().copyTo((int[]) null));
    assertNullSaying("[copyTo]", () -> x().copyTo((long[]) null));
    assertNullSaying("[copyTo]", () -> x().copyTo((short[]) null));
    assertNullSaying("[copyTo]", () -> x().copyTo((byte[]) null));
    assertNullSaying("[copyTo]", () -> x().copyTo((boolean[]) null));
    assertNullSaying("[copyTo]", () -> x().copyTo((ByteBuffer) null));
    assertNullSaying("[copyTo]", () -> x().copyTo((FloatBuffer) null));
  }

  @Test
  void nullArraysAreNamed() {
    assertNullSaying("[add]", () -> x().add((MlxArray) null));
    assertNullSaying("[matmul]", () -> x().matmul(null));
    assertNullSaying("[eval]", () -> Ops.eval((MlxArray) null));
    assertNullSaying("[eval]", () -> Ops.eval((MlxArray[]) null));
    assertNullSaying("[asyncEval]", () -> Ops.asyncEval(x(), null));
    assertNullSaying("[concatenate]", () -> Ops.concatenate(x(), null));
    assertNullSaying("[Scope.keep]", () -> Scope.run(() -> keptNull()));
    assertNullSaying("[Scope.keep]", () -> Scope.run(() -> keptNullFunction()));
  }

  private static void keptNull() {
    try (Scope scope = Scope.open()) {
      scope.keep((MlxArray) null);
    }
  }

  private static void keptNullFunction() {
    try (Scope scope = Scope.open()) {
      scope.keep((TransformedFunction) null);
    }
  }

  private static void assertNullSaying(String function, Executable action) {
    assertThrowsSaying(NullPointerException.class, action, function, "null");
  }

  // ---- closed arrays
  // -----------------------------------------------------------------------------

  @Test
  void everyUseOfAClosedArraySaysSo() {
    MlxArray closed = MlxArray.scalar(1f).add(1);
    closed.close();
    Map<String, Executable> uses = new LinkedHashMap<>();
    uses.put("shape", closed::shape);
    uses.put("[shape]", closed::ndim);
    uses.put("[eval]", closed::eval);
    uses.put("[isAvailable]", closed::isAvailable);
    uses.put("[item]", closed::itemFloat);
    uses.put("item", closed::itemInt);
    uses.put("[add]", () -> closed.add(1));
    uses.put("[sum]", closed::sum);
    uses.put("[where]", () -> x().where(closed, x()));
    uses.put("[concatenate]", () -> Ops.concatenate(x(), closed));
    uses.put("[asyncEval]", () -> Ops.asyncEval(closed));
    uses.forEach(
        (function, use) ->
            assertThrowsSaying(IllegalStateException.class, use, function, "closed"));
    for (Executable use :
        List.<Executable>of(
            closed::itemLong,
            closed::itemBoolean,
            closed::itemComplex,
            closed::itemDouble,
            closed::toIntArray,
            closed::toComplexArray,
            () -> closed.copyTo(new float[1]),
            () -> closed.copyTo(ByteBuffer.allocate(4)),
            () -> closed.dim(0),
            closed::size,
            closed::nbytes,
            closed::itemsize,
            closed::dtype)) {
      assertThrowsSaying(IllegalStateException.class, use, "closed");
    }
  }

  @Test
  void axesOfDimAreChecked() {
    assertThrowsSaying(IllegalArgumentException.class, () -> x().dim(1), "[dim]", "axis 1", "1");
    assertThrowsSaying(IllegalArgumentException.class, () -> x().dim(-2), "[dim]", "axis -2", "1");
    assertThrowsSaying(
        IllegalArgumentException.class, () -> MlxArray.scalar(1f).dim(0), "[dim]", "axis 0", "0");
  }

  // ---- scopes
  // ------------------------------------------------------------------------------------

  @Test
  void scopesBelongToTheirThread() throws InterruptedException {
    List<Throwable> caught = new ArrayList<>();
    try (Scope mine = Scope.open()) {
      MlxArray array = x();
      Thread other =
          new Thread(
              () -> {
                for (Executable use : List.<Executable>of(mine::close, () -> mine.keep(array))) {
                  caught.add(assertThrows(Throwable.class, use));
                }
              });
      other.start();
      other.join();
      assertFalse(array.isClosed());
    }
    assertEquals(2, caught.size());
    for (Throwable e : caught) {
      assertEquals(IllegalStateException.class, e.getClass());
      assertTrue(e.getMessage().contains("[Scope]"), e.getMessage());
    }
  }

  @Test
  void aClosedScopeKeepsNothing() {
    Scope scope = Scope.open();
    MlxArray array = x();
    scope.close();
    scope.close();
    assertTrue(array.isClosed());
    assertThrowsSaying(IllegalStateException.class, () -> scope.keep(array), "[Scope]", "closed");
  }
}
