package org.mlx4j.operations;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.mlx4j.operations.CpuKernelsTest.BEST;
import static org.mlx4j.operations.CpuKernelsTest.MLX_ITSELF;
import static org.mlx4j.operations.CpuKernelsTest.use;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mlx4j.ArrayFunction;
import org.mlx4j.ArraysFunction;
import org.mlx4j.DType;
import org.mlx4j.Memory;
import org.mlx4j.MlxArray;
import org.mlx4j.MlxRandom;
import org.mlx4j.Scope;
import org.mlx4j.Transforms;
import org.mlx4j.internal.Library;

/** Reductions of rows are computed together with the element-wise operations around them. */
@EnabledOnOs(OS.LINUX)
class CpuRowsTest {
  @AfterEach
  void useTheUsual() {
    use(BEST, 0);
  }

  /** A function of x, a vector as long as its rows, and a column with a number for each of them. */
  private record Formula(String name, ArraysFunction function) {
    MlxArray of(MlxArray... xs) {
      try (Scope scope = Scope.open()) {
        return scope.keep(function.apply(xs)[0]);
      }
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private interface Three {
    MlxArray apply(MlxArray x, MlxArray vector, MlxArray column);
  }

  private static Formula formula(String name, Three f) {
    return new Formula(name, xs -> new MlxArray[] {f.apply(xs[0], xs[1], xs[2])});
  }

  private static MlxArray layerNorm(MlxArray x, MlxArray weight, MlxArray bias) {
    MlxArray scale = x.var(-1, true).add(1e-5).rsqrt();
    return x.subtract(x.mean(-1, true)).multiply(scale).multiply(weight).add(bias);
  }

  private static MlxArray exponents(MlxArray x) {
    return x.subtract(x.max(-1, true)).exp();
  }

  private static List<Formula> formulas() {
    return List.of(
        formula("layer norm", CpuRowsTest::layerNorm),
        formula(
            "RMS norm",
            (x, v, c) -> x.multiply(x.square().mean(-1, true).add(1e-5).rsqrt()).multiply(v)),
        formula("softmax", (x, v, c) -> exponents(x).divide(exponents(x).sum(-1, true))),
        formula(
            "logsumexp",
            (x, v, c) -> exponents(x).sum(-1, true).log().add(x.max(-1, true)).multiply(x)),
        formula("variance", (x, v, c) -> x.add(v).var(-1, true)),
        formula(
            "squares that are used twice",
            (x, v, c) -> {
              MlxArray squares = x.subtract(c).square();
              return squares.divide(squares.sum(-1, true).add(1));
            }),
        formula("squares of products", (x, v, c) -> x.multiply(c).square().sum(-1, true).add(v)),
        formula("distance to a vector", (x, v, c) -> x.subtract(v).square().mean(-1, true).add(c)),
        formula("squares without an axis", (x, v, c) -> c.subtract(x).square().sum(-1)),
        formula("sum without the axis", (x, v, c) -> x.multiply(v).sum(-1)),
        formula(
            "range",
            (x, v, c) -> {
              MlxArray least = x.min(-1, true);
              return x.subtract(least).divide(x.max(-1, true).subtract(least).add(1)).add(c);
            }),
        formula("product", (x, v, c) -> x.multiply(0.125).add(1).prod(-1, true).multiply(x)),
        formula(
            "centered twice",
            (x, v, c) -> {
              MlxArray y = x.subtract(x.multiply(c).mean(-1, true));
              return y.subtract(y.multiply(v).mean(-1, true)).multiply(c.add(1));
            }),
        formula(
            "mask",
            (x, v, c) -> {
              MlxArray kept = x.greater(c);
              MlxArray chosen = kept.where(x, MlxArray.scalar(0f).astype(x.dtype()));
              return chosen.divide(
                  chosen.abs().sum(-1, true).add(kept.astype(x.dtype()).sum(-1, true)).add(1));
            }),
        formula(
            "gradient of a softmax",
            (x, v, c) -> x.multiply(v.subtract(x.multiply(v).sum(-1, true)))),
        formula("constant in a row", (x, v, c) -> x.sum(-1, true).add(c).square().add(x)));
  }

  private static final int[][] SHAPES = {
    {1, 7}, {7, 1}, {2, 2}, {5, 3}, {17, 64}, {3, 4, 33}, {2, 1, 2, 11}, {40, 130}, {0, 4}, {4, 0}
  };

  static Stream<Arguments> cases() {
    return formulas().stream()
        .flatMap(
            formula ->
                Stream.of(DType.FLOAT32, DType.FLOAT16, DType.BFLOAT16)
                    .map(dtype -> Arguments.of(formula, dtype)));
  }

  private static MlxArray[] draw(DType dtype, int... shape) {
    int[] column = shape.clone();
    column[shape.length - 1] = 1;
    MlxArray key = MlxRandom.key(shape.length * 100L + shape[0]);
    MlxArray[] keys = MlxRandom.split(key, 3).split(3, 0);
    MlxArray[] drawn = new MlxArray[3];
    int[][] shapes = {shape, {shape[shape.length - 1]}, column};
    for (int i = 0; i < 3; i++) {
      drawn[i] = MlxRandom.normal(shapes[i], DType.FLOAT32, keys[i].squeeze()).astype(dtype);
      drawn[i].eval();
    }
    return drawn;
  }

  private static MlxArray transposed(MlxArray x) {
    MlxArray view = x.swapaxes(0, -1).contiguous().swapaxes(0, -1);
    view.eval();
    return view;
  }

  /** Few rows at a time, in blocks smaller than a row, and by several threads. */
  @ParameterizedTest
  @MethodSource("cases")
  void rowsAreThoseOfMlx(Formula formula, DType dtype) {
    for (int[] shape : SHAPES) {
      try (Scope scope = Scope.open()) {
        boolean empty = shape[shape.length - 1] == 0;
        if (empty && !formula.toString().startsWith("sum")) {
          continue; // an extreme of nothing
        }
        MlxArray[] given = draw(dtype, shape);
        MlxArray[] views = {transposed(given[0]), given[1], given[2]};
        use(MLX_ITSELF, 0);
        HostArray expected = HostArray.of(formula.of(given));
        Formula compiled =
            new Formula(formula + ", compiled", Transforms.compileArrays(formula.function()));
        Formula anySize =
            new Formula(formula + ", any size", Transforms.compileArrays(formula.function(), true));
        anySize.of(draw(dtype, 3, 2)).eval();
        for (int instructions = 0; instructions <= BEST; instructions++) {
          for (int block : new int[] {0, 3, 64}) {
            use(instructions, block);
            for (Formula f : List.of(formula, compiled, anySize)) {
              assertClose(f, expected, f.of(given), dtype);
              assertClose(f, expected, f.of(views), dtype);
            }
          }
        }
      }
    }
  }

  private static void assertClose(Formula f, HostArray expected, MlxArray actual, DType dtype) {
    double tolerance = dtype == DType.FLOAT32 ? 2e-5 : dtype == DType.FLOAT16 ? 2e-2 : 1e-1;
    HostArray.of(actual)
        .differenceFrom(expected, tolerance)
        .ifPresent(difference -> fail(f + ": " + difference));
  }

  /** The rows of a large array, divided among threads, and mathematics in float64. */
  @ParameterizedTest
  @MethodSource("longRows")
  void largeArraysAreRight(int rows, int length) {
    try (Scope scope = Scope.open()) {
      MlxArray[] given = draw(DType.FLOAT32, rows, length);
      float[] x = given[0].toFloatArray();
      float[] weight = given[1].toFloatArray();
      float[] bias = given[2].toFloatArray();
      int before = Library.chainsFusedForCpu();
      Formula norm = formulas().get(0);
      float[] eager = norm.of(given).toFloatArray();
      float[] compiled =
          new Formula("", Transforms.compileArrays(norm.function())).of(given).toFloatArray();
      assertEquals(before + 2, Library.chainsFusedForCpu());
      for (int row = 0; row < rows; row++) {
        double mean = 0;
        for (int i = 0; i < length; i++) {
          mean += x[row * length + i];
        }
        mean /= length;
        double variance = 0;
        for (int i = 0; i < length; i++) {
          variance += Math.pow(x[row * length + i] - mean, 2);
        }
        variance /= length;
        for (int i = 0; i < length; i++) {
          int at = row * length + i;
          double expected = (x[at] - mean) / Math.sqrt(variance + 1e-5) * weight[i] + bias[row];
          assertEquals(expected, eager[at], 2e-5);
          assertEquals(expected, compiled[at], 2e-5);
        }
      }
    }
  }

  static Stream<Arguments> longRows() {
    return Stream.of(
        Arguments.of(1000, 1000),
        Arguments.of(16, 10_001),
        Arguments.of(3001, 33),
        Arguments.of(20_000, 8));
  }

  /**
   * Sums of what is never negative have an error of a unit in the last place, others of half a
   * unit.
   */
  @ParameterizedTest
  @ValueSource(ints = {5, 8, 31, 127, 128, 200, 1003, 40_000})
  void sumsOfSquaresAreRight(int length) {
    int rows = Math.max(16, 80_000 / length);
    float[] x = new float[rows * length];
    double[] expected = new double[rows];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) (Math.sin(i) * Math.exp(8 * Math.cos(0.37 * i)));
      expected[i / length] += x[i] * x[i];
    }
    for (int instructions = 0; instructions <= BEST; instructions++) {
      use(instructions, 0);
      try (Scope scope = Scope.open()) {
        MlxArray given = MlxArray.of(x, rows, length);
        int before = Library.chainsFusedForCpu();
        float[] squares = sumOf(given, MlxArray::square);
        float[] negative = sumOf(given, a -> a.square().negative());
        assertEquals(before + 2, Library.chainsFusedForCpu());
        for (int row = 0; row < rows; row++) {
          assertEquals(expected[row], squares[row], 0x1p-22 * expected[row]);
          assertEquals(-expected[row], negative[row], 0x1p-24 * expected[row]);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 8, 31, 127, 128, 200, 1003, 40_000})
  void sumsOfSquaredDifferencesAreRight(int length) {
    int rows = Math.max(16, 80_000 / length);
    float[] x = new float[rows * length];
    float[] shifts = new float[rows];
    double[] fromShift = new double[rows];
    double[] fromThree = new double[rows];
    for (int row = 0; row < rows; row++) {
      shifts[row] = (float) Math.exp(4 * Math.cos(row));
      for (int i = row * length; i < (row + 1) * length; i++) {
        x[i] = shifts[row] + (float) (Math.sin(i) * Math.exp(8 * Math.cos(0.37 * i)));
        fromShift[row] += Math.pow(x[i] - shifts[row], 2);
        fromThree[row] += Math.pow(x[i] - 3f, 2);
      }
    }
    for (int instructions = 0; instructions <= BEST; instructions++) {
      for (int block : new int[] {0, 96}) {
        use(instructions, block);
        try (Scope scope = Scope.open()) {
          MlxArray given = MlxArray.of(x, rows, length);
          MlxArray column = MlxArray.of(shifts, rows, 1);
          int before = Library.chainsFusedForCpu();
          float[] some = sumOf(given, a -> a.subtract(column).square());
          float[] others = sumOf(given, a -> a.subtract(3.0).square());
          assertEquals(before + 2, Library.chainsFusedForCpu());
          for (int row = 0; row < rows; row++) {
            assertEquals(fromShift[row], some[row], 0x1p-22 * fromShift[row]);
            assertEquals(fromThree[row], others[row], 0x1p-22 * fromThree[row]);
          }
        }
      }
    }
  }

  @Test
  void squaredDifferencesOverflowAndAreNotNumbersAsOthers() {
    float[] x = new float[16 * 1000];
    float[] shifts = new float[16];
    x[500] = Float.NaN;
    shifts[1] = Float.NaN;
    shifts[2] = Float.POSITIVE_INFINITY;
    shifts[3] = Float.NEGATIVE_INFINITY;
    x[3100] = Float.NEGATIVE_INFINITY;
    shifts[4] = 0x1p64f;
    shifts[5] = 2;
    try (Scope scope = Scope.open()) {
      MlxArray column = MlxArray.of(shifts, 16, 1);
      float[] sums = sumOf(MlxArray.of(x, 16, 1000), a -> a.subtract(column).square());
      float infinite = Float.POSITIVE_INFINITY;
      assertArrayEquals(
          new float[] {Float.NaN, Float.NaN, infinite, Float.NaN, infinite, 4000, 0},
          Arrays.copyOf(sums, 7));
    }
  }

  @Test
  void sumsOfSquaresOverflowAndAreNotNumbersAsOthers() {
    float[] x = new float[16 * 5000];
    Arrays.fill(x, 1);
    x[4999] = Float.NaN;
    x[5000] = Float.NEGATIVE_INFINITY;
    x[12_345] = 0x1p65f;
    Arrays.fill(x, 15_000, 20_000, 0x1p60f);
    try (Scope scope = Scope.open()) {
      float[] sums = sumOf(MlxArray.of(x, 16, 5000), MlxArray::square);
      assertArrayEquals(
          new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.POSITIVE_INFINITY},
          Arrays.copyOf(sums, 3));
      assertEquals(Float.POSITIVE_INFINITY, sums[3]);
      assertEquals(5000, sums[4]);
    }
  }

