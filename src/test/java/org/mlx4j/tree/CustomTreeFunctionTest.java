package org.mlx4j.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mlx4j.ArrayAssertions.assertShape;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertValues;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.mlx4j.DType;
import org.mlx4j.InScope;
import org.mlx4j.LifetimeBalance;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.Scope;
import org.mlx4j.Transforms;

/** Custom functions of trees use their rules under every transform, and name what is wrong. */
@ExtendWith(InScope.class)
class CustomTreeFunctionTest {
  record Point(MlxArray x, MlxArray y, String name) {
    Point(MlxArray x, MlxArray y) {
      this(x, y, "p");
    }
  }

  private static final Point AT = null;

  private final Point at = new Point(MlxArray.of(1f, 2f, 3f), MlxArray.of(4f, 5f, 6f));
  private final MlxArray ones = Ops.ones(3);

  /** x·y, whose derivatives are said to be 100y and 1000x, and 7xy for all slices. */
  private static CustomTreeFunction.Builder<Point, MlxArray> product() {
    return CustomTreeFunction.of((Point p) -> p.x.multiply(p.y))
        .vjp((p, c, r) -> new Point(c.multiply(p.y).multiply(100), c.multiply(p.x).multiply(1000)))
        .jvp((p, t) -> t.x.multiply(p.y).multiply(100).add(t.y.multiply(p.x).multiply(1000)))
        .vmap(p -> p.x.multiply(p.y).multiply(7));
  }

  private static void assertGradient(Point g) {
    assertValues(g.x, 400, 500, 600);
    assertValues(g.y, 1000, 2000, 3000);
  }

  // ---- one tree ---------------------------------------------------------------------------------

  @Test
  void withoutRulesItIsTheFunction() {
    TreeFunction<Point, MlxArray> f = CustomTreeFunction.of((Point p) -> p.x.multiply(p.y)).build();
    assertValues(f.apply(at), 4, 10, 18);
    Point g = Trees.grad((Point p) -> f.apply(p).sum()).apply(at);
    assertValues(g.x, 4, 5, 6);
    assertValues(g.y, 1, 2, 3);
    assertValues(Trees.vmap(f).apply(at), 4, 10, 18);
  }

  @Test
  void rulesReplaceWhatTransformsDerive() {
    TreeFunction<Point, MlxArray> f = product().build();
    assertValues(f.apply(at), 4, 10, 18);
    assertGradient(Trees.grad((Point p) -> f.apply(p).sum()).apply(at));
    assertGradient(Trees.valueAndGrad((Point p) -> f.apply(p).sum()).apply(at).grad());
    assertGradient(Trees.vjp(f, at, ones).vjp());
    assertValues(Trees.jvp(f, at, new Point(ones, ones)).jvp(), 1400, 2500, 3600);
    assertValues(Trees.vmap(f).apply(at), 28, 70, 126);
    TreeFunction<Point, MlxArray> compiled = Trees.compile(f);
    assertValues(compiled.apply(at), 4, 10, 18);
    assertGradient(Trees.grad((Point p) -> compiled.apply(p).sum()).apply(at));
    assertGradient(Trees.compile(Trees.grad((Point p) -> f.apply(p).sum())).apply(at));
    TreeFunction<Point, MlxArray> checkpointed = Trees.checkpoint(f);
    assertGradient(Trees.grad((Point p) -> checkpointed.apply(p).sum()).apply(at));
    assertEquals("p", Trees.grad((Point p) -> f.apply(p).sum()).apply(at).name);
  }

  @Test
  void rulesHoldUnderTransformsOfArrays() {
    TreeFunction<Point, MlxArray> f = product().build();
    assertValues(
        Transforms.grad(x -> f.apply(new Point(x, at.y)).sum()).apply(at.x), 400, 500, 600);
    // the tangent of y is zero
    assertValues(
        Transforms.jvp(x -> f.apply(new Point(x, at.y)), at.x, ones).jvps()[0], 400, 500, 600);
    assertValues(
        Transforms.jvp(y -> f.apply(new Point(at.x, y)), at.y, ones).jvps()[0], 1000, 2000, 3000);
  }

