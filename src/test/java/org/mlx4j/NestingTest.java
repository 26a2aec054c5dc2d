package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mlx4j.ArrayAssertions.assertSame;
import static org.mlx4j.ArrayAssertions.assertShape;
import static org.mlx4j.ArrayAssertions.assertValues;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Transforms of transforms, in any order. */
@ExtendWith(InScope.class)
class NestingTest {
  private final MlxArray x = MlxArray.of(1f, 2f, 3f);

  /** A transform that changes how a function is computed, not its results. */
  private static TransformedFunction transformed(String transform, ArrayFunction f) {
    return switch (transform) {
      case "vmap" -> Transforms.vmap(f);
      case "compile" -> Transforms.compile(f);
      case "checkpoint" -> Transforms.checkpoint(f);
      case "grad" -> Transforms.grad(f);
      default -> throw new IllegalArgumentException(transform);
    };
  }

  // ---- every order
  // -------------------------------------------------------------------------------

  static Stream<Arguments> everyThreeTransforms() {
    List<String> transforms = List.of("vmap", "compile", "checkpoint");
    return transforms.stream()
        .flatMap(
            a ->
                transforms.stream()
                    .flatMap(b -> transforms.stream().map(c -> Arguments.of(a, b, c))));
  }

  /** An element-wise function stays the same under all of them, so do its derivatives. */
  @ParameterizedTest
  @MethodSource("everyThreeTransforms")
  void transformsThatKeepTheFunctionKeepItsDerivatives(String first, String second, String third) {
    ArrayFunction plain = a -> a.sin().multiply(a);
    ArrayFunction nested = transformed(third, transformed(second, transformed(first, plain)));
    MlxArray at = Ops.arange(24.0).divide(10).reshape(2, 3, 4);
    MlxArray direction = Ops.linspace(-1, 1, 24).reshape(2, 3, 4);
    assertSame(plain.apply(at), nested.apply(at));

    ArrayFunction gradient = Transforms.grad(a -> nested.apply(a).sum());
    MlxArray expected = at.cos().multiply(at).add(at.sin());
    assertSame(expected, gradient.apply(at));
    assertSame(expected.multiply(direction), Transforms.vjp(nested, at, direction).vjps()[0]);
    assertSame(expected.multiply(direction), Transforms.jvp(nested, at, direction).jvps()[0]);
    assertSame(expected, Transforms.compile(gradient).apply(at));
    assertSame(
        at.cos().multiply(2).subtract(at.sin().multiply(at)),
        Transforms.grad(a -> Transforms.grad(b -> nested.apply(b).sum()).apply(a).sum()).apply(at));
  }

  @Test
  void gradOfGrad() {
    assertValues(Transforms.grad(Transforms.grad(a -> a.power(3))).apply(MlxArray.scalar(2f)), 12);
  }

  @Test
  void vmapOfGrad() {
    assertValues(Transforms.vmap(Transforms.grad(MlxArray::square)).apply(x), 2, 4, 6);
    assertValues(
        Transforms.vmap(Transforms.grad(Transforms.grad(a -> a.power(3)))).apply(x), 6, 12, 18);
    MlxArray perExample =
        Transforms.vmap(Transforms.grad(row -> row.square().sum()))
            .apply(Ops.arange(6.0).reshape(2, 3));
    assertSame(Ops.arange(6.0).multiply(2).reshape(2, 3), perExample);
  }

  @Test
  void vmapOfGradientsOfTwoArguments() {
    TransformedArraysFunction gradients = Transforms.grad((a, b) -> a.multiply(b).sum(), 1, 0);
    MlxArray a = Ops.arange(6.0).reshape(2, 3);
    MlxArray b = Ops.ones(3).multiply(7);
    MlxArray[] results =
        Transforms.vmap(gradients, new int[] {0, Transforms.NOT_MAPPED}, new int[] {0, 0})
            .apply(a, b);
    assertSame(a, results[0]);
    assertSame(b.broadcastTo(2, 3), results[1]);
  }

  @Test
  void gradOfCheckpointAndOfCompile() {
    assertValues(Transforms.grad(Transforms.checkpoint(a -> a.square().sum())).apply(x), 2, 4, 6);
    assertValues(Transforms.grad(Transforms.compile(a -> a.square().sum())).apply(x), 2, 4, 6);
    assertValues(
        Transforms.grad(Transforms.compile((a, b) -> a.multiply(b).sum()), 0)
            .apply(x, x.square())[0],
        1,
        4,
        9);
  }

