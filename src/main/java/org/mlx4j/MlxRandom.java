package org.mlx4j;

import static org.mlx4j.Call.binary;
import static org.mlx4j.Call.creation;
import static org.mlx4j.Call.ternary;
import static org.mlx4j.Call.unary;
import static org.mlx4j.Call.unaryToMany;

import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;
import org.mlx4j.internal.RandomNative;

/**
 * Random numbers. Mirrors {@code mlx.core.random}.
 *
 * <pre>{@code
 * MlxRandom.seed(42);
 * MlxArray noise = MlxRandom.normal(2, 3);              // uses the next key of the process
 * MlxArray key = MlxRandom.key(7);
 * MlxArray same = MlxRandom.uniform(0, 1, new int[] {4}, key); // depends on the key only
 * }</pre>
 *
 * <p>Numbers depend only on their key: the same key gives the same numbers. Functions without a key
 * argument, or with null for it, take the next key of a sequence that all threads share. A function
 * that {@link Transforms#compile} records takes such keys once, while it is traced; if it must draw
 * new numbers at every call, give it its key as an argument.
 *
 * <p>All functions throw {@link IllegalStateException} if an array is closed, and {@link
 * NullPointerException} if an argument other than the key is null.
 */
public final class MlxRandom {
  private MlxRandom() {}

  /**
   * Restarts the process's sequence of keys: the same seed gives the same numbers, which are also
   * those of Python. Without a seed, the sequence starts at random. Mirrors {@code
   * mlx.core.random.seed}.
   *
   * @param seed any number
   */
  public static void seed(long seed) {
    RandomNative.seed(seed);
  }

  /**
   * Creates a key. Mirrors {@code mlx.core.random.key}.
   *
   * @param seed any number
   * @return a uint32 array of shape {@code (2)}
   */
  public static MlxArray key(long seed) {
    return creation("key", s -> RandomNative.key(seed));
  }

  /** Derives two new keys from a key; see {@link #split(MlxArray, int)}. */
  public static MlxArray[] split(MlxArray key) {
    return unaryToMany("split", RandomNative::split, key);
  }

  /**
   * Derives new keys from a key, which should not be used again. Mirrors {@code
   * mlx.core.random.split}.
   *
   * @param key the key
   * @param num the number of new keys
   * @return a uint32 array of shape {@code (num, 2)}
   * @throws IllegalArgumentException if {@code num} is negative, or {@code key} is not a PRNG key
   */
  public static MlxArray split(MlxArray key, int num) {
    requireNotNegative("split", "num", num);
    return unary("split", (k, s) -> RandomNative.split(k, num, s), key);
  }

  /**
   * Draws float32 numbers from the uniform distribution over {@code [0, 1)}; see {@link
   * #uniform(MlxArray, MlxArray, int[], DType, MlxArray)}.
   */
  public static MlxArray uniform(int... shape) {
    return uniform(0, 1, shape);
  }

  /**
   * Draws float32 numbers from the uniform distribution over {@code [low, high)}; see {@link
   * #uniform(MlxArray, MlxArray, int[], DType, MlxArray)}.
   */
  public static MlxArray uniform(double low, double high, int[] shape) {
    return uniform(low, high, shape, DType.FLOAT32, null);
  }

  /**
   * Draws float32 numbers from the uniform distribution over {@code [low, high)}; see {@link
   * #uniform(MlxArray, MlxArray, int[], DType, MlxArray)}.
   */
  public static MlxArray uniform(double low, double high, int[] shape, @Nullable MlxArray key) {
    return uniform(low, high, shape, DType.FLOAT32, key);
  }

  /**
   * Equivalent to {@link #uniform(MlxArray, MlxArray, int[], DType, MlxArray)} with scalar limits.
   */
  public static MlxArray uniform(
      double low, double high, int[] shape, DType dtype, @Nullable MlxArray key) {
    return between("uniform", low, high, dtype, (l, h) -> uniform(l, h, shape, dtype, key));
  }

