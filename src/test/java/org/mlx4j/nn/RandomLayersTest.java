package org.mlx4j.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertWithin;
import static org.mlx4j.ArrayAssertions.rounding;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mlx4j.DType;
import org.mlx4j.Device;
import org.mlx4j.InScope;
import org.mlx4j.MlxArray;
import org.mlx4j.MlxRandom;
import org.mlx4j.Ops;
import org.mlx4j.PythonMlx;
import org.mlx4j.StreamScope;
import org.mlx4j.Transforms;
import org.mlx4j.tree.Trees;

/** Layers that are random in training, and those that keep statistics there. */
@ExtendWith(InScope.class)
class RandomLayersTest {
  /** A random layer and the shape of its input. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Case(String name, RandomLayer layer, int... shape) {
    MlxArray input() {
      return MlxRandom.normal(shape, MlxRandom.key(1));
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() {
    MlxRandom.seed(2);
    return Stream.of(
        new Case("Dropout", new Dropout(0.5f), 8, 8),
        new Case("Dropout2d", new Dropout2d(0.5f), 4, 3, 3, 8),
        new Case("Dropout3d", new Dropout3d(0.5f), 4, 2, 3, 3, 8),
        new Case(
            "Sequential",
            Sequential.of(
                Dropout.of(), Linear.of(6, 6), Sequential.of(Dropout.of(0.3)), Activations::relu),
            5,
            6),
        new Case(
            "TransformerEncoderLayer",
            TransformerEncoderLayer.of(8, 2, 8, 0.5, Activations::gelu),
            2,
            4,
            8),
        new Case("TransformerEncoder", TransformerEncoder.of(2, 8, 2, 8, 0.5), 2, 4, 8),
        new Case(
            "TransformerEncoder with checkpoints",
            TransformerEncoder.of(2, 8, 2, 8, 0.5, Activations::relu, false, true),
            2,
            4,
            8));
  }

  private static boolean same(MlxArray a, MlxArray b) {
    return a.arrayEqual(b).itemBoolean();
  }

  private static void assertClose(MlxArray expected, MlxArray actual, String what) {
    assertWithin(rounding(DType.FLOAT32), expected, actual, what);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aKeyDecidesTheResult(Case c) {
    MlxArray x = c.input();
    MlxArray y = c.layer().apply(x, MlxRandom.key(3));
    assertTrue(same(y, c.layer().apply(x, MlxRandom.key(3))), "the same key");
    assertFalse(same(y, c.layer().apply(x, MlxRandom.key(4))), "another key");
    assertFalse(same(y, c.layer().apply(x)), "no key");
    assertTrue(same(c.layer().apply(x), c.layer().apply(x, null)), "null is no key");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void transformsOfRandomLayersAgree(Case c) {
    MlxArray x = c.input();
    MlxArray key = MlxRandom.key(3);
    MlxArray y = c.layer().apply(x, key);
    try (var compiled = Trees.compile((RandomLayer l, MlxArray a, MlxArray k) -> l.apply(a, k));
        var checkpointed =
            Trees.checkpoint((RandomLayer l, MlxArray a, MlxArray k) -> l.apply(a, k));
        var mapped =
            Trees.vmap(
                (RandomLayer l, MlxArray a, MlxArray k) -> l.apply(a, k),
                Transforms.NOT_MAPPED,
                Transforms.NOT_MAPPED,
                0)) {
      assertClose(y, compiled.apply(c.layer(), x, key), "compiled");
      assertClose(y, checkpointed.apply(c.layer(), x, key), "checkpointed");
      MlxArray keys = MlxRandom.split(key, 2);
      MlxArray[] both = mapped.apply(c.layer(), x, keys).unstack();
      for (int i = 0; i < 2; i++) {
        assertClose(c.layer().apply(x, keys.take(i, 0)), both[i], "mapped over keys");
      }
      MlxArray plain = Trees.grad((MlxArray a) -> c.layer().apply(a, key).square().sum()).apply(x);
      MlxArray again =
          Trees.grad((MlxArray a) -> checkpointed.apply(c.layer(), a, key).square().sum()).apply(x);
      assertClose(plain, again, "the gradient through a checkpoint");
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void whatIsNotAKeyIsRefused(Case c) {
    MlxArray x = c.input();
    for (MlxArray bad :
        List.of(Ops.zeros(2), Ops.zeros(new int[] {3}, DType.UINT32), MlxArray.scalar(1))) {
      assertThrowsSaying(
          IllegalArgumentException.class,
          () -> c.layer().apply(x, bad),
          "key must be a PRNG key, a uint32 array of shape [2], got "
              + bad.dtype()
              + " of shape "
              + Arrays.toString(bad.shape()));
    }
  }

  @Test
  void dropoutIsPythons() {
    String script =
        """
        k = mx.random.key(5)
        import mlx.nn.layers.dropout as d
        draw = mx.random.bernoulli
        mx.random.bernoulli = lambda p, shape: draw(p, shape, key=k)
        for dtype in ("float32", "float16", "bfloat16"):
            for name, shape in (("Dropout", (40,)), ("Dropout2d", (3, 2, 4, 5)),
                    ("Dropout2d", (2, 4, 5)), ("Dropout3d", (2, 2, 3, 4, 5)), ("Dropout3d", (2, 3, 4, 5))):
                x = mx.cos(mx.arange(math.prod(shape))).reshape(shape).astype(getattr(mx, dtype))
                for p in (0.0, 0.1, 0.3):
                    key = f"{name}|{p}|{dtype}|{len(shape)}"
                    out[key + "|x"] = x
                    out[key + "|y"] = getattr(nn, name)(p)(x)
        """;
    Map<String, MlxArray> python = PythonMlx.arrays(script);
    try (StreamScope device = StreamScope.open(Device.cpu())) {
      MlxArray key = MlxRandom.key(5);
      for (String name : python.keySet().stream().filter(n -> n.endsWith("|x")).toList()) {
        String row = name.substring(0, name.length() - 2);
        String[] parts = row.split("\\|", -1);
        double p = Double.parseDouble(parts[1]);
        RandomLayer layer =
            switch (parts[0]) {
              case "Dropout" -> Dropout.of(p);
              case "Dropout2d" -> Dropout2d.of(p);
              default -> Dropout3d.of(p);
            };
        MlxArray expected = python.get(row + "|y");
        assertWithin(rounding(expected.dtype()), expected, layer.apply(python.get(name), key), row);
      }
    }
  }

  @Test
  void dropoutDropsItsShareAndKeepsTheMean() {
    MlxArray x = Ops.ones(200, 500);
    MlxArray y = new Dropout(0.2f).apply(x, MlxRandom.key(1));
    double dropped = y.equal(0L).mean().itemDouble();
    assertEquals(0.2, dropped, 0.01);
    assertEquals(1, y.mean().itemDouble(), 0.01);
    MlxArray channels = new Dropout2d(0.5f).apply(Ops.ones(30, 4, 5, 40), MlxRandom.key(1));
    MlxArray sums = channels.sum(new int[] {1, 2});
    assertTrue(sums.equal(0L).logicalOr(sums.equal(40L)).all().itemBoolean(), "whole channels");
    assertEquals(0.5, sums.equal(0L).mean().itemDouble(), 0.1);
  }

  @Test
  void sequentialSplitsTheKeyForItsRandomLayers() {
    MlxArray key = MlxRandom.key(9);
    MlxArray[] keys = MlxRandom.split(key, 2).unstack();
    MlxArray x = Ops.ones(4, 20);
    Dropout dropout = new Dropout(0.5f);
    MlxArray expected = dropout.apply(Activations.relu(dropout.apply(x, keys[0])), keys[1]);
    MlxArray actual = Sequential.of(dropout, Activations::relu, dropout).apply(x, key);
    assertTrue(same(expected, actual));
    MlxArray same = Sequential.of(Activations::relu).apply(x, key);
    assertTrue(same(x, same), "no random layer");
    assertTrue(same(x, Sequential.of().apply(x)), "no layer");
  }

  @Test
  void decoderAndTransformerAreRandomWithAKey() {
    MlxRandom.seed(2);
    MlxArray x = MlxRandom.normal(2, 3, 8);
    MlxArray memory = MlxRandom.normal(2, 4, 8);
    for (boolean checkpoint : new boolean[] {false, true}) {
      Transformer model = Transformer.of(8, 2, 1, 2, 8, 0.5, Activations::relu, true, checkpoint);
      MlxArray key = MlxRandom.key(1);
      MlxArray y = model.apply(memory, x, null, null, null, key);
      assertTrue(same(y, model.apply(memory, x, null, null, null, MlxRandom.key(1))));
      assertFalse(same(y, model.apply(memory, x, null, null, null, MlxRandom.key(2))));
      assertFalse(same(y, model.apply(memory, x)));
      assertTrue(same(model.apply(memory, x), model.apply(memory, x, null, null, null)));
      MlxArray[] keys = MlxRandom.split(key, 2).unstack();
      MlxArray encoded = model.encoder().apply(memory, null, keys[0]);
      assertTrue(same(y, model.decoder().apply(x, encoded, null, null, keys[1])));
      assertThrowsSaying(
          IllegalArgumentException.class,
          () -> model.apply(memory, x, null, null, null, x),
          "[Transformer] key must be a PRNG key");
    }
  }

  // ---- BatchNorm -------------------------------------------------------------------------------

  @Test
  void batchNormTrainsAsPythons() {
    String script =
        """
        def run(name, m, shape, dtype):
            m.set_dtype(getattr(mx, dtype))
            mx.random.seed(3)
            for i in range(3):
                x = (mx.random.normal(shape) * 2 + i).astype(getattr(mx, dtype))
                out[f"{name}|{dtype}|{i}|x"] = x
                w = mx.cos(mx.arange(x.size)).reshape(x.shape).astype(x.dtype)
                import copy
                c = copy.deepcopy(m)
                out[f"{name}|{dtype}|{i}|g"] = mx.grad(lambda x: (c(x) * w).sum())(x)
                out[f"{name}|{dtype}|{i}|y"] = m(x)
                if m.track_running_stats:
                    out[f"{name}|{dtype}|{i}|mean"] = m.running_mean
                    out[f"{name}|{dtype}|{i}|var"] = m.running_var
            m.eval()
            out[f"{name}|{dtype}|after"] = m(x)

        for dtype in ("float32", "float16", "bfloat16"):
            run("plain", nn.BatchNorm(4), (6, 4), dtype)
            run("options", nn.BatchNorm(4, 0.1, 0.3, False), (2, 3, 4), dtype)
            run("untracked", nn.BatchNorm(4, 1e-3, 0.1, True, False), (2, 3, 2, 4), dtype)
        """;
    Map<String, MlxArray> python = PythonMlx.arrays(script);
    try (StreamScope device = StreamScope.open(Device.cpu())) {
      for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT16, DType.BFLOAT16)) {
        assertTrains(python, "plain|" + dtype, BatchNorm.of(4), dtype);
        assertTrains(python, "options|" + dtype, BatchNorm.of(4, 0.1, 0.3, false), dtype);
        assertTrains(python, "untracked|" + dtype, BatchNorm.of(4, 1e-3, 0.1, true, false), dtype);
      }
    }
  }

  private static void assertTrains(
      Map<String, MlxArray> python, String row, BatchNorm made, DType dtype) {
    BatchNorm norm = Trees.map(made, p -> p.astype(dtype));
    double tolerance = 2 * rounding(dtype);
    MlxArray x = null;
    try (var compiled = Trees.compile((BatchNorm n, MlxArray a) -> n.train(a))) {
      for (int i = 0; i < 3; i++) {
        String step = row + "|" + i + "|";
        x = python.get(step + "x");
        MlxArray weights = Ops.arange((double) x.size()).cos().reshape(x.shape()).astype(dtype);
        BatchNorm now = norm;
        MlxArray gradient =
            Trees.grad((MlxArray a) -> now.train(a).output().multiply(weights).sum()).apply(x);
        assertWithin(tolerance, python.get(step + "g"), gradient, step + "gradient");
        Trained<BatchNorm> trained = norm.train(x);
        assertWithin(tolerance, python.get(step + "y"), trained.output(), step);
        assertWithin(
            tolerance, trained.output(), compiled.apply(norm, x).output(), step + "compiled");
        norm = trained.layer();
        if (norm.runningMean() != null) {
          assertWithin(tolerance, python.get(step + "mean"), norm.runningMean(), step + "mean");
          assertWithin(tolerance, python.get(step + "var"), norm.runningVar(), step + "var");
        }
      }
    }
    assertWithin(tolerance, python.get(row + "|after"), norm.apply(x), row + " after training");
  }
}
