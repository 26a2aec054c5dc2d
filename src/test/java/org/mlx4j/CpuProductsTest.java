package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Products with one row or column, of half precision, and of quantized matrices are those of MLX,
 * with every set of instructions, for all shapes and layouts.
 */
@EnabledOnOs(OS.LINUX)
@ExtendWith(InScope.class)
class CpuProductsTest {
  /**
   * How far a result may be off, as a part of the sum of the absolute values of its terms; results
   * near zero are denormal in float16, and may be off by a little more.
   */
  private static final Map<DType, Double> TOLERANCE =
      Map.of(DType.FLOAT32, 3e-6, DType.FLOAT16, 0x1p-10, DType.BFLOAT16, 0x1p-7);

  private static final List<DType> FLOATS = List.of(DType.FLOAT32, DType.FLOAT16, DType.BFLOAT16);
  private static final int[] SETS = {CpuKernels.BASELINE, CpuKernels.AVX2, CpuKernels.BEST};

  private static int seed;

  private static MlxArray uniform(DType dtype, int... shape) {
    return MlxRandom.uniform(-1, 1, shape, DType.FLOAT32, MlxRandom.key(seed++)).astype(dtype);
  }

  private static MlxArray evaluated(MlxArray a) {
    a.eval();
    return a;
  }

  /** A stack of quantized matrices, with random numbers, and what they stand for as float32. */
  private record Packed(Quantized parts, MlxArray meaning, int group, int bits) {
    static Packed random(DType dtype, int group, int bits, int... shape) {
      int[] packed = shape.clone();
      packed[packed.length - 1] = packed[packed.length - 1] * bits / 32;
      int[] groups = shape.clone();
      groups[groups.length - 1] /= group;
      MlxArray w = MlxRandom.randint(0, 0x100000000L, packed, DType.UINT32, MlxRandom.key(seed++));
      MlxArray scales = uniform(dtype, groups);
      MlxArray biases = uniform(dtype, groups);
      MlxArray meaning =
          CpuKernels.using(
              CpuKernels.MLX,
              1,
              () ->
                  evaluated(
                      w.dequantize(
                          scales.astype(DType.FLOAT32),
                          biases.astype(DType.FLOAT32),
                          group,
                          bits)));
      return new Packed(new Quantized(w, scales, biases), meaning, group, bits);
    }

    MlxArray times(MlxArray x, boolean transpose) {
      return x.quantizedMatmul(parts.w(), parts.scales(), parts.biases(), transpose, group, bits);
    }

    MlxArray gathered(MlxArray x, MlxArray left, MlxArray right, boolean transpose) {
      return x.gatherQmm(
          parts.w(), parts.scales(), parts.biases(), left, right, transpose, group, bits);
    }
  }

  private static MlxArray transposed(MlxArray a) {
    return a.swapaxes(-1, -2);
  }

  /** Compares the product with that of float32, for all instructions, and with threads. */
  private static void assertProduct(
      Supplier<MlxArray> product, MlxArray a, MlxArray b, String what) {
    MlxArray wideA = a.astype(DType.FLOAT32);
    MlxArray wideB = b.astype(DType.FLOAT32);
    assertSum(product, wideA.matmul(wideB), wideA.abs().matmul(wideB.abs()), what);
  }

  private static void assertSum(
      Supplier<MlxArray> product, MlxArray expected, MlxArray terms, String what) {
    CpuKernels.using(
        CpuKernels.MLX,
        1,
        () -> {
          expected.eval();
          terms.eval();
          return null;
        });
    for (int set : SETS) {
      MlxArray actual = CpuKernels.using(set, 1, () -> evaluated(product.get()));
      assertArrayEquals(expected.shape(), actual.shape(), what);
      double tolerance = TOLERANCE.get(actual.dtype());
      MlxArray off = actual.astype(DType.FLOAT32).subtract(expected).abs();
      double worst = off.divide(terms.add(1e-4f)).max().itemDouble();
      assertTrue(worst <= tolerance, () -> what + ", instructions " + set + ": off by " + worst);
      MlxArray together = CpuKernels.using(set, 4, () -> evaluated(product.get()));
      assertTrue(together.arrayEqual(actual).itemBoolean(), () -> what + ": threads change it");
    }
  }

