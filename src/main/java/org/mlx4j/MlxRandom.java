package org.mlx4j;

import static org.mlx4j.Call.binary;
import static org.mlx4j.Call.creation;
import static org.mlx4j.Call.ternary;
import static org.mlx4j.Call.unary;
import static org.mlx4j.Call.unaryToMany;

import java.util.function.BinaryOperator;
import org.mlx4j.internal.RandomNative;

/**
 * Random numbers. Mirrors {@code mlx.core.random}.
 *
 * <p>A number depends on nothing but its key: the same key gives the same numbers. Without a key a
 * function takes the next one of a sequence that all threads share. A function that {@link
 * Transforms#compile} records takes its keys once, so one that shall draw new numbers at every call
 * gets its key as an argument.
 */
public final class MlxRandom {
  private MlxRandom() {}

  /**
   * Starts the process's sequence of keys anew: the same seed gives the same numbers, those that
   * Python gives. Without it the sequence starts at random. Mirrors {@code mlx.core.random.seed}.
   *
   * @param seed any number
   */
  public static void seed(long seed) {
    RandomNative.seed(seed);
  }

  /**
   * A key. Mirrors {@code mlx.core.random.key}.
   *
   * @param seed any number
   * @return a uint32 array of shape {@code (2)}
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray key(long seed) {
    return creation("key", s -> RandomNative.key(seed));
  }

  /**
   * Two new keys of one, which should not be used again. Mirrors {@code mlx.core.random.split}.
   *
   * @param key the key
   * @return two keys
   * @throws IllegalArgumentException if the shape is not possible or the key is none
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray[] split(MlxArray key) {
    return unaryToMany("split", RandomNative::split, key);
  }

  /**
   * New keys of one, which should not be used again. Mirrors {@code mlx.core.random.split}.
   *
   * @param key the key
   * @param num how many
   * @return a uint32 array of shape {@code (num, 2)}
   * @throws IllegalArgumentException if the shape is not possible or the key is none
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray split(MlxArray key, int num) {
    requireNotNegative("split", "num", num);
    return unary("split", (k, s) -> RandomNative.split(k, num, s), key);
  }

  /**
   * Numbers evenly distributed over {@code [0, 1)}. Mirrors {@code mlx.core.random.uniform}.
   *
   * @param shape the shape; empty for a scalar
   * @return a float32 array
   * @throws IllegalArgumentException if the shape is not possible or the key is none
   */
  public static MlxArray uniform(int... shape) {
    return uniform(0, 1, shape);
  }

  /**
   * Numbers evenly distributed over {@code [low, high)}. Mirrors {@code mlx.core.random.uniform}.
   *
   * @param low the lower limit
   * @param high the upper limit
   * @param shape the shape; empty for a scalar
   * @return a float32 array
   * @throws IllegalArgumentException if the shape is not possible or the key is none
   */
  public static MlxArray uniform(double low, double high, int[] shape) {
    return uniform(low, high, shape, DType.FLOAT32, null);
  }

