package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mlx4j.DeepStack.KIB;
import static org.mlx4j.DeepStack.MIB;

import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mlx4j.internal.TransformsNative;

/**
 * Graphs of any depth on threads with stacks of any size give the right numbers. Where even the
 * large stack of transforms does not suffice or cannot be allocated, a StackOverflowError says what
 * to do. These tests look for crashes of the virtual machine.
 */
@ExtendWith(LifetimeBalance.class)
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DeepTest {
  /** Reserved, not used: a gigabyte does no harm. */
  private static final long LARGE_STACK = 512 * MIB;

  /** With -Ddeep.levels=1000000 this takes minutes. */
  private static final int LEVELS = Integer.getInteger("deep.levels", 10_000);

  private static final long NO_LARGE_STACK = 0;

  /** The array itself, after an even number of operations that depend on each other. */
  private static MlxArray chain(MlxArray x, int operations) {
    for (int i = 0; i < operations; i++) {
      x = x.negative();
    }
    return x;
  }

  private static void assertSaysWhatToDo(StackOverflowError e) {
    assertNotNull(e.getMessage());
    assertTrue(e.getMessage().contains("operations deep"), e::getMessage);
    assertTrue(e.getMessage().contains("evaluate intermediate results"), e::getMessage);
  }

  // ---- without transforms
  // ---------------------------------------------------------------------------

  /** Applies an operation to 0 a million times, and closes the intermediate results. */
  private static MlxArray million(ArrayFunction operation) {
    MlxArray x = MlxArray.scalar(0f);
    for (int i = 0; i < 1_000_000; i++) {
      try (MlxArray last = x) {
        x = operation.apply(last);
      }
    }
    return x;
  }

  @Test
  void millionOperationsBuildEvaluateAndAreFreedOnASmallStack() {
    DeepStack.run(
        256 * KIB,
        () -> {
          MlxArray x = million(last -> last.add(1f));
          assertEquals(1_000_000f, x.itemFloat());
        });
  }

  @Test
  void millionOperationsAreFreedWithoutEvaluation() {
    DeepStack.run(256 * KIB, () -> million(MlxArray::negative));
  }

  @Test
  void deepGraphOfOperationsWithManyOutputsIsFreed() {
    DeepStack.run(
        256 * KIB,
        () -> {
          MlxArray x = MlxArray.of(1f, 2f);
          for (int i = 0; i < 100_000; i++) {
            try (Scope scope = Scope.open()) {
              MlxArray[] parts = x.split(2);
              x = scope.keep(i % 2 == 0 ? Ops.concatenate(parts[1], parts[0]) : parts[0].add(x));
            }
          }
        });
  }

  @Test
  void deepGraphIsPrintedOrRefusedButDoesNotCrash() {
    DeepStack.run(
        256 * KIB, () -> assertEquals("array(1, dtype=float32)", chain(one(), 20_000).toString()));
  }

  private static MlxArray one() {
    return MlxArray.scalar(1f);
  }

  // ---- transforms
  // -----------------------------------------------------------------------------------

  /**
   * Applies transforms to a function that squares its argument in many steps, and checks the
   * results.
   */
  private interface Check {
    void of(ArrayFunction square);
  }

  private static MlxArray three() {
    return MlxArray.scalar(3f);
  }

  private static void assertValue(float expected, MlxArray actual) {
    assertEquals(expected, actual.itemFloat());
  }

  static Stream<Named<Check>> transforms() {
    return Stream.of(
        Named.of("grad", f -> assertValue(6, Transforms.grad(f).apply(three()))),
        Named.of(
            "valueAndGrad",
            f -> {
              ValueAndGrad r = Transforms.valueAndGrad(f).apply(three());
              assertValue(9, r.value());
              assertValue(6, r.grad());
            }),
        Named.of(
            "vjp", f -> assertValue(12, Transforms.vjp(f, three(), MlxArray.scalar(2f)).vjps()[0])),
        Named.of(
            "jvp", f -> assertValue(12, Transforms.jvp(f, three(), MlxArray.scalar(2f)).jvps()[0])),
        Named.of(
            "vmap",
            f ->
                assertArrayEquals(
                    new float[] {4, 9},
                    Transforms.vmap(f).apply(MlxArray.of(2f, 3f)).toFloatArray())),
        Named.of("compile", f -> assertValue(9, Transforms.compile(f).apply(three()))),
        Named.of("checkpoint", f -> assertValue(9, Transforms.checkpoint(f).apply(three()))),
        Named.of("grad of grad", f -> assertValue(2, twice(Transforms::grad, f).apply(three()))),
        Named.of("vmap of grad", f -> assertMapped(Transforms.vmap(Transforms.grad(f)))),
        Named.of("grad of compile", f -> assertSlope(Transforms.grad(Transforms.compile(f)))),
        Named.of("compile of grad", f -> assertSlope(Transforms.compile(Transforms.grad(f)))),
        Named.of("grad of checkpoint", f -> assertSlope(Transforms.grad(Transforms.checkpoint(f)))),
        Named.of(
            "compile of vmap of grad",
            f -> assertMapped(Transforms.compile(Transforms.vmap(Transforms.grad(f))))),
        Named.of(
            "jvp of grad",
            f ->
                assertValue(
                    4, Transforms.jvp(Transforms.grad(f), three(), MlxArray.scalar(2f)).jvps()[0])),
        Named.of(
            "grad of a lambda around vmap",
            f -> assertMapped(Transforms.grad(xs -> Transforms.vmap(f).apply(xs).sum()))));
  }

  private static TransformedFunction twice(
      java.util.function.Function<ArrayFunction, TransformedFunction> transform, ArrayFunction f) {
    return transform.apply(transform.apply(f));
  }

  private static void assertSlope(ArrayFunction slope) {
    assertValue(6, slope.apply(three()));
  }

  private static void assertMapped(ArrayFunction slope) {
    assertArrayEquals(new float[] {4, 6}, slope.apply(MlxArray.of(2f, 3f)).toFloatArray());
  }

  /** Threads that have only their own stack, and one whose large stack is a small one. */
  static Stream<Arguments> transformsOnStacks() {
    return transforms()
        .flatMap(
            transform ->
                Stream.of(
                    Arguments.of(transform, 256 * KIB, NO_LARGE_STACK),
                    Arguments.of(transform, 512 * KIB, NO_LARGE_STACK),
                    Arguments.of(transform, DeepStack.DEFAULT, NO_LARGE_STACK),
                    Arguments.of(transform, 256 * KIB, 2 * MIB)));
  }

  private static void withLargeStacksOf(long bytes, Runnable task) {
    long usual = TransformsNative.set_large_stack_size(bytes);
    try {
      task.run();
    } finally {
      TransformsNative.set_large_stack_size(usual);
    }
  }

  /**
   * Searches for the deepest graph that is not refused: that is where a stack that is too small
   * would show.
   */
  @ParameterizedTest
  @MethodSource("transformsOnStacks")
  void everyDepthIsRightOrRefused(Check check, long stack, long largeStack) {
    withLargeStacksOf(largeStack, () -> searchForTheDeepest(check, stack));
  }

  private static void searchForTheDeepest(Check check, long stack) {
    int right = 0;
    int refused = 200_000;
    while (refused - right > 1 + right / 50) {
      int operations = right == 0 ? 100 : Math.min(2 * right, (right + refused) / 2);
      StackOverflowError error = attempt(check, stack, operations);
      if (error == null) {
        right = operations;
      } else {
        assertSaysWhatToDo(error);
        refused = operations;
      }
    }
    assertTrue(refused < 200_000, "nothing was refused");
  }

  private static StackOverflowError attempt(Check check, long stack, int operations) {
    try {
      DeepStack.run(stack, () -> check.of(x -> chain(x, operations).square()));
      return null;
    } catch (StackOverflowError e) {
      return e;
    }
  }

  @ParameterizedTest
  @MethodSource("transforms")
  void deepGraphsNeedNoSpecialThread(Check check) {
    assertNull(attempt(check, 256 * KIB, LEVELS));
  }

  @Test
  void aMillionLevels() {
    ArrayFunction deep = x -> chain(x, 1_000_000).square();
    DeepStack.run(256 * KIB, () -> assertValue(9, Transforms.compile(deep).apply(three())));
  }

  /** Without a large stack, as on a system that has no memory for one. */
  @ParameterizedTest
  @MethodSource("transforms")
  void aThousandOperationsFitTheDefaultStack(Check check) {
    withLargeStacksOf(NO_LARGE_STACK, () -> assertNull(attempt(check, DeepStack.DEFAULT, 1_000)));
  }

  @ParameterizedTest
  @MethodSource("transforms")
  void aThreadWithALargeStackIsTheWayOut(Check check) {
    withLargeStacksOf(2 * MIB, () -> assertNull(attempt(check, LARGE_STACK, 30_000)));
  }

  @ParameterizedTest
  @MethodSource("transforms")
  void refusedThreadWorksOn(Check check) {
    withLargeStacksOf(NO_LARGE_STACK, () -> refuseThreeTimes(check));
    Scope.run(() -> check.of(MlxArray::square));
  }

  private static void refuseThreeTimes(Check check) {
    DeepStack.run(
        DeepStack.DEFAULT,
        () -> {
          for (int i = 0; i < 3; i++) {
            StackOverflowError e =
                assertThrows(
                    StackOverflowError.class,
                    () -> Scope.run(() -> check.of(x -> chain(x, 50_000).square())));
            assertSaysWhatToDo(e);
            assertTrue(e.getMessage().contains("larger stack"), e::getMessage);
            Scope.run(() -> check.of(MlxArray::square));
          }
        });
  }

  // ---- deep graphs that a function captures or is given
  // ---------------------------------------------

  @ParameterizedTest
  @MethodSource("transformsOnStacks")
  void deepCapturedGraphIsRightOrRefused(Check check, long stack, long largeStack) {
    withLargeStacksOf(largeStack, () -> captureDeepGraphs(check, stack));
  }

  private static void captureDeepGraphs(Check check, long stack) {
    for (int operations : new int[] {1_000, 20_000}) {
      try {
        DeepStack.run(
            stack,
            () -> {
              MlxArray zero = chain(MlxArray.scalar(0f), operations);
              check.of(x -> x.square().add(zero));
            });
      } catch (StackOverflowError e) {
        assertSaysWhatToDo(e);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("transforms")
  void evaluatedCapturedGraphIsNotDeep(Check check) {
    DeepStack.run(
        256 * KIB,
        () -> {
          MlxArray zero = chain(MlxArray.scalar(0f), 20_000);
          zero.eval();
          check.of(x -> x.square().add(zero));
        });
  }

  /** A transform starts at the arguments: how they were computed does not matter. */
  @Test
  void argumentMayBeAsLazyAsItLikes() {
    DeepStack.run(
        256 * KIB,
        () -> {
          MlxArray x = chain(three(), 100_000);
          MlxArray two = chain(MlxArray.scalar(2f), 100_000);
          MlxArray pair = chain(MlxArray.of(2f, 3f), 100_000);
          assertSlope(v -> Transforms.grad(MlxArray::square).apply(x));
          assertValue(9, Transforms.compile(MlxArray::square).apply(x));
          assertValue(9, Transforms.checkpoint(MlxArray::square).apply(x));
          assertValue(12, Transforms.vjp(MlxArray::square, x, two).vjps()[0]);
          assertValue(12, Transforms.jvp(MlxArray::square, x, two).jvps()[0]);
          assertMapped(v -> Transforms.vmap(Transforms.grad(MlxArray::square)).apply(pair));
        });
  }

  @Test
  void trainingMayStayLazyForThousandsOfSteps() {
    DeepStack.run(
        DeepStack.DEFAULT,
        () -> {
          TransformedFunction slope = Transforms.grad(w -> w.subtract(3f).square());
          MlxArray w = MlxArray.scalar(0f);
          for (int i = 0; i < 5_000; i++) {
            try (Scope scope = Scope.open();
                MlxArray last = w) {
              w = scope.keep(last.subtract(slope.apply(last).multiply(0.25f)));
            }
          }
          assertValue(3, w);
        });
  }

  @Test
  void randomArraysMayStayLazyByTheThousand() {
    DeepStack.run(
        DeepStack.DEFAULT,
        () -> {
          for (int i = 0; i < 5_000; i++) {
            MlxRandom.normal(2).close();
          }
          TransformedFunction slope = Transforms.grad(x -> x.multiply(MlxRandom.bernoulli(1.0)));
          assertValue(1, slope.apply(three()));
        });
  }

  @Test
  void deepGraphMayBeEvaluatedInsideACallback() {
    DeepStack.run(
        256 * KIB,
        () -> {
          TransformedFunction slope =
              Transforms.grad(
                  x -> {
                    MlxArray constant = chain(MlxArray.scalar(2f), 50_000);
                    constant.eval();
                    return x.square().multiply(constant);
                  });
          assertValue(12, slope.apply(three()));
        });
  }

  @Test
  void tracedValueOfADeepGraphMayBeReadInsideACallback() {
    DeepStack.run(
        256 * KIB,
        () -> {
          float[] read = new float[1];
          TransformedFunction slope =
              Transforms.grad(
                  x -> {
                    read[0] = chain(x, 50_000).itemFloat();
                    return x.square();
                  });
          assertValue(6, slope.apply(three()));
          assertEquals(3f, read[0]);
        });
  }
}
