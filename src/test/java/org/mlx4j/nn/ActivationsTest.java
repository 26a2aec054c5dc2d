package org.mlx4j.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertValues;
import static org.mlx4j.ArrayAssertions.assertWithin;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.mlx4j.DType;
import org.mlx4j.Device;
import org.mlx4j.LifetimeBalance;
import org.mlx4j.MlxArray;
import org.mlx4j.PythonMlx;
import org.mlx4j.StreamScope;
import org.mlx4j.internal.HandlesNative;

/** Every activation function gives what MLX's Python gives. */
class ActivationsTest extends FormulaTable {
  ActivationsTest() {
    super(Activations.class);
  }

  /** Negative and positive, with the corners of all functions, and large. */
  private static final String ANY =
      "mx.concatenate([mx.random.normal((4, 6)) * 3,"
          + " mx.array([[0, 0.5, -0.5, 6, -3, 3], [1, -1, 30, -30, 0.25, -0.25]], mx.float32)])";

  private static Formulas.Row row(UnaryOperator<MlxArray> java, String python) {
    return new Formulas.Row(xs -> java.apply(xs[0]), "lambda x: nn." + python, 1, true, ANY);
  }

  @Override
  Stream<Formulas.Row> rows() {
    return Stream.of(
        row(Activations::celu, "celu(x)"),
        row(x -> Activations.celu(x, 0.7), "celu(x, 0.7)"),
        row(Activations::elu, "elu(x)"),
        row(x -> Activations.elu(x, 0.7), "elu(x, 0.7)"),
        row(Activations::gelu, "gelu(x)"),
        row(Activations::geluApprox, "gelu_approx(x)"),
        row(Activations::geluFastApprox, "gelu_fast_approx(x)"),
        row(Activations::glu, "glu(x)"),
        new Formulas.Row(xs -> Activations.glu(xs[0], 0), "lambda x: nn.glu(x, 0)", 1, false, ANY),
        row(Activations::hardShrink, "hard_shrink(x)"),
        row(x -> Activations.hardShrink(x, 1.5), "hard_shrink(x, 1.5)"),
        row(Activations::hardTanh, "hard_tanh(x)"),
        row(x -> Activations.hardTanh(x, -0.5), "hard_tanh(x, -0.5)"),
        row(x -> Activations.hardTanh(x, -0.5, 2), "hard_tanh(x, -0.5, 2.0)"),
        row(Activations::hardswish, "hardswish(x)"),
        row(Activations::leakyRelu, "leaky_relu(x)"),
        row(x -> Activations.leakyRelu(x, 0.3), "leaky_relu(x, 0.3)"),
        row(Activations::logSigmoid, "log_sigmoid(x)"),
        row(Activations::logSoftmax, "log_softmax(x)"),
        new Formulas.Row(
            xs -> Activations.logSoftmax(xs[0], 0),
            "lambda x: nn.log_softmax(x, 0)",
            1,
            false,
            ANY),
        row(Activations::mish, "mish(x)"),
        new Formulas.Row(
            xs -> Activations.prelu(xs[0], xs[1]),
            "lambda x, a: nn.prelu(x, a)",
            2,
            false,
            ANY,
            "mx.random.normal((6,))"),
        row(Activations::relu, "relu(x)"),
        row(Activations::relu2, "relu2(x)"),
        row(Activations::relu6, "relu6(x)"),
        row(Activations::selu, "selu(x)"),
        row(Activations::sigmoid, "sigmoid(x)"),
        row(Activations::silu, "silu(x)"),
        row(Activations::softmax, "softmax(x)"),
        new Formulas.Row(
            xs -> Activations.softmax(xs[0], 0), "lambda x: nn.softmax(x, 0)", 1, false, ANY),
        row(Activations::softmin, "softmin(x)"),
        new Formulas.Row(
            xs -> Activations.softmin(xs[0], 0), "lambda x: nn.softmin(x, 0)", 1, false, ANY),
        row(Activations::softplus, "softplus(x)"),
        row(Activations::softshrink, "softshrink(x)"),
        row(x -> Activations.softshrink(x, 1.5), "softshrink(x, 1.5)"),
        row(Activations::softsign, "softsign(x)"),
        new Formulas.Row(
            xs -> Activations.step(xs[0]), "lambda x: nn.layers.activations.step(x)", 0, true, ANY),
        new Formulas.Row(
            xs -> Activations.step(xs[0], 0.5),
            "lambda x: nn.layers.activations.step(x, 0.5)",
            0,
            true,
            ANY),
        row(Activations::tanh, "tanh(x)"));
  }

