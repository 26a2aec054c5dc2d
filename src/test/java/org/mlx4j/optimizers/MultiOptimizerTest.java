package org.mlx4j.optimizers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertValues;
import static org.mlx4j.ArrayAssertions.assertWithin;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.mlx4j.InScope;
import org.mlx4j.MlxArray;
import org.mlx4j.PythonMlx;

/** Each array is updated by the optimizer that its filter chooses. */
@ExtendWith(InScope.class)
class MultiOptimizerTest {
  record Layer(MlxArray weight, MlxArray bias) {}

  record Model(Layer body, Layer head) {}

  private static Layer layer(Map<String, MlxArray> python, String key) {
    return new Layer(python.get(key + ".weight"), python.get(key + ".bias"));
  }

  private static Model model(Map<String, MlxArray> python, int step, String tree) {
    return new Model(layer(python, step + tree + ".body"), layer(python, step + tree + ".head"));
  }

  @Test
  void tenStepsArePythons() {
    Map<String, MlxArray> python =
        PythonMlx.arrays(
            """
            from mlx.utils import tree_flatten
            def draw():
                return {n: {"weight": mx.random.normal((3, 3)), "bias": mx.random.normal((3,))}
                        for n in ("body", "head")}
            p = draw()
            o = optim.MultiOptimizer(
                [optim.Lion(0.01), optim.Adam(optim.cosine_decay(0.1, 8)), optim.SGD(0.1, 0.9)],
                [lambda path, x: path.startswith("head"), lambda path, x: x.ndim == 2])
            o.init(p)
            for i in range(11):
                g = draw()
                for tree, name in ((p, "p"), (g, "g")):
                    for path, x in tree_flatten(tree):
                        out[f"{i}{name}.{path}"] = x
                p = o.apply_gradients(g, p)
            """);
    MultiOptimizer optimizer =
        MultiOptimizer.of(
            List.of(Lion.of(0.01), Adam.of(Schedules.cosineDecay(0.1, 8)), SGD.of(0.1, 0.9)),
            List.of((path, x) -> path.startsWith("head"), (path, x) -> x.ndim() == 2));
    Model model = model(python, 0, "p");
    OptimizerState<Model> state = optimizer.init(model);
    assertEquals(4, state.slots().size(), "one of Lion, two of Adam, one of SGD");
    assertNull(state.slots().get(0).body().weight());
    assertNull(state.slots().get(1).head().weight());
    assertNull(state.slots().get(3).body().weight());
    for (int i = 0; i < 10; i++) {
      Updated<Model> updated = optimizer.update(model, model(python, i, "g"), state);
      model = updated.parameters();
      state = updated.state();
      Model expected = model(python, i + 1, "p");
      assertWithin(1e-6, expected.body.weight, model.body.weight, "body.weight");
      assertWithin(1e-6, expected.body.bias, model.body.bias, "body.bias");
      assertWithin(1e-6, expected.head.weight, model.head.weight, "head.weight");
      assertWithin(1e-6, expected.head.bias, model.head.bias, "head.bias");
      assertEquals(i + 1, state.step().itemLong());
      assertEquals(4, state.slots().size());
    }
  }

  @Test
  void filtersSeePathsAndTheLastOptimizerTakesTheRest() {
    List<String> seen = new ArrayList<>();
    MultiOptimizer optimizer =
        MultiOptimizer.of(
            List.of(SGD.of(1), SGD.of(10)),
            List.of(
                (path, x) -> {
                  seen.add(path);
                  return path.equals("body.bias");
                }));
    MlxArray one = MlxArray.of(1f);
    Model ones = new Model(new Layer(one, one), new Layer(one, one));
    Model updated = optimizer.update(ones, ones, optimizer.init(ones)).parameters();
    assertEquals(0, updated.body.bias.itemFloat());
    assertEquals(-9, updated.body.weight.itemFloat());
    assertEquals(-9, updated.head.bias.itemFloat());
    assertEquals(
        List.of("body.weight", "body.bias", "head.weight", "head.bias"), seen.subList(0, 4));
  }

  @Test
  void oneOptimizerNeedsNoFilter() {
    MultiOptimizer optimizer = MultiOptimizer.of(List.of(SGD.of(1)), List.of());
    MlxArray w = MlxArray.of(3f);
    assertEquals(
        1f, optimizer.update(w, MlxArray.of(2f), optimizer.init(w)).parameters().itemFloat());
  }

  @Test
  void optimizersOfOptimizersNest() {
    MultiOptimizer inner =
        MultiOptimizer.of(
            List.of(Adam.of(1), SGD.of(1, 0.5)), List.of((path, x) -> path.endsWith("weight")));
    MultiOptimizer outer =
        MultiOptimizer.of(
            List.of(inner, SGD.of(10)), List.of((path, x) -> path.startsWith("body")));
    MlxArray one = MlxArray.of(1f);
    Model ones = new Model(new Layer(one, one), new Layer(one, one));
    OptimizerState<Model> state = outer.init(ones);
    assertEquals(3, state.slots().size());
    Updated<Model> updated = outer.update(ones, ones, state);
    updated = outer.update(updated.parameters(), ones, updated.state());
    assertEquals(1 - 1 - 1.5f, updated.parameters().body.bias.itemFloat());
    assertEquals(1 - 10 - 10f, updated.parameters().head.weight.itemFloat());
  }

  @Test
  void whatDoesNotFitIsRefused() {
    Class<IllegalArgumentException> e = IllegalArgumentException.class;
    assertThrowsSaying(
        e,
        () -> MultiOptimizer.of(List.of(), List.of()),
        "[MultiOptimizer] there must be at least 1 optimizer");
    assertThrowsSaying(
        e,
        () -> MultiOptimizer.of(List.of(SGD.of(1), SGD.of(2)), List.of()),
        "[MultiOptimizer] 2 optimizers need 1 filters, got 0");
    assertThrowsSaying(
        NullPointerException.class,
        () -> MultiOptimizer.of(null, List.of()),
        "[MultiOptimizer] optimizers is null");
    assertThrowsSaying(
        NullPointerException.class,
        () -> MultiOptimizer.of(List.of(SGD.of(1)), null),
        "[MultiOptimizer] filters is null");
    MultiOptimizer optimizer = MultiOptimizer.of(List.of(SGD.of(1)), List.of());
    MlxArray w = MlxArray.of(1f);
    assertThrowsSaying(
        e,
        () -> optimizer.update(w, w, Adam.of(1).init(w)),
        "[MultiOptimizer.update] the state has 2 slots, but these optimizers have 0 together");
    assertThrowsSaying(
        NullPointerException.class,
        () -> optimizer.update(w, w, null),
        "[MultiOptimizer.update] state is null");
  }

  @Test
  void filtersMayBeLeftOut() {
    MlxArray w = MlxArray.of(1f, 2f);
    Optimizer alone = MultiOptimizer.of(List.of(SGD.of(0.5)));
    assertValues(alone.update(w, w, alone.init(w)).parameters(), 0.5, 1);
    List<Optimizer> none = new ArrayList<>();
    none.add(null);
    assertThrowsSaying(
        NullPointerException.class,
        () -> MultiOptimizer.of(none),
        "[MultiOptimizer] optimizer 0 is null");
  }
}
