package org.mlx4j.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mlx4j.ArrayAssertions.assertWithin;
import static org.mlx4j.ArrayAssertions.rounding;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.mlx4j.DType;
import org.mlx4j.Device;
import org.mlx4j.MlxArray;
import org.mlx4j.MlxRandom;
import org.mlx4j.Ops;
import org.mlx4j.PythonMlx;
import org.mlx4j.StreamScope;
import org.mlx4j.Transforms;
import org.mlx4j.tree.Trees;

/** A table of layers, compared with those of MLX's Python. */
final class LayerTable {
  private static final List<String> DTYPES = List.of("float32", "float16", "bfloat16");

  /**
   * A layer in Java and in Python.
   *
   * @param java makes the layer
   * @param call applies it to arrays
   * @param python an expression that makes the layer
   * @param pythonCall a function of the layer and the arrays
   * @param mapped whether the layer can be vectorized
   * @param inputs expressions that draw the arrays; float32 becomes the dtype that is tried
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Row<L>(
      Supplier<L> java,
      BiFunction<L, List<MlxArray>, MlxArray> call,
      String python,
      String pythonCall,
      boolean mapped,
      String... inputs) {
    Row<L> notMapped() {
      return new Row<>(java, call, python, pythonCall, false, inputs);
    }

    MlxArray apply(L layer, List<MlxArray> xs) {
      return call.apply(layer, xs);
    }

    @Override
    public String toString() {
      return python + " | " + pythonCall;
    }
  }

  /** A layer of one array. */
  static <L extends Layer> Row<L> row(Supplier<L> java, String python, String input) {
    return row(java, (layer, xs) -> layer.apply(xs.get(0)), python, "lambda m, x: m(x)", input);
  }

  /** A layer of one array, to which Python gives more. */
  static <L extends Layer> Row<L> row(
      Supplier<L> java, String python, String pythonCall, String input) {
    return row(java, (layer, xs) -> layer.apply(xs.get(0)), python, pythonCall, input);
  }

  static <L> Row<L> row(
      Supplier<L> java,
      BiFunction<L, List<MlxArray>, MlxArray> call,
      String python,
      String pythonCall,
      String... inputs) {
    return new Row<>(java, call, python, pythonCall, true, inputs);
  }

  private final Map<String, MlxArray> python;

  /** Asks Python once for all rows. */
  LayerTable(List<Row<?>> rows) {
    StringBuilder script =
        new StringBuilder(
            """
            from mlx.utils import tree_flatten

            def weights(y):
                return mx.cos(mx.arange(y.size)).reshape(y.shape).astype(y.dtype)

            def run(row, make, f, inputs):
                mx.random.seed(7)
                m = make()
                m.eval()
                for name, value in tree_flatten(m.parameters()):
                    out[f"{row}|p|{name}"] = value
                for dtype in ("float32", "float16", "bfloat16"):
                    key = f"{row}|{dtype}|"
                    m.set_dtype(getattr(mx, dtype))
                    mx.random.seed(11)
                    xs = [draw() for draw in inputs]
                    xs = [x.astype(getattr(mx, dtype)) if x.dtype == mx.float32 else x for x in xs]
                    for i, x in enumerate(xs):
                        out[f"{key}x|{i}"] = x
                    y = out[f"{key}y"] = f(m, *xs)
                    free = [i for i, x in enumerate(xs) if mx.issubdtype(x.dtype, mx.inexact)]
                    def loss(tree):
                        m.update(tree["p"])
                        all = list(xs)
                        for i, x in zip(free, tree["x"]):
                            all[i] = x
                        y = f(m, *all)
                        return (y * weights(y)).sum()
                    params = m.trainable_parameters()
                    if not mx.issubdtype(y.dtype, mx.inexact):
                        continue
                    if not free and not tree_flatten(params):
                        continue
                    grads = mx.grad(loss)({"p": params, "x": [xs[i] for i in free]})
                    m.update(params)
                    for i, g in zip(free, grads["x"]):
                        out[f"{key}gx|{i}"] = g
                    for name, g in tree_flatten(grads["p"]):
                        out[f"{key}gp|{name}"] = g

            """);
    for (Row<?> row : rows) {
      script.append("run('''%s''', lambda: %s, %s, [".formatted(row, row.python, row.pythonCall));
      for (String input : row.inputs) {
        script.append("lambda: ").append(input).append(", ");
      }
      script.append("])\n");
    }
    this.python = PythonMlx.arrays(script.toString());
  }

  /** What Python left under a prefix, by the rest of the name. */
  private Map<String, MlxArray> under(String prefix) {
    return under(prefix, python);
  }

  /** The arrays whose names begin with a prefix, by the rest of the name. */
  static Map<String, MlxArray> under(String prefix, Map<String, MlxArray> arrays) {
    Map<String, MlxArray> found = new TreeMap<>();
    arrays.forEach(
        (name, value) -> {
          if (name.startsWith(prefix)) {
            found.put(name.substring(prefix.length()), value);
          }
        });
    return found;
  }

  /** The arrays of a tree by the names that Python gives to them. */
  static Map<String, MlxArray> named(Object tree) {
    return Trees.flattenWithPaths(tree);
  }

  /** After the same seed, a layer has the parameters that Python's has. */
  <L> void assertParametersArePythons(Row<L> row) {
    Map<String, MlxArray> expected = under(row + "|p|");
    MlxRandom.seed(7);
    Map<String, MlxArray> actual = named(row.java.get());
    assertEquals(expected.keySet(), new TreeSet<>(actual.keySet()));
    expected.forEach((name, value) -> assertWithin(0, value, actual.get(name), name));
  }

