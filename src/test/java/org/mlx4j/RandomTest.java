package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mlx4j.ArrayAssertions.assertSame;
import static org.mlx4j.ArrayAssertions.assertShape;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertValues;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random numbers: the same from the same key, and distributed as they should be. */
@ExtendWith(InScope.class)
class RandomTest {
  private static final int MANY = 200_000;
  private final MlxArray key = MlxRandom.key(42);

  // ---- distributions
  // -----------------------------------------------------------------------------

  /** Mean and variance agree with the distribution's within five standard errors. */
  private static void assertMoments(
      MlxArray sample, double mean, double variance, double fourthMoment) {
    double n = sample.size();
    MlxArray x = sample.astype(DType.FLOAT32);
    assertEquals(mean, x.mean().itemDouble(), 5 * Math.sqrt(variance / n));
    double ofVariance = Math.sqrt((fourthMoment - variance * variance) / n);
    assertEquals(variance, x.subtract(mean).square().mean().itemDouble(), 5 * ofVariance);
  }

  @Test
  void uniformNumbersFillTheirInterval() {
    MlxArray x = MlxRandom.uniform(-1, 3, new int[] {MANY}, key);
    assertMoments(x, 1, 16 / 12.0, 256 / 80.0);
    assertTrue(x.min().itemFloat() >= -1 && x.max().itemFloat() < 3);
    assertTrue(x.min().itemFloat() < -0.999 && x.max().itemFloat() > 2.999);
  }

  @Test
  void normalNumbersHaveMeanAndDeviation() {
    assertMoments(MlxRandom.normal(new int[] {MANY}, key), 0, 1, 3);
    assertMoments(MlxRandom.normal(new int[] {MANY}, DType.FLOAT32, 5, 2, key), 5, 4, 3 * 16);
    // 68.27 % lie within one deviation
    MlxArray within = MlxRandom.normal(new int[] {MANY}, key).abs().less(1);
    assertMoments(within, 0.6827, 0.6827 * 0.3173, 0.6827 * 0.3173 * (1 - 3 * 0.6827 * 0.3173));
  }

  @Test
  void integersAreEvenlyDistributed() {
    MlxArray x = MlxRandom.randint(-3, 4, new int[] {MANY}, key);
    assertEquals(DType.INT32, x.dtype());
    assertMoments(x, 0, 4, (3 * 49 - 7) / 20.0 * 4);
    assertEquals(-3, x.min().itemInt());
    assertEquals(3, x.max().itemInt());
  }

  @Test
  void bernoulliNumbersAreTrueWithTheirProbability() {
    MlxArray x = MlxRandom.bernoulli(0.3, new int[] {MANY}, key);
    assertEquals(DType.BOOL, x.dtype());
    assertMoments(x, 0.3, 0.21, 0.21 * (1 - 3 * 0.21));
    assertFalse(MlxRandom.bernoulli(0, new int[] {1000}, key).any().itemBoolean());
    assertTrue(MlxRandom.bernoulli(1, new int[] {1000}, key).all().itemBoolean());
  }

  @Test
  void gumbelNumbersHaveTheirMoments() {
    double variance = Math.PI * Math.PI / 6;
    assertMoments(
        MlxRandom.gumbel(new int[] {MANY}, DType.FLOAT32, key),
        0.5772157,
        variance,
        5.4 * variance * variance);
  }

  @Test
  void laplaceNumbersHaveTheirMoments() {
    assertMoments(MlxRandom.laplace(new int[] {MANY}, DType.FLOAT32, 1, 2, key), 1, 8, 6 * 64);
  }

  @Test
  void truncatedNormalNumbersStayInside() {
    MlxArray x = MlxRandom.truncatedNormal(-1, 1, new int[] {MANY}, DType.FLOAT32, key);
    assertTrue(x.min().itemFloat() >= -1 && x.max().itemFloat() <= 1);
    assertMoments(x, 0, 0.2911, 0.2911 * 0.2911 * 1.94);
  }

  @Test
  void categoriesFollowTheirLogits() {
    MlxArray logits = MlxArray.of(Math.log(0.5), Math.log(0.3), Math.log(0.2));
    MlxArray classes = MlxRandom.categorical(logits, -1, MANY, key);
    assertEquals(DType.UINT32, classes.dtype());
    double[] probabilities = {0.5, 0.3, 0.2};
    for (int i = 0; i < 3; i++) {
      double p = probabilities[i];
      assertMoments(classes.equal(i), p, p * (1 - p), p * (1 - p) * (1 - 3 * p * (1 - p)));
    }
  }

