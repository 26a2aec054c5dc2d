package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.mlx4j.ArrayAssertions.assertShape;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertValues;
import static org.mlx4j.Transforms.NOT_MAPPED;
import static org.mlx4j.Transforms.checkpoint;
import static org.mlx4j.Transforms.checkpointArrays;
import static org.mlx4j.Transforms.compile;
import static org.mlx4j.Transforms.compileArrays;
import static org.mlx4j.Transforms.grad;
import static org.mlx4j.Transforms.jvp;
import static org.mlx4j.Transforms.valueAndGrad;
import static org.mlx4j.Transforms.vjp;
import static org.mlx4j.Transforms.vmap;

import java.nio.file.Path;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mlx4j.internal.HandlesNative;

/**
 * Every transform of every transform, as a program writes it: that it compiles is half of the test.
 * The numbers are those of x³, of x²y³ and of x²y³z and their derivatives.
 */
@ExtendWith(InScope.class)
class TransformPairsTest {
  private final MlxArray x = MlxArray.scalar(3f);
  private final MlxArray y = MlxArray.scalar(2f);
  private final MlxArray z = MlxArray.scalar(5f);
  private final MlxArray one = MlxArray.scalar(1f);
  private final MlxArray xs = MlxArray.of(1f, 2f, 3f);
  private final MlxArray ys = MlxArray.of(2f, 1f, -1f);

  private static MlxArray[] arrays(MlxArray... arrays) {
    return arrays;
  }

  private static MlxArray cube(MlxArray a) {
    return a.power(3);
  }

  private static MlxArray of(MlxArray a, MlxArray b) {
    return a.square().multiply(b.power(3));
  }

  private static MlxArray of(MlxArray... abc) {
    return of(abc[0], abc[1]).multiply(abc[2]);
  }

  private static void assertAll(ValueAndGrad r, double value, double... grads) {
    assertValues(r.value(), value);
    assertEquals(grads.length, r.grads().length);
    for (int i = 0; i < grads.length; i++) {
      assertValues(r.grads()[i], grads[i]);
    }
  }

  private static void assertAll(MlxArray[] results, double... values) {
    assertEquals(values.length, results.length);
    for (int i = 0; i < values.length; i++) {
      assertValues(results[i], values[i]);
    }
  }

  // ---- one array: x³, 3x², 6x -------------------------------------------------------------------

  @Test
  void gradOfOneArray() {
    assertValues(grad(grad(a -> cube(a))).apply(x), 18);
    assertValues(grad(compile(a -> cube(a))).apply(x), 27);
    assertValues(grad(checkpoint(a -> cube(a))).apply(x), 27);
    TransformedFunction mapped = vmap(a -> cube(a));
    assertValues(grad(a -> mapped.apply(a).sum()).apply(xs), 3, 12, 27);
    ValueAndGradFunction both = valueAndGrad(a -> cube(a));
    assertValues(grad(a -> both.apply(a).value().add(both.apply(a).grad())).apply(x), 27 + 18);
  }

  @Test
  void valueAndGradOfOneArray() {
    assertAll(valueAndGrad(grad(a -> cube(a))).apply(x), 27, 18);
    assertAll(valueAndGrad(compile(a -> cube(a))).apply(x), 27, 27);
    assertAll(valueAndGrad(checkpoint(a -> cube(a))).apply(x), 27, 27);
    TransformedFunction mapped = vmap(a -> cube(a));
    ValueAndGrad r = valueAndGrad(a -> mapped.apply(a).sum()).apply(xs);
    assertValues(r.value(), 36);
    assertValues(r.grad(), 3, 12, 27);
  }

