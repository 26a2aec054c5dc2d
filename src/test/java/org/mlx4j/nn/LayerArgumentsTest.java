package org.mlx4j.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.mlx4j.ArrayAssertions.assertShape;
import static org.mlx4j.ArrayAssertions.assertThrowsOfKindSaying;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertValues;

import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;
import org.mlx4j.ConvolutionOptions;
import org.mlx4j.DType;
import org.mlx4j.Distributed;
import org.mlx4j.InScope;
import org.mlx4j.MlxArray;
import org.mlx4j.MlxRandom;
import org.mlx4j.Ops;
import org.mlx4j.QuantizationMode;
import org.mlx4j.Scope;
import org.mlx4j.internal.HandlesNative;
import org.mlx4j.tree.Trees;

/** Arguments of layers that are not allowed. */
@ExtendWith(InScope.class)
class LayerArgumentsTest {
  private static final MlxArray NONE = null;

  private static void refused(Executable action, String... parts) {
    assertThrowsOfKindSaying(IllegalArgumentException.class, action, parts);
  }

  private static void isNull(Executable action, String message) {
    assertThrowsSaying(NullPointerException.class, action, message);
  }

  @Test
  void sizesOfNewLayers() {
    refused(() -> Linear.of(0, 3), "[Linear] inputDims must be positive, got 0");
    refused(() -> Linear.of(3, -1), "[Linear] outputDims must be positive, got -1");
    refused(() -> Bilinear.of(0, 1, 1), "[Bilinear] input1Dims must be positive");
    refused(() -> Bilinear.of(1, 0, 1), "[Bilinear] input2Dims must be positive");
    refused(() -> Bilinear.of(1, 1, 0), "[Bilinear] outputDims must be positive");
    refused(() -> Embedding.of(0, 3), "[Embedding] numEmbeddings must be positive");
    refused(() -> Embedding.of(3, 0), "[Embedding] dims must be positive");
    refused(() -> PReLU.of(0), "[PReLU] numParameters must be positive");
    refused(() -> RNN.of(0, 1), "[RNN] inputSize must be positive");
    refused(() -> GRU.of(1, 0), "[GRU] hiddenSize must be positive");
    refused(() -> LSTM.of(1, -2), "[LSTM] hiddenSize must be positive, got -2");
    refused(() -> LayerNorm.of(0), "[LayerNorm] dims must be positive");
    refused(() -> LayerNorm.of(3, 0), "[LayerNorm] eps must be positive, got 0.0");
    refused(() -> RMSNorm.of(0), "[RMSNorm] dims must be positive");
    refused(() -> new RMSNorm(null, Float.NaN), "[RMSNorm] eps must be positive, got NaN");
    refused(() -> InstanceNorm.of(0), "[InstanceNorm] dims must be positive");
    refused(() -> InstanceNorm.of(1, -1), "[InstanceNorm] eps must be positive");
    refused(() -> BatchNorm.of(0), "[BatchNorm] numFeatures must be positive");
    refused(() -> BatchNorm.of(1, 0), "[BatchNorm] eps must be positive");
    refused(() -> BatchNorm.of(1, 1, Double.NaN), "[BatchNorm] momentum must be finite, got NaN");
    refused(() -> GroupNorm.of(0, 4), "[GroupNorm] numGroups must be positive");
    refused(() -> GroupNorm.of(2, 0), "[GroupNorm] dims must be positive");
    refused(() -> GroupNorm.of(3, 4), "[GroupNorm] dims (4) must be a multiple of numGroups (3)");
    refused(() -> GroupNorm.of(2, 4, 0), "[GroupNorm] eps must be positive");
  }