  // ---- quantized
  // -----------------------------------------------------------------------------------

  static Stream<Arguments> formats() {
    return IntStream.of(2, 3, 4, 5, 6, 8)
        .boxed()
        .flatMap(
            bits ->
                IntStream.of(32, 64, 128)
                    .boxed()
                    .flatMap(
                        group -> FLOATS.stream().map(dtype -> Arguments.of(bits, group, dtype))));
  }

  @ParameterizedTest
  @MethodSource("formats")
  void quantizedProducts(int bits, int group, DType dtype) {
    for (int rows : new int[] {1, 2, 3, 5, 12, 13}) {
      String what = rows + " rows, ";
      Packed outer = Packed.random(dtype, group, bits, 7, 3 * group);
      MlxArray x = uniform(dtype, rows, 3 * group);
      assertProduct(
          () -> outer.times(x, true), x, transposed(outer.meaning()), what + "transposed");
      Packed inner = Packed.random(dtype, group, bits, 7, 5 * group);
      MlxArray y = uniform(dtype, rows, 7);
      assertProduct(() -> inner.times(y, false), y, inner.meaning(), what + "not transposed");
    }
  }

  @ParameterizedTest
  @MethodSource("formats")
  void quantizedProductsOfStacks(int bits, int group, DType dtype) {
    Packed one = Packed.random(dtype, group, bits, 6, 2 * group);
    MlxArray stack = uniform(dtype, 2, 3, 2, 2 * group);
    assertProduct(() -> one.times(stack, true), stack, transposed(one.meaning()), "one matrix");
    MlxArray line = uniform(dtype, 2 * group);
    assertProduct(() -> one.times(line, true), line, transposed(one.meaning()), "a vector");
    Packed many = Packed.random(dtype, group, bits, 3, 6, 2 * group);
    assertProduct(
        () -> many.times(stack, true), stack, transposed(many.meaning()), "broadcast matrices");
    MlxArray shared = uniform(dtype, 1, 4, 6);
    assertProduct(() -> many.times(shared, false), shared, many.meaning(), "broadcast rows");
    MlxArray apart = transposed(uniform(dtype, 3, 6, 4));
    assertProduct(() -> many.times(apart, false), apart, many.meaning(), "rows that lie apart");
  }

  @ParameterizedTest
  @MethodSource("formats")
  void dequantizedMatricesAreThoseOfMlx(int bits, int group, DType dtype) {
    for (int columns : new int[] {group, 3 * group, 4096 + group}) {
      Quantized w = Packed.random(dtype, group, bits, 2, 3, columns).parts();
      Supplier<MlxArray> numbers =
          () -> evaluated(w.w().dequantize(w.scales(), w.biases(), group, bits));
      MlxArray expected = CpuKernels.using(CpuKernels.MLX, 1, numbers);
      for (int set : SETS) {
        MlxArray actual = CpuKernels.using(set, 3, numbers);
        assertEquals(dtype, actual.dtype());
        assertTrue(actual.arrayEqual(expected).itemBoolean(), () -> "instructions " + set);
      }
    }
  }

  @Test
  void capturedDequantizedMatricesAreConstants() {
    Packed w = Packed.random(DType.FLOAT32, 32, 4, 6, 64);
    MlxArray numbers = w.parts().w().dequantize(w.parts().scales(), w.parts().biases(), 32, 4);
    MlxArray x = uniform(DType.FLOAT32, 3, 64);
    MlxArray expected = x.matmul(transposed(w.meaning()));
    try (TransformedFunction compiled = Transforms.compile(y -> y.matmul(transposed(numbers)))) {
      assertTrue(compiled.apply(x).allclose(expected, 1e-5, 1e-5, false).itemBoolean());
    }
    MlxArray gradient = Transforms.grad(y -> y.matmul(transposed(numbers)).sum()).apply(x);
    MlxArray sums = w.meaning().sum(0).broadcastTo(3, 64);
    assertTrue(gradient.allclose(sums, 1e-5, 1e-4, false).itemBoolean());
  }