  private static float[] sumOf(MlxArray x, UnaryOperator<MlxArray> f) {
    try (Scope scope = Scope.open()) {
      MlxArray sum;
      try (Scope inner = Scope.open()) {
        sum = inner.keep(f.apply(x).sum(-1, true));
      }
      return sum.toFloatArray();
    }
  }

  private static MlxArray[] twice(MlxArray x, boolean held) {
    try (Scope scope = Scope.open()) {
      MlxArray sum = x.exp().sum(-1, true);
      MlxArray last = scope.keep(x.exp().divide(sum));
      return held ? new MlxArray[] {last, scope.keep(sum)} : new MlxArray[] {last};
    }
  }

  @Test
  void whatIsHeldIsComputed() {
    try (Scope scope = Scope.open()) {
      MlxArray x = draw(DType.FLOAT32, 500, 300)[0];
      MlxArray[] results = twice(x, true);
      MlxArray one = results[0].sum(-1, true);
      for (float sum : one.toFloatArray()) {
        assertEquals(1, sum, 1e-5);
      }
      float[] sums = results[1].toFloatArray();
      float[] expected = x.exp().sum(-1, true).toFloatArray();
      for (int i = 0; i < sums.length; i++) {
        assertEquals(expected[i], sums[i], 1e-3);
      }
    }
  }

