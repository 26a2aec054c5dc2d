package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.mlx4j.ArrayAssertions.assertNullFunctionIsRefused;
import static org.mlx4j.ArrayAssertions.assertSame;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertValues;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A checkpointed function has the value and the derivatives of the plain one. */
@ExtendWith(InScope.class)
class CheckpointTest {
  private final MlxArray x = MlxArray.of(0.5f, 1f, 2f);
  private final MlxArray y = MlxArray.of(3f, -1f, 0.5f);

  private static MlxArray[] arrays(MlxArray... xs) {
    return xs;
  }

  private static MlxArray layers(MlxArray a) {
    MlxArray h = a;
    for (int i = 0; i < 5; i++) {
      h = h.sin().add(h.square());
    }
    return h;
  }

  @Test
  void valueAndGradientAreThoseOfThePlainFunction() {
    ArrayFunction plain = CheckpointTest::layers;
    TransformedFunction checkpointed = Transforms.checkpoint(plain);
    assertSame(plain.apply(x), checkpointed.apply(x));
    assertSame(
        Transforms.grad(a -> plain.apply(a).sum()).apply(x),
        Transforms.grad(a -> checkpointed.apply(a).sum()).apply(x));
    assertSame(Transforms.vjp(plain, x, y).vjps()[0], Transforms.vjp(checkpointed, x, y).vjps()[0]);
    assertSame(Transforms.jvp(plain, x, y).jvps()[0], Transforms.jvp(checkpointed, x, y).jvps()[0]);
  }

  @Test
  void twoArguments() {
    ArrayBiFunction plain = (a, b) -> a.multiply(b.exp()).sum();
    TransformedBiFunction checkpointed = Transforms.checkpoint(plain);
    assertSame(plain.apply(x, y), checkpointed.apply(x, y));
    MlxArray[] expected = Transforms.grad(plain, 0, 1).apply(x, y);
    MlxArray[] actual = Transforms.grad(checkpointed, 0, 1).apply(x, y);
    assertSame(expected[0], actual[0]);
    assertSame(expected[1], actual[1]);
  }

  @Test
  void manyArgumentsAndResults() {
    ArraysFunction plain = xs -> arrays(xs[0].multiply(xs[1]), xs[1].exp(), xs[0]);
    TransformedArraysFunction checkpointed = Transforms.checkpointArrays(plain);
    MlxArray[] cotangents = {y, x, y};
    Vjp expected = Transforms.vjp(plain, arrays(x, y), cotangents);
    Vjp actual = Transforms.vjp(checkpointed, arrays(x, y), cotangents);
    for (int i = 0; i < 3; i++) {
      assertSame(expected.outputs()[i], actual.outputs()[i]);
    }
    assertSame(expected.vjps()[0], actual.vjps()[0]);
    assertSame(expected.vjps()[1], actual.vjps()[1]);
  }

  @Test
  void higherDerivativesAreThoseOfThePlainFunction() {
    ArrayFunction cube = a -> a.multiply(a).multiply(a);
    MlxArray at = MlxArray.scalar(2f);
    TransformedFunction checkpointed = Transforms.checkpoint(cube);
    assertValues(Transforms.grad(checkpointed).apply(at), 12);
    assertValues(Transforms.grad(Transforms.grad(checkpointed)).apply(at), 12);
    assertValues(Transforms.grad(Transforms.grad(Transforms.grad(checkpointed))).apply(at), 6);
  }

  @Test
  void theFunctionRunsOnceMoreForTheGradient() {
    AtomicInteger runs = new AtomicInteger();
    TransformedFunction checkpointed =
        Transforms.checkpoint(
            a -> {
              runs.incrementAndGet();
              return a.exp().sum();
            });
    checkpointed.apply(x).eval();
    assertEquals(1, runs.getAndSet(0));
    Transforms.grad(checkpointed).apply(x).eval();
    assertEquals(2, runs.get());
  }

  @Test
  void capturedArraysAreConstants() {
    MlxArray weights = MlxArray.of(1f, 10f, 100f);
    TransformedFunction checkpointed = Transforms.checkpoint(a -> a.multiply(weights).sum());
    assertValues(Transforms.grad(checkpointed).apply(x), 1, 10, 100);
    weights.close();
  }

  @Test
  void anArgumentOrAConstantMayBeTheResult() {
    MlxArray constant = MlxArray.scalar(5f);
    assertSame(x, Transforms.checkpoint(a -> a).apply(x));
    assertSame(constant, Transforms.checkpoint(a -> constant).apply(x));
    assertValues(Transforms.grad(Transforms.checkpoint(a -> a)).apply(constant), 1);
    assertValues(Transforms.grad(Transforms.checkpoint(a -> constant)).apply(x), 0, 0, 0);
  }

  @Test
  void valuesMayBeReadInside() {
    ArrayFunction absolute =
        Transforms.checkpoint(a -> a.itemFloat() < 0 ? a.negative() : a.multiply(1));
    assertValues(Transforms.grad(absolute).apply(MlxArray.scalar(-3f)), -1);
  }

  @Test
  void checkpointsNest() {
    ArrayFunction f = a -> a.square().sum();
    for (int i = 0; i < 5; i++) {
      f = Transforms.checkpoint(f);
    }
    assertValues(Transforms.grad(f).apply(x), 1, 2, 4);
  }

  @Test
  void noResultIsRefused() {
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.checkpointArrays(xs -> arrays()).apply(x),
        "[checkpoint]",
        "at least one");
  }

  @Test
  void nullsAreRefused() {
    assertNullFunctionIsRefused(
        "checkpoint",
        () -> Transforms.checkpoint((ArrayFunction) null),
        () -> Transforms.checkpoint((ArrayBiFunction) null),
        () -> Transforms.checkpointArrays(null));
    assertThrowsSaying(
        NullPointerException.class,
        () -> Transforms.checkpoint(a -> null).apply(x),
        "[checkpoint]",
        "returned null");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Transforms.checkpointArrays(xs -> null).apply(x),
        "[checkpoint]",
        "returned null");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Transforms.checkpoint(a -> a).apply(null),
        "[checkpoint]",
        "argument 0");
  }
}
