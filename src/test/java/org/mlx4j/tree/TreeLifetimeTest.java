package org.mlx4j.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertValues;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.mlx4j.LifetimeBalance;
import org.mlx4j.Memory;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.Scope;
import org.mlx4j.TransformedFunction;
import org.mlx4j.Transforms;
import org.mlx4j.internal.HandlesNative;
import org.mlx4j.tree.Models.Batch;
import org.mlx4j.tree.Models.Linear;
import org.mlx4j.tree.Models.Mlp;

/** Who closes the arrays of trees and the functions of them, when, and that nothing is left. */
@ExtendWith(LifetimeBalance.class)
@SuppressWarnings("ArrayRecordComponent") // users' records are as they are
class TreeLifetimeTest {
  // ---- scopes ----------------------------------------------------------------------------------

  @Test
  void keptTreesOutliveTheirScope() {
    Mlp kept;
    MlxArray other;
    try (Scope outer = Scope.open()) {
      try (Scope inner = Scope.open()) {
        Mlp model = Models.mlp(0.5f);
        kept = inner.keep(model);
        assertSame(model, kept);
        other = MlxArray.scalar(1);
      }
      assertTrue(other.isClosed());
      assertTrue(Trees.flatten(kept).stream().noneMatch(MlxArray::isClosed));
    }
    assertTrue(Trees.flatten(kept).stream().allMatch(MlxArray::isClosed));
  }

  @Test
  void everyKindOfTreeIsKept() {
    record Everything(
        MlxArray[] array,
        Map<String, List<MlxArray>> map,
        Optional<MlxArray> optional,
        Set<MlxArray> set,
        TransformedFunction flat,
        TreeFunction<MlxArray, MlxArray> typed,
        Object nothing) {}
    Everything kept =
        Scope.run(
            () ->
                new Everything(
                    new MlxArray[] {MlxArray.scalar(1f), null},
                    Map.of("k", List.of(MlxArray.scalar(2f))),
                    Optional.of(MlxArray.scalar(3f)),
                    new HashSet<>(Set.of(MlxArray.scalar(4f))),
                    Transforms.grad(MlxArray::square),
                    Trees.grad((MlxArray x) -> x.square()),
                    null));
    MlxArray last = kept.set().iterator().next();
    try (Scope scope = Scope.open()) {
      assertValues(kept.array()[0], 1);
      assertValues(kept.map().get("k").get(0), 2);
      assertValues(kept.optional().orElseThrow(), 3);
      assertValues(last, 4);
      assertValues(kept.flat().apply(last), 8);
      assertValues(kept.typed().apply(last), 8);
    }
    last.close();
    Trees.close(List.of(kept.array()[0], kept.map(), kept.optional()));
    kept.flat().close();
    kept.typed().close();
  }

  @Test
  void resultsOfTypedTransformsAreKeptByRun() {
    TreeValueAndGrad<Linear> r =
        Scope.run(
            () ->
                Trees.valueAndGrad((Linear l) -> l.w().multiply(l.b()).sum())
                    .apply(new Linear(MlxArray.of(1f, 2f), MlxArray.scalar(3f))));
    assertValues(r.value(), 9);
    assertValues(r.grad().w(), 3, 3);
    assertValues(r.grad().b(), 3);
    Trees.close(r);
  }

  @Test
  void nothingIsATreeToKeepToo() {
    try (Scope scope = Scope.open()) {
      assertNull(scope.keep((Linear) null));
      assertEquals("static", scope.keep("static"));
    }
    Scope closed = Scope.open();
    closed.close();
    assertThrows(IllegalStateException.class, () -> closed.keep(List.of()));
  }

