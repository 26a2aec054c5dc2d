package org.mlx4j.operations;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.mlx4j.ArrayBiFunction;
import org.mlx4j.ArrayFunction;
import org.mlx4j.ArraysFunction;
import org.mlx4j.DType;
import org.mlx4j.Device;
import org.mlx4j.Index;
import org.mlx4j.Memory;
import org.mlx4j.MlxArray;
import org.mlx4j.MlxRandom;
import org.mlx4j.Ops;
import org.mlx4j.Scope;
import org.mlx4j.StreamScope;
import org.mlx4j.Transforms;
import org.mlx4j.internal.Library;
import org.mlx4j.operations.Operation.Variant;

/**
 * The kernels that compute on the CPU of Linux give what MLX itself gives, with each set of
 * instructions and where arrays begin and end anywhere in a block, and are more precise.
 */
@EnabledOnOs(OS.LINUX)
class CpuKernelsTest {
  static final int MLX_ITSELF = -1;
  static final int BEST = 3;

  /** So small that the arrays of the table have several blocks. */
  private static final int SMALL_BLOCK = 5;

  @AfterEach
  void useTheUsual() {
    use(BEST, 0);
  }

  static void use(int instructions, int block) {
    int several = block > 0 ? 3 : Runtime.getRuntime().availableProcessors();
    Library.useCpu(instructions, instructions == BEST ? several : 1);
    Library.assumeIdleProcessors(block > 0 ? Integer.MAX_VALUE : -1);
    Library.limitCpuBlocks(block);
  }

  // ---- the table of operations
  // --------------------------------------------------------------------

  static Stream<Operation> elementsAndReductions() {
    return Stream.concat(ElementwiseRows.rows(), ReductionRows.rows())
        .filter(operation -> operation.traceRefusal() == null)
        .filter(operation -> !operation.toString().equals("sum of many")); // which MLX rounds
  }

  /** With each dtype and each set of instructions. */
  @ParameterizedTest
  @MethodSource("elementsAndReductions")
  void resultsAreThoseOfMlx(Operation operation) {
    operation
        .variants()
        .forEach(
            variant -> {
              for (int instructions = 0; instructions <= BEST; instructions++) {
                assertResultsAreThoseOfMlx(variant, instructions);
              }
            });
  }

  static Stream<Operation> others() {
    return Operations.all()
        .filter(operation -> operation.backendRefusal() == null)
        .filter(operation -> operation.traceRefusal() == null);
  }

  @ParameterizedTest
  @MethodSource({"others", "org.mlx4j.operations.Compositions#all"})
  void resultsOfAllOperationsAreThoseOfMlx(Operation operation) {
    assertResultsAreThoseOfMlx(operation.main(), BEST);
  }

  private static void assertResultsAreThoseOfMlx(Variant variant, int instructions) {
    HostArray[] inputs = variant.draw(0);
    use(MLX_ITSELF, 0);
    Optional<HostArray[]> expected = compute(variant, variant.operation()::apply, false, inputs);
    Optional<HostArray[]> ofViews = compute(variant, variant.operation()::apply, true, inputs);
    use(instructions, SMALL_BLOCK);
    int before = Library.unfusedOnCpu();
    String set = variant + " with instructions " + instructions;
    ArraysFunction plain = variant.operation()::apply;
    assertSame(variant, set, expected, compute(variant, plain, false, inputs));
    assertSame(variant, set + ", views", ofViews, compute(variant, plain, true, inputs));
    ArraysFunction chain = nothingHeld(inAChain(plain));
    assertSame(variant, set + ", in a chain", expected, compute(variant, chain, false, inputs));
    assertSame(variant, set + ", views in a chain", ofViews, compute(variant, chain, true, inputs));
    ArraysFunction compiled = Transforms.compileArrays(inAChain(plain));
    assertSame(variant, set + ", fused", expected, compute(variant, compiled, false, inputs));
    assertSame(variant, set + ", fused views", ofViews, compute(variant, compiled, true, inputs));
    assertEquals(before, Library.unfusedOnCpu(), () -> set + " has no kernel");
  }

