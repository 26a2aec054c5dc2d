package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertValues;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mlx4j.tree.TreeFunction;
import org.mlx4j.tree.Trees;

/**
 * Objects that are first needed inside a scope, inside a function that a transform runs, or inside
 * a trace, but live longer: created in {@link Scope#detached}, or by the static initializer of a
 * class.
 */
class DetachedTest {
  private static MlxArray x() {
    return MlxArray.of(1f, 2f, 3f);
  }

  /** The places in which an action may run. */
  static Stream<Named<Consumer<Runnable>>> places() {
    return Stream.of(
        Named.of("outside", Runnable::run),
        Named.of("scope", Scope::run),
        Named.of("two scopes", action -> Scope.run(() -> Scope.run(action))),
        Named.of("detached in a scope", action -> Scope.run(() -> Scope.detached(action))),
        Named.of("scope in a detached action", action -> Scope.detached(() -> Scope.run(action))),
        Named.of("grad", action -> traced(Transforms::grad, action)),
        Named.of("compile", action -> traced(Transforms::compile, action)),
        Named.of("compile shapeless", action -> traced(f -> Transforms.compile(f, true), action)),
        Named.of(
            "grad of checkpoint",
            action -> traced(f -> Transforms.grad(Transforms.checkpoint(f)), action)),
        Named.of(
            "vmap",
            action ->
                Scope.run(
                    () ->
                        Transforms.vmap(
                                v -> {
                                  action.run();
                                  return v;
                                })
                            .apply(x())
                            .eval())),
        Named.of(
            "compile of vmap of grad",
            action ->
                traced(
                    f -> Transforms.compile(v -> Transforms.vmap(Transforms.grad(f)).apply(v)),
                    action)),
        Named.of("jvp", action -> Transforms.jvp(running(action), x(), x())));
  }

  private static ArrayFunction running(Runnable action) {
    return v -> {
      action.run();
      return v.sum();
    };
  }

  private static void traced(
      java.util.function.Function<ArrayFunction, TransformedFunction> transform, Runnable action) {
    Scope.run(() -> transform.apply(running(action)).apply(x()).eval());
  }

  // ---- Scope.detached
  // -----------------------------------------------------------------------------

  @ParameterizedTest
  @MethodSource("places")
  void whatIsMadeLivesOn(Consumer<Runnable> place) {
    Map<Integer, MlxArray> cache = new HashMap<>();
    MlxArray[] within = new MlxArray[2];
    for (int i = 0; i < 2; i++) {
      place.accept(
          () -> {
            MlxArray made =
                cache.computeIfAbsent(
                    3,
                    n ->
                        Scope.detached(
                            () -> {
                              within[0] = Ops.arange(n);
                              within[1] = Scope.run(() -> within[0].add(1f).multiply(2f));
                              return within[1];
                            }));
            made.add(x());
          });
    }
    assertValues(cache.get(3), 2, 4, 6);
    assertValues(within[0], 0, 1, 2);
    Scope.run(() -> assertValues(cache.get(3).add(x()), 3, 6, 9));
    within[0].close();
    within[1].close();
  }

  @ParameterizedTest
  @MethodSource("places")
  void valuesAreReadAtOnce(Consumer<Runnable> place) {
    float[] read = new float[1];
    place.accept(
        () ->
            read[0] =
                Scope.detached(
                    () -> {
                      MlxArray sum = x().sum();
                      sum.eval();
                      return sum.itemFloat();
                    }));
    assertEquals(6, read[0]);
  }

  @ParameterizedTest
  @MethodSource("places")
  void transformedFunctionsLiveOn(Consumer<Runnable> place) {
    TransformedFunction[] function = new TransformedFunction[1];
    TreeFunction<?, ?>[] ofTrees = new TreeFunction<?, ?>[1];
    place.accept(
        () -> {
          function[0] = Scope.detached(() -> Transforms.compile(v -> v.multiply(3f)));
          ofTrees[0] =
              Scope.detached(() -> Trees.compile((List<MlxArray> all) -> all.get(0).multiply(4f)));
        });
    Scope.run(() -> assertValues(function[0].apply(x()), 3, 6, 9));
    @SuppressWarnings("unchecked")
    var f = (TreeFunction<List<MlxArray>, MlxArray>) ofTrees[0];
    Scope.run(() -> assertValues(f.apply(List.of(x())), 4, 8, 12));
    function[0].close();
    f.close();
  }