  @Test
  void optionsOfNewLayers() {
    for (float p : new float[] {-0.1f, 1, Float.NaN}) {
      refused(() -> new Dropout(p), "[Dropout] p must be in [0, 1), got " + p);
      refused(() -> new Dropout2d(p), "[Dropout2d] p must be in [0, 1), got " + p);
      refused(() -> new Dropout3d(p), "[Dropout3d] p must be in [0, 1), got " + p);
    }
    refused(() -> RoPE.of(0), "[RoPE] dims must be positive, got 0");
    refused(
        () -> SinusoidalPositionalEncoding.of(3),
        "[SinusoidalPositionalEncoding] dims must be positive and even, got 3");
    refused(
        () -> SinusoidalPositionalEncoding.of(4, 0, 1),
        "[SinusoidalPositionalEncoding] minFreq must be positive, got 0.0");
    refused(
        () -> SinusoidalPositionalEncoding.of(4, 1, Double.POSITIVE_INFINITY),
        "[SinusoidalPositionalEncoding] maxFreq must be positive, got Infinity");
    refused(() -> ALiBi.createAlibiSlope(0), "[createAlibiSlope] numHeads must be positive");
    refused(
        () -> ALiBi.createAlibiMatrix(3, 3, 2, 4, DType.FLOAT32),
        "[createAlibiMatrix] offset must be between 0 and 3, the position after the last query, got"
            + " 4");
    refused(() -> Upsample.of(0), "[Upsample] scaleFactor must have positive factors", "[0.0]");
    refused(() -> Upsample.of(new double[0]), "[Upsample] scaleFactor must have", "got []");
    refused(
        () -> Upsample.of(2, Upsample.Mode.NEAREST, false, true),
        "[Upsample] antialias must be false with mode NEAREST");
    refused(
        () -> Upsample.of(2, Upsample.Mode.LINEAR, true, true),
        "[Upsample] antialias must be false if alignCorners is true");
    isNull(() -> Upsample.of(2, null), "[Upsample] mode is null");
    isNull(() -> Sequential.of(Linear.of(1, 1), null), "[Sequential] layer 1 is null");
    isNull(() -> RNN.of(1, 1, true, null), "[RNN] nonlinearity is null");
    isNull(() -> new AllToShardedLinear(null, null, null), "[AllToShardedLinear] group is null");
    isNull(() -> FullyShardedModule.of(null), "[FullyShardedModule] module is null");
    isNull(
        () -> QuantizedLinear.of(64, 2, true, null, null, null), "[QuantizedLinear] mode is null");
    refused(
        () -> new QQLinear(null, null, 64, 4, QuantizationMode.AFFINE),
        "[QQLinear] mode must be NVFP4 or MXFP8, got AFFINE");
  }

  private static void same(Supplier<?> shorter, Supplier<?> full) {
    MlxRandom.seed(5);
    Object expected = full.get();
    MlxRandom.seed(5);
    Object actual = shorter.get();
    Trees.map(
        expected,
        actual,
        (a, b) -> {
          assertEquals(a.dtype(), b.dtype());
          assertArrayEquals(a.toDoubleArray(), b.toDoubleArray());
          return a;
        });
    assertEquals(
        Trees.map(expected, LayerArgumentsTest::none).toString(),
        Trees.map(actual, LayerArgumentsTest::none).toString());
  }

  private static final MlxArray NOTHING = Scope.detached(() -> MlxArray.of(0f));

  private static MlxArray none(MlxArray x) {
    return NOTHING;
  }

  @Test
  void optionsThatAreLeftOutHaveTheirDefaults() {
    same(
        () -> MultiHeadAttention.of(8, 2, 3),
        () -> MultiHeadAttention.of(8, 2, 3, null, null, null, null, false));
    same(
        () -> MultiHeadAttention.of(8, 2, 3, 4),
        () -> MultiHeadAttention.of(8, 2, 3, 4, null, null, null, false));
    same(
        () -> MultiHeadAttention.of(8, 2, 3, 4, 5),
        () -> MultiHeadAttention.of(8, 2, 3, 4, 5, null, null, false));
    same(
        () -> MultiHeadAttention.of(8, 2, 3, 4, 5, 6),
        () -> MultiHeadAttention.of(8, 2, 3, 4, 5, 6, null, false));
    same(
        () -> MultiHeadAttention.of(8, 2, 3, 4, 5, 6, 7),
        () -> MultiHeadAttention.of(8, 2, 3, 4, 5, 6, 7, false));
    Layer silu = Activations::silu;
    same(
        () -> TransformerEncoder.of(1, 8, 2, 4, 0.1, silu, false),
        () -> TransformerEncoder.of(1, 8, 2, 4, 0.1, silu, false, false));
    same(
        () -> TransformerDecoder.of(1, 8, 2, 4, 0.1, silu, false),
        () -> TransformerDecoder.of(1, 8, 2, 4, 0.1, silu, false, false));
    same(
        () -> SinusoidalPositionalEncoding.of(4, 0.1),
        () -> SinusoidalPositionalEncoding.of(4, 0.1, 1, null, false, false));
    same(
        () -> SinusoidalPositionalEncoding.of(4, 0.1, 2, 3.0),
        () -> SinusoidalPositionalEncoding.of(4, 0.1, 2, 3.0, false, false));
    same(
        () -> SinusoidalPositionalEncoding.of(4, 0.1, 2, 3.0, true),
        () -> SinusoidalPositionalEncoding.of(4, 0.1, 2, 3.0, true, false));
    same(
        () -> ALiBi.createAlibiMatrix(5, 4, 2, 3),
        () -> ALiBi.createAlibiMatrix(5, 4, 2, 3, DType.FLOAT32));
  }