  /**
   * The same function, between operations that change nothing, so that there is something to fuse.
   */
  private static ArraysFunction inAChain(ArraysFunction f) {
    return xs ->
        Arrays.stream(f.apply(Arrays.stream(xs).map(CpuKernelsTest::same).toArray(MlxArray[]::new)))
            .map(CpuKernelsTest::same)
            .toArray(MlxArray[]::new);
  }

  /** The same function, whose intermediate results are closed before anything is computed. */
  private static ArraysFunction nothingHeld(ArraysFunction f) {
    return xs -> {
      try (Scope scope = Scope.open()) {
        return scope.keep(f.apply(xs));
      }
    };
  }

  private static MlxArray same(MlxArray x) {
    return MlxArray.scalar(true).where(x, x);
  }

  private static MlxArray view(MlxArray x) {
    if (x.ndim() == 0 || x.size() == 0) {
      return x;
    }
    MlxArray view = x.repeat(2, -1).get(Index.ellipsis(), Index.slice(null, null, 2));
    view.eval();
    return x.ndim() < 2 ? view : view.T().contiguous().T();
  }

  /** Empty if the function refuses such arguments. */
  private static Optional<HostArray[]> compute(
      Variant variant, ArraysFunction f, boolean views, HostArray... inputs) {
    return variant.run(
        () -> {
          try {
            MlxArray[] arguments = HostArray.allToMlx(inputs);
            if (views) {
              arguments =
                  Arrays.stream(arguments).map(CpuKernelsTest::view).toArray(MlxArray[]::new);
            }
            return Optional.of(HostArray.allOf(f.apply(arguments)));
          } catch (RuntimeException refused) {
            return Optional.empty();
          } catch (StackOverflowError tooDeep) {
            return Optional.empty();
          }
        });
  }

  private static void assertSame(
      Variant variant, String what, Optional<HostArray[]> expected, Optional<HostArray[]> actual) {
    if (expected.isEmpty() || actual.isEmpty()) {
      assertEquals(expected.isPresent(), actual.isPresent(), () -> what + " is refused for one");
      return;
    }
    for (int i = 0; i < expected.get().length; i++) {
      int result = i;
      HostArray wanted = expected.get()[i];
      double tolerance = variant.operation().toleranceForMlx(wanted.dtype());
      actual
          .get()[i]
          .differenceFrom(wanted, tolerance)
          .ifPresent(difference -> fail(what + ", result " + result + ": " + difference));
    }
  }

  // ---- chains
  // -------------------------------------------------------------------------------------

  private static final int LARGE = 20_000;

  /** 2 tanh(x + 1), of which the caller gets the last result, and the one before if it is held. */
  private static MlxArray[] steps(MlxArray x, boolean held) {
    try (Scope scope = Scope.open()) {
      MlxArray before = x.add(1).tanh();
      MlxArray last = scope.keep(before.multiply(2));
      return held ? new MlxArray[] {last, scope.keep(before)} : new MlxArray[] {last};
    }
  }

  private static void assertSteps(MlxArray last, double factor) {
    float[] numbers = last.toFloatArray();
    for (int i = 0; i < LARGE; i++) {
      assertEquals(factor * Math.tanh(1 + i * 1e-4), numbers[i], 1e-6);
    }
  }

  private static MlxArray numbers() {
    return MlxArray.of(Ops.arange(LARGE).multiply(1e-4f).toFloatArray());
  }

  @Test
  void operationsWhoseResultsNobodyHoldsAreOne() {
    try (Scope scope = Scope.open()) {
      MlxArray x = numbers();
      int before = Library.chainsFusedForCpu();
      MlxArray last = steps(x, false)[0];
      assertEquals(before, Library.chainsFusedForCpu());
      assertSteps(last, 2);
      assertEquals(before + 1, Library.chainsFusedForCpu());
      use(MLX_ITSELF, 0);
      assertSteps(steps(x, false)[0], 2);
      assertEquals(before + 1, Library.chainsFusedForCpu());
    }
  }