  /**
   * Numbers evenly distributed over {@code [low, high)}. Mirrors {@code mlx.core.random.uniform}.
   *
   * @param low the lower limit
   * @param high the upper limit
   * @param shape the shape; empty for a scalar
   * @param key the key, or null for the next of the process
   * @return a float32 array
   * @throws IllegalArgumentException if the shape is not possible or the key is none
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray uniform(double low, double high, int[] shape, MlxArray key) {
    return uniform(low, high, shape, DType.FLOAT32, key);
  }

  /**
   * Numbers evenly distributed over {@code [low, high)}. Mirrors {@code mlx.core.random.uniform}.
   *
   * @param low the lower limit
   * @param high the upper limit
   * @param shape the shape; empty for a scalar
   * @param dtype a floating point dtype
   * @param key the key, or null for the next of the process
   * @return an array
   * @throws IllegalArgumentException if the shape is not possible or the key is none
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray uniform(double low, double high, int[] shape, DType dtype, MlxArray key) {
    return between("uniform", low, high, dtype, (l, h) -> uniform(l, h, shape, dtype, key));
  }

  /**
   * Numbers evenly distributed over {@code [low, high)}. Mirrors {@code mlx.core.random.uniform}.
   *
   * @param low the lower limits, of a shape that broadcasts to {@code shape}
   * @param high the upper limits, of a shape that broadcasts to {@code shape}
   * @param shape the shape; empty for a scalar
   * @param dtype a floating point dtype
   * @param key the key, or null for the next of the process
   * @return an array
   * @throws IllegalArgumentException if the shape is not possible or the key is none
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray uniform(
      MlxArray low, MlxArray high, int[] shape, DType dtype, MlxArray key) {
    return keyed(
        "uniform",
        key,
        (l, h, k, s) ->
            RandomNative.uniform(l, h, Sizes.require("uniform", shape, dtype), dtype.code(), k, s),
        low,
        high);
  }

  /**
   * Normally distributed numbers. Mean 0, standard deviation 1. Mirrors {@code
   * mlx.core.random.normal}.
   *
   * @param shape the shape; empty for a scalar
   * @return a float32 array
   * @throws IllegalArgumentException if the shape is not possible or the key is none
   */
  public static MlxArray normal(int... shape) {
    return normal(shape, (MlxArray) null);
  }

  /**
   * Normally distributed numbers. Mean 0, standard deviation 1. Mirrors {@code
   * mlx.core.random.normal}.
   *
   * @param shape the shape; empty for a scalar
   * @param key the key, or null for the next of the process
   * @return a float32 array
   * @throws IllegalArgumentException if the shape is not possible or the key is none
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray normal(int[] shape, MlxArray key) {
    return normal(shape, DType.FLOAT32, key);
  }

  /**
   * Normally distributed numbers. Mean 0, standard deviation 1. Mirrors {@code
   * mlx.core.random.normal}.
   *
   * @param shape the shape; empty for a scalar
   * @param dtype a floating point dtype
   * @param key the key, or null for the next of the process
   * @return an array
   * @throws IllegalArgumentException if the shape is not possible or the key is none
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray normal(int[] shape, DType dtype, MlxArray key) {
    return keyed(
        "normal",
        key,
        (k, s) ->
            RandomNative.normal(Sizes.require("normal", shape, dtype), dtype.code(), 0, 0, k, s));
  }

  /**
   * Normally distributed numbers. Mirrors {@code mlx.core.random.normal}.
   *
   * @param shape the shape; empty for a scalar
   * @param dtype a floating point dtype
   * @param loc the mean
   * @param scale the standard deviation
   * @param key the key, or null for the next of the process
   * @return an array
   * @throws IllegalArgumentException if the shape is not possible or the key is none
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray normal(int[] shape, DType dtype, double loc, double scale, MlxArray key) {
    return between("normal", loc, scale, dtype, (l, c) -> normal(shape, dtype, l, c, key));
  }

  /**
   * Normally distributed numbers. Mirrors {@code mlx.core.random.normal}.
   *
   * @param shape the shape; empty for a scalar
   * @param dtype a floating point dtype
   * @param loc the means, of a shape that broadcasts to {@code shape}
   * @param scale the standard deviations, of a shape that broadcasts to {@code shape}
   * @param key the key, or null for the next of the process
   * @return an array
   * @throws IllegalArgumentException if the shape is not possible or the key is none
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray normal(
      int[] shape, DType dtype, MlxArray loc, MlxArray scale, MlxArray key) {
    return keyed(
        "normal",
        key,
        (l, c, k, s) ->
            RandomNative.normal(Sizes.require("normal", shape, dtype), dtype.code(), l, c, k, s),
        loc,
        scale);
  }

  /**
   * Vectors of jointly normally distributed numbers. Mirrors {@code
   * mlx.core.random.multivariate_normal}.
   *
   * @param mean the mean, of shape {@code (…, n)}
   * @param cov the covariance matrix, of shape {@code (…, n, n)}
   * @return a float32 array of shape {@code (…, n)}
   * @throws IllegalArgumentException if the shapes do not fit
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray multivariateNormal(MlxArray mean, MlxArray cov) {
    return multivariateNormal(mean, cov, new int[0]);
  }

  /**
   * Vectors of jointly normally distributed numbers. Mirrors {@code
   * mlx.core.random.multivariate_normal}.
   *
   * @param mean the mean, of shape {@code (…, n)}
   * @param cov the covariance matrix, of shape {@code (…, n, n)}
   * @param shape the shape of the result without its last axis, to which those of {@code mean} and
   *     {@code cov} broadcast
   * @return a float32 array of shape {@code (shape, n)}
   * @throws IllegalArgumentException if the shapes do not fit
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray multivariateNormal(MlxArray mean, MlxArray cov, int[] shape) {
    return multivariateNormal(mean, cov, shape, DType.FLOAT32, null);
  }

  /**
   * Vectors of jointly normally distributed numbers. The covariance matrix is decomposed on the
   * CPU; if an element of it is infinite or NaN, the evaluation throws an {@link MlxException}.
   * Mirrors {@code mlx.core.random.multivariate_normal}.
   *
   * @param mean the mean, of shape {@code (…, n)}
   * @param cov the covariance matrix, symmetric and positive semi-definite, of shape {@code (…, n,
   *     n)}
   * @param shape the shape of the result without its last axis, to which those of {@code mean} and
   *     {@code cov} broadcast
   * @param dtype float32
   * @param key the key, or null for the next of the process
   * @return an array of shape {@code (shape, n)}
   * @throws IllegalArgumentException if the shapes do not fit, or the dtype is another one
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray multivariateNormal(
      MlxArray mean, MlxArray cov, int[] shape, DType dtype, MlxArray key) {
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
   * Integers evenly distributed over {@code [low, high)}. Mirrors {@code mlx.core.random.randint}.
   *
   * @param low the smallest
   * @param high the limit, which is not included
   * @param shape the shape; empty for a scalar
   * @return an int32 array
   * @throws IllegalArgumentException if the shape is not possible or the key is none
   */
  public static MlxArray randint(int low, int high, int... shape) {
    return randint(low, high, shape, DType.INT32, null);
  }

