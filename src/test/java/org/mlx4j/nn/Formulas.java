package org.mlx4j.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.mlx4j.ArrayAssertions.assertWithin;
import static org.mlx4j.ArrayAssertions.rounding;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.mlx4j.Device;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.PythonMlx;
import org.mlx4j.StreamScope;
import org.mlx4j.tree.Trees;

/** A table of functions of arrays, compared with those of MLX's Python. */
final class Formulas {
  private static final List<String> DTYPES = List.of("float32", "float16", "bfloat16");

  /** A function in Java. */
  interface Java {
    MlxArray apply(MlxArray... xs);
  }

  /**
   * A function in Java and in Python.
   *
   * @param python a function of arrays
   * @param differentiable how many of its arrays, from the first on, get gradients
   * @param mapped whether it works on slices along the first axis as on the whole
   * @param inputs expressions that draw the arrays; float32 becomes the dtype that is tried
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Row(Java java, String python, int differentiable, boolean mapped, String... inputs) {
    @Override
    public String toString() {
      return python;
    }
  }

  /** The public functions of a class. */
  static List<Method> functions(Class<?> type) {
    return Stream.of(type.getDeclaredMethods())
        .filter(m -> Modifier.isPublic(m.getModifiers()))
        .toList();
  }

  /** Every public function of a class has a row, in which Python calls it by its name there. */
  static void assertComplete(Class<?> type, Stream<Row> rows) {
    String calls = rows.map(Row::python).collect(Collectors.joining("\n"));
    TreeSet<String> missing = new TreeSet<>();
    for (Method m : functions(type)) {
      String name = m.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
      if (!calls.contains("." + name + "(")) {
        missing.add(m.getName());
      }
    }
    assertEquals(new TreeSet<>(), missing);
  }

  private final Map<String, MlxArray> python;

  /** Asks Python once for all rows. */
  Formulas(List<Row> rows) {
    StringBuilder script =
        new StringBuilder(
            """
            def weights(y):
                return mx.cos(mx.arange(y.size)).reshape(y.shape)

            def run(row, f, differentiable, inputs):
                for dtype in ("float32", "float16", "bfloat16"):
                    key = f"{row}|{dtype}|"
                    mx.random.seed(11)
                    xs = [draw() for draw in inputs]
                    xs = [x.astype(getattr(mx, dtype)) if x.dtype == mx.float32 else x for x in xs]
                    for i, x in enumerate(xs):
                        out[f"{key}x{i}"] = x
                    y = out[f"{key}y"] = f(*xs)
                    if differentiable:
                        loss = lambda *xs: (f(*xs) * weights(y).astype(y.dtype)).sum()
                        grads = mx.grad(loss, list(range(differentiable)))(*xs)
                        for i, g in enumerate([grads] if differentiable == 1 else grads):
                            out[f"{key}g{i}"] = g

            """);
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      script.append("run('''%s''', %s, %d, [".formatted(row, row.python, row.differentiable));
      for (String input : row.inputs) {
        script.append("lambda: ").append(input).append(", ");
      }
      script.append("])\n");
    }
    this.python = PythonMlx.arrays(script.toString());
  }

  /** Value and gradients are Python's: eager, compiled, checkpointed and mapped. */
  void assertIsPythons(Row row) {
    try (StreamScope device = StreamScope.open(Device.cpu())) { // as Python
      for (String dtype : DTYPES) {
        String key = row + "|" + dtype + "|";
        List<MlxArray> xs = new ArrayList<>();
        while (python.containsKey(key + "x" + xs.size())) {
          xs.add(python.get(key + "x" + xs.size()));
        }
        assertEquals(row.inputs.length, xs.size());
        assertValueIsPythons(row, key, xs);
        if (row.differentiable > 0) {
          assertGradientsArePythons(row, key, xs);
        }
      }
    }
  }

  private void assertValueIsPythons(Row row, String key, List<MlxArray> xs) {
    MlxArray expected = python.get(key + "y");
    double tolerance = rounding(expected.dtype());
    assertWithin(tolerance, expected, apply(row, xs), key);
    try (var compiled = Trees.compile((List<MlxArray> all) -> apply(row, all))) {
      assertWithin(tolerance, expected, compiled.apply(xs), key + "compiled");
    }
    if (row.mapped) {
      try (var mapped = Trees.vmap((List<MlxArray> all) -> apply(row, all))) {
        assertWithin(tolerance, expected, mapped.apply(xs), key + "mapped");
      }
    }
  }

  private void assertGradientsArePythons(Row row, String key, List<MlxArray> xs) {
    MlxArray y = python.get(key + "y");
    MlxArray weights = Ops.arange((double) y.size()).cos().reshape(y.shape()).astype(y.dtype());
    List<MlxArray> free = xs.subList(0, row.differentiable);
    List<MlxArray> fixed = xs.subList(row.differentiable, xs.size());
    try (var plain =
            Trees.grad(
                (List<MlxArray> a, List<MlxArray> b) ->
                    apply(row, joined(a, b)).multiply(weights).sum());
        var inner = Trees.checkpoint((List<MlxArray> all) -> apply(row, all));
        var checkpointed =
            Trees.grad(
                (List<MlxArray> a, List<MlxArray> b) ->
                    inner.apply(joined(a, b)).multiply(weights).sum())) {
      List<MlxArray> gradients = plain.apply(free, fixed);
      List<MlxArray> again = checkpointed.apply(free, fixed);
      for (int i = 0; i < gradients.size(); i++) {
        MlxArray expected = python.get(key + "g" + i);
        double tolerance = rounding(expected.dtype());
        assertWithin(tolerance, expected, gradients.get(i), key + "gradient " + i);
        assertWithin(tolerance, expected, again.get(i), key + "checkpointed gradient " + i);
      }
    }
  }

  private static MlxArray apply(Row row, List<MlxArray> xs) {
    return row.java.apply(xs.toArray(MlxArray[]::new));
  }

  private static List<MlxArray> joined(List<MlxArray> a, List<MlxArray> b) {
    List<MlxArray> all = new ArrayList<>(a);
    all.addAll(b);
    return all;
  }
}
