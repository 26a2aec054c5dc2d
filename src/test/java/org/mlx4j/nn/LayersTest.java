package org.mlx4j.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.mlx4j.nn.LayerTable.row;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mlx4j.ConvolutionOptions;
import org.mlx4j.Distributed;
import org.mlx4j.InScope;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.PublicMethods;
import org.mlx4j.QuantizationMode;
import org.mlx4j.nn.LayerTable.Row;

/** Layers have the first parameters, the values and the gradients of those of MLX's Python. */
@ExtendWith(InScope.class)
class LayersTest {
  private static final QuantizationMode AFFINE = QuantizationMode.AFFINE;
  private static final Distributed.Group ALONE = Distributed.init();

  static Stream<Row<?>> rows() {
    return Stream.<Stream<Row<?>>>of(
            linear(),
            dropouts(),
            norms(),
            convolutions(),
            transposedConvolutions(),
            pools(),
            recurrent(),
            attention(),
            transformers(),
            positions(),
            upsampling(),
            quantized(),
            sharded())
        .flatMap(Function.identity());
  }

  private static String normal(int... shape) {
    return "mx.random.normal(" + Arrays.toString(shape) + ")";
  }

  private static String image(int... sizes) {
    return normal(sizes);
  }

  private static Stream<Row<?>> linear() {
    return Stream.of(
        row(() -> Linear.of(5, 3), "nn.Linear(5, 3)", normal(2, 4, 5)),
        row(() -> Linear.of(5, 3, false), "nn.Linear(5, 3, False)", normal(4, 5)),
        row(() -> Identity.of(), "nn.Identity()", normal(4, 5)),
        row(
            () -> Bilinear.of(5, 4, 3),
            (m, xs) -> m.apply(xs.get(0), xs.get(1)),
            "nn.Bilinear(5, 4, 3)",
            "lambda m, a, b: m(a, b)",
            normal(2, 3, 5),
            normal(2, 3, 4)),
        row(
            () -> Bilinear.of(5, 4, 3, false),
            (m, xs) -> m.apply(xs.get(0), xs.get(1)),
            "nn.Bilinear(5, 4, 3, False)",
            "lambda m, a, b: m(a, b)",
            normal(3, 5),
            normal(3, 4)),
        row(() -> Embedding.of(7, 4), "nn.Embedding(7, 4)", "mx.array([[1, 6, 1], [0, 2, 3]])"),
        row(
            () -> Embedding.of(7, 4),
            (m, xs) -> m.asLinear(xs.get(0)),
            "nn.Embedding(7, 4)",
            "lambda m, x: m.as_linear(x)",
            normal(3, 4)),
        row(() -> PReLU.of(), "nn.PReLU()", normal(3, 4)),
        row(() -> PReLU.of(4, 0.1), "nn.PReLU(4, 0.1)", normal(3, 4)),
        row(
            () ->
                Sequential.of(
                    Linear.of(5, 6),
                    Activations::relu,
                    Dropout.of(0.3),
                    Sequential.of(LayerNorm.of(6), x -> Activations.leakyRelu(x, 0.2)),
                    PReLU.of(6),
                    Linear.of(6, 2)),
            "nn.Sequential(nn.Linear(5, 6), nn.relu, nn.Dropout(0.3),"
                + " nn.Sequential(nn.LayerNorm(6), nn.LeakyReLU(0.2)), nn.PReLU(6), nn.Linear(6,"
                + " 2))",
            normal(4, 5)));
  }