  /** Too few rows to divide, rows that are too long for the cache, and sums of all elements. */
  @Test
  void otherShapesAreRightAsWell() {
    try (Scope scope = Scope.open()) {
      for (int[] shape : new int[][] {{2, 100_000}, {20, 50_000}, {1, 200_000}}) {
        MlxArray x = draw(DType.FLOAT32, shape)[0];
        for (float sum : twice(x, false)[0].sum(-1).toFloatArray()) {
          assertEquals(1, sum, 1e-4);
        }
      }
      MlxArray x = draw(DType.FLOAT32, 300, 400)[0];
      MlxArray share;
      try (Scope inner = Scope.open()) {
        share = inner.keep(x.exp().divide(x.exp().sum()));
      }
      assertEquals(1, share.sum().itemFloat(), 1e-4);
    }
  }

  /** The output may lie where the input lay, which every reduction has read by then. */
  @Test
  void memoryOfAnInputIsUsedOnlyOnceItIsRead() {
    for (int block : new int[] {0, 100}) {
      use(BEST, block);
      try (Scope scope = Scope.open()) {
        MlxArray kept = draw(DType.FLOAT32, 300, 257)[0];
        float[] expected = formulas().get(2).of(kept, kept, kept).toFloatArray();
        MlxArray given = kept.multiply(1);
        given.eval();
        MlxArray result = formulas().get(2).of(given, given, given);
        given.close();
        assertArrayEquals(expected, result.toFloatArray());
      }
    }
  }

