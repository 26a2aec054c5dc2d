package org.mlx4j.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mlx4j.ArrayAssertions.assertSame;
import static org.mlx4j.ArrayAssertions.assertShape;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertValues;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mlx4j.ArraysFunction;
import org.mlx4j.InScope;
import org.mlx4j.MlxArray;
import org.mlx4j.MlxRandom;
import org.mlx4j.Ops;
import org.mlx4j.Transforms;
import org.mlx4j.tree.Models.Batch;
import org.mlx4j.tree.Models.Linear;
import org.mlx4j.tree.Models.Mlp;

/** checkpoint, vmap, vjp and jvp of functions of trees, and transforms of transforms. */
@ExtendWith(InScope.class)
class TreeTransformsTest {
  private final Mlp model = Models.mlp(0.1f);
  private final Batch batch = Models.batch();

  private static void assertSameTrees(Object expected, Object actual) {
    List<MlxArray> wanted = Trees.flatten(expected);
    List<MlxArray> found = Trees.flatten(actual);
    assertEquals(wanted.size(), found.size());
    for (int i = 0; i < wanted.size(); i++) {
      assertSame(wanted.get(i), found.get(i));
    }
  }

  // ---- checkpoint ------------------------------------------------------------------------------

  @Test
  void checkpointKeepsValueAndGradient() {
    int[] runs = {0};
    TreeBiFunction<Mlp, Batch, MlxArray> loss =
        Trees.checkpoint(
            (Mlp m, Batch b) -> {
              runs[0]++;
              return Models.loss(m, b);
            });
    assertSame(Models.loss(model, batch), loss.apply(model, batch));
    assertEquals(1, runs[0]);
    TreeValueAndGrad<Mlp> expected = Trees.valueAndGrad(Models::loss).apply(model, batch);
    TreeValueAndGrad<Mlp> actual = Trees.valueAndGrad(loss).apply(model, batch);
    assertSame(expected.value(), actual.value());
    assertSameTrees(expected.grad(), actual.grad());
    assertEquals(3, runs[0], "once more for the gradient");
    assertSameTrees(
        Transforms.grad(
                p ->
                    Transforms.checkpointArrays(
                            q -> new MlxArray[] {Models.flatLoss(model.slope(), q)})
                        .apply(p)[0],
                0,
                1,
                2,
                3)
            .apply(Models.flat(model, batch)),
        actual.grad());
  }

  @Test
  void checkpointsOfDifferentStaticValuesAreApart() {
    record Scaled(MlxArray x, float by) {}
    TreeFunction<Scaled, List<MlxArray>> f =
        Trees.checkpoint((Scaled s) -> List.of(s.x().multiply(s.by()).square(), s.x()));
    Function<MlxArray, MlxArray> sum =
        x -> {
          MlxArray first = f.apply(new Scaled(x, 2)).get(0);
          MlxArray second = f.apply(new Scaled(x, 3)).get(0);
          return first.add(second).sum();
        };
    assertValues(Trees.grad(sum).apply(MlxArray.of(1f, 2f)), 26, 52);
  }

