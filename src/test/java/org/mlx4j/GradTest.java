package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.mlx4j.ArrayAssertions.assertShape;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertValues;

import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Gradients against closed forms. */
@ExtendWith(InScope.class)
class GradTest {
  private final MlxArray x = MlxArray.of(1f, 2f, 3f);

  @ParameterizedTest
  @ValueSource(floats = {0, 1, -2.5f, 1e10f, Float.POSITIVE_INFINITY})
  void gradOfSquareIsTwiceForAScalar(float x) {
    MlxArray gradient = Transforms.grad(MlxArray::square).apply(MlxArray.scalar(x));
    assertShape(gradient);
    assertValues(gradient, 2 * x);
  }

  @Test
  void gradOfSquareIsTwiceForManyElements() {
    MlxArray many = Ops.arange(100_000.0).reshape(100, 10, 100);
    MlxArray gradient = Transforms.grad(x -> x.square().sum()).apply(many);
    assertShape(gradient, 100, 10, 100);
    assertValues(gradient, many.multiply(2).toDoubleArray());
  }

  static Stream<Arguments> functionsAndDerivatives() {
    Map<String, ArrayFunction> functions =
        Map.of(
            "sin", MlxArray::sin,
            "exp", MlxArray::exp,
            "log", MlxArray::log,
            "tanh", MlxArray::tanh,
            "sqrt", MlxArray::sqrt,
            "reciprocal", MlxArray::reciprocal,
            "cube", x -> x.multiply(x).multiply(x),
            "sigmoid", MlxArray::sigmoid);
    Map<String, DoubleUnaryOperator> derivatives =
        Map.of(
            "sin", Math::cos,
            "exp", Math::exp,
            "log", x -> 1 / x,
            "tanh", x -> 1 - Math.tanh(x) * Math.tanh(x),
            "sqrt", x -> 0.5 / Math.sqrt(x),
            "reciprocal", x -> -1 / (x * x),
            "cube", x -> 3 * x * x,
            "sigmoid", x -> 1 / (2 + Math.exp(x) + Math.exp(-x)));
    return functions.keySet().stream()
        .map(name -> Arguments.of(name, functions.get(name), derivatives.get(name)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("functionsAndDerivatives")
  void derivativesAreThoseOfCalculus(String name, ArrayFunction f, DoubleUnaryOperator derivative) {
    for (double at : new double[] {0.25, 1, 2}) {
      assertValues(Transforms.grad(f).apply(MlxArray.scalar(at)), derivative.applyAsDouble(at));
    }
  }

  @Test
  void higherDerivativesAreDerivativesOfDerivatives() {
    MlxArray at = MlxArray.scalar(2f);
    ArrayFunction f = x -> x.square().square();
    TransformedFunction first = Transforms.grad(f);
    TransformedFunction second = Transforms.grad(first);
    TransformedFunction third = Transforms.grad(second);
    TransformedFunction fifth = Transforms.grad(Transforms.grad(third));
    assertValues(first.apply(at), 32);
    assertValues(second.apply(at), 48);
    assertValues(third.apply(at), 48);
    assertValues(fifth.apply(at), 0);
  }

  @Test
  void gradientsComeInTheOrderAskedFor() {
    ArraysToArrayFunction f = xs -> xs[0].add(xs[1].multiply(2)).add(xs[2].multiply(3)).sum();
    MlxArray[] backwards = Transforms.grad(f, 2, 0).apply(x, x, x);
    assertEquals(2, backwards.length);
    assertValues(backwards[0], 3, 3, 3);
    assertValues(backwards[1], 1, 1, 1);
    MlxArray[] all = Transforms.grad(f, 1, 2, 0).apply(x, x, x);
    assertValues(all[0], 2, 2, 2);
    assertValues(all[1], 3, 3, 3);
    assertValues(all[2], 1, 1, 1);
    MlxArray[] swapped = Transforms.grad((a, b) -> a.add(b.multiply(2)).sum(), 1, 0).apply(x, x);
    assertValues(swapped[0], 2, 2, 2);
    assertValues(swapped[1], 1, 1, 1);
  }

  @Test
  void eachGradientHasTheShapeAndDtypeOfItsArgument() {
    MlxArray matrix = Ops.ones(new int[] {2, 3}, DType.FLOAT16);
    MlxArray vector = Ops.ones(new int[] {3}, DType.BFLOAT16);
    MlxArray[] gradients =
        Transforms.grad((a, b) -> a.multiply(b).sum(), 0, 1).apply(matrix, vector);
    assertShape(gradients[0], 2, 3);
    assertShape(gradients[1], 3);
    assertEquals(DType.FLOAT16, gradients[0].dtype());
    assertEquals(DType.BFLOAT16, gradients[1].dtype());
    assertValues(gradients[1], 2, 2, 2);
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT16", "BFLOAT16", "FLOAT32"})
  void everyFloatHasGradients(DType dtype) {
    MlxArray gradient =
        Transforms.grad(x -> x.square().sum()).apply(MlxArray.of(new float[] {1, 2}, dtype, 2));
    assertEquals(dtype, gradient.dtype());
    assertValues(gradient, 2, 4);
  }

  @Test
  void doublesHaveGradientsOnTheCpu() {
    try (StreamScope onCpu = StreamScope.open(Device.cpu())) {
      MlxArray at = MlxArray.of(new double[] {1 + 1e-12}, DType.FLOAT64, 1);
      MlxArray gradient = Transforms.grad(x -> x.square().sum()).apply(at);
      assertEquals(DType.FLOAT64, gradient.dtype());
      assertEquals(2 + 2e-12, gradient.itemDouble(), 1e-15);
    }
  }

  @Test
  void integersHaveNoGradient() {
    TransformedFunction gradient = Transforms.grad(x -> x.astype(DType.FLOAT32).sum());
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> gradient.apply(MlxArray.of(1, 2)),
        "[grad]",
        "argument 0",
        "int32",
        "astype()");
    assertThrowsSaying(
        IllegalArgumentException.class, () -> gradient.apply(MlxArray.of(true)), "[grad]", "bool");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () ->
            Transforms.valueAndGrad((a, b) -> a.sum().add(b.sum()), 0, 1)
                .apply(MlxArray.of(1f), MlxArray.of(1)),
        "[valueAndGrad]",
        "argument 1",
        "int32");
    MlxArray[] beside =
        Transforms.grad(xs -> xs[0].multiply(xs[1]).sum(), 1)
            .apply(MlxArray.of(2, 3), MlxArray.of(1f, 1f));
    assertValues(beside[0], 2, 3);
  }

  /** |z|² = a² + b² for z = a + bi; its gradient points along 2z. */
  @Test
  void complexArgumentsHaveGradients() {
    MlxArray gradient =
        Transforms.grad(z -> z.abs().square().sum()).apply(MlxArray.of(new Complex64(1, 2)));
    assertEquals(new Complex64(2, 4), gradient.itemComplex());
  }

  @Test
  void whatIsNotUsedHasAZeroGradient() {
    MlxArray[] gradients = Transforms.grad((a, b) -> a.sum(), 0, 1).apply(x, Ops.ones(2, 2));
    assertValues(gradients[0], 1, 1, 1);
    assertShape(gradients[1], 2, 2);
    assertValues(gradients[1], 0, 0, 0, 0);
  }

  @Test
  void aConstantHasAZeroGradient() {
    MlxArray captured = MlxArray.scalar(5f);
    assertValues(Transforms.grad(a -> MlxArray.scalar(1f)).apply(x), 0, 0, 0);
    assertValues(Transforms.grad(a -> captured).apply(x), 0, 0, 0);
    assertEquals(5f, captured.itemFloat());
  }

  @Test
  void theIdentityHasTheGradientOne() {
    MlxArray argument = MlxArray.scalar(5f);
    assertValues(Transforms.grad(a -> a).apply(argument), 1);
    assertEquals(5f, argument.itemFloat());
  }

  @Test
  void stopGradientIsAConstant() {
    assertValues(Transforms.grad(a -> a.multiply(a.stopGradient()).sum()).apply(x), 1, 2, 3);
    assertValues(Transforms.grad(a -> a.stopGradient().sum()).apply(x), 0, 0, 0);
  }

  @Test
  void capturedArraysAreConstants() {
    MlxArray weights = MlxArray.of(10f, 20f, 30f);
    TransformedFunction gradient = Transforms.grad(a -> a.multiply(weights).sum());
    assertValues(gradient.apply(x), 10, 20, 30);
    assertValues(gradient.apply(weights), 10, 20, 30);
    assertValues(weights, 10, 20, 30);
  }

  @Test
  void capturedArraysMayBeLazy() {
    MlxArray lazy = MlxArray.of(1f, 2f, 3f).multiply(10).add(1);
    assertValues(Transforms.grad(a -> a.multiply(lazy).sum()).apply(x.add(1)), 11, 21, 31);
  }

  @Test
  void theSameArrayMayBeEveryArgument() {
    MlxArray[] gradients =
        Transforms.grad((a, b) -> a.multiply(b.square()).sum(), 0, 1).apply(x, x);
    assertValues(gradients[0], 1, 4, 9);
    assertValues(gradients[1], 2, 8, 18);
  }

  @Test
  void noElementsHaveNoGradients() {
    assertShape(Transforms.grad(MlxArray::sum).apply(Ops.zeros(0)), 0);
    assertShape(Transforms.grad(a -> a.square().sum()).apply(Ops.zeros(2, 0, 3)), 2, 0, 3);
  }

  @Test
  void infinitiesAndNotANumberStayWhatTheyAre() {
    assertValues(
        Transforms.grad(a -> a.sqrt().sum()).apply(MlxArray.of(0f, 4f)),
        Double.POSITIVE_INFINITY,
        0.25);
    assertValues(
        Transforms.grad(a -> a.square().sum()).apply(MlxArray.of(Float.NaN, 1f)), Double.NaN, 2);
    assertValues(
        Transforms.grad(a -> a.log().sum()).apply(MlxArray.of(0f)), Double.POSITIVE_INFINITY);
  }

  @Test
  void broadcastArgumentsSumTheirGradients() {
    MlxArray[] gradients =
        Transforms.grad((a, b) -> a.multiply(b).sum(), 0, 1).apply(MlxArray.scalar(2f), x);
    assertShape(gradients[0]);
    assertValues(gradients[0], 6);
    assertValues(gradients[1], 2, 2, 2);
  }

  @Test
  void fullHasTheGradientOfABroadcast() {
    MlxArray two = MlxArray.scalar(2f);
    assertValues(Transforms.grad(a -> Ops.full(new int[] {3}, a).sum()).apply(two), 3);
    assertValues(Transforms.vjp(a -> Ops.full(new int[] {3}, a), two, x).vjps()[0], 6);
    assertValues(Transforms.jvp(a -> Ops.full(new int[] {3}, a), two, two).jvps()[0], 2, 2, 2);
  }

  /** f = wᵀ A w for a symmetric A has the gradient 2 A w. */
  @Test
  void gradientOfAQuadraticForm() {
    MlxArray a = MlxArray.of(new float[] {2, 1, 1, 3}, 2, 2);
    assertValues(Transforms.grad(w -> w.matmul(a.matmul(w))).apply(MlxArray.of(1f, -1f)), 2, -4);
  }

  @Test
  void valuesMayDecideInsideTheFunction() {
    ArrayFunction absolute = a -> a.itemFloat() < 0 ? a.negative() : a;
    assertValues(Transforms.grad(absolute).apply(MlxArray.scalar(-3f)), -1);
    assertValues(Transforms.grad(absolute).apply(MlxArray.scalar(3f)), 1);
  }

  @Test
  void aFunctionMayBeAppliedAgainAndAgain() {
    TransformedFunction gradient = Transforms.grad(a -> a.square().sum());
    for (int i = 0; i < 100; i++) {
      assertValues(gradient.apply(MlxArray.of((float) i, 2f * i)), 2 * i, 4 * i);
    }
    assertValues(gradient.apply(MlxArray.scalar(3f)), 6);
  }

  @Test
  void manyFunctionsLiveAtOnce() {
    TransformedFunction[] gradients = new TransformedFunction[1000];
    for (int i = 0; i < gradients.length; i++) {
      int factor = i;
      gradients[i] = Transforms.grad(a -> a.multiply(factor).sum());
    }
    for (int i = 0; i < gradients.length; i++) {
      assertValues(gradients[i].apply(x), i, i, i);
    }
  }

  // ---- what is refused
  // ---------------------------------------------------------------------------

  @Test
  void argumentIndicesAreChecked() {
    ArrayBiFunction f = (a, b) -> a.sum();
    ArraysToArrayFunction g = xs -> xs[0].sum();
    assertThrowsSaying(
        IllegalArgumentException.class, () -> Transforms.grad(f, -1), "[grad]", "negative", "-1");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.grad(g, 0, -3),
        "[grad]",
        "negative",
        "-3");
    assertThrowsSaying(
        IllegalArgumentException.class, () -> Transforms.grad(f, 1, 1), "[grad]", "Duplicate", "1");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.grad(g, 2, 0, 2),
        "[grad]",
        "Duplicate",
        "2",
        "[2, 0, 2]");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.grad(f, 2).apply(x, x),
        "[grad]",
        "index 2",
        "only 2 arguments");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.grad(g, 0, 5).apply(x, x),
        "[grad]",
        "index 5",
        "only 2 arguments");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.grad(g, 0).apply(),
        "[grad]",
        "index 0",
        "only 0 arguments");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.grad(g, Integer.MAX_VALUE).apply(x),
        "[grad]",
        String.valueOf(Integer.MAX_VALUE));
  }

  @Test
  void aWrongNumberOfArgumentsIsRefused() {
    TransformedArraysFunction gradient = Transforms.grad((a, b) -> a.sum(), 0);
    assertThrowsSaying(
        IllegalArgumentException.class, () -> gradient.apply(x), "[grad]", "2 arguments", "1");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> gradient.apply(x, x, x),
        "[grad]",
        "2 arguments",
        "3");
  }

  @Test
  void aLossThatIsNoScalarIsRefused() {
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.grad(MlxArray::square).apply(x),
        "[grad]",
        "scalar",
        "[3]",
        "sum()");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.grad(a -> a.sum(0, true)).apply(x),
        "[grad]",
        "scalar",
        "[1]");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Transforms.grad((a, b) -> a.add(b), 1).apply(x, x),
        "[grad]",
        "scalar",
        "[3]");
  }

  @Test
  void aNullResultIsRefused() {
    assertThrowsSaying(
        NullPointerException.class,
        () -> Transforms.grad(a -> null).apply(x),
        "[grad]",
        "returned null");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Transforms.grad((a, b) -> null, 0).apply(x, x),
        "[grad]",
        "returned null");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Transforms.grad(xs -> null, 0).apply(x),
        "[grad]",
        "returned null");
  }

  @Test
  void nullArgumentsAreRefused() {
    assertThrowsSaying(
        NullPointerException.class,
        () -> Transforms.grad((ArrayFunction) null),
        "[grad]",
        "function",
        "null");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Transforms.grad((ArrayBiFunction) null, 0),
        "[grad]",
        "function",
        "null");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Transforms.grad((ArraysToArrayFunction) null, 0),
        "[grad]",
        "function",
        "null");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Transforms.grad((a, b) -> a, 0, (int[]) null),
        "[grad]",
        "indices",
        "null");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Transforms.grad(a -> a).apply(null),
        "[grad]",
        "argument 0",
        "null");
    TransformedArraysFunction gradient = Transforms.grad((a, b) -> a.sum(), 0);
    assertThrowsSaying(
        NullPointerException.class, () -> gradient.apply(x, null), "[grad]", "argument 1", "null");
    assertThrowsSaying(
        NullPointerException.class, () -> gradient.apply((MlxArray[]) null), "[grad]", "null");
  }

  @Test
  void whatMlxCannotDifferentiateIsNamed() {
    TransformedFunction gradient = Transforms.grad(a -> Linalg.qr(a).r().sum());
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> gradient.apply(Ops.eye(2)),
        "[vjp]",
        "QRF",
        "stopGradient()");
  }
}
