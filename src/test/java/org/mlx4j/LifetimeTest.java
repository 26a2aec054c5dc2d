package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mlx4j.LifetimeBalance.Live;
import org.mlx4j.internal.HandlesNative;

/** Arrays, functions and the captures of functions are freed, and not too early. */
@ExtendWith(LifetimeBalance.class)
class LifetimeTest {
  /** A transform of a function of one array, and how its result is applied. */
  private interface Transform extends Function<ArrayFunction, TransformedFunction> {}

  static Stream<Named<Transform>> transforms() {
    return Stream.of(
        Named.of("grad", Transforms::grad),
        Named.of("vmap", Transforms::vmap),
        Named.of("compile", Transforms::compile),
        Named.of("checkpoint", Transforms::checkpoint),
        Named.of("grad of compile", f -> wrapped(f, Transforms::compile, Transforms::grad)),
        Named.of("compile of grad", f -> wrapped(f, Transforms::grad, Transforms::compile)),
        Named.of("grad of checkpoint", f -> wrapped(f, Transforms::checkpoint, Transforms::grad)),
        Named.of("vmap of grad", f -> wrapped(f, Transforms::grad, Transforms::vmap)),
        Named.of("compile of compile", f -> wrapped(f, Transforms::compile, Transforms::compile)));
  }

  /** The inner handle is closed immediately: the outer function holds what it needs. */
  private static TransformedFunction wrapped(ArrayFunction f, Transform inner, Transform outer) {
    try (TransformedFunction g = inner.apply(f)) {
      return outer.apply(g);
    }
  }

  /**
   * A transformed function in use, and an object that only its lambda refers to.
   *
   * @param f the function
   * @param captured what the lambda captured
   */
  private record Capturing(TransformedFunction f, WeakReference<Object> captured) {
    /** Applied once before it is returned: to three numbers, or one for what makes gradients. */
    static Capturing of(Transform transform) {
      List<Object> payload = new ArrayList<>();
      TransformedFunction f =
          transform.apply(
              x -> {
                payload.add("called");
                return x.square().sum();
              });
      try (Scope scope = Scope.open()) {
        MlxArray x = MlxArray.of(3f);
        MlxArray y = f.apply(x);
        y.eval();
        assertEquals(1, y.size());
      }
      assertTrue(!payload.isEmpty());
      return new Capturing(f, new WeakReference<>(payload));
    }
  }

  // ---- what a lambda captured
  // -------------------------------------------------------------------------

  @ParameterizedTest
  @MethodSource("transforms")
  void closingAFunctionLetsGoOfWhatItCaptured(Transform transform) {
    Capturing use = Capturing.of(transform);
    System.gc();
    assertTrue(use.captured().get() != null, "an open function holds what it captured");
    use.f().close();
    LifetimeBalance.assertCollected(use.captured());
  }

  @ParameterizedTest
  @MethodSource("transforms")
  void forgottenFunctionLetsGoOfWhatItCaptured(Transform transform) {
    WeakReference<Object> captured = Capturing.of(transform).captured();
    LifetimeBalance.assertCollected(captured);
  }

  @ParameterizedTest
  @MethodSource("transforms")
  void deadThreadLetsGoOfWhatItsFunctionsCaptured(Transform transform) throws Exception {
    FutureTask<Capturing> task = new FutureTask<>(() -> Capturing.of(transform));
    Thread thread = new Thread(task);
    thread.start();
    Capturing use = task.get();
    thread.join();
    use.f().close();
    LifetimeBalance.assertCollected(use.captured());
  }

  @ParameterizedTest
  @MethodSource("transforms")
  void functionForgottenByADeadThreadLetsGoOfWhatItCaptured(Transform transform) throws Exception {
    FutureTask<WeakReference<Object>> task =
        new FutureTask<>(() -> Capturing.of(transform).captured());
    Thread thread = new Thread(task);
    thread.start();
    thread.join();
    LifetimeBalance.assertCollected(task.get());
  }

  @ParameterizedTest
  @MethodSource("transforms")
  void scopeLetsGoOfWhatItsFunctionsCaptured(Transform transform) {
    WeakReference<Object> captured;
    try (Scope scope = Scope.open()) {
      captured = Capturing.of(transform).captured();
    }
    LifetimeBalance.assertCollected(captured);
  }

