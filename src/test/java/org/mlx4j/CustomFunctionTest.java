package org.mlx4j;

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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Custom functions use their rules under every transform, and say what is wrong with a rule. */
@ExtendWith(InScope.class)
class CustomFunctionTest {
  private static final int NOT_MAPPED = Transforms.NOT_MAPPED;

  private final MlxArray x = MlxArray.of(1f, 2f, 3f);
  private final MlxArray y = MlxArray.of(4f, 5f, 6f);

  private static MlxArray[] arrays(MlxArray... xs) {
    return xs;
  }

  /** x², whose derivative is claimed to be 10x. */
  private static TransformedArraysFunction square() {
    return CustomFunction.ofArrays(xs -> arrays(xs[0].square()))
        .vjp(
            (primals, cotangents, outputs) ->
                arrays(cotangents[0].multiply(primals[0]).multiply(10f)))
        .jvp((primals, tangents, argnums) -> arrays(tangents[0].multiply(primals[0]).multiply(10f)))
        .build();
  }

  /** x·y, whose derivatives are claimed to be 100y and 1000x. */
  private static TransformedArraysFunction product() {
    return CustomFunction.ofArrays(xs -> arrays(xs[0].multiply(xs[1])))
        .vjp(
            (primals, cotangents, outputs) ->
                arrays(
                    cotangents[0].multiply(primals[1]).multiply(100f),
                    cotangents[0].multiply(primals[0]).multiply(1000f)))
        .build();
  }

  // ---- without rules ----------------------------------------------------------------------------

  @Test
  void withoutRulesItIsTheFunction() {
    TransformedArraysFunction f =
        CustomFunction.ofArrays(xs -> arrays(xs[0].square(), xs[0].sin())).build();
    assertValues(f.apply(x)[0], 1, 4, 9);
    assertEquals(2, f.apply(x).length);
    assertValues(Transforms.grad(a -> f.apply(a)[0].sum()).apply(x), 2, 4, 6);
    assertValues(Transforms.jvp(f, arrays(x), arrays(x)).jvps()[0], 2, 8, 18);
    assertValues(Transforms.vmap(f, new int[] {0}, new int[] {0, 0}).apply(x)[0], 1, 4, 9);
  }

  @Test
  void missingRulesAreTheFunctionsOwn() {
    TransformedArraysFunction onlyJvp =
        CustomFunction.ofArrays(xs -> arrays(xs[0].square().multiply(xs[1])))
            .jvp((primals, tangents, argnums) -> arrays(primals[0].multiply(0f)))
            .build();
    assertValues(
        Transforms.grad((a, b) -> onlyJvp.apply(a, b)[0].sum(), 0).apply(x, y)[0], 8, 20, 36);
    assertValues(Transforms.jvp(onlyJvp, arrays(x, y), arrays(x, y)).jvps()[0], 0, 0, 0);
    TransformedArraysFunction onlyVjp = product();
    assertValues(Transforms.jvp(onlyVjp, arrays(x, y), arrays(x, y)).jvps()[0], 8, 20, 36);
    // the tangent of y is zero: only the first argument is differentiated
    assertValues(
        Transforms.jvp(a -> onlyVjp.apply(a, y)[0], x, MlxArray.of(1f, 1f, 1f)).jvps()[0], 4, 5, 6);
    assertValues(
        Transforms.vmap(onlyVjp, new int[] {0, 0}, new int[] {0}).apply(x, y)[0], 4, 10, 18);
  }

  // ---- with rules -------------------------------------------------------------------------------

  @Test
  void rulesReplaceTheDerivatives() {
    TransformedArraysFunction f = square();
    assertValues(f.apply(x)[0], 1, 4, 9);
    assertValues(Transforms.grad(a -> f.apply(a)[0].sum()).apply(x), 10, 20, 30);
    assertValues(Transforms.vjp(f, arrays(x), arrays(y)).vjps()[0], 40, 100, 180);
    assertValues(Transforms.jvp(f, arrays(x), arrays(y)).jvps()[0], 40, 100, 180);
    ValueAndGrad both = Transforms.valueAndGrad(a -> f.apply(a)[0].sum()).apply(x);
    assertValues(both.value(), 14);
    assertValues(both.grad(), 10, 20, 30);
  }

