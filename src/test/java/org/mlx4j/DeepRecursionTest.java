package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.mlx4j.DeepStack.KIB;
import static org.mlx4j.DeepStack.MIB;

import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Functions that call functions to any depth. */
@ExtendWith(LifetimeBalance.class)
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DeepRecursionTest {
  static Stream<Named<UnaryOperator<ArrayFunction>>> wrappings() {
    return Stream.of(
        Named.of("grad", f -> x -> Transforms.grad(f).apply(x)),
        Named.of("compile", f -> x -> Transforms.compile(f).apply(x)),
        Named.of("checkpoint", f -> x -> Transforms.checkpoint(f).apply(x)),
        Named.of("vjp", f -> x -> Transforms.vjp(f, x, x).vjps()[0]),
        Named.of("jvp", f -> x -> Transforms.jvp(f, x, x).jvps()[0]),
        Named.of("vmap", f -> x -> Transforms.vmap(f).apply(x.expandDims(0)).squeeze()),
        Named.of("valueAndGrad", f -> x -> Transforms.valueAndGrad(f).apply(x).value()));
  }

  /** A function that transforms itself without end. */
  private static final class Endless implements ArrayFunction {
    private final ArrayFunction next;

    Endless(UnaryOperator<ArrayFunction> wrapping) {
      next = wrapping.apply(this);
    }

    @Override
    public MlxArray apply(MlxArray x) {
      return next.apply(x.multiply(2f));
    }
  }

  private static MlxArray three() {
    return MlxArray.scalar(3f);
  }

  @ParameterizedTest
  @MethodSource("wrappings")
  void endlessRecursionIsAStackOverflowError(UnaryOperator<ArrayFunction> wrapping) {
    for (long stack : new long[] {256 * KIB, 512 * KIB, DeepStack.DEFAULT, 4 * MIB}) {
      DeepStack.run(
          stack,
          () -> {
            ArrayFunction endless = new Endless(wrapping);
            assertThrows(StackOverflowError.class, () -> endless.apply(three()));
            assertEquals(6f, Transforms.grad(MlxArray::square).apply(three()).itemFloat());
          });
    }
  }

  @ParameterizedTest
  @MethodSource("wrappings")
  void lambdasNestTwentyDeep(UnaryOperator<ArrayFunction> wrapping) {
    ArrayFunction f = x -> x.multiply(0f);
    for (int i = 0; i < 20; i++) {
      f = wrapping.apply(f);
    }
    ArrayFunction nested = f;
    DeepStack.run(DeepStack.DEFAULT, () -> assertEquals(0f, nested.apply(three()).itemFloat()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"grad", "compile", "checkpoint"})
  void handlesNestThirtyDeep(String transform) {
    DeepStack.run(
        DeepStack.DEFAULT,
        () -> assertEquals(0f, nested(transform, 30).apply(three()).itemFloat()));
  }

  /**
   * Handles nest without Java frames in between, so that no check of the virtual machine guards the
   * native stack.
   */
  @ParameterizedTest
  @ValueSource(strings = {"grad", "compile", "checkpoint", "vmap"})
  void handlesNestedWithoutEndAreRefusedOrRight(String transform) {
    DeepStack.run(
        DeepStack.DEFAULT,
        () -> {
          try {
            MlxArray x = transform.equals("vmap") ? Ops.zeros(1) : three();
            assertEquals(0f, nested(transform, 10_000).apply(x).itemFloat());
          } catch (StackOverflowError | IllegalArgumentException e) {
            assertNotNull(e.getMessage());
          }
        });
  }

  private static TransformedFunction nested(String transform, int levels) {
    TransformedFunction f = Transforms.checkpoint(x -> x.multiply(0f).sum());
    for (int i = 1; i < levels; i++) {
      try (TransformedFunction inner = f) {
        f =
            switch (transform) {
              case "grad" -> Transforms.grad(inner);
              case "compile" -> Transforms.compile(inner);
              case "checkpoint" -> Transforms.checkpoint(inner);
              default -> Transforms.vmap(inner);
            };
      }
    }
    return f;
  }
}
