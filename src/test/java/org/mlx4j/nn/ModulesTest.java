package org.mlx4j.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertWithin;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.mlx4j.DType;
import org.mlx4j.InScope;
import org.mlx4j.MlxArray;
import org.mlx4j.MlxRandom;
import org.mlx4j.Ops;
import org.mlx4j.PythonMlx;
import org.mlx4j.QuantizationMode;
import org.mlx4j.internal.HandlesNative;
import org.mlx4j.tree.Trees;

/** Parameters and layers of models are found and replaced as by the methods of {@code Module}. */
@ExtendWith(InScope.class)
class ModulesTest {
  private record Model(
      Layer embedding, Sequential body, Transformer transformer, Layer head, Layer quantized) {
    static Model of() {
      return new Model(
          Embedding.of(7, 8),
          Sequential.of(Linear.of(8, 8), BatchNorm.of(8), PReLU.of(8), Dropout.of(0.2)),
          Transformer.of(8, 2, 1, 1, 12),
          QuantizedLinear.of(64, 8),
          new QuantizedEmbedding(
              Ops.zeros(new int[] {2, 8}, DType.UINT32),
              Ops.ones(2, 1),
              Ops.ones(2, 1),
              64,
              4,
              QuantizationMode.AFFINE));
    }

    static final String PYTHON =
        """
        from mlx.utils import tree_flatten
        class Model(nn.Module):
            def __init__(self):
                super().__init__()
                self.embedding = nn.Embedding(7, 8)
                self.body = nn.Sequential(
                    nn.Linear(8, 8), nn.BatchNorm(8), nn.PReLU(8), nn.Dropout(0.2))
                self.transformer = nn.Transformer(8, 2, 1, 1, 12)
                self.head = nn.QuantizedLinear(64, 8)
                self.quantized = nn.QuantizedEmbedding(2, 64)

        model = Model()
        """;
  }

  private static Set<String> names(String script) {
    return new TreeSet<>(PythonMlx.arrays(Model.PYTHON + script).keySet());
  }

  private static <T> Set<String> sorted(Map<String, T> named) {
    return new TreeSet<>(named.keySet());
  }

  @Test
  void layersAndTrainedParametersAreThoseOfPython() {
    Model model = Model.of();
    assertEquals(
        names("out.update({'/' + name: mx.array(0) for name, m in model.named_modules()})"),
        new TreeSet<>(
            Nn.namedModules(model, Record.class).keySet().stream().map(n -> "/" + n).toList()));
    Model trained = Nn.trainableParameters(model);
    assertEquals(
        names("out.update(tree_flatten(model.trainable_parameters()))"),
        sorted(Trees.flattenWithPaths(trained)));
    BatchNorm norm = (BatchNorm) trained.body().layers().get(1);
    assertNull(norm.runningMean());
    assertEquals(norm.eps(), ((BatchNorm) model.body().layers().get(1)).eps());
  }

  @Test
  void dtypesAreThoseOfPython() {
    String script =
        """
        model.set_dtype(mx.bfloat16)
        out.update({"a|" + n: mx.zeros(0, x.dtype) for n, x in tree_flatten(model.parameters())})
        model.set_dtype(mx.float16, lambda d: d == mx.uint32)
        out.update({"b|" + n: mx.zeros(0, x.dtype) for n, x in tree_flatten(model.parameters())})
        """;
    Map<String, MlxArray> python = PythonMlx.arrays(Model.PYTHON + script);
    Model half = Nn.setDtype(Model.of(), DType.BFLOAT16);
    assertDtypes(LayerTable.under("a|", python), half);
    assertDtypes(
        LayerTable.under("b|", python), Nn.setDtype(half, DType.FLOAT16, d -> d == DType.UINT32));
  }

  private static void assertDtypes(Map<String, MlxArray> expected, Model model) {
    Map<String, MlxArray> named = Trees.flattenWithPaths(model);
    assertEquals(expected.keySet(), sorted(named));
    expected.forEach((name, x) -> assertEquals(x.dtype(), named.get(name).dtype(), name));
  }

  @Test
  void layersAreFoundByTheirKind() {
    Model model = Model.of();
    assertEquals(
        Set.of("body.layers.1"), Nn.namedModules(model, BatchNorm.class).keySet(), "of a class");
    Map<String, Attention> attentions = Nn.namedModules(model, Attention.class);
    assertEquals(
        Set.of(
            "transformer.encoder.layers.0.attention",
            "transformer.decoder.layers.0.self_attention",
            "transformer.decoder.layers.0.cross_attention"),
        attentions.keySet());
    assertEquals(List.of("0", "1", ""), List.copyOf(names(List.of(Identity.of(), Identity.of()))));
    assertThrows(UnsupportedOperationException.class, attentions::clear);
  }