  /**
   * Draws numbers from the uniform distribution over {@code [low, high)}. Mirrors {@code
   * mlx.core.random.uniform}.
   *
   * @param low the lower limits, inclusive, of a shape that broadcasts to {@code shape}
   * @param high the upper limits, exclusive, of a shape that broadcasts to {@code shape}
   * @param shape the shape; empty for a scalar
   * @param dtype a floating-point dtype
   * @param key the PRNG key, or null for the next key of the process
   * @return an array of the given shape and dtype
   * @throws IllegalArgumentException if the shape is invalid, or {@code key} is not a PRNG key
   */
  public static MlxArray uniform(
      MlxArray low, MlxArray high, int[] shape, DType dtype, @Nullable MlxArray key) {
    return keyed(
        "uniform",
        key,
        (l, h, k, s) ->
            RandomNative.uniform(l, h, Sizes.require("uniform", shape, dtype), dtype.code(), k, s),
        low,
        high);
  }

  /**
   * Draws float32 numbers from the standard normal distribution; see {@link #normal(int[], DType,
   * MlxArray, MlxArray, MlxArray)}.
   */
  public static MlxArray normal(int... shape) {
    return normal(shape, (MlxArray) null);
  }

  /**
   * Draws float32 numbers from the standard normal distribution; see {@link #normal(int[], DType,
   * MlxArray, MlxArray, MlxArray)}.
   */
  public static MlxArray normal(int[] shape, @Nullable MlxArray key) {
    return normal(shape, DType.FLOAT32, key);
  }

  /**
   * Draws numbers from the standard normal distribution; see {@link #normal(int[], DType, MlxArray,
   * MlxArray, MlxArray)}.
   */
  public static MlxArray normal(int[] shape, DType dtype, @Nullable MlxArray key) {
    return keyed(
        "normal",
        key,
        (k, s) ->
            RandomNative.normal(Sizes.require("normal", shape, dtype), dtype.code(), 0, 0, k, s));
  }

  /**
   * Equivalent to {@link #normal(int[], DType, MlxArray, MlxArray, MlxArray)} with a scalar mean
   * and standard deviation.
   */
  public static MlxArray normal(
      int[] shape, DType dtype, double loc, double scale, @Nullable MlxArray key) {
    return between("normal", loc, scale, dtype, (l, c) -> normal(shape, dtype, l, c, key));
  }

  /**
   * Draws numbers from normal distributions. Mirrors {@code mlx.core.random.normal}.
   *
   * @param shape the shape; empty for a scalar
   * @param dtype a floating-point dtype
   * @param loc the means, of a shape that broadcasts to {@code shape}
   * @param scale the standard deviations, of a shape that broadcasts to {@code shape}
   * @param key the PRNG key, or null for the next key of the process
   * @return an array of the given shape and dtype
   * @throws IllegalArgumentException if the shape is invalid, or {@code key} is not a PRNG key
   */
  public static MlxArray normal(
      int[] shape, DType dtype, MlxArray loc, MlxArray scale, @Nullable MlxArray key) {
    return keyed(
        "normal",
        key,
        (l, c, k, s) ->
            RandomNative.normal(Sizes.require("normal", shape, dtype), dtype.code(), l, c, k, s),
        loc,
        scale);
  }

  /**
   * Draws one vector for each mean and covariance matrix; see {@link #multivariateNormal(MlxArray,
   * MlxArray, int[], DType, MlxArray)}.
   */
  public static MlxArray multivariateNormal(MlxArray mean, MlxArray cov) {
    return multivariateNormal(mean, cov, new int[0]);
  }

  /**
   * Equivalent to {@link #multivariateNormal(MlxArray, MlxArray, int[], DType, MlxArray)
   * multivariateNormal(mean, cov, shape, DType.FLOAT32, null)}.
   */
  public static MlxArray multivariateNormal(MlxArray mean, MlxArray cov, int[] shape) {
    return multivariateNormal(mean, cov, shape, DType.FLOAT32, null);
  }