  @Test
  void whatIsHeldIsComputed() {
    try (Scope scope = Scope.open()) {
      MlxArray[] results = steps(numbers(), true);
      MlxArray sum = results[0].add(results[1]);
      assertSteps(sum, 3);
      assertSteps(results[1], 1);
      assertSteps(results[0], 2);
    }
  }

  @Test
  void aResultOfTwoUsesIsComputedOnce() {
    try (Scope scope = Scope.open()) {
      MlxArray x = numbers();
      int before = Library.chainsFusedForCpu();
      MlxArray result;
      try (Scope inner = Scope.open()) {
        MlxArray middle = x.add(1).tanh();
        result = inner.keep(middle.add(middle.multiply(middle)).subtract(middle.square()));
      }
      assertSteps(result, 1);
      assertEquals(before + 1, Library.chainsFusedForCpu());
    }
  }

  /** Gradients of a pending result are those of its operations, also if computing it has failed. */
  @Test
  void aChainThatCouldNotBeComputedConsistsOfItsOperations() {
    try (Scope scope = Scope.open()) {
      MlxArray x = numbers();
      MlxArray last = steps(x, false)[0];
      long limit = Memory.setMemoryLimit(1);
      try {
        last.eval();
        fail("there is no memory for the result");
      } catch (OutOfMemoryError expected) {
        assertTrue(expected.getMessage().contains("does not fit"), expected::getMessage);
      } finally {
        Memory.setMemoryLimit(limit);
      }
      ArrayFunction sum = Transforms.compile(v -> v.add(last));
      assertSteps(sum.apply(x.multiply(0)), 2);
      assertSteps(last, 2);
    }
  }

  // ---- memory
  // -------------------------------------------------------------------------------------

  static Stream<Integer> sizes() {
    return Stream.of(0, 1, 2, 15, 16, 17, 63, 64, 65, 1023, 1024, 1025, 40_000, 300_001);
  }

  /** Several outputs, of which one may lie where an input lay that others still need. */
  @ParameterizedTest
  @MethodSource("sizes")
  void memoryOfAnInputIsUsedOnlyOnceItIsRead(int size) {
    try (Scope scope = Scope.open()) {
      ArraysFunction f =
          xs ->
              new MlxArray[] {
                xs[0].add(xs[1]), xs[0].subtract(xs[1]), xs[0].multiply(xs[1]).add(xs[0])
              };
      ArraysFunction compiled = Transforms.compileArrays(f);
      MlxArray[] fresh = {Ops.arange(size).multiply(0.25f), Ops.arange(size).add(0.5f)};
      float[][] expected = floats(f.apply(fresh));
      for (int call = 0; call < 3; call++) {
        MlxArray[] given = {Ops.arange(size).multiply(0.25f), Ops.arange(size).add(0.5f)};
        MlxArray[] results = compiled.apply(given);
        Arrays.stream(given).forEach(MlxArray::close);
        assertArrayEquals(expected, floats(results));
      }
    }
  }

  /** As in an optimizer's step: two of three arrays are replaced, and the third one is kept. */
  @Test
  void severalOutputsLieWhereInputsLayThatNobodyNeeds() {
    int size = 1 << 20;
    long bytes = 4L * size;
    ArraysFunction f =
        xs -> {
          MlxArray first = xs[0].multiply(2f).add(xs[2]);
          // The first input is needed after the first output, which may lie in its memory.
          return new MlxArray[] {first, first.multiply(xs[1]).add(xs[0])};
        };
    try (Scope scope = Scope.open()) {
      ArraysFunction compiled = Transforms.compileArrays(f);
      MlxArray kept = evaluated(Ops.full(new int[] {size}, 3f));
      for (int call = 0; call < 2; call++) {
        MlxArray[] given = {evaluated(Ops.ones(size)), evaluated(Ops.full(new int[] {size}, 2f))};
        MlxArray[] results = compiled.apply(given[0], given[1], kept);
        Arrays.stream(given).forEach(MlxArray::close);
        long before = Memory.getActiveMemory();
        Memory.resetPeakMemory();
        Ops.eval(results);
        assertTrue(Memory.getPeakMemory() < before + bytes / 2);
        assertEquals(before, Memory.getActiveMemory());
        for (int i = 0; i < results.length; i++) {
          assertEquals(i == 0 ? 5 : 11, results[i].min().itemFloat());
          assertEquals(i == 0 ? 5 : 11, results[i].max().itemFloat());
        }
      }
      assertEquals(3, kept.max().itemFloat());
      MlxArray[] results = compiled.apply(kept, kept, kept); // all of which is needed afterwards
      Ops.eval(results);
      assertEquals(3, kept.max().itemFloat());
      assertEquals(9, results[0].max().itemFloat());
      assertEquals(30, results[1].max().itemFloat());
    }
  }