  /**
   * Integers evenly distributed over {@code [low, high)}. Mirrors {@code mlx.core.random.randint}.
   *
   * @param low the smallest
   * @param high the limit, which is not included
   * @param shape the shape; empty for a scalar
   * @param key the key, or null for the next of the process
   * @return an int32 array
   * @throws IllegalArgumentException if the shape is not possible or the key is none
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray randint(int low, int high, int[] shape, MlxArray key) {
    return randint(low, high, shape, DType.INT32, key);
  }

  /**
   * Integers evenly distributed over {@code [low, high)}. Mirrors {@code mlx.core.random.randint}.
   *
   * @param low the smallest
   * @param high the limit, which is not included
   * @param shape the shape; empty for a scalar
   * @param dtype an integer dtype
   * @param key the key, or null for the next of the process
   * @return an array
   * @throws IllegalArgumentException if the shape is not possible or the key is none
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray randint(long low, long high, int[] shape, DType dtype, MlxArray key) {
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
   * Integers evenly distributed over {@code [low, high)}. Mirrors {@code mlx.core.random.randint}.
   *
   * @param low the smallest, of a shape that broadcasts to {@code shape}
   * @param high the limits, which are not included, of a shape that broadcasts to {@code shape}
   * @param shape the shape; empty for a scalar
   * @param dtype an integer dtype
   * @param key the key, or null for the next of the process
   * @return an array
   * @throws IllegalArgumentException if the shape is not possible or the key is none
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray randint(
      MlxArray low, MlxArray high, int[] shape, DType dtype, MlxArray key) {
    return keyed(
        "randint",
        key,
        (l, h, k, s) ->
            RandomNative.randint(l, h, Sizes.require("randint", shape, dtype), dtype.code(), k, s),
        low,
        high);
  }

  /**
   * True or false with the same probability. Mirrors {@code mlx.core.random.bernoulli}.
   *
   * @return a bool scalar
   */
  public static MlxArray bernoulli() {
    return bernoulli(0.5);
  }

