package org.mlx4j.operations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mlx4j.operations.Operation.unary;

import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mlx4j.DType;
import org.mlx4j.MlxArray;
import org.mlx4j.operations.Operation.Variant;

/**
 * Derivatives are the limits of quotients of differences. The quotients are taken in double
 * precision; derivatives in double precision agree with them closely, those in single precision to
 * within its rounding.
 */
class FiniteDifferencesTest {
  /**
   * How far the inputs are moved, and how much derivatives may differ, relative to their size but
   * to no less than 1.
   */
  private record Accuracy(double step, double doubleTolerance, double singleTolerance) {
    static Accuracy of(Operation operation) {
      return operation.isInSinglePrecision() ? SINGLE : DOUBLE;
    }
  }

  private static final Accuracy DOUBLE = new Accuracy(1e-5, 1e-7, 1e-4);
  private static final Accuracy SINGLE = new Accuracy(1e-2, 1e-3, 1e-3);

  private interface Derivative {
    HostArray[] of(Variant variant);
  }

  static Stream<Operation> operations() {
    return Operations.differentiable().filter(Operation::hasFiniteDifferences);
  }

  @ParameterizedTest
  @MethodSource("operations")
  void gradIsTheQuotientOfDifferences(Operation operation) {
    Derivative grad = v -> new Derivatives(v, v.draw(0)).grad(weights(v));
    if (operation.vjpRefusal() != null) {
      assertRefuses(operation.vjpRefusal(), () -> grad.of(operation.main()));
    } else {
      assertNear(operation, partialQuotients(doubles(operation)), grad);
    }
  }

  @ParameterizedTest
  @MethodSource("operations")
  void jvpIsTheQuotientOfDifferencesAlongTheTangents(Operation operation) {
    Derivative jvp = v -> new Derivatives(v, v.draw(0)).jvp(tangents(v));
    if (operation.jvpRefusal() != null) {
      assertRefuses(operation.jvpRefusal(), () -> jvp.of(operation.main()));
    } else {
      assertNear(operation, directionalQuotients(doubles(operation)), jvp);
    }
  }

  private static Variant doubles(Operation operation) {
    return operation.main().on(DType.FLOAT64);
  }

  private static HostArray[] weights(Variant variant) {
    return Derivatives.weights(variant.compute(variant.draw(0)));
  }

  private static HostArray[] tangents(Variant variant) {
    return Derivatives.weights(new Derivatives(variant, variant.draw(0)).primals());
  }

  // ---- quotients of differences
  // ------------------------------------------------------------------

  /** For each primal its partial derivatives of the weighted sum of all outputs. */
  private static double[][] partialQuotients(Variant variant) {
    HostArray[] weights = weights(variant);
    HostArray[] inputs = variant.draw(0);
    double step = Accuracy.of(variant.operation()).step();
    return IntStream.of(variant.operation().argnums())
        .mapToObj(
            argnum ->
                IntStream.range(0, inputs[argnum].values().length)
                    .mapToDouble(
                        i -> {
                          double above =
                              dot(weights, variant.compute(moved(inputs, argnum, i, step)));
                          double below =
                              dot(weights, variant.compute(moved(inputs, argnum, i, -step)));
                          return (above - below) / (2 * step);
                        })
                    .toArray())
        .toArray(double[][]::new);
  }

  private static HostArray[] moved(HostArray[] inputs, int argnum, int i, double step) {
    HostArray[] moved = inputs.clone();
    double[] values = inputs[argnum].values();
    values[i] += step;
    moved[argnum] = HostArray.ofDoubles(values, inputs[argnum].shape());
    return moved;
  }

  /** For each output its derivatives along the tangents. */
  private static double[][] directionalQuotients(Variant variant) {
    double step = Accuracy.of(variant.operation()).step();
    HostArray[] above = variant.compute(moved(variant, step));
    HostArray[] below = variant.compute(moved(variant, -step));
    return IntStream.range(0, above.length)
        .mapToObj(
            output -> {
              double[] high = above[output].values();
              double[] low = below[output].values();
              return IntStream.range(0, high.length)
                  .mapToDouble(i -> high[i] == low[i] ? 0 : (high[i] - low[i]) / (2 * step))
                  .toArray();
            })
        .toArray(double[][]::new);
  }

  private static HostArray[] moved(Variant variant, double step) {
    HostArray[] moved = variant.draw(0);
    HostArray[] tangents = tangents(variant);
    int[] argnums = variant.operation().argnums();
    for (int k = 0; k < argnums.length; k++) {
      HostArray input = moved[argnums[k]];
      double[] values = input.values();
      double[] tangent = tangents[k].values();
      for (int i = 0; i < values.length; i++) {
        values[i] += step * tangent[i];
      }
      moved[argnums[k]] = HostArray.ofDoubles(values, input.shape());
    }
    return moved;
  }

  /** The sum of the products; infinities, which do not move with the inputs, are left out. */
  private static double dot(HostArray[] xs, HostArray[] ys) {
    double sum = 0;
    for (int k = 0; k < xs.length; k++) {
      double[] x = xs[k].values();
      double[] y = ys[k].values();
      for (int i = 0; i < x.length; i++) {
        sum += Double.isInfinite(y[i]) ? 0 : x[i] * y[i];
      }
    }
    return sum;
  }

  // ---- assertions
  // --------------------------------------------------------------------------------

  private static void assertNear(Operation operation, double[][] quotients, Derivative derivative) {
    Accuracy accuracy = Accuracy.of(operation);
    Variant singles = operation.main().on(DType.FLOAT32);
    assertNear(
        quotients,
        derivative.of(doubles(operation)),
        accuracy.doubleTolerance(),
        operation + " on float64");
    assertNear(
        quotients, derivative.of(singles), accuracy.singleTolerance(), operation + " on float32");
  }

  private static void assertNear(
      double[][] quotients, HostArray[] derivatives, double tolerance, String what) {
    assertEquals(quotients.length, derivatives.length, what);
    for (int k = 0; k < quotients.length; k++) {
      double[] values = derivatives[k].values();
      assertEquals(quotients[k].length, values.length, what);
      for (int i = 0; i < values.length; i++) {
        double allowed = tolerance * Math.max(1, Math.abs(quotients[k][i]));
        assertEquals(quotients[k][i], values[i], allowed, what);
      }
    }
  }

  private static void assertRefuses(String message, Executable computation) {
    RuntimeException refusal = assertThrows(RuntimeException.class, computation);
    assertTrue(refusal.getMessage().contains(message), refusal::toString);
  }

  // ---- these tests can fail
  // ----------------------------------------------------------------------

  @Test
  void aWrongDerivativeIsDetected() {
    Operation wrong =
        unary("square", x -> x.multiply(x.stopGradient()), "a * a", Input.between(-2, 2, 3));
    assertThrows(AssertionError.class, () -> gradIsTheQuotientOfDifferences(wrong));
    assertThrows(AssertionError.class, () -> jvpIsTheQuotientOfDifferencesAlongTheTangents(wrong));
  }

  @Test
  void aRefusalThatDoesNotComeIsDetected() {
    Operation wrong = unary("sin", MlxArray::sin, "mx.sin(a)", Input.between(-2, 2, 3));
    assertThrows(
        AssertionError.class, () -> gradIsTheQuotientOfDifferences(wrong.withoutVjp("no vjp")));
    assertThrows(
        AssertionError.class,
        () -> jvpIsTheQuotientOfDifferencesAlongTheTangents(wrong.withoutJvp("no jvp")));
  }
}
