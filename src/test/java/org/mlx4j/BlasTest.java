package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
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
    "-Dmlx4j.cpu=fast, '-Dmlx4j.cpu=fast: auto, avx2, baseline or mlx is expected'",
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
