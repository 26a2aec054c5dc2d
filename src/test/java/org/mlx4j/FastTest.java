package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.mlx4j.ArrayAssertions.assertSame;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertValues;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The fast operations follow their formulas in every transform; kernels say what they require. */
@ExtendWith(InScope.class)
class FastTest {
  private static MlxArray normal(int seed, int... shape) {
    return MlxRandom.normal(shape, DType.FLOAT32, 0, 1, MlxRandom.key(seed));
  }

  private static void assertNear(MlxArray expected, MlxArray actual) {
    assertEquals(Arrays.toString(expected.shape()), Arrays.toString(actual.shape()));
    double largest = expected.subtract(actual).abs().max().itemDouble();
    assertTrue(largest < 2e-5, () -> "differs by " + largest);
  }

  // ---- formulas
  // ------------------------------------------------------------------------------------

  @Test
  void normsAreTheirFormulas() {
    MlxArray x = normal(1, 3, 8);
    MlxArray w = normal(2, 8);
    MlxArray b = normal(3, 8);
    MlxArray rms = x.multiply(x.square().mean(-1, true).add(0.1f).rsqrt());
    assertNear(rms, Fast.rmsNorm(x, null, 0.1));
    assertNear(rms.multiply(w), Fast.rmsNorm(x, w, 0.1));
    MlxArray centred = x.subtract(x.mean(-1, true));
    MlxArray layer = centred.multiply(centred.square().mean(-1, true).add(0.1f).rsqrt());
    assertNear(layer, Fast.layerNorm(x, null, null, 0.1));
    assertNear(layer.multiply(w).add(b), Fast.layerNorm(x, w, b, 0.1));
  }

  @Test
  void crossEntropyOfEqualLogitsIsTheLogarithmOfTheirNumber() {
    MlxArray loss = Fast.crossEntropy(Ops.zeros(2, 4), MlxArray.of(0, 3));
    assertValues(loss, Math.log(4), Math.log(4));
  }

  @Test
  void ropeRotatesByThePosition() {
    MlxArray x = MlxArray.of(new float[] {1, 0, 1, 0}, 1, 2, 2);
    double one = Math.cos(1);
    double two = Math.cos(2);
    assertValues(Fast.rope(x, 2, true, 10, 1, 1), one, Math.sin(1), two, Math.sin(2));
    assertSame(Fast.rope(x, 2, true, 10, 1, 1), Fast.rope(x, 2, true, 10, 1, MlxArray.scalar(1)));
    assertValues(Fast.rope(x, 2, true, null, 1, 0, MlxArray.of(0.5f)), 1, 0, two, Math.sin(2));
  }

  @Test
  void attentionIsItsFormula() {
    MlxArray q = normal(1, 2, 4, 3, 8);
    MlxArray k = normal(2, 2, 2, 5, 8);
    MlxArray v = normal(3, 2, 2, 5, 6);
    MlxArray scores = q.multiply(0.3f).matmul(k.repeat(2, 1).swapaxes(-1, -2));
    MlxArray values = v.repeat(2, 1);
    assertNear(scores.softmax(-1).matmul(values), Fast.scaledDotProductAttention(q, k, v, 0.3));
    MlxArray bias = normal(4, 3, 5);
    assertNear(
        scores.add(bias).softmax(-1).matmul(values),
        Fast.scaledDotProductAttention(q, k, v, 0.3, bias));
    MlxArray causal = Ops.tri(3, 5, 2, DType.BOOL);
    assertNear(
        causal.where(scores, -1e30).softmax(-1).matmul(values),
        Fast.scaledDotProductAttention(q, k, v, 0.3, AttentionMask.CAUSAL));
    assertNear(
        Fast.scaledDotProductAttention(q, k, v, 0.3, causal),
        Fast.scaledDotProductAttention(q, k, v, 0.3, AttentionMask.CAUSAL));
    MlxArray sinks = Ops.full(new int[] {4}, 1e4);
    assertNear(
        Ops.zeros(2, 4, 3, 6),
        Fast.scaledDotProductAttention(q, k, v, 0.3, AttentionMask.NONE, sinks, false));
  }