  @Test
  void aPermutationHasEveryNumberOnce() {
    int[] numbers = MlxRandom.permutation(1000, key).toIntArray();
    assertFalse(Arrays.equals(IntStream.range(0, 1000).toArray(), numbers));
    Arrays.sort(numbers);
    assertArrayEquals(IntStream.range(0, 1000).toArray(), numbers);
    MlxArray rows = MlxRandom.permutation(Ops.arange(6).reshape(3, 2), 0, key);
    assertSame(
        MlxArray.of(1, 1, 1),
        rows.get(Index.all(), Index.at(1)).subtract(rows.get(Index.all(), Index.at(0))));
    assertValues(rows.get(Index.all(), Index.at(0)).sort(), 0, 2, 4);
  }

  // ---- the same numbers as Python
  // ----------------------------------------------------------------

  @TestFactory
  Stream<DynamicTest> aKeyGivesTheNumbersThatItGivesInPython() {
    Map<String, Supplier<MlxArray>> samples = new LinkedHashMap<>();
    MlxArray key = MlxRandom.key(7);
    samples.put("key(7)", () -> key);
    samples.put("key(2**63 + 5)", () -> MlxRandom.key(Long.MIN_VALUE + 5));
    samples.put("split(key(7), 3)", () -> MlxRandom.split(key, 3));
    samples.put("split(key(7))[1]", () -> MlxRandom.split(key)[1]);
    samples.put(
        "uniform(-1, 1, [5], key=key(7))", () -> MlxRandom.uniform(-1, 1, new int[] {5}, key));
    samples.put(
        "uniform(shape=[5], dtype=mx.float16, key=key(7))",
        () -> MlxRandom.uniform(0, 1, new int[] {5}, DType.FLOAT16, key));
    samples.put("normal([2, 3], key=key(7))", () -> MlxRandom.normal(new int[] {2, 3}, key));
    samples.put(
        "normal([5], mx.bfloat16, key=key(7))",
        () -> MlxRandom.normal(new int[] {5}, DType.BFLOAT16, key));
    samples.put(
        "normal([5], loc=3, scale=0.5, key=key(7))",
        () -> MlxRandom.normal(new int[] {5}, DType.FLOAT32, 3, 0.5, key));
    samples.put(
        "randint(-5, 500, [5], key=key(7))", () -> MlxRandom.randint(-5, 500, new int[] {5}, key));
    samples.put(
        "randint(0, 200, [5], mx.uint8, key=key(7))",
        () -> MlxRandom.randint(0, 200, new int[] {5}, DType.UINT8, key));
    samples.put(
        "bernoulli(0.25, [9], key=key(7))", () -> MlxRandom.bernoulli(0.25, new int[] {9}, key));
    samples.put(
        "truncated_normal(-0.5, 2, [5], key=key(7))",
        () -> MlxRandom.truncatedNormal(-0.5, 2, new int[] {5}, DType.FLOAT32, key));
    samples.put(
        "gumbel([5], key=key(7))", () -> MlxRandom.gumbel(new int[] {5}, DType.FLOAT32, key));
    samples.put(
        "laplace([5], loc=1, scale=2, key=key(7))",
        () -> MlxRandom.laplace(new int[] {5}, DType.FLOAT32, 1, 2, key));
    samples.put(
        "categorical(mx.arange(12.0).reshape(3, 4), 0, key=key(7))",
        () -> MlxRandom.categorical(Ops.arange(12.0).reshape(3, 4), 0, key));
    samples.put(
        "categorical(mx.ones((2, 4)), -1, [5, 2], key=key(7))",
        () -> MlxRandom.categorical(Ops.ones(2, 4), -1, new int[] {5, 2}, key));
    samples.put(
        "categorical(mx.ones((2, 4)), -1, num_samples=3, key=key(7))",
        () -> MlxRandom.categorical(Ops.ones(2, 4), -1, 3, key));
    samples.put("permutation(9, key=key(7))", () -> MlxRandom.permutation(9, key));
    samples.put(
        "permutation(mx.arange(12).reshape(3, 4), 1, key=key(7))",
        () -> MlxRandom.permutation(Ops.arange(12).reshape(3, 4), 1, key));
    samples.put("normal([3]) if mx.random.seed(11) is None else 0", () -> seeded(11));
    return PythonMlx.prints(
        samples,
        name ->
            "mx.random."
                + name.replace("=key(", "=mx.random.key(")
                    .replace("split(key(", "split(mx.random.key("));
  }