  @Test
  void handlesAreClosedByTheirScope() {
    int functions = HandlesNative.live_functions();
    TreeFunction<MlxArray, MlxArray> inside;
    TreeFunction<MlxArray, MlxArray> kept;
    try (Scope outer = Scope.open()) {
      try (Scope inner = Scope.open()) {
        inside = Trees.compile((MlxArray x) -> x.square());
        kept = inner.keep(Trees.compile((MlxArray x) -> x.add(1)));
        assertValues(inside.apply(MlxArray.scalar(3f)), 9);
        assertValues(kept.apply(MlxArray.scalar(3f)), 4);
      }
      assertTrue(inside.isClosed());
      assertFalse(kept.isClosed());
      assertValues(kept.apply(MlxArray.scalar(4f)), 5);
      assertEquals(functions + 1, HandlesNative.live_functions());
    }
    assertTrue(kept.isClosed());
    assertEquals(functions, HandlesNative.live_functions());
  }

  @Test
  void handlesOfScopesThatWereLeftOpenAreClosedToo() {
    TreeFunction<MlxArray, MlxArray> f;
    try (Scope outer = Scope.open()) {
      Scope.open();
      f = Trees.compile((MlxArray x) -> x.square());
    }
    assertTrue(f.isClosed());
  }

  @Test
  void handlesOfThreadsThatEndedAreClosed() throws InterruptedException {
    List<TreeFunction<MlxArray, MlxArray>> left = new ArrayList<>();
    Thread thread =
        new Thread(
            () -> {
              Scope.open();
              left.add(Trees.compile((MlxArray x) -> x.square()));
            });
    thread.start();
    thread.join();
    assertTrue(LifetimeBalance.reached(() -> left.get(0).isClosed()));
  }

  @Test
  void aScopeAroundALoopDoesNotCollectClosedHandles() {
    try (Scope scope = Scope.open();
        MlxArray x = MlxArray.scalar(2f)) {
      for (int i = 0; i < 10_000; i++) {
        try (TreeFunction<MlxArray, MlxArray> f = Trees.grad((MlxArray a) -> a.square())) {
          assertFalse(f.isClosed());
        }
      }
      assertValues(Trees.grad((MlxArray a) -> a.square()).apply(x), 4);
    }
  }

  @Test
  void handlesMadeInAFunctionAreClosedWhenItReturns() {
    List<TreeFunction<MlxArray, MlxArray>> inner = new ArrayList<>();
    try (Scope scope = Scope.open()) {
      MlxArray y =
          Trees.grad(
                  (MlxArray x) -> {
                    inner.add(Trees.compile((MlxArray a) -> a.power(3)));
                    return inner.get(0).apply(x);
                  })
              .apply(MlxArray.scalar(2f));
      assertValues(y, 12);
      assertTrue(inner.get(0).isClosed());
    }
  }

  // ---- functions that transforms run -----------------------------------------------------------

  @Test
  void intermediatesOfFunctionsAreReleased() {
    List<MlxArray> intermediates = new ArrayList<>();
    List<MlxArray> arguments = new ArrayList<>();
    try (Scope scope = Scope.open()) {
      TreeFunction<Linear, ValueAuxAndGrad<Linear, Linear>> f =
          Trees.valueAndGradWithAux(
              (Linear l) -> {
                arguments.addAll(Trees.flatten(l));
                Linear twice = Trees.map(l, x -> x.multiply(2));
                intermediates.addAll(Trees.flatten(twice));
                return new WithAux<>(twice.w().sum(), new Linear(l.w().add(1), twice.b()));
              });
      int before = HandlesNative.live_arrays();
      ValueAuxAndGrad<Linear, Linear> r =
          f.apply(new Linear(MlxArray.of(1f, 2f), MlxArray.scalar(3f)));
      assertEquals(before + 2 + 5, HandlesNative.live_arrays(), "two arguments, five results");
      assertValues(r.aux().b(), 6);
      assertTrue(intermediates.stream().allMatch(MlxArray::isClosed));
      assertTrue(arguments.stream().allMatch(MlxArray::isClosed));
    }
  }

  // ---- closing ---------------------------------------------------------------------------------

