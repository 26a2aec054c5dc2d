package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mlx4j.internal.Library;

/**
 * Products of float32 matrices that are large enough to be packed: with the vector instructions of
 * the processor, with its matrix unit if it has one, and with BLAS, they are as precise as float32
 * allows, for all numbers.
 */
@EnabledOnOs(OS.LINUX)
@ExtendWith(InScope.class)
class LargeProductsTest {
  /** What one product and one sum of float32 may be off, relative to their sizes. */
  private static final double EPSILON = 0x1p-24;

  /** The most that the smallest number that is not denormal contributes to a sum. */
  private static final double SMALLEST = 0x1p-126;

  private static final int[] SETS = {
    CpuKernels.BASELINE, CpuKernels.AVX2, CpuKernels.AVX512, CpuKernels.BEST
  };

  private final Random random = new Random(20);

  private float[] normal(int n) {
    float[] numbers = new float[n];
    for (int i = 0; i < n; ++i) {
      numbers[i] = (float) random.nextGaussian();
    }
    return numbers;
  }

  /** Numbers of which {@code parts} parts of eight bits each make up the whole. */
  private float[] ofParts(int n, int parts) {
    float[] numbers = normal(n);
    for (int i = 0; i < n; ++i) {
      numbers[i] =
          switch (parts) {
            case 1 -> Float.intBitsToFloat(Float.floatToIntBits(numbers[i]) & 0xffff0000);
            case 2 -> Float.intBitsToFloat(Float.floatToIntBits(numbers[i]) & 0xffffff00);
            default -> numbers[i];
          };
    }
    return numbers;
  }

  /** A matrix in row-major order, or, with the same numbers, in column-major order. */
  private static MlxArray matrix(float[] numbers, int rows, int columns, boolean transposed) {
    MlxArray a = MlxArray.of(numbers, rows, columns);
    return transposed ? a.T().add(0).T() : a;
  }

  /** Checks a product, from the sums of float64 and those of the sizes of their terms. */
  private static void assertProduct(float[] a, float[] b, int m, int k, int n, float[] product) {
    double rounding = 4 * EPSILON + Math.sqrt(k) * EPSILON;
    for (int i = 0; i < m; ++i) {
      for (int j = 0; j < n; ++j) {
        double sum = 0;
        double sizes = 0;
        for (int l = 0; l < k; ++l) {
          double term = (double) a[i * k + l] * b[l * n + j];
          sum += term;
          sizes += Math.abs(term);
        }
        double actual = product[i * n + j];
        if (!Float.isFinite((float) sum)) {
          assertEquals((float) sum, actual, "[" + i + ", " + j + "]");
        } else {
          double off = Math.abs(actual - sum);
          double allowed = rounding * sizes + k * SMALLEST;
          int row = i;
          int column = j;
          assertTrue(
              off <= allowed, () -> "[" + row + ", " + column + "]: off by " + off / allowed);
        }
      }
    }
  }

  private static void assertProduct(float[] a, float[] b, int m, int k, int n) {
    for (int set : SETS) {
      for (int layout = 0; layout < 4; ++layout) {
        MlxArray left = matrix(a, m, k, (layout & 1) != 0);
        MlxArray right = matrix(b, k, n, (layout & 2) != 0);
        float[] product = CpuKernels.using(set, 1, () -> left.matmul(right).toFloatArray());
        assertProduct(a, b, m, k, n, product);
        float[] together = CpuKernels.using(set, 3, () -> left.matmul(right).toFloatArray());
        assertArrayEquals(product, together);
      }
    }
  }