  @Test
  void rulesRemainInForceUnderVmap() {
    TreeFunction<Point, MlxArray> f =
        CustomTreeFunction.of((Point p) -> p.x.multiply(p.y))
            .vjp((p, c, r) -> new Point(c.multiply(p.y).multiply(100), c.multiply(r)))
            .build();
    Point g = Trees.vmap(Trees.grad((Point p) -> f.apply(p))).apply(at);
    assertValues(g.x, 400, 500, 600);
    assertValues(g.y, 4, 10, 18);
    TreeFunction<Point, MlxArray> mapped = Trees.vmap(f);
    Point h = Trees.grad((Point p) -> mapped.apply(p).sum()).apply(at);
    assertValues(h.x, 400, 500, 600);
    assertValues(h.y, 4, 10, 18);
  }

  @Test
  void treesOfManyKindsComeAsTheyWent() {
    record Out(Map<String, MlxArray> named, int size) {}
    List<Object> seen = new ArrayList<>();
    TreeFunction<List<Point>, Out> f =
        CustomTreeFunction.of(
                (List<Point> ps) -> new Out(Map.of("sum", ps.get(0).x.add(ps.get(1).y)), ps.size()))
            .vjp(
                (ps, c, r) -> {
                  seen.add(ps.get(1).name + c.size + r.named.keySet());
                  MlxArray sum = c.named.get("sum");
                  return List.of(
                      new Point(sum, Ops.zerosLike(sum), "other names are static"),
                      new Point(Ops.zerosLike(sum), sum.multiply(3)));
                })
            .build();
    List<Point> two = List.of(at, new Point(at.y, at.x, "q"));
    List<Point> g = Trees.grad((List<Point> ps) -> f.apply(ps).named.get("sum").sum()).apply(two);
    assertValues(g.get(0).x, 1, 1, 1);
    assertValues(g.get(1).y, 3, 3, 3);
    assertEquals("q", g.get(1).name);
    assertEquals(List.of("q2[sum]"), seen);
    assertEquals(2, f.apply(two).size);
  }

  @Test
  void aResultMayChangeItsStructureWithTheShapes() {
    TreeFunction<MlxArray, List<MlxArray>> f =
        CustomTreeFunction.of(
                (MlxArray x) -> x.dim(0) > 2 ? List.of(x, x.multiply(2)) : List.of(x.exp()))
            .vjp((x, c, r) -> c.get(0).multiply(c.size()))
            .build();
    TreeFunction<MlxArray, MlxArray> g = Trees.grad((MlxArray x) -> f.apply(x).get(0).sum());
    assertValues(g.apply(at.x), 2, 2, 2);
    assertValues(g.apply(MlxArray.of(1f)), 1);
    assertValues(g.apply(at.y), 2, 2, 2);
  }

  @Test
  void resultsOfOneSizeAndOtherStructuresAreToldApart() {
    TreeFunction<MlxArray, Map<String, MlxArray>> f =
        CustomTreeFunction.of(
                (MlxArray x) -> Map.of(x.dim(0) > 2 ? "large" : "small", x.multiply(x)))
            .vjp((x, c, r) -> c.values().iterator().next().multiply(c.containsKey("large") ? 5 : 1))
            .jvp((x, t) -> Map.of(x.dim(0) > 2 ? "large" : "small", t.multiply(9)))
            .vmap(x -> Map.of(x.dim(1) > 2 ? "large" : "small", x.multiply(x)))
            .build();
    Function<MlxArray, MlxArray> sum = x -> f.apply(x).values().iterator().next().sum();
    MlxArray small = MlxArray.of(1f, 2f);
    assertValues(Trees.grad(sum).apply(small), 1, 1);
    assertValues(Trees.grad(sum).apply(at.x), 5, 5, 5);
    assertValues(Trees.grad(sum).apply(small), 1, 1);
    assertValues(Trees.jvp(f, small, small).jvp().get("small"), 9, 18);
    assertValues(Trees.jvp(f, at.x, at.x).jvp().get("large"), 9, 18, 27);
    assertValues(Trees.vmap(f).apply(small.reshape(1, 2)).get("small"), 1, 4);
    assertValues(Trees.vmap(f).apply(at.x.reshape(1, 3)).get("large"), 1, 4, 9);
  }