  private static Stream<Row<?>> norms() {
    return Stream.of(
        row(() -> LayerNorm.of(6), "nn.LayerNorm(6)", normal(2, 3, 6)),
        row(() -> LayerNorm.of(6, 0.1), "nn.LayerNorm(6, 0.1)", normal(2, 6)),
        row(() -> LayerNorm.of(6, 0.1, false), "nn.LayerNorm(6, 0.1, False)", normal(2, 6)),
        row(
            () -> LayerNorm.of(6, 1e-5, true, false),
            "nn.LayerNorm(6, 1e-5, True, False)",
            normal(2, 6)),
        row(() -> RMSNorm.of(6), "nn.RMSNorm(6)", normal(2, 3, 6)),
        row(() -> RMSNorm.of(6, 0.1), "nn.RMSNorm(6, 0.1)", normal(2, 6)),
        row(() -> GroupNorm.of(2, 6), "nn.GroupNorm(2, 6)", image(2, 4, 3, 6)),
        row(() -> GroupNorm.of(3, 6, 0.1, false), "nn.GroupNorm(3, 6, 0.1, False)", image(2, 4, 6)),
        row(
            () -> GroupNorm.of(3, 6, 1e-5, true, true),
            "nn.GroupNorm(3, 6, 1e-5, True, True)",
            image(2, 4, 3, 6)),
        row(() -> InstanceNorm.of(3), "nn.InstanceNorm(3)", image(2, 5, 4, 3)),
        row(() -> InstanceNorm.of(3, 0.1, true), "nn.InstanceNorm(3, 0.1, True)", image(2, 5, 3)),
        row(() -> BatchNorm.of(3), "nn.BatchNorm(3)", image(2, 5, 4, 3)),
        row(
            () -> BatchNorm.of(3, 0.1, 0.2, false),
            "nn.BatchNorm(3, 0.1, 0.2, False)",
            image(6, 3)),
        row(
            () -> BatchNorm.of(3, 1e-3, 0.1, true, false),
            "nn.BatchNorm(3, 1e-3, 0.1, True, False)",
            image(2, 5, 3)));
  }

  /** After training; {@link RandomLayersTest} has what they do in training. */
  private static Stream<Row<?>> dropouts() {
    return Stream.of(
        row(() -> Dropout.of(), "nn.Dropout()", normal(4, 5)),
        row(() -> Dropout2d.of(0.3), "nn.Dropout2d(0.3)", image(2, 3, 4, 2)),
        row(() -> Dropout3d.of(0.3), "nn.Dropout3d(0.3)", image(2, 2, 3, 4, 2)));
  }

  private static Stream<Row<?>> convolutions() {
    ConvolutionOptions uneven =
        ConvolutionOptions.defaults().withStride(2, 1).withPadding(0, 2).withDilation(1, 2);
    return Stream.of(
        row(() -> Conv1d.of(4, 6, 3), "nn.Conv1d(4, 6, 3)", image(2, 8, 4)),
        row(
            () -> Conv1d.of(4, 6, 3, 2, 1, 2, 2, false),
            "nn.Conv1d(4, 6, 3, 2, 1, 2, 2, False)",
            image(2, 9, 4)),
        row(() -> Conv2d.of(3, 4, 3), "nn.Conv2d(3, 4, 3)", image(2, 6, 5, 3)),
        row(
            () -> Conv2d.of(4, 6, 3, 2, 1, 2, 2, true),
            "nn.Conv2d(4, 6, 3, 2, 1, 2, 2, True)",
            image(2, 8, 7, 4)),
        row(
            () -> Conv2d.of(3, 4, new int[] {2, 3}, uneven, false),
            "nn.Conv2d(3, 4, (2, 3), (2, 1), (0, 2), (1, 2), bias=False)",
            image(2, 6, 7, 3)),
        row(() -> Conv3d.of(2, 3, 2), "nn.Conv3d(2, 3, 2)", image(1, 4, 5, 4, 2)),
        row(
            () -> Conv3d.of(2, 3, 2, 2, 1, 1, false),
            "nn.Conv3d(2, 3, 2, 2, 1, 1, False)",
            image(1, 4, 5, 4, 2)),
        row(
            () ->
                Conv3d.of(
                    2, 3, new int[] {1, 2, 3}, ConvolutionOptions.defaults().withStride(1, 2, 1)),
            "nn.Conv3d(2, 3, (1, 2, 3), (1, 2, 1))",
            image(1, 3, 5, 4, 2)));
  }