  @Test
  void throwingFunctionLetsGoOfItsThrowable() {
    WeakReference<Throwable> thrown;
    try (MlxArray x = MlxArray.scalar(1f);
        TransformedFunction f =
            Transforms.grad(
                v -> {
                  throw new IllegalArgumentException("mine");
                })) {
      thrown =
          new WeakReference<>(
              assertThrows(IllegalArgumentException.class, () -> f.apply(x).close()));
    }
    LifetimeBalance.assertCollected(thrown);
  }

  @Test
  void unevaluatedCheckpointHoldsItsFunctionOnlyUntilItsResultIsClosed() {
    Capturing use = Capturing.of(Transforms::checkpoint);
    MlxArray result;
    try (MlxArray x = MlxArray.scalar(3f)) {
      result = use.f().apply(x);
    }
    use.f().close();
    System.gc();
    assertTrue(use.captured().get() != null, "the backward pass may still need the function");
    result.close();
    LifetimeBalance.assertCollected(use.captured());
  }

  @Test
  void evaluatedCheckpointHoldsItsFunctionNoLonger() {
    Capturing use = Capturing.of(Transforms::checkpoint);
    try (MlxArray x = MlxArray.scalar(3f);
        MlxArray result = use.f().apply(x)) {
      use.f().close();
      assertEquals(9f, result.itemFloat());
      LifetimeBalance.assertCollected(use.captured());
    }
  }

  // ---- functions of functions
  // -------------------------------------------------------------------------

  @ParameterizedTest
  @MethodSource("transforms")
  void outerFunctionWorksAfterItsInnerOneIsClosed(Transform transform) {
    try (Scope scope = Scope.open()) {
      ArrayFunction cube = x -> x.multiply(x).multiply(x).sum();
      TransformedFunction open = Transforms.grad(cube);
      TransformedFunction inner = Transforms.grad(cube);
      MlxArray x = MlxArray.of(2f);
      TransformedFunction outer = transform.apply(v -> inner.apply(v).sum());
      TransformedFunction direct = Transforms.compile(inner);
      float[] expected = transform.apply(v -> open.apply(v).sum()).apply(x).toFloatArray();
      assertArrayEquals(expected, outer.apply(x).toFloatArray());
      inner.close();
      assertEquals(12f, direct.apply(x).itemFloat(), "an outer function holds its inner one");
      assertThrows(
          IllegalStateException.class,
          () -> Transforms.grad(v -> inner.apply(v)).apply(x),
          "a lambda that calls a closed function gets what every caller gets");
    }
  }

  @Test
  void closingAnOuterFunctionLeavesItsInnerOneOpen() {
    try (Scope scope = Scope.open()) {
      TransformedFunction inner = Transforms.grad(x -> x.square());
      Transforms.compile(inner).close();
      assertEquals(6f, inner.apply(MlxArray.scalar(3f)).itemFloat());
    }
  }

  @Test
  void tenTransformsDeepEveryHandleButTheLastMayBeClosed() {
    try (MlxArray x = MlxArray.scalar(3f)) {
      TransformedFunction f = Transforms.compile(v -> v.add(1f));
      for (int i = 0; i < 10; i++) {
        try (TransformedFunction inner = f) {
          f = i % 2 == 0 ? Transforms.checkpoint(inner) : Transforms.compile(inner);
        }
      }
      try (TransformedFunction outermost = f;
          MlxArray y = outermost.apply(x)) {
        assertEquals(4f, y.itemFloat());
      }
    }
  }

  // ---- many
  // -------------------------------------------------------------------------------------------

  @Test
  void tenThousandLiveFunctionsAreAllRightAndThenAllGone() {
    int count = 10_000;
    Live before = Live.now();
    List<TransformedFunction> functions = new ArrayList<>();
    try (MlxArray x = MlxArray.scalar(2f)) {
      for (int i = 0; i < count; i++) {
        float factor = i;
        functions.add(
            switch (i % 3) {
              case 0 -> Transforms.grad(v -> v.multiply(factor));
              case 1 -> Transforms.compile(v -> v.multiply(factor).divide(2f));
              default -> Transforms.checkpoint(v -> v.multiply(factor).divide(2f));
            });
      }
      assertEquals(before.functions() + count, HandlesNative.live_functions());
      assertEquals(before.javaReferences() + count, HandlesNative.live_java_refs());
      for (int round = 0; round < 2; round++) {
        for (int i = 0; i < count; i++) {
          try (MlxArray y = functions.get(i).apply(x)) {
            assertEquals((float) i, y.itemFloat());
          }
        }
      }
    }
    for (int i = 0; i < count; i += 2) {
      functions.get(i).close();
    }
    assertEquals(before.functions() + count / 2, HandlesNative.live_functions());
    functions.clear();
    LifetimeBalance.assertBack(before);
  }