  @Test
  void slicesComeFirst() {
    List<String> seen = new ArrayList<>();
    TreeBiFunction<Point, MlxArray, MlxArray> f =
        CustomTreeFunction.of((Point p, MlxArray s) -> p.x.multiply(p.y).multiply(s))
            .vmap(
                (p, s) -> {
                  seen.add(Arrays.toString(p.x.shape()) + Arrays.toString(s.shape()));
                  return p.x.multiply(p.y).multiply(s);
                })
            .build();
    MlxArray rows = MlxArray.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    MlxArray r =
        Trees.vmap(f, 1, Transforms.NOT_MAPPED).apply(new Point(rows, rows), MlxArray.of(1f, 10f));
    assertShape(r, 3, 2);
    assertValues(r, 1, 160, 4, 250, 9, 360);
    assertEquals(List.of("[3, 2][3, 2]"), seen);
  }

  @Test
  void transformedFunctionsMayHaveRules() {
    TreeFunction<Point, MlxArray> f =
        CustomTreeFunction.of(Trees.compile((Point p) -> p.x.multiply(p.y)))
            .vjp((p, c, r) -> new Point(c, c))
            .build();
    assertValues(Trees.grad((Point p) -> f.apply(p).sum()).apply(at).y, 1, 1, 1);
    // a rule may apply transforms, and is differentiated by its own rules again
    TreeFunction<MlxArray, MlxArray> exp =
        CustomTreeFunction.of((MlxArray x) -> x.exp())
            .vjp((x, c, r) -> c.multiply(r).multiply(2))
            .build();
    assertValues(Trees.grad(Trees.grad(exp)).apply(MlxArray.scalar(0f)), 4);
  }

  // ---- two and three trees ----------------------------------------------------------------------

  @Test
  void rulesOfTwoTrees() {
    TreeBiFunction<Point, List<MlxArray>, MlxArray> f =
        CustomTreeFunction.of((Point p, List<MlxArray> s) -> p.x.multiply(p.y).multiply(s.get(0)))
            .vjp(
                (p, s, c, r) ->
                    new TreePair<>(new Point(c.multiply(2), c.multiply(3)), List.of(c.multiply(r))))
            .jvp((p, s, tp, ts) -> tp.x.add(tp.y.multiply(10)).add(ts.get(0).multiply(100)))
            .build();
    List<MlxArray> scale = List.of(MlxArray.of(1f, 10f, 100f));
    BiFunction<Point, List<MlxArray>, MlxArray> loss = (p, s) -> f.apply(p, s).sum();
    Point g = Trees.grad(loss).apply(at, scale);
    assertValues(g.x, 2, 2, 2);
    assertValues(g.y, 3, 3, 3);
    List<MlxArray> h =
        Trees.grad((List<MlxArray> s, Point p) -> f.apply(p, s).sum()).apply(scale, at);
    assertValues(h.get(0), 4, 100, 1800);
    assertValues(Trees.jvp(f, at, scale, new Point(ones, ones)).jvp(), 11, 11, 11);
    assertValues(
        Trees.jvp((List<MlxArray> s) -> f.apply(at, s), scale, List.of(ones)).jvp(), 100, 100, 100);
    assertValues(Trees.compile(f).apply(at, scale), 4, 100, 1800);
  }