  @Test
  void gatedDeltaUpdateIsItsRecurrence() {
    MlxArray q = normal(1, 1, 3, 1, 4);
    MlxArray k = normal(2, 1, 3, 1, 4);
    MlxArray v = normal(3, 1, 3, 2, 5);
    MlxArray gamma = normal(4, 1, 3, 2).sigmoid();
    MlxArray beta = normal(5, 1, 3, 2).sigmoid();
    MlxArray start = normal(6, 1, 2, 5, 4);
    GatedDelta actual = Fast.gatedDeltaUpdate(q, k, v, gamma, beta, start, null);
    MlxArray state = start.get(0);
    for (int t = 0; t < 3; t++) {
      MlxArray key = k.get(0, t); // (1, 4): shared by both heads of values
      state = state.multiply(gamma.get(0, t).reshape(2, 1, 1));
      MlxArray given = state.multiply(key.reshape(1, 1, 4)).sum(-1);
      MlxArray change = v.get(0, t).subtract(given).multiply(beta.get(0, t).reshape(2, 1));
      state = state.add(change.reshape(2, 5, 1).multiply(key.reshape(1, 1, 4)));
      MlxArray output = state.multiply(q.get(0, t).reshape(1, 1, 4)).sum(-1);
      assertNear(output, actual.output().get(0, t));
    }
    assertNear(state, actual.state().get(0));
    MlxArray never = MlxArray.of(new boolean[] {false, false, false}, 1, 3);
    assertNear(start, Fast.gatedDeltaUpdate(q, k, v, gamma, beta, start, never).state());
  }

  // ---- transforms
  // ----------------------------------------------------------------------------------

  static Stream<Arguments> operations() {
    MlxArray w = MlxArray.of(0.5f, -1f, 2f, 1f);
    Function<MlxArray, MlxArray> attention =
        x -> {
          MlxArray heads = x.reshape(1, 1, 3, 4);
          return Fast.scaledDotProductAttention(heads, heads, heads, 0.5, AttentionMask.CAUSAL);
        };
    return Stream.of(
        operation("rmsNorm", x -> Fast.rmsNorm(x, w, 1e-5)),
        operation("layerNorm", x -> Fast.layerNorm(x, w, w, 1e-5)),
        operation("crossEntropy", x -> Fast.crossEntropy(x, MlxArray.of(0, 3, 1))),
        operation("rope", x -> Fast.rope(x.reshape(1, 3, 4), 4, false, 100, 1, 2)),
        operation("attention", attention),
        operation(
            "gatedDeltaUpdate",
            x -> {
              MlxArray y = x.reshape(1, 3, 1, 4);
              MlxArray gate = y.sum(-1).sigmoid();
              return Fast.gatedDeltaUpdate(y, y, y, gate, gate).output();
            }));
  }

  private static Arguments operation(String name, Function<MlxArray, MlxArray> f) {
    return Arguments.of(name, f);
  }

