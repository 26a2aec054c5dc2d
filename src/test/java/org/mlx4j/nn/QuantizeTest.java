package org.mlx4j.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertWithin;
import static org.mlx4j.ArrayAssertions.rounding;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.mlx4j.DType;
import org.mlx4j.Device;
import org.mlx4j.InScope;
import org.mlx4j.MlxArray;
import org.mlx4j.MlxRandom;
import org.mlx4j.Ops;
import org.mlx4j.PythonMlx;
import org.mlx4j.QuantizationMode;
import org.mlx4j.StreamScope;
import org.mlx4j.tree.Trees;

/** Models whose layers are replaced by quantized ones. */
@ExtendWith(InScope.class)
class QuantizeTest {
  private record Language(Layer embedding, TransformerEncoder encoder, Layer head)
      implements Layer {
    static Language of() {
      return new Language(
          Embedding.of(16, 32), TransformerEncoder.of(2, 32, 2, 64), Linear.of(32, 16));
    }

    @Override
    public MlxArray apply(MlxArray x) {
      return head.apply(encoder.apply(embedding.apply(x)));
    }
  }

  private record Fixed(Linear head) {}

  private record FixedAttention(List<MultiHeadAttention> attentions) {}

  @Test
  void wholeModelsAreQuantizedAsInPython() {
    String script =
        """
        class Language(nn.Module):
            def __init__(self):
                super().__init__()
                self.embedding = nn.Embedding(16, 32)
                self.encoder = nn.TransformerEncoder(2, 32, 2, 64)
                self.head = nn.Linear(32, 16)
            def __call__(self, x):
                return self.head(self.encoder(self.embedding(x), None))

        from mlx.utils import tree_flatten
        x = mx.array([[1, 15, 3], [4, 0, 2]])
        for mode, group, bits in (("affine", 32, 8), ("mxfp4", None, None)):
            mx.random.seed(7)
            m = Language()
            nn.quantize(m, group, bits, mode=mode)
            for name, value in tree_flatten(m.parameters()):
                out[f"{mode}|p|{name}"] = value
            out[f"{mode}|y"] = m(x)
        """;
    Map<String, MlxArray> python = PythonMlx.arrays(script);
    MlxArray x = MlxArray.of(new int[] {1, 15, 3, 4, 0, 2}, 2, 3);
    try (StreamScope device = StreamScope.open(Device.cpu())) {
      for (QuantizationMode mode : List.of(QuantizationMode.AFFINE, QuantizationMode.MXFP4)) {
        String key = mode.name().toLowerCase(java.util.Locale.ROOT);
        MlxRandom.seed(7);
        Language model = Language.of();
        boolean affine = mode == QuantizationMode.AFFINE;
        Language quantized = Nn.quantize(model, affine ? 32 : null, affine ? 8 : null, mode);
        Map<String, MlxArray> parameters = LayerTable.named(quantized);
        TreeSet<String> expected = new TreeSet<>();
        python.forEach(
            (name, value) -> {
              if (name.startsWith(key + "|p|")) {
                String parameter = name.substring(key.length() + 3);
                expected.add(parameter);
                assertWithin(0, value, parameters.get(parameter), name);
              }
            });
        assertEquals(expected, new TreeSet<>(parameters.keySet()));
        MlxArray y = python.get(key + "|y");
        assertWithin(rounding(DType.FLOAT32), y, quantized.apply(x), key);
        try (var compiled = Trees.compile((Language m, MlxArray a) -> m.apply(a))) {
          assertWithin(rounding(DType.FLOAT32), y, compiled.apply(quantized, x), key + " compiled");
        }
      }
    }
  }