  private static MlxArray evaluated(MlxArray x) {
    x.eval();
    return x;
  }

  private static float[][] floats(MlxArray... arrays) {
    return Arrays.stream(arrays).map(MlxArray::toFloatArray).toArray(float[][]::new);
  }

  @Test
  void operandsAreBroadcast() {
    use(BEST, SMALL_BLOCK);
    try (Scope scope = Scope.open()) {
      MlxArray column = Ops.arange(7).reshape(7, 1);
      MlxArray row = Ops.arange(11).reshape(1, 11);
      MlxArray line = Ops.arange(11);
      MlxArray block = Ops.arange(3 * 7 * 11).reshape(3, 7, 11);
      ArraysFunction f =
          xs -> new MlxArray[] {xs[0].add(xs[1]).multiply(xs[2]).subtract(xs[3]).abs()};
      MlxArray[] given = {column, row, line, block};
      MlxArray expected = f.apply(given)[0];
      assertArrayEquals(
          expected.toIntArray(), Transforms.compileArrays(f).apply(given)[0].toIntArray());
    }
  }

  // ---- reductions
  // ---------------------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
  void sumsAreRoundedOnce(DType dtype) {
    for (int[] shape :
        new int[][] {{1}, {31}, {33}, {1_000_000}, {3, 70_001}, {70_001, 3}, {9, 40, 513}}) {
      for (int instructions = 0; instructions <= BEST; instructions++) {
        use(instructions, 0);
        try (StreamScope cpu = StreamScope.open(Device.cpu());
            Scope scope = Scope.open()) {
          MlxArray x = MlxRandom.normal(shape).astype(dtype);
          assertSumsAreRoundedOnce(x);
          assertSumsAreRoundedOnce(x.T());
          assertSumsAreRoundedOnce(view(x));
          assertSumsAreRoundedOnce(x.reshape(1, -1).broadcastTo(5, (int) x.size()));
        }
      }
    }
  }

  /** The sums along each axis, and along all, against Java's own. */
  private static void assertSumsAreRoundedOnce(MlxArray x) {
    float[] numbers = x.astype(DType.FLOAT32).toFloatArray();
    int[] shape = x.shape();
    for (int axis = 0; axis < shape.length; axis++) {
      int inner = 1;
      for (int later = axis + 1; later < shape.length; later++) {
        inner *= shape[later];
      }
      double[] sums = new double[numbers.length / shape[axis]];
      float[] largest = new float[sums.length];
      Arrays.fill(largest, Float.NEGATIVE_INFINITY);
      for (int i = 0; i < numbers.length; i++) {
        int at = i / (inner * shape[axis]) * inner + i % inner;
        sums[at] += numbers[i];
        largest[at] = Math.max(largest[at], numbers[i]);
      }
      float[] actual = x.sum(axis).astype(DType.FLOAT32).toFloatArray();
      for (int i = 0; i < sums.length; i++) {
        assertRounded(sums[i], actual[i], x.dtype());
      }
      assertArrayEquals(largest, x.max(axis).astype(DType.FLOAT32).toFloatArray());
    }
    double sum = 0;
    for (float number : numbers) {
      sum += number;
    }
    assertRounded(sum, x.sum().itemFloat(), x.dtype());
  }

  private static void assertRounded(double exact, float actual, DType dtype) {
    double ulp =
        Math.ulp((float) exact)
            * switch (dtype) {
              case FLOAT16 -> 1 << 13;
              case BFLOAT16 -> 1 << 16;
              default -> 1;
            };
    assertEquals(exact, actual, 0.501 * ulp + 1e-9);
  }