  @Test
  void compileOfValueAndGrad() {
    ValueAndGradFunction loss =
        Transforms.valueAndGrad((w, b) -> w.multiply(b).square().sum(), 0, 1);
    TransformedArraysFunction step =
        Transforms.compileArrays(
            xs -> {
              ValueAndGrad result = loss.apply(xs);
              return new MlxArray[] {result.value(), result.grads()[0], result.grads()[1]};
            });
    for (int i = 0; i < 3; i++) {
      MlxArray[] results = step.apply(x, MlxArray.scalar(2f));
      assertValues(results[0], 56);
      assertValues(results[1], 8, 16, 24);
      assertValues(results[2], 56);
    }
  }

  @Test
  void valueAndGradOfCompileOfVmap() {
    TransformedBiFunction predictions =
        Transforms.compile(
            Transforms.vmap((row, w) -> row.inner(w), new int[] {0, Transforms.NOT_MAPPED}, 0));
    ValueAndGrad result =
        Transforms.valueAndGrad((rows, w) -> predictions.apply(rows, w).sum(), 1)
            .apply(Ops.arange(6.0).reshape(2, 3), x);
    assertValues(result.value(), 8 + 26);
    assertValues(result.grad(), 3, 5, 7);
  }

  /** Of Σ x³ the Hessian is diag(6x), by every order of modes. */
  @Test
  void hessiansOfEveryMode() {
    ArrayFunction f = a -> a.power(3).sum();
    MlxArray expected = MlxArray.of(6f, 12f, 18f).diag();
    MlxArray unit = Ops.eye(3);
    TransformedFunction gradient = Transforms.grad(f);
    assertSame(
        expected, Transforms.vmap(v -> Transforms.jvp(gradient, x, v).jvps()[0]).apply(unit));
    assertSame(
        expected, Transforms.vmap(v -> Transforms.vjp(gradient, x, v).vjps()[0]).apply(unit));
    ArrayFunction slope = v -> Transforms.grad(a -> Transforms.jvp(f, a, v).jvps()[0]).apply(x);
    assertSame(expected, Transforms.vmap(slope).apply(unit));
    assertSame(expected, Transforms.compile(Transforms.vmap(slope)).apply(unit));
  }

  // ---- inside callbacks
  // --------------------------------------------------------------------------

  @Test
  void transformsMayBeMadeAndAppliedInsideAFunction() {
    ArrayFunction f =
        a -> {
          try (TransformedFunction inner = Transforms.grad(b -> b.power(3).sum());
              TransformedFunction compiled = Transforms.compile(inner)) {
            return compiled.apply(a).sum();
          }
        };
    assertValues(Transforms.grad(f).apply(x), 6, 12, 18);
    assertValues(Transforms.grad(Transforms.checkpoint(f)).apply(x), 6, 12, 18);
    assertValues(Transforms.compile(f).apply(x), 42);
    assertValues(Transforms.vmap(f).apply(x), 3, 12, 27);
  }

  /** d/da [a · d/db (a + b)] = 1: the inner derivative must not see a as varying. */
  @Test
  void derivativesDoNotMixTheirVariables() {
    ArrayFunction f = a -> a.multiply(Transforms.grad(b -> a.add(b)).apply(MlxArray.scalar(1f)));
    assertValues(Transforms.grad(f).apply(MlxArray.scalar(2f)), 1);
    ArrayFunction byTangent =
        a ->
            a.multiply(
                Transforms.jvp(b -> a.add(b), MlxArray.scalar(1f), MlxArray.scalar(1f)).jvps()[0]);
    assertValues(Transforms.jvp(byTangent, MlxArray.scalar(2f), MlxArray.scalar(1f)).jvps()[0], 1);
  }

  /** d/da [d/db (a² b³) at b = 2] = 2a · 3 · 4 */
  @Test
  void innerDerivativesMayCaptureOuterArguments() {
    ArrayFunction inner =
        a -> Transforms.grad(b -> a.square().multiply(b.power(3))).apply(MlxArray.scalar(2f));
    assertValues(Transforms.grad(inner).apply(MlxArray.scalar(5f)), 120);
    assertValues(Transforms.vmap(Transforms.grad(inner)).apply(x), 24, 48, 72);
    assertValues(Transforms.compile(Transforms.grad(inner)).apply(MlxArray.scalar(5f)), 120);
  }

  @Test
  void aFunctionMayCallTransformedFormsOfItself() {
    // f_n(a) = a · f_(n-1)'(a), f_0(a) = a³: f_1 = 3a³, f_2 = 9a³, f_3 = 27a³
    assertValues(timesDerivative(3).apply(MlxArray.scalar(2f)), 27 * 8);
    assertValues(Transforms.grad(timesDerivative(3)).apply(MlxArray.scalar(2f)), 27 * 12);
  }