  /**
   * True with a probability, false otherwise. Mirrors {@code mlx.core.random.bernoulli}.
   *
   * @param p the probability of true
   * @param shape the shape; empty for a scalar
   * @return a bool array
   * @throws IllegalArgumentException if the shape is not possible or the key is none
   */
  public static MlxArray bernoulli(double p, int... shape) {
    return bernoulli(p, shape, null);
  }

  /**
   * True with a probability, false otherwise. Mirrors {@code mlx.core.random.bernoulli}.
   *
   * @param p the probability of true
   * @param shape the shape; empty for a scalar
   * @param key the key, or null for the next of the process
   * @return a bool array
   * @throws IllegalArgumentException if the shape is not possible or the key is none
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray bernoulli(double p, int[] shape, MlxArray key) {
    return between("bernoulli", p, 0, DType.FLOAT32, (q, unused) -> bernoulli(q, shape, key));
  }

  /**
   * True with a probability, false otherwise. Mirrors {@code mlx.core.random.bernoulli}.
   *
   * @param p the probabilities of true
   * @return a bool array of the shape of {@code p}
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray bernoulli(MlxArray p) {
    return bernoulli(p, null);
  }

  /**
   * True with a probability, false otherwise. Mirrors {@code mlx.core.random.bernoulli}.
   *
   * @param p the probabilities of true
   * @param key the key, or null for the next of the process
   * @return a bool array of the shape of {@code p}
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray bernoulli(MlxArray p, MlxArray key) {
    return keyed("bernoulli", key, (q, k, s) -> RandomNative.bernoulli(q, k, s), p);
  }

  /**
   * True with a probability, false otherwise. Mirrors {@code mlx.core.random.bernoulli}.
   *
   * @param p the probabilities of true, of a shape that broadcasts to {@code shape}
   * @param shape the shape; empty for a scalar
   * @param key the key, or null for the next of the process
   * @return a bool array
   * @throws IllegalArgumentException if the shape is not possible or the key is none
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray bernoulli(MlxArray p, int[] shape, MlxArray key) {
    return keyed(
        "bernoulli",
        key,
        (q, k, s) -> RandomNative.bernoulli(q, Sizes.require("bernoulli", shape, DType.BOOL), k, s),
        p);
  }

  /**
   * Normally distributed numbers, only those between two limits. Mirrors {@code
   * mlx.core.random.truncated_normal}.
   *
   * @param lower the lower limit
   * @param upper the upper limit
   * @param shape the shape; empty for a scalar
   * @return a float32 array
   * @throws IllegalArgumentException if the shape is not possible or the key is none
   */
  public static MlxArray truncatedNormal(double lower, double upper, int... shape) {
    return truncatedNormal(lower, upper, shape, DType.FLOAT32, null);
  }

