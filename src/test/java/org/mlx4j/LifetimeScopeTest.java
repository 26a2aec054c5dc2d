package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.mlx4j.internal.HandlesNative;

/** What a scope closes, when it does, and what it keeps. */
@ExtendWith(LifetimeBalance.class)
class LifetimeScopeTest {
  /** A new thread for each task. */
  private static final Executor NEW_THREAD = task -> new Thread(task).start();

  private static <T> T onAnotherThread(Supplier<T> task) {
    try {
      return CompletableFuture.supplyAsync(task, NEW_THREAD).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  @Test
  void everythingMadeInsideIsClosed() {
    List<MlxArray> arrays = new ArrayList<>();
    FunctionHandle f;
    int before = HandlesNative.live_arrays();
    try (Scope scope = Scope.open()) {
      for (int i = 0; i < 1000; i++) {
        arrays.add(MlxArray.scalar(i));
      }
      f = Transforms.compile(x -> x.square());
      assertEquals(before + 1000, HandlesNative.live_arrays());
    }
    assertEquals(before, HandlesNative.live_arrays());
    assertTrue(arrays.stream().allMatch(MlxArray::isClosed));
    assertTrue(f.isClosed());
  }

  @Test
  void scopesThatAThreadLeavesOpenAreClosedWhenItHasEnded() throws InterruptedException {
    int before = HandlesNative.live_arrays();
    Thread thread =
        new Thread(
            () -> {
              Scope.open();
              MlxArray.scalar(1);
              Scope.open();
              MlxArray.scalar(2);
            });
    thread.start();
    thread.join();
    assertEquals(before + 2, HandlesNative.live_arrays());
    LifetimeBalance.settled();
    assertEquals(before, HandlesNative.live_arrays());
  }

  @Test
  void whatWasMadeBeforeStaysOpen() {
    try (MlxArray before = MlxArray.scalar(1)) {
      try (Scope scope = Scope.open()) {
        assertSame(
            before, scope.keep(before), "keeping what is not the scope's own changes nothing");
        before.add(1);
      }
      assertEquals(1, before.itemInt());
    }
  }

  @Test
  void keptArrayMovesToTheOuterScope() {
    MlxArray kept;
    try (Scope outer = Scope.open()) {
      try (Scope inner = Scope.open()) {
        kept = inner.keep(MlxArray.scalar(3));
      }
      assertEquals(3, kept.itemInt());
    }
    assertTrue(kept.isClosed());
  }

  @Test
  void keptFunctionMovesToTheOuterScope() {
    TransformedFunction kept;
    try (Scope outer = Scope.open()) {
      try (Scope inner = Scope.open()) {
        kept = inner.keep(Transforms.grad(x -> x.square()));
      }
      assertEquals(6, kept.apply(MlxArray.scalar(3f)).itemInt());
    }
    assertTrue(kept.isClosed());
  }

  @Test
  void keptArrayWithoutOuterScopeLivesUntilItIsClosed() {
    MlxArray kept;
    try (Scope scope = Scope.open()) {
      kept = scope.keep(MlxArray.scalar(3).add(4));
    }
    assertEquals(7, kept.itemInt());
    kept.close();
    assertTrue(kept.isClosed());
  }

  @Test
  void keptArrayWithoutOuterScopeIsFreedWhenForgotten() {
    int before = HandlesNative.live_arrays();
    try (Scope scope = Scope.open()) {
      scope.keep(MlxArray.scalar(3), MlxArray.scalar(4));
    }
    assertTrue(LifetimeBalance.reached(() -> HandlesNative.live_arrays() == before));
  }

  @Test
  void keepReachesThroughScopesThatWereLeftOpenInside() {
    MlxArray kept;
    MlxArray other;
    try (Scope outer = Scope.open()) {
      Scope.open();
      kept = outer.keep(MlxArray.scalar(3));
      other = MlxArray.scalar(4);
    }
    assertEquals(3, kept.itemInt());
    kept.close();
    assertTrue(other.isClosed());
  }

  @Test
  void keptTwiceLeavesOnlyOnce() {
    MlxArray kept;
    try (Scope outer = Scope.open()) {
      try (Scope inner = Scope.open()) {
        kept = MlxArray.scalar(3);
        inner.keep(kept, kept);
      }
      assertEquals(3, kept.itemInt());
    }
    assertTrue(kept.isClosed());
  }

  @Test
  void keepingNothingIsRefused() {
    try (Scope scope = Scope.open()) {
      assertThrows(NullPointerException.class, () -> scope.keep((MlxArray) null));
      assertThrows(NullPointerException.class, () -> scope.keep((TransformedFunction) null));
    }
  }

  @Test
  void closedScopeKeepsNothing() {
    Scope scope = Scope.open();
    scope.close();
    try (MlxArray x = MlxArray.scalar(1)) {
      assertThrows(IllegalStateException.class, () -> scope.keep(x));
    }
  }

  @Test
  void closingTwiceIsHarmless() {
    try (Scope outer = Scope.open()) {
      Scope inner = Scope.open();
      inner.close();
      MlxArray x = MlxArray.scalar(1);
      inner.close();
      assertFalse(x.isClosed(), "the second close must not close what the outer scope owns");
    }
  }

  @Test
  void closingAnOuterScopeClosesTheInnerOnes() {
    Scope outer = Scope.open();
    Scope inner = Scope.open();
    MlxArray x = MlxArray.scalar(1);
    outer.close();
    assertTrue(x.isClosed());
    inner.close();
    try (MlxArray free = MlxArray.scalar(2)) {
      assertEquals(2, free.itemInt());
    }
  }

  @Test
  void scopeBelongsToItsThread() {
    try (Scope scope = Scope.open()) {
      MlxArray x = MlxArray.scalar(1);
      IllegalStateException closing =
          assertThrows(
              IllegalStateException.class,
              () ->
                  onAnotherThread(
                      () -> {
                        scope.close();
                        return null;
                      }));
      assertTrue(closing.getMessage().contains("another thread"), closing::getMessage);
      assertThrows(IllegalStateException.class, () -> onAnotherThread(() -> scope.keep(x)));
      assertFalse(x.isClosed());
    }
  }

  @Test
  void scopeOwnsOnlyWhatItsOwnThreadMakes() {
    MlxArray foreign;
    try (Scope scope = Scope.open()) {
      foreign = onAnotherThread(() -> MlxArray.scalar(5));
    }
    assertEquals(5, foreign.itemInt());
    foreign.close();
  }

  @Test
  void everyThreadHasItsOwnScopes() {
    MlxArray[] theirs = new MlxArray[1];
    try (Scope scope = Scope.open()) {
      MlxArray mine = MlxArray.scalar(1);
      onAnotherThread(
          () -> {
            try (Scope other = Scope.open()) {
              theirs[0] = mine.add(1);
              assertEquals(2, theirs[0].itemInt());
            }
            return null;
          });
      assertTrue(theirs[0].isClosed());
      assertEquals(1, mine.itemInt());
    }
  }

  @Test
  void intermediateResultMayBeClosedBeforeItsUserIsEvaluated() {
    try (Scope scope = Scope.open()) {
      MlxArray sum;
      try (Scope inner = Scope.open()) {
        MlxArray intermediate = MlxArray.of(1f, 2f).add(1f);
        sum = inner.keep(intermediate.sum());
      }
      assertEquals(5f, sum.itemFloat());
    }
  }

  // ---- Scope.run
  // ----------------------------------------------------------------------------------

  @Test
  void runReturnsAnArrayAndFreesTheRest() {
    MlxArray[] inside = new MlxArray[1];
    try (MlxArray result =
        Scope.run(
            () -> {
              inside[0] = MlxArray.scalar(2);
              return inside[0].add(1);
            })) {
      assertEquals(3, result.itemInt());
      assertTrue(inside[0].isClosed());
    }
  }

  @Test
  void runKeepsEveryArrayOfItsResult() {
    try (Scope outer = Scope.open()) {
      MlxArray x = MlxArray.scalar(3f);
      MlxArray[] many = Scope.run(() -> new MlxArray[] {x.add(1f), x.add(2f)});
      assertEquals(9f, many[0].itemFloat() + many[1].itemFloat());

      List<MlxArray> list = Scope.run(() -> List.of(x.add(1f), x.add(2f)));
      assertEquals(9f, list.get(0).itemFloat() + list.get(1).itemFloat());

      ValueAndGrad valueAndGrad =
          Scope.run(() -> Transforms.valueAndGrad(v -> v.square()).apply(x));
      assertEquals(9f, valueAndGrad.value().itemFloat());
      assertEquals(6f, valueAndGrad.grad().itemFloat());

      Vjp vjp = Scope.run(() -> Transforms.vjp(v -> v.square(), x, MlxArray.scalar(2f)));
      assertEquals(9f, vjp.outputs()[0].itemFloat());
      assertEquals(12f, vjp.vjps()[0].itemFloat());

      Jvp jvp = Scope.run(() -> Transforms.jvp(v -> v.square(), x, MlxArray.scalar(2f)));
      assertEquals(9f, jvp.outputs()[0].itemFloat());
      assertEquals(12f, jvp.jvps()[0].itemFloat());
    }
  }

  @Test
  void runKeepsAFunction() {
    try (TransformedFunction f = Scope.run(() -> Transforms.grad(x -> x.square()));
        MlxArray three = MlxArray.scalar(3f);
        MlxArray six = f.apply(three)) {
      assertEquals(6f, six.itemFloat());
    }
  }

  @Test
  void runReturnsAnyOtherObject() {
    assertEquals("3", Scope.run(() -> Integer.toString(MlxArray.scalar(1).add(2).itemInt())));
    assertNull(Scope.<Object>run(() -> null));
  }

  @Test
  void runWithoutResultFreesEverything() {
    MlxArray[] inside = new MlxArray[1];
    Scope.run(
        () -> {
          inside[0] = MlxArray.scalar(2);
        });
    assertTrue(inside[0].isClosed());
  }

  @Test
  void runFreesEverythingWhenItsActionThrows() {
    MlxArray[] inside = new MlxArray[1];
    RuntimeException thrown = new RuntimeException("mine");
    Supplier<MlxArray> failing =
        () -> {
          inside[0] = MlxArray.scalar(2);
          throw thrown;
        };
    assertSame(thrown, assertThrows(RuntimeException.class, () -> Scope.run(failing)));
    assertTrue(inside[0].isClosed());
  }

  // ---- callbacks
  // ----------------------------------------------------------------------------------

  @Test
  void argumentsAndIntermediatesEndWithTheCallback() {
    List<MlxArray> inside = new ArrayList<>();
    try (Scope scope = Scope.open()) {
      TransformedFunction f =
          Transforms.grad(
              x -> {
                MlxArray y = x.square();
                MlxArray z = y.multiply(x);
                inside.addAll(List.of(x, y, z));
                return z;
              });
      assertEquals(12f, f.apply(MlxArray.scalar(2f)).itemFloat());
      assertEquals(3, inside.size());
      for (MlxArray x : inside) {
        assertThrows(IllegalStateException.class, x::itemFloat);
      }
    }
  }

  @Test
  void returnedArrayStaysTheUsers() {
    try (Scope scope = Scope.open()) {
      MlxArray mine = MlxArray.scalar(5f);
      TransformedFunction f = Transforms.vmap(x -> mine);
      MlxArray result = f.apply(MlxArray.of(1f, 2f));
      assertNotSame(mine, result);
      assertArrayEquals(new float[] {5, 5}, result.toFloatArray());
      result.close();
      assertEquals(5f, mine.itemFloat());
    }
  }

  @Test
  void sameArrayMayBeReturnedTwice() {
    try (Scope scope = Scope.open()) {
      TransformedArraysFunction f =
          Transforms.compileArrays(xs -> new MlxArray[] {xs[0], xs[0], xs[0]});
      MlxArray[] results = f.apply(MlxArray.scalar(5f));
      results[0].close();
      results[1].close();
      assertEquals(5f, results[2].itemFloat());
    }
  }

  @Test
  void scopesLeftOpenInACallbackEndWithIt() {
    MlxArray[] inside = new MlxArray[1];
    try (Scope scope = Scope.open()) {
      Scope[] current = new Scope[1];
      MlxArray result =
          Transforms.grad(
                  x -> {
                    MlxArray y = x.square().multiply(3f);
                    current[0] = Scope.open();
                    Scope.open();
                    inside[0] = x.square();
                    return y;
                  })
              .apply(MlxArray.scalar(2f));
      assertEquals(12f, result.itemFloat());
      assertTrue(inside[0].isClosed());
      assertSame(scope, ThreadContext.current().scope);
      assertThrows(IllegalStateException.class, () -> current[0].keep(result));
    }
  }

  @Test
  void failedCallbackLeavesNothingAndNoOpenScope() {
    int before = HandlesNative.live_arrays();
    try (Scope scope = Scope.open();
        TransformedFunction f =
            Transforms.grad(
                x -> {
                  Scope.open();
                  throw new IllegalArgumentException(x.square().dtype().toString());
                })) {
      MlxArray x = MlxArray.scalar(2f);
      for (int i = 0; i < 100; i++) {
        assertThrows(IllegalArgumentException.class, () -> f.apply(x));
        assertSame(scope, ThreadContext.current().scope);
      }
      assertEquals(before + 1, HandlesNative.live_arrays());
    }
  }

  @Test
  void callbackThatClosesTheScopeAroundItGetsAnAnswer() {
    Scope outer = Scope.open();
    MlxArray mine;
    try (Scope inner = Scope.open()) {
      mine = inner.keep(inner.keep(MlxArray.scalar(5f)));
    }
    MlxArray x = onAnotherThread(() -> MlxArray.of(1f, 2f));
    TransformedFunction f =
        Transforms.vmap(
            v -> {
              outer.close();
              return x;
            });
    assertThrows(IllegalStateException.class, () -> f.apply(x));
    outer.close();
    assertTrue(mine.isClosed());
    x.close();
    assertNull(ThreadContext.current().scope);
  }

  // ---- long loops
  // ---------------------------------------------------------------------------------

  @Test
  void scopeAroundALongLoopThatClosesItsArraysDoesNotGrow() throws ReflectiveOperationException {
    try (Scope scope = Scope.open()) {
      MlxArray kept = MlxArray.scalar(1);
      for (int i = 0; i < 100_000; i++) {
        MlxArray.scalar(i).close();
      }
      Field handles = Scope.class.getDeclaredField("handles");
      handles.setAccessible(true);
      assertTrue(((long[]) handles.get(scope)).length <= 1024);
      assertEquals(1, kept.itemInt(), "what is open stays");
    }
  }

  @Test
  void nestedScopesCloseInTheOrderOfTheirNesting() {
    MlxArray[] made = new MlxArray[100];
    nest(made, 0);
    for (MlxArray x : made) {
      assertTrue(x.isClosed());
    }
  }

  private static void nest(MlxArray[] made, int level) {
    if (level == made.length) {
      return;
    }
    try (Scope scope = Scope.open()) {
      made[level] = MlxArray.scalar(level);
      nest(made, level + 1);
      for (int i = 0; i < made.length; i++) {
        assertEquals(i > level, made[i].isClosed());
      }
    }
  }
}
