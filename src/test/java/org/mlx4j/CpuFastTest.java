package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mlx4j.ArrayAssertions.assertShape;
import static org.mlx4j.ArrayAssertions.assertValues;
import static org.mlx4j.ArrayAssertions.assertWithin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.mlx4j.internal.Library;

/**
 * Norms, rotations and attention of the CPU of Linux give what MLX composes of many operations,
 * with every set of instructions, for all shapes, layouts and masks.
 */
@EnabledOnOs(OS.LINUX)
@ExtendWith(InScope.class)
class CpuFastTest {
  private static final List<DType> FLOATS = List.of(DType.FLOAT32, DType.FLOAT16, DType.BFLOAT16);
  private static final int[] SETS = {CpuKernels.BASELINE, CpuKernels.AVX2, CpuKernels.BEST};

  private static int seed;

  private static MlxArray normal(DType dtype, int... shape) {
    return evaluated(
        MlxRandom.normal(shape, DType.FLOAT32, 0, 1, MlxRandom.key(seed++)).astype(dtype));
  }

  private static MlxArray evaluated(MlxArray a) {
    try (StreamScope cpu = StreamScope.open(Device.cpu())) {
      a.eval();
      return a;
    }
  }

  private static MlxArray onCpu(Supplier<MlxArray> operation) {
    try (StreamScope cpu = StreamScope.open(Device.cpu())) {
      return evaluated(operation.get());
    }
  }

  private static MlxArray ofMlx(Supplier<MlxArray> operation) {
    return CpuKernels.using(CpuKernels.MLX, 1, () -> onCpu(operation));
  }

  private static double tolerance(DType dtype) {
    return switch (dtype) {
      case FLOAT16 -> 0x1p-10;
      case BFLOAT16 -> 0x1p-7;
      default -> 4e-6;
    };
  }

  /**
   * Compares with what MLX computes in float32, for all instructions, with threads, and with blocks
   * of a few elements.
   */
  private static void assertIsMlx(ArraysToArrayFunction f, String what, MlxArray... inputs) {
    DType dtype = f.apply(inputs).dtype();
    MlxArray[] wide =
        Stream.of(inputs)
            .map(x -> FLOATS.contains(x.dtype()) ? x.astype(DType.FLOAT32) : x)
            .toArray(MlxArray[]::new);
    MlxArray expected = ofMlx(() -> f.apply(wide).astype(dtype));
    double tolerance = tolerance(dtype);
    Supplier<MlxArray> operation = () -> f.apply(inputs);
    for (int set : SETS) {
      MlxArray actual = CpuKernels.using(set, 1, () -> onCpu(operation));
      assertWithin(tolerance, expected, actual, what + ", instructions " + set);
      MlxArray together = CpuKernels.using(set, 4, () -> onCpu(operation));
      assertTrue(together.arrayEqual(actual, true).itemBoolean(), () -> what + ": threads change");
    }
    Library.limitCpuBlocks(5);
    try {
      MlxArray inBlocks = CpuKernels.using(CpuKernels.BEST, 3, () -> onCpu(operation));
      assertWithin(tolerance, expected, inBlocks, what + ", in small blocks");
    } finally {
      Library.limitCpuBlocks(0);
    }
  }

  private static boolean contains(Path folder, String primitive, MlxArray a) throws IOException {
    Path dot = folder.resolve("graph.dot");
    Export.exportToDot(dot, a);
    return Files.readString(dot).contains(primitive);
  }

  // ---- norms
  // --------------------------------------------------------------------------------------