  static Stream<Arguments> shapes() {
    return Stream.of(
        Arguments.of(96, 96, 96),
        Arguments.of(61, 253, 62), // edges everywhere
        Arguments.of(137, 253, 126),
        Arguments.of(9, 700, 420), // few rows
        Arguments.of(321, 289, 353), // one more than whole tiles and blocks of the inner dimension
        Arguments.of(95, 63, 127), // one less
        Arguments.of(62, 600, 62), // several blocks of the inner dimension
        Arguments.of(70, 1100, 62),
        Arguments.of(64, 63, 1100), // several blocks of columns
        Arguments.of(700, 64, 62),
        Arguments.of(400, 300, 420), // for several threads
        Arguments.of(1060, 280, 120)); // whose threads take rows
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void allShapesAndLayoutsArePrecise(int m, int k, int n) {
    assertProduct(normal(m * k), normal(k * n), m, k, n);
  }

  /**
   * Each set adds up in an order of its own where it computes the product. Otherwise the tests
   * would compare BLAS with itself.
   */
  @ParameterizedTest
  @CsvSource({"avx2, 0, 1", "avx512bw, 0, 2", "amx_bf16, 2, 3"})
  void theBestInstructionsAreUsed(String flag, int others, int set) throws IOException {
    assumeTrue(Files.readString(Path.of("/proc/cpuinfo")).contains(" " + flag + " "));
    MlxArray a = MlxArray.of(normal(700 * 700), 700, 700);
    float[] expected = CpuKernels.using(others, 1, () -> a.matmul(a).toFloatArray());
    float[] product = CpuKernels.using(set, 1, () -> a.matmul(a).toFloatArray());
    assertFalse(Arrays.equals(expected, product));
  }

  static Stream<Arguments> parts() {
    return Stream.of(1, 2, 3).flatMap(a -> Stream.of(1, 2, 3).map(b -> Arguments.of(a, b)));
  }

  @ParameterizedTest
  @MethodSource("parts")
  void numbersWithFewBitsArePrecise(int left, int right) {
    assertProduct(ofParts(94 * 90, left), ofParts(90 * 95, right), 94, 90, 95);
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT16", "BFLOAT16"})
  void halfPrecisionIsRoundedOnce(DType half) {
    MlxArray a = MlxRandom.normal(new int[] {158, 300}, MlxRandom.key(1)).astype(half);
    MlxArray b = MlxRandom.normal(new int[] {300, 158}, MlxRandom.key(2)).astype(half);
    float[] product = a.matmul(b).toFloatArray();
    MlxArray exact = a.astype(DType.FLOAT64).matmul(b.astype(DType.FLOAT64));
    double[] expected = exact.toDoubleArray();
    double digits = half == DType.FLOAT16 ? 0x1p-11 : 0x1p-8;
    for (int i = 0; i < product.length; ++i) {
      assertEquals(expected[i], product[i], Math.abs(expected[i]) * digits * 1.01 + 1e-5);
    }
  }

  /** What does not fit into three parts, or is too small for the unit, among ordinary numbers. */
  @ParameterizedTest
  @ValueSource(
      floats = {
        Float.NaN,
        Float.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY,
        Float.MAX_VALUE,
        -Float.MAX_VALUE,
        3.3895314e38f, // the largest bfloat16 number
        Float.MIN_NORMAL,
        Float.MIN_VALUE,
        -1.2345e-40f,
        1.2345678e-33f,
        1.2345678e-36f,
        -0.0f
      })
  void aRareNumberHasItsEffectAndNoOther(float number) {
    int m = 134;
    int k = 136;
    int n = 130;
    for (int at : new int[] {0, 37 * 136 + 50, 130 * 136 - 1}) {
      float[] a = normal(m * k);
      a[at] = number;
      float[] b = normal(k * n);
      assertProduct(a, b, m, k, n);
      b[at] = number;
      assertProduct(normal(m * k), b, m, k, n);
    }
  }

  @Test
  void tinyNumbersKeepTheirDigits() {
    int n = 136;
    float[] a = normal(n * n);
    for (int i = 0; i < a.length; ++i) {
      a[i] *= 0x1p-122f;
    }
    float[] b = normal(n * n);
    for (int i = 0; i < b.length; ++i) {
      b[i] *= 0x1p60f;
    }
    assertProduct(a, b, n, n, n);
  }

  @Test
  void zerosGiveZero() {
    float[] product =
        Ops.zeros(new int[] {136, 134}).matmul(Ops.ones(new int[] {134, 135})).toFloatArray();
    assertArrayEquals(new float[136 * 135], product);
  }

  @ParameterizedTest
  @ValueSource(ints = {150, 600})
  void aProductIsAddedToAMatrix(int k) {
    int m = 126;
    int n = 125;
    float[] a = normal(m * k);
    float[] b = normal(k * n);
    float[] c = normal(m * n);
    for (int set : SETS) {
      float[] sum =
          CpuKernels.using(
              set,
              1,
              () ->
                  MlxArray.of(c, m, n)
                      .addmm(MlxArray.of(a, m, k), MlxArray.of(b, k, n), 0.5f, -2f)
                      .toFloatArray());
      float[] product = new float[m * n];
      for (int i = 0; i < product.length; ++i) {
        product[i] = (sum[i] + 2 * c[i]) / 0.5f;
      }
      for (int i = 0; i < m; ++i) {
        for (int j = 0; j < n; ++j) {
          double expected = 0;
          for (int l = 0; l < k; ++l) {
            expected += (double) a[i * k + l] * b[l * n + j];
          }
          assertEquals(expected, product[i * n + j], 1e-4 * Math.sqrt(k));
        }
      }
      float[] ignored = new float[m * n];
      Arrays.fill(ignored, Float.NaN);
      float[] withoutC =
          CpuKernels.using(
              set,
              1,
              () ->
                  MlxArray.of(ignored, m, n)
                      .addmm(MlxArray.of(a, m, k), MlxArray.of(b, k, n), 1f, 0f)
                      .toFloatArray());
      assertProduct(a, b, m, k, n, withoutC);
    }
  }

  /** BLAS multiplies if there is no memory for packing, and one thread if there is only for one. */
  @Test
  void littleMemoryForPacking() {
    MlxArray a = MlxArray.of(normal(700 * 700), 700, 700);
    MlxArray b = MlxArray.of(normal(700 * 700), 700, 700);
    float[] ofBlas = CpuKernels.using(CpuKernels.BASELINE, 1, () -> a.matmul(b).toFloatArray());
    for (int set : SETS) {
      float[] expected = CpuKernels.using(set, 3, () -> a.matmul(b).toFloatArray());
      try {
        for (int threads : new int[] {1, 3}) {
          Library.limitWorkspaces(0);
          assertArrayEquals(
              ofBlas, CpuKernels.using(set, threads, () -> a.matmul(b).toFloatArray()));
          Library.limitWorkspaces(1);
          assertArrayEquals(
              expected, CpuKernels.using(set, threads, () -> a.matmul(b).toFloatArray()));
        }
      } finally {
        Library.limitWorkspaces(-1);
      }
    }
  }

  /** As in BLAS, the factors are not read, so NaN in them has no effect. */
  @Test
  void withoutTheProductOnlyTheMatrixIsLeft() {
    int n = 140;
    float[] c = normal(n * n);
    float[] halves = new float[n * n];
    for (int i = 0; i < halves.length; ++i) {
      halves[i] = c[i] / 2;
    }
    MlxArray nan = Ops.full(new int[] {n, n}, Float.NaN);
    for (int set : SETS) {
      float[] sum =
          CpuKernels.using(
              set, 1, () -> MlxArray.of(c, n, n).addmm(nan, nan, 0f, 0.5f).toFloatArray());
      assertArrayEquals(halves, sum);
    }
  }
}
