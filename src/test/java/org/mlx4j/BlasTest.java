package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.mlx4j.internal.Library;

/** The library that multiplies matrices on the CPU of Linux. */
@EnabledOnOs(OS.LINUX)
@ExtendWith(InScope.class)
class BlasTest {
  /** Prints the library that computes, and computes with it. */
  static final class Program {
    private Program() {}

    public static void main(String[] arguments) {
      try (Scope scope = Scope.open()) {
        MlxArray product = Ops.ones(new int[] {64, 32}).matmul(Ops.ones(new int[] {32, 48}));
        System.out.println(product.min().itemFloat() + " " + product.max().itemFloat());
        System.out.println(Library.blas());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "-Dmlx4j.blas=openblas, OpenBLAS",
    "-Dmlx4j.blas=reference, reference BLAS",
    "-Dmlx4j.threads=1, ', 1 threads'",
    "-XX:ActiveProcessorCount=1, ', 1 threads'"
  })
  void anOptionChooses(String option, String expected) throws Exception {
    String printed = ChildJvm.run(Program.class, Duration.ofMinutes(2), Map.of(), List.of(option));
    assertTrue(printed.startsWith("32.0 32.0"), printed);
    assertTrue(printed.contains(expected), printed);
  }

  @Test
  void theUsersVariablesOfOpenBlasStay() throws Exception {
    String printed = ChildJvm.run(Program.class, Map.of("OPENBLAS_NUM_THREADS", "1"));
    assertTrue(printed.contains(", 1 threads"), printed);
  }

  /**
   * Prints a hash of the results of products, all of which are large enough for several threads.
   */
  static final class LargeProducts {
    private LargeProducts() {}

    public static void main(String[] arguments) {
      Library.assumeIdleProcessors(Integer.MAX_VALUE);
      int[][] shapes = {
        {1024, 512, 256},
        {256, 300, 1023},
        {2000, 65, 130},
        {130, 777, 700},
        {129, 4099, 127},
        {64, 20_000, 64}
      };
      try (Scope scope = Scope.open();
          StreamScope stream = StreamScope.open(Device.cpu())) {
        for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64, DType.COMPLEX64)) {
          for (int[] shape : shapes) {
            MlxArray a = numbers(shape[0], shape[1], dtype);
            MlxArray b = numbers(shape[1], shape[2], dtype);
            MlxArray product = a.matmul(b);
            System.out.println(dtype + Arrays.toString(shape) + hash(product));
            System.out.println(hash(turned(a).matmul(b)) + hash(a.matmul(turned(b))));
            System.out.println(hash(turned(a).matmul(turned(b))));
            System.out.println(hash(product.addmm(a, b, 0.5f, 2f)));
          }
        }
      }
    }

    private static MlxArray numbers(int rows, int columns, DType dtype) {
      MlxArray x = Ops.arange(rows * columns).reshape(rows, columns).astype(dtype);
      return dtype == DType.COMPLEX64
          ? x.sin().add(x.cos().multiply(MlxArray.of(new Complex64(0, 1))))
          : x.sin();
    }

    private static MlxArray turned(MlxArray x) {
      return x.T().add(0).T();
    }

    private static String hash(MlxArray x) {
      MlxArray flat = x.dtype() == DType.COMPLEX64 ? x.view(DType.FLOAT32) : x;
      return " " + Arrays.hashCode(flat.astype(DType.FLOAT64).toDoubleArray());
    }
  }

  @Test
  void aProductDoesNotDependOnTheNumberOfThreads() throws Exception {
    String alone = products("-Dmlx4j.threads=1");
    assertEquals(18 * 4, alone.lines().count(), alone);
    for (int threads : new int[] {2, 3, 7}) {
      assertEquals(alone, products("-Dmlx4j.threads=" + threads), threads + " threads");
    }
  }

  private static String products(String option) throws Exception {
    return ChildJvm.run(LargeProducts.class, Duration.ofMinutes(5), Map.of(), List.of(option));
  }

  /** Prints the error message for an invalid option. */
  static final class Misuse {
    private Misuse() {}

    public static void main(String[] arguments) {
      try {
        Library.load();
      } catch (UnsatisfiedLinkError error) {
        System.out.println(error.getCause());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "-Dmlx4j.blas=mkl, -Dmlx4j.blas=mkl: openblas or reference is expected",
    "-Dmlx4j.cpu=fast, '-Dmlx4j.cpu=fast: auto, avx512, avx2, baseline or mlx is expected'",
    "-Dmlx4j.threads=0, -Dmlx4j.threads=0: at least 1 is expected"
  })
  void anOptionThatMakesNoSenseIsRefused(String option, String message) throws Exception {
    String printed = ChildJvm.run(Misuse.class, Duration.ofMinutes(2), Map.of(), List.of(option));
    assertEquals("java.lang.IllegalArgumentException: " + message, printed.strip());
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT16", "BFLOAT16"})
  void halfPrecisionIsMultipliedInSinglePrecisionAndRoundedOnce(DType half) {
    MlxArray a = MlxRandom.normal(new int[] {2, 65, 130}).astype(half);
    MlxArray b = MlxRandom.normal(new int[] {130, 33}).astype(half);
    MlxArray product = a.matmul(b);
    assertEquals(half, product.dtype());
    MlxArray expected = a.astype(DType.FLOAT32).matmul(b.astype(DType.FLOAT32)).astype(half);
    assertArrayEquals(expected.toFloatArray(), product.toFloatArray());
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT16", "BFLOAT16"})
  void halfPrecisionMultipliesAndAddsInSinglePrecision(DType half) {
    MlxArray a = MlxRandom.normal(new int[] {65, 130}).astype(half);
    MlxArray b = MlxRandom.normal(new int[] {130, 33}).astype(half);
    MlxArray c = MlxRandom.normal(new int[] {33}).astype(half);
    MlxArray sum = c.addmm(a, b, 0.5f, 2f);
    assertEquals(half, sum.dtype());
    MlxArray expected =
        a.astype(DType.FLOAT32)
            .matmul(b.astype(DType.FLOAT32))
            .multiply(0.5f)
            .add(c.astype(DType.FLOAT32).multiply(2f));
    MlxArray error = sum.astype(DType.FLOAT32).subtract(expected).abs();
    MlxArray allowed = expected.abs().maximum(1f).multiply(half == DType.FLOAT16 ? 1e-3f : 8e-3f);
    assertTrue(error.lessEqual(allowed).all().itemBoolean());
  }

  @Test
  void gradientsThroughHalfPrecisionHaveItsType() {
    MlxArray x = MlxRandom.normal(new int[] {32, 32}).astype(DType.FLOAT16);
    MlxArray y = MlxRandom.normal(new int[] {32, 32}).astype(DType.FLOAT16);
    MlxArray gradient = Transforms.grad(a -> a.matmul(y).sum()).apply(x);
    assertEquals(DType.FLOAT16, gradient.dtype());
    float[] expected = y.astype(DType.FLOAT32).sum(1).toFloatArray();
    assertArrayEquals(expected, gradient.get(Index.at(3)).toFloatArray(), 0.02f);
  }
}
