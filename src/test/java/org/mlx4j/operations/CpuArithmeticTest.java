package org.mlx4j.operations;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.mlx4j.operations.CpuKernelsTest.BEST;
import static org.mlx4j.operations.CpuKernelsTest.MLX_ITSELF;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.mlx4j.ArrayBiFunction;
import org.mlx4j.ArrayFunction;
import org.mlx4j.DType;
import org.mlx4j.InScope;
import org.mlx4j.MlxArray;
import org.mlx4j.Transforms;

/**
 * Operations that are computed together, and operands that are one number, give what each operation
 * gives by itself, rounded as in Java.
 */
@EnabledOnOs(OS.LINUX)
@ExtendWith(InScope.class)
class CpuArithmeticTest {
  private static final int SIZE = 37; // of several blocks, the last of which is not full
  private static final int SMALL_BLOCK = 16;

  @AfterEach
  void useTheUsual() {
    CpuKernelsTest.use(BEST, 0);
  }

  /** An operation of MLX and the same in Java. */
  private record Binary(ArrayBiFunction mlx, InJava java) {
    interface InJava {
      float apply(float x, float y);
    }
  }

  private static final Map<String, Binary> OPERATIONS =
      new TreeMap<>(
          Map.of(
              "add", new Binary(MlxArray::add, (x, y) -> x + y),
              "subtract", new Binary(MlxArray::subtract, (x, y) -> x - y),
              "multiply", new Binary(MlxArray::multiply, (x, y) -> x * y),
              "divide", new Binary(MlxArray::divide, (x, y) -> x / y),
              "maximum", new Binary(MlxArray::maximum, CpuArithmeticTest::maximum),
              "minimum", new Binary(MlxArray::minimum, CpuArithmeticTest::minimum)));

  /** MLX's, for which both zeros are equal. */
  private static float maximum(float x, float y) {
    return Float.isNaN(x) || x > y ? x : y;
  }

  private static float minimum(float x, float y) {
    return Float.isNaN(x) || x < y ? x : y;
  }

  private static float[] numbers(int seed, int size) {
    Random random = new Random(seed);
    float[] special = {0f, -0f, 1f, 1e-40f, 3e38f, Float.POSITIVE_INFINITY, Float.NaN};
    float[] numbers = new float[size];
    for (int i = 0; i < size; i++) {
      numbers[i] =
          random.nextInt(8) == 0
              ? special[random.nextInt(special.length)]
              : (float) (random.nextGaussian() * Math.pow(10, random.nextInt(9) - 4));
    }
    return numbers;
  }

  static Stream<Arguments> pairs() {
    List<Arguments> pairs = new ArrayList<>();
    for (String first : OPERATIONS.keySet()) {
      for (String second : OPERATIONS.keySet()) {
        pairs.add(Arguments.of(first, second));
      }
    }
    return pairs.stream();
  }

  /** Each of the three operands may be one number, and the first result either operand. */
  @ParameterizedTest
  @MethodSource("pairs")
  void twoOperationsAreRoundedOneByOne(String first, String second) {
    Binary f = OPERATIONS.get(first);
    Binary g = OPERATIONS.get(second);
    for (int ones = 0; ones < 8; ones++) {
      float[][] data = new float[3][];
      MlxArray[] arrays = new MlxArray[3];
      for (int k = 0; k < 3; k++) {
        data[k] = (ones >> k & 1) == 1 ? new float[] {0.37f * k + 1.7f} : numbers(7 * k, SIZE);
        arrays[k] = MlxArray.of(data[k]);
      }
      float[] forward = new float[ones == 7 ? 1 : SIZE];
      float[] reversed = new float[forward.length];
      for (int i = 0; i < forward.length; i++) {
        float inner = f.java().apply(at(data[0], i), at(data[1], i));
        forward[i] = g.java().apply(inner, at(data[2], i));
        reversed[i] = g.java().apply(at(data[2], i), inner);
      }
      for (int instructions = 0; instructions <= BEST; instructions++) {
        CpuKernelsTest.use(instructions, SMALL_BLOCK);
        String which = "operands that are one number: " + ones + ", instructions " + instructions;
        assertArrayEquals(
            forward,
            computed(xs -> g.mlx().apply(f.mlx().apply(xs[0], xs[1]), xs[2]), arrays),
            which);
        assertArrayEquals(
            reversed,
            computed(xs -> g.mlx().apply(xs[2], f.mlx().apply(xs[0], xs[1])), arrays),
            which);
      }
    }
  }

  private static final Map<String, ArrayFunction> FUNCTIONS =
      new TreeMap<>(
          Map.of(
              "erf", MlxArray::erf,
              "sigmoid", MlxArray::sigmoid,
              "sqrt", MlxArray::sqrt,
              "tanh", MlxArray::tanh));

  static Stream<Arguments> functionsBetweenOperations() {
    return FUNCTIONS.keySet().stream()
        .flatMap(
            function -> pairs().map(pair -> Arguments.of(function, pair.get()[0], pair.get()[1])));
  }