  @Test
  void derivativesAreThoseOfMlx() {
    try (Scope scope = Scope.open()) {
      List<HostArray> gradients = new ArrayList<>();
      for (int instructions : new int[] {MLX_ITSELF, BEST}) {
        use(instructions, 0);
        for (boolean compiled : new boolean[] {false, true}) {
          MlxArray[] given = draw(DType.FLOAT32, 700, 100);
          ArrayFunction gradient =
              Transforms.grad(
                  x -> layerNorm(x, given[1], given[2]).multiply(given[0]).square().sum());
          ArrayFunction f = compiled ? Transforms.compile(gradient) : gradient;
          gradients.add(HostArray.of(f.apply(given[0])));
        }
      }
      for (HostArray gradient : gradients) {
        gradient.differenceFrom(gradients.get(0), 1e-3).ifPresent(d -> fail(d));
      }
    }
  }

  /** Gradients of a pending result are those of its operations, also if computing it has failed. */
  @Test
  void rowsThatCouldNotBeComputedConsistOfTheirOperations() {
    try (Scope scope = Scope.open()) {
      MlxArray[] given = draw(DType.FLOAT32, 500, 300);
      Formula norm = formulas().get(0);
      Formula compiled = new Formula("compiled", Transforms.compileArrays(norm.function()));
      HostArray expected = HostArray.of(norm.of(given));
      for (Formula f : List.of(norm, compiled)) {
        MlxArray last = f.of(given);
        long limit = Memory.setMemoryLimit(1);
        try {
          last.eval();
          fail("there is no memory for the result");
        } catch (OutOfMemoryError refused) {
          // as it should be
        } finally {
          Memory.setMemoryLimit(limit);
        }
        MlxArray sum =
            Transforms.compile((ArrayFunction) v -> v.add(last)).apply(given[0].multiply(0));
        for (MlxArray result : List.of(sum, last)) {
          HostArray.of(result).differenceFrom(expected, 1e-5).ifPresent(d -> fail(d));
        }
      }
    }
  }
}
