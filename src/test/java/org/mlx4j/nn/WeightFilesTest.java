package org.mlx4j.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertWithin;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mlx4j.InScope;
import org.mlx4j.Io;
import org.mlx4j.MlxArray;
import org.mlx4j.MlxRandom;
import org.mlx4j.Ops;
import org.mlx4j.PythonMlx;
import org.mlx4j.internal.HandlesNative;
import org.mlx4j.nn.LayerTable.Row;
import org.mlx4j.tree.Trees;

/** Weights go from MLX's Python to Java and back in files, for a model with all kinds of layers. */
@ExtendWith(InScope.class)
class WeightFilesTest {
  /**
   * Every layer, once in a list and once in a map, and a sequence of some.
   *
   * @param allLayers the layers
   * @param byName the layers again
   * @param sequential some layers
   * @param attention a layer of quantized layers
   */
  record Everything(
      List<Object> allLayers,
      Map<String, Object> byName,
      Sequential sequential,
      Attention attention) {
    static Everything of(List<Row<?>> rows) {
      List<Object> list = new ArrayList<>();
      Map<String, Object> map = new LinkedHashMap<>();
      for (int i = 0; i < rows.size(); i++) {
        list.add(rows.get(i).java().get());
      }
      list.add(QQLinear.of(64, 32));
      for (int i = 0; i < rows.size(); i++) {
        map.put("row" + i, rows.get(i).java().get());
      }
      return new Everything(
          list,
          map,
          Sequential.of(
              Linear.of(5, 6), Activations::relu, Sequential.of(BatchNorm.of(6), PReLU.of())),
          Nn.quantize((Attention) MultiHeadAttention.of(64, 4), 32, 8));
    }

    static String python(List<Row<?>> rows) {
      StringBuilder map = new StringBuilder();
      for (int i = 0; i < rows.size(); i++) {
        map.append("'row").append(i).append("': ").append(rows.get(i).python()).append(", ");
      }
      return """
      class Everything(nn.Module):
          def __init__(self):
              super().__init__()
              self.all_layers = [%s, nn.QQLinear(64, 32)]
              self.by_name = {%s}
              self.sequential = nn.Sequential(
                  nn.Linear(5, 6), nn.ReLU(), nn.Sequential(nn.BatchNorm(6), nn.PReLU()))
              self.attention = nn.MultiHeadAttention(64, 4)
              nn.quantize(self.attention, 32, 8)

      """
          .formatted(rows.stream().map(Row::python).collect(Collectors.joining(", ")), map);
    }
  }

  @Test
  void filesOfPythonAreReadAndTheReverse(@TempDir Path folder) {
    List<Row<?>> rows = LayersTest.rows().toList();
    Path ofPython = folder.resolve("python.safetensors");
    Path ofJava = folder.resolve("java.safetensors");
    MlxRandom.seed(8);
    Everything saved = Everything.of(rows);
    Trees.save(ofJava, saved);

    Map<String, MlxArray> python =
        PythonMlx.arrays(
            Everything.python(rows)
                + """
                from mlx.utils import tree_flatten
                mx.random.seed(7)
                m = Everything()
                m.save_weights('''%s''')
                m.load_weights('''%s''')
                for name, x in tree_flatten(m.parameters()):
                    out["all|" + name] = x
                for name, x in tree_flatten(m.trainable_parameters()):
                    out["trained|" + name] = x
                """
                    .formatted(ofPython, ofJava));

    Map<String, MlxArray> named = Trees.flattenWithPaths(saved);
    assertTrue(named.containsKey("attention.query_proj.scales"), named.keySet().toString());
    assertSameArrays(LayerTable.under("all|", python), named);

    Everything loaded = Trees.load(ofPython, saved);
    assertSameArrays(Io.loadSafetensors(ofPython), Trees.flattenWithPaths(loaded));

    TreeSet<String> difference = new TreeSet<>(LayerTable.under("trained|", python).keySet());
    Set<String> trained = Trees.flattenWithPaths(Nn.trainableParameters(saved)).keySet();
    assertTrue(difference.containsAll(trained), trained.toString());
    difference.removeAll(trained);
    // Python trains the bias of a quantized layer that it makes of another one
    assertEquals(
        List.of(true, true),
        difference.stream().map(name -> isMadeOfAnother(rows, name)).toList(),
        difference.toString());
  }

  @Test
  void npzFilesOfPythonAreReadAndTheReverse(@TempDir Path folder) {
    Path ofPython = folder.resolve("python.npz");
    Path ofJava = folder.resolve("java.npz");
    Sequential saved = Sequential.of(Linear.of(5, 6), Activations::relu, BatchNorm.of(6));
    Trees.save(ofJava, saved);
    Map<String, MlxArray> python =
        PythonMlx.arrays(
            """
            m = nn.Sequential(nn.Linear(5, 6), nn.ReLU(), nn.BatchNorm(6))
            m.save_weights('''%s''')
            m.load_weights('''%s''')
            from mlx.utils import tree_flatten
            out.update(tree_flatten(m.parameters()))
            """
                .formatted(ofPython, ofJava));
    assertSameArrays(python, Trees.flattenWithPaths(saved));
    Sequential loaded = Trees.load(ofPython, saved);
    assertSameArrays(Io.loadNpz(ofPython), Trees.flattenWithPaths(loaded));
  }

  @Test
  void partsOfModelsAreLoadedIfFilesNeedNotFit(@TempDir Path folder) {
    Path file = folder.resolve("weights.safetensors");
    Trees.save(file, Map.of("weight", Ops.ones(2, 3), "other", Ops.ones(4)));
    Linear linear = Linear.of(3, 2);
    assertThrows(IllegalArgumentException.class, () -> Trees.load(file, linear));
    int before = HandlesNative.live_arrays();
    Linear loaded = Trees.load(file, linear, false);
    assertEquals(before + 1, HandlesNative.live_arrays(), "the other array is not kept");
    assertWithin(0, Ops.ones(2, 3), loaded.weight(), "weight");
    assertSame(linear.bias(), loaded.bias());
    assertSame(linear.weight(), Trees.load(file, linear, name -> "my." + name, false).weight());
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Trees.load(file, Linear.of(2, 2), false),
        "[load] the tree, weight: the array in " + file + " has the shape [2, 3]");
  }

  private static boolean isMadeOfAnother(List<Row<?>> rows, String name) {
    for (int i = 0; i < rows.size(); i++) {
      if (name.equals("all_layers." + i + ".bias") || name.equals("by_name.row" + i + ".bias")) {
        return rows.get(i).python().startsWith("nn.Linear(64, 8).to_quantized");
      }
    }
    return false;
  }

  private static void assertSameArrays(
      Map<String, MlxArray> expected, Map<String, MlxArray> actual) {
    assertEquals(new TreeSet<>(expected.keySet()), new TreeSet<>(actual.keySet()));
    expected.forEach(
        (name, x) -> {
          assertEquals(x.dtype(), actual.get(name).dtype(), name);
          assertWithin(0, x, actual.get(name), name);
        });
  }
}