  /** Values and gradients are Python's: eager, compiled, checkpointed and mapped. */
  <L> void assertResultsArePythons(Row<L> row) {
    try (StreamScope device = StreamScope.open(Device.cpu())) { // as Python
      MlxRandom.seed(7);
      L drawn = row.java.get();
      for (String name : DTYPES) {
        String key = row + "|" + name + "|";
        DType dtype = DType.valueOf(name.toUpperCase(Locale.ROOT));
        L layer = Trees.map(drawn, p -> isFree(p) ? p.astype(dtype) : p);
        List<MlxArray> xs = List.copyOf(under(key + "x|").values());
        assertEquals(row.inputs.length, xs.size());
        assertValuesArePythons(row, key, layer, xs);
        Map<String, MlxArray> ofXs = under(key + "gx|");
        Map<String, MlxArray> ofParameters = under(key + "gp|");
        if (!ofXs.isEmpty() || !ofParameters.isEmpty()) {
          assertGradientsArePythons(row, key, layer, xs, ofXs, ofParameters);
        }
      }
    }
  }

  private static boolean isFree(MlxArray x) {
    return Ops.issubdtype(x.dtype(), DType.Category.INEXACT);
  }

  private <L> void assertValuesArePythons(Row<L> row, String key, L layer, List<MlxArray> xs) {
    MlxArray expected = python.get(key + "y");
    // MLX adds the terms of quantized products in half precision, we in single precision
    boolean isRough = row.python.contains("uantized") && expected.dtype() != DType.FLOAT32;
    double tolerance = (isRough ? 4 : 1) * rounding(expected.dtype());
    assertWithin(tolerance, expected, row.apply(layer, xs), key);
    try (var compiled = Trees.compile((L l, List<MlxArray> all) -> row.apply(l, all))) {
      assertWithin(tolerance, expected, compiled.apply(layer, xs), key + "compiled");
    }
    if (row.mapped) {
      List<MlxArray> two = xs.stream().map(x -> Ops.stack(x, x.flip(0))).toList();
      List<MlxArray> second = xs.stream().map(x -> x.flip(0)).toList();
      MlxArray both = Ops.stack(expected, row.apply(layer, second));
      try (var mapped =
          Trees.vmap((L l, List<MlxArray> all) -> row.apply(l, all), Transforms.NOT_MAPPED, 0)) {
        assertWithin(tolerance, both, mapped.apply(layer, two), key + "mapped");
      }
    }
  }

  /** What is differentiated: the layer, unless it holds integers, and the free inputs. */
  private record Free<L>(L layer, List<MlxArray> xs) {}

  private <L> void assertGradientsArePythons(
      Row<L> row,
      String key,
      L layer,
      List<MlxArray> xs,
      Map<String, MlxArray> ofXs,
      Map<String, MlxArray> ofParameters) {
    boolean trained = Trees.flatten(layer).stream().allMatch(LayerTable::isFree);
    Free<L> free =
        new Free<>(trained ? layer : null, xs.stream().filter(LayerTable::isFree).toList());
    BiFunction<L, List<MlxArray>, MlxArray> checkpointed =
        (l, all) -> {
          try (var f = Trees.checkpoint((L m, List<MlxArray> ys) -> row.apply(m, ys))) {
            return f.apply(l, all);
          }
        };
    for (var function : List.of(row.call, checkpointed)) {
      String what = key + (function == row.call ? "gradient " : "checkpointed gradient ");
      try (var gradient =
          Trees.grad(
              (Free<L> f) -> {
                List<MlxArray> all = new ArrayList<>();
                for (MlxArray x : xs) {
                  all.add(
                      isFree(x)
                          ? f.xs().get((int) all.stream().filter(LayerTable::isFree).count())
                          : x);
                }
                MlxArray y = function.apply(trained ? f.layer() : layer, all);
                MlxArray weights = Ops.arange((double) y.size()).cos().reshape(y.shape());
                return y.multiply(weights.astype(y.dtype())).sum();
              })) {
        Free<L> g = gradient.apply(free);
        Map<String, MlxArray> named = trained ? named(g.layer()) : Map.of();
        double largest =
            Stream.concat(ofXs.values().stream(), ofParameters.values().stream())
                .mapToDouble(LayerTable::largest)
                .max()
                .orElse(0);
        if (trained) {
          ofParameters.forEach(
              (name, expected) -> assertGradient(largest, expected, named.get(name), what + name));
        } else { // Python trains the bias of a quantized layer that it makes of another one
          assertTrue(Set.of("bias").containsAll(ofParameters.keySet()), what);
        }
        int i = 0;
        for (Map.Entry<String, MlxArray> expected : ofXs.entrySet()) {
          assertGradient(
              largest, expected.getValue(), g.xs().get(i++), what + "x" + expected.getKey());
        }
      }
    }
  }

  private static double largest(MlxArray x) {
    return x.size() == 0 ? 0 : x.abs().max().itemDouble();
  }

  /** Gradients that are small beside others may be what rounding leaves of larger terms. */
  private static void assertGradient(
      double largest, MlxArray expected, MlxArray actual, String what) {
    double unit = largest(expected);
    double relative = unit == 0 ? 1 : Math.max(1, 0.1 * largest / unit);
    assertWithin(2 * rounding(expected.dtype()) * relative, expected, actual, what);
  }
}