  private static Stream<Row<?>> transposedConvolutions() {
    return Stream.of(
        row(() -> ConvTranspose1d.of(4, 6, 3), "nn.ConvTranspose1d(4, 6, 3)", image(2, 8, 4)),
        row(
            () -> ConvTranspose1d.of(4, 6, 3, 2, 1, 2, 1, false),
            "nn.ConvTranspose1d(4, 6, 3, 2, 1, 2, 1, False)",
            image(2, 5, 4)),
        row(() -> ConvTranspose2d.of(3, 4, 3), "nn.ConvTranspose2d(3, 4, 3)", image(2, 4, 5, 3)),
        row(
            () -> ConvTranspose2d.of(3, 4, 3, 2, 1, 1, 1, true),
            "nn.ConvTranspose2d(3, 4, 3, 2, 1, 1, 1, True)",
            image(2, 4, 5, 3)),
        row(
            () ->
                ConvTranspose2d.of(
                    3,
                    4,
                    new int[] {2, 3},
                    ConvolutionOptions.defaults().withStride(2, 1).withPadding(0, 1)),
            "nn.ConvTranspose2d(3, 4, (2, 3), (2, 1), (0, 1))",
            image(2, 4, 5, 3)),
        row(() -> ConvTranspose3d.of(2, 3, 2), "nn.ConvTranspose3d(2, 3, 2)", image(1, 3, 4, 3, 2)),
        row(
            () -> ConvTranspose3d.of(2, 3, 2, 2, 1, 1, 1, false),
            "nn.ConvTranspose3d(2, 3, 2, 2, 1, 1, 1, False)",
            image(1, 3, 4, 3, 2)));
  }

  private static Stream<Row<?>> pools() {
    return Stream.of(
        row(() -> MaxPool1d.of(2), "nn.MaxPool1d(2)", image(2, 8, 3)),
        row(() -> MaxPool1d.of(3, 2, 1), "nn.MaxPool1d(3, 2, 1)", image(2, 8, 3)).notMapped(),
        row(() -> AvgPool1d.of(2), "nn.AvgPool1d(2)", image(2, 8, 3)),
        row(() -> AvgPool1d.of(3, 2, 1), "nn.AvgPool1d(3, 2, 1)", image(2, 8, 3)).notMapped(),
        row(() -> MaxPool2d.of(2), "nn.MaxPool2d(2)", image(2, 6, 4, 3)),
        row(() -> MaxPool2d.of(3, 2), "nn.MaxPool2d(3, 2)", image(2, 7, 6, 3)).notMapped(),
        row(
                () -> MaxPool2d.of(new int[] {2, 3}, new int[] {1, 2}, new int[] {1, 0}),
                "nn.MaxPool2d((2, 3), (1, 2), (1, 0))",
                image(2, 5, 6, 3))
            .notMapped(),
        row(() -> AvgPool2d.of(2), "nn.AvgPool2d(2)", image(2, 6, 4, 3)),
        row(() -> AvgPool2d.of(3, 2, 1), "nn.AvgPool2d(3, 2, 1)", image(2, 7, 6, 3)).notMapped(),
        row(() -> MaxPool3d.of(2), "nn.MaxPool3d(2)", image(1, 4, 4, 2, 3)),
        row(() -> MaxPool3d.of(2, 1, 1), "nn.MaxPool3d(2, 1, 1)", image(1, 3, 4, 2, 3)).notMapped(),
        row(() -> AvgPool3d.of(2), "nn.AvgPool3d(2)", image(1, 4, 4, 2, 3)),
        row(
                () -> AvgPool3d.of(new int[] {1, 2, 2}, new int[] {1}),
                "nn.AvgPool3d((1, 2, 2), 1)",
                image(1, 3, 4, 2, 3))
            .notMapped());
  }