  private static MlxArray seeded(long seed) {
    MlxRandom.seed(seed);
    return MlxRandom.normal(3);
  }

  // ---- keys and seeds
  // ----------------------------------------------------------------------------

  @Test
  void theSameSeedGivesTheSameNumbers() {
    assertSame(seeded(5), seeded(5));
    assertFalse(seeded(5).arrayEqual(seeded(6)).itemBoolean());
    MlxRandom.seed(5);
    MlxArray first = MlxRandom.normal(3);
    MlxArray second = MlxRandom.normal(3);
    assertFalse(first.arrayEqual(second).itemBoolean());
    MlxRandom.seed(5);
    assertSame(first, MlxRandom.normal(3));
    assertSame(second, MlxRandom.normal(3));
  }

  @Test
  void theSameKeyGivesTheSameNumbers() {
    assertSame(
        MlxRandom.normal(new int[] {5}, key), MlxRandom.normal(new int[] {5}, MlxRandom.key(42)));
    MlxArray[] two = MlxRandom.split(key);
    assertFalse(
        MlxRandom.normal(new int[] {5}, two[0])
            .arrayEqual(MlxRandom.normal(new int[] {5}, two[1]))
            .itemBoolean());
    assertSame(two[0], MlxRandom.split(key)[0]);
    assertSame(Ops.stack(two), MlxRandom.split(key, 2));
  }

  @Test
  void keysDoNotMoveTheSequence() {
    MlxRandom.seed(5);
    MlxArray expected = MlxRandom.normal(3);
    MlxRandom.seed(5);
    MlxRandom.normal(new int[] {3}, key).eval();
    assertSame(expected, MlxRandom.normal(3));
  }

  @Test
  void everyThreadGetsItsOwnNumbers() throws InterruptedException {
    Set<Float> numbers = ConcurrentHashMap.newKeySet();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      Thread thread = new Thread(() -> numbers.add(MlxRandom.normal().itemFloat()));
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    // of 2^24 or so possible numbers two of 200 may happen to be equal
    assertTrue(
        numbers.size() >= 198, "200 threads drew only " + numbers.size() + " different numbers");
  }

  @Test
  void everyProcessStartsElsewhere() throws Exception {
    assertNotEquals(ChildJvm.run(OneNumber.class), ChildJvm.run(OneNumber.class));
  }

  static final class OneNumber {
    private OneNumber() {}

    public static void main(String[] args) {
      System.out.println(MlxRandom.normal(4));
    }
  }

  // ---- shapes and dtypes
  // -------------------------------------------------------------------------