  /**
   * Draws vectors from multivariate normal distributions. The covariance matrices are decomposed on
   * the CPU; if an element is infinite or NaN, evaluation throws an {@link MlxException}. Mirrors
   * {@code mlx.core.random.multivariate_normal}.
   *
   * @param mean the means, of shape {@code (…, n)}
   * @param cov the covariance matrices, symmetric and positive semi-definite, of shape {@code (…,
   *     n, n)}
   * @param shape the shape of the result without its last axis, to which the leading axes of {@code
   *     mean} and {@code cov} broadcast
   * @param dtype {@link DType#FLOAT32}
   * @param key the PRNG key, or null for the next key of the process
   * @return an array of shape {@code (shape, n)}
   * @throws IllegalArgumentException if the shapes do not fit, or the dtype is not float32
   */
  public static MlxArray multivariateNormal(
      MlxArray mean, MlxArray cov, int[] shape, DType dtype, @Nullable MlxArray key) {
    return keyed(
        "multivariateNormal",
        key,
        (m, c, k, s) ->
            RandomNative.multivariate_normal(
                m, c, Sizes.require("multivariateNormal", shape, dtype), dtype.code(), k, s),
        mean,
        cov);
  }

  /**
   * Draws int32 numbers from {@code [low, high)}; see {@link #randint(MlxArray, MlxArray, int[],
   * DType, MlxArray)}.
   */
  public static MlxArray randint(int low, int high, int... shape) {
    return randint(low, high, shape, DType.INT32, null);
  }

  /**
   * Draws int32 numbers from {@code [low, high)}; see {@link #randint(MlxArray, MlxArray, int[],
   * DType, MlxArray)}.
   */
  public static MlxArray randint(int low, int high, int[] shape, @Nullable MlxArray key) {
    return randint(low, high, shape, DType.INT32, key);
  }

  /**
   * Equivalent to {@link #randint(MlxArray, MlxArray, int[], DType, MlxArray)} with scalar limits.
   */
  public static MlxArray randint(
      long low, long high, int[] shape, DType dtype, @Nullable MlxArray key) {
    requireFit(dtype, low);
    requireFit(dtype, high);
    return between(
        "randint",
        low,
        high,
        low == (int) low && high == (int) high ? DType.INT32 : DType.INT64,
        (l, h) -> randint(l, h, shape, dtype, key));
  }

  /**
   * Draws integers from the uniform distribution over {@code [low, high)}. Mirrors {@code
   * mlx.core.random.randint}.
   *
   * @param low the lower limits, inclusive, of a shape that broadcasts to {@code shape}
   * @param high the upper limits, exclusive, of a shape that broadcasts to {@code shape}
   * @param shape the shape; empty for a scalar
   * @param dtype an integer dtype
   * @param key the PRNG key, or null for the next key of the process
   * @return an array of the given shape and dtype
   * @throws IllegalArgumentException if the shape is invalid, or {@code key} is not a PRNG key
   */
  public static MlxArray randint(
      MlxArray low, MlxArray high, int[] shape, DType dtype, @Nullable MlxArray key) {
    return keyed(
        "randint",
        key,
        (l, h, k, s) ->
            RandomNative.randint(l, h, Sizes.require("randint", shape, dtype), dtype.code(), k, s),
        low,
        high);
  }

  /**
   * Draws one bool that is true with probability 0.5; see {@link #bernoulli(MlxArray, int[],
   * MlxArray)}.
   */
  public static MlxArray bernoulli() {
    return bernoulli(0.5);
  }

  /**
   * Draws bools that are true with probability {@code p}; see {@link #bernoulli(MlxArray, int[],
   * MlxArray)}.
   */
  public static MlxArray bernoulli(double p, int... shape) {
    return bernoulli(p, shape, null);
  }

  /** Equivalent to {@link #bernoulli(MlxArray, int[], MlxArray)} with a single probability. */
  public static MlxArray bernoulli(double p, int[] shape, @Nullable MlxArray key) {
    return between("bernoulli", p, 0, DType.FLOAT32, (q, unused) -> bernoulli(q, shape, key));
  }

  /** Draws one bool for each probability; see {@link #bernoulli(MlxArray, int[], MlxArray)}. */
  public static MlxArray bernoulli(MlxArray p) {
    return bernoulli(p, null);
  }

  /** Draws one bool for each probability; see {@link #bernoulli(MlxArray, int[], MlxArray)}. */
  public static MlxArray bernoulli(MlxArray p, @Nullable MlxArray key) {
    return keyed("bernoulli", key, (q, k, s) -> RandomNative.bernoulli(q, k, s), p);
  }