  /**
   * Normally distributed numbers, only those between two limits. Mirrors {@code
   * mlx.core.random.truncated_normal}.
   *
   * @param lower the lower limit
   * @param upper the upper limit
   * @param shape the shape; empty for a scalar
   * @param dtype a floating point dtype
   * @param key the key, or null for the next of the process
   * @return an array
   * @throws IllegalArgumentException if the shape is not possible or the key is none
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray truncatedNormal(
      double lower, double upper, int[] shape, DType dtype, MlxArray key) {
    return between(
        "truncatedNormal", lower, upper, dtype, (l, u) -> truncatedNormal(l, u, shape, dtype, key));
  }

  /**
   * Normally distributed numbers, only those between two limits. Mirrors {@code
   * mlx.core.random.truncated_normal}.
   *
   * @param lower the lower limits, of a shape that broadcasts to {@code shape}
   * @param upper the upper limits, of a shape that broadcasts to {@code shape}
   * @param shape the shape; empty for a scalar
   * @param dtype a floating point dtype
   * @param key the key, or null for the next of the process
   * @return an array
   * @throws IllegalArgumentException if the shape is not possible or the key is none
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray truncatedNormal(
      MlxArray lower, MlxArray upper, int[] shape, DType dtype, MlxArray key) {
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
   * Normally distributed numbers, only those between two limits. Mirrors {@code
   * mlx.core.random.truncated_normal}.
   *
   * @param lower the lower limits
   * @param upper the upper limits
   * @return a float32 array of the shape to which those of the limits broadcast
   * @throws IllegalArgumentException if the shapes do not fit
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray truncatedNormal(MlxArray lower, MlxArray upper) {
    return truncatedNormal(lower, upper, DType.FLOAT32, null);
  }

  /**
   * Normally distributed numbers, only those between two limits. Mirrors {@code
   * mlx.core.random.truncated_normal}.
   *
   * @param lower the lower limits
   * @param upper the upper limits
   * @param dtype a floating point dtype
   * @param key the key, or null for the next of the process
   * @return an array of the shape to which those of the limits broadcast
   * @throws IllegalArgumentException if the shapes do not fit or the key is none
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray truncatedNormal(
      MlxArray lower, MlxArray upper, DType dtype, MlxArray key) {
    Call.notNull("truncatedNormal", "the dtype", dtype);
    return keyed(
        "truncatedNormal",
        key,
        (l, u, k, s) -> RandomNative.truncated_normal(l, u, dtype.code(), k, s),
        lower,
        upper);
  }

  /**
   * Numbers of the standard Gumbel distribution. Mirrors {@code mlx.core.random.gumbel}.
   *
   * @param shape the shape; empty for a scalar
   * @return a float32 array
   * @throws IllegalArgumentException if the shape is not possible or the key is none
   */
  public static MlxArray gumbel(int... shape) {
    return gumbel(shape, DType.FLOAT32, null);
  }

  /**
   * Numbers of the standard Gumbel distribution. Mirrors {@code mlx.core.random.gumbel}.
   *
   * @param shape the shape; empty for a scalar
   * @param dtype a floating point dtype
   * @param key the key, or null for the next of the process
   * @return an array
   * @throws IllegalArgumentException if the shape is not possible or the key is none
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray gumbel(int[] shape, DType dtype, MlxArray key) {
    return keyed(
        "gumbel",
        key,
        (k, s) -> RandomNative.gumbel(Sizes.require("gumbel", shape, dtype), dtype.code(), k, s));
  }

  /**
   * Numbers of the Laplace distribution with mean 0 and scale 1. Mirrors {@code
   * mlx.core.random.laplace}.
   *
   * @param shape the shape; empty for a scalar
   * @return a float32 array
   * @throws IllegalArgumentException if the shape is not possible or the key is none
   */
  public static MlxArray laplace(int... shape) {
    return laplace(shape, DType.FLOAT32, 0, 1, null);
  }