  @Test
  void vmapOfOneArray() {
    assertValues(vmap(grad(a -> cube(a))).apply(xs), 3, 12, 27);
    assertValues(vmap(vmap(a -> cube(a))).apply(xs.reshape(1, 3)), 1, 8, 27);
    assertValues(vmap(compile(a -> cube(a))).apply(xs), 1, 8, 27);
    assertValues(vmap(checkpoint(a -> cube(a))).apply(xs), 1, 8, 27);
    ValueAndGrad r = vmap(valueAndGrad(a -> cube(a))).apply(xs);
    assertValues(r.value(), 1, 8, 27);
    assertValues(r.grad(), 3, 12, 27);
  }

  @Test
  void compileOfOneArray() {
    for (boolean shapeless : new boolean[] {false, true}) {
      assertValues(compile(grad(a -> cube(a)), shapeless).apply(x), 27);
      assertValues(compile(vmap(a -> cube(a)), shapeless).apply(xs), 1, 8, 27);
      assertValues(compile(compile(a -> cube(a)), shapeless).apply(x), 27);
      assertValues(compile(checkpoint(a -> cube(a)), shapeless).apply(x), 27);
      ValueAndGradFunction both = compile(valueAndGrad(a -> cube(a)), shapeless);
      assertAll(both.apply(x), 27, 27);
      assertAll(both.apply(y), 8, 12);
    }
    assertAll(compile(valueAndGrad(a -> cube(a))).apply(x), 27, 27);
  }

  @Test
  void checkpointOfOneArray() {
    assertValues(grad(checkpoint(grad(a -> cube(a)))).apply(x), 18);
    assertValues(checkpoint(vmap(a -> cube(a))).apply(xs), 1, 8, 27);
    assertValues(checkpoint(compile(a -> cube(a))).apply(x), 27);
    assertValues(checkpoint(checkpoint(a -> cube(a))).apply(x), 27);
    ValueAndGradFunction both = checkpoint(valueAndGrad(a -> cube(a)));
    assertAll(both.apply(x), 27, 27);
    assertValues(grad(a -> both.apply(a).grad()).apply(x), 18);
  }

  @Test
  void productsOfOneArray() {
    assertValues(jvp(grad(a -> cube(a)), x, one).jvps()[0], 18);
    assertValues(vjp(grad(a -> cube(a)), x, one).vjps()[0], 18);
    assertValues(jvp(vmap(a -> cube(a)), xs, ys).jvps()[0], 6, 12, -27);
    assertValues(vjp(vmap(a -> cube(a)), xs, ys).vjps()[0], 6, 12, -27);
    assertValues(jvp(compile(a -> cube(a)), x, one).jvps()[0], 27);
    assertValues(vjp(compile(a -> cube(a)), x, one).vjps()[0], 27);
    assertValues(jvp(checkpoint(a -> cube(a)), x, one).jvps()[0], 27);
    assertValues(vjp(checkpoint(a -> cube(a)), x, one).vjps()[0], 27);
    Jvp forward = jvp(valueAndGrad(a -> cube(a)), arrays(x), arrays(y));
    assertAll(forward.outputs(), 27, 27);
    assertAll(forward.jvps(), 2 * 27, 2 * 18);
    Vjp backward = vjp(valueAndGrad(a -> cube(a)), arrays(x), arrays(MlxArray.scalar(10f), one));
    assertAll(backward.outputs(), 27, 27);
    assertAll(backward.vjps(), 10 * 27 + 18);
  }

  // ---- two arrays: x²y³ at (3, 2) is 72, its gradient (48, 108), its Hessian (16 72; 72 108)
  // -----

  @Test
  void gradOfTwoArrays() {
    assertAll(grad(grad((a, b) -> of(a, b), 0), 0).apply(x, y), 16);
    assertAll(grad(grad((a, b) -> of(a, b), 0), 1).apply(x, y), 72);
    assertAll(grad(grad((a, b) -> of(a, b), 1), 0, 1).apply(x, y), 72, 108);
    assertAll(grad(compile((a, b) -> of(a, b)), 0, 1).apply(x, y), 48, 108);
    assertAll(grad(checkpoint((a, b) -> of(a, b)), 1, 0).apply(x, y), 108, 48);
    TransformedBiFunction mapped = vmap((a, b) -> of(a, b));
    assertValues(grad((a, b) -> mapped.apply(a, b).sum(), 1).apply(xs, ys)[0], 12, 12, 27);
    ValueAndGradFunction both = valueAndGrad((a, b) -> of(a, b), 0);
    assertAll(grad((a, b) -> both.apply(a, b).grad(), 1).apply(x, y), 72);
  }