  @Test
  void rulesOfThreeTrees() {
    TreeTriFunction<MlxArray, MlxArray, List<MlxArray>, MlxArray> f =
        CustomTreeFunction.of((MlxArray a, MlxArray b, List<MlxArray> c) -> a.add(b).add(c.get(0)))
            .vjp(
                (a, b, c, cotangent, r) ->
                    new TreeTriple<>(
                        cotangent.multiply(2),
                        cotangent.multiply(3),
                        List.of(cotangent.multiply(4))))
            .jvp((a, b, c, ta, tb, tc) -> ta.add(tb.multiply(10)).add(tc.get(0).multiply(100)))
            .vmap((a, b, c) -> a.multiply(1000))
            .build();
    List<MlxArray> list = List.of(at.x);
    assertValues(f.apply(at.x, at.y, list), 6, 9, 12);
    assertValues(
        Trees.grad((MlxArray a, MlxArray b, List<MlxArray> c) -> f.apply(a, b, c).sum())
            .apply(at.x, at.y, list),
        2,
        2,
        2);
    assertValues(
        Trees.grad((List<MlxArray> c) -> f.apply(at.x, at.y, c).sum()).apply(list).get(0), 4, 4, 4);
    assertValues(Trees.jvp(f, at.x, at.y, list, ones).jvp(), 1, 1, 1);
    assertValues(Trees.vmap(f).apply(at.x, at.y, list), 1000, 2000, 3000);
  }

  @Test
  void integersHaveCotangentsOfZeros() {
    TreeBiFunction<MlxArray, Map<String, MlxArray>, MlxArray> f =
        CustomTreeFunction.of((MlxArray x, Map<String, MlxArray> b) -> x.multiply(b.get("n")))
            .vjp((x, b, c, r) -> new TreePair<>(c.multiply(5), Trees.map(b, Ops::zerosLike)))
            .build();
    Map<String, MlxArray> batch = Map.of("n", MlxArray.of(1, 2, 3));
    MlxArray g =
        Trees.grad((MlxArray x, Map<String, MlxArray> b) -> f.apply(x, b).sum()).apply(at.x, batch);
    assertValues(g, 5, 5, 5);
  }

  // ---- builders ---------------------------------------------------------------------------------

  @Test
  void aBuiltFunctionKeepsItsRules() {
    CustomTreeFunction.Builder<Point, MlxArray> builder = product();
    TreeFunction<Point, MlxArray> first = builder.build();
    TreeFunction<Point, MlxArray> second = builder.vjp((p, c, r) -> new Point(c, c)).build();
    assertGradient(Trees.grad((Point p) -> first.apply(p).sum()).apply(at));
    first.close();
    assertValues(Trees.grad((Point p) -> second.apply(p).sum()).apply(at).x, 1, 1, 1);
    assertThrowsSaying(
        IllegalStateException.class, () -> first.apply(at), "[CustomTreeFunction]", "closed");
  }

  // ---- what is wrong with a rule ----------------------------------------------------------------

  private void gradientSays(
      Class<? extends Throwable> type,
      CustomTreeFunction.VjpRule<Point, MlxArray> rule,
      String... parts) {
    TreeFunction<Point, MlxArray> f =
        CustomTreeFunction.of((Point p) -> p.x.multiply(p.y)).vjp(rule).build();
    assertThrowsSaying(type, () -> Trees.grad((Point p) -> f.apply(p).sum()).apply(at), parts);
  }