  /**
   * Numbers of the Laplace distribution. Mirrors {@code mlx.core.random.laplace}.
   *
   * @param shape the shape; empty for a scalar
   * @param dtype a floating point dtype
   * @param loc the mean
   * @param scale the scale
   * @param key the key, or null for the next of the process
   * @return an array
   * @throws IllegalArgumentException if the shape is not possible or the key is none
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray laplace(int[] shape, DType dtype, double loc, double scale, MlxArray key) {
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
   * Classes drawn with probabilities given by their unnormalised logarithms. Mirrors {@code
   * mlx.core.random.categorical}.
   *
   * @param logits the logarithms, with the classes along the last axis
   * @return a uint32 array without the axis
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray categorical(MlxArray logits) {
    return categorical(logits, -1, null);
  }

  /**
   * Classes drawn with probabilities given by their unnormalised logarithms. Mirrors {@code
   * mlx.core.random.categorical}.
   *
   * @param logits the logarithms
   * @param axis the axis of the classes; counts from the end when negative
   * @return a uint32 array without the axis
   * @throws IllegalArgumentException if the axis is out of range
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray categorical(MlxArray logits, int axis) {
    return categorical(logits, axis, null);
  }

  /**
   * Classes drawn with probabilities given by their unnormalised logarithms. Mirrors {@code
   * mlx.core.random.categorical}.
   *
   * @param logits the logarithms
   * @param axis the axis of the classes; counts from the end when negative
   * @param key the key, or null for the next of the process
   * @return a uint32 array without the axis
   * @throws IllegalArgumentException if the axis is out of range
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray categorical(MlxArray logits, int axis, MlxArray key) {
    return keyed("categorical", key, (l, k, s) -> RandomNative.categorical(l, axis, k, s), logits);
  }

  /**
   * Classes drawn with probabilities given by their unnormalised logarithms. Mirrors {@code
   * mlx.core.random.categorical}.
   *
   * @param logits the logarithms
   * @param axis the axis of the classes; counts from the end when negative
   * @param shape the shape of the result, to which that of {@code logits} without the axis
   *     broadcasts
   * @param key the key, or null for the next of the process
   * @return a uint32 array
   * @throws IllegalArgumentException if the axis is out of range or the shape does not fit
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray categorical(MlxArray logits, int axis, int[] shape, MlxArray key) {
    return keyed(
        "categorical",
        key,
        (l, k, s) ->
            RandomNative.categorical(
                l, axis, Sizes.require("categorical", shape, DType.UINT32), k, s),
        logits);
  }

  /**
   * Classes drawn with probabilities given by their unnormalised logarithms. Mirrors {@code
   * mlx.core.random.categorical}.
   *
   * @param logits the logarithms
   * @param axis the axis of the classes; counts from the end when negative
   * @param numSamples how many to draw
   * @param key the key, or null for the next of the process
   * @return a uint32 array with the samples along a new last axis
   * @throws IllegalArgumentException if the axis is out of range
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray categorical(MlxArray logits, int axis, int numSamples, MlxArray key) {
    requireNotNegative("categorical", "numSamples", numSamples);
    return keyed(
        "categorical",
        key,
        (l, k, s) -> RandomNative.categorical(l, axis, numSamples, k, s),
        logits);
  }

  /**
   * The numbers from 0 to {@code x - 1} in random order. Mirrors {@code
   * mlx.core.random.permutation}.
   *
   * @param x how many
   * @return a uint32 array
   */
  public static MlxArray permutation(int x) {
    return permutation(x, null);
  }

  /**
   * The numbers from 0 to {@code x - 1} in random order. Mirrors {@code
   * mlx.core.random.permutation}.
   *
   * @param x how many
   * @param key the key, or null for the next of the process
   * @return a uint32 array
   * @throws IllegalArgumentException if {@code x} is negative
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray permutation(int x, MlxArray key) {
    return keyed(
        "permutation",
        key,
        (k, s) ->
            RandomNative.permutation(
                Sizes.require("permutation", new int[] {x}, DType.UINT32)[0], k, s));
  }

  /**
   * The array with its slices along axis 0 in random order. Mirrors {@code
   * mlx.core.random.permutation}.
   *
   * @param x the array
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray permutation(MlxArray x) {
    return permutation(x, 0, null);
  }

  /**
   * The array with its slices along an axis in random order. Mirrors {@code
   * mlx.core.random.permutation}.
   *
   * @param x the array
   * @param axis the axis; counts from the end when negative
   * @param key the key, or null for the next of the process
   * @return an array of the same shape
   * @throws IllegalArgumentException if the axis is out of range
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray permutation(MlxArray x, int axis, MlxArray key) {
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

  private static MlxArray keyed(String function, MlxArray key, Source op) {
    return key == null ? creation(function, s -> op.apply(0, s)) : unary(function, op::apply, key);
  }

  private static MlxArray keyed(String function, MlxArray key, SourceOfOne op, MlxArray a) {
    return key == null
        ? unary(function, (x, s) -> op.apply(x, 0, s), a)
        : binary(function, op::apply, a, key);
  }

  private static MlxArray keyed(
      String function, MlxArray key, SourceOfTwo op, MlxArray a, MlxArray b) {
    return key == null
        ? binary(function, (x, y, s) -> op.apply(x, y, 0, s), a, b)
        : ternary(function, op::apply, a, b, key);
  }

  /** Numbers as scalars of the dtype, for the time of a call. */
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