  /**
   * What integers become is Python's: floating point only where the formula has some. (Python's
   * softmax of integers along an axis that is not the last one is an array of integers, all 0.)
   */
  @Test
  void integersGiveWhatPythonGives() {
    List<Formulas.Row> rows =
        rows()
            .filter(row -> row.inputs().length == 1)
            .filter(row -> !row.python().matches(".*nn.softm..\\(x, 0\\)"))
            .toList();
    StringBuilder script = new StringBuilder();
    for (int i = 0; i < rows.size(); i++) {
      script.append(
          "out['%d'] = (%s)(mx.array([[-2, 0, 1, 7], [3, -9, 0, 2]]))%n"
              .formatted(i, rows.get(i).python()));
    }
    Map<String, MlxArray> python = PythonMlx.arrays(script.toString());
    MlxArray x = MlxArray.of(new int[] {-2, 0, 1, 7, 3, -9, 0, 2}, 2, 4);
    try (StreamScope device = StreamScope.open(Device.cpu())) {
      for (int i = 0; i < rows.size(); i++) {
        MlxArray y = rows.get(i).java().apply(x);
        assertWithin(1e-6, python.get(String.valueOf(i)), y, rows.get(i).python());
      }
    }
  }

  @Test
  void softmaxOfIntegersIsFloatingPointAlongEveryAxis() {
    MlxArray x = MlxArray.of(new int[] {0, 0, 0, 0}, 2, 2);
    assertValues(Activations.softmax(x, 0), 0.5, 0.5, 0.5, 0.5);
    assertValues(Activations.softmin(x, 0), 0.5, 0.5, 0.5, 0.5);
  }

  @Test
  void largeNumbersDoNotOverflow() {
    MlxArray x = MlxArray.of(1000f, 0f, -1000f);
    assertValues(Activations.softplus(x), 1000, Math.log(2), 0);
    assertValues(Activations.logSigmoid(x), 0, -Math.log(2), -1000);
    assertValues(Activations.logSoftmax(x), 0, -1000, -2000);
    assertValues(Activations.softmin(x), 0, 0, 1);
    assertEquals(DType.FLOAT32, Activations.softmax(x).dtype());
  }

  private static Object[] arguments(Method m, MlxArray x) {
    List<Object> arguments = new ArrayList<>();
    for (Class<?> type : m.getParameterTypes()) {
      arguments.add(
          type == MlxArray.class ? x : type == int.class ? (Object) Integer.valueOf(-1) : 0.5);
    }
    return arguments.toArray();
  }

  private static MlxArray call(Method m, Object... arguments) throws Throwable {
    try {
      return (MlxArray) m.invoke(null, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  @Test
  void nullAndClosedArraysAreNamed() {
    MlxArray closed = MlxArray.of(1f, 2f);
    closed.close();
    for (Method m : Formulas.functions(Activations.class)) {
      String name = "[" + m.getName() + "]";
      assertThrowsSaying(
          NullPointerException.class, () -> call(m, arguments(m, null)), name, "is null");
      assertThrowsSaying(
          IllegalStateException.class, () -> call(m, arguments(m, closed)), name, "closed");
    }
  }

  @Test
  void nothingButTheResultIsLeft() throws Throwable {
    MlxArray x = MlxArray.of(1f, 2f);
    LifetimeBalance.settled(); // what other tests left must not be collected meanwhile
    for (Method m : Formulas.functions(Activations.class)) {
      int before = HandlesNative.live_arrays();
      call(m, arguments(m, x)).close();
      assertEquals(before, HandlesNative.live_arrays(), m.getName());
    }
  }

  @Test
  void axesAndShapesThatDoNotFitAreRefused() {
    MlxArray x = MlxArray.of(1f, 2f, 3f);
    Class<IllegalArgumentException> e = IllegalArgumentException.class;
    assertThrowsSaying(e, () -> Activations.glu(x), "[glu]", "3");
    assertThrowsSaying(e, () -> Activations.glu(x, 1), "[glu]", "axis 1");
    assertThrowsSaying(e, () -> Activations.softmax(x, 1), "[softmax]", "axis 1");
    assertThrowsSaying(e, () -> Activations.softmin(x, -2), "[softmin]", "axis -2");
    assertThrowsSaying(e, () -> Activations.logSoftmax(x, 7), "[logSoftmax]", "axis 7");
    assertThrowsSaying(
        e, () -> Activations.prelu(x, MlxArray.of(1f, 2f)), "[prelu]", "cannot be broadcast");
  }
}