  private static Stream<Row<?>> recurrent() {
    String both = "lambda m, *xs: mx.stack(m(*xs))";
    return Stream.of(
        row(() -> RNN.of(3, 4), "nn.RNN(3, 4)", normal(2, 5, 3)),
        row(
            () -> RNN.of(3, 4, false, Activations::relu),
            (m, xs) -> m.apply(xs.get(0), xs.get(1)),
            "nn.RNN(3, 4, False, nn.relu)",
            "lambda m, x, h: m(x, h)",
            normal(2, 5, 3),
            normal(2, 4)),
        row(() -> GRU.of(3, 4), "nn.GRU(3, 4)", normal(2, 5, 3)),
        row(() -> GRU.of(3, 4, false), "nn.GRU(3, 4, False)", normal(5, 3)),
        row(
            () -> GRU.of(3, 4, true),
            (m, xs) -> m.apply(xs.get(0), xs.get(1)),
            "nn.GRU(3, 4)",
            "lambda m, x, h: m(x, h)",
            normal(2, 5, 3),
            normal(2, 4)),
        row(
            () -> LSTM.of(3, 4),
            (m, xs) -> both(m.apply(xs.get(0))),
            "nn.LSTM(3, 4)",
            both,
            normal(2, 5, 3)),
        row(
            () -> LSTM.of(3, 4, false),
            (m, xs) -> both(m.apply(xs.get(0))),
            "nn.LSTM(3, 4, False)",
            both,
            normal(5, 3)),
        row(
            () -> LSTM.of(3, 4),
            (m, xs) -> both(m.apply(xs.get(0), new LSTM.State(xs.get(1), xs.get(2)))),
            "nn.LSTM(3, 4)",
            "lambda m, x, h, c: mx.stack(m(x, h, c))",
            normal(2, 5, 3),
            normal(2, 4),
            normal(2, 4)));
  }

  private static MlxArray both(LSTM.State state) {
    return Ops.stack(state.hidden(), state.cell());
  }

  private static Stream<Row<?>> attention() {
    return Stream.of(
        row(
            () -> MultiHeadAttention.of(8, 2),
            (m, xs) -> m.apply(xs.get(0), xs.get(1), xs.get(2)),
            "nn.MultiHeadAttention(8, 2)",
            "lambda m, q, k, v: m(q, k, v)",
            normal(2, 5, 8),
            normal(2, 4, 8),
            normal(2, 4, 8)),
        row(
            () -> MultiHeadAttention.of(8, 2, 3, 4, 5, 6, 7, true),
            (m, xs) -> m.apply(xs.get(0), xs.get(1), xs.get(2), xs.get(3)),
            "nn.MultiHeadAttention(8, 2, 3, 4, 5, 6, 7, True)",
            "lambda m, q, k, v, mask: m(q, k, v, mask)",
            normal(2, 5, 3),
            normal(2, 4, 4),
            normal(2, 4, 5),
            normal(2, 1, 5, 4)),
        row(
            () -> MultiHeadAttention.of(8, 4, null, null, null, null, null, true),
            (m, xs) -> {
              MlxArray x = xs.get(0);
              return m.apply(x, x, x, MultiHeadAttention.createAdditiveCausalMask(5, x.dtype()));
            },
            "nn.MultiHeadAttention(8, 4, bias=True)",
            "lambda m, x: m(x, x, x, m.create_additive_causal_mask(5, x.dtype))",
            normal(2, 5, 8)));
  }