  @Test
  void valueAndGradOfTwoArrays() {
    assertAll(valueAndGrad(grad((a, b) -> of(a, b), 0), 0, 1).apply(x, y), 48, 16, 72);
    assertAll(valueAndGrad(compile((a, b) -> of(a, b)), 0, 1).apply(x, y), 72, 48, 108);
    assertAll(valueAndGrad(checkpoint((a, b) -> of(a, b)), 0, 1).apply(x, y), 72, 48, 108);
    TransformedBiFunction mapped = vmap((a, b) -> of(a, b));
    ValueAndGrad r = valueAndGrad((a, b) -> mapped.apply(a, b).sum(), 0).apply(xs, ys);
    assertValues(r.value(), 8 + 4 - 9);
    assertValues(r.grad(), 16, 4, -6);
  }

  @Test
  void vmapOfTwoArrays() {
    MlxArray[] gradients = vmap(grad((a, b) -> of(a, b), 0, 1)).apply(xs, ys);
    assertValues(gradients[0], 16, 4, -6);
    assertValues(gradients[1], 12, 12, 27);
    ValueAndGrad r = vmap(valueAndGrad((a, b) -> of(a, b), 0, 1)).apply(xs, ys);
    assertValues(r.value(), 8, 4, -9);
    assertValues(r.grads()[0], 16, 4, -6);
    assertValues(r.grads()[1], 12, 12, 27);
    assertValues(
        vmap(vmap((a, b) -> of(a, b))).apply(xs.reshape(3, 1), ys.reshape(3, 1)), 8, 4, -9);
    assertValues(vmap(compile((a, b) -> of(a, b))).apply(xs, ys), 8, 4, -9);
    assertValues(vmap(checkpoint((a, b) -> of(a, b))).apply(xs, ys), 8, 4, -9);
  }

  @Test
  void compileOfTwoArrays() {
    for (boolean shapeless : new boolean[] {false, true}) {
      assertAll(compile(grad((a, b) -> of(a, b), 0, 1), shapeless).apply(x, y), 48, 108);
      assertAll(
          compile(valueAndGrad((a, b) -> of(a, b), 0, 1), shapeless).apply(x, y), 72, 48, 108);
      assertValues(compile(vmap((a, b) -> of(a, b)), shapeless).apply(xs, ys), 8, 4, -9);
      assertValues(compile(compile((a, b) -> of(a, b)), shapeless).apply(x, y), 72);
      assertValues(compile(checkpoint((a, b) -> of(a, b)), shapeless).apply(x, y), 72);
    }
    assertAll(compile(grad((a, b) -> of(a, b), 0)).apply(x, y), 48);
  }

  @Test
  void checkpointOfTwoArrays() {
    assertAll(grad(checkpoint(grad((a, b) -> of(a, b), 0)), 1).apply(x, y), 72);
    assertAll(checkpoint(valueAndGrad((a, b) -> of(a, b), 0, 1)).apply(x, y), 72, 48, 108);
    assertValues(checkpoint(vmap((a, b) -> of(a, b))).apply(xs, ys), 8, 4, -9);
    assertValues(checkpoint(compile((a, b) -> of(a, b))).apply(x, y), 72);
    assertValues(checkpoint(checkpoint((a, b) -> of(a, b))).apply(x, y), 72);
  }