  /**
   * Draws bools that are true with given probabilities. Mirrors {@code mlx.core.random.bernoulli}.
   *
   * @param p the probabilities of true, of a shape that broadcasts to {@code shape}
   * @param shape the shape; empty for a scalar
   * @param key the PRNG key, or null for the next key of the process
   * @return a bool array of the given shape
   * @throws IllegalArgumentException if the shape is invalid, or {@code key} is not a PRNG key
   */
  public static MlxArray bernoulli(MlxArray p, int[] shape, @Nullable MlxArray key) {
    return keyed(
        "bernoulli",
        key,
        (q, k, s) -> RandomNative.bernoulli(q, Sizes.require("bernoulli", shape, DType.BOOL), k, s),
        p);
  }

  /**
   * Draws float32 numbers from the standard normal distribution within limits; see {@link
   * #truncatedNormal(MlxArray, MlxArray, int[], DType, MlxArray)}.
   */
  public static MlxArray truncatedNormal(double lower, double upper, int... shape) {
    return truncatedNormal(lower, upper, shape, DType.FLOAT32, null);
  }

  /**
   * Equivalent to {@link #truncatedNormal(MlxArray, MlxArray, int[], DType, MlxArray)} with scalar
   * limits.
   */
  public static MlxArray truncatedNormal(
      double lower, double upper, int[] shape, DType dtype, @Nullable MlxArray key) {
    return between(
        "truncatedNormal", lower, upper, dtype, (l, u) -> truncatedNormal(l, u, shape, dtype, key));
  }

  /**
   * Draws numbers from the standard normal distribution, restricted to those between two limits.
   * Mirrors {@code mlx.core.random.truncated_normal}.
   *
   * @param lower the lower limits, of a shape that broadcasts to {@code shape}
   * @param upper the upper limits, of a shape that broadcasts to {@code shape}
   * @param shape the shape; empty for a scalar
   * @param dtype a floating-point dtype
   * @param key the PRNG key, or null for the next key of the process
   * @return an array of the given shape and dtype
   * @throws IllegalArgumentException if the shape is invalid, or {@code key} is not a PRNG key
   */
  public static MlxArray truncatedNormal(
      MlxArray lower, MlxArray upper, int[] shape, DType dtype, @Nullable MlxArray key) {
    return keyed(
        "truncatedNormal",
        key,
        (l, u, k, s) ->
            RandomNative.truncated_normal(
                l, u, Sizes.require("truncatedNormal", shape, dtype), dtype.code(), k, s),
        lower,
        upper);
  }

  /**
   * Draws one float32 number for each pair of limits, which are broadcast together; see {@link
   * #truncatedNormal(MlxArray, MlxArray, int[], DType, MlxArray)}.
   */
  public static MlxArray truncatedNormal(MlxArray lower, MlxArray upper) {
    return truncatedNormal(lower, upper, DType.FLOAT32, null);
  }

  /**
   * Draws one number for each pair of limits, which are broadcast together; see {@link
   * #truncatedNormal(MlxArray, MlxArray, int[], DType, MlxArray)}.
   */
  public static MlxArray truncatedNormal(
      MlxArray lower, MlxArray upper, DType dtype, @Nullable MlxArray key) {
    Call.notNull("truncatedNormal", "the dtype", dtype);
    return keyed(
        "truncatedNormal",
        key,
        (l, u, k, s) -> RandomNative.truncated_normal(l, u, dtype.code(), k, s),
        lower,
        upper);
  }

  /**
   * Draws float32 numbers from the standard Gumbel distribution; see {@link #gumbel(int[], DType,
   * MlxArray)}.
   */
  public static MlxArray gumbel(int... shape) {
    return gumbel(shape, DType.FLOAT32, null);
  }

  /**
   * Draws numbers from the standard Gumbel distribution. Mirrors {@code mlx.core.random.gumbel}.
   *
   * @param shape the shape; empty for a scalar
   * @param dtype a floating-point dtype
   * @param key the PRNG key, or null for the next key of the process
   * @return an array of the given shape and dtype
   * @throws IllegalArgumentException if the shape is invalid, or {@code key} is not a PRNG key
   */
  public static MlxArray gumbel(int[] shape, DType dtype, @Nullable MlxArray key) {
    return keyed(
        "gumbel",
        key,
        (k, s) -> RandomNative.gumbel(Sizes.require("gumbel", shape, dtype), dtype.code(), k, s));
  }