  /** The message tells whoever fills a cache inside a scope or a function how to do it. */
  @Test
  void theMessageOfAClosedArrayNamesTheWayOut() {
    Map<Integer, MlxArray> cache = new HashMap<>();
    Scope.run(() -> cache.computeIfAbsent(1, Ops::arange).eval());
    Transforms.grad(v -> v.multiply(cache.computeIfAbsent(3, Ops::arange)).sum()).apply(x());
    for (MlxArray closed : cache.values()) {
      assertThrowsSaying(
          IllegalStateException.class, () -> x().add(closed), "is closed", "Scope.detached");
    }
  }

  @Test
  void scopesInsideWorkAsEverywhere() {
    Scope.run(
        () -> {
          MlxArray[] seen = new MlxArray[3];
          Scope.detached(
              () -> {
                try (Scope scope = Scope.open()) {
                  seen[0] = x();
                  seen[1] = scope.keep(x());
                  seen[2] = scope.keep(new MlxArray[] {x()})[0];
                }
              });
          assertTrue(seen[0].isClosed());
          assertFalse(seen[1].isClosed());
          MlxArray ofScope = x();
          assertFalse(ofScope.isClosed());
          seen[1].close();
          seen[2].close();
        });
  }

  @Test
  void afterwardsTheScopeOwnsAgain() {
    MlxArray[] after = new MlxArray[2];
    Scope.run(
        () -> {
          Scope.detached(() -> {});
          after[0] = x();
          assertThrows(
              ArithmeticException.class,
              () ->
                  Scope.detached(
                      () -> {
                        throw new ArithmeticException();
                      }));
          after[1] = x();
        });
    assertTrue(after[0].isClosed());
    assertTrue(after[1].isClosed());
  }

  @Test
  void theScopesOutsideCannotBeClosedInside() {
    try (Scope scope = Scope.open()) {
      MlxArray mine = x();
      Scope.detached(
          () -> {
            assertThrowsSaying(IllegalStateException.class, scope::close, "[Scope]", "detached");
            scope.keep(mine);
          });
      scope.close();
      assertFalse(mine.isClosed());
      mine.close();
    }
  }

  @Test
  void aScopeThatIsLeftOpenInsideEndsWithTheAction() {
    MlxArray[] seen = new MlxArray[1];
    Scope[] left = new Scope[1];
    Scope.run(
        () -> {
          Scope.detached(
              () -> {
                left[0] = Scope.open();
                seen[0] = x();
              });
          assertTrue(seen[0].isClosed());
          left[0].close();
        });
  }

  /** The ways in which a placeholder may escape. */
  static Stream<Named<java.util.function.UnaryOperator<Object>>> results() {
    return Stream.of(
        Named.of("array", v -> v),
        Named.of("computed", v -> ((MlxArray) v).add(1f).sum()),
        Named.of("Java array", v -> new MlxArray[] {x(), (MlxArray) v}),
        Named.of("list", v -> List.of(x(), v)),
        Named.of("map", v -> Map.of("key", v)),
        Named.of("optional", Optional::of),
        Named.of("set", java.util.Set::of));
  }

  @ParameterizedTest
  @MethodSource("results")
  void placeholdersDoNotComeOut(java.util.function.UnaryOperator<Object> result) {
    for (java.util.function.UnaryOperator<ArrayFunction> transform :
        List.<java.util.function.UnaryOperator<ArrayFunction>>of(
            Transforms::grad,
            Transforms::compile,
            f -> v -> Transforms.vmap(f).apply(v.reshape(1, 3)),
            f -> v -> Transforms.jvp(f, v, v).jvps()[0])) {
      Scope.run(
          () -> {
            int[] refused = new int[1];
            transform
                .apply(
                    v -> {
                      assertThrowsSaying(
                          IllegalStateException.class,
                          () -> Scope.detached(() -> result.apply(v)),
                          "[Scope.detached]",
                          "traced");
                      refused[0]++;
                      return v.sum();
                    })
                .apply(x())
                .eval();
            assertTrue(refused[0] > 0);
          });
    }
  }

  @Test
  void whatWasComputedFromArgumentsOutsideTracesComesOut() {
    try (MlxArray y = Scope.run(() -> Scope.detached(() -> x().add(x())))) {
      assertValues(y, 2, 4, 6);
    }
  }