  @Test
  void productsOfTwoArrays() {
    MlxArray[] at = arrays(x, y);
    MlxArray[] direction = arrays(one, MlxArray.scalar(10f));
    assertAll(jvp((a, b) -> of(a, b), at, direction).jvps(), 48 + 1080);
    assertAll(vjp((a, b) -> of(a, b), at, arrays(one)).vjps(), 48, 108);
    assertAll(jvp(grad((a, b) -> of(a, b), 0, 1), at, direction).jvps(), 16 + 720, 72 + 1080);
    assertAll(vjp(grad((a, b) -> of(a, b), 0, 1), at, direction).vjps(), 16 + 720, 72 + 1080);
    assertAll(jvp(compile((a, b) -> of(a, b)), at, direction).jvps(), 48 + 1080);
    assertAll(vjp(compile((a, b) -> of(a, b)), at, arrays(one)).vjps(), 48, 108);
    assertAll(vjp(checkpoint((a, b) -> of(a, b)), at, arrays(one)).vjps(), 48, 108);
    assertAll(jvp(checkpoint((a, b) -> of(a, b)), at, direction).jvps(), 48 + 1080);
    assertValues(
        jvp(vmap((a, b) -> of(a, b)), arrays(xs, ys), arrays(xs, ys)).jvps()[0], 40, 20, -45);
    assertValues(vjp(vmap((a, b) -> of(a, b)), arrays(xs, ys), arrays(xs)).vjps()[1], 12, 24, 81);
    ValueAndGradFunction both = valueAndGrad((a, b) -> of(a, b), 0, 1);
    assertAll(jvp(both, at, direction).jvps(), 48 + 1080, 16 + 720, 72 + 1080);
    assertAll(
        vjp(both, at, arrays(MlxArray.scalar(2f), one, one)).vjps(),
        2 * 48 + 16 + 72,
        2 * 108 + 72 + 108);
  }

  // ---- many arrays: x²y³z at (3, 2, 5) is 360, its gradient (240, 540, 72)
  // -----------------------

  @Test
  void gradOfManyArrays() {
    assertAll(grad(grad(abc -> of(abc), 0), 2, 1).apply(x, y, z), 48, 360);
    assertAll(grad(compileArrays(abc -> arrays(of(abc))), 0, 2).apply(x, y, z), 240, 72);
    assertAll(grad(checkpointArrays(abc -> arrays(of(abc))), 1).apply(x, y, z), 540);
    TransformedArraysFunction mapped =
        vmap(abc -> arrays(of(abc)), new int[] {0, 0, NOT_MAPPED}, new int[] {0});
    assertValues(grad(abc -> mapped.apply(abc)[0].sum(), 0).apply(xs, ys, z)[0], 80, 20, -30);
  }

  @Test
  void valueAndGradOfManyArrays() {
    assertAll(valueAndGrad(grad(abc -> of(abc), 0), 2).apply(x, y, z), 240, 48);
    assertAll(valueAndGrad(compileArrays(abc -> arrays(of(abc))), 0).apply(x, y, z), 360, 240);
    assertAll(
        valueAndGrad(checkpointArrays(abc -> arrays(of(abc))), 2, 0).apply(x, y, z), 360, 72, 240);
  }

  @Test
  void vmapOfManyArrays() {
    MlxArray zs = MlxArray.of(1f, 10f, 100f);
    assertValues(vmap(grad(abc -> of(abc), 2)).apply(xs, ys, zs)[0], 8, 4, -9);
    ValueAndGrad r = vmap(valueAndGrad(abc -> of(abc), 0, 2)).apply(xs, ys, zs);
    assertValues(r.value(), 8, 40, -900);
    assertValues(r.grads()[0], 16, 40, -600);
    assertValues(r.grads()[1], 8, 4, -9);
    TransformedArraysFunction compiled = compileArrays(abc -> arrays(of(abc), abc[0]));
    MlxArray[] two = vmap(compiled).apply(xs, ys, zs);
    assertValues(two[0], 8, 40, -900);
    assertValues(two[1], 1, 2, 3);
    TransformedArraysFunction mapped =
        vmap(abc -> arrays(of(abc)), new int[] {0, 0, 0}, new int[] {0});
    assertValues(
        vmap(mapped).apply(xs.reshape(1, 3), ys.reshape(1, 3), zs.reshape(1, 3))[0], 8, 40, -900);
    assertValues(vmap(checkpointArrays(abc -> arrays(of(abc)))).apply(xs, ys, zs)[0], 8, 40, -900);
  }