  @Test
  void theRuleSeesPrimalsCotangentsAndOutputs() {
    TransformedArraysFunction f =
        CustomFunction.ofArrays(xs -> arrays(xs[0].add(xs[1]), xs[0].multiply(xs[1]), xs[0].exp()))
            .vjp(
                (primals, cotangents, outputs) -> {
                  assertEquals(2, primals.length);
                  assertEquals(3, cotangents.length);
                  assertEquals(3, outputs.length);
                  return arrays(
                      outputs[0].add(cotangents[1]), outputs[1].add(primals[1]).add(cotangents[2]));
                })
            .build();
    Vjp r = Transforms.vjp(f, arrays(x, y), arrays(x, x.multiply(10f), x.multiply(100f)));
    assertValues(r.vjps()[0], 15, 27, 39);
    assertValues(r.vjps()[1], 108, 215, 324);
  }

  @Test
  void theRuleForJvpKnowsWhichTangentsThereAre() {
    List<String> seen = new ArrayList<>();
    TransformedArraysFunction f =
        CustomFunction.ofArrays(xs -> arrays(xs[0].add(xs[1])))
            .jvp(
                (primals, tangents, argnums) -> {
                  seen.add(primals.length + " " + tangents.length + " " + Arrays.toString(argnums));
                  return arrays(tangents[0]);
                })
            .build();
    Transforms.jvp(f, arrays(x, y), arrays(x, y));
    Transforms.jvp(a -> f.apply(y, a)[0], x, x);
    assertEquals(List.of("2 2 [0, 1]", "2 1 [1]"), seen);
  }

  @Test
  void theRuleForVmapIsUsed() {
    List<String> seen = new ArrayList<>();
    TransformedArraysFunction f =
        CustomFunction.ofArrays(xs -> arrays(xs[0].multiply(xs[1])))
            .vmap(
                (inputs, axes) -> {
                  seen.add(Arrays.toString(axes));
                  return new BatchedArrays(
                      arrays(inputs[0].transpose().multiply(inputs[1]).multiply(10f)),
                      new int[] {1});
                })
            .build();
    MlxArray rows = MlxArray.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    MlxArray scale = MlxArray.scalar(2f);
    MlxArray r = Transforms.vmap(f, new int[] {0, NOT_MAPPED}, new int[] {0}).apply(rows, scale)[0];
    assertShape(r, 2, 3);
    assertValues(r, 20, 40, 60, 80, 100, 120);
    assertEquals(List.of("[0, " + NOT_MAPPED + "]"), seen);
  }

  @Test
  void anOutputOfTheRuleForVmapNeedNotBeMapped() {
    TransformedArraysFunction f =
        CustomFunction.ofArrays(xs -> arrays(xs[0].sum(), xs[0].square()))
            .vmap(
                (inputs, axes) ->
                    new BatchedArrays(
                        arrays(MlxArray.scalar(7f), inputs[0].square()),
                        new int[] {NOT_MAPPED, axes[0] - 2}))
            .build();
    MlxArray rows = MlxArray.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    MlxArray[] r = Transforms.vmap(f, new int[] {1}, new int[] {0, 1}).apply(rows);
    assertValues(r[0], 7, 7, 7);
    assertShape(r[1], 2, 3);
    assertValues(r[1], 1, 4, 9, 16, 25, 36);
  }

  // ---- under every transform --------------------------------------------------------------------

  @Test
  void underCompile() {
    TransformedArraysFunction f = square();
    ArrayFunction loss = a -> f.apply(a)[0].sum();
    for (boolean shapeless : new boolean[] {false, true}) {
      TransformedFunction compiled = Transforms.compile(a -> f.apply(a)[0], shapeless);
      assertValues(compiled.apply(x), 1, 4, 9);
      assertValues(compiled.apply(MlxArray.of(5f)), 25);
      assertValues(Transforms.grad(a -> compiled.apply(a).sum()).apply(x), 10, 20, 30);
    }
    TransformedFunction gradient = Transforms.compile(Transforms.grad(loss));
    assertValues(gradient.apply(x), 10, 20, 30);
    assertValues(gradient.apply(y), 40, 50, 60);
  }