  @Test
  void optionsOfQuantizationThatAreLeftOutHaveTheirDefaults() {
    QuantizationMode affine = QuantizationMode.AFFINE;
    Distributed.Group all = Distributed.init();
    same(
        () -> QuantizedLinear.of(64, 8, false, 32),
        () -> QuantizedLinear.of(64, 8, false, 32, 4, affine));
    same(() -> QuantizedEmbedding.of(4, 64, 32), () -> QuantizedEmbedding.of(4, 64, 32, 4, affine));
    QuantizationMode nvfp4 = QuantizationMode.NVFP4;
    same(() -> QQLinear.of(64, 8, 16), () -> QQLinear.of(64, 8, 16, 4, nvfp4));
    same(() -> QQLinear.of(64, 8, 16, 4), () -> QQLinear.of(64, 8, 16, 4, nvfp4));
    Linear linear = Linear.of(64, 8);
    same(() -> linear.toQuantized(32), () -> linear.toQuantized(32, 4, affine, false));
    same(
        () -> Nn.quantize(Sequential.of(linear), 32),
        () -> Nn.quantize(Sequential.of(linear), 32, 4));
    same(
        () -> QuantizedAllToShardedLinear.of(64, 8, false),
        () -> QuantizedAllToShardedLinear.of(64, 8, false, 64, 4, affine, all));
    same(
        () -> QuantizedAllToShardedLinear.of(64, 8, false, 32),
        () -> QuantizedAllToShardedLinear.of(64, 8, false, 32, 4, affine, all));
    same(
        () -> QuantizedAllToShardedLinear.of(64, 8, false, 32, 8),
        () -> QuantizedAllToShardedLinear.of(64, 8, false, 32, 8, affine, all));
    same(
        () -> QuantizedAllToShardedLinear.of(64, 8, false, 32, 4, QuantizationMode.MXFP4),
        () -> QuantizedAllToShardedLinear.of(64, 8, false, 32, 4, QuantizationMode.MXFP4, all));
    same(
        () -> QuantizedShardedToAllLinear.of(64, 8, false),
        () -> QuantizedShardedToAllLinear.of(64, 8, false, 64, 4, affine, all));
    same(
        () -> QuantizedShardedToAllLinear.of(64, 8, false, 32),
        () -> QuantizedShardedToAllLinear.of(64, 8, false, 32, 4, affine, all));
    same(
        () -> QuantizedShardedToAllLinear.of(64, 8, false, 32, 8),
        () -> QuantizedShardedToAllLinear.of(64, 8, false, 32, 8, affine, all));
    same(
        () -> QuantizedShardedToAllLinear.of(64, 8, false, 32, 4, QuantizationMode.MXFP4),
        () -> QuantizedShardedToAllLinear.of(64, 8, false, 32, 4, QuantizationMode.MXFP4, all));
  }

