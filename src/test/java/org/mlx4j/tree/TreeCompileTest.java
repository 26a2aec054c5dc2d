package org.mlx4j.tree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertValues;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.mlx4j.ArrayAssertions;
import org.mlx4j.DType;
import org.mlx4j.InScope;
import org.mlx4j.MlxArray;
import org.mlx4j.MlxRandom;
import org.mlx4j.Ops;
import org.mlx4j.Transforms;
import org.mlx4j.internal.HandlesNative;
import org.mlx4j.tree.Models.Batch;
import org.mlx4j.tree.Models.Mlp;

/** Compiled functions of trees: what is recorded, and for what. */
@ExtendWith(InScope.class)
@SuppressWarnings("ArrayRecordComponent") // users' records are as they are
class TreeCompileTest {
  private final MlxArray x = MlxArray.of(1f, 2f, 3f);
  private int traces;

  record Scaled(MlxArray x, Object factor) {}

  private MlxArray scale(Scaled s) {
    traces++;
    return s.x().multiply(((Number) s.factor()).doubleValue());
  }

  // ---- results ---------------------------------------------------------------------------------

  @Test
  void compiledFunctionsComputeTheSame() {
    Mlp model = Models.mlp(0.1f);
    Batch batch = Models.batch();
    TreeBiFunction<Mlp, Batch, MlxArray> loss = Trees.compile(Models::loss);
    MlxArray flat =
        Transforms.compileArrays(p -> new MlxArray[] {Models.flatLoss(0.1f, p)})
            .apply(Models.flat(model, batch))[0];
    for (int i = 0; i < 3; i++) {
      ArrayAssertions.assertSame(flat, loss.apply(model, batch));
    }
  }

  @Test
  void resultsAreTrees() {
    record Result(MlxArray sum, Map<String, List<MlxArray>> more, Optional<MlxArray> none, int n) {}
    TreeFunction<MlxArray, Result> f =
        Trees.compile(
            (MlxArray a) -> {
              traces++;
              List<MlxArray> more = Arrays.asList(a, null, a.add(1));
              return new Result(a.sum(), Map.of("k", more), Optional.empty(), a.dim(0));
            });
    for (int i = 0; i < 3; i++) {
      Result r = f.apply(x);
      assertValues(r.sum(), 6);
      assertValues(r.more().get("k").get(0), 1, 2, 3);
      assertNull(r.more().get("k").get(1));
      assertValues(r.more().get("k").get(2), 2, 3, 4);
      assertEquals(3, r.n());
    }
    assertEquals(1, traces);
  }

  @Test
  void threeArguments() {
    TreeTriFunction<List<MlxArray>, Double, MlxArray, MlxArray> f =
        Trees.compile(
            (List<MlxArray> a, Double b, MlxArray c) -> a.get(0).multiply(b).add(a.get(1)).add(c));
    assertValues(f.apply(List.of(x, x), 10.0, MlxArray.scalar(0.5f)), 11.5, 22.5, 33.5);
  }

  @Test
  void functionsWithoutArraysAreTreesToo() {
    TreeFunction<Integer, List<Integer>> f = Trees.compile((Integer n) -> List.of(n, n + 1));
    assertEquals(List.of(3, 4), f.apply(3));
    assertEquals(List.of(4, 5), f.apply(4));
    TreeFunction<Integer, MlxArray> ones = Trees.compile((Integer n) -> Ops.ones(n));
    assertValues(ones.apply(2), 1, 1);
    assertValues(ones.apply(3), 1, 1, 1);
    TreeFunction<MlxArray, MlxArray> nothing = Trees.compile((MlxArray a) -> (MlxArray) null);
    assertNull(nothing.apply(x));
  }

  // ---- when functions are recorded again

  @Test
  void changedStaticValuesAreNeverReused() {
    TreeFunction<Scaled, MlxArray> f = Trees.compile(this::scale);
    for (int round = 0; round < 3; round++) {
      for (Object factor : List.of(2, 3, 2.0, 2f, 2L, 0.0, -0.0)) {
        double by = ((Number) factor).doubleValue();
        assertValues(f.apply(new Scaled(x, factor)), by, 2 * by, 3 * by);
      }
    }
    assertEquals(7, traces, "one for each different value");
  }

  @Test
  void equalStaticValuesAreReused() {
    record Tagged(MlxArray x, String tag, List<Integer> sizes, int[] more) {}
    TreeFunction<Tagged, MlxArray> f =
        Trees.compile(
            (Tagged t) -> {
              traces++;
              return t.x().add(t.more()[0]);
            });
    for (int i = 0; i < 5; i++) {
      f.apply(new Tagged(x, new String("tag"), List.of(1000, 2000), new int[] {7}));
    }
    assertEquals(1, traces);
    int[] more = {7};
    f.apply(new Tagged(x, "tag", List.of(1000, 2000), more));
    more[0] = 8; // static values that can change are copied
    assertValues(f.apply(new Tagged(x, "tag", List.of(1000, 2000), more)), 9, 10, 11);
    assertEquals(2, traces);
    f.apply(new Tagged(x, "tag", List.of(1000, 2001), more));
    assertEquals(3, traces);
  }