  @Test
  void underCheckpoint() {
    TransformedArraysFunction f = square();
    TransformedArraysFunction checkpointed = Transforms.checkpointArrays(f);
    assertValues(checkpointed.apply(x)[0], 1, 4, 9);
    assertValues(Transforms.grad(a -> checkpointed.apply(a)[0].sum()).apply(x), 10, 20, 30);
    TransformedArraysFunction around =
        CustomFunction.ofArrays(checkpointed).vjp((p, c, o) -> arrays(c[0].multiply(3f))).build();
    assertValues(Transforms.grad(a -> around.apply(a)[0].sum()).apply(x), 3, 3, 3);
  }

  @Test
  void vmapOfGradAndGradOfVmap() {
    TransformedArraysFunction f = square();
    assertValues(Transforms.vmap(Transforms.grad(a -> f.apply(a)[0])).apply(x), 10, 20, 30);
    TransformedArraysFunction mapped = Transforms.vmap(f, new int[] {0}, new int[] {0});
    assertValues(Transforms.grad(a -> mapped.apply(a)[0].sum()).apply(x), 10, 20, 30);
    assertValues(Transforms.jvp(mapped, arrays(x), arrays(y)).jvps()[0], 40, 100, 180);
    TransformedArraysFunction twice = Transforms.vmap(mapped, new int[] {1}, new int[] {1});
    MlxArray rows = MlxArray.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    assertValues(Transforms.grad(a -> twice.apply(a)[0].sum()).apply(rows), 10, 20, 30, 40, 50, 60);
    assertValues(
        Transforms.jvp(twice, arrays(rows), arrays(rows)).jvps()[0], 10, 40, 90, 160, 250, 360);
  }

  @Test
  void theGradientOfAnArgumentThatIsNotMappedIsTheSum() {
    TransformedArraysFunction f = product();
    MlxArray rows = MlxArray.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    TransformedArraysFunction mapped = Transforms.vmap(f, new int[] {1, NOT_MAPPED}, new int[] {0});
    MlxArray pair = MlxArray.of(10f, 20f);
    assertValues(mapped.apply(rows, pair)[0], 10, 80, 20, 100, 30, 120);
    MlxArray[] g = Transforms.grad((a, b) -> mapped.apply(a, b)[0].sum(), 0, 1).apply(rows, pair);
    assertShape(g[0], 2, 3);
    assertValues(g[0], 1000, 1000, 1000, 2000, 2000, 2000);
    assertValues(g[1], 6000, 15000);
  }

  @Test
  void vmapOverWhatIsCaptured() {
    MlxArray fixed = MlxArray.of(1f, 1f);
    TransformedFunction f =
        Transforms.vmap(
            a -> {
              TransformedArraysFunction inner =
                  CustomFunction.ofArrays(xs -> arrays(xs[0].multiply(a)))
                      .vjp((p, c, o) -> arrays(c[0]))
                      .build();
              return inner.apply(fixed)[0];
            });
    assertValues(f.apply(x), 1, 1, 2, 2, 3, 3);
  }

  @Test
  void gradOfGrad() {
    TransformedArraysFunction f = square();
    ArrayFunction first = Transforms.grad(a -> f.apply(a)[0].sum());
    assertValues(Transforms.grad(a -> first.apply(a).sum()).apply(x), 10, 10, 10);
    // the rule's use of the outputs is differentiated by the rule again: g = 2·f, g' = 2·g = 4·f
    TransformedArraysFunction exp =
        CustomFunction.ofArrays(xs -> arrays(xs[0].exp()))
            .vjp((p, c, o) -> arrays(c[0].multiply(o[0]).multiply(2f)))
            .build();
    ArrayFunction firstOfExp = Transforms.grad(a -> exp.apply(a)[0].sum());
    double e = Math.E;
    assertValues(
        Transforms.grad(a -> firstOfExp.apply(a).sum()).apply(MlxArray.of(0f, 1f)), 4, 4 * e);
  }