  @Test
  void convolutionsAndPools() {
    refused(() -> Conv1d.of(0, 1, 1), "[Conv1d] inChannels must be positive, got 0");
    refused(() -> Conv2d.of(1, 0, 1), "[Conv2d] outChannels must be positive, got 0");
    refused(() -> Conv3d.of(1, 1, 0), "[Conv3d] kernelSize must be positive, got [0]");
    refused(() -> Conv2d.of(1, 1, 1, 0), "[ConvolutionOptions] ", "stride");
    refused(
        () -> Conv2d.of(1, 1, new int[] {1, 2, 3}),
        "[Conv2d] kernelSize must have 1 number or 2 numbers, got [1, 2, 3]");
    refused(
        () -> ConvTranspose1d.of(1, 1, new int[] {1, 2}),
        "[ConvTranspose1d] kernelSize must have 1 number, got [1, 2]");
    refused(
        () -> Conv1d.of(3, 4, 1, 1, 0, 1, 2),
        "[Conv1d] inChannels (3) must be a multiple of groups (2)");
    refused(
        () -> Conv1d.of(4, 3, 1, 1, 0, 1, 2),
        "[Conv1d] outChannels (3) must be a multiple of groups (2)");
    isNull(() -> Conv2d.of(1, 1, new int[] {1}, null), "[Conv2d] options is null");
    refused(() -> Conv2d.of(3, 4, 3).apply(Ops.ones(2, 8, 8, 2)), "[Conv2d] ");
    ConvolutionOptions flipped = ConvolutionOptions.defaults().withFlip(true);
    refused(() -> Conv2d.of(3, 4, new int[] {3}, flipped).apply(Ops.ones(2, 8, 8, 3)), "[Conv2d] ");
    refused(() -> MaxPool1d.of(0), "[MaxPool1d] kernelSize must be positive, got [0]");
    refused(() -> AvgPool2d.of(2, 0), "[AvgPool2d] stride must be positive, got [0]");
    refused(() -> AvgPool3d.of(2, 1, -1), "[AvgPool3d] padding must be at least 0, got [-1]");
    refused(
        () -> MaxPool3d.of(new int[] {1, 2}),
        "[MaxPool3d] kernelSize must have 1 number or 3 numbers, got [1, 2]");
    isNull(() -> MaxPool2d.of((int[]) null), "[MaxPool2d] kernelSize is null");
    refused(
        () -> MaxPool2d.of(2).apply(Ops.ones(8, 8, 3)),
        "[MaxPool2d] x must have 4 axes, the samples first and the channels last, got shape [8, 8,"
            + " 3]");
    refused(
        () -> AvgPool1d.of(5, 1, 1).apply(Ops.ones(1, 2, 3)),
        "[AvgPool1d] a window of [5] is larger than the padded input of shape [1, 4, 3]");
  }

  @Test
  void attentionAndTransformers() {
    refused(
        () -> MultiHeadAttention.of(8, 3),
        "[MultiHeadAttention] dims (8) must be a multiple of numHeads (3)");
    refused(
        () -> MultiHeadAttention.of(8, 2, null, null, null, 3, null, false),
        "[MultiHeadAttention] valueDims (3) must be a multiple of numHeads (2)");
    refused(
        () -> MultiHeadAttention.of(8, 2, 0, null, null, null, null, false),
        "[MultiHeadAttention] queryInputDims must be positive, got 0");
    refused(() -> MultiHeadAttention.of(8, 0), "[MultiHeadAttention] numHeads must be positive");
    refused(
        () -> new QuantizedMultiHeadAttention(null, null, null, null, 0),
        "[QuantizedMultiHeadAttention] numHeads must be positive");
    refused(
        () -> MultiHeadAttention.createAdditiveCausalMask(-1),
        "[createAdditiveCausalMask] n must be at least 0, got -1");
    refused(
        () -> MultiHeadAttention.createAdditiveCausalMask(2, DType.INT32),
        "[createAdditiveCausalMask] ",
        "int32");
    MultiHeadAttention attention = MultiHeadAttention.of(8, 2);
    MlxArray x = Ops.ones(2, 3, 8);
    refused(
        () -> attention.apply(x, Ops.ones(3, 8), x),
        "[MultiHeadAttention] keys must have 3 axes, (N, sequence, dims), got shape [3, 8]");
    isNull(() -> attention.apply(x, x, null), "[MultiHeadAttention] values is null");
    refused(
        () -> TransformerEncoder.of(-1, 8, 2),
        "[TransformerEncoder] numLayers must be at least 0, got -1");
    refused(
        () -> TransformerDecoder.of(-1, 8, 2),
        "[TransformerDecoder] numLayers must be at least 0, got -1");
    refused(
        () -> TransformerEncoderLayer.of(8, 2, 0),
        "[TransformerEncoderLayer] mlpDims must be positive, got 0");
    isNull(
        () -> TransformerDecoderLayer.of(8, 2, 4, 0, null),
        "[TransformerDecoderLayer] activation is null");
    isNull(
        () -> TransformerDecoder.of(1, 8, 2).apply(x, null), "[TransformerDecoder] memory is null");
    isNull(() -> Transformer.of(8, 2, 0, 0).apply(null, x), "[Transformer] src is null");
    isNull(() -> TransformerEncoder.of(1, 8, 2).apply(NONE), "[TransformerEncoder] x is null");
  }