  @Test
  void hundredThousandForgottenArraysAreFreed() {
    int before = HandlesNative.live_arrays();
    for (int i = 0; i < 100_000; i++) {
      MlxArray.scalar(i);
    }
    assertTrue(LifetimeBalance.reached(() -> HandlesNative.live_arrays() == before));
  }

  @Test
  void forgottenResultsOfEveryKindAreFreed() {
    Live before = LifetimeBalance.settled();
    MlxArray x = MlxArray.of(1f, 2f, 3f, 4f);
    for (int i = 0; i < 100; i++) {
      x.split(2)[0].eval();
      x.add(1f).multiply(x).sum().itemFloat();
      Transforms.valueAndGrad(v -> v.square().sum()).apply(x).grad().toFloatArray();
      Transforms.vjp(v -> v.square(), x, x);
      Transforms.jvp(v -> v.square(), x, x).jvps()[0].eval();
      Transforms.vmap(v -> v.square()).apply(x);
      Transforms.compile(v -> v.square()).apply(x).eval();
    }
    x = null;
    LifetimeBalance.assertBack(before);
  }

  @Test
  void closedArraysGiveTheirMemoryBackAtOnce() {
    long before = Memory.getActiveMemory();
    MlxArray x = Ops.ones(1 << 20);
    x.eval();
    assertEquals(before + (4 << 20), Memory.getActiveMemory());
    MlxArray y = x.reshape(1 << 10, 1 << 10);
    y.eval();
    x.close();
    assertEquals(before + (4 << 20), Memory.getActiveMemory(), "the view holds the memory");
    y.close();
    assertEquals(before, Memory.getActiveMemory());
  }

  @Test
  void functionThatFailsAgainAndAgainKeepsNothing() {
    Live before = Live.now();
    RuntimeException mine = new RuntimeException("mine");
    boolean[] fail = {true};
    try (MlxArray x = MlxArray.scalar(3f);
        TransformedFunction f =
            Transforms.compile(
                v -> {
                  if (fail[0]) {
                    throw mine;
                  }
                  return v.square();
                });
        TransformedFunction g = Transforms.grad(f)) {
      Live open = Live.now();
      for (int i = 0; i < 10_000; i++) {
        assertSame(mine, assertThrows(RuntimeException.class, () -> f.apply(x)));
        assertSame(mine, assertThrows(RuntimeException.class, () -> g.apply(x)));
      }
      assertEquals(open, Live.now());
      fail[0] = false;
      try (MlxArray square = f.apply(x);
          MlxArray slope = g.apply(x)) {
        assertEquals(9f, square.itemFloat());
        assertEquals(6f, slope.itemFloat());
      }
    }
    LifetimeBalance.assertBack(before);
  }

  /**
   * Without fences the collector may close an array between its last use in Java and the native
   * call.
   */
  @Test
  void collectionNeverClosesWhatACallIsUsing() throws InterruptedException {
    AtomicBoolean done = new AtomicBoolean();
    Thread collector =
        new Thread(
            () -> {
              while (!done.get()) {
                System.gc();
              }
            });
    collector.setDaemon(true);
    collector.start();
    try {
      long end = System.nanoTime() + 3_000_000_000L;
      while (System.nanoTime() < end) {
        assertEquals(6f, MlxArray.of(1f, 2f).add(MlxArray.of(2f, 1f)).sum().itemFloat());
        assertEquals(4f, Ops.add(1f, MlxArray.scalar(2f)).add(1f).itemFloat());
        assertEquals(8f, MlxArray.scalar(true).where(MlxArray.scalar(8f), 7.0).itemFloat());
        assertEquals(7f, MlxArray.scalar(false).where(8.0, MlxArray.scalar(7f)).itemFloat());
        assertArrayEquals(
            new float[] {1, 2}, MlxArray.of(1f, 2f, 3f, 4f).split(2)[0].toFloatArray());
        assertEquals(3f, Ops.concatenate(MlxArray.of(1f), MlxArray.of(2f)).sum().itemFloat());
        assertEquals(6f, Transforms.grad(x -> x.square()).apply(MlxArray.scalar(3f)).itemFloat());
        assertEquals(
            9f,
            Transforms.compile(Transforms.checkpoint(x -> x.square()))
                .apply(MlxArray.scalar(3f))
                .itemFloat());
      }
    } finally {
      done.set(true);
      collector.join();
    }
  }
}