  @Test
  void customInsideCustom() {
    TransformedArraysFunction inner = square();
    TransformedArraysFunction plainOuter =
        CustomFunction.ofArrays(xs -> arrays(inner.apply(xs[0])[0].multiply(2f))).build();
    assertValues(Transforms.grad(a -> plainOuter.apply(a)[0].sum()).apply(x), 20, 40, 60);
    TransformedArraysFunction outer =
        CustomFunction.ofArrays(inner)
            .vjp(
                (primals, cotangents, outputs) ->
                    arrays(
                        Transforms.vjp(inner, primals, cotangents)
                            .vjps()[0]
                            .add(1f)
                            .add(Transforms.grad(a -> a.square().sum()).apply(primals[0]))))
            .build();
    assertValues(Transforms.grad(a -> outer.apply(a)[0].sum()).apply(x), 13, 25, 37);
    assertValues(
        Transforms.compile(Transforms.grad(a -> outer.apply(a)[0].sum())).apply(x), 13, 25, 37);
  }

  // ---- builders ---------------------------------------------------------------------------------

  @Test
  void aBuiltFunctionKeepsItsRules() {
    CustomFunction.ArraysBuilder builder =
        CustomFunction.ofArrays(xs -> arrays(xs[0].square())).vjp((p, c, o) -> arrays(c[0]));
    TransformedArraysFunction first = builder.build();
    TransformedArraysFunction second = builder.vjp((p, c, o) -> c).build();
    TransformedArraysFunction third = builder.vjp((p, c, o) -> arrays(c[0].multiply(3))).build();
    assertValues(Transforms.grad(a -> first.apply(a)[0].sum()).apply(x), 1, 1, 1);
    first.close();
    assertValues(Transforms.grad(a -> second.apply(a)[0].sum()).apply(x), 1, 1, 1);
    assertValues(Transforms.grad(a -> third.apply(a)[0].sum()).apply(x), 3, 3, 3);
  }

  @Test
  void buildingTwiceGivesTwoFunctions() {
    CustomFunction.Builder builder = CustomFunction.of(a -> a.square());
    TransformedFunction first = builder.build();
    TransformedFunction second = builder.build();
    first.close();
    assertTrue(first.isClosed());
    assertValues(second.apply(x), 1, 4, 9);
    CustomFunction.BiBuilder ofTwo = CustomFunction.of((a, b) -> a.add(b));
    TransformedBiFunction plain = ofTwo.build();
    TransformedBiFunction ruled = ofTwo.vjp((a, b, c, o) -> arrays(c, c.multiply(7))).build();
    assertValues(Transforms.grad((a, b) -> plain.apply(a, b).sum(), 1).apply(x, y)[0], 1, 1, 1);
    assertValues(Transforms.grad((a, b) -> ruled.apply(a, b).sum(), 1).apply(x, y)[0], 7, 7, 7);
  }

  // ---- one array --------------------------------------------------------------------------------

  /** x², whose rules say 10x and, for all slices, 100x². */
  private static TransformedFunction squareOfOne() {
    return CustomFunction.of(a -> a.square())
        .vjp((a, cotangent, output) -> cotangent.multiply(a).multiply(10))
        .jvp((a, tangent) -> tangent.multiply(a).multiply(10))
        .vmap(all -> all.square().multiply(100))
        .build();
  }

  @Test
  void rulesOfOneArrayReplaceWhatTransformsDerive() {
    TransformedFunction f = squareOfOne();
    assertValues(f.apply(x), 1, 4, 9);
    assertValues(Transforms.grad(a -> f.apply(a).sum()).apply(x), 10, 20, 30);
    assertValues(Transforms.valueAndGrad(a -> f.apply(a).sum()).apply(x).grad(), 10, 20, 30);
    assertValues(Transforms.vjp(f, x, y).vjps()[0], 40, 100, 180);
    assertValues(Transforms.jvp(f, x, y).jvps()[0], 40, 100, 180);
    assertValues(Transforms.vmap(f).apply(x), 100, 400, 900);
    assertValues(Transforms.compile(f).apply(x), 1, 4, 9);
    assertValues(Transforms.jvp(Transforms.compile(f), x, y).jvps()[0], 40, 100, 180);
    TransformedFunction checkpointed = Transforms.checkpoint(f);
    assertValues(Transforms.grad(a -> checkpointed.apply(a).sum()).apply(x), 10, 20, 30);
  }

  @Test
  void theRuleOfOneArrayForVjpSeesTheOutput() {
    TransformedFunction f =
        CustomFunction.of(a -> a.exp()).vjp((a, c, output) -> c.multiply(output)).build();
    assertValues(
        Transforms.vjp(f, MlxArray.of(0f, 1f), MlxArray.of(2f, 3f)).vjps()[0], 2, 3 * Math.E);
  }