  private static Stream<Row<?>> transformers() {
    String masked = "lambda m, x, mask: m(x, mask)";
    String decoder = "lambda m, x, memory: m(x, memory, None, None)";
    String decoderMasked = "lambda m, x, memory, a, b: m(x, memory, a, b)";
    return Stream.of(
        row(
            () -> TransformerEncoderLayer.of(8, 2),
            "nn.TransformerEncoderLayer(8, 2)",
            "lambda m, x: m(x, None)",
            normal(2, 4, 8)),
        row(
            () -> TransformerEncoderLayer.of(8, 2, 12, 0.1, Activations::gelu, false),
            (m, xs) -> m.apply(xs.get(0), xs.get(1), null),
            "nn.TransformerEncoderLayer(8, 2, 12, 0.1, nn.gelu, False)",
            masked,
            normal(2, 4, 8),
            normal(4, 4)),
        row(
            () -> TransformerEncoder.of(2, 8, 2),
            "nn.TransformerEncoder(2, 8, 2)",
            "lambda m, x: m(x, None)",
            normal(2, 4, 8)),
        row(
            () -> TransformerEncoder.of(2, 8, 2, 12, 0.1, Activations::silu, false, true),
            (m, xs) -> m.apply(xs.get(0), xs.get(1), null),
            "nn.TransformerEncoder(2, 8, 2, 12, 0.1, nn.silu, False, True)",
            masked,
            normal(2, 4, 8),
            normal(4, 4)),
        row(
            () -> TransformerDecoderLayer.of(8, 2),
            (m, xs) -> m.apply(xs.get(0), xs.get(1)),
            "nn.TransformerDecoderLayer(8, 2)",
            decoder,
            normal(2, 4, 8),
            normal(2, 3, 8)),
        row(
            () -> TransformerDecoder.of(2, 8, 2, 12, 0.1, Activations::relu, false, true),
            (m, xs) -> m.apply(xs.get(0), xs.get(1), xs.get(2), xs.get(3)),
            "nn.TransformerDecoder(2, 8, 2, 12, 0.1, nn.relu, False, True)",
            decoderMasked,
            normal(2, 4, 8),
            normal(2, 3, 8),
            normal(4, 4),
            normal(4, 3)),
        row(
            () -> Transformer.of(8, 2, 1, 2, 12),
            (m, xs) ->
                m.apply(
                    xs.get(0),
                    xs.get(1),
                    null,
                    MultiHeadAttention.createAdditiveCausalMask(3, xs.get(0).dtype()),
                    null),
            "nn.Transformer(8, 2, 1, 2, 12)",
            "lambda m, a, b: m(a, b, None,"
                + " nn.MultiHeadAttention.create_additive_causal_mask(3, a.dtype), None)",
            normal(2, 4, 8),
            normal(2, 3, 8)));
  }

  private static Stream<Row<?>> positions() {
    return Stream.of(
        row(() -> RoPE.of(6), "nn.RoPE(6)", normal(2, 3, 4, 8)),
        row(
            () -> RoPE.of(8, true, 100, 0.5),
            (m, xs) -> m.apply(xs.get(0), 3),
            "nn.RoPE(8, True, 100, 0.5)",
            "lambda m, x: m(x, 3)",
            normal(2, 3, 4, 8)),
        row(
                () -> RoPE.of(8),
                (m, xs) -> m.apply(xs.get(0), xs.get(1)),
                "nn.RoPE(8)",
                "lambda m, x, offset: m(x, offset)",
                normal(2, 3, 4, 8),
                "mx.array([1, 5])")
            .notMapped(),
        row(() -> ALiBi.of(), "nn.ALiBi()", normal(2, 4, 3, 5)),
        row(
            () -> ALiBi.of(),
            (m, xs) -> m.apply(xs.get(0), 2, xs.get(1)),
            "nn.ALiBi()",
            "lambda m, x, mask: m(x, 2, mask)",
            normal(2, 6, 3, 5),
            normal(3, 5)),
        row(
            () -> SinusoidalPositionalEncoding.of(6),
            "nn.SinusoidalPositionalEncoding(6)",
            normal(2, 3)),
        row(
            () -> SinusoidalPositionalEncoding.of(6),
            "nn.SinusoidalPositionalEncoding(6)",
            "lambda m, positions: m(positions)",
            "mx.arange(4)"),
        row(
            () -> SinusoidalPositionalEncoding.of(8, 0.01, 2, 1.0, true, true),
            "nn.SinusoidalPositionalEncoding(8, 0.01, 2, 1.0, True, True)",
            normal(2, 3)),
        row(
            () -> SinusoidalPositionalEncoding.of(2, 0.1, 0.5),
            "nn.SinusoidalPositionalEncoding(2, 0.1, 0.5)",
            normal(2, 3)));
  }

  private static Stream<Row<?>> upsampling() {
    Stream.Builder<Row<?>> rows = Stream.builder();
    rows.add(row(() -> Upsample.of(2), "nn.Upsample(2)", image(2, 3, 4, 2)));
    rows.add(
        row(
            () -> Upsample.of(new double[] {1.5, 0.7}),
            "nn.Upsample((1.5, 0.7))",
            image(2, 4, 5, 2)));
    for (Upsample.Mode mode : List.of(Upsample.Mode.LINEAR, Upsample.Mode.CUBIC)) {
      String name = "'" + mode.name().toLowerCase(Locale.ROOT) + "'";
      for (String options : List.of("False, False", "True, False", "False, True")) {
        boolean corners = options.startsWith("T");
        boolean antialias = options.endsWith("True");
        rows.add(
            row(
                () -> Upsample.of(new double[] {2.5, 0.6}, mode, corners, antialias),
                "nn.Upsample((2.5, 0.6), " + name + ", " + options + ")",
                image(2, 4, 7, 2)));
      }
      rows.add(row(() -> Upsample.of(3, mode), "nn.Upsample(3, " + name + ")", image(2, 3, 2)));
    }
    return rows.build();
  }