  private record Pair(List<Layer> both) implements Layer {
    @Override
    public MlxArray apply(MlxArray x) {
      return both.get(1).apply(both.get(0).apply(x));
    }
  }

  /** The paths in a layer, without that of its list. */
  private static List<String> names(List<Layer> layers) {
    return Nn.namedModules(new Pair(layers), Layer.class).keySet().stream()
        .map(name -> name.replace("both.", ""))
        .toList();
  }

  /** A linear layer and a low-rank correction. */
  private record Corrected(Linear linear, MlxArray correction) implements Layer {
    @Override
    public MlxArray apply(MlxArray x) {
      return linear.apply(x).add(x.matmul(correction));
    }
  }

  @Test
  void layersAreReplacedFromTheInsideToTheOutside() {
    MlxRandom.seed(1);
    TransformerEncoder encoder = TransformerEncoder.of(2, 8, 2, 12, 0.5);
    TransformerEncoder corrected =
        Nn.applyToModules(
            encoder,
            Linear.class,
            (place, linear) ->
                place.contains("attention") ? new Corrected(linear, Ops.zeros(8, 8)) : null);
    Attention attention = corrected.layers().get(1).attention();
    assertInstanceOf(QuantizedMultiHeadAttention.class, attention);
    assertEquals(8, Nn.namedModules(corrected, Corrected.class).size());
    String path = "layers.0.attention.key_proj";
    assertSame(
        Nn.namedModules(encoder, Linear.class).get(path).weight(),
        Nn.namedModules(corrected, Corrected.class).get(path).linear().weight());
    MlxArray x = MlxRandom.normal(2, 3, 8);
    assertWithin(1e-6, encoder.apply(x), corrected.apply(x), "corrections of 0");
    TransformerEncoder certain =
        Nn.applyToModules(encoder, Dropout.class, (place, d) -> Dropout.of(0));
    assertWithin(1e-6, encoder.apply(x), certain.apply(x, MlxRandom.key(1)), "no dropout");
  }

  @Test
  void quantizationAtTheEndOfTrainingIsOneCall() {
    QuantizationMode mode = QuantizationMode.MXFP8;
    Sequential model = Nn.quantize(Sequential.of(Linear.of(32, 8, false)), null, null, mode, true);
    Sequential afterward =
        Nn.applyToModules(model, QQLinear.class, (path, layer) -> layer.quantize());
    assertEquals(
        DType.UINT32, Trees.flattenWithPaths(afterward).get("layers.0.weight").dtype(), "weight");
  }

  @Test
  void wrongArgumentsAreNamed() {
    Class<NullPointerException> npe = NullPointerException.class;
    Linear model = Linear.of(2, 2);
    assertThrowsSaying(npe, () -> Nn.setDtype(model, null), "[setDtype] dtype is null");
    assertThrowsSaying(
        npe, () -> Nn.setDtype(model, DType.INT8, null), "[setDtype] predicate is null");
    assertThrowsSaying(npe, () -> Nn.namedModules(model, null), "[namedModules] type is null");
    assertThrowsSaying(
        npe,
        () -> Nn.applyToModules(model, null, (path, layer) -> layer),
        "[applyToModules] type is null");
    assertThrowsSaying(
        npe,
        () -> Nn.applyToModules(model, Linear.class, (BiFunction<String, Linear, Layer>) null),
        "[applyToModules] others is null");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Nn.applyToModules(new Pair(List.of(model)), Linear.class, this::odd),
        "[applyToModules] both.0: odd sizes");
    record Fixed(Linear head) {}
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Nn.applyToModules(new Fixed(model), Linear.class, (path, layer) -> Identity.of()),
        "[applyToModules] the tree: the component head",
        "cannot hold a org.mlx4j.nn.Identity");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () ->
            Nn.namedModules(
                Map.of("a", Map.of("b", Identity.of()), "a.b", Identity.of()), Layer.class),
        "[namedModules] a.b: another layer has the same path");
    MlxArray closed = Ops.ones(1);
    closed.close();
    assertThrowsSaying(
        IllegalStateException.class, () -> Nn.setDtype(closed, DType.FLOAT16), "[setDtype]");
  }

  private Layer odd(String path, Linear layer) {
    throw new IllegalArgumentException("odd sizes");
  }

  @Test
  void whatAFailedReplacementCreatedIsFreed() {
    Sequential model = Sequential.of(Linear.of(2, 2), Linear.of(2, 3));
    int before = HandlesNative.live_arrays();
    assertThrowsSaying(
        IllegalStateException.class,
        () ->
            Nn.applyToModules(
                model,
                Linear.class,
                (path, linear) -> {
                  if (path.equals("layers.1")) {
                    throw new IllegalStateException("the second one");
                  }
                  return Linear.of(4, 4);
                }),
        "the second one");
    assertEquals(before, HandlesNative.live_arrays());
  }
}