  @ParameterizedTest
  @MethodSource("formats")
  void gatheredProducts(int bits, int group, DType dtype) {
    Packed many = Packed.random(dtype, group, bits, 4, 5, 2 * group);
    for (int rows : new int[] {1, 3}) {
      MlxArray x = uniform(dtype, 6, rows, 2 * group);
      MlxArray y = uniform(dtype, 6, rows, 5);
      for (int[] matrices :
          new int[][] {
            {3, 0, 0, 2, 2, 2, 1, 3}, {0, 0, 0, 0, 0, 0, 0, 0}, {0, 0, 1, 1, 2, 2, 3, 3}
          }) {
        MlxArray left = MlxArray.of(new int[] {5, 4, 3, 2, 1, 0, 0, 1}).astype(DType.UINT32);
        MlxArray right = MlxArray.of(matrices).astype(DType.UINT32);
        MlxArray w = many.meaning().take(right, 0);
        assertProduct(
            () -> many.gathered(x, left, right, true), x.take(left, 0), transposed(w), "gathered");
        assertProduct(
            () -> many.gathered(y, left, right, false), y.take(left, 0), w, "not transposed");
        assertProduct(
            () -> many.gathered(x, left.reshape(2, 4), right.reshape(2, 4), true),
            x.take(left.reshape(2, 4), 0),
            transposed(w).reshape(2, 4, 2 * group, 5),
            "two axes of indices");
      }
    }
  }

  // ---- floating-point numbers of four and eight bits
  // ---------------------------------------------

  /** A stack of random matrices, and what they stand for as float32. */
  private record Scaled(MlxArray w, MlxArray scales, QuantizationMode mode, MlxArray meaning) {
    /** As MLX dequantizes only groups that fill words, makes one more of them than needed. */
    static Scaled random(QuantizationMode mode, int... shape) {
      if (mode == QuantizationMode.NVFP4 && shape[shape.length - 1] % 32 != 0) {
        int columns = shape[shape.length - 1];
        int[] wider = shape.clone();
        wider[wider.length - 1] += 16;
        Scaled all = random(mode, wider);
        return new Scaled(
            all.w.get(Index.ellipsis(), Index.slice(0, columns / 8)),
            all.scales.get(Index.ellipsis(), Index.slice(0, columns / 16)),
            mode,
            all.meaning.get(Index.ellipsis(), Index.slice(0, columns)));
      }
      boolean powers = mode != QuantizationMode.NVFP4;
      int[] packed = shape.clone();
      packed[packed.length - 1] /= mode == QuantizationMode.MXFP8 ? 4 : 8;
      int[] groups = shape.clone();
      groups[groups.length - 1] /= powers ? 32 : 16;
      MlxArray bits =
          MlxRandom.randint(0, 0x100000000L, packed, DType.UINT32, MlxRandom.key(seed++));
      boolean hasNan = mode == QuantizationMode.MXFP8;
      MlxArray w = hasNan ? bits.bitwiseAnd(Ops.full(packed, 0xbfbfbfbfL, DType.UINT32)) : bits;
      // Powers of two around one, or numbers from the smallest one on.
      MlxArray scales =
          MlxRandom.randint(
              powers ? 120 : 0, powers ? 130 : 60, groups, DType.UINT8, MlxRandom.key(seed++));
      MlxArray meaning =
          CpuKernels.using(
              CpuKernels.MLX,
              1,
              () -> evaluated(w.dequantize(scales, null, null, null, mode, null, DType.FLOAT32)));
      return new Scaled(w, scales, mode, meaning);
    }

    MlxArray times(MlxArray x, boolean transpose) {
      return x.quantizedMatmul(w, scales, null, transpose, null, null, mode);
    }

    MlxArray gathered(MlxArray x, MlxArray left, MlxArray right, boolean transpose) {
      return x.gatherQmm(w, scales, null, left, right, transpose, null, null, mode);
    }
  }