  @Test
  void nanIsTheExtremum() {
    for (int size : new int[] {1, 5, 32, 100, 5000}) {
      for (int at = 0; at < size; at += 1 + size / 7) {
        float[] numbers = new float[size];
        numbers[at] = Float.NaN;
        try (Scope scope = Scope.open()) {
          MlxArray x = MlxArray.of(numbers);
          MlxArray columns = Ops.stack(x, Ops.zerosLike(x)).T();
          assertTrue(Float.isNaN(x.max().itemFloat()) && Float.isNaN(x.min().itemFloat()));
          assertTrue(Float.isNaN(columns.max(0).toFloatArray()[0]));
          assertEquals(0, columns.max(0).toFloatArray()[1]);
        }
      }
    }
  }

  // ---- precision
  // ----------------------------------------------------------------------------------

  private static Arguments function(String name, double ulps, ArrayFunction f) {
    return Arguments.of(name, ulps, f);
  }

  static Stream<Arguments> functions() {
    return Stream.of(
        function("exp", 1, MlxArray::exp),
        function("expm1", 1.6, MlxArray::expm1),
        function("log", 1, MlxArray::log),
        function("log2", 1, MlxArray::log2),
        function("log10", 1, MlxArray::log10),
        function("log1p", 1, MlxArray::log1p),
        function("sin", 1, MlxArray::sin),
        function("cos", 1, MlxArray::cos),
        function("tan", 2, MlxArray::tan),
        function("sinh", 1, MlxArray::sinh),
        function("cosh", 1, MlxArray::cosh),
        function("tanh", 2, MlxArray::tanh),
        function("arcsinh", 1, MlxArray::arcsinh),
        function("arccosh", 1, MlxArray::arccosh),
        function("arctanh", 1, MlxArray::arctanh),
        function("arcsin", 1, MlxArray::arcsin),
        function("arccos", 1, MlxArray::arccos),
        function("arctan", 1, MlxArray::arctan),
        function("erf", 1.9, MlxArray::erf),
        function("erfinv", 4, MlxArray::erfinv), // MLX's own
        function("sigmoid", 1.8, MlxArray::sigmoid),
        function("sqrt", 0.5, MlxArray::sqrt),
        function("rsqrt", 2, MlxArray::rsqrt),
        function("floor", 0, MlxArray::floor),
        function("ceil", 0, MlxArray::ceil),
        function("round", 0, MlxArray::round));
  }