  @Test
  void wrongResultsOfVjp() {
    Class<IllegalArgumentException> illegal = IllegalArgumentException.class;
    gradientSays(
        illegal,
        (p, c, r) -> AT,
        "[CustomTreeFunction] the result of the rule for vjp: found null",
        "argument 0 has a record");
    gradientSays(
        illegal,
        (p, c, r) -> new Point(c, null),
        "[CustomTreeFunction] the result of the rule for vjp, y: found null",
        "argument 0 has an array");
    gradientSays(
        illegal,
        (p, c, r) -> new Point(c, c.sum()),
        "[CustomTreeFunction] argument 0, y: the rule for vjp returned",
        "shape []",
        "shape [3]");
    gradientSays(
        illegal,
        (p, c, r) -> new Point(c.astype(DType.FLOAT16), c),
        "[CustomTreeFunction] argument 0, x: the rule for vjp",
        "float16",
        "float32");
    gradientSays(
        IllegalStateException.class,
        (p, c, r) -> {
          c.close();
          return new Point(p.x, c);
        },
        "[CustomTreeFunction] argument 0, y: the rule for vjp returned a closed array");
    TreeBiFunction<MlxArray, MlxArray, MlxArray> f =
        CustomTreeFunction.of((MlxArray a, MlxArray b) -> a.add(b))
            .vjp((a, b, c, r) -> null)
            .build();
    assertThrowsSaying(
        NullPointerException.class,
        () -> Trees.grad((MlxArray a) -> f.apply(a, a).sum()).apply(at.x),
        "[CustomTreeFunction.vjp] the rule returned null");
    TreeBiFunction<MlxArray, List<MlxArray>, MlxArray> g =
        CustomTreeFunction.of((MlxArray a, List<MlxArray> b) -> a.add(b.get(0)))
            .vjp((a, b, c, r) -> new TreePair<>(c, List.of(c, c)))
            .build();
    assertThrowsSaying(
        illegal,
        () -> Trees.grad((MlxArray a) -> g.apply(a, List.of(a)).sum()).apply(at.x),
        "[CustomTreeFunction] the result of the rule for vjp: found a list of 2",
        "argument 1 has a list of 1");
  }

  @Test
  void wrongResultsOfJvpAndVmap() {
    Class<IllegalArgumentException> illegal = IllegalArgumentException.class;
    CustomTreeFunction.Builder<MlxArray, List<MlxArray>> builder =
        CustomTreeFunction.of((MlxArray x) -> List.of(x, x.sum()));
    assertThrowsSaying(
        illegal,
        () -> Trees.jvp(builder.jvp((x, t) -> List.of(t)).build(), at.x, ones),
        "[CustomTreeFunction] the result of the rule for jvp: found a list of 1",
        "the result has a list of 2");
    assertThrowsSaying(
        illegal,
        () -> Trees.jvp(builder.jvp((x, t) -> List.of(t, t)).build(), at.x, ones),
        "[CustomTreeFunction] the result, [1]: the rule for jvp",
        "shape [3]",
        "shape []");
    assertThrowsSaying(
        illegal,
        () -> Trees.vmap(builder.vmap(x -> null).build()).apply(at.x),
        "[CustomTreeFunction] the result of the rule for vmap: found null");
    assertThrowsSaying(
        illegal,
        () -> Trees.vmap(builder.vmap(x -> List.of(x, x.sum())).build()).apply(at.x),
        "[CustomTreeFunction] the result, [1]: the rule for vmap",
        "shape []",
        "shape [3]");
  }

