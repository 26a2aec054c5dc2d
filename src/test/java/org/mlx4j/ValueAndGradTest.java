package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.mlx4j.ArrayAssertions.assertShape;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertValues;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The value of a function and its gradients from one evaluation. */
@ExtendWith(InScope.class)
class ValueAndGradTest {
  private final MlxArray x = MlxArray.of(1f, 2f, 3f);

  @Test
  void valueAndGradientComeTogether() {
    ValueAndGrad result = Transforms.valueAndGrad(a -> a.square().sum()).apply(x);
    assertShape(result.value());
    assertValues(result.value(), 14);
    assertEquals(1, result.grads().length);
    assertSame(result.grads()[0], result.grad());
    assertValues(result.grad(), 2, 4, 6);
  }

  @Test
  void theFunctionRunsOnceForBoth() {
    AtomicInteger runs = new AtomicInteger();
    Transforms.valueAndGrad(
            a -> {
              runs.incrementAndGet();
              return a.sum();
            })
        .apply(x);
    assertEquals(1, runs.get());
  }

  @Test
  void gradientsComeInTheOrderAskedFor() {
    ValueAndGrad result =
        Transforms.valueAndGrad(
                xs -> xs[0].add(xs[1].multiply(2)).add(xs[2].multiply(3)).sum(), 2, 0)
            .apply(x, x, x);
    assertValues(result.value(), 36);
    assertEquals(2, result.grads().length);
    assertValues(result.grads()[0], 3, 3, 3);
    assertValues(result.grads()[1], 1, 1, 1);
    ValueAndGrad swapped =
        Transforms.valueAndGrad((a, b) -> a.add(b.multiply(2)).sum(), 1, 0).apply(x, x);
    assertValues(swapped.grads()[0], 2, 2, 2);
    assertValues(swapped.grads()[1], 1, 1, 1);
  }

  @Test
  void theValueMayBeTheArgumentOrACapturedArray() {
    MlxArray scalar = MlxArray.scalar(4f);
    ValueAndGrad identity = Transforms.valueAndGrad(a -> a).apply(scalar);
    assertValues(identity.value(), 4);
    assertValues(identity.grad(), 1);
    ValueAndGrad constant = Transforms.valueAndGrad(a -> scalar).apply(x);
    assertValues(constant.value(), 4);
    assertValues(constant.grad(), 0, 0, 0);
    identity.value().close();
    constant.value().close();
    assertValues(scalar, 4);
  }

  /** Least squares on points of the line y = 3x - 1 by gradient descent. */
  @Test
  void descendingAlongGradientsFitsALine() {
    MlxArray ys = x.multiply(3).subtract(1);
    try (ValueAndGradFunction loss =
        Transforms.valueAndGrad(
            (slope, intercept) -> x.multiply(slope).add(intercept).subtract(ys).square().mean(),
            0,
            1)) {
      MlxArray slope = MlxArray.scalar(0f);
      MlxArray intercept = MlxArray.scalar(0f);
      for (int step = 0; step < 600; step++) {
        ValueAndGrad result = loss.apply(slope, intercept);
        slope = slope.subtract(result.grads()[0].multiply(0.1));
        intercept = intercept.subtract(result.grads()[1].multiply(0.1));
        Ops.eval(slope, intercept);
      }
      assertEquals(3, slope.itemFloat(), 1e-3);
      assertEquals(-1, intercept.itemFloat(), 1e-3);
    }
  }

  @Test
  void theOnlyGradientIsNotOneOfMany() {
    ValueAndGrad two = Transforms.valueAndGrad((a, b) -> a.multiply(b).sum(), 0, 1).apply(x, x);
    assertThrowsSaying(
        IllegalStateException.class, two::grad, "[ValueAndGrad.grad]", "2 gradients");
  }

  @Test
  void argumentIndicesAreChecked() {
    ArrayBiFunction f = (a, b) -> a.sum();
    ArraysToArrayFunction g = xs -> xs[0].sum();
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.valueAndGrad(f, -1),
        "[valueAndGrad]",
        "negative",
        "-1");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.valueAndGrad(g, 0, 1, 0),
        "[valueAndGrad]",
        "Duplicate",
        "[0, 1, 0]");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.valueAndGrad(f, 2).apply(x, x),
        "[valueAndGrad]",
        "index 2",
        "only 2 arguments");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.valueAndGrad(MlxArray::sum).apply(),
        "[valueAndGrad]",
        "0 arguments");
  }

  @Test
  void aWrongNumberOfArgumentsIsRefused() {
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.valueAndGrad(MlxArray::sum).apply(x, x),
        "[valueAndGrad]",
        "1 argument",
        "2");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.valueAndGrad((a, b) -> a.sum(), 0).apply(x),
        "[valueAndGrad]",
        "2 arguments",
        "1");
  }

  @Test
  void aLossThatIsNoScalarIsRefused() {
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.valueAndGrad(MlxArray::square).apply(x),
        "[valueAndGrad]",
        "scalar",
        "[3]");
  }

  @Test
  void nullsAreRefused() {
    assertThrowsSaying(
        NullPointerException.class,
        () -> Transforms.valueAndGrad((ArrayFunction) null),
        "[valueAndGrad]",
        "null");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Transforms.valueAndGrad((ArrayBiFunction) null, 0),
        "[valueAndGrad]",
        "null");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Transforms.valueAndGrad((ArraysToArrayFunction) null, 0),
        "[valueAndGrad]",
        "null");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Transforms.valueAndGrad((a, b) -> a, 0, (int[]) null),
        "[valueAndGrad]",
        "null");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Transforms.valueAndGrad(a -> null).apply(x),
        "[valueAndGrad]",
        "returned null");
    ValueAndGradFunction sum = Transforms.valueAndGrad(MlxArray::sum);
    assertThrowsSaying(
        NullPointerException.class,
        () -> sum.apply((MlxArray) null),
        "[valueAndGrad]",
        "argument 0");
    assertThrowsSaying(
        NullPointerException.class, () -> sum.apply((MlxArray[]) null), "[valueAndGrad]", "null");
  }
}