  /** The same rows in several layouts. */
  private static List<MlxArray> layouts(DType dtype, int... shape) {
    int rows = shape[0];
    int columns = shape[1];
    return List.of(
        normal(dtype, rows, columns),
        normal(dtype, columns, rows).T(),
        normal(dtype, 2 * rows, columns + 3)
            .get(Index.slice(null, null, 2), Index.slice(1, columns + 1)),
        normal(dtype, rows, columns).get(Index.slice(null, null, -1)),
        normal(dtype, rows, 2 * columns).get(Index.all(), Index.slice(null, null, 2)),
        normal(dtype, 1, columns).broadcastTo(rows, columns));
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
  void normsOfRows(DType dtype) {
    for (int length : new int[] {1, 2, 31, 33, 64, 511, 513, 1500}) {
      for (MlxArray x : layouts(dtype, 3, length)) {
        for (DType other : FLOATS) {
          MlxArray w = normal(other, length);
          MlxArray b = normal(other, 2 * length).get(Index.slice(null, null, 2));
          String what = length + " numbers, " + other;
          assertIsMlx(xs -> Fast.rmsNorm(xs[0], null, 1e-5), what, x);
          assertIsMlx(xs -> Fast.rmsNorm(xs[0], xs[1], 1e-5), what + ", weighted", x, w);
          assertIsMlx(xs -> Fast.layerNorm(xs[0], null, null, 1e-3), what + ", centered", x);
          assertIsMlx(
              xs -> Fast.layerNorm(xs[0], xs[1], null, 1e-3), what + ", layer weighted", x, w);
          assertIsMlx(
              xs -> Fast.layerNorm(xs[0], null, xs[1], 1e-3), what + ", layer biased", x, b);
          assertIsMlx(xs -> Fast.layerNorm(xs[0], xs[1], xs[2], 1e-3), what + ", both", x, w, b);
        }
      }
    }
    MlxArray line = normal(dtype, 40);
    assertIsMlx(xs -> Fast.rmsNorm(xs[0], xs[0], 1e-5), "a vector", line);
    MlxArray many = normal(dtype, 2, 3, 200, 70);
    assertIsMlx(xs -> Fast.layerNorm(xs[0], null, null, 1e-5), "many rows", many);
    MlxArray empty = Ops.zeros(new int[] {0, 4}, dtype);
    for (MlxArray nothing : List.of(empty, empty.T())) {
      assertShape(onCpu(() -> Fast.rmsNorm(nothing, null, 1e-5)), nothing.shape());
      assertShape(onCpu(() -> Fast.layerNorm(nothing, null, null, 1e-5)), nothing.shape());
    }
  }

  @Test
  void normsOfNumbersThatAreNotFinite() {
    float inf = Float.POSITIVE_INFINITY;
    MlxArray x =
        MlxArray.of(new float[] {Float.NaN, 1, 2, inf, 1, 2, -inf, inf, 1, 0, 0, 0, 1, 2, 3}, 5, 3);
    MlxArray w = MlxArray.of(1f, inf, Float.NaN);
    for (DType dtype : FLOATS) {
      for (double eps : new double[] {0, 1e-5}) {
        MlxArray rows = x.astype(dtype);
        MlxArray weight = w.astype(dtype);
        assertIsMlx(xs -> Fast.rmsNorm(xs[0], null, eps), "rms", rows);
        assertIsMlx(xs -> Fast.rmsNorm(xs[0], xs[1], eps), "rms weighted", rows, weight);
        assertIsMlx(xs -> Fast.layerNorm(xs[0], null, null, eps), "layer", rows);
      }
    }
  }

  /** Unlike those of MLX, because sums are of float64. */
  @Test
  void squaresNeitherOverflowNorVanish() {
    for (float size : new float[] {1e30f, 1, 1e-30f}) {
      MlxArray x = MlxArray.of(3f, -4f).multiply(size);
      MlxArray y = onCpu(() -> Fast.rmsNorm(x, null, 0));
      assertValues(y, 3 / Math.sqrt(12.5), -4 / Math.sqrt(12.5));
    }
    MlxArray far = MlxArray.of(10001f, 10000f, 9999f);
    double unit = Math.sqrt(1.5);
    assertValues(onCpu(() -> Fast.layerNorm(far, null, null, 0)), unit, 0, -unit);
  }

  /** The sums are those of differences to a number that is guessed from the first elements. */
  @ParameterizedTest
  @CsvSource({
    "0, 1, 1",
    "1, 1, 1",
    "-1e4, 1, 1",
    "1e9, 1, 1",
    "3e38, 1, 1",
    "-3, 16, 1",
    "1e4, 16, 1",
    "3e38, 16, 1",
    "100, 17, 1",
    "100, 990, 1",
    "0, 0, 1e-13",
    "0, 0, 1e-20",
    "1e-12, 16, 1e-13",
    "0, 0, 1e14",
    "0, 0, 1e17",
    "1e17, 16, 1e16",
    "0, 0, 1e37"
  })
  void layersWithElementsFarFromTheOthers(float first, int count, float size) {
    int length = 1000;
    float[] x = new float[length];
    double mean = 0;
    for (int i = 0; i < length; i++) {
      x[i] = (i < count ? first : 0) + size * (float) Math.sin(i);
      mean += x[i] / (double) length;
    }
    double variance = 0;
    for (float each : x) {
      variance += (each - mean) * (each - mean) / length;
    }
    float[] y = onCpu(() -> Fast.layerNorm(MlxArray.of(x), null, null, 0)).toFloatArray();
    for (int i = 0; i < length; i++) {
      double expected = (x[i] - mean) / Math.sqrt(variance);
      assertEquals(expected, y[i], 1e-6 * Math.max(1, Math.abs(expected)), "element " + i);
    }
  }

  // ---- rotations
  // ----------------------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
  void rotationsOfRows(DType dtype) {
    List<MlxArray> all =
        List.of(
            normal(dtype, 2, 3, 16),
            normal(dtype, 2, 3, 5, 16),
            normal(dtype, 2, 5, 3, 16).swapaxes(1, 2),
            normal(dtype, 2, 3, 16, 5).swapaxes(2, 3),
            normal(dtype, 2, 2, 3, 5, 16),
            normal(dtype, 2, 3, 5, 40).get(Index.ellipsis(), Index.slice(3, 19)),
            normal(dtype, 2, 1, 5, 16).broadcastTo(2, 3, 5, 16),
            normal(dtype, 2, 3, 1, 700));
    MlxArray each = MlxArray.of(7, 20);
    for (MlxArray x : all) {
      for (int dims : new int[] {2, 10, x.dim(-1)}) {
        MlxArray lengths = normal(DType.FLOAT32, dims / 2).abs().add(0.5f);
        for (boolean traditional : new boolean[] {false, true}) {
          String what = "%s, %d dims, %s".formatted(x, dims, traditional);
          assertIsMlx(xs -> Fast.rope(xs[0], dims, traditional, 10000, 1, 3), what, x);
          assertIsMlx(xs -> Fast.rope(xs[0], dims, traditional, 100, 0.3, each), what, x);
          MlxArray wide = each.astype(DType.INT64);
          assertIsMlx(
              xs -> Fast.rope(xs[0], dims, traditional, null, 1, wide, lengths),
              what + ", lengths",
              x);
        }
      }
    }
    MlxArray empty = Ops.zeros(new int[] {2, 0, 4}, dtype);
    assertIsMlx(xs -> Fast.rope(xs[0], 4, true, 10, 1, 0), "no positions", empty);
  }

  /** With lengths whose reciprocals are exact, because angles multiply their errors. */
  @Test
  void rotationsByManyTurns() {
    MlxArray x = normal(DType.FLOAT32, 1, 2, 3, 8);
    MlxArray lengths = MlxArray.of(1f, 0.5f, 8f, 1024f);
    for (long offset : new long[] {1 << 20, 1 << 24, Integer.MAX_VALUE - 9, -5, -(1 << 22)}) {
      MlxArray at = MlxArray.of((int) offset);
      assertIsMlx(xs -> Fast.rope(xs[0], 8, false, null, 1, at, lengths), offset + " turns", x);
    }
    MlxArray unsigned = MlxArray.of(-7).astype(DType.UINT32);
    assertIsMlx(xs -> Fast.rope(xs[0], 8, true, null, 1, unsigned, lengths), "unsigned", x);
  }

  // ---- attention
  // ----------------------------------------------------------------------------------

  /** Sizes of one attention: sequences, heads of queries and of keys, positions, keys, widths. */
  private record Sizes(
      int batch, int heads, int shared, int positions, int keys, int width, int out) {}

  private static final List<Sizes> SIZES =
      List.of(
          new Sizes(1, 1, 1, 1, 1, 1, 1),
          new Sizes(1, 9, 3, 1, 700, 64, 64),
          new Sizes(2, 4, 2, 3, 7, 6, 5),
          new Sizes(2, 4, 4, 12, 300, 33, 17),
          new Sizes(1, 6, 2, 40, 40, 16, 16),
          new Sizes(2, 2, 1, 130, 290, 20, 36),
          new Sizes(1, 150, 1, 2, 33, 8, 4),
          new Sizes(1, 2, 2, 50, 20, 8, 8));

  static Stream<Arguments> attentions() {
    return SIZES.stream()
        .flatMap(sizes -> FLOATS.stream().map(dtype -> Arguments.of(sizes, dtype)));
  }

  @ParameterizedTest
  @MethodSource("attentions")
  void attentionOfAllLayouts(Sizes s, DType dtype) {
    MlxArray q = normal(dtype, s.batch, s.heads, s.positions, s.width);
    MlxArray k = normal(dtype, s.batch, s.shared, s.keys, s.width);
    MlxArray v = normal(dtype, s.batch, s.shared, s.keys, s.out);
    List<MlxArray> qs = List.of(q, apart(q), turned(q), backwards(q));
    List<MlxArray> ks = List.of(k, apart(k), turned(k), within(k), backwards(k));
    List<MlxArray> vs = List.of(v, apart(v), turned(v), within(v), k.mean().broadcastTo(v.shape()));
    for (int i = 0; i < ks.size(); i++) {
      MlxArray queries = qs.get(i % qs.size());
      MlxArray keys = ks.get(i);
      MlxArray values = vs.get(i);
      String what = s + ", layout " + i;
      assertIsMlx(
          xs -> Fast.scaledDotProductAttention(xs[0], xs[1], xs[2], 0.3),
          what,
          queries,
          keys,
          values);
      assertIsMlx(
          xs -> Fast.scaledDotProductAttention(xs[0], xs[1], xs[2], -0.5, AttentionMask.CAUSAL),
          what + ", causal",
          queries,
          keys,
          values);
    }
  }

  /** As if the heads had been split off the last axis. */
  private static MlxArray apart(MlxArray a) {
    return evaluated(a.swapaxes(1, 2).contiguous()).swapaxes(1, 2);
  }

  private static MlxArray turned(MlxArray a) {
    return evaluated(a.swapaxes(2, 3).contiguous()).swapaxes(2, 3);
  }

  private static MlxArray backwards(MlxArray a) {
    return a.get(Index.all(), Index.all(), Index.slice(null, null, -1));
  }

  /** The filled part of a longer cache. */
  private static MlxArray within(MlxArray a) {
    int n = a.dim(2);
    MlxArray cache = evaluated(a.pad(new int[][] {{0, 0}, {0, 1}, {0, 9}, {0, 3}}));
    return cache.get(
        Index.all(), Index.slice(0, a.dim(1)), Index.slice(0, n), Index.slice(0, a.dim(3)));
  }

  @ParameterizedTest
  @MethodSource("attentions")
  void attentionWithMasks(Sizes s, DType dtype) {
    MlxArray q = normal(dtype, s.batch, s.heads, s.positions, s.width);
    MlxArray k = normal(dtype, s.batch, s.shared, s.keys, s.width);
    MlxArray v = normal(dtype, s.batch, s.shared, s.keys, s.out);
    MlxArray sinks = normal(dtype, s.heads);
    List<MlxArray> masks = new ArrayList<>();
    for (MlxArray bias :
        List.of(
            normal(dtype, s.positions, s.keys),
            normal(dtype, s.keys),
            normal(dtype, s.keys, s.positions).T(),
            normal(dtype, s.batch, 1, s.positions, 1),
            normal(dtype, s.batch, s.heads, s.positions, s.keys))) {
      masks.add(bias);
      masks.add(bias.greater(0.3f));
    }
    masks.add(Ops.zeros(new int[] {s.positions, s.keys}, DType.BOOL));
    for (int i = 0; i < masks.size(); i++) {
      MlxArray mask = masks.get(i);
      String what = "%s, mask %d of %s".formatted(s, i, mask.dtype());
      assertIsMlx(
          xs -> Fast.scaledDotProductAttention(xs[0], xs[1], xs[2], 0.3, xs[3]),
          what,
          q,
          k,
          v,
          mask);
      assertIsMlx(
          xs -> Fast.scaledDotProductAttention(xs[0], xs[1], xs[2], 0.3, xs[3], xs[4], false),
          what + ", sinks",
          q,
          k,
          v,
          mask,
          sinks);
    }
    AttentionMask causal = AttentionMask.CAUSAL;
    assertIsMlx(
        xs -> Fast.scaledDotProductAttention(xs[0], xs[1], xs[2], 0.3, causal, xs[3], false),
        s + ", causal, sinks",
        q,
        k,
        v,
        sinks);
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
  void scoresThatAreNotFinite(DType dtype) {
    float inf = Float.POSITIVE_INFINITY;
    for (int positions : new int[] {3, 30}) {
      MlxArray q = normal(dtype, 1, 1, positions, 4);
      MlxArray k = normal(dtype, 1, 1, 9, 4);
      MlxArray v = normal(dtype, 1, 1, 9, 4);
      for (float odd : new float[] {Float.NaN, inf, -inf}) {
        MlxArray bias = Ops.zeros(new int[] {positions, 9}, dtype);
        MlxArray one = bias.at(1, 8).set(odd);
        MlxArray all = bias.at(1).set(odd);
        MlxArray sinks = Ops.full(new int[] {1}, odd, dtype);
        for (MlxArray mask : List.of(bias, one, all)) {
          assertIsMlx(
              xs -> Fast.scaledDotProductAttention(xs[0], xs[1], xs[2], 1, xs[3]),
              "bias " + odd,
              q,
              k,
              v,
              mask);
          assertIsMlx(
              xs -> Fast.scaledDotProductAttention(xs[0], xs[1], xs[2], 1, xs[3], xs[4], false),
              "sink " + odd,
              q,
              k,
              v,
              mask,
              sinks);
        }
        MlxArray query = q.at(0, 0, 2).set(odd);
        assertIsMlx(
            xs -> Fast.scaledDotProductAttention(xs[0], xs[1], xs[2], 1),
            "query " + odd,
            query,
            k,
            v);
        // Where none but masked keys have a finite score, MLX takes these.
        MlxArray low = Ops.full(q.shape(), -inf, dtype);
        MlxArray ones = Ops.ones(k.shape(), dtype);
        assertIsMlx(
            xs -> Fast.scaledDotProductAttention(xs[0], xs[1], xs[2], 1, AttentionMask.CAUSAL),
            "low",
            low,
            ones,
            v);
      }
    }
  }

  @Test
  void thereIsAFusedKernel() {
    MlxArray q = normal(DType.FLOAT16, 1, 2, 3, 8);
    AttentionMask none = AttentionMask.NONE;
    assertWithin(
        0,
        onCpu(() -> Fast.scaledDotProductAttention(q, q, q, 0.5)),
        onCpu(() -> Fast.scaledDotProductAttention(q, q, q, 0.5, none, null, true)),
        "the fused one");
  }

  @Test
  void mixedDtypesBecomeOne() {
    for (DType a : FLOATS) {
      for (DType b : FLOATS) {
        MlxArray q = normal(a, 1, 2, 3, 8);
        MlxArray k = normal(b, 1, 2, 5, 8);
        assertIsMlx(
            xs -> Fast.scaledDotProductAttention(xs[0], xs[1], xs[1], 0.5), a + " and " + b, q, k);
      }
    }
    MlxArray whole = Ops.arange(12).reshape(1, 1, 3, 4).astype(DType.INT32);
    MlxArray q = normal(DType.FLOAT32, 1, 1, 2, 4);
    assertIsMlx(
        xs -> Fast.scaledDotProductAttention(xs[0], xs[1], xs[1], 0.5), "integers", q, whole);
  }

  // ---- memory
  // -------------------------------------------------------------------------------------

  /** The result may take the memory of an array that nobody else needs, and of no other. */
  @Test
  void memoryOfArgumentsIsUsedOnlyIfNobodyNeedsIt() {
    MlxArray x = normal(DType.FLOAT32, 1, 3, 8);
    MlxArray copy = evaluated(x.add(0));
    for (ArraysToArrayFunction f :
        List.<ArraysToArrayFunction>of(
            xs -> Fast.rmsNorm(xs[0].add(1), null, 0.1),
            xs -> Fast.layerNorm(xs[0].add(1), null, null, 0.1),
            xs -> Fast.rope(xs[0].add(1), 4, true, 10, 1, 1),
            xs -> Fast.rope(xs[0].add(1), 8, false, 10, 1, 1),
            xs -> Fast.rmsNorm(xs[0], null, 0.1).add(xs[0]),
            xs -> Fast.rope(xs[0], 8, false, 10, 1, 1).add(xs[0]))) {
      assertIsMlx(f, "a chain", x);
      assertTrue(x.arrayEqual(copy).itemBoolean());
    }
  }

  // ---- transforms
  // ----------------------------------------------------------------------------------

  static Stream<Arguments> operations() {
    MlxArray w = Ops.linspace(0.5, 2, 8).astype(DType.BFLOAT16);
    w.eval();
    return Stream.of(
        operation("RMSNorm", x -> Fast.rmsNorm(x, w, 0.1)),
        operation("LayerNorm", x -> Fast.layerNorm(x, w, w, 0.1)),
        operation("RoPE", x -> Fast.rope(x, 8, false, 10, 1, 5)),
        operation(
            "ScaledDotProductAttention",
            x -> Fast.scaledDotProductAttention(x, x, x, 0.5, AttentionMask.CAUSAL)));
  }

  private static Arguments operation(String primitive, ArrayFunction f) {
    return Arguments.of(primitive, f);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("operations")
  void operationsAreOne(String primitive, ArrayFunction f, @TempDir Path folder)
      throws IOException {
    try (StreamScope cpu = StreamScope.open(Device.cpu())) {
      MlxArray x = normal(DType.BFLOAT16, 1, 2, 3, 8);
      assertTrue(contains(folder, primitive, f.apply(x)));
      MlxArray ofMlx = CpuKernels.using(CpuKernels.MLX, 1, () -> f.apply(x));
      assertFalse(contains(folder, primitive, ofMlx));
    }
  }

  /** Rounding tells what computed. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("operations")
  void compiledFunctionsAreFusedToo(String primitive, ArrayFunction f) {
    try (StreamScope cpu = StreamScope.open(Device.cpu())) {
      MlxArray x = normal(DType.BFLOAT16, 1, 2, 50, 8);
      MlxArray plain = f.apply(x);
      MlxArray composed = CpuKernels.using(CpuKernels.MLX, 1, () -> evaluated(f.apply(x)));
      assertFalse(composed.arrayEqual(plain).itemBoolean());
      try (TransformedFunction compiled = Transforms.compile(f);
          TransformedFunction nested = Transforms.compile(compiled);
          TransformedFunction anySize = Transforms.compile(f, true)) {
        for (int call = 0; call < 2; call++) {
          assertTrue(compiled.apply(x).arrayEqual(plain).itemBoolean());
          assertTrue(nested.apply(x).arrayEqual(plain).itemBoolean());
          assertTrue(anySize.apply(x).arrayEqual(plain).itemBoolean());
        }
      }
    }
  }

  /** A thread that helps does not know that the array is traced. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("operations")
  void derivativesOfWhatAnotherThreadApplied(String primitive, ArrayFunction f) {
    try (StreamScope cpu = StreamScope.open(Device.cpu())) {
      MlxArray x = normal(DType.FLOAT32, 2, 2, 3, 8);
      MlxArray tangent = normal(DType.FLOAT32, 2, 2, 3, 8);
      ArrayFunction elsewhere = y -> onAnotherThread(() -> f.apply(y));
      ArrayFunction loss = y -> f.apply(y).square().sum();
      ArrayFunction lossElsewhere = y -> elsewhere.apply(y).square().sum();
      double tolerance = tolerance(DType.FLOAT32);
      assertWithin(
          tolerance,
          Transforms.grad(loss).apply(x),
          Transforms.grad(lossElsewhere).apply(x),
          "gradient");
      assertWithin(
          tolerance,
          Transforms.jvp(f, x, tangent).jvps()[0],
          Transforms.jvp(elsewhere, x, tangent).jvps()[0],
          "tangent");
      MlxArray batch = Ops.stack(x, tangent);
      assertWithin(
          tolerance,
          Transforms.vmap(f).apply(batch),
          Transforms.vmap(elsewhere).apply(batch),
          "slices");
    }
  }

  private static MlxArray onAnotherThread(Supplier<MlxArray> f) {
    MlxArray[] result = new MlxArray[1];
    Thread thread =
        new Thread(
            () -> {
              try (StreamScope cpu = StreamScope.open(Device.cpu())) {
                result[0] = f.get();
              }
            });
    thread.start();
    try {
      thread.join(60_000);
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
    return result[0];
  }

  @Test
  void filesContainTheValuesOfWhatIsCaptured(@TempDir Path folder) {
    try (StreamScope cpu = StreamScope.open(Device.cpu())) {
      MlxArray x = normal(DType.FLOAT32, 3, 8);
      MlxArray captured = Fast.rmsNorm(x, null, 0.1);
      Path file = folder.resolve("f.mlxfn");
      Export.exportFunction(
          file, y -> new MlxArray[] {Fast.layerNorm(y[0], null, null, 0.1).add(captured)}, x);
      MlxArray expected = Fast.layerNorm(x, null, null, 0.1).add(captured);
      MlxArray actual = Export.importFunction(file).apply(x)[0];
      assertWithin(tolerance(DType.FLOAT32), expected, actual, "the imported function");
    }
  }
}