  private static ArrayFunction timesDerivative(int n) {
    return n == 0
        ? a -> a.power(3)
        : a -> a.multiply(Transforms.grad(timesDerivative(n - 1)).apply(a));
  }

  @ParameterizedTest
  @ValueSource(strings = {"grad", "vmap", "compile", "checkpoint"})
  void anotherThreadMayBuildTheResult(String transform) throws InterruptedException {
    ArrayFunction plain = a -> a.square().sum();
    ArrayFunction onAnotherThread =
        a -> {
          List<MlxArray> result = new ArrayList<>();
          Thread thread = new Thread(() -> result.add(plain.apply(a)));
          thread.start();
          try {
            thread.join();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          return result.get(0);
        };
    assertSame(
        transformed(transform, plain).apply(x), transformed(transform, onAnotherThread).apply(x));
  }

  // ---- handles
  // -----------------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(strings = {"grad", "vmap", "compile", "checkpoint"})
  void closingTheInnerFunctionDoesNotDisturbTheOuter(String transform) {
    TransformedFunction inner = Transforms.compile(a -> a.square().sum());
    MlxArray expected = transformed(transform, a -> a.square().sum()).apply(x);
    TransformedFunction outer = transformed(transform, inner);
    inner.close();
    assertTrue(inner.isClosed());
    for (int i = 0; i < 3; i++) {
      assertSame(expected, outer.apply(x));
    }
    assertSame(expected, outer.apply(MlxArray.of(1f, 2f, 3f)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"grad", "vmap", "compile", "checkpoint"})
  void closingTheOuterFunctionDoesNotCloseTheInner(String transform) {
    TransformedFunction inner = Transforms.compile(a -> a.square().sum());
    transformed(transform, inner).close();
    TransformedFunction used = transformed(transform, inner);
    used.apply(x).eval();
    used.close();
    assertFalse(inner.isClosed());
    assertValues(inner.apply(x), 14);
  }

  @Test
  void oneFunctionServesManyOthers() {
    TransformedFunction square = Transforms.compile(MlxArray::square);
    TransformedFunction slope = Transforms.grad(square);
    TransformedFunction slopes = Transforms.vmap(slope);
    assertValues(square.apply(x), 1, 4, 9);
    assertValues(slope.apply(MlxArray.scalar(4f)), 8);
    assertValues(slopes.apply(x), 2, 4, 6);
    slope.close();
    assertValues(slopes.apply(x), 2, 4, 6);
    assertValues(square.apply(x), 1, 4, 9);
  }

  // ---- depth
  // -------------------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(strings = {"compile", "checkpoint"})
  void aHundredLevelsCostAHundredTimesOne(String transform) {
    ArrayFunction f = a -> a.multiply(2);
    for (int i = 0; i < 100; i++) {
      f = transformed(transform, f);
    }
    assertValues(f.apply(x), 2, 4, 6);
  }

  @Test
  void vmapNestsAsDeepAsThereAreAxes() {
    int[] ones = new int[50];
    java.util.Arrays.fill(ones, 1);
    ArrayFunction f = a -> a.multiply(2);
    for (int i = 0; i < 50; i++) {
      f = Transforms.vmap(f);
    }
    MlxArray result = f.apply(Ops.ones(ones));
    assertShape(result, ones);
    assertValues(result, 2);
  }

  /** In a separate JVM, because this test looks for the end of the process. */
  @Test
  void tooManyLevelsAreAnErrorAndNotACrash() throws Exception {
    String printed = ChildJvm.run(TooManyLevels.class);
    assertTrue(printed.contains("compile in Java"), printed);
  }

  /** Nests every transform 20,000 deep and applies it; succeeds if the worst is an exception. */
  static final class TooManyLevels {
    private TooManyLevels() {}

    public static void main(String[] args) {
      MlxArray scalar = MlxArray.scalar(0.5f);
      Map<String, Function<ArrayFunction, ArrayFunction>> transforms =
          Map.of(
              "grad", Transforms::grad,
              "vmap", Transforms::vmap,
              "compile", Transforms::compile,
              "checkpoint", Transforms::checkpoint,
              "compile in Java", f -> Transforms.compile(a -> f.apply(a)));
      transforms.forEach(
          (name, transform) -> {
            System.out.println(name);
            try {
              ArrayFunction f = MlxArray::square;
              for (int i = 0; i < 20_000; i++) {
                f = transform.apply(f);
              }
              f.apply(scalar).eval();
            } catch (StackOverflowError | IllegalArgumentException | IllegalStateException e) {
              System.out.println(e.getMessage());
            }
          });
    }
  }
}