  @Test
  void checkpointNeedsAResult() {
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Trees.checkpoint((MlxArray x) -> "static").apply(batch.x()),
        "[checkpoint] the function must return at least one array");
  }

  // ---- vmap ------------------------------------------------------------------------------------

  @Test
  void vmapMapsEveryArrayOfEveryArgument() {
    Mlp both =
        Trees.map(model, Models.mlp(0.1f), (a, b) -> Ops.stack(new MlxArray[] {a, b.add(1)}, 0));
    Batch twice = Trees.map(batch, a -> Ops.stack(new MlxArray[] {a, a.multiply(2)}, 0));
    MlxArray losses = Trees.vmap(Models::loss).apply(both, twice);
    assertShape(losses, 2);
    Mlp second = Trees.map(model, a -> a.add(1));
    Batch doubled = Trees.map(batch, a -> a.multiply(2));
    assertValues(
        losses, Models.loss(model, batch).itemDouble(), Models.loss(second, doubled).itemDouble());
  }

  @Test
  void vmapIsTheFlatForm() {
    ArraysFunction flat = xs -> new MlxArray[] {xs[0].matmul(xs[1]).add(xs[2]), xs[0].sum()};
    MlxArray x = Ops.arange(24.0).reshape(2, 3, 4);
    MlxArray w = Ops.arange(8.0).reshape(4, 2);
    MlxArray b = Ops.arange(2.0);
    int none = Transforms.NOT_MAPPED;
    MlxArray[] expected =
        Transforms.vmap(flat, new int[] {-2, none, none}, new int[] {0, 0}).apply(x, w, b);
    BiFunction<MlxArray, Linear, List<MlxArray>> typed =
        (a, l) -> List.of(a.matmul(l.w()).add(l.b()), a.sum());
    List<MlxArray> actual = Trees.vmap(typed, -2, none).apply(x, new Linear(w, b));
    assertSameTrees(expected, actual);
    assertShape(actual.get(0), 3, 2, 2);
  }

  @Test
  void vmapOfEveryArity() {
    MlxArray x = Ops.arange(6.0).reshape(2, 3);
    assertValues(Trees.vmap((MlxArray a) -> a.sum()).apply(x), 3, 12);
    assertValues(Trees.vmap((MlxArray a) -> a.sum(), 1).apply(x), 3, 5, 7);
    assertValues(Trees.vmap((MlxArray a, MlxArray b) -> a.multiply(b).sum()).apply(x, x), 5, 50);
    assertValues(
        Trees.vmap((MlxArray a, MlxArray b, String c) -> a.add(b).sum().add(c.length()), 0, 0, 0)
            .apply(x, x, "four"),
        10,
        28);
    assertValues(
        Trees.vmap((MlxArray a, MlxArray b, MlxArray c) -> a.add(b).add(c).sum()).apply(x, x, x),
        9,
        36);
  }

  @Test
  void vmapOfRandomKeys() {
    record Noisy(MlxArray x, MlxArray key) {}
    MlxArray keys = MlxRandom.split(MlxRandom.key(0), 3);
    MlxArray noisy =
        Trees.vmap((Noisy n) -> n.x().add(MlxRandom.normal(new int[] {2}, n.key())))
            .apply(new Noisy(Ops.zeros(3, 2), keys));
    for (int i = 0; i < 3; i++) {
      assertSame(MlxRandom.normal(new int[] {2}, keys.unstack()[i]), noisy.unstack()[i]);
    }
  }

  @Test
  void vmapKeepsStaticValuesAndNamesWhatDoesNotFit() {
    record Result(MlxArray y, Object tag) {}
    Result r = Trees.vmap((MlxArray x) -> new Result(x.sum(), "tag")).apply(Ops.ones(4, 2));
    assertValues(r.y(), 2, 2, 2, 2);
    assertEquals("tag", r.tag());
    TreeBiFunction<List<MlxArray>, Linear, MlxArray> f =
        Trees.vmap((List<MlxArray> xs, Linear l) -> xs.get(0).add(l.w()));
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> f.apply(List.of(Ops.ones(2, 3)), new Linear(Ops.ones(2, 3), Ops.ones(3))),
        "[vmap] argument 1, b: it has 3 slices along axis 0, but argument 0, [0] has 2");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> f.apply(List.of(Ops.ones(2)), new Linear(Ops.ones(2), MlxArray.scalar(1f))),
        "[vmap] argument 1, b: axis 0 is out of range for the shape []; a scalar has no axes");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Trees.vmap((MlxArray x) -> x, -3).apply(Ops.ones(2, 3)),
        "[vmap] argument 0: axis -3 is out of range for the shape [2, 3]; it must be from -2 to 1");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () ->
            Trees.vmap((String s, Linear l) -> l.w(), 0, Transforms.NOT_MAPPED)
                .apply("none", new Linear(Ops.ones(2), null)),
        "[vmap] no argument that inAxes [0, -2147483648] maps holds an array");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Trees.vmap((MlxArray x) -> x, 0, 1),
        "[vmap] inAxes [0, 1] must have one entry for each of the 1 argument");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Trees.vmap((MlxArray x) -> x, (int[]) null),
        "[vmap] inAxes is null");
  }

  // ---- vjp, jvp --------------------------------------------------------------------------------

  record Output(MlxArray y, List<MlxArray> more, String tag) {}

  private static Output output(Mlp m, Batch b) {
    MlxArray y = Models.predict(m, b.x());
    return new Output(y, List.of(y.square().sum(0), m.layers().get(0).b()), "tag");
  }

  private static MlxArray[] flatOutput(float slope, MlxArray... p) {
    Mlp m = new Mlp(List.of(new Linear(p[0], p[1]), new Linear(p[2], p[3])), slope);
    Output o = output(m, Models.batch());
    return new MlxArray[] {o.y(), o.more().get(0), o.more().get(1)};
  }

  @Test
  void vjpIsTheFlatForm() {
    Output cotangent = Trees.map(output(model, batch), x -> x.cos());
    MlxArray[] primals = Trees.flatten(model).toArray(MlxArray[]::new);
    org.mlx4j.Vjp expected =
        Transforms.vjp(
            p -> flatOutput(0.1f, p), primals, Trees.flatten(cotangent).toArray(MlxArray[]::new));
    TreeVjp<Output, Mlp> actual = Trees.vjp(TreeTransformsTest::output, model, batch, cotangent);
    assertSameTrees(expected.outputs(), actual.output());
    assertSameTrees(expected.vjps(), actual.vjp());
    assertEquals("tag", actual.output().tag());
    assertEquals(0.1f, actual.vjp().slope());
  }

  @Test
  void jvpIsTheFlatForm() {
    Mlp tangent = Trees.map(model, x -> x.cos());
    org.mlx4j.Jvp expected =
        Transforms.jvp(
            p -> flatOutput(0.1f, p),
            Trees.flatten(model).toArray(MlxArray[]::new),
            Trees.flatten(tangent).toArray(MlxArray[]::new));
    TreeJvp<Output> actual = Trees.jvp(TreeTransformsTest::output, model, batch, tangent);
    assertSameTrees(expected.outputs(), actual.output());
    assertSameTrees(expected.jvps(), actual.jvp());
    assertEquals("tag", actual.jvp().tag());
  }

  @Test
  void productsOfEveryArity() {
    MlxArray x = MlxArray.of(1f, 2f);
    MlxArray v = MlxArray.of(10f, 100f);
    Function<List<MlxArray>, MlxArray> square = a -> a.get(0).square();
    assertValues(Trees.vjp(square, List.of(x), v).vjp().get(0), 20, 400);
    assertValues(Trees.jvp(square, List.of(x), List.of(v)).jvp(), 20, 400);
    TriFunction<MlxArray, MlxArray, Integer, MlxArray> three =
        (a, b, c) -> a.multiply(b).multiply(c);
    assertValues(Trees.vjp(three, x, v, 3, v).vjp(), 300, 30000);
    assertValues(Trees.jvp(three, x, v, 3, v).jvp(), 300, 30000);
    assertValues(Trees.vjp(three, x, v, 3, v).output(), 30, 600);
  }

  @Test
  void productsNameWhatDoesNotFit() {
    Function<Linear, Map<String, MlxArray>> f = l -> Map.of("y", l.w().multiply(l.b()));
    Linear at = new Linear(Ops.ones(2), Ops.ones(2));
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Trees.vjp(f, at, Map.of("z", Ops.ones(2))),
        "[vjp] the result: found a map of [y], where the cotangent has a map of [z]");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Trees.vjp(f, at, Map.of("y", Ops.ones(3))),
        "[vjp] the cotangent, y: its shape [3] is not that of the same array in the result, [2]");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Trees.jvp(f, at, new Linear(Ops.ones(2), null)),
        "[jvp] the tangent, b: found null, where argument 0 has an array");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Trees.jvp(f, at, new Linear(Ops.ones(2), Ops.ones(1))),
        "[jvp] argument 0, b: its shape [2] is not that of the same array in the tangent, [1]");
    Linear integers = new Linear(Ops.ones(2), MlxArray.of(1, 2));
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Trees.jvp(f, integers, integers),
        "[jvp] argument 0, b: an array of dtype int32 has no gradient");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Trees.vjp(f, integers, Map.of("y", Ops.ones(2))),
        "[vjp] argument 0, b: an array of dtype int32 has no gradient");
    Linear closed = new Linear(Ops.ones(2), Ops.ones(2));
    closed.b().close();
    assertThrowsSaying(
        IllegalStateException.class,
        () -> Trees.vjp(f, closed, Map.of("y", Ops.ones(2))),
        "[vjp] argument 0, b: the array is closed");
    assertThrowsSaying(
        IllegalStateException.class,
        () -> Trees.jvp(f, at, closed),
        "[jvp] the tangent, b: the array is closed");
    assertThrowsSaying(
        IllegalStateException.class,
        () -> Trees.vjp(f, at, Map.of("y", closed.b())),
        "[vjp] the cotangent, y: the array is closed");
    Map<String, MlxArray> ab = new LinkedHashMap<>();
    ab.put("a", Ops.ones(2));
    ab.put("b", Ops.ones(2));
    Map<String, MlxArray> ba = new LinkedHashMap<>();
    ba.put("b", Ops.ones(2));
    ba.put("a", Ops.ones(2));
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Trees.vjp((Map<String, MlxArray> m) -> Trees.map(m, MlxArray::sin), ab, ba),
        "[vjp] the keys of a map have another order in the cotangent than in the result");
  }

  // ---- transforms of transforms ----------------------------------------------------------------

  static Stream<Arguments> everyTwoTransforms() {
    List<String> transforms = List.of("compile", "checkpoint", "grad", "vmap");
    return transforms.stream()
        .flatMap(outer -> transforms.stream().map(inner -> Arguments.of(outer, inner)));
  }

  /** Each keeps the function, or takes its gradient, for one row or for all rows at once. */
  private static Function<List<MlxArray>, List<MlxArray>> transformed(
      String transform, Function<List<MlxArray>, List<MlxArray>> f) {
    return switch (transform) {
      case "compile" -> Trees.compile(f);
      case "checkpoint" -> Trees.checkpoint(f);
      case "vmap" -> Trees.vmap(f);
      case "grad" ->
          Trees.grad((List<MlxArray> xs) -> f.apply(xs).get(0).sum().add(f.apply(xs).get(1).sum()));
      default -> throw new IllegalArgumentException(transform);
    };
  }

  private static ArraysFunction flatTransformed(String transform, ArraysFunction f) {
    return switch (transform) {
      case "compile" -> Transforms.compileArrays(f);
      case "checkpoint" -> Transforms.checkpointArrays(f);
      case "vmap" -> Transforms.vmap(f, new int[] {0, 0}, new int[] {0, 0});
      case "grad" -> Transforms.grad(xs -> f.apply(xs)[0].sum().add(f.apply(xs)[1].sum()), 0, 1);
      default -> throw new IllegalArgumentException(transform);
    };
  }

  @ParameterizedTest
  @MethodSource("everyTwoTransforms")
  void transformsNestAsTheFlatOnesDo(String outer, String inner) {
    MlxArray x = Ops.arange(24.0).divide(10).reshape(2, 3, 4);
    MlxArray y = Ops.arange(24.0).sin().reshape(2, 3, 4);
    ArraysFunction flat = xs -> new MlxArray[] {xs[0].sin().multiply(xs[1]), xs[1].power(3)};
    Function<List<MlxArray>, List<MlxArray>> typed =
        xs -> List.of(flat.apply(xs.get(0), xs.get(1)));
    MlxArray[] expected = flatTransformed(outer, flatTransformed(inner, flat)).apply(x, y);
    Function<List<MlxArray>, List<MlxArray>> nested = transformed(outer, transformed(inner, typed));
    for (int i = 0; i < 2; i++) {
      assertSameTrees(expected, nested.apply(List.of(x, y)));
    }
  }

  @Test
  void compiledStepsOfGradientsTrain() {
    TreeBiFunction<Mlp, Batch, TreeValueAndGrad<Mlp>> step = Trees.valueAndGrad(Models::loss);
    TreeBiFunction<Mlp, Batch, TreeValueAndGrad<Mlp>> compiled =
        Trees.compile(
            (Mlp m, Batch b) -> {
              TreeValueAndGrad<Mlp> r = step.apply(m, b);
              return new TreeValueAndGrad<>(
                  r.value(), Trees.map(m, r.grad(), (p, g) -> p.subtract(g.multiply(0.1))));
            });
    Mlp expected = model;
    Mlp actual = model;
    double first = Models.loss(model, batch).itemDouble();
    double last = first;
    for (int i = 0; i < 20; i++) {
      TreeValueAndGrad<Mlp> r = step.apply(expected, batch);
      expected = Trees.map(expected, r.grad(), (p, g) -> p.subtract(g.multiply(0.1)));
      TreeValueAndGrad<Mlp> c = compiled.apply(actual, batch);
      actual = c.grad();
      assertSame(r.value(), c.value());
      last = c.value().itemDouble();
    }
    assertSameTrees(expected, actual);
    assertTrue(last < 0.95 * first, first + " became " + last);
  }

  @Test
  void typedAndFlatTransformsMix() {
    TreeFunction<Linear, Linear> typed = Trees.grad((Linear l) -> l.w().multiply(l.b()).sum());
    MlxArray x = MlxArray.of(1f, 2f);
    MlxArray gradient =
        Transforms.grad(w -> typed.apply(new Linear(w, w.square())).w().sum()).apply(x);
    assertValues(gradient, 2, 4);
    MlxArray[] both =
        Transforms.compileArrays(
                xs -> {
                  Linear g = typed.apply(new Linear(xs[0], xs[1]));
                  return new MlxArray[] {g.w(), g.b()};
                })
            .apply(x, x.square());
    assertValues(both[0], 1, 4);
    assertValues(both[1], 1, 2);
    MlxArray hessian =
        Trees.vmap(
                (MlxArray v) ->
                    Transforms.jvp(Transforms.grad(a -> a.power(3).sum()), x, v).jvps()[0])
            .apply(Ops.eye(2));
    assertValues(hessian, 6, 0, 0, 12);
  }

  /** f_n(a) = a · f_(n-1)'(a), f_0(a) = a³ */
  @Test
  void aFunctionMayCallTransformedFormsOfItself() {
    assertValues(timesDerivative(3).apply(List.of(MlxArray.scalar(2f))), 27 * 8);
  }

  private static Function<List<MlxArray>, MlxArray> timesDerivative(int n) {
    return n == 0
        ? a -> a.get(0).power(3)
        : a -> a.get(0).multiply(Trees.grad(timesDerivative(n - 1)).apply(a).get(0));
  }

  @Test
  void aHundredTransformsNestAndNoMore() {
    Function<MlxArray, MlxArray> f = x -> x.sin();
    for (int i = 0; i < 100; i++) {
      f = i % 2 == 0 ? Trees.compile(f) : Trees.checkpoint(f);
    }
    assertSame(MlxArray.of(1f).sin(), f.apply(MlxArray.of(1f)));
    Function<MlxArray, MlxArray> deepest = f;
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Trees.vmap(deepest),
        "[vmap] at most 100 transforms of trees can be nested");
  }
}