  /** Every exponent and sign, and NaN and infinity; compared with float64. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("functions")
  void functionsOfFloat32AreRightToTheLastPlaces(String name, double ulps, ArrayFunction f) {
    int step = 4093;
    float[] numbers = new float[(int) ((1L << 32) / step) + 4];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = Float.intBitsToFloat((int) ((long) i * step));
    }
    numbers[numbers.length - 1] = Float.NEGATIVE_INFINITY;
    numbers[numbers.length - 2] = Float.POSITIVE_INFINITY;
    numbers[numbers.length - 3] = Float.NaN;
    numbers[numbers.length - 4] = -0f;
    for (int instructions = 0; instructions <= BEST; instructions++) {
      use(instructions, 0);
      try (StreamScope cpu = StreamScope.open(Device.cpu());
          Scope scope = Scope.open()) {
        MlxArray x = MlxArray.of(numbers);
        double[] exact = f.apply(x.astype(DType.FLOAT64)).toDoubleArray();
        assertPrecise(name, ulps, f.apply(x).toFloatArray(), exact, numbers, numbers);
      }
    }
  }

  static Stream<Arguments> functionsOfTwo() {
    return Stream.of(
        Arguments.of("power", 1, (ArrayBiFunction) MlxArray::power),
        Arguments.of("arctan2", 1, (ArrayBiFunction) MlxArray::arctan2),
        Arguments.of("logaddexp", 2, (ArrayBiFunction) MlxArray::logaddexp));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("functionsOfTwo")
  void functionsOfTwoAreRightToTheLastPlaces(String name, double ulps, ArrayBiFunction f) {
    float inf = Float.POSITIVE_INFINITY;
    float[] special = {
      0,
      -0f,
      1,
      -1,
      2,
      -2,
      3,
      -3,
      0.5f,
      -0.5f,
      inf,
      -inf,
      Float.NaN,
      Float.MIN_VALUE,
      -Float.MAX_VALUE,
      Float.MAX_VALUE,
      1e30f,
      16777216,
      -16777215,
      8388607.5f,
      0.99999994f,
      1.0000001f
    };
    int pairs = special.length * special.length;
    float[] xs = new float[pairs + 300_000];
    float[] ys = new float[xs.length];
    Random random = new Random(5);
    for (int i = 0; i < xs.length; i++) {
      if (i < pairs) {
        xs[i] = special[i / special.length];
        ys[i] = special[i % special.length];
      } else if (i % 2 == 0) {
        xs[i] = Float.intBitsToFloat(random.nextInt());
        ys[i] = Float.intBitsToFloat(random.nextInt());
      } else {
        xs[i] = 20 * random.nextFloat() - 5;
        ys[i] = i % 4 == 1 ? random.nextInt(41) - 20 : 20 * random.nextFloat() - 10;
      }
    }
    for (int instructions = 0; instructions <= BEST; instructions++) {
      use(instructions, 0);
      try (StreamScope cpu = StreamScope.open(Device.cpu());
          Scope scope = Scope.open()) {
        MlxArray x = MlxArray.of(xs);
        MlxArray y = MlxArray.of(ys);
        double[] exact = f.apply(x.astype(DType.FLOAT64), y.astype(DType.FLOAT64)).toDoubleArray();
        assertPrecise(name, ulps, f.apply(x, y).toFloatArray(), exact, xs, ys);
      }
    }
  }

  private static void assertPrecise(
      String name, double ulps, float[] actual, double[] exact, float[] xs, float[] ys) {
    for (int i = 0; i < actual.length; i++) {
      double error = ulps(actual[i], exact[i]);
      if (!(error <= ulps)) {
        fail(
            name
                + " of "
                + xs[i]
                + " and "
                + ys[i]
                + " is "
                + actual[i]
                + ", exactly "
                + exact[i]
                + ": "
                + error
                + " ULP");
      }
    }
  }

  /** How far a number is from the exact one, in units of its last place. */
  private static double ulps(float actual, double exact) {
    float nearest = (float) exact;
    if (Float.compare(nearest, actual) == 0) {
      return Math.min(
          0.5, Float.isFinite(nearest) ? Math.abs(actual - exact) / Math.ulp(nearest) : 0);
    }
    if (Float.isNaN(nearest) || Float.isNaN(actual) || (nearest == 0 && actual == 0)) {
      return Double.POSITIVE_INFINITY; // or another sign
    }
    double beyond = Float.isInfinite(actual) ? 0x1p128 : Math.abs(actual);
    return Math.abs(beyond - Math.abs(exact)) / Math.ulp(nearest == actual ? 1f : finite(nearest));
  }

  private static float finite(float x) {
    return Math.min(Math.abs(x), Float.MAX_VALUE);
  }

  private static Arguments wide(
      String name, String python, double low, double high, ArrayFunction f) {
    return Arguments.of(name, python, low, high, f);
  }

  static Stream<Arguments> functionsOfFloat64() {
    return Stream.of(
        wide("exp", "np.exp", -600, 700, MlxArray::exp),
        wide("expm1", "np.expm1", -30, 30, MlxArray::expm1),
        wide("log", "np.log", 1e-300, 1e3, MlxArray::log),
        wide("log1p", "np.log1p", -0.99, 1e3, MlxArray::log1p),
        wide("sin", "np.sin", -1e4, 1e4, MlxArray::sin),
        wide("cos", "np.cos", -1e4, 1e4, MlxArray::cos),
        wide("tan", "np.tan", -20, 20, MlxArray::tan),
        wide("tanh", "np.tanh", -20, 20, MlxArray::tanh),
        wide("sinh", "np.sinh", -20, 20, MlxArray::sinh),
        wide("cosh", "np.cosh", -20, 20, MlxArray::cosh),
        wide("arctan", "np.arctan", -20, 20, MlxArray::arctan),
        wide("arcsinh", "np.arcsinh", -20, 20, MlxArray::arcsinh),
        wide("sigmoid", "(lambda x: 1 / (1 + np.exp(-x)))", -40, 40, MlxArray::sigmoid),
        wide("sqrt", "np.sqrt", 0, 1e3, MlxArray::sqrt),
        wide(
            "erf",
            "np.vectorize(__import__('math').erf, otypes=[np.longdouble])",
            -6,
            6,
            MlxArray::erf));
  }