  @Test
  void closedFunctionsSaySo() {
    try (MlxArray x = MlxArray.scalar(1f)) {
      TreeFunction<MlxArray, MlxArray> f = Trees.compile((MlxArray a) -> a.square());
      f.apply(x).close();
      f.close();
      f.close();
      assertTrue(f.isClosed());
      assertThrowsSaying(
          IllegalStateException.class, () -> f.apply(x), "[compile] the function is closed");
      assertThrowsSaying(
          IllegalStateException.class,
          () -> Trees.grad(f),
          "[grad] the function to transform is closed");
    }
  }

  @Test
  void outerFunctionsHoldInnerOnes() {
    int functions = HandlesNative.live_functions();
    try (MlxArray x = MlxArray.scalar(3f)) {
      TreeFunction<MlxArray, MlxArray> inner = Trees.compile((MlxArray a) -> a.square());
      TreeFunction<MlxArray, MlxArray> outer = Trees.grad(inner);
      inner.close();
      for (int i = 0; i < 2; i++) {
        try (MlxArray y = outer.apply(x)) {
          assertValues(y, 6);
        }
      }
      outer.close();
      assertEquals(functions, HandlesNative.live_functions());
    }
  }

  @Test
  void closingTheOuterFunctionLeavesTheInnerOneOpen() {
    try (Scope scope = Scope.open()) {
      TreeFunction<MlxArray, MlxArray> inner = Trees.compile((MlxArray a) -> a.square());
      Trees.grad(inner).close();
      assertValues(inner.apply(MlxArray.scalar(3f)), 9);
    }
  }

  @Test
  void aFunctionMayCloseItself() {
    try (Scope scope = Scope.open()) {
      List<TreeFunction<MlxArray, MlxArray>> self = new ArrayList<>();
      self.add(
          Trees.grad(
              (MlxArray a) -> {
                self.get(0).close();
                return a.square();
              }));
      assertValues(self.get(0).apply(MlxArray.scalar(3f)), 6);
      assertTrue(self.get(0).isClosed());
    }
  }

  @Test
  void forgottenFunctionsAreCollected() {
    int functions = HandlesNative.live_functions();
    try (MlxArray x = MlxArray.scalar(3f)) {
      for (int i = 0; i < 10; i++) {
        Trees.compile((MlxArray a) -> a.square()).apply(x).close();
      }
    }
    assertTrue(LifetimeBalance.reached(() -> HandlesNative.live_functions() == functions));
  }

  @Test
  void functionsAreNotCollectedWhileTheyRun() {
    try (MlxArray x = MlxArray.scalar(3f)) {
      for (int i = 0; i < 20; i++) {
        MlxArray y =
            Trees.grad(
                    (MlxArray a) -> {
                      System.gc();
                      return Trees.checkpoint((MlxArray b) -> b.square()).apply(a);
                    })
                .apply(x);
        try (y) {
          assertValues(y, 6);
        }
      }
    }
  }

  // ---- many steps, many threads ----------------------------------------------------------------

  @Test
  void hundredThousandTypedStepsKeepNothing() {
    try (Scope scope = Scope.open()) {
      Linear model = new Linear(MlxArray.of(1f, 2f), MlxArray.scalar(0f));
      Batch batch = new Batch(MlxArray.of(new float[] {1, 2, 3, 4}, 2, 2), MlxArray.of(3f, 7f));
      TreeBiFunction<Linear, Batch, TreeValueAndGrad<Linear>> loss =
          Trees.valueAndGrad(
              (Linear l, Batch b) ->
                  b.x().matmul(l.w()).add(l.b()).subtract(b.y()).square().mean());
      TreeBiFunction<Linear, Batch, Linear> compiled =
          Trees.compile(
              (Linear l, Batch b) ->
                  Trees.map(l, loss.apply(l, b).grad(), (p, g) -> p.subtract(g.multiply(0.001f))));
      scope.keep(model);
      int arrays = 0;
      int functions = 0;
      long bytes = 0;
      for (int i = 0; i < 100_000; i++) {
        if (i == 1000) {
          arrays = HandlesNative.live_arrays();
          functions = HandlesNative.live_functions();
          bytes = Memory.getActiveMemory();
        }
        try (Scope step = Scope.open()) {
          Linear next =
              i % 2 == 0
                  ? compiled.apply(model, batch)
                  : Trees.map(
                      model,
                      loss.apply(model, batch).grad(),
                      (p, g) -> p.subtract(g.multiply(0.001f)));
          Trees.eval(next);
          Trees.close(model);
          model = step.keep(next);
        }
      }
      assertEquals(arrays, HandlesNative.live_arrays());
      assertEquals(functions, HandlesNative.live_functions());
      long growth = Memory.getActiveMemory() - bytes;
      assertTrue(growth < 4096, () -> growth + " bytes more");
      assertEquals(0, loss.apply(model, batch).value().itemDouble(), 1e-3);
    }
  }