  static Stream<Arguments> scaledFormats() {
    return Stream.of(QuantizationMode.MXFP4, QuantizationMode.MXFP8, QuantizationMode.NVFP4)
        .flatMap(mode -> FLOATS.stream().map(dtype -> Arguments.of(mode, dtype)));
  }

  /** Small enough for results to be numbers of float16. */
  private static MlxArray small(DType dtype, int... shape) {
    return uniform(DType.FLOAT32, shape).multiply(0x1p-6).astype(dtype);
  }

  @ParameterizedTest
  @MethodSource("scaledFormats")
  void productsWithScaledNumbers(QuantizationMode mode, DType dtype) {
    int group = mode == QuantizationMode.NVFP4 ? 16 : 32;
    for (int rows : new int[] {1, 2, 3, 5, 12, 13}) {
      for (int groups : new int[] {1, 3, 130}) {
        String what = rows + " rows, " + groups + " groups, ";
        Scaled w = Scaled.random(mode, 7, groups * group);
        MlxArray x = small(dtype, rows, groups * group);
        assertProduct(() -> w.times(x, true), x, transposed(w.meaning()), what + "transposed");
        MlxArray y = small(dtype, rows, 7);
        assertProduct(() -> w.times(y, false), y, w.meaning(), what + "not transposed");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("scaledFormats")
  void productsWithStacksOfScaledNumbers(QuantizationMode mode, DType dtype) {
    Scaled many = Scaled.random(mode, 3, 6, 64);
    MlxArray stack = small(dtype, 2, 3, 2, 64);
    assertProduct(() -> many.times(stack, true), stack, transposed(many.meaning()), "transposed");
    MlxArray apart = transposed(small(dtype, 3, 6, 4));
    assertProduct(() -> many.times(apart, false), apart, many.meaning(), "rows that lie apart");
    MlxArray left = MlxArray.of(new int[] {1, 0, 0, 1}).astype(DType.UINT32);
    MlxArray right = MlxArray.of(new int[] {2, 2, 0, 1}).astype(DType.UINT32);
    MlxArray x = small(dtype, 2, 3, 64);
    MlxArray y = small(dtype, 2, 3, 6);
    MlxArray w = many.meaning().take(right, 0);
    assertProduct(
        () -> many.gathered(x, left, right, true), x.take(left, 0), transposed(w), "gathered");
    assertProduct(() -> many.gathered(y, left, right, false), y.take(left, 0), w, "not transposed");
  }

  @ParameterizedTest
  @EnumSource(names = {"MXFP4", "MXFP8", "NVFP4"})
  void allNumbersAndScalesAreMlxs(QuantizationMode mode) {
    int perWord = mode == QuantizationMode.MXFP8 ? 4 : 8;
    int numbers = mode == QuantizationMode.MXFP8 ? 256 : 32; // those of four bits twice
    long[] words = new long[numbers / perWord];
    for (int i = 0; i < numbers; i++) {
      words[i / perWord] |=
          (long) (i % (perWord == 4 ? 256 : 16)) << (32 / perWord * (i % perWord));
    }
    // A matrix of one row for each scale.
    MlxArray w = MlxArray.of(words).astype(DType.UINT32).broadcastTo(256, 1, words.length);
    int groups = numbers / (mode == QuantizationMode.NVFP4 ? 16 : 32);
    MlxArray scales =
        Ops.arange(256).astype(DType.UINT8).reshape(256, 1, 1).broadcastTo(256, 1, groups);
    MlxArray x = Ops.ones(new int[] {256, 1, 1});
    Supplier<MlxArray> product =
        () -> evaluated(x.quantizedMatmul(w, scales, null, false, null, null, mode));
    MlxArray expected = CpuKernels.using(CpuKernels.MLX, 1, product);
    assertArrayEquals(new int[] {256, 1, numbers}, expected.shape());
    for (int set : SETS) {
      MlxArray actual = CpuKernels.using(set, 1, product);
      assertTrue(actual.arrayEqual(expected, true).itemBoolean(), () -> "instructions " + set);
    }
  }

  @Test
  void manyRowsOfManyColumnsAreMultipliedPartByPart() {
    for (DType dtype : FLOATS) {
      Packed w = Packed.random(dtype, 64, 4, 2300, 512);
      MlxArray x = uniform(dtype, 1100, 512);
      assertProduct(() -> w.times(x, true), x, transposed(w.meaning()), "transposed");
      Packed v = Packed.random(dtype, 64, 4, 512, 2304);
      assertProduct(() -> v.times(x, false), x, v.meaning(), "not transposed");
    }
  }

  /** Each part of the inner numbers is summed by itself, also if several threads share a part. */
  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
  void sumsOfPartsOfTheInnerNumbers(DType dtype) {
    int inner = 1543;
    int outer = 1301;
    for (int[] size :
        new int[][] {
          {1, inner},
          {2, inner},
          {7, inner},
          {12, inner},
          {12, 400},
          {5, 300},
          {13, 300},
          {29, 129},
          {64, inner},
          {65, 300},
          {257, 130}
        }) {
      MlxArray a = uniform(dtype, size);
      MlxArray b = uniform(dtype, size[1], outer);
      MlxArray bias = uniform(dtype, outer);
      assertProduct(() -> a.matmul(b), a, b, size[0] + " rows");
      MlxArray wideA = a.astype(DType.FLOAT32);
      MlxArray wideB = b.astype(DType.FLOAT32);
      assertSum(
          () -> bias.addmm(a, b, 2, -1),
          wideA.matmul(wideB).multiply(2f).subtract(bias.astype(DType.FLOAT32)),
          wideA.abs().matmul(wideB.abs()).multiply(2f).add(bias.astype(DType.FLOAT32).abs()),
          size[0] + " rows, with a bias");
    }
    MlxArray stack = uniform(dtype, 3, inner, 512);
    MlxArray left = uniform(dtype, 3, 5, inner);
    assertProduct(() -> left.matmul(stack), left, stack, "a stack");
    MlxArray many = uniform(dtype, 3, 20, inner);
    assertProduct(() -> many.matmul(stack), many, stack, "a stack, many rows each");
    Packed w = Packed.random(dtype, 64, 4, inner, 1280);
    MlxArray x = uniform(dtype, 4, inner);
    assertProduct(() -> w.times(x, false), x, w.meaning(), "a quantized matrix");
    Packed v = Packed.random(dtype, 64, 4, 2, inner, 512);
    MlxArray y = uniform(dtype, 5, 1, inner);
    MlxArray matrices = MlxArray.of(new int[] {0, 0, 0, 1, 1}, 5).astype(DType.UINT32);
    assertProduct(
        () -> v.gathered(y, Ops.arange(5).astype(DType.UINT32), matrices, false),
        y,
        v.meaning().take(matrices, 0),
        "rows that name their matrices");
  }

  @Test
  void withoutKernelsMlxMultiplies() {
    MlxArray expected =
        PythonMlx.arrays(
                """
                x = mx.sin(mx.arange(3 * 128).reshape(3, 128))
                w = mx.cos(mx.arange(40 * 128).reshape(40, 128))
                out['y'] = mx.quantized_matmul(x, *mx.quantize(w), True)
                """)
            .get("y");
    MlxArray x = Ops.arange(3 * 128).reshape(3, 128).sin();
    Quantized w = Ops.arange(40 * 128).reshape(40, 128).cos().quantize();
    MlxArray actual =
        CpuKernels.using(
            CpuKernels.MLX,
            1,
            () -> evaluated(x.quantizedMatmul(w.w(), w.scales(), w.biases(), true)));
    assertTrue(actual.arrayEqual(expected).itemBoolean());
  }

  @Test
  void emptyProductsAreEmpty() {
    MlxArray nothing = evaluated(uniform(DType.FLOAT16, 1, 0).matmul(uniform(DType.FLOAT16, 0, 3)));
    assertEquals(0, nothing.abs().max().itemDouble());
    assertArrayEquals(
        new int[] {1, 0},
        evaluated(uniform(DType.FLOAT32, 1, 3).matmul(uniform(DType.FLOAT32, 3, 0))).shape());
  }

  // ---- rows, columns, half precision
  // ---------------------------------------------------------------

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
  void productsOfAllLayouts(DType dtype) {
    int[][] sizes = {
      {1, 1, 1},
      {1, 1, 9},
      {9, 1, 1},
      {1, 7, 1},
      {1, 33, 50},
      {50, 33, 1},
      {1, 2100, 70},
      {1, 70, 2100},
      {70, 2100, 1},
      {2100, 70, 1},
      {2, 40, 3},
      {12, 40, 2},
      {2, 700, 750},
      {11, 301, 333},
      {13, 65, 40},
      {40, 65, 13},
      {30, 1, 30},
      {30, 250, 300}
    };
    for (int[] size : sizes) {
      int rows = size[0];
      int inner = size[1];
      int columns = size[2];
      List<MlxArray> as =
          List.of(
              uniform(dtype, rows, inner),
              transposed(uniform(dtype, inner, rows)),
              uniform(dtype, rows + 2, inner + 3)
                  .get(Index.slice(1, rows + 1), Index.slice(2, inner + 2)),
              uniform(dtype, rows, 2 * inner).get(Index.all(), Index.slice(0, 2 * inner, 2)),
              uniform(dtype, rows, 1).broadcastTo(rows, inner));
      List<MlxArray> bs =
          List.of(
              uniform(dtype, inner, columns),
              transposed(uniform(dtype, columns, inner)),
              uniform(dtype, inner + 2, columns + 3)
                  .get(Index.slice(1, inner + 1), Index.slice(2, columns + 2)),
              transposed(
                  uniform(dtype, columns + 3, inner + 1)
                      .get(Index.slice(2, columns + 2), Index.slice(1, inner + 1))),
              uniform(dtype, inner, 1).broadcastTo(inner, columns));
      for (int i = 0; i < as.size(); i++) {
        for (int j = 0; j < bs.size(); j++) {
          MlxArray a = as.get(i);
          MlxArray b = bs.get(j);
          String what = "sizes %d %d %d, layouts %d %d".formatted(rows, inner, columns, i, j);
          assertProduct(() -> a.matmul(b), a, b, what);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
  void productsOfStacks(DType dtype) {
    MlxArray one = uniform(dtype, 3, 1, 37);
    MlxArray columns = uniform(dtype, 3, 37, 20);
    assertProduct(() -> one.matmul(columns), one, columns, "a row each");
    MlxArray rows = transposed(uniform(dtype, 3, 20, 37));
    assertProduct(() -> one.matmul(rows), one, rows, "transposed");
    MlxArray shared = uniform(dtype, 1, 37, 20);
    assertProduct(() -> one.matmul(shared), one, shared, "one matrix");
    MlxArray many = uniform(dtype, 14, 1, 37);
    assertProduct(() -> many.matmul(shared), many, shared, "one matrix and many rows");
    MlxArray line = uniform(dtype, 3, 20, 1);
    assertProduct(() -> columns.matmul(line), columns, line, "a column each");
    assertProduct(
        () -> transposed(rows).matmul(transposed(one)),
        transposed(rows),
        transposed(one),
        "both transposed");
    MlxArray some = uniform(dtype, 2, 3, 5, 37);
    assertProduct(() -> some.matmul(columns), some, columns, "some rows each");
    MlxArray heads = uniform(dtype, 40, 3, 37).swapaxes(0, 1);
    assertProduct(() -> heads.matmul(columns), heads, columns, "rows that lie apart");
  }

  /** Heads, whose rows are parts of longer ones, and other views, in batches and alone. */
  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
  void partsOfArrays(DType dtype) {
    MlxArray queries = uniform(dtype, 3, 20, 4, 24).transpose(0, 2, 1, 3);
    MlxArray keys = uniform(dtype, 3, 30, 4, 24).transpose(0, 2, 3, 1);
    MlxArray weights = uniform(dtype, 3, 4, 20, 30);
    MlxArray values = keys.swapaxes(-1, -2);
    assertProduct(() -> queries.matmul(keys), queries, keys, "heads");
    assertProduct(() -> weights.matmul(values), weights, values, "heads of values");
    MlxArray turned = weights.swapaxes(-1, -2);
    assertProduct(() -> turned.matmul(queries), turned, queries, "heads, transposed weights");
    MlxArray one = queries.get(Index.at(1), Index.at(2));
    MlxArray other = keys.get(Index.at(1), Index.at(2));
    assertProduct(() -> one.matmul(other), one, other, "one head");
    MlxArray shared = uniform(dtype, 1, 24, 17).broadcastTo(3, 4, 24, 17);
    assertProduct(() -> queries.matmul(shared), queries, shared, "one matrix for all heads");
    MlxArray wide = uniform(dtype, 50, 70);
    MlxArray rows = wide.get(Index.slice(3, 43, 2), Index.slice(5, 45));
    MlxArray backwards = wide.get(Index.slice(40, 0, -1), Index.slice(0, 33));
    MlxArray spread = wide.get(Index.slice(0, 40), Index.slice(0, 66, 2));
    assertProduct(() -> rows.matmul(backwards), rows, backwards, "rows in reverse order");
    assertProduct(() -> rows.matmul(spread), rows, spread, "every other column");
    MlxArray tall = backwards.transpose();
    assertProduct(() -> tall.matmul(spread), tall, spread, "reversed columns");
  }

  /** Products that BLAS divides among threads, one after the other. */
  @Test
  void partsOfLargeArrays() {
    MlxArray a = uniform(DType.FLOAT32, 2, 260, 2, 200).swapaxes(1, 2);
    MlxArray b = uniform(DType.FLOAT32, 2, 2, 210, 200).swapaxes(2, 3);
    assertProduct(() -> a.matmul(b), a, b, "large heads");
    MlxArray bias = uniform(DType.FLOAT32, 210);
    MlxArray one = a.get(Index.at(0), Index.at(1));
    MlxArray w = b.get(Index.at(0), Index.at(0));
    MlxArray product = one.matmul(w);
    assertSum(
        () -> bias.addmm(one, w, 1, 1),
        product.add(bias),
        one.abs().matmul(w.abs()).add(bias.abs()),
        "a layer with a bias");
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
  void sumsWithProducts(DType dtype) {
    for (int[] size :
        new int[][] {{1, 40, 30}, {30, 40, 1}, {3, 40, 30}, {20, 40, 30}, {1, 40, 1}}) {
      MlxArray a = uniform(dtype, 2, size[0], size[1]);
      MlxArray b = uniform(dtype, size[1], size[2]);
      for (MlxArray c :
          List.of(
              uniform(dtype, 2, size[0], size[2]),
              uniform(dtype, size[2]),
              transposed(uniform(dtype, size[2], size[0])),
              uniform(dtype))) {
        for (float[] factors : new float[][] {{1, 1}, {0.5f, -2}, {2, 0}, {0, 3}}) {
          MlxArray product = a.astype(DType.FLOAT32).matmul(b.astype(DType.FLOAT32));
          MlxArray terms = a.abs().astype(DType.FLOAT32).matmul(b.abs().astype(DType.FLOAT32));
          MlxArray wide = c.astype(DType.FLOAT32);
          assertSum(
              () -> c.addmm(a, b, factors[0], factors[1]),
              product.multiply(factors[0]).add(wide.multiply(factors[1])),
              terms.multiply(Math.abs(factors[0])).add(wide.multiply(factors[1]).abs()),
              "sizes %s, factors %s".formatted(List.of(size[0], size[1], size[2]), factors[0]));
        }
      }
    }
  }

  @Test
  void numbersThatAreNotFiniteStaySo() {
    for (DType dtype : FLOATS) {
      MlxArray w = Ops.ones(new int[] {40, 20}, dtype);
      for (int set : SETS) {
        for (float odd :
            new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
          MlxArray x = Ops.full(new int[] {1, 40}, odd, dtype);
          MlxArray y = CpuKernels.using(set, 1, () -> evaluated(x.matmul(w)));
          assertTrue(y.arrayEqual(Ops.full(new int[] {1, 20}, odd, dtype), true).itemBoolean());
        }
      }
    }
  }
}