  @Test
  void aPredicateChoosesLayersByPathAndKind() {
    Language model = Language.of();
    List<String> paths = new ArrayList<>();
    Language quantized =
        Nn.quantize(
            model,
            32,
            4,
            QuantizationMode.AFFINE,
            false,
            (path, layer) -> {
              paths.add(path);
              return layer instanceof Linear && path.contains("linear");
            });
    assertEquals(14, paths.size(), () -> paths.toString());
    assertTrue(paths.contains("embedding") && paths.contains("head"), () -> paths.toString());
    assertInstanceOf(Embedding.class, quantized.embedding());
    TransformerEncoderLayer layer = quantized.encoder().layers().get(1);
    assertInstanceOf(MultiHeadAttention.class, layer.attention());
    assertEquals(4, assertInstanceOf(QuantizedLinear.class, layer.linear2()).bits());
    assertSame(model.head().getClass(), quantized.head().getClass());
  }

  @Test
  void partsOfAttentionMayBeQuantized() {
    MlxRandom.seed(1);
    Attention attention = MultiHeadAttention.of(32, 2);
    Attention quantized =
        Nn.quantize(
            attention, 32, 8, QuantizationMode.AFFINE, false, (path, l) -> path.startsWith("out"));
    var q = assertInstanceOf(QuantizedMultiHeadAttention.class, quantized);
    assertInstanceOf(Linear.class, q.keyProj());
    assertInstanceOf(QuantizedLinear.class, q.outProj());
    MlxArray x = MlxRandom.normal(2, 3, 32);
    MlxArray mask = MultiHeadAttention.createAdditiveCausalMask(3);
    assertWithin(
        0.02, attention.apply(x, x, x, mask), quantized.apply(x, x, x, mask), "the output");
    assertWithin(0.02, attention.apply(x, x, x), quantized.apply(x, x, x), "without a mask");
  }

  @Test
  void layersMayHaveDifferentParameters() {
    Sequential model = Sequential.of(Linear.of(64, 64), Activations::relu, Linear.of(64, 64));
    Sequential quantized =
        Nn.quantize(
            model,
            (path, layer) ->
                path.contains("0") ? layer.toQuantized(64, 2) : layer.toQuantized(32, 8));
    assertEquals(2, ((QuantizedLinear) quantized.layers().get(0)).bits());
    assertSame(model.layers().get(1), quantized.layers().get(1));
    assertEquals(8, ((QuantizedLinear) quantized.layers().get(2)).bits());
    Layer kept = Nn.quantize((Layer) Linear.of(64, 8), (path, layer) -> null);
    assertInstanceOf(Linear.class, kept);
    assertInstanceOf(QuantizedLinear.class, Nn.quantize((Layer) Linear.of(64, 8)));
  }

  @Test
  void inputsAreQuantizedToo() {
    MlxRandom.seed(1);
    Linear linear = Linear.of(32, 8, false);
    QuantizationMode mode = QuantizationMode.MXFP8;
    Sequential model = Nn.quantize(Sequential.of(linear), null, null, mode, true);
    QQLinear layer = assertInstanceOf(QQLinear.class, model.layers().get(0));
    assertSame(linear.weight().dtype(), layer.weight().dtype());
    assertNull(layer.scales());
    QQLinear quantized = layer.quantize();
    assertSame(quantized, quantized.quantize());
    assertSame(layer, layer.dequantize());
    MlxArray x = MlxRandom.normal(1, 32);
    assertWithin(0.1, linear.apply(x), quantized.apply(x), "the output");
    QQLinear back = quantized.dequantize();
    assertNull(back.scales());
    assertSame(DType.BFLOAT16, back.weight().dtype()); // as in Python
    assertWithin(0.1, linear.weight().astype(DType.BFLOAT16), back.weight(), "the weight");
    assertEquals(16, QQLinear.of(32, 8).groupSize());
    MlxRandom.seed(3);
    MlxArray drawn = QQLinear.of(32, 8, null, null, mode).weight();
    MlxRandom.seed(3);
    assertWithin(0, Linear.of(32, 8, false).weight(), drawn, "the weight of a new layer");
  }

