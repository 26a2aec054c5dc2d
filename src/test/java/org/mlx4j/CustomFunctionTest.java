package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.mlx4j.ArrayAssertions.assertShape;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertValues;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.mlx4j.CustomFunction.Batched;

/** Custom functions use their rules under every transform, and say what is wrong with a rule. */
@ExtendWith(InScope.class)
class CustomFunctionTest {
  private static final int NOT_MAPPED = Transforms.NOT_MAPPED;

  private final MlxArray x = MlxArray.of(1f, 2f, 3f);
  private final MlxArray y = MlxArray.of(4f, 5f, 6f);

  private static MlxArray[] arrays(MlxArray... xs) {
    return xs;
  }

  /** x², whose derivative is said to be 10x. */
  private static CustomFunction square() {
    return CustomFunction.of(xs -> arrays(xs[0].square()))
        .vjp(
            (primals, cotangents, outputs) ->
                arrays(cotangents[0].multiply(primals[0]).multiply(10f)))
        .jvp(
            (primals, tangents, argnums) -> arrays(tangents[0].multiply(primals[0]).multiply(10f)));
  }

  /** x·y, whose derivatives are said to be 100y and 1000x. */
  private static CustomFunction product() {
    return CustomFunction.of(xs -> arrays(xs[0].multiply(xs[1])))
        .vjp(
            (primals, cotangents, outputs) ->
                arrays(
                    cotangents[0].multiply(primals[1]).multiply(100f),
                    cotangents[0].multiply(primals[0]).multiply(1000f)));
  }

  // ---- without rules ----------------------------------------------------------------------------

  @Test
  void withoutRulesItIsTheFunction() {
    CustomFunction f = CustomFunction.of(xs -> arrays(xs[0].square(), xs[0].sin()));
    assertValues(f.apply(x)[0], 1, 4, 9);
    assertEquals(2, f.apply(x).length);
    assertValues(Transforms.grad(a -> f.apply(a)[0].sum()).apply(x), 2, 4, 6);
    assertValues(Transforms.jvp(f, arrays(x), arrays(x)).jvps()[0], 2, 8, 18);
    assertValues(Transforms.vmap(f, new int[] {0}, new int[] {0, 0}).apply(x)[0], 1, 4, 9);
  }

  @Test
  void missingRulesAreTheFunctionsOwn() {
    CustomFunction onlyJvp =
        CustomFunction.of(xs -> arrays(xs[0].square().multiply(xs[1])))
            .jvp((primals, tangents, argnums) -> arrays(primals[0].multiply(0f)));
    assertValues(
        Transforms.grad((a, b) -> onlyJvp.apply(a, b)[0].sum(), 0).apply(x, y)[0], 8, 20, 36);
    assertValues(Transforms.jvp(onlyJvp, arrays(x, y), arrays(x, y)).jvps()[0], 0, 0, 0);
    CustomFunction onlyVjp = product();
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
    CustomFunction f = square();
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
    CustomFunction f =
        CustomFunction.of(xs -> arrays(xs[0].add(xs[1]), xs[0].multiply(xs[1]), xs[0].exp()))
            .vjp(
                (primals, cotangents, outputs) -> {
                  assertEquals(2, primals.length);
                  assertEquals(3, cotangents.length);
                  assertEquals(3, outputs.length);
                  return arrays(
                      outputs[0].add(cotangents[1]), outputs[1].add(primals[1]).add(cotangents[2]));
                });
    Vjp r = Transforms.vjp(f, arrays(x, y), arrays(x, x.multiply(10f), x.multiply(100f)));
    assertValues(r.vjps()[0], 15, 27, 39);
    assertValues(r.vjps()[1], 108, 215, 324);
  }

