package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Custom, exported and imported functions leave nothing behind. */
@ExtendWith(LifetimeBalance.class)
class CustomFunctionLifetimeTest {
  private static MlxArray[] arrays(MlxArray... xs) {
    return xs;
  }

  private static TransformedArraysFunction function() {
    return CustomFunction.ofArrays(xs -> arrays(xs[0].square()))
        .vjp((p, c, o) -> arrays(c[0].multiply(p[0])))
        .jvp((p, t, n) -> arrays(t[0]))
        .vmap((in, axes) -> new BatchedArrays(arrays(in[0].square()), axes))
        .build();
  }

  @Test
  void steps() {
    try (MlxArray x = MlxArray.of(1f, 2f);
        TransformedArraysFunction f = function();
        TransformedFunction g = Transforms.grad(a -> f.apply(a)[0].sum());
        TransformedArraysFunction v = Transforms.vmap(f, new int[] {0}, new int[] {0})) {
      for (int i = 0; i < 5_000; i++) {
        Scope.run(
            () -> {
              g.apply(x).eval();
              v.apply(x)[0].eval();
            });
      }
    }
  }

  @Test
  void closedFunctions() {
    for (int i = 0; i < 2_000; i++) {
      try (TransformedArraysFunction f = function();
          TransformedFunction g = Transforms.grad(a -> f.apply(a)[0].sum())) {
        assertTrue(!f.isClosed() && !g.isClosed());
      }
    }
  }

  @Test
  void functionsLeftToTheCollector() {
    for (int i = 0; i < 500; i++) {
      function();
    }
  }

  @Test
  void buildersHoldNothingNative() {
    CustomFunction.Builder builder =
        CustomFunction.of(a -> a.square())
            .vjp((a, c, o) -> c)
            .jvp((a, t) -> t)
            .vmap(all -> all.square());
    for (int i = 0; i < 500; i++) {
      builder.build().close();
    }
    LifetimeBalance.Live before = LifetimeBalance.Live.now();
    CustomFunction.of((a, b) -> a.add(b)).vjp((a, b, c, o) -> new MlxArray[] {c, c});
    assertTrue(before.functions() == LifetimeBalance.Live.now().functions());
    try (TransformedFunction f = builder.build()) {
      assertTrue(before.functions() + 1 == LifetimeBalance.Live.now().functions());
      assertTrue(before.javaReferences() + 4 == LifetimeBalance.Live.now().javaReferences());
    }
  }

  @Test
  void rulesThatThrow() {
    try (MlxArray x = MlxArray.of(1f, 2f);
        TransformedArraysFunction f =
            CustomFunction.ofArrays(xs -> arrays(xs[0].square()))
                .vjp(
                    (p, c, o) -> {
                      c[0].add(p[0]);
                      throw new IllegalStateException();
                    })
                .build();
        TransformedFunction g = Transforms.grad(a -> f.apply(a)[0].sum())) {
      for (int i = 0; i < 500; i++) {
        try {
          g.apply(x);
          throw new AssertionError("the rule's exception is lost");
        } catch (IllegalStateException expected) {
          assertTrue(expected.getMessage() == null);
        }
      }
    }
  }
}