  @Test
  void slicesOfOneArrayComeFirst() {
    List<String> seen = new ArrayList<>();
    TransformedFunction f =
        CustomFunction.of(a -> a.cumsum(0))
            .vmap(
                all -> {
                  seen.add(Arrays.toString(all.shape()));
                  return all.cumsum(1);
                })
            .build();
    MlxArray columns = MlxArray.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    MlxArray sums = Transforms.vmap(f, 1, 1).apply(columns);
    assertShape(sums, 2, 3);
    assertValues(sums, 1, 2, 3, 5, 7, 9);
    assertEquals(List.of("[3, 2]"), seen);
  }

  @Test
  void aFunctionOfOneArrayTakesOne() {
    TransformedFunction inner = CustomFunction.of(Transforms.grad(a -> a.power(3))).build();
    assertValues(inner.apply(MlxArray.scalar(2f)), 12);
    assertValues(Transforms.grad(inner).apply(MlxArray.scalar(2f)), 12);
    assertThrowsSaying(
        NullPointerException.class, () -> inner.apply(null), "[CustomFunction]", "null");
  }

  @Test
  void wrongResultsOfRulesOfOneArray() {
    gradientOfOneSays(NullPointerException.class, (a, c, o) -> null, "[CustomFunction.vjp]");
    gradientOfOneSays(
        IllegalArgumentException.class,
        (a, c, o) -> c.sum(),
        "[CustomFunction.vjp] result 0",
        "shape []",
        "[3]");
    gradientOfOneSays(
        IllegalArgumentException.class, (a, c, o) -> c.astype(DType.FLOAT16), "float16", "float32");
    gradientOfOneSays(
        IllegalStateException.class,
        (a, c, o) -> {
          c.close();
          return c;
        },
        "[CustomFunction.vjp] result 0",
        "closed");
    CustomFunction.Builder builder = CustomFunction.of(a -> a.square());
    assertThrowsSaying(
        NullPointerException.class,
        () -> Transforms.jvp(builder.jvp((a, t) -> null).build(), x, x),
        "[CustomFunction.jvp] the rule returned null");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.jvp(builder.jvp((a, t) -> t.sum()).build(), x, x),
        "[CustomFunction.jvp] result 0",
        "[3]");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Transforms.vmap(builder.vmap(all -> null).build()).apply(x),
        "[CustomFunction.vmap] the rule returned null");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.vmap(builder.vmap(all -> all.reshape(1, 3)).build()).apply(x),
        "[CustomFunction.vmap] result 0",
        "[1, 3]");
  }

  private void gradientOfOneSays(
      Class<? extends Throwable> type, CustomFunction.VjpRule rule, String... parts) {
    TransformedFunction f = CustomFunction.of(a -> a.square()).vjp(rule).build();
    assertThrowsSaying(type, () -> Transforms.grad(a -> f.apply(a).sum()).apply(x), parts);
  }

  // ---- two arrays -------------------------------------------------------------------------------

  /** x·y, whose derivatives are claimed to be 100y and 1000x, and 7xy for all slices. */
  private static TransformedBiFunction productOfTwo() {
    return CustomFunction.of((a, b) -> a.multiply(b))
        .vjp((a, b, c, o) -> arrays(c.multiply(b).multiply(100), c.multiply(a).multiply(1000)))
        .jvp((a, b, da, db) -> da.multiply(b).multiply(100).add(db.multiply(a).multiply(1000)))
        .vmap((a, b) -> a.multiply(b).multiply(7))
        .build();
  }

  @Test
  void rulesOfTwoArraysReplaceWhatTransformsDerive() {
    TransformedBiFunction f = productOfTwo();
    assertValues(f.apply(x, y), 4, 10, 18);
    MlxArray[] g = Transforms.grad((a, b) -> f.apply(a, b).sum(), 0, 1).apply(x, y);
    assertValues(g[0], 400, 500, 600);
    assertValues(g[1], 1000, 2000, 3000);
    MlxArray ones = Ops.ones(3);
    assertValues(Transforms.vjp(f, arrays(x, y), arrays(ones)).vjps()[1], 1000, 2000, 3000);
    assertValues(Transforms.jvp(f, arrays(x, y), arrays(ones, ones)).jvps()[0], 1400, 2500, 3600);
    // one of the tangents is zero
    assertValues(Transforms.jvp(a -> f.apply(a, y), x, ones).jvps()[0], 400, 500, 600);
    assertValues(Transforms.jvp(b -> f.apply(x, b), y, ones).jvps()[0], 1000, 2000, 3000);
    assertValues(Transforms.vmap(f).apply(x, y), 28, 70, 126);
    assertValues(Transforms.compile(f).apply(x, y), 4, 10, 18);
  }

  @Test
  void anArgumentThatAllSlicesShareIsRepeated() {
    List<String> seen = new ArrayList<>();
    TransformedBiFunction f =
        CustomFunction.of((a, b) -> a.multiply(b))
            .vmap(
                (a, b) -> {
                  seen.add(Arrays.toString(a.shape()) + Arrays.toString(b.shape()));
                  return a.multiply(b);
                })
            .build();
    MlxArray rows = MlxArray.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    MlxArray pair = MlxArray.of(10f, 100f);
    MlxArray r = Transforms.vmap(f, new int[] {1, NOT_MAPPED}, 0).apply(rows, pair);
    assertShape(r, 3, 2);
    assertValues(r, 10, 400, 20, 500, 30, 600);
    assertEquals(List.of("[3, 2][3, 2]"), seen);
  }

  @Test
  void wrongResultsOfRulesOfTwoArrays() {
    CustomFunction.BiBuilder builder = CustomFunction.of((a, b) -> a.multiply(b));
    assertThrowsSaying(
        IllegalArgumentException.class,
        () ->
            Transforms.vjp(builder.vjp((a, b, c, o) -> arrays(c)).build(), arrays(x, y), arrays(x)),
        "[CustomFunction.vjp]",
        "1 arrays for 2 primals");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Transforms.vjp(builder.vjp((a, b, c, o) -> null).build(), arrays(x, y), arrays(x)),
        "[CustomFunction.vjp] the rule returned null");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Transforms.jvp(builder.jvp((a, b, s, t) -> null).build(), arrays(x, y), arrays(x, y)),
        "[CustomFunction.jvp] the rule returned null");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.vmap(builder.vmap((a, b) -> a.square().sum(0, true)).build()).apply(x, y),
        "[CustomFunction.vmap] result 0");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Transforms.vmap(builder.vmap((a, b) -> null).build()).apply(x, y),
        "[CustomFunction.vmap] the rule returned null");
  }

  // ---- what is wrong with a rule ----------------------------------------------------------------

  private void gradientSays(
      Class<? extends Throwable> type, CustomFunction.ArraysVjpRule rule, String... parts) {
    TransformedArraysFunction f =
        CustomFunction.ofArrays(xs -> arrays(xs[0].add(xs[1]))).vjp(rule).build();
    assertThrowsSaying(
        type, () -> Transforms.grad((a, b) -> f.apply(a, b)[0].sum(), 0).apply(x, y), parts);
  }

  @Test
  void wrongResultsOfVjp() {
    gradientSays(NullPointerException.class, (p, c, o) -> null, "[CustomFunction.vjp]", "null");
    gradientSays(
        NullPointerException.class,
        (p, c, o) -> arrays(c[0], null),
        "[CustomFunction.vjp] result 1");
    gradientSays(
        IllegalArgumentException.class,
        (p, c, o) -> c,
        "[CustomFunction.vjp]",
        "1 arrays for 2 primals");
    gradientSays(
        IllegalArgumentException.class, (p, c, o) -> arrays(c[0], c[0], c[0]), "3 arrays for 2");
    gradientSays(
        IllegalArgumentException.class,
        (p, c, o) -> arrays(c[0], c[0].sum()),
        "[CustomFunction.vjp] result 1",
        "shape []",
        "[3]");
    gradientSays(
        IllegalArgumentException.class,
        (p, c, o) -> arrays(c[0].astype(DType.FLOAT16), c[0]),
        "[CustomFunction.vjp] result 0",
        "float16",
        "float32");
    gradientSays(
        IllegalStateException.class,
        (p, c, o) -> {
          MlxArray closed = c[0].add(1f);
          closed.close();
          return arrays(c[0], closed);
        },
        "[CustomFunction.vjp] result 1",
        "closed");
  }

  @Test
  void wrongResultsOfJvp() {
    CustomFunction.ArraysBuilder f =
        CustomFunction.ofArrays(xs -> arrays(xs[0].add(1f), xs[0].sum()));
    Class<IllegalArgumentException> illegal = IllegalArgumentException.class;
    assertThrowsSaying(
        illegal,
        () -> Transforms.jvp(f.jvp((p, t, n) -> t).build(), arrays(x), arrays(x)),
        "[CustomFunction.jvp]",
        "1 arrays for 2 outputs");
    assertThrowsSaying(
        illegal,
        () -> Transforms.jvp(f.jvp((p, t, n) -> arrays(t[0], t[0])).build(), arrays(x), arrays(x)),
        "[CustomFunction.jvp] result 1",
        "[3]");
    assertThrowsSaying(
        illegal,
        () ->
            Transforms.jvp(
                f.jvp((p, t, n) -> arrays(t[0].astype(DType.INT32), t[0].sum())).build(),
                arrays(x),
                arrays(x)),
        "[CustomFunction.jvp] result 0",
        "int32");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Transforms.jvp(f.jvp((p, t, n) -> null).build(), arrays(x), arrays(x)),
        "[CustomFunction.jvp] the rule returned null");
  }

  private void vmapSays(
      Class<? extends Throwable> type, CustomFunction.ArraysVmapRule rule, String... parts) {
    TransformedArraysFunction f =
        CustomFunction.ofArrays(xs -> arrays(xs[0].add(1f))).vmap(rule).build();
    MlxArray rows = MlxArray.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    assertThrowsSaying(
        type, () -> Transforms.vmap(f, new int[] {0}, new int[] {0}).apply(rows), parts);
  }

  @Test
  void wrongResultsOfVmap() {
    int[] zero = {0};
    Class<IllegalArgumentException> illegal = IllegalArgumentException.class;
    vmapSays(NullPointerException.class, (in, axes) -> null, "[CustomFunction.vmap] the rule");
    vmapSays(
        NullPointerException.class, (in, axes) -> new BatchedArrays(null, zero), "returned null");
    vmapSays(NullPointerException.class, (in, axes) -> new BatchedArrays(in, null), "axes");
    vmapSays(
        NullPointerException.class,
        (in, axes) -> new BatchedArrays(new MlxArray[1], zero),
        "[CustomFunction.vmap] result 0");
    vmapSays(illegal, (in, axes) -> new BatchedArrays(in, new int[2]), "2 axes for 1 outputs");
    vmapSays(
        illegal,
        (in, axes) -> new BatchedArrays(arrays(in[0], in[0]), new int[2]),
        "2 arrays for 1 outputs");
    for (int axis : new int[] {2, -3, Integer.MAX_VALUE, Integer.MIN_VALUE + 1}) {
      vmapSays(
          illegal,
          (in, axes) -> new BatchedArrays(in, new int[] {axis}),
          "[CustomFunction.vmap] axis " + axis,
          "result 0 of shape [2, 3]");
    }
    vmapSays(
        illegal,
        (in, axes) -> new BatchedArrays(in, new int[] {1}),
        "[CustomFunction.vmap] result 0",
        "axis 1",
        "2 slices of shape [3]");
    vmapSays(illegal, (in, axes) -> new BatchedArrays(in, new int[] {NOT_MAPPED}), "not mapped");
    vmapSays(
        illegal, (in, axes) -> new BatchedArrays(arrays(in[0].astype(DType.INT32)), zero), "int32");
  }

  @Test
  void aFunctionWithRulesReturnsSomething() {
    CustomFunction.ArraysBuilder builder = CustomFunction.ofArrays(xs -> arrays());
    assertEquals(0, builder.build().apply(x).length);
    TransformedArraysFunction f = builder.vjp((p, c, o) -> p).build();
    assertThrowsSaying(
        IllegalArgumentException.class, () -> f.apply(x), "[CustomFunction]", "returned none");
  }

  @Test
  void nullsAndClosedFunctions() {
    Class<NullPointerException> npe = NullPointerException.class;
    assertThrowsSaying(npe, () -> CustomFunction.of((ArrayFunction) null), "[CustomFunction]");
    assertThrowsSaying(npe, () -> CustomFunction.of((ArrayBiFunction) null), "[CustomFunction]");
    assertThrowsSaying(npe, () -> CustomFunction.ofArrays(null), "[CustomFunction]");
    CustomFunction.Builder one = CustomFunction.of(a -> a.square());
    assertThrowsSaying(npe, () -> one.vjp(null), "[CustomFunction.vjp] the rule is null");
    assertThrowsSaying(npe, () -> one.jvp(null), "[CustomFunction.jvp] the rule is null");
    assertThrowsSaying(npe, () -> one.vmap(null), "[CustomFunction.vmap] the rule is null");
    CustomFunction.BiBuilder two = CustomFunction.of((a, b) -> a.add(b));
    assertThrowsSaying(npe, () -> two.vjp(null), "[CustomFunction.vjp] the rule is null");
    assertThrowsSaying(npe, () -> two.jvp(null), "[CustomFunction.jvp] the rule is null");
    assertThrowsSaying(npe, () -> two.vmap(null), "[CustomFunction.vmap] the rule is null");
    CustomFunction.ArraysBuilder many = CustomFunction.ofArrays(xs -> xs);
    assertThrowsSaying(npe, () -> many.vjp(null), "[CustomFunction.vjp] the rule is null");
    assertThrowsSaying(npe, () -> many.jvp(null), "[CustomFunction.jvp] the rule is null");
    assertThrowsSaying(npe, () -> many.vmap(null), "[CustomFunction.vmap] the rule is null");
    TransformedArraysFunction f = square();
    CustomFunction.ArraysBuilder ofClosed = CustomFunction.ofArrays(f);
    f.close();
    f.close();
    assertThrowsSaying(IllegalStateException.class, () -> f.apply(x), "[CustomFunction]", "closed");
    assertThrowsSaying(
        IllegalStateException.class, ofClosed::build, "[CustomFunction]", "to transform is closed");
    assertThrowsSaying(
        IllegalStateException.class,
        () -> Transforms.grad((ArraysToArrayFunction) xs -> f.apply(xs)[0], 0).apply(x),
        "closed");
  }

  @Test
  void closingLeavesWhatWasMadeOfIt() {
    TransformedArraysFunction f = square();
    TransformedArraysFunction mapped = Transforms.vmap(f, new int[] {0}, new int[] {0});
    f.close();
    assertValues(Transforms.grad(a -> mapped.apply(a)[0].sum()).apply(x), 10, 20, 30);
  }

  // ---- exceptions -------------------------------------------------------------------------------

  @Test
  void exceptionsOfRulesComeOutAsTheSameObject() {
    Error error = new Error("mine");
    RuntimeException exception = new RuntimeException("mine too");
    TransformedArraysFunction f =
        CustomFunction.ofArrays(xs -> arrays(xs[0].square()))
            .vjp(
                (p, c, o) -> {
                  throw error;
                })
            .jvp(
                (p, t, n) -> {
                  throw exception;
                })
            .vmap(
                (in, axes) -> {
                  throw error;
                })
            .build();
    TransformedFunction gradient = Transforms.grad(a -> f.apply(a)[0].sum());
    TransformedFunction compiled = Transforms.compile(gradient);
    TransformedArraysFunction mapped = Transforms.vmap(f, new int[] {0}, new int[] {0});
    for (int i = 0; i < 20; i++) {
      assertSame(error, assertThrows(Error.class, () -> gradient.apply(x)));
      assertSame(error, assertThrows(Error.class, () -> compiled.apply(x)));
      assertSame(
          exception,
          assertThrows(RuntimeException.class, () -> Transforms.jvp(f, arrays(x), arrays(x))));
      assertSame(error, assertThrows(Error.class, () -> mapped.apply(x)));
    }
    assertValues(f.apply(x)[0], 1, 4, 9);
  }

  // ---- threads ----------------------------------------------------------------------------------

  @Test
  void manyThreadsUseOneFunction() throws Exception {
    TransformedArraysFunction f = square();
    ManyThreads.run(
        v ->
            assertValues(
                Transforms.grad(a -> f.apply(a)[0].sum()).apply(MlxArray.of(v, 1f)), 10 * v, 10));
  }
}