  @Test
  void theRuleForJvpKnowsWhichTangentsThereAre() {
    List<String> seen = new ArrayList<>();
    CustomFunction f =
        CustomFunction.of(xs -> arrays(xs[0].add(xs[1])))
            .jvp(
                (primals, tangents, argnums) -> {
                  seen.add(primals.length + " " + tangents.length + " " + Arrays.toString(argnums));
                  return arrays(tangents[0]);
                });
    Transforms.jvp(f, arrays(x, y), arrays(x, y));
    Transforms.jvp(a -> f.apply(y, a)[0], x, x);
    assertEquals(List.of("2 2 [0, 1]", "2 1 [1]"), seen);
  }

  @Test
  void theRuleForVmapIsUsed() {
    List<String> seen = new ArrayList<>();
    CustomFunction f =
        CustomFunction.of(xs -> arrays(xs[0].multiply(xs[1])))
            .vmap(
                (inputs, axes) -> {
                  seen.add(Arrays.toString(axes));
                  return new Batched(
                      arrays(inputs[0].transpose().multiply(inputs[1]).multiply(10f)),
                      new int[] {1});
                });
    MlxArray rows = MlxArray.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    MlxArray scale = MlxArray.scalar(2f);
    MlxArray r = Transforms.vmap(f, new int[] {0, NOT_MAPPED}, new int[] {0}).apply(rows, scale)[0];
    assertShape(r, 2, 3);
    assertValues(r, 20, 40, 60, 80, 100, 120);
    assertEquals(List.of("[0, " + NOT_MAPPED + "]"), seen);
  }

  @Test
  void anOutputOfTheRuleForVmapNeedNotBeMapped() {
    CustomFunction f =
        CustomFunction.of(xs -> arrays(xs[0].sum(), xs[0].square()))
            .vmap(
                (inputs, axes) ->
                    new Batched(
                        arrays(MlxArray.scalar(7f), inputs[0].square()),
                        new int[] {NOT_MAPPED, axes[0] - 2}));
    MlxArray rows = MlxArray.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    MlxArray[] r = Transforms.vmap(f, new int[] {1}, new int[] {0, 1}).apply(rows);
    assertValues(r[0], 7, 7, 7);
    assertShape(r[1], 2, 3);
    assertValues(r[1], 1, 4, 9, 16, 25, 36);
  }

  // ---- under every transform --------------------------------------------------------------------

  @Test
  void underCompile() {
    CustomFunction f = square();
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
    CustomFunction f = square();
    TransformedArraysFunction checkpointed = Transforms.checkpointArrays(f);
    assertValues(checkpointed.apply(x)[0], 1, 4, 9);
    assertValues(Transforms.grad(a -> checkpointed.apply(a)[0].sum()).apply(x), 10, 20, 30);
    CustomFunction around =
        CustomFunction.of(checkpointed).vjp((p, c, o) -> arrays(c[0].multiply(3f)));
    assertValues(Transforms.grad(a -> around.apply(a)[0].sum()).apply(x), 3, 3, 3);
  }