  @Test
  void whatCannotBeQuantizedIsNamed() {
    Class<IllegalArgumentException> e = IllegalArgumentException.class;
    assertThrowsSaying(
        e,
        () -> Nn.quantize(new Fixed(Linear.of(64, 8)), 64, 4),
        "[quantize] the tree: the component head of the record " + Fixed.class.getName(),
        "is declared as org.mlx4j.nn.Linear, which cannot hold a org.mlx4j.nn.QuantizedLinear");
    assertThrowsSaying(
        e,
        () -> Nn.quantize(Sequential.of(Linear.of(30, 8)), 64, 4),
        "[quantize] layers",
        ": [QuantizedLinear] array argument 0 has shape [8, 30]");
    assertThrowsSaying(
        e,
        () -> Nn.quantize(Sequential.of(Linear.of(64, 8)), 64, 7),
        "[QuantizedLinear] bits is 7");
    assertThrowsSaying(
        e,
        () ->
            Nn.quantize(
                Sequential.of(Linear.of(64, 8, false)), null, null, QuantizationMode.AFFINE, true),
        "[QQLinear] mode must be NVFP4 or MXFP8, got AFFINE");
    assertThrowsSaying(
        e,
        () ->
            Nn.quantize(Sequential.of(Linear.of(64, 8)), null, null, QuantizationMode.NVFP4, true),
        "[QQLinear] the linear layer must have no bias");
    assertThrowsSaying(
        e,
        () -> Embedding.of(4, 64).toQuantized(null, null, QuantizationMode.NVFP4, true),
        "[Embedding.toQuantized] quantizeInput must be false");
    Class<NullPointerException> npe = NullPointerException.class;
    Sequential model = Sequential.of(Linear.of(64, 8));
    assertThrowsSaying(npe, () -> Nn.quantize(model, 64, 4, null), "[quantize] mode is null");
    assertThrowsSaying(
        npe,
        () -> Nn.quantize(model, (BiFunction<String, Quantizable, Layer>) null),
        "[quantize] quantized is null");
    assertThrowsSaying(
        npe,
        () -> Nn.quantize(model, 64, 4, QuantizationMode.AFFINE, false, null),
        "[quantize] predicate is null");
    // a list may change its elements' type, but what reads it may not expect that
    FixedAttention changed =
        Nn.quantize(new FixedAttention(List.of(MultiHeadAttention.of(64, 2))), 64, 4);
    assertThrowsSaying(ClassCastException.class, () -> changed.attentions().get(0).numHeads());
  }

  @Test
  void gradientsPassThroughQuantizedLayers() {
    MlxRandom.seed(1);
    Linear linear = Linear.of(64, 8);
    Layer quantized = linear.toQuantized();
    MlxArray x = MlxRandom.normal(3, 64);
    MlxArray expected = Trees.grad((MlxArray a) -> linear.apply(a).sum()).apply(x);
    MlxArray actual = Trees.grad((MlxArray a) -> quantized.apply(a).sum()).apply(x);
    assertWithin(0.3, expected, actual, "the gradient for the input");
  }

  private record Mixed(Layer first, Layer norm, Layer second) implements Layer {
    @Override
    public MlxArray apply(MlxArray x) {
      return second.apply(norm.apply(first.apply(x)));
    }
  }