  @Test
  void inputsOfOtherShapes() {
    refused(() -> Linear.of(5, 3).apply(Ops.ones(2, 4)), "[Linear] ");
    refused(
        () -> Bilinear.of(5, 4, 3).apply(Ops.ones(2, 5), Ops.ones(3, 4)),
        "[Bilinear] x1 and x2 must have shapes (…, 5) and (…, 4), got [2, 5] and [3, 4]");
    refused(
        () -> Bilinear.of(5, 4, 3).apply(MlxArray.scalar(1f), Ops.ones(3, 4)),
        "[Bilinear] x1 and x2 must have shapes");
    refused(() -> Embedding.of(5, 3).apply(Ops.ones(2)), "[Embedding] ");
    refused(() -> Embedding.of(5, 3).asLinear(Ops.ones(2)), "[Embedding.asLinear] ");
    refused(() -> LayerNorm.of(5).apply(Ops.ones(4)), "[LayerNorm] ");
    refused(() -> RMSNorm.of(5).apply(Ops.ones(4)), "[RMSNorm] ");
    refused(
        () -> GroupNorm.of(2, 4).apply(Ops.ones(4)),
        "[GroupNorm] x must have at least 2 axes",
        "got shape [4]");
    refused(
        () -> GroupNorm.of(2, 4).apply(Ops.ones(2, 3)),
        "[GroupNorm] the channels of x (3) must be a multiple of numGroups (2)");
    refused(
        () -> InstanceNorm.of(4).apply(Ops.ones(2, 4)),
        "[InstanceNorm] x must have at least 3 axes",
        "got shape [2, 4]");
    refused(
        () -> BatchNorm.of(4).apply(Ops.ones(4)),
        "[BatchNorm] x must have 2, 3 or 4 axes",
        "got shape [4]");
    refused(
        () -> BatchNorm.of(4).train(Ops.ones(1, 2, 3, 4, 4)),
        "[BatchNorm.train] x must have 2, 3 or 4 axes");
    refused(
        () -> BatchNorm.of(4).train(Ops.ones(1, 4)),
        "[BatchNorm.train] x must have more than one value for each channel, got shape [1, 4]");
    refused(() -> BatchNorm.of(4).apply(Ops.ones(2, 3)), "[BatchNorm] ");
    refused(
        () -> new Dropout2d(0).apply(Ops.ones(2, 3)),
        "[Dropout2d] x must have 3 or 4 axes, the channels last, got shape [2, 3]");
    refused(() -> new Dropout3d(0).apply(Ops.ones(2, 3, 4)), "[Dropout3d] x must have 4 or 5 axes");
    refused(
        () -> RNN.of(3, 4).apply(Ops.ones(3)),
        "[RNN] x must have shape (…, steps, inputs) with at least 1 step, got [3]");
    refused(() -> GRU.of(3, 4).apply(Ops.ones(0, 3)), "[GRU] x must have", "got [0, 3]");
    refused(() -> LSTM.of(3, 4).apply(Ops.ones(2, 4)), "[LSTM] ");
    refused(() -> LSTM.of(3, 4).apply(Ops.ones(2, 0, 3)), "[LSTM] x must have");
    isNull(() -> LSTM.of(3, 4).apply(Ops.ones(2, 3), null), "[LSTM] before is null");
    refused(
        () -> ALiBi.of().apply(Ops.ones(3, 3)),
        "[ALiBi] the scores must have 4 axes, (N, heads, queries, keys), got shape [3, 3]");
    refused(() -> ALiBi.of().apply(Ops.ones(1, 2, 3, 3), -1), "[ALiBi] offset must be between 0");
    refused(
        () -> Upsample.of(2).apply(Ops.ones(3, 3)),
        "[Upsample] x must have at least 1 spatial axes",
        "got shape [3, 3]");
    refused(
        () -> Upsample.of(new double[] {2, 3}).apply(Ops.ones(3, 3, 3)),
        "[Upsample] x must have 2 spatial axes");
    refused(() -> RoPE.of(8).apply(Ops.ones(3)), "[RoPE] ");
    refused(() -> PReLU.of(3).apply(Ops.ones(2, 4)), "[PReLU] ");
    refused(() -> QuantizedLinear.of(64, 2).apply(Ops.ones(2, 4)), "[QuantizedLinear] ");
    refused(
        () -> QuantizedEmbedding.of(4, 64).asLinear(Ops.ones(2, 4)),
        "[QuantizedEmbedding.asLinear] ");
    Distributed.Group alone = Distributed.init();
    FullyShardedModule<List<MlxArray>> list = FullyShardedModule.of(List.of(Ops.ones(2, 2)), alone);
    assertThrowsSaying(
        UnsupportedOperationException.class,
        () -> list.apply(Ops.ones(1)),
        "[FullyShardedModule] the model is not a Layer; apply what gather() returns");
    assertThrowsSaying(
        UnsupportedOperationException.class,
        () -> list.asLinear(Ops.ones(1)),
        "[FullyShardedModule.asLinear] the model is not an Embedding");
    refused(
        () -> Nn.shardLinear(Identity.of(), Sharding.ALL_TO_SHARDED),
        "[shardLinear] the layer must be a Linear or a QuantizedLinear, got"
            + " org.mlx4j.nn.Identity");
    refused(
        () -> Nn.shardLinear(Linear.of(4, 4), Sharding.ALL_TO_SHARDED, 3),
        "[AllToShardedLinear] an axis (4) must be a multiple of segments (3)");
    refused(
        () -> Nn.shardLinear(Linear.of(4, 4), Sharding.ALL_TO_SHARDED, 0),
        "[shardLinear] segments must be positive, got 0");
    refused(
        () ->
            Nn.shardLinear(
                Linear.of(4, 4), Sharding.SHARDED_TO_ALL, new double[] {0.5, 0.2}, alone),
        "[shardLinear] segments must be ascending between 0 and 1, got [0.5, 0.2]");
  }