  /** A set is one static value, which may have changed since the function was recorded. */
  @Test
  void changedCollectionsAreNotReused() {
    Set<Integer> factors = new HashSet<>(Set.of(2));
    record WithSet(MlxArray x, Set<Integer> factors) {}
    TreeFunction<WithSet, MlxArray> f =
        Trees.compile((WithSet w) -> w.x().multiply(w.factors().stream().mapToInt(i -> i).sum()));
    assertValues(f.apply(new WithSet(x, factors)), 2, 4, 6);
    factors.add(10);
    assertValues(f.apply(new WithSet(x, factors)), 12, 24, 36);
    factors.remove(2);
    assertValues(f.apply(new WithSet(x, factors)), 10, 20, 30);
  }

  @Test
  void changedStructuresAreNeverReused() {
    MlxArray y = MlxArray.of(10f);
    Map<String, MlxArray> xy = new LinkedHashMap<>();
    xy.put("a", x);
    xy.put("b", y);
    Map<String, MlxArray> yx = new LinkedHashMap<>();
    yx.put("b", x);
    yx.put("a", y);
    record Pair(Object a, Object b) {}
    record Couple(Object a, Object b) {}
    List<Object> trees =
        List.of(
            x,
            List.of(x),
            List.of(List.of(x)),
            new MlxArray[] {x},
            new Object[] {x},
            Optional.of(x),
            List.of(x, y),
            List.of(List.of(x), y),
            List.of(List.of(x, y)),
            xy,
            yx,
            new Pair(x, y),
            new Pair(x, null),
            new Pair(null, x),
            new Couple(x, y),
            new Pair(List.of(x, y), List.of()),
            new Pair(List.of(x), List.of(y)),
            Arrays.asList(x, null),
            List.of(x, Optional.empty()));
    List<String> recorded = new ArrayList<>();
    TreeFunction<Object, List<MlxArray>> f =
        Trees.compile(
            (Object tree) -> {
              recorded.add(String.valueOf(tree));
              return List.of(Ops.ones(recorded.size()));
            });
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < trees.size(); i++) {
        assertEquals(i + 1, f.apply(trees.get(i)).get(0).dim(0), trees.get(i).toString());
      }
    }
    assertEquals(trees.size(), recorded.size());
  }

  @Test
  void changedShapesAndDtypesAreRecordedAnew() {
    TreeFunction<Scaled, MlxArray> f = Trees.compile(this::scale);
    f.apply(new Scaled(x, 2));
    f.apply(new Scaled(x.reshape(3, 1), 2));
    f.apply(new Scaled(x.astype(DType.FLOAT16), 2));
    f.apply(new Scaled(x, 2));
    assertEquals(3, traces);
  }

  /** Two shapes of one structure give different structures of as many arrays. */
  @Test
  void resultsOfDifferentStructuresForDifferentShapesAreNotMixedUp() {
    record Named(String name, Object content) {}
    TreeFunction<MlxArray, Object> f =
        Trees.compile(
            (MlxArray a) ->
                switch (a.dim(0)) {
                  case 1 -> a.add(1);
                  case 2 -> List.of(a.add(2));
                  case 3 -> new Named("three", a.add(3));
                  case 4 -> new Named("four", a.add(4));
                  case 5 -> "static";
                  default -> List.of(a, a.add(6));
                });
    for (int round = 0; round < 3; round++) {
      assertValues((MlxArray) f.apply(Ops.zeros(1)), 1);
      assertValues((MlxArray) ((List<?>) f.apply(Ops.zeros(2))).get(0), 2, 2);
      Named three = (Named) f.apply(Ops.zeros(3));
      assertEquals("three", three.name());
      assertValues((MlxArray) three.content(), 3, 3, 3);
      Named four = (Named) f.apply(Ops.zeros(4));
      assertEquals("four", four.name());
      assertValues((MlxArray) four.content(), 4, 4, 4, 4);
      assertEquals("static", f.apply(Ops.zeros(5)));
      assertValues((MlxArray) ((List<?>) f.apply(Ops.zeros(6))).get(1), 6, 6, 6, 6, 6, 6);
    }
  }

  @Test
  void staticResultsThatFollowFromNothingAreRefusedInTheEnd() {
    TreeFunction<MlxArray, Integer> f = Trees.compile((MlxArray a) -> traces++);
    assertThrowsSaying(
        IllegalStateException.class,
        () -> {
          for (int i = 0; i < 400; i++) {
            f.apply(Ops.zeros(i));
          }
        },
        "[compile] the function returned more than 256 different results");
  }

  @Test
  void oldRecordingsMakeRoomForNewOnes() {
    int before = HandlesNative.live_functions();
    try (TreeFunction<Scaled, MlxArray> f = Trees.compile(this::scale)) {
      for (int i = 0; i < 1000; i++) {
        assertValues(f.apply(new Scaled(x, i)), i, 2 * i, 3 * i);
      }
      assertEquals(1000, traces);
      assertEquals(before + 64, HandlesNative.live_functions());
      f.apply(new Scaled(x, 999));
      assertEquals(1000, traces, "the last is still there");
      f.apply(new Scaled(x, 0));
      assertEquals(1001, traces, "the first is not");
    }
    assertEquals(before, HandlesNative.live_functions());
  }

  @Test
  void recordingsThatAreUsedStay() {
    TreeFunction<Scaled, MlxArray> f = Trees.compile(this::scale);
    f.apply(new Scaled(x, -1));
    for (int i = 0; i < 200; i++) {
      f.apply(new Scaled(x, i));
      f.apply(new Scaled(x, -1));
    }
    assertEquals(201, traces);
  }

  // ---- state, keys -----------------------------------------------------------------------------

  record State(Map<String, MlxArray> parameters, MlxArray step, MlxArray key) {}

  private static State step(State s, MlxArray batch) {
    MlxArray[] keys = MlxRandom.split(s.key());
    Map<String, MlxArray> next =
        Trees.map(
            s.parameters(),
            p -> p.add(MlxRandom.normal(p.shape(), keys[1])).subtract(batch.mean()));
    return new State(next, s.step().add(1), keys[0]);
  }

  @Test
  void stateGoesInAndComesOut() {
    Function<Boolean, State> train =
        compiled -> {
          State state =
              new State(Map.of("a", x, "b", Ops.ones(2, 2)), MlxArray.scalar(0), MlxRandom.key(3));
          TreeBiFunction<State, MlxArray, State> step = Trees.compile(TreeCompileTest::step);
          for (int i = 0; i < 10; i++) {
            MlxArray batch = Ops.ones(4).multiply(i);
            state = compiled ? step.apply(state, batch) : step(state, batch);
          }
          return state;
        };
    State expected = train.apply(false);
    State actual = train.apply(true);
    assertEquals(10, actual.step().itemInt());
    for (String name : List.of("a", "b")) {
      ArrayAssertions.assertSame(expected.parameters().get(name), actual.parameters().get(name));
    }
    assertArrayEquals(expected.key().toLongArray(), actual.key().toLongArray());
  }

  @Test
  void differentKeysGiveDifferentNumbersFromOneRecording() {
    TreeFunction<List<MlxArray>, MlxArray> f =
        Trees.compile(
            (List<MlxArray> t) -> {
              traces++;
              return t.get(0).add(MlxRandom.normal(new int[] {3}, t.get(1)));
            });
    float[] first = f.apply(List.of(x, MlxRandom.key(1))).toFloatArray();
    float[] second = f.apply(List.of(x, MlxRandom.key(2))).toFloatArray();
    assertEquals(1, traces);
    assertTrue(!Arrays.equals(first, second));
    assertArrayEquals(first, f.apply(List.of(x, MlxRandom.key(1))).toFloatArray());
  }

  // ---- errors ----------------------------------------------------------------------------------

  @Test
  void closedArraysAreNamed() {
    TreeFunction<Map<String, MlxArray>, MlxArray> f =
        Trees.compile((Map<String, MlxArray> m) -> m.get("a").add(m.get("b c")));
    MlxArray closed = Ops.ones(3);
    closed.close();
    assertThrowsSaying(
        IllegalStateException.class,
        () -> f.apply(Map.of("a", x, "b c", closed)),
        "[compile] argument 0, [\"b c\"]: the array is closed");
    assertThrowsSaying(
        IllegalStateException.class,
        () -> Trees.compile((MlxArray a) -> List.of(a, closed)).apply(x),
        "[compile] the result, [1]: the array is closed");
  }

  @Test
  void functionsThatFailAreRunAgain() {
    IllegalStateException mine = new IllegalStateException("mine");
    boolean[] fails = {true};
    TreeFunction<Scaled, MlxArray> f =
        Trees.compile(
            (Scaled s) -> {
              if (fails[0]) {
                throw mine;
              }
              return s.x().add(1);
            });
    assertSame(mine, assertThrows(IllegalStateException.class, () -> f.apply(new Scaled(x, 1))));
    fails[0] = false;
    assertValues(f.apply(new Scaled(x, 1)), 2, 3, 4);
  }

  @Test
  void valuesCannotBeReadWhileRecording() {
    assertThrows(
        IllegalArgumentException.class,
        () -> Trees.compile((MlxArray a) -> a.sum().itemFloat()).apply(x));
  }

  @Test
  void disabledCompilationRunsTheFunctionEachTime() {
    TreeFunction<Scaled, MlxArray> f = Trees.compile(this::scale);
    Transforms.disableCompile();
    try {
      for (int i = 0; i < 3; i++) {
        assertValues(f.apply(new Scaled(x, 2)), 2, 4, 6);
      }
      assertEquals(3, traces);
    } finally {
      Transforms.enableCompile();
    }
  }
}