  private static Stream<Row<?>> quantized() {
    return Stream.of(
        row(() -> QuantizedLinear.of(64, 8), "nn.QuantizedLinear(64, 8)", normal(2, 3, 64)),
        row(
            () -> QuantizedLinear.of(64, 8, false, 32, 8),
            "nn.QuantizedLinear(64, 8, False, 32, 8)",
            normal(3, 64)),
        row(
            () -> QuantizedLinear.of(64, 32, true, null, null, QuantizationMode.MXFP4),
            "nn.QuantizedLinear(64, 32, mode='mxfp4')",
            normal(3, 64)),
        row(
            () -> Linear.of(64, 8).toQuantized(32, 4),
            "nn.Linear(64, 8).to_quantized(32, 4)",
            normal(3, 64)),
        row(
            () -> QuantizedEmbedding.of(7, 64),
            "nn.QuantizedEmbedding(7, 64)",
            "mx.array([[1, 6, 1], [0, 2, 3]])"),
        row(
                () -> QuantizedEmbedding.of(7, 64, null, null, QuantizationMode.MXFP8),
                "nn.QuantizedEmbedding(7, 64, mode='mxfp8')",
                "mx.array([1, 6, 1])")
            .notMapped(),
        row(
            () -> Embedding.of(8, 64).toQuantized(32, 8, AFFINE, false),
            (m, xs) -> m.asLinear(xs.get(0)),
            "nn.Embedding(8, 64).to_quantized(32, 8)",
            "lambda m, x: m.as_linear(x)",
            normal(3, 64)));
  }

  private static Stream<Row<?>> sharded() {
    return Stream.of(
        row(() -> AllToShardedLinear.of(5, 4), "nn.AllToShardedLinear(5, 4)", normal(3, 5)),
        row(
            () -> AllToShardedLinear.of(5, 4, false, ALONE),
            "nn.AllToShardedLinear(5, 4, False)",
            normal(3, 5)),
        row(() -> ShardedToAllLinear.of(5, 4), "nn.ShardedToAllLinear(5, 4)", normal(3, 5)),
        row(
            () -> QuantizedAllToShardedLinear.of(64, 8),
            "nn.QuantizedAllToShardedLinear(64, 8)",
            normal(3, 64)),
        row(
            () -> QuantizedShardedToAllLinear.of(64, 8, false, 32, 8, AFFINE, ALONE),
            "nn.QuantizedShardedToAllLinear(64, 8, False, 32, 8)",
            normal(3, 64)),
        row(
                () -> FullyShardedModule.of(Linear.of(5, 3), ALONE),
                "nn.FullyShardedModule(nn.Linear(5, 3))",
                normal(3, 5))
            .notMapped());
  }

  private static LayerTable table;

  @BeforeAll
  static void ask() {
    table = new LayerTable(rows().toList());
  }

  /** Those that Python computes on a GPU alone, and those that replace others, are elsewhere. */
  @Test
  void everyLayerHasARow() {
    Set<Class<?>> missing =
        PublicMethods.classesBeside(Nn.class)
            .filter(type -> type.isRecord() && type != Trained.class && type != LSTM.State.class)
            .collect(Collectors.toSet());
    rows().forEach(row -> missing.remove(row.java().get().getClass()));
    assertEquals(
        Set.of(QQLinear.class, QuantizedMultiHeadAttention.class), // QuantizeTest has these
        missing);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void firstParametersArePythons(Row<?> row) {
    table.assertParametersArePythons(row);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void valuesAndGradientsArePythons(Row<?> row) {
    table.assertResultsArePythons(row);
  }
}