  /** The gradient of a sum over a batch, compiled and checkpointed, equals that of each example. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("operations")
  void transformsNest(String name, Function<MlxArray, MlxArray> f) {
    MlxArray batch = normal(7, 2, 3, 4);
    ArrayFunction loss = x -> f.apply(x).square().sum();
    TransformedFunction grad = Transforms.grad(loss);
    MlxArray expected =
        Ops.stack(new MlxArray[] {grad.apply(batch.get(0)), grad.apply(batch.get(1))}, 0);
    assertNear(expected, Transforms.vmap(grad).apply(batch));
    assertNear(expected, Transforms.compile(Transforms.vmap(grad)).apply(batch));
    assertNear(
        expected,
        Transforms.grad(xs -> Transforms.vmap(Transforms.checkpoint(loss)).apply(xs[0]).sum(), 0)
            .apply(batch)[0]);
  }

  // ---- kernels
  // -------------------------------------------------------------------------------------

  private static final List<String> X = List.of("x");
  private static final List<String> Y = List.of("y");

  private static boolean isMac() {
    return System.getProperty("os.name").startsWith("Mac");
  }

  @Test
  void aMetalKernelNeedsMetal() {
    assumeTrue(!isMac());
    for (int i = 0; i < 3; i++) {
      assertThrowsSaying(
          MlxException.class,
          () -> Fast.metalKernel("kernel", X, Y, "y[0] = x[0];"),
          "[metalKernel] this needs Metal");
    }
  }

  @Test
  void aMetalKernelComputesWhatItSays() {
    assumeTrue(isMac() && !Device.defaultDevice().equals(Device.cpu()));
    MetalKernel kernel =
        Fast.metalKernel("plus", X, Y, "uint i = thread_position_in_grid.x; y[i] = T(x[i] + N);");
    MlxArray[] y =
        kernel.apply(
            new MlxArray[] {MlxArray.of(1f, 2f, 3f)},
            new int[][] {{3}},
            new DType[] {DType.INT32},
            new int[] {3, 1, 1},
            new int[] {3, 1, 1},
            List.of(TemplateArgument.of("T", DType.INT32), TemplateArgument.of("N", 2)),
            null,
            false);
    assertValues(y[0], 3, 4, 5);
  }

  @Test
  void aCudaKernelNeedsCuda() {
    assertThrowsSaying(
        MlxException.class,
        () -> Fast.cudaKernel("kernel", X, Y, "y[0] = x[0];"),
        "No CUDA back-end");
    assertThrowsSaying(
        MlxException.class,
        () -> precompiled(new int[] {1, 1, 1}, List.of(1, 2f, true)),
        "No CUDA back-end");
  }

  private static MlxArray[] precompiled(int[] grid, List<?> scalars) {
    return precompiled(new int[][] {{1}}, new DType[] {DType.FLOAT32}, grid, scalars);
  }

  private static MlxArray[] precompiled(
      int[][] shapes, DType[] dtypes, int[] grid, List<?> scalars) {
    return Fast.precompiledCudaKernel(
        "kernel",
        new byte[] {1},
        new MlxArray[] {MlxArray.of(1f)},
        shapes,
        dtypes,
        scalars,
        grid,
        new int[] {1, 1, 1});
  }

  // ---- arguments
  // -----------------------------------------------------------------------------------

  @TestFactory
  Stream<DynamicTest> badArgumentsAreRefused() {
    Refusals refusals = new Refusals();
    MlxArray x = Ops.ones(2, 3, 4);
    MlxArray q = Ops.ones(1, 4, 3, 8);
    MlxArray k = Ops.ones(1, 2, 5, 8);
    MlxArray d = Ops.ones(1, 3, 1, 4);
    MlxArray g = Ops.ones(1, 3, 1);
    int[] one = {1, 1, 1};
    refusals.add(() -> Fast.rmsNorm(MlxArray.scalar(1f), null, 1), "[rmsNorm]");
    refusals.add(() -> Fast.rmsNorm(x, Ops.ones(3), 1), "[rmsNorm]");
    refusals.add(() -> Fast.rmsNorm(x.astype(DType.INT32), null, 1), "[rmsNorm]");
    refusals.add(() -> Fast.layerNorm(x, Ops.ones(3), null, 1), "[layerNorm]");
    refusals.add(() -> Fast.layerNorm(x, null, Ops.ones(1, 4), 1), "[layerNorm]");
    refusals.add(() -> Fast.crossEntropy(x, MlxArray.of(0)), "[crossEntropy]", "[2, 3, 4]");
    refusals.add(() -> Fast.crossEntropy(x, Ops.zeros(2, 3)), "[crossEntropy] indices must be");
    refusals.add(
        () -> Fast.crossEntropy(x.astype(DType.INT32), Ops.zeros(new int[] {2, 3}, DType.INT32)),
        "[crossEntropy]");
    refusals.add(
        () -> Fast.crossEntropy(MlxArray.scalar(1f), MlxArray.scalar(0)), "[crossEntropy]");
    refusals.add(
        () -> Fast.crossEntropy(Ops.zeros(2, 0), Ops.zeros(new int[] {2}, DType.INT32)),
        "[crossEntropy]");
    refusals.add(() -> Fast.rope(x, 3, true, 10, 1, 0), "[rope] dims");
    refusals.add(() -> Fast.rope(x, 0, true, 10, 1, 0), "[rope] dims");
    refusals.add(() -> Fast.rope(x, 6, true, 10, 1, 0), "[rope] dims");
    refusals.add(() -> Fast.rope(x, 4, true, null, 1, 0, null), "[rope] Neither base nor freqs");
    refusals.add(() -> Fast.rope(x, 4, true, 10.0, 1, 0, Ops.ones(2)), "[rope] Only one of");
    refusals.add(() -> Fast.rope(x, 4, true, null, 1, 0, Ops.ones(3)), "[rope] freqs");
    refusals.add(() -> Fast.rope(Ops.ones(3, 4), 4, true, 10, 1, 0), "[rope] the array");
    refusals.add(() -> Fast.rope(x, 4, true, 10, 1, MlxArray.of(1, 2, 3)), "[rope] offset");
    refusals.add(() -> Fast.rope(x, 4, true, 10, 1, MlxArray.of(1f, 2f)), "[rope] offset");
    refusals.add(
        () -> Fast.scaledDotProductAttention(x, k, k, 1),
        "[scaledDotProductAttention] q has shape [2, 3, 4]; it must be (B, Nq, Tq, D)");
    refusals.add(
        () -> Fast.scaledDotProductAttention(q, Ops.ones(1, 2, 5, 7), k, 1),
        "[scaledDotProductAttention] k");
    refusals.add(
        () -> Fast.scaledDotProductAttention(q, k, Ops.ones(1, 2, 6, 8), 1),
        "[scaledDotProductAttention] v");
    refusals.add(
        () -> Fast.scaledDotProductAttention(q, Ops.ones(1, 0, 5, 8), k, 1),
        "[scaledDotProductAttention] k");
    refusals.add(
        () -> Fast.scaledDotProductAttention(q, Ops.ones(1, 3, 5, 8), Ops.ones(1, 3, 5, 8), 1),
        "[scaledDotProductAttention] q has 4 heads",
        "that of k and v, 3");
    refusals.add(() -> Fast.scaledDotProductAttention(q, k, k, 1, Ops.ones(3, 4)), "broadcast");
    refusals.add(
        () -> Fast.scaledDotProductAttention(q, k, k, 1, AttentionMask.NONE, Ops.ones(3), false),
        "sinks");
    refusals.add(() -> Fast.gatedDeltaUpdate(x, d, d, g, g), "[gatedDeltaUpdate] q");
    refusals.add(
        () -> Fast.gatedDeltaUpdate(d, Ops.ones(1, 4, 1, 4), d, g, g),
        "[gatedDeltaUpdate] k has shape [1, 4, 1, 4]");
    refusals.add(
        () -> Fast.gatedDeltaUpdate(d, d, Ops.ones(1, 3, 0, 4), g, g), "[gatedDeltaUpdate] v");
    refusals.add(() -> Fast.gatedDeltaUpdate(d, d, d, d, g), "[gatedDeltaUpdate] gamma");
    refusals.add(() -> Fast.gatedDeltaUpdate(d, d, d, g, Ops.ones(3)), "[gatedDeltaUpdate] beta");
    refusals.add(
        () -> Fast.gatedDeltaUpdate(d, d, d, g, g, d, null), "[gatedDeltaUpdate] initialState");
    refusals.add(
        () -> Fast.gatedDeltaUpdate(d, d, d, g, g, null, MlxArray.of(true)),
        "[gatedDeltaUpdate] mask");
    MlxArray two = Ops.ones(1, 3, 2, 4);
    MlxArray three = Ops.ones(1, 3, 3, 4);
    MlxArray gates = Ops.ones(1, 3, 3);
    refusals.add(
        () -> Fast.gatedDeltaUpdate(two, two, three, gates, gates),
        "[gatedDeltaUpdate] v has 3 heads",
        "that of q and k, 2");
    refusals.add(
        () -> Fast.cudaKernel("kernel", X, Y, "", "", true, -1), "[cudaKernel] sharedMemory is -1");
    refusals.add(() -> precompiled(new int[] {1, 1}, List.of()), "grid is [1, 1]");
    refusals.add(() -> precompiled(new int[] {1, 0, 1}, List.of()), "grid is [1, 0, 1]");
    refusals.add(() -> precompiled(one, List.of(1L)), "scalar 0 is 1; it must be an Integer");
    refusals.add(
        () -> precompiled(new int[][] {{-1}}, new DType[] {DType.INT8}, one, List.of()),
        "negative");
    refusals.add(
        () -> precompiled(new int[][] {{1}}, new DType[0], one, List.of()),
        "1 output shapes and 0 output dtypes");
    return refusals.tests();
  }

  @Test
  void aFusedKernelThatIsMissingIsSaid() {
    try (StreamScope cpu = StreamScope.open(Device.cpu())) {
      MlxArray q = Ops.ones(new int[] {1, 2, 3, 8}, DType.FLOAT64);
      assertThrowsSaying(
          IllegalArgumentException.class,
          () -> Fast.scaledDotProductAttention(q, q, q, 1, AttentionMask.NONE, null, true),
          "no fused kernel is available");
    }
  }

  @Test
  void nullAndClosedArgumentsAreNamed() {
    MlxArray x = Ops.ones(2, 4);
    MlxArray closed = Ops.ones(4);
    closed.close();
    assertThrowsSaying(
        NullPointerException.class,
        () -> Fast.rmsNorm(null, null, 1),
        "[rmsNorm] array argument 0 is null");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Fast.crossEntropy(x, null),
        "[crossEntropy] array argument 1 is null");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Fast.scaledDotProductAttention(null, x, x, 1),
        "[scaledDotProductAttention] q is null");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Fast.scaledDotProductAttention(x, x, x, 1, (AttentionMask) null),
        "the mask is null");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Fast.cudaKernel(null, X, Y, ""),
        "[cudaKernel] the name is null");
    assertThrowsSaying(
        NullPointerException.class,
        () -> precompiled(null, List.of()),
        "[precompiledCudaKernel] grid is null");
    assertThrowsSaying(
        IllegalStateException.class,
        () -> Fast.layerNorm(x, null, closed, 1),
        "[layerNorm] array argument 2 is closed");
  }
}
