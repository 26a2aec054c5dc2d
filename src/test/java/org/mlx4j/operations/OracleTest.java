package org.mlx4j.operations;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.mlx4j.operations.Operation.many;
import static org.mlx4j.operations.Operation.unary;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mlx4j.DType;
import org.mlx4j.MlxArray;
import org.mlx4j.operations.Operation.Variant;

/** Every operation gives the results of MLX's Python: dtype, shape, values and gradients. */
class OracleTest {
  private static final Input MATRIX = Input.between(-2, 2, 2, 3);

  @ParameterizedTest
  @MethodSource("org.mlx4j.operations.Operations#all")
  void outputsArePythons(Operation operation) {
    assertAll(
        operation.toString(),
        operation.variants().map(variant -> () -> assertOutputsArePythons(variant)));
  }

  private static void assertOutputsArePythons(Variant variant) {
    HostArray[] inputs = variant.draw(0);
    HostArray[] expected;
    try {
      expected = Oracle.outputs(variant.operation().python(), variant.needsCpu(), inputs);
    } catch (Oracle.RefusedException refused) {
      String allowed = variant.operation().backendRefusal();
      if (variant.isMain() && (allowed == null || !refused.getMessage().contains(allowed))) {
        throw refused;
      }
      if (allowed != null) {
        assertRefuses(allowed, () -> variant.compute(inputs));
        return;
      }
      assertThrows(
          RuntimeException.class,
          () -> variant.compute(inputs),
          () -> variant + " gives a result where Python says " + refused.getMessage());
      return;
    }
    assertSame(variant, expected, variant.compute(inputs));
  }

  @ParameterizedTest
  @MethodSource("org.mlx4j.operations.Operations#differentiable")
  void gradientsArePythons(Operation operation) {
    assertAll(
        operation.toString(),
        operation
            .variantsWithPythonsGradients()
            .map(variant -> () -> assertGradientsArePythons(variant)));
  }

  private static void assertGradientsArePythons(Variant variant) {
    HostArray[] inputs = variant.draw(0);
    HostArray[] weights;
    HostArray[] expected;
    try {
      weights =
          Derivatives.weights(
              Oracle.outputs(variant.operation().python(), variant.needsCpu(), inputs));
      expected = pythonsGradients(variant, inputs, weights);
    } catch (Oracle.RefusedException refused) {
      if (variant.isMain()
          && variant.operation().vjpRefusal() == null
          && !variant.operation().isUnlikePythonsGradient()) {
        throw refused;
      }
      return;
    }
    HostArray[] actual = new Derivatives(variant, inputs).grad(weights);
    if (variant.operation().isUnlikePythonsGradient()) {
      assertThrows(
          AssertionError.class,
          () -> assertSame(variant, expected, actual),
          () -> variant + " has the gradient that the row calls wrong");
    } else {
      assertSame(expected, actual, variant, 8); // sums are rounded differently
    }
  }

  private static HostArray[] pythonsGradients(
      Variant variant, HostArray[] inputs, HostArray[] weights) {
    Operation operation = variant.operation();
    return Oracle.gradients(
        operation.python(), variant.needsCpu(), inputs, operation.argnums(), weights);
  }

  private static void assertRefuses(String message, Executable computation) {
    RuntimeException refusal = assertThrows(RuntimeException.class, computation);
    assertTrue(refusal.getMessage().contains(message), refusal::toString);
  }

  private static void assertSame(Variant variant, HostArray[] expected, HostArray[] actual) {
    assertSame(expected, actual, variant, 0);
  }

  private static void assertSame(
      HostArray[] expected, HostArray[] actual, Variant variant, int leastRoundings) {
    assertEquals(expected.length, actual.length, () -> "number of results of " + variant);
    for (int i = 0; i < expected.length; i++) {
      int result = i;
      double tolerance = variant.operation().toleranceForMlx(expected[i].dtype());
      actual[i]
          .differenceFrom(
              expected[i],
              Math.max(tolerance, leastRoundings * Operation.rounding(expected[i].dtype())))
          .ifPresent(difference -> fail(variant + ", result " + result + ": " + difference));
    }
  }

  // ---- these tests can fail
  // ----------------------------------------------------------------------

  static Stream<Operation> wrongRows() {
    DType[] floatThenBool = {DType.FLOAT32, DType.BOOL};
    return Stream.of(
        unary("a wrong value", x -> x.sin().add(1e-5), "mx.sin(a)", MATRIX),
        unary("a wrong sign of zero", x -> x.multiply(0).abs(), "a * -0.0", MATRIX).exact(),
        unary(
            "a wrong dtype",
            x -> x.astype(DType.INT32).astype(DType.FLOAT64),
            "a.astype(mx.int32)",
            MATRIX),
        unary("a wrong shape", MlxArray::flatten, "a", MATRIX),
        many("too few results", xs -> xs, "[a, a]", MATRIX),
        unary("a refusal of Java's", x -> x.reshape(5), "a", MATRIX),
        unary("a refusal of Python's", x -> x, "a.reshape(5)", MATRIX),
        unary("another refusal of Python's", x -> x.reshape(5), "a.reshape(5)", MATRIX)
            .onSomeBackends("another message"),
        unary("a refusal of Python's only", x -> x, "a.reshape(5)", MATRIX)
            .onSomeBackends("reshape"),
        unary("a refusal of Python's for another dtype", x -> x, "mx.negative(a)", MATRIX)
            .on(floatThenBool),
        unary("an expression that is no Python", x -> x, "a +", MATRIX),
        unary("an unknown function", x -> x, "mx.nothing(a)", MATRIX));
  }

  @ParameterizedTest
  @MethodSource("wrongRows")
  void isDetected(Operation wrong) {
    assertThrows(AssertionError.class, () -> outputsArePythons(wrong));
  }

  @Test
  void aWrongGradientIsDetected() {
    Operation wrong = unary("square", x -> x.multiply(x.stopGradient()), "mx.square(a)", MATRIX);
    outputsArePythons(wrong);
    assertThrows(AssertionError.class, () -> gradientsArePythons(wrong));
  }

  @Test
  void aMissingOracleIsAnError() {
    assertThrows(IllegalStateException.class, () -> Oracle.start(null));
    assertThrows(IllegalStateException.class, () -> Oracle.start("/no/such/python"));
  }

  @Test
  void pythonsRefusalIsReported() {
    HostArray line = MATRIX.draw(DType.FLOAT32, 0);
    Oracle.RefusedException e =
        assertThrows(
            Oracle.RefusedException.class, () -> Oracle.outputs("a.reshape(5)", false, line));
    assertTrue(e.getMessage().contains("reshape"), e.getMessage());
  }
}