  /**
   * Draws float32 numbers from the Laplace distribution with mean 0 and scale 1; see {@link
   * #laplace(int[], DType, double, double, MlxArray)}.
   */
  public static MlxArray laplace(int... shape) {
    return laplace(shape, DType.FLOAT32, 0, 1, null);
  }

  /**
   * Draws numbers from a Laplace distribution. Mirrors {@code mlx.core.random.laplace}.
   *
   * @param shape the shape; empty for a scalar
   * @param dtype a floating-point dtype
   * @param loc the mean
   * @param scale the scale
   * @param key the PRNG key, or null for the next key of the process
   * @return an array of the given shape and dtype
   * @throws IllegalArgumentException if the shape is invalid, or {@code key} is not a PRNG key
   */
  public static MlxArray laplace(
      int[] shape, DType dtype, double loc, double scale, @Nullable MlxArray key) {
    return keyed(
        "laplace",
        key,
        (k, s) ->
            RandomNative.laplace(
                Sizes.require("laplace", shape, dtype),
                dtype.code(),
                (float) loc,
                (float) scale,
                k,
                s));
  }

  /**
   * Draws one class along the last axis; see {@link #categorical(MlxArray, int, int[], MlxArray)}.
   */
  public static MlxArray categorical(MlxArray logits) {
    return categorical(logits, -1, null);
  }

  /** Draws one class along an axis; see {@link #categorical(MlxArray, int, int[], MlxArray)}. */
  public static MlxArray categorical(MlxArray logits, int axis) {
    return categorical(logits, axis, null);
  }

  /** Draws one class along an axis; see {@link #categorical(MlxArray, int, int[], MlxArray)}. */
  public static MlxArray categorical(MlxArray logits, int axis, @Nullable MlxArray key) {
    return keyed("categorical", key, (l, k, s) -> RandomNative.categorical(l, axis, k, s), logits);
  }

  /**
   * Draws classes from categorical distributions. Mirrors {@code mlx.core.random.categorical}.
   *
   * @param logits the unnormalized logarithms of the probabilities
   * @param axis the axis of the classes; counts from the end when negative
   * @param shape the shape of the result, to which that of {@code logits} without the axis
   *     broadcasts
   * @param key the PRNG key, or null for the next key of the process
   * @return a uint32 array of the given shape
   * @throws IllegalArgumentException if the axis is out of range, or the shape does not fit
   */
  public static MlxArray categorical(
      MlxArray logits, int axis, int[] shape, @Nullable MlxArray key) {
    return keyed(
        "categorical",
        key,
        (l, k, s) ->
            RandomNative.categorical(
                l, axis, Sizes.require("categorical", shape, DType.UINT32), k, s),
        logits);
  }

  /**
   * Draws several classes from each of several categorical distributions. Mirrors {@code
   * mlx.core.random.categorical}.
   *
   * @param logits the unnormalized logarithms of the probabilities
   * @param axis the axis of the classes; counts from the end when negative
   * @param numSamples the number of classes to draw from each distribution
   * @param key the PRNG key, or null for the next key of the process
   * @return a uint32 array without the axis, and with the samples along a new last axis
   * @throws IllegalArgumentException if the axis is out of range
   */
  public static MlxArray categorical(
      MlxArray logits, int axis, int numSamples, @Nullable MlxArray key) {
    requireNotNegative("categorical", "numSamples", numSamples);
    return keyed(
        "categorical",
        key,
        (l, k, s) -> RandomNative.categorical(l, axis, numSamples, k, s),
        logits);
  }

  /** Equivalent to {@link #permutation(int, MlxArray) permutation(x, null)}. */
  public static MlxArray permutation(int x) {
    return permutation(x, null);
  }

