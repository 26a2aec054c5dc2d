package org.mlx4j.optimizers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.mlx4j.ArrayAssertions.assertWithin;
import static org.mlx4j.ArrayAssertions.rounding;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mlx4j.Device;
import org.mlx4j.InScope;
import org.mlx4j.MlxArray;
import org.mlx4j.PublicMethods;
import org.mlx4j.PythonMlx;
import org.mlx4j.StreamScope;
import org.mlx4j.internal.Library;
import org.mlx4j.tree.Trees;

/**
 * Ten steps of every optimizer, with the state after each, are those of MLX's Python: for every
 * option, in single and half precision, with and without compilation.
 */
@ExtendWith(InScope.class)
class OptimizersTest {
  private static final int STEPS = 10;

  /** Arrays of every number of axes; {@code t} is wide and {@code w} tall. */
  record Model(MlxArray w, MlxArray b, MlxArray k, MlxArray t, MlxArray s) {}

  private static final List<String> NAMES = List.of("w", "b", "k", "t", "s");

  /** Dtypes of parameters and of gradients. */
  private static final List<String> DTYPES =
      List.of(
          "float32 float32",
          "float16 float16",
          "bfloat16 bfloat16",
          "bfloat16 float32",
          "float32 float16");

  /**
   * An optimizer, in Java and in Python.
   *
   * @param slots what Python calls the slots of an array; one of those that a slot has
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Row(Optimizer java, String python, String... slots) {
    @Override
    public String toString() {
      return python;
    }
  }

  static Stream<Row> rows() {
    String v = "v";
    String m = "m";
    String row = "exp_avg_sq_row exp_avg_sq";
    String col = "exp_avg_sq_col";
    Schedule cosine = Schedules.cosineDecay(0.1, 8);
    return Stream.of(
        new Row(SGD.of(0.1), "SGD(0.1)"),
        new Row(SGD.of(cosine), "SGD(optim.cosine_decay(0.1, 8))"),
        new Row(SGD.of(0.1, 0.9), "SGD(0.1, 0.9)", v),
        new Row(SGD.of(0.1, 0, 0.01), "SGD(0.1, 0, 0.01)"),
        new Row(
            SGD.of(cosine, 0.9, 0.01, 0.2), "SGD(optim.cosine_decay(0.1, 8), 0.9, 0.01, 0.2)", v),
        new Row(SGD.of(0.1, 0.9, 0.01, 0, true), "SGD(0.1, 0.9, 0.01, 0, True)", v),
        new Row(RMSprop.of(0.01), "RMSprop(0.01)", v),
        new Row(RMSprop.of(cosine, 0.8, 1e-3), "RMSprop(optim.cosine_decay(0.1, 8), 0.8, 1e-3)", v),
        new Row(Adagrad.of(0.1), "Adagrad(0.1)", v),
        new Row(Adagrad.of(cosine, 1e-3), "Adagrad(optim.cosine_decay(0.1, 8), 1e-3)", v),
        new Row(AdaDelta.of(1), "AdaDelta(1.0)", v, "u"),
        new Row(
            AdaDelta.of(cosine, 0.5, 1e-3),
            "AdaDelta(optim.cosine_decay(0.1, 8), 0.5, 1e-3)",
            v,
            "u"),
        new Row(Adam.of(0.01), "Adam(0.01)", m, v),
        new Row(Adam.of(cosine), "Adam(optim.cosine_decay(0.1, 8))", m, v),
        new Row(Adam.of(0.01, 0.8, 0.9, 1e-3), "Adam(0.01, [0.8, 0.9], 1e-3)", m, v),
        new Row(
            Adam.of(cosine, 0.9, 0.999, 1e-6, true),
            "Adam(optim.cosine_decay(0.1, 8), eps=1e-6, bias_correction=True)",
            m,
            v),
        new Row(AdamW.of(0.01), "AdamW(0.01)", m, v),
        new Row(
            AdamW.of(cosine, 0.8, 0.9, 1e-3, 0.1, true),
            "AdamW(optim.cosine_decay(0.1, 8), [0.8, 0.9], 1e-3, 0.1, True)",
            m,
            v),
        new Row(Adamax.of(0.01), "Adamax(0.01)", m, v),
        new Row(
            Adamax.of(cosine, 0.8, 0.9, 1e-3),
            "Adamax(optim.cosine_decay(0.1, 8), [0.8, 0.9], 1e-3)",
            m,
            v),
        new Row(Lion.of(0.01), "Lion(0.01)", m),
        new Row(
            Lion.of(cosine, 0.8, 0.9, 0.1), "Lion(optim.cosine_decay(0.1, 8), [0.8, 0.9], 0.1)", m),
        new Row(Adafactor.of(), "Adafactor()", row, col),
        new Row(
            Adafactor.of(cosine).withRelativeStep(false).withBeta1(0.9).withWeightDecay(0.1),
            "Adafactor(optim.cosine_decay(0.1, 8), relative_step=False, beta_1=0.9,"
                + " weight_decay=0.1)",
            row,
            col,
            "exp_avg"),
        new Row(
            Adafactor.of(0.01)
                .withEps(1e-6, 1e-2)
                .withClipThreshold(0.5)
                .withDecayRate(-0.5)
                .withScaleParameter(false)
                .withRelativeStep(false),
            "Adafactor(0.01, (1e-6, 1e-2), 0.5, -0.5, scale_parameter=False, relative_step=False)",
            row,
            col),
        new Row(Adafactor.of().withWarmupInit(true), "Adafactor(warmup_init=True)", row, col),
        new Row(Muon.of(0.02), "Muon(0.02)", v),
        new Row(
            Muon.of(cosine, 0.8, 0, false, 3),
            "Muon(optim.cosine_decay(0.1, 8), 0.8, 0, False, 3)",
            v));
  }

  private static Map<String, MlxArray> python;

  @AfterAll
  static void closeArraysOfPython() {
    PythonMlx.close(python);
    python = null;
  }

  @BeforeAll
  static void ask() {
    StringBuilder script =
        new StringBuilder(
            """
            shapes = {"w": (4, 3), "b": (3,), "k": (2, 3, 2), "t": (2, 5), "s": ()}

            def run(row, optimizer, dtypes, slots):
                p_dtype, g_dtype = (getattr(mx, d) for d in dtypes.split())
                mx.random.seed(3)
                p = {n: mx.random.normal(s).astype(p_dtype) for n, s in shapes.items()}
                grads = [{n: mx.random.normal(s).astype(g_dtype) for n, s in shapes.items()}
                         for _ in range(10)]
                optimizer.init(p)
                key = f"{row}|{dtypes}|"
                for n in shapes:
                    out[f"{dtypes}|0|{n}"] = p[n]
                for i, g in enumerate(grads):
                    p = optimizer.apply_gradients(g, p)
                    mx.eval(p, optimizer.state)
                    for n in shapes:
                        out[f"{dtypes}|{i + 1}|{n}"] = g[n]
                        out[f"{key}{i + 1}|{n}"] = p[n]
                        for k, names in enumerate(slots):
                            for name in names.split():
                                if name in optimizer.state[n]:
                                    out[f"{key}{i + 1}|{n}|{k}"] = optimizer.state[n][name]
                    out[f"{key}{i + 1}"] = optimizer.state["step"]

            """);
    for (Row row : rows().toList()) {
      String slots =
          Stream.of(row.slots).map(OptimizersTest::quoted).collect(Collectors.joining(", "));
      for (String dtypes : DTYPES) {
        script.append(
            "run(%s, optim.%s, %s, [%s])\n"
                .formatted(quoted(row.python), row.python, quoted(dtypes), slots));
      }
    }
    python = PythonMlx.arrays(script.toString());
  }

  private static String quoted(String text) {
    return "'" + text + "'";
  }

  private static Model model(String key) {
    MlxArray[] x = NAMES.stream().map(n -> python.get(key + "|" + n)).toArray(MlxArray[]::new);
    return new Model(x[0], x[1], x[2], x[3], x[4]);
  }

  @Test
  void everyOptimizerHasARow() {
    Set<Class<?>> missing =
        PublicMethods.classesBeside(Optimizer.class)
            .filter(type -> type.isRecord() && Optimizer.class.isAssignableFrom(type))
            .collect(Collectors.toSet());
    rows().forEach(row -> missing.remove(row.java.getClass()));
    assertEquals(Set.of(MultiOptimizer.class), missing); // which has a test of its name
  }

  @ParameterizedTest
  @MethodSource("rows")
  void tenStepsArePythons(Row row) {
    assertTenStepsArePythons(row, true);
  }

  /** With MLX's own computations on the CPU, which Python uses, the last bits are the same. */
  @EnabledOnOs(OS.LINUX)
  @ParameterizedTest
  @MethodSource("rows")
  void tenStepsOfMlxItselfArePythonsToTheBit(Row row) {
    int threads = Runtime.getRuntime().availableProcessors();
    Library.useCpu(-1, threads);
    try {
      // matrix products are rounded as the BLAS likes; Python has another one
      assertTenStepsArePythons(row, row.java instanceof Muon);
    } finally {
      Library.useCpu(3, threads);
    }
  }