  @Test
  void missingArraysAreNamed() {
    isNull(() -> Linear.of(5, 3).apply(null), "[Linear] x is null");
    isNull(() -> new Linear(null, null).apply(Ops.ones(1)), "[Linear] weight is null");
    isNull(() -> Identity.of().apply(null), "[Identity] x is null");
    isNull(() -> new Dropout(0.5f).apply(null), "[Dropout] x is null");
    isNull(() -> Sequential.of().apply(NONE), "[Sequential] x is null");
    isNull(() -> new RMSNorm(null, 1).apply(Ops.ones(1)), "[RMSNorm] weight is null");
    isNull(() -> new LSTM(null, null, null).apply(Ops.ones(1)), "[LSTM] wx is null");
    isNull(() -> BatchNorm.of(1).train(null), "[BatchNorm.train] x is null");
  }

  @Test
  void nothingIsLeftOfAFailure() {
    Layer model = Sequential.of(Linear.of(4, 6), TransformerEncoderLayer.of(6, 2), GRU.of(6, 3));
    MlxArray x = Ops.ones(2, 3, 4);
    model.apply(x).close();
    int before = HandlesNative.live_arrays();
    model.apply(x).close();
    assertEquals(before, HandlesNative.live_arrays());
    MlxArray wrong = Ops.ones(2, 3, 5);
    refused(() -> model.apply(wrong), "[Linear] ");
    assertEquals(before + 1, HandlesNative.live_arrays());
  }

  @Test
  void closedInputsAreNamed() {
    MlxArray closed = Ops.ones(2, 4);
    closed.close();
    for (Layer layer : List.of(Linear.of(4, 2), LayerNorm.of(4), new Dropout(0.2f), RNN.of(4, 2))) {
      assertThrowsOfKindSaying(
          IllegalStateException.class,
          () -> layer.apply(closed).eval(),
          "[" + layer.getClass().getSimpleName() + "]",
          "closed");
    }
  }

  @Test
  void stepsOfLstmsContinue() {
    LSTM lstm = LSTM.of(3, 2);
    MlxArray x = Ops.arange(15.0).reshape(5, 3).cos();
    LSTM.State all = lstm.apply(x);
    LSTM.State first = lstm.apply(x.slice(new int[] {0, 0}, new int[] {3, 3}));
    LSTM.State rest = lstm.apply(x.slice(new int[] {3, 0}, new int[] {5, 3}), first.last());
    assertShape(all.last().hidden(), 2);
    assertValues(rest.last().cell(), all.last().cell().toDoubleArray());
  }

  @Test
  void inputsThatNeedNoWorkComeBack() {
    MlxArray x = Ops.ones(2, 2);
    assertSame(x, Identity.of().apply(x));
    assertSame(x, new Dropout(0.5f).apply(x));
    assertSame(x, new Dropout(0).apply(x, MlxRandom.key(1)));
    List<MlxArray> gradients = List.of(x);
    assertSame(gradients, Nn.averageGradients(gradients));
    Layer linear = Linear.of(2, 2);
    assertSame(linear, Nn.fullyShard(linear));
  }
}