  @Test
  void nothingIsNull() {
    assertThrowsSaying(
        NullPointerException.class, () -> Scope.detached((Runnable) null), "[Scope.detached]");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Scope.detached((java.util.function.Supplier<?>) null),
        "[Scope.detached]");
  }

  // ---- static initializers
  // ------------------------------------------------------------------------

  private static void inThreeScopes(Runnable action) {
    for (int i = 0; i < 3; i++) {
      Scope.run(action);
    }
  }

  // Each class is used by one test only, first inside and then again.

  private static final class InScope1 {
    static final MlxArray A = MlxArray.of(2f);
    static final MlxArray SUM = A.add(1f);
  }

  @Test
  void aStaticFieldFirstUsedInAScope() {
    inThreeScopes(() -> assertValues(x().multiply(InScope1.A).add(InScope1.SUM), 5, 7, 9));
  }

  private static final class InGrad {
    static final MlxArray A = MlxArray.of(2f);
    static final float READ = A.add(1f).itemFloat();
  }

  @Test
  void aStaticFieldFirstUsedInAGradient() {
    inThreeScopes(
        () ->
            assertValues(
                Transforms.grad(v -> v.multiply(InGrad.A).multiply(InGrad.READ).sum()).apply(x()),
                6,
                6,
                6));
  }

  private static final class InCompile {
    static final MlxArray A = MlxArray.of(2f).add(0f);
    static final float READ = A.itemFloat();
  }

  @Test
  void aStaticFieldFirstUsedInACompiledFunction() {
    for (int i = 1; i < 4; i++) {
      int n = i;
      Scope.run(
          () ->
              assertValues(
                  Transforms.compile(v -> v.multiply(InCompile.A).sum()).apply(Ops.ones(n)),
                  2 * n));
    }
    assertEquals(2, InCompile.READ);
  }

  private static final class InVmap {
    static final MlxArray A = MlxArray.of(2f).add(0f);
  }

  @Test
  void aStaticFieldFirstUsedInAMappedFunction() {
    inThreeScopes(
        () -> assertValues(Transforms.vmap(v -> v.multiply(InVmap.A).sum()).apply(x()), 2, 4, 6));
  }

  private static final class InNested {
    static final MlxArray A = MlxArray.of(2f).add(0f);
  }

  @Test
  void aStaticFieldFirstUsedDeepInside() {
    inThreeScopes(
        () ->
            Scope.run(
                () ->
                    assertValues(
                        Transforms.compile(
                                Transforms.grad(
                                    v ->
                                        Transforms.checkpoint(u -> u.multiply(InNested.A).sum())
                                            .apply(v)))
                            .apply(x()),
                        2,
                        2,
                        2)));
  }

  private static final class Functions {
    static final TransformedFunction F = Transforms.compile(v -> v.multiply(3));
    static final TreeFunction<List<MlxArray>, MlxArray> TREES =
        Trees.compile(all -> all.get(0).multiply(4f));
  }

  @Test
  void functionsInStaticFields() {
    inThreeScopes(
        () -> {
          assertValues(Functions.F.apply(x()), 3, 6, 9);
          assertValues(Functions.TREES.apply(List.of(x())), 4, 8, 12);
        });
  }

  private static final class Model {
    static final Model ONLY = new Model();
    final MlxArray w;

    Model() {
      try (Scope scope = Scope.open()) {
        MlxArray one = Ops.ones(3);
        w = scope.keep(Scope.run(() -> one.add(one)));
      }
    }
  }

  @Test
  void aSingletonThatUsesScopesOfItsOwn() {
    inThreeScopes(() -> assertValues(x().multiply(Model.ONLY.w), 2, 4, 6));
  }

  private static final class Outer {
    static final MlxArray A = MlxArray.of(2f).multiply(Inner.A);

    private static final class Inner {
      static final MlxArray A = MlxArray.of(5f);
    }
  }

  @Test
  void initializersThatRunOthers() {
    inThreeScopes(() -> assertValues(x().multiply(Outer.A).add(Outer.Inner.A), 15, 25, 35));
  }

  private static final class WithTransform {
    static final MlxArray SLOPE;
    static MlxArray temporary;

    static {
      SLOPE =
          Transforms.grad(
                  v -> {
                    temporary = v.square();
                    return temporary.sum();
                  })
              .apply(MlxArray.of(1f, 2f, 3f));
    }
  }

  @Test
  void functionsInsideInitializersStillCleanUp() {
    inThreeScopes(() -> assertValues(WithTransform.SLOPE, 2, 4, 6));
    assertTrue(WithTransform.temporary.isClosed());
  }

  @SuppressWarnings("unused")
  private static final class Failing {
    static final MlxArray A = fail();

    static MlxArray fail() {
      throw new IllegalStateException("on purpose");
    }
  }

  @Test
  void scopesOwnAgainAfterAnInitializer() {
    MlxArray[] made = new MlxArray[2];
    Scope.run(
        () -> {
          assertValues(After.A, 2);
          made[0] = x();
          assertThrows(ExceptionInInitializerError.class, () -> Failing.A.eval());
          made[1] = x();
        });
    assertTrue(made[0].isClosed());
    assertTrue(made[1].isClosed());
  }

  private static final class After {
    static final MlxArray A = MlxArray.of(2f);
  }
}