  @Test
  void compileAndCheckpointOfManyArrays() {
    for (boolean shapeless : new boolean[] {false, true}) {
      assertAll(compile(grad(abc -> of(abc), 0, 2), shapeless).apply(x, y, z), 240, 72);
      assertAll(compile(valueAndGrad(abc -> of(abc), 0), shapeless).apply(x, y, z), 360, 240);
    }
    TransformedArraysFunction mapped =
        vmap(abc -> arrays(of(abc)), new int[] {0, 0, NOT_MAPPED}, new int[] {0});
    assertValues(compile(mapped).apply(xs, ys, z)[0], 40, 20, -45);
    assertValues(checkpoint(mapped).apply(xs, ys, z)[0], 40, 20, -45);
    assertAll(compile(checkpointArrays(abc -> arrays(of(abc)))).apply(x, y, z), 360);
    assertAll(checkpoint(compileArrays(abc -> arrays(of(abc)))).apply(x, y, z), 360);
    assertAll(checkpoint(grad(abc -> of(abc), 1)).apply(x, y, z), 540);
    assertAll(checkpoint(valueAndGrad(abc -> of(abc), 1)).apply(x, y, z), 360, 540);
    assertAll(checkpoint(checkpointArrays(abc -> arrays(of(abc)))).apply(x, y, z), 360);
    assertAll(compile(compileArrays(abc -> arrays(of(abc)))).apply(x, y, z), 360);
  }

  @Test
  void productsOfManyArrays() {
    MlxArray[] at = arrays(x, y, z);
    MlxArray[] ones = arrays(one, one, one);
    assertAll(jvp(grad(abc -> of(abc), 2), at, ones).jvps(), 48 + 108);
    assertAll(vjp(grad(abc -> of(abc), 2), at, arrays(one)).vjps(), 48, 108, 0);
    assertAll(jvp(valueAndGrad(abc -> of(abc), 2), at, ones).jvps(), 852, 156);
    assertAll(vjp(compileArrays(abc -> arrays(of(abc))), at, arrays(one)).vjps(), 240, 540, 72);
  }

  // ---- three deep -------------------------------------------------------------------------------

  @Test
  void deeperNestsHaveTypesToo() {
    ValueAndGrad r = compile(vmap(checkpoint(valueAndGrad((a, b) -> of(a, b), 0)))).apply(xs, ys);
    assertValues(r.value(), 8, 4, -9);
    assertValues(r.grad(), 16, 4, -6);
    assertValues(vmap(grad(grad((a, b) -> of(a, b), 0), 1)).apply(xs, ys)[0], 24, 12, 18);
    assertAll(compile(grad(grad(grad(abc -> of(abc), 0), 1), 2)).apply(x, y, z), 72);
  }

  // ---- axes -------------------------------------------------------------------------------------