  /**
   * In training, the weights of layers that quantize inputs have gradients. Python's layer needs a
   * GPU for that; here its formula is written with what Python has on the CPU.
   */
  @Test
  void quantizedModelsAreTrained() {
    String script =
        """
        from mlx.utils import tree_flatten
        def rounded(x, mode):
            w, scales = mx.quantize(x, mode=mode)
            back = mx.dequantize(w, scales, mode=mode).astype(x.dtype)
            return x + mx.stop_gradient(back - x)

        class Rounded(nn.Linear):
            def __call__(self, x):
                return rounded(x, self.mode) @ rounded(self.weight, self.mode).T

        class Mixed(nn.Module):
            def __init__(self, mode):
                super().__init__()
                self.first = Rounded(32, 32, False)
                self.first.mode = mode
                self.norm = nn.LayerNorm(32)
                self.second = nn.Linear(32, 32)
            def __call__(self, x):
                return self.second(self.norm(self.first(x)))

        for mode in ("mxfp8", "nvfp4"):
            mx.random.seed(7)
            m = Mixed(mode)
            nn.quantize(m, 32, 8, class_predicate=lambda path, layer: path == "second")
            m.second.freeze()
            x = mx.random.normal((4, 32))
            out[mode + "|x"] = x
            loss, grads = nn.value_and_grad(m, lambda x: m(x).square().sum())(x)
            out[mode + "|loss"] = loss
            for name, g in tree_flatten(grads):
                out[mode + "|g|" + name] = g
        """;
    Map<String, MlxArray> python = PythonMlx.arrays(script);
    double tolerance = 4 * rounding(DType.FLOAT32);
    for (QuantizationMode mode : List.of(QuantizationMode.MXFP8, QuantizationMode.NVFP4)) {
      String key = mode.name().toLowerCase(java.util.Locale.ROOT) + "|";
      MlxRandom.seed(7);
      Mixed model = new Mixed(Linear.of(32, 32, false), LayerNorm.of(32), Linear.of(32, 32));
      Mixed quantized =
          Nn.quantize(
              model,
              (path, layer) ->
                  path.equals("first")
                      ? layer.toQuantized(null, null, mode, true)
                      : layer.toQuantized(32, 8));
      assertInstanceOf(QQLinear.class, quantized.first());
      MlxArray x = python.get(key + "x");
      try (StreamScope device = StreamScope.open(Device.cpu());
          var lossAndGrad = Nn.valueAndGrad((Mixed m, MlxArray a) -> m.apply(a).square().sum());
          var compiled = Trees.compile(lossAndGrad)) {
        for (var r : List.of(lossAndGrad.apply(quantized, x), compiled.apply(quantized, x))) {
          assertWithin(tolerance, python.get(key + "loss"), r.value(), key);
          Map<String, MlxArray> expected = LayerTable.under(key + "g|", python);
          Map<String, MlxArray> actual = Trees.flattenWithPaths(r.grad());
          assertEquals(expected.keySet(), new TreeSet<>(actual.keySet()));
          expected.forEach((name, g) -> assertWithin(tolerance, g, actual.get(name), name));
        }
      }
    }
  }

  @Test
  void rowsOfQuantizedLayersAreComputedTogetherOrOneByOne() {
    try (StreamScope device = StreamScope.open(Device.cpu())) {
      for (QuantizationMode mode : List.of(QuantizationMode.MXFP8, QuantizationMode.NVFP4)) {
        MlxRandom.seed(1);
        QQLinear training = QQLinear.of(64, 8, null, null, mode);
        QQLinear layer = training.quantize();
        MlxArray x = MlxRandom.normal(3, 64);
        MlxArray rows =
            Ops.concatenate(
                Stream.of(x.split(3)).map(layer::apply).toArray(MlxArray[]::new)); // the kernel
        double tolerance = rounding(DType.FLOAT32);
        assertWithin(tolerance, rows, layer.apply(x), mode + " quantized");
        assertWithin(tolerance, rows, training.apply(x), mode + " in training");
        assertWithin(tolerance, rows.take(1, 0), layer.apply(x.take(1, 0)), "a vector");
      }
    }
  }

  /** A matrix that was quantized for good is no longer trained: its elements are integers. */
  @Test
  void whatIsQuantizedForGoodHasNoGradient() {
    Mixed model = new Mixed(QQLinear.of(32, 32).quantize(), LayerNorm.of(32), Identity.of());
    try (var lossAndGrad = Nn.valueAndGrad((Mixed m) -> m.apply(Ops.ones(1, 32)).sum())) {
      assertThrowsSaying(
          IllegalArgumentException.class,
          () -> lossAndGrad.apply(model),
          "[valueAndGrad] argument 0, first.weight: an array of dtype uint32 has no gradient");
    }
    var parts = Trees.partition(model, (path, x) -> path.startsWith("norm"));
    try (var lossAndGrad =
        Nn.valueAndGrad(
            (Mixed t, Mixed rest) -> Trees.combine(t, rest).apply(Ops.ones(1, 32)).sum())) {
      assertEquals(
          List.of("norm.weight", "norm.bias"),
          List.copyOf(
              Trees.flattenWithPaths(lossAndGrad.apply(parts.selected(), parts.rest()).grad())
                  .keySet()));
    }
  }
}