  @Test
  void aFunctionWithRulesReturnsSomething() {
    CustomTreeFunction.Builder<MlxArray, List<MlxArray>> builder =
        CustomTreeFunction.of((MlxArray x) -> List.<MlxArray>of());
    assertEquals(0, builder.build().apply(at.x).size());
    TreeFunction<MlxArray, List<MlxArray>> f = builder.vjp((x, c, r) -> x).build();
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> f.apply(at.x),
        "[CustomTreeFunction]",
        "returned none");
  }

  @Test
  void nullsAndClosedFunctions() {
    Class<NullPointerException> npe = NullPointerException.class;
    String name = "[CustomTreeFunction";
    assertThrowsSaying(npe, () -> CustomTreeFunction.of((Function<MlxArray, MlxArray>) null), name);
    assertThrowsSaying(
        npe, () -> CustomTreeFunction.of((BiFunction<MlxArray, MlxArray, MlxArray>) null), name);
    assertThrowsSaying(
        npe,
        () -> CustomTreeFunction.of((TriFunction<MlxArray, MlxArray, MlxArray, MlxArray>) null),
        name);
    CustomTreeFunction.Builder<MlxArray, MlxArray> one = CustomTreeFunction.of((MlxArray a) -> a);
    assertThrowsSaying(npe, () -> one.vjp(null), "[CustomTreeFunction.vjp] the rule is null");
    assertThrowsSaying(npe, () -> one.jvp(null), "[CustomTreeFunction.jvp] the rule is null");
    assertThrowsSaying(npe, () -> one.vmap(null), "[CustomTreeFunction.vmap] the rule is null");
    CustomTreeFunction.BiBuilder<MlxArray, MlxArray, MlxArray> two =
        CustomTreeFunction.of((MlxArray a, MlxArray b) -> a);
    assertThrowsSaying(npe, () -> two.vjp(null), "[CustomTreeFunction.vjp]");
    assertThrowsSaying(npe, () -> two.jvp(null), "[CustomTreeFunction.jvp]");
    assertThrowsSaying(npe, () -> two.vmap(null), "[CustomTreeFunction.vmap]");
    CustomTreeFunction.TriBuilder<MlxArray, MlxArray, MlxArray, MlxArray> three =
        CustomTreeFunction.of((MlxArray a, MlxArray b, MlxArray c) -> a);
    assertThrowsSaying(npe, () -> three.vjp(null), "[CustomTreeFunction.vjp]");
    assertThrowsSaying(npe, () -> three.jvp(null), "[CustomTreeFunction.jvp]");
    assertThrowsSaying(npe, () -> three.vmap(null), "[CustomTreeFunction.vmap]");
    TreeFunction<MlxArray, MlxArray> inner = Trees.compile((MlxArray a) -> a);
    CustomTreeFunction.Builder<MlxArray, MlxArray> ofClosed = CustomTreeFunction.of(inner);
    inner.close();
    assertThrowsSaying(
        IllegalStateException.class, ofClosed::build, "[CustomTreeFunction]", "is closed");
  }

  @Test
  void exceptionsOfRulesComeOutAsTheSameObject() {
    Error error = new Error("mine");
    TreeFunction<MlxArray, MlxArray> f =
        CustomTreeFunction.of((MlxArray a) -> a.square())
            .vjp(
                (a, c, r) -> {
                  throw error;
                })
            .build();
    TreeFunction<MlxArray, MlxArray> gradient = Trees.grad((MlxArray a) -> f.apply(a).sum());
    for (int i = 0; i < 5; i++) {
      assertSame(error, assertThrows(Error.class, () -> gradient.apply(at.x)));
    }
    assertValues(f.apply(at.x), 1, 4, 9);
  }

  // ---- lifetime ---------------------------------------------------------------------------------

  @Test
  void nothingIsLeft() {
    LifetimeBalance.Live before = LifetimeBalance.settled();
    for (int i = 0; i < 200; i++) {
      Scope.run(
          () -> {
            TreeFunction<Point, MlxArray> f = product().build();
            TreeFunction<Point, Point> g = Trees.grad((Point p) -> f.apply(p).sum());
            f.close();
            assertThrows(IllegalStateException.class, () -> g.apply(at));
            try (TreeFunction<Point, MlxArray> again = product().build();
                TreeFunction<Point, MlxArray> mapped = Trees.vmap(again)) {
              mapped.apply(at).eval();
              Trees.jvp(again, at, at).jvp().eval();
              Trees.vjp(again, at, ones).vjp().x.eval();
            }
          });
    }
    LifetimeBalance.Live after = LifetimeBalance.settled();
    // Less is possible: what earlier tests left behind may be collected meanwhile.
    assertTrue(after.functions() <= before.functions(), () -> before + ", then " + after);
    assertTrue(after.arrays() <= before.arrays(), () -> before + ", then " + after);
    assertTrue(after.javaReferences() <= before.javaReferences(), () -> before + ", then " + after);
  }
}