  @Test
  void axesOfValuesAndGradients() {
    ValueAndGradFunction loss = valueAndGrad((w, row) -> w.multiply(row).sum(), 0, 1);
    MlxArray w = MlxArray.of(10f, 100f);
    MlxArray rows = MlxArray.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3); // the slices are columns
    ValueAndGrad r = vmap(loss, new int[] {NOT_MAPPED, 1}, new int[] {0, 0, 1}).apply(w, rows);
    assertValues(r.value(), 410, 520, 630);
    assertShape(r.grads()[0], 3, 2);
    assertValues(r.grads()[0], 1, 4, 2, 5, 3, 6);
    assertShape(r.grads()[1], 2, 3);
    assertValues(r.grads()[1], 10, 10, 10, 100, 100, 100);
    ValueAndGrad last = vmap(loss, new int[] {NOT_MAPPED, -1}, -1).apply(w, rows);
    assertValues(last.value(), 410, 520, 630);
    assertShape(last.grads()[0], 2, 3);
    assertValues(last.grads()[0], 1, 2, 3, 4, 5, 6);
  }

  @Test
  void wrongAxesOfValuesAndGradients() {
    ValueAndGradFunction f = valueAndGrad((a, b) -> of(a, b), 0, 1);
    int[] in = {0, 0};
    Class<IllegalArgumentException> illegal = IllegalArgumentException.class;
    assertThrowsSaying(
        illegal, () -> vmap(f, in, new int[] {0, 0}), "[vmap] outAxes [0, 0]", "3 entries");
    assertThrowsSaying(
        illegal, () -> vmap(f, in, new int[] {0, 0, NOT_MAPPED}), "[vmap]", "NOT_MAPPED");
    assertThrowsSaying(illegal, () -> vmap(f, in, NOT_MAPPED), "[vmap]", "NOT_MAPPED");
    assertThrowsSaying(
        illegal, () -> vmap(f, new int[] {NOT_MAPPED, NOT_MAPPED}, 0), "maps no argument");
    assertThrowsSaying(
        illegal, () -> vmap(f, new int[] {0}, 0).apply(xs, ys), "[vmap] inAxes has 1 entries");
    assertThrowsSaying(illegal, () -> vmap(f, in, 1).apply(xs, ys), "[vmap] axis 1", "output 0");
    assertThrowsSaying(illegal, () -> vmap(f).apply(xs, y), "[vmap] axis 0", "argument 1");
    assertThrowsSaying(NullPointerException.class, () -> vmap(f, null, 0), "[vmap] inAxes is null");
    assertThrowsSaying(
        NullPointerException.class, () -> vmap(f, in, null), "[vmap] outAxes is null");
  }

  @Test
  void vmapWithoutAxesMapsAllArguments() {
    TransformedArraysFunction f = compileArrays(all -> all.length == 0 ? arrays(one) : all);
    assertAll(vmap(f).apply(xs.reshape(1, 3).sum(1), ys.sum().reshape(1)), 6, 2);
    assertThrowsSaying(
        IllegalArgumentException.class, () -> vmap(f).apply(), "[vmap]", "none was given");
    assertThrowsSaying(
        IllegalArgumentException.class, () -> vmap(f).apply(xs, MlxArray.of(1f, 2f)), "3 slices");
  }

  // ---- what is refused --------------------------------------------------------------------------

  @Test
  void gradientsOfSeveralResultsAreRefused() {
    TransformedArraysFunction two = compileArrays(all -> arrays(all[0], all[0]));
    assertThrowsSaying(
        IllegalArgumentException.class, () -> grad(two, 0).apply(x), "[grad]", "2 arrays");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> valueAndGrad(two, 0).apply(x),
        "[valueAndGrad]",
        "2 arrays");
    assertThrowsSaying(
        IllegalArgumentException.class, () -> grad(two, 0, 0), "[grad] Duplicate", "0");
    assertThrowsSaying(
        IllegalArgumentException.class, () -> valueAndGrad(two, -1), "[valueAndGrad]", "-1");
  }

  @Test
  void nullsAndClosedFunctionsAreRefused() {
    ArraysFunctionHandle none = null;
    ValueAndGradFunction neither = null;
    assertRefused(NullPointerException.class, () -> compile(none), "[compile]");
    assertRefused(NullPointerException.class, () -> compile(neither), "[compile]");
    assertRefused(NullPointerException.class, () -> checkpoint(none), "[checkpoint]");
    assertRefused(NullPointerException.class, () -> checkpoint(neither), "[checkpoint]");
    assertRefused(NullPointerException.class, () -> vmap(none), "[vmap]");
    assertRefused(NullPointerException.class, () -> vmap(neither), "[vmap]");
    assertRefused(NullPointerException.class, () -> vmap(neither, new int[1], 0), "[vmap]");
    assertRefused(
        NullPointerException.class, () -> vmap(neither, new int[1], new int[1]), "[vmap]");
    assertRefused(NullPointerException.class, () -> grad(none, 0), "[grad]");
    assertRefused(NullPointerException.class, () -> valueAndGrad(none, 0), "[valueAndGrad]");
    ArraysFunctionHandle f = grad((a, b) -> of(a, b), 0);
    ValueAndGradFunction both = valueAndGrad((a, b) -> of(a, b), 0);
    f.close();
    both.close();
    assertRefused(IllegalStateException.class, () -> compile(f), "[compile]");
    assertRefused(IllegalStateException.class, () -> compile(both), "[compile]");
    assertRefused(IllegalStateException.class, () -> checkpoint(f), "[checkpoint]");
    assertRefused(IllegalStateException.class, () -> vmap(both), "[vmap]");
    assertRefused(IllegalStateException.class, () -> vmap(both, new int[2], 0), "[vmap]");
    assertRefused(IllegalStateException.class, () -> grad(f, 0), "[grad]");
    assertThrowsSaying(
        IllegalStateException.class, () -> jvp(both, arrays(x, y), arrays(x, y)), "[jvp]");
    assertThrowsSaying(
        IllegalStateException.class, () -> vjp(both, arrays(x, y), arrays(x, y)), "[vjp]");
  }

  private static void assertRefused(
      Class<? extends Throwable> type, Supplier<FunctionHandle> call, String name) {
    assertThrowsSaying(type, call::get, name, "function");
  }

  // ---- how --------------------------------------------------------------------------------------

  /** The outer transform holds the inner native function, and no Java object. */
  @Test
  void nestedFunctionsStayNative() {
    ArraysFunctionHandle f = grad((a, b) -> of(a, b), 0);
    ValueAndGradFunction both = valueAndGrad((a, b) -> of(a, b), 0);
    int before = HandlesNative.live_java_refs();
    FunctionHandle[] outer = {
      compile(f),
      checkpoint(f),
      vmap(f),
      grad(f, 1),
      valueAndGrad(f, 1),
      compile(both),
      checkpoint(both),
      vmap(both),
      vmap(both, new int[] {0, 0}, 0)
    };
    assertEquals(before, HandlesNative.live_java_refs());
    for (FunctionHandle g : outer) {
      g.close();
    }
  }

  @Test
  void compiledGradientsRunTheJavaFunctionOnce() {
    int[] runs = new int[1];
    ValueAndGradFunction step =
        compile(
            valueAndGrad(
                (a, b) -> {
                  runs[0]++;
                  return of(a, b);
                },
                0));
    for (int i = 0; i < 5; i++) {
      assertAll(step.apply(x, y), 72, 48);
    }
    assertEquals(1, runs[0]);
  }

  @Test
  void importedFunctionsComposeToo(@TempDir Path folder) {
    Path file = folder.resolve("f.mlxfn");
    Export.exportFunction(file, ab -> arrays(of(ab[0], ab[1])), x, y);
    ImportedFunction f = Export.importFunction(file);
    assertAll(grad(f, 0, 1).apply(x, y), 48, 108);
    assertAll(grad(grad(f, 0), 1).apply(x, y), 72);
    assertAll(compile(valueAndGrad(f, 0)).apply(x, y), 72, 48);
    assertValues(vmap(f).apply(xs, ys)[0], 8, 4, -9);
    assertAll(checkpoint(compile(f)).apply(x, y), 72);
    assertAll(vjp(f, arrays(x, y), arrays(one)).vjps(), 48, 108);
  }
}