  /** A function of what an operation results in, of which there is another operation. */
  @ParameterizedTest
  @MethodSource("functionsBetweenOperations")
  void functionsBetweenOperationsAreRoundedOneByOne(String name, String before, String after) {
    ArrayFunction function = FUNCTIONS.get(name);
    ArrayBiFunction first = OPERATIONS.get(before).mlx();
    ArrayBiFunction second = OPERATIONS.get(after).mlx();
    for (int instructions = 0; instructions <= BEST; instructions++) {
      CpuKernelsTest.use(instructions, SMALL_BLOCK);
      for (int ones = 0; ones < 8; ones++) {
        MlxArray[] arrays = new MlxArray[3];
        for (int k = 0; k < 3; k++) {
          boolean one = (ones >> k & 1) == 1;
          arrays[k] = MlxArray.of(one ? new float[] {0.37f * k + 1.7f} : numbers(7 * k, SIZE));
        }
        MlxArray inner = evaluated(function.apply(evaluated(first.apply(arrays[0], arrays[1]))));
        MlxArray alone = evaluated(function.apply(arrays[0]));
        String which = "operands that are one number: " + ones + ", instructions " + instructions;
        assertArrayEquals(
            inner.toFloatArray(),
            computed(xs -> function.apply(first.apply(xs[0], xs[1])), arrays),
            which);
        assertArrayEquals(
            second.apply(inner, arrays[2]).toFloatArray(),
            computed(xs -> second.apply(function.apply(first.apply(xs[0], xs[1])), xs[2]), arrays),
            which);
        assertArrayEquals(
            second.apply(arrays[2], inner).toFloatArray(),
            computed(xs -> second.apply(xs[2], function.apply(first.apply(xs[0], xs[1]))), arrays),
            which);
        assertArrayEquals(
            second.apply(alone, arrays[2]).toFloatArray(),
            computed(xs -> second.apply(function.apply(xs[0]), xs[2]), arrays),
            which);
        assertArrayEquals(
            second.apply(inner, inner).toFloatArray(),
            computed(
                xs -> {
                  MlxArray twice = function.apply(first.apply(xs[0], xs[1]));
                  return second.apply(twice, twice);
                },
                arrays),
            which);
      }
    }
  }

  private static MlxArray evaluated(MlxArray x) {
    x.eval();
    return x;
  }

  private static float[] computed(Function<MlxArray[], MlxArray> f, MlxArray... arrays) {
    return Transforms.compileArrays(xs -> new MlxArray[] {f.apply(xs)})
        .apply(arrays)[0]
        .toFloatArray();
  }

  private static float at(float[] numbers, int i) {
    return numbers[numbers.length == 1 ? 0 : i];
  }

  @ParameterizedTest
  @MethodSource("operations")
  void aRootIsRoundedBeforeTheNextOperation(String name) {
    Binary f = OPERATIONS.get(name);
    float[] a = numbers(1, SIZE);
    for (float[] b : new float[][] {numbers(2, SIZE), {1.7f}}) {
      float[] forward = new float[SIZE];
      float[] reversed = new float[SIZE];
      for (int i = 0; i < SIZE; i++) {
        float root = (float) Math.sqrt(a[i]);
        forward[i] = f.java().apply(root, at(b, i));
        reversed[i] = f.java().apply(at(b, i), root);
      }
      MlxArray[] arrays = {MlxArray.of(a), MlxArray.of(b)};
      for (int instructions = 0; instructions <= BEST; instructions++) {
        CpuKernelsTest.use(instructions, SMALL_BLOCK);
        assertArrayEquals(forward, computed(xs -> f.mlx().apply(xs[0].sqrt(), xs[1]), arrays));
        assertArrayEquals(reversed, computed(xs -> f.mlx().apply(xs[1], xs[0].sqrt()), arrays));
      }
    }
  }