  @Test
  void eightThreadsShareEveryHandle() throws Exception {
    try (Scope scope = Scope.open();
        TreeBiFunction<Mlp, Batch, TreeValueAndGrad<Mlp>> loss = Trees.valueAndGrad(Models::loss);
        TreeBiFunction<Mlp, Batch, TreeValueAndGrad<Mlp>> compiled = Trees.compile(loss);
        TreeBiFunction<Mlp, Batch, TreeValueAndGrad<Mlp>> checkpointed =
            Trees.valueAndGrad(Trees.checkpoint(Models::loss))) {
      Batch batch = Models.batch();
      List<Mlp> models = new ArrayList<>();
      List<double[]> expected = new ArrayList<>();
      for (int i = 0; i < 100; i++) { // more static values than recordings are kept
        models.add(Models.mlp(i / 100f));
        TreeValueAndGrad<Mlp> r = loss.apply(models.get(i), batch);
        expected.add(
            new double[] {r.value().itemDouble(), r.grad().layers().get(0).w().sum().itemDouble()});
      }
      List<TreeBiFunction<Mlp, Batch, TreeValueAndGrad<Mlp>>> all =
          List.of(loss, compiled, checkpointed);
      ExecutorService pool = Executors.newFixedThreadPool(8);
      try {
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
          int thread = t;
          tasks.add(
              () -> {
                for (int i = 0; i < 150; i++) {
                  int which = (i * 7 + thread * 13) % models.size();
                  try (Scope inside = Scope.open()) {
                    TreeValueAndGrad<Mlp> r = all.get(i % 3).apply(models.get(which), batch);
                    assertEquals(expected.get(which)[0], r.value().itemDouble(), 1e-5);
                    assertEquals(
                        expected.get(which)[1],
                        r.grad().layers().get(0).w().sum().itemDouble(),
                        1e-5);
                    assertEquals(which / 100f, r.grad().slope());
                  }
                }
                return null;
              });
        }
        for (Future<Void> result : pool.invokeAll(tasks)) {
          result.get();
        }
      } finally {
        pool.shutdown();
      }
    }
  }

  @Test
  void closingWhileOthersCallGivesResultsOrAnException() throws Exception {
    try (MlxArray x = Ops.ones(3).add(1)) {
      for (int round = 0; round < 20; round++) {
        TreeFunction<List<Object>, MlxArray> f =
            Trees.compile((List<Object> xs) -> ((MlxArray) xs.get(0)).square());
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
          List<Callable<Boolean>> tasks = new ArrayList<>();
          for (int t = 0; t < 3; t++) {
            tasks.add(
                () -> {
                  for (int i = 0; i < 200; i++) {
                    try (MlxArray y = f.apply(List.of(x, i))) {
                      assertValues(y, 4, 4, 4);
                    } catch (IllegalStateException e) {
                      assertEquals("[compile] the function is closed", e.getMessage());
                      return true;
                    }
                  }
                  return false;
                });
          }
          tasks.add(
              () -> {
                Thread.sleep(2);
                f.close();
                return true;
              });
          for (Future<Boolean> result : pool.invokeAll(tasks)) {
            result.get();
          }
        } finally {
          pool.shutdown();
        }
      }
    }
  }
}