  @Test
  void vmapOfGradAndGradOfVmap() {
    CustomFunction f = square();
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
    CustomFunction f = product();
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
              CustomFunction inner =
                  CustomFunction.of(xs -> arrays(xs[0].multiply(a))).vjp((p, c, o) -> arrays(c[0]));
              return inner.apply(fixed)[0];
            });
    assertValues(f.apply(x), 1, 1, 2, 2, 3, 3);
  }

  @Test
  void gradOfGrad() {
    CustomFunction f = square();
    ArrayFunction first = Transforms.grad(a -> f.apply(a)[0].sum());
    assertValues(Transforms.grad(a -> first.apply(a).sum()).apply(x), 10, 10, 10);
    // the rule's use of the outputs is differentiated by the rule again: g = 2·f, g' = 2·g = 4·f
    CustomFunction exp =
        CustomFunction.of(xs -> arrays(xs[0].exp()))
            .vjp((p, c, o) -> arrays(c[0].multiply(o[0]).multiply(2f)));
    ArrayFunction firstOfExp = Transforms.grad(a -> exp.apply(a)[0].sum());
    double e = Math.E;
    assertValues(
        Transforms.grad(a -> firstOfExp.apply(a).sum()).apply(MlxArray.of(0f, 1f)), 4, 4 * e);
  }

  @Test
  void customInsideCustom() {
    CustomFunction inner = square();
    CustomFunction plainOuter = CustomFunction.of(xs -> arrays(inner.apply(xs[0])[0].multiply(2f)));
    assertValues(Transforms.grad(a -> plainOuter.apply(a)[0].sum()).apply(x), 20, 40, 60);
    CustomFunction outer =
        CustomFunction.of(inner)
            .vjp(
                (primals, cotangents, outputs) ->
                    arrays(
                        Transforms.vjp(inner, primals, cotangents)
                            .vjps()[0]
                            .add(1f)
                            .add(Transforms.grad(a -> a.square().sum()).apply(primals[0]))));
    assertValues(Transforms.grad(a -> outer.apply(a)[0].sum()).apply(x), 13, 25, 37);
    assertValues(
        Transforms.compile(Transforms.grad(a -> outer.apply(a)[0].sum())).apply(x), 13, 25, 37);
  }

  @Test
  void newRulesHoldFromTheNextCallOn() {
    CustomFunction f = square();
    assertSame(f, f.vjp((p, c, o) -> arrays(c[0])));
    assertValues(Transforms.grad(a -> f.apply(a)[0].sum()).apply(x), 1, 1, 1);
  }

  // ---- what is wrong with a rule ----------------------------------------------------------------

  private void gradientSays(
      Class<? extends Throwable> type, CustomFunction.VjpRule rule, String... parts) {
    CustomFunction f = CustomFunction.of(xs -> arrays(xs[0].add(xs[1]))).vjp(rule);
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
        "shape ()",
        "(3)");
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
    CustomFunction f = CustomFunction.of(xs -> arrays(xs[0].add(1f), xs[0].sum()));
    Class<IllegalArgumentException> illegal = IllegalArgumentException.class;
    f.jvp((p, t, n) -> t);
    assertThrowsSaying(
        illegal,
        () -> Transforms.jvp(f, arrays(x), arrays(x)),
        "[CustomFunction.jvp]",
        "1 arrays for 2 outputs");
    f.jvp((p, t, n) -> arrays(t[0], t[0]));
    assertThrowsSaying(
        illegal,
        () -> Transforms.jvp(f, arrays(x), arrays(x)),
        "[CustomFunction.jvp] result 1",
        "(3)");
    f.jvp((p, t, n) -> arrays(t[0].astype(DType.INT32), t[0].sum()));
    assertThrowsSaying(
        illegal,
        () -> Transforms.jvp(f, arrays(x), arrays(x)),
        "[CustomFunction.jvp] result 0",
        "int32");
    f.jvp((p, t, n) -> null);
    assertThrowsSaying(
        NullPointerException.class,
        () -> Transforms.jvp(f, arrays(x), arrays(x)),
        "[CustomFunction.jvp] the rule returned null");
  }

  private void vmapSays(
      Class<? extends Throwable> type, CustomFunction.VmapRule rule, String... parts) {
    CustomFunction f = CustomFunction.of(xs -> arrays(xs[0].add(1f))).vmap(rule);
    MlxArray rows = MlxArray.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    assertThrowsSaying(
        type, () -> Transforms.vmap(f, new int[] {0}, new int[] {0}).apply(rows), parts);
  }

  @Test
  void wrongResultsOfVmap() {
    int[] zero = {0};
    Class<IllegalArgumentException> illegal = IllegalArgumentException.class;
    vmapSays(NullPointerException.class, (in, axes) -> null, "[CustomFunction.vmap] the rule");
    vmapSays(NullPointerException.class, (in, axes) -> new Batched(null, zero), "returned null");
    vmapSays(NullPointerException.class, (in, axes) -> new Batched(in, null), "axes");
    vmapSays(
        NullPointerException.class,
        (in, axes) -> new Batched(new MlxArray[1], zero),
        "[CustomFunction.vmap] result 0");
    vmapSays(illegal, (in, axes) -> new Batched(in, new int[2]), "2 axes for 1 outputs");
    vmapSays(
        illegal,
        (in, axes) -> new Batched(arrays(in[0], in[0]), new int[2]),
        "2 arrays for 1 outputs");
    for (int axis : new int[] {2, -3, Integer.MAX_VALUE, Integer.MIN_VALUE + 1}) {
      vmapSays(
          illegal,
          (in, axes) -> new Batched(in, new int[] {axis}),
          "[CustomFunction.vmap] axis " + axis,
          "result 0 of shape (2,3)");
    }
    vmapSays(
        illegal,
        (in, axes) -> new Batched(in, new int[] {1}),
        "[CustomFunction.vmap] result 0",
        "axis 1",
        "2 slices of shape (3)");
    vmapSays(illegal, (in, axes) -> new Batched(in, new int[] {NOT_MAPPED}), "not mapped");
    vmapSays(illegal, (in, axes) -> new Batched(arrays(in[0].astype(DType.INT32)), zero), "int32");
  }

  @Test
  void aFunctionWithRulesReturnsSomething() {
    CustomFunction f = CustomFunction.of(xs -> arrays());
    assertEquals(0, f.apply(x).length);
    f.vjp((p, c, o) -> p);
    assertThrowsSaying(
        IllegalArgumentException.class, () -> f.apply(x), "[CustomFunction]", "returned none");
  }

  @Test
  void nullsAndClosedFunctions() {
    assertThrowsSaying(
        NullPointerException.class, () -> CustomFunction.of(null), "[CustomFunction]");
    CustomFunction f = square();
    assertThrowsSaying(
        NullPointerException.class, () -> f.vjp(null), "[CustomFunction.vjp] the rule is null");
    assertThrowsSaying(
        NullPointerException.class, () -> f.jvp(null), "[CustomFunction.jvp] the rule is null");
    assertThrowsSaying(
        NullPointerException.class, () -> f.vmap(null), "[CustomFunction.vmap] the rule is null");
    f.close();
    f.close();
    assertThrowsSaying(IllegalStateException.class, () -> f.apply(x), "[CustomFunction]", "closed");
    assertThrowsSaying(
        IllegalStateException.class, () -> f.vjp((p, c, o) -> p), "[CustomFunction.vjp]", "closed");
    assertThrowsSaying(
        IllegalStateException.class,
        () -> Transforms.grad((ArraysToArrayFunction) xs -> f.apply(xs)[0], 0).apply(x),
        "closed");
  }

  @Test
  void closingLeavesWhatWasMadeOfIt() {
    CustomFunction f = square();
    TransformedArraysFunction mapped = Transforms.vmap(f, new int[] {0}, new int[] {0});
    f.close();
    assertValues(Transforms.grad(a -> mapped.apply(a)[0].sum()).apply(x), 10, 20, 30);
  }

  // ---- exceptions -------------------------------------------------------------------------------

  @Test
  void exceptionsOfRulesComeOutAsTheSameObject() {
    Error error = new Error("mine");
    RuntimeException exception = new RuntimeException("mine too");
    CustomFunction f =
        CustomFunction.of(xs -> arrays(xs[0].square()))
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
                });
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
    CustomFunction f = square();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int t = 0; t < 8; t++) {
        float start = t;
        running.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 200; i++) {
                    float v = start + i;
                    Scope.run(
                        () -> {
                          MlxArray at = MlxArray.of(v, 1f);
                          assertValues(
                              Transforms.grad(a -> f.apply(a)[0].sum()).apply(at), 10 * v, 10);
                        });
                  }
                }));
      }
      for (Future<?> r : running) {
        r.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