  static Stream<String> operations() {
    return OPERATIONS.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("operations")
  void bothOperandsAreOneResult(String name) {
    Binary f = OPERATIONS.get(name);
    float[] a = numbers(1, SIZE);
    float[] b = numbers(2, SIZE);
    Map<String, ArrayFunction> ofOne =
        Map.of(
            "square", MlxArray::square,
            "multiply", x -> x.multiply(x),
            "add", x -> x.add(x),
            "subtract", x -> x.subtract(x),
            "divide", x -> x.divide(x),
            "maximum", x -> x.maximum(x));
    ofOne.forEach(
        (second, g) -> {
          float[] expected = new float[SIZE];
          for (int i = 0; i < SIZE; i++) {
            float inner = f.java().apply(a[i], b[i]);
            String equal = second.equals("square") ? "multiply" : second;
            expected[i] = OPERATIONS.get(equal).java().apply(inner, inner);
          }
          for (int instructions = 0; instructions <= BEST; instructions++) {
            CpuKernelsTest.use(instructions, SMALL_BLOCK);
            float[] actual =
                computed(
                    xs -> g.apply(f.mlx().apply(xs[0], xs[1])), MlxArray.of(a), MlxArray.of(b));
            assertArrayEquals(expected, actual, second);
          }
        });
  }

  /** What is also a result, or used twice, is computed, whatever uses it. */
  @Test
  void resultsInBetweenAreComputedIfTheyAreNeeded() {
    float[] a = numbers(1, SIZE);
    float[] b = numbers(2, SIZE);
    float[][] expected = new float[3][SIZE];
    for (int i = 0; i < SIZE; i++) {
      float sum = a[i] + b[i];
      expected[0][i] = sum;
      expected[1][i] = sum * 3f;
      expected[2][i] = sum * 3f - sum;
    }
    CpuKernelsTest.use(BEST, SMALL_BLOCK);
    MlxArray[] results =
        Transforms.compileArrays(
                xs -> {
                  MlxArray sum = xs[0].add(xs[1]);
                  MlxArray triple = sum.multiply(3f);
                  return new MlxArray[] {sum, triple, triple.subtract(sum)};
                })
            .apply(MlxArray.of(a), MlxArray.of(b));
    for (int k = 0; k < 3; k++) {
      assertArrayEquals(expected[k], results[k].toFloatArray());
    }
  }

  /** MLX rounds each result to the 16-bit type. */
  @ParameterizedTest
  @EnumSource(names = {"FLOAT16", "BFLOAT16"})
  void halfPrecisionIsRoundedAfterEachOperation(DType dtype) {
    MlxArray x = MlxArray.of(numbers(3, SIZE)).astype(dtype);
    MlxArray y = MlxArray.of(numbers(4, SIZE)).astype(dtype);
    ArrayBiFunction f =
        (a, b) -> a.subtract(b).square().multiply(0.3).add(b).maximum(-2.5).divide(a.add(1.5));
    CpuKernelsTest.use(MLX_ITSELF, 0);
    float[] expected = f.apply(x, y).astype(DType.FLOAT32).toFloatArray();
    for (int instructions = 0; instructions <= BEST; instructions++) {
      CpuKernelsTest.use(instructions, SMALL_BLOCK);
      MlxArray actual = Transforms.compile(f).apply(x, y);
      assertArrayEquals(expected, actual.astype(DType.FLOAT32).toFloatArray());
    }
  }

  static Stream<Arguments> rows() {
    return Stream.of(1, 3, 16, 100, 255, 256, 300, 1024, 2500)
        .flatMap(
            length -> Stream.of(DType.FLOAT32, DType.BFLOAT16).map(d -> Arguments.of(length, d)));
  }

  /** What there is once for each row is one number for all elements of the row. */
  @ParameterizedTest
  @MethodSource("rows")
  void numbersOfRows(int length, DType dtype) {
    assertNumbersOfRows(200_000 / length + 1, length, dtype);
    CpuKernelsTest.use(BEST, SMALL_BLOCK);
    assertNumbersOfRows(7, length, dtype);
  }

  private static void assertNumbersOfRows(int rows, int length, DType dtype) {
    float[] numbers = new float[rows * length];
    Random random = new Random(length);
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) random.nextGaussian() + i % 7;
    }
    MlxArray x = MlxArray.of(numbers, rows, length).astype(dtype);
    ArrayFunction f =
        a -> {
          MlxArray centered = a.subtract(a.mean(-1, true));
          MlxArray largest = a.max(-1, true);
          return centered
              .square()
              .add(largest)
              .multiply(largest.subtract(a))
              .subtract(a.min(-1, true).exp());
        };
    float[] rounded = x.astype(DType.FLOAT32).toFloatArray();
    float[] actual =
        Transforms.compile(f).apply(x).astype(DType.FLOAT32).reshape(-1).toFloatArray();
    double tolerance = dtype == DType.FLOAT32 ? 1e-5 : 0.03;
    for (int row = 0; row < rows; row++) {
      float[] part = Arrays.copyOfRange(rounded, row * length, (row + 1) * length);
      double mean = 0;
      double max = Double.NEGATIVE_INFINITY;
      double min = Double.POSITIVE_INFINITY;
      for (float v : part) {
        mean += (double) v / length;
        max = Math.max(max, v);
        min = Math.min(min, v);
      }
      for (int i = 0; i < length; i++) {
        double centered = part[i] - mean;
        double expected = (centered * centered + max) * (max - part[i]) - Math.exp(min);
        double scale = (centered * centered + Math.abs(max)) * (max - part[i] + 1) + Math.exp(min);
        assertEquals(expected, actual[row * length + i], tolerance * (1 + scale));
      }
    }
  }

  /** All elements of an output are the same number if its operands are. */
  @Test
  void allOperandsAreOneNumber() {
    MlxArray result =
        Transforms.compile((x, y) -> x.add(y).multiply(y).subtract(x))
            .apply(MlxArray.of(new float[] {2f}), MlxArray.of(new float[] {3f}));
    assertArrayEquals(new float[] {13f}, result.toFloatArray());
    MlxArray broadcast =
        Transforms.compile(x -> x.add(x).square().broadcastTo(SIZE).multiply(2f))
            .apply(MlxArray.scalar(1.5f));
    float[] expected = new float[SIZE];
    Arrays.fill(expected, 18f);
    assertArrayEquals(expected, broadcast.toFloatArray());
  }
}