  private static void assertTenStepsArePythons(Row row, boolean rounded) {
    assertTenStepsArePythons(
        row,
        rounded,
        (before, gradients) -> row.java.update(before.parameters(), gradients, before.state()));
    try (var step =
        Trees.compile(
            (Updated<Model> before, Model gradients) ->
                row.java.update(before.parameters(), gradients, before.state()))) {
      assertTenStepsArePythons(row, rounded, step);
    }
  }

  private static void assertTenStepsArePythons(
      Row row, boolean rounded, BiFunction<Updated<Model>, Model, Updated<Model>> step) {
    try (StreamScope device = StreamScope.open(Device.cpu())) { // as Python
      for (String dtypes : DTYPES) {
        Model model = model(dtypes + "|0");
        Updated<Model> updated = new Updated<>(model, row.java.init(model));
        for (int i = 1; i <= STEPS; i++) {
          updated = step.apply(updated, model(dtypes + "|" + i));
          assertIsPythons(row, rounded, dtypes, i, updated);
        }
      }
    }
  }

  private static void assertClose(
      boolean rounded, MlxArray expected, MlxArray actual, String name) {
    double tolerance = rounded ? 4 * rounding(expected.dtype()) : 0; // ten steps
    assertWithin(tolerance, expected, actual, name);
  }

  private static void assertIsPythons(
      Row row, boolean rounded, String dtypes, int step, Updated<Model> updated) {
    String key = row.python + "|" + dtypes + "|" + step;
    assertWithin(0, python.get(key), updated.state().step(), key);
    List<MlxArray> arrays = components(updated.parameters());
    for (int i = 0; i < NAMES.size(); i++) {
      String name = key + "|" + NAMES.get(i);
      assertClose(rounded, python.get(name), arrays.get(i), name);
    }
    assertEquals(row.slots.length, updated.state().slots().size(), key);
    for (int k = 0; k < row.slots.length; k++) {
      List<MlxArray> slot = components(updated.state().slots().get(k));
      for (int i = 0; i < NAMES.size(); i++) {
        String name = key + "|" + NAMES.get(i) + "|" + k;
        MlxArray expected = python.get(name);
        if (expected == null) {
          assertNull(slot.get(i), name);
        } else {
          assertClose(rounded, expected, slot.get(i), name);
        }
      }
    }
  }

  private static List<MlxArray> components(Model m) {
    return Arrays.asList(m.w, m.b, m.k, m.t, m.s);
  }
}