  @Test
  void everyFunctionMakesTheShapeAskedFor() {
    List<Function<int[], MlxArray>> functions =
        List.of(
            MlxRandom::uniform,
            s -> MlxRandom.uniform(0, 2, s),
            MlxRandom::normal,
            s -> MlxRandom.randint(0, 9, s),
            s -> MlxRandom.bernoulli(0.5, s),
            s -> MlxRandom.truncatedNormal(-1, 1, s),
            MlxRandom::gumbel,
            MlxRandom::laplace,
            s ->
                MlxRandom.uniform(MlxArray.scalar(0f), MlxArray.scalar(1f), s, DType.FLOAT32, null),
            s -> MlxRandom.normal(s, DType.FLOAT32, MlxArray.scalar(0f), MlxArray.scalar(1f), null),
            s -> MlxRandom.randint(MlxArray.scalar(0), MlxArray.scalar(9), s, DType.INT32, null),
            s -> MlxRandom.bernoulli(MlxArray.scalar(0.5f), s, null),
            s ->
                MlxRandom.truncatedNormal(
                    MlxArray.scalar(0f), MlxArray.scalar(1f), s, DType.FLOAT32, null));
    for (Function<int[], MlxArray> function : functions) {
      assertShape(function.apply(new int[] {2, 3}), 2, 3);
      assertShape(function.apply(new int[0]));
      MlxArray none = function.apply(new int[] {0, 3});
      assertShape(none, 0, 3);
      none.eval();
      assertThrowsSaying(
          IllegalArgumentException.class,
          () -> function.apply(new int[] {2, -1}),
          "[2, -1]",
          "negative");
    }
    assertShape(MlxRandom.categorical(Ops.ones(2, 3)), 2);
    assertShape(MlxRandom.permutation(4), 4);
    assertShape(MlxRandom.permutation(0), 0);
    assertShape(MlxRandom.permutation(Ops.ones(2, 3)), 2, 3);
    assertShape(MlxRandom.bernoulli(Ops.ones(2, 3), null), 2, 3);
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT16", "BFLOAT16", "FLOAT32"})
  void floatsAreOfTheDtypeAskedFor(DType dtype) {
    int[] shape = {10};
    assertEquals(dtype, MlxRandom.uniform(0, 1, shape, dtype, null).dtype());
    assertEquals(dtype, MlxRandom.normal(shape, dtype, null).dtype());
    assertEquals(dtype, MlxRandom.gumbel(shape, dtype, null).dtype());
    assertEquals(dtype, MlxRandom.laplace(shape, dtype, 0, 1, null).dtype());
    assertEquals(dtype, MlxRandom.truncatedNormal(-1, 1, shape, dtype, null).dtype());
  }

  @ParameterizedTest
  @EnumSource(names = {"UINT8", "INT8", "UINT16", "INT16", "UINT32", "INT32", "UINT64", "INT64"})
  void integersAreOfTheDtypeAskedFor(DType dtype) {
    MlxArray x = MlxRandom.randint(10, 100, new int[] {1000}, dtype, key);
    assertEquals(dtype, x.dtype());
    assertTrue(x.min().itemLong() >= 10 && x.max().itemLong() < 100);
  }

  // ---- what is refused
  // ---------------------------------------------------------------------------

  @Test
  void whatIsNoKeyIsRefused() {
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> MlxRandom.normal(new int[] {2}, MlxArray.of(1f, 2f)),
        "key",
        "float32");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> MlxRandom.normal(new int[] {2}, MlxArray.of(new int[] {1}, DType.UINT32, 1)),
        "key",
        "[1]");
    assertThrowsSaying(
        IllegalArgumentException.class, () -> MlxRandom.split(MlxArray.scalar(1f)), "key");
    assertThrowsSaying(
        IllegalArgumentException.class, () -> MlxRandom.split(MlxArray.scalar(1f), 2), "key");
    assertThrowsSaying(NullPointerException.class, () -> MlxRandom.split(null), "[split]", "null");
    MlxArray closed = MlxRandom.key(1);
    closed.close();
    assertThrowsSaying(
        IllegalStateException.class,
        () -> MlxRandom.normal(new int[] {2}, closed),
        "[normal]",
        "closed");
  }

  @Test
  void argumentsThatMakeNoSenseAreRefused() {
    assertThrowsSaying(
        IllegalArgumentException.class, () -> MlxRandom.permutation(-1), "[permutation]", "-1");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> MlxRandom.categorical(Ops.ones(2), 1, null),
        "[categorical]",
        "axis 1");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> MlxRandom.categorical(Ops.ones(2, 3), 1, new int[] {7}, null),
        "[7]");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> MlxRandom.uniform(0, 1, new int[] {1}, DType.INT32, null),
        "[uniform]");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> MlxRandom.normal(new int[] {1}, DType.INT32, null),
        "[normal]");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> MlxRandom.laplace(new int[] {1}, DType.INT32, 0, 1, null),
        "[laplace]");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> MlxRandom.randint(0, 9, new int[] {1}, DType.FLOAT32, null),
        "[randint]");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> MlxRandom.uniform(Ops.zeros(3), Ops.ones(3), new int[] {2}, DType.FLOAT32, null),
        "[3]",
        "[2]");
  }

  @Test
  void numbersThatMakeNoSenseAreNamed() {
    assertThrowsSaying(
        IllegalArgumentException.class, () -> MlxRandom.split(key, -1), "[split]", "-1");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> MlxRandom.categorical(Ops.ones(2), 0, -1, null),
        "[categorical]",
        "-1");
  }

  @Test
  void axesOutOfRangeAreNamed() {
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> MlxRandom.permutation(Ops.ones(2), 1, null),
        "[permutation]",
        "axis 1");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> MlxRandom.permutation(MlxArray.scalar(1)),
        "[permutation]",
        "axis 0");
  }
}