  /**
   * Returns the numbers from 0 to {@code x - 1} in random order. Mirrors {@code
   * mlx.core.random.permutation}.
   *
   * @param x the number of numbers
   * @param key the PRNG key, or null for the next key of the process
   * @return a uint32 array of shape {@code (x)}
   * @throws IllegalArgumentException if {@code x} is negative
   */
  public static MlxArray permutation(int x, @Nullable MlxArray key) {
    return keyed(
        "permutation",
        key,
        (k, s) ->
            RandomNative.permutation(
                Sizes.require("permutation", new int[] {x}, DType.UINT32)[0], k, s));
  }

  /** Equivalent to {@link #permutation(MlxArray, int, MlxArray) permutation(x, 0, null)}. */
  public static MlxArray permutation(MlxArray x) {
    return permutation(x, 0, null);
  }

  /**
   * Returns an array with its slices along an axis in random order. Mirrors {@code
   * mlx.core.random.permutation}.
   *
   * @param x the array
   * @param axis the axis; counts from the end when negative
   * @param key the PRNG key, or null for the next key of the process
   * @return an array of the same shape
   * @throws IllegalArgumentException if the axis is out of range
   */
  public static MlxArray permutation(MlxArray x, int axis, @Nullable MlxArray key) {
    int ndim = Call.argument("permutation", 0, x).ndim();
    if (axis < -ndim || axis >= ndim) {
      throw new IllegalArgumentException(
          "[permutation] axis " + axis + " is out of range for an array with " + ndim + " axes");
    }
    return keyed("permutation", key, (a, k, s) -> RandomNative.permutation(a, axis, k, s), x);
  }

  // ---- keys
  // --------------------------------------------------------------------------------------

  private static void requireNotNegative(String function, String argument, int value) {
    if (value < 0) {
      throw new IllegalArgumentException(
          "[" + function + "] " + argument + " must not be negative, got " + value);
    }
  }

  private static void requireFit(DType dtype, long limit) {
    int bits = 8 * Call.notNull("randint", "the dtype", dtype).itemsize();
    boolean unsigned = dtype.compareTo(DType.UINT8) >= 0 && dtype.compareTo(DType.UINT64) <= 0;
    long most = bits == 64 ? Long.MAX_VALUE : (1L << (unsigned ? bits : bits - 1));
    long least = unsigned ? 0 : bits == 64 ? Long.MIN_VALUE : -most;
    if (dtype.isInteger() && (limit < least || limit > most)) {
      throw new IllegalArgumentException(
          "[randint] the limit " + limit + " does not fit the dtype " + dtype);
    }
  }

  private interface Source {
    long apply(long key, long stream);
  }

  private interface SourceOfOne {
    long apply(long a, long key, long stream);
  }

  private interface SourceOfTwo {
    long apply(long a, long b, long key, long stream);
  }

  private static MlxArray keyed(String function, @Nullable MlxArray key, Source op) {
    return key == null ? creation(function, s -> op.apply(0, s)) : unary(function, op::apply, key);
  }

  private static MlxArray keyed(
      String function, @Nullable MlxArray key, SourceOfOne op, MlxArray a) {
    return key == null
        ? unary(function, (x, s) -> op.apply(x, 0, s), a)
        : binary(function, op::apply, a, key);
  }

  private static MlxArray keyed(
      String function, @Nullable MlxArray key, SourceOfTwo op, MlxArray a, MlxArray b) {
    return key == null
        ? binary(function, (x, y, s) -> op.apply(x, y, 0, s), a, b)
        : ternary(function, op::apply, a, b, key);
  }

  /** Applies an operation to two numbers as scalars of the dtype, which are closed afterwards. */
  private static MlxArray between(
      String function, double a, double b, DType dtype, BinaryOperator<MlxArray> op) {
    Call.notNull(function, "the dtype", dtype);
    try (MlxArray x = MlxArray.scalar(a, dtype);
        MlxArray y = MlxArray.scalar(b, dtype)) {
      return op.apply(x, y);
    }
  }

  private static MlxArray between(
      String function, long a, long b, DType dtype, BinaryOperator<MlxArray> op) {
    Call.notNull(function, "the dtype", dtype);
    try (MlxArray x = MlxArray.scalar(a, dtype);
        MlxArray y = MlxArray.scalar(b, dtype)) {
      return op.apply(x, y);
    }
  }
}