  /** MLX computes many of these in float32. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("functionsOfFloat64")
  void functionsOfFloat64AreRightToTheLastPlaces(
      String name, String python, double low, double high, ArrayFunction f) {
    double[] numbers = new Random(7).doubles(20_000, low, high).toArray();
    try (StreamScope cpu = StreamScope.open(Device.cpu());
        Scope scope = Scope.open()) {
      MlxArray x = MlxArray.of(numbers, DType.FLOAT64, numbers.length);
      double error = error64(python, HostArray.of(x), HostArray.of(f.apply(x)));
      assertEquals(DType.FLOAT64, x.dtype());
      assertTrue(error <= 2, () -> name + " is wrong by " + error + " ULP");
    }
  }

  /** The largest difference from NumPy's long double, in units of the last place. */
  private static double error64(String python, HostArray x, HostArray y) {
    String exact = python + "(np.array(a).astype(np.longdouble))";
    String expression =
        "mx.array(float(np.max(np.abs(np.array(b).astype(np.longdouble) - "
            + exact
            + ") / np.spacing(np.abs(np.array(b))))), mx.float64)";
    return Oracle.outputs(expression, true, x, y)[0].values()[0];
  }

  @Test
  void erfinvOfFloat64InvertsErf() {
    double[] numbers = new double[4001];
    Arrays.setAll(numbers, i -> (i - 2000) / 2000.0);
    List<Double> small = List.of(1e-300, -1e-12, 1e-9, 1e-7, 0.999999999999, -0.99999999999999);
    double[] all =
        Stream.concat(Arrays.stream(numbers).boxed(), small.stream())
            .mapToDouble(Double::doubleValue)
            .toArray();
    try (StreamScope cpu = StreamScope.open(Device.cpu());
        Scope scope = Scope.open()) {
      MlxArray x = MlxArray.of(all, DType.FLOAT64, all.length);
      double[] y = x.erfinv().toDoubleArray();
      double[] back = MlxArray.of(y, DType.FLOAT64, y.length).erf().toDoubleArray();
      for (int i = 0; i < all.length; i++) {
        assertEquals(all[i], back[i], 4 * Math.ulp(all[i]));
      }
      assertEquals(Double.POSITIVE_INFINITY, y[4000]);
      assertTrue(Double.isNaN(MlxArray.scalar(1.5).astype(DType.FLOAT64).erfinv().itemDouble()));
    }
  }

  // ---- the property
  // -------------------------------------------------------------------------------

  /** Without the kernels the numbers are MLX's to the last bit, also in fused functions. */
  @ParameterizedTest
  @MethodSource("functions")
  void mlxItselfGivesItsOwnNumbers(String name, double ulps, ArrayFunction f) {
    use(MLX_ITSELF, 0);
    HostArray inputs = Input.between(0.1, 0.9, 1000).draw(DType.FLOAT32, 3);
    HostArray expected = Oracle.outputs("mx." + name + "(a) * 3", true, inputs)[0];
    try (StreamScope cpu = StreamScope.open(Device.cpu());
        Scope scope = Scope.open()) {
      ArrayFunction chain = x -> f.apply(x).multiply(3);
      for (MlxArray result :
          List.of(chain.apply(inputs.toMlx()), Transforms.compile(chain).apply(inputs.toMlx()))) {
        HostArray.of(result).differenceFrom(expected).ifPresent(d -> fail(name + ": " + d));
      }
    }
  }
}
