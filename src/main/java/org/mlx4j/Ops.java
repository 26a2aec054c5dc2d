package org.mlx4j;

import static org.mlx4j.Call.creation;
import static org.mlx4j.Call.leftWeak;
import static org.mlx4j.Call.nary;
import static org.mlx4j.Call.naryToMany;
import static org.mlx4j.Call.unary;

import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.mlx4j.internal.CreationNative;
import org.mlx4j.internal.ElementwiseNative;
import org.mlx4j.internal.EvaluationNative;
import org.mlx4j.internal.HandlesNative;
import org.mlx4j.internal.IndexingNative;
import org.mlx4j.internal.ShapesNative;

/**
 * Operations that have no array first: they make arrays, join several, take a number on the left,
 * or evaluate.
 */
public final class Ops {
  private Ops() {}

  // ---- creation
  // ----------------------------------------------------------------------------------

  /**
   * An array of float32 zeros. Mirrors {@code mlx.core.zeros}.
   *
   * @param shape the shape; none for a scalar
   * @return an array
   * @throws IllegalArgumentException if a dimension is negative or the array would be too large
   */
  public static MlxArray zeros(int... shape) {
    return zeros(shape, DType.FLOAT32);
  }

  /**
   * An array of zeros. Mirrors {@code mlx.core.zeros}.
   *
   * @param shape the shape; none for a scalar
   * @param dtype the dtype
   * @return an array
   * @throws IllegalArgumentException if a dimension is negative or the array would be too large
   */
  public static MlxArray zeros(int[] shape, DType dtype) {
    return creation(
        "zeros", s -> CreationNative.zeros(Sizes.require("zeros", shape, dtype), dtype.code(), s));
  }

  /**
   * An array of zeros like another in shape and dtype. Mirrors {@code mlx.core.zeros_like}.
   *
   * @param a the other array
   * @return an array
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray zerosLike(MlxArray a) {
    return zerosLike(a, Call.argument("zerosLike", 0, a).dtype());
  }

  /**
   * An array of zeros like another in shape. Mirrors {@code mlx.core.zeros_like}.
   *
   * @param a the other array
   * @param dtype the dtype
   * @return an array
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray zerosLike(MlxArray a, DType dtype) {
    Call.notNull("zerosLike", "the dtype", dtype);
    return fullLike("zerosLike", a, () -> MlxArray.scalar(0L, dtype));
  }

  /**
   * An array of float32 ones. Mirrors {@code mlx.core.ones}.
   *
   * @param shape the shape; none for a scalar
   * @return an array
   * @throws IllegalArgumentException if a dimension is negative or the array would be too large
   */
  public static MlxArray ones(int... shape) {
    return ones(shape, DType.FLOAT32);
  }

  /**
   * An array of ones. Mirrors {@code mlx.core.ones}.
   *
   * @param shape the shape; none for a scalar
   * @param dtype the dtype
   * @return an array
   * @throws IllegalArgumentException if a dimension is negative or the array would be too large
   */
  public static MlxArray ones(int[] shape, DType dtype) {
    return creation(
        "ones", s -> CreationNative.ones(Sizes.require("ones", shape, dtype), dtype.code(), s));
  }

  /**
   * An array of ones like another in shape and dtype. Mirrors {@code mlx.core.ones_like}.
   *
   * @param a the other array
   * @return an array
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray onesLike(MlxArray a) {
    return onesLike(a, Call.argument("onesLike", 0, a).dtype());
  }

  /**
   * An array of ones like another in shape. Mirrors {@code mlx.core.ones_like}.
   *
   * @param a the other array
   * @param dtype the dtype
   * @return an array
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray onesLike(MlxArray a, DType dtype) {
    Call.notNull("onesLike", "the dtype", dtype);
    return fullLike("onesLike", a, () -> MlxArray.scalar(1L, dtype));
  }

  private static MlxArray fullLike(String function, MlxArray a, Supplier<MlxArray> number) {
    Call.notNull(function, "the array", a);
    try (MlxArray value = number.get()) {
      return Call.binary(function, CreationNative::full_like, a, value);
    }
  }

  /**
   * An array of one number everywhere, in float32. Mirrors {@code mlx.core.full}.
   *
   * @param shape the shape; none for a scalar
   * @param vals the number
   * @return an array
   * @throws IllegalArgumentException if a dimension is negative or the array would be too large
   */
  public static MlxArray full(int[] shape, double vals) {
    return full(shape, vals, DType.FLOAT32);
  }

  /**
   * An array of one number everywhere, always in the dtype given, in which it is truncated if that
   * is an integer one. Mirrors {@code mlx.core.full}, which answers in float32 to a float and an
   * integer dtype.
   *
   * @param shape the shape; none for a scalar
   * @param vals the number
   * @param dtype the dtype
   * @return an array
   * @throws IllegalArgumentException if a dimension is negative or the array would be too large
   */
  public static MlxArray full(int[] shape, double vals, DType dtype) {
    return full("full", shape, vals, dtype);
  }

  /**
   * An array of one integer everywhere, in int32, or int64 if it does not fit. Mirrors {@code
   * mlx.core.full}.
   *
   * @param shape the shape; none for a scalar
   * @param vals the number
   * @return an array
   * @throws IllegalArgumentException if a dimension is negative or the array would be too large
   */
  public static MlxArray full(int[] shape, long vals) {
    return full(shape, vals, vals == (int) vals ? DType.INT32 : DType.INT64);
  }

  /**
   * An array of one integer everywhere. Mirrors {@code mlx.core.full}.
   *
   * @param shape the shape; none for a scalar
   * @param vals the number
   * @param dtype the dtype
   * @return an array
   * @throws IllegalArgumentException if a dimension is negative or the array would be too large
   */
  public static MlxArray full(int[] shape, long vals, DType dtype) {
    return full("full", shape, vals, dtype);
  }

  /**
   * An array of given values, broadcast. Mirrors {@code mlx.core.full}.
   *
   * @param shape the shape; none for a scalar
   * @param vals the values, of a shape that broadcasts to {@code shape}
   * @return an array of the dtype of {@code vals}
   * @throws IllegalArgumentException if a dimension is negative or the array would be too large, or
   *     the values cannot be broadcast
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray full(int[] shape, MlxArray vals) {
    return full(shape, vals, Call.notNull("full", "the array of values", vals).dtype());
  }

  /**
   * An array of given values, broadcast and converted to the dtype given. Mirrors {@code
   * mlx.core.full}, which ignores a dtype beside an array.
   *
   * @param shape the shape; none for a scalar
   * @param vals the values, of a shape that broadcasts to {@code shape}
   * @param dtype the dtype
   * @return an array
   * @throws IllegalArgumentException if a dimension is negative or the array would be too large, or
   *     the values cannot be broadcast
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray full(int[] shape, MlxArray vals, DType dtype) {
    return full("full", shape, vals, dtype);
  }

  private static MlxArray full(String function, int[] shape, double vals, DType dtype) {
    try (MlxArray value = Call.as(function, () -> MlxArray.scalar(vals, dtype))) {
      return full(function, shape, value, dtype);
    }
  }

  private static MlxArray full(String function, int[] shape, long vals, DType dtype) {
    Sizes.requireFits(function, vals, dtype);
    try (MlxArray value = Call.as(function, () -> MlxArray.scalar(vals, dtype))) {
      return full(function, shape, value, dtype);
    }
  }

  private static MlxArray full(String function, int[] shape, MlxArray vals, DType dtype) {
    Sizes.require(function, shape, dtype);
    Call.notNull(function, "the array of values", vals);
    return unary(function, (v, s) -> CreationNative.full(shape, v, dtype.code(), s), vals);
  }

  private static int[] shapeOfFirst(String function, MlxArray a) {
    return Call.argument(function, 0, a).shape();
  }

  /**
   * An array of one number everywhere, like another in shape and dtype. Mirrors {@code
   * mlx.core.full_like}.
   *
   * @param a the other array
   * @param vals the number
   * @return an array
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray fullLike(MlxArray a, double vals) {
    Call.notNull("fullLike", "the array", a);
    return fullLike(a, vals, a.dtype());
  }

  /**
   * An array of one integer everywhere, like another in shape and dtype. Mirrors {@code
   * mlx.core.full_like}.
   *
   * @param a the other array
   * @param vals the number
   * @return an array
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray fullLike(MlxArray a, long vals) {
    Call.notNull("fullLike", "the array", a);
    return fullLike(a, vals, a.dtype());
  }

  /**
   * An array of one number everywhere, like another in shape. Mirrors {@code mlx.core.full_like}.
   *
   * @param a the other array
   * @param vals the number
   * @param dtype the dtype
   * @return an array
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray fullLike(MlxArray a, double vals, DType dtype) {
    Call.notNull("fullLike", "the dtype", dtype);
    return fullLike("fullLike", a, () -> MlxArray.scalar(vals, dtype));
  }

  /**
   * An array of one integer everywhere, like another in shape. Mirrors {@code mlx.core.full_like}.
   *
   * @param a the other array
   * @param vals the number
   * @param dtype the dtype
   * @return an array
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray fullLike(MlxArray a, long vals, DType dtype) {
    Sizes.requireFits("fullLike", vals, dtype);
    return fullLike("fullLike", a, () -> MlxArray.scalar(vals, dtype));
  }

  /**
   * An array of given values, broadcast, like another in shape and dtype. Mirrors {@code
   * mlx.core.full_like}.
   *
   * @param a the other array
   * @param vals the values, of a shape that broadcasts to that of {@code a}
   * @return an array
   * @throws IllegalArgumentException if the values cannot be broadcast
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray fullLike(MlxArray a, MlxArray vals) {
    int[] shape = shapeOfFirst("fullLike", a);
    return full("fullLike", shape, vals, a.dtype());
  }

  /**
   * An array of given values, broadcast, like another in shape. Mirrors {@code mlx.core.full_like}.
   *
   * @param a the other array
   * @param vals the values, of a shape that broadcasts to that of {@code a}
   * @param dtype the dtype
   * @return an array
   * @throws IllegalArgumentException if the values cannot be broadcast
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray fullLike(MlxArray a, MlxArray vals, DType dtype) {
    return full("fullLike", shapeOfFirst("fullLike", a), vals, dtype);
  }

  /**
   * The int32 numbers from 0 up to a limit. Mirrors {@code mlx.core.arange}.
   *
   * @param stop the limit, which is not included
   * @return an array of one axis
   */
  public static MlxArray arange(int stop) {
    return arange(0, stop, 1);
  }

  /**
   * The int32 numbers from a start up to a limit. Mirrors {@code mlx.core.arange}.
   *
   * @param start the first number
   * @param stop the limit, which is not included
   * @return an array of one axis
   */
  public static MlxArray arange(int start, int stop) {
    return arange(start, stop, 1);
  }

  /**
   * The int32 numbers from a start up to a limit. Mirrors {@code mlx.core.arange}.
   *
   * @param start the first number
   * @param stop the limit, which is not included
   * @param step the difference of neighbours, not zero; where it is infinite there is one number at
   *     most
   * @return an array of one axis
   * @throws IllegalArgumentException if the step is zero or NaN, the start or the limit is not
   *     finite, or there would be more than 2^31 - 1 elements
   */
  public static MlxArray arange(int start, int stop, int step) {
    return arange((double) start, stop, step, DType.INT32);
  }

  /**
   * The int64 numbers from 0 up to a limit. Mirrors {@code mlx.core.arange}.
   *
   * @param stop the limit, which is not included
   * @return an array of one axis
   * @throws IllegalArgumentException if there would be more than 2^31 - 1 elements
   */
  public static MlxArray arange(long stop) {
    return arange(0L, stop, 1L);
  }

  /**
   * The int64 numbers from a start up to a limit. Mirrors {@code mlx.core.arange}.
   *
   * @param start the first number
   * @param stop the limit, which is not included
   * @return an array of one axis
   * @throws IllegalArgumentException if there would be more than 2^31 - 1 elements
   */
  public static MlxArray arange(long start, long stop) {
    return arange(start, stop, 1L);
  }

  /**
   * The int64 numbers from a start up to a limit. Mirrors {@code mlx.core.arange}.
   *
   * @param start the first number
   * @param stop the limit, which is not included
   * @param step the difference of neighbours, not zero
   * @return an array of one axis
   * @throws IllegalArgumentException if the step is zero, or there would be more than 2^31 - 1
   *     elements
   */
  public static MlxArray arange(long start, long stop, long step) {
    return arange(start, stop, step, DType.INT64);
  }

  /**
   * The whole numbers from a start up to a limit, each exact where the dtype holds it. Mirrors
   * {@code mlx.core.arange}.
   *
   * @param start the first number
   * @param stop the limit, which is not included
   * @param step the difference of neighbours, not zero
   * @param dtype the dtype, not bool
   * @return an array of one axis
   * @throws IllegalArgumentException if the step is zero, the dtype is bool, or there would be more
   *     than 2^31 - 1 elements
   */
  public static MlxArray arange(long start, long stop, long step, DType dtype) {
    int count = Sizes.countOfRange(start, stop, step);
    if (!Call.notNull("arange", "the dtype", dtype).isInteger()
        || (Sizes.isExactAsDouble(start) && Sizes.isExactAsDouble(stop))) {
      return arange((double) start, (double) stop, (double) step, dtype);
    }
    try (MlxArray numbers = arange(0.0, count, 1.0, DType.INT64);
        MlxArray multiples = numbers.multiply(step);
        MlxArray exact = multiples.add(start)) {
      return exact.astype(dtype);
    }
  }

  /**
   * The float32 numbers from 0 up to a limit, in steps of 1. Mirrors {@code mlx.core.arange}.
   *
   * @param stop the limit, which is not included
   * @return an array of one axis
   * @throws IllegalArgumentException if a number is not finite or there would be more than 2^31 - 1
   *     elements
   */
  public static MlxArray arange(double stop) {
    return arange(0, stop, 1, DType.FLOAT32);
  }

  /**
   * The float32 numbers from a start up to a limit, in steps of 1. Mirrors {@code mlx.core.arange}.
   *
   * @param start the first number
   * @param stop the limit, which is not included
   * @return an array of one axis
   * @throws IllegalArgumentException if a number is not finite or there would be more than 2^31 - 1
   *     elements
   */
  public static MlxArray arange(double start, double stop) {
    return arange(start, stop, 1, DType.FLOAT32);
  }

  /**
   * The float32 numbers from a start up to a limit. Mirrors {@code mlx.core.arange}.
   *
   * @param start the first number
   * @param stop the limit, which is not included
   * @param step the difference of neighbours, not zero; where it is infinite there is one number at
   *     most
   * @return an array of one axis
   * @throws IllegalArgumentException if the step is zero or NaN, the start or the limit is not
   *     finite, or there would be more than 2^31 - 1 elements
   */
  public static MlxArray arange(double start, double stop, double step) {
    return arange(start, stop, step, DType.FLOAT32);
  }

  /**
   * The numbers from a start up to a limit. Mirrors {@code mlx.core.arange}.
   *
   * @param start the first number
   * @param stop the limit, which is not included
   * @param step the difference of neighbours, not zero; where it is infinite there is one number at
   *     most
   * @param dtype the dtype, not bool
   * @return an array of one axis
   * @throws IllegalArgumentException if the step is zero or NaN, the start or the limit is not
   *     finite, the dtype is bool, or there would be more than 2^31 - 1 elements
   */
  public static MlxArray arange(double start, double stop, double step, DType dtype) {
    Sizes.requireRange(start, stop, step);
    if (Call.notNull("arange", "the dtype", dtype) == DType.BOOL) {
      throw new IllegalArgumentException(
          "[arange] the dtype is bool; allowed are integers, floating point and complex numbers");
    }
    return creation("arange", s -> CreationNative.arange(start, stop, step, dtype.code(), s));
  }

  /**
   * 50 evenly spaced float32 numbers. Mirrors {@code mlx.core.linspace}.
   *
   * @param start the first number
   * @param stop the last number
   * @return an array of one axis
   */
  public static MlxArray linspace(double start, double stop) {
    return linspace(start, stop, 50);
  }

  /**
   * Evenly spaced float32 numbers. Mirrors {@code mlx.core.linspace}.
   *
   * @param start the first number
   * @param stop the last number
   * @param num how many
   * @return an array of one axis
   * @throws IllegalArgumentException if {@code num} is negative
   */
  public static MlxArray linspace(double start, double stop, int num) {
    return linspace(start, stop, num, true, DType.FLOAT32);
  }

  /**
   * Evenly spaced numbers. Mirrors {@code mlx.core.linspace}.
   *
   * @param start the first number
   * @param stop the end of the interval
   * @param num how many
   * @param endpoint whether {@code stop} is the last number; otherwise it is the one after
   * @param dtype the dtype
   * @return an array of one axis
   * @throws IllegalArgumentException if {@code num} is negative
   */
  public static MlxArray linspace(
      double start, double stop, int num, boolean endpoint, DType dtype) {
    int code = Call.code("linspace", dtype);
    if (num < 0) {
      throw new IllegalArgumentException(
          "[linspace] num is " + num + "; the number of samples must not be negative");
    }
    return creation("linspace", s -> CreationNative.linspace(start, stop, num, endpoint, code, s));
  }

  /**
   * The float32 unit matrix. Mirrors {@code mlx.core.eye}.
   *
   * @param n the number of rows and columns
   * @return an array of shape {@code (n, n)}
   * @throws IllegalArgumentException if a dimension is negative or the array would be too large
   */
  public static MlxArray eye(int n) {
    return eye(n, n, 0, DType.FLOAT32);
  }

  /**
   * A float32 matrix of ones on the main diagonal and zeros elsewhere. Mirrors {@code
   * mlx.core.eye}.
   *
   * @param n the number of rows
   * @param m the number of columns
   * @return an array of shape {@code (n, m)}
   * @throws IllegalArgumentException if a dimension is negative or the array would be too large
   */
  public static MlxArray eye(int n, int m) {
    return eye(n, m, 0);
  }

  /**
   * A float32 matrix of ones on a diagonal and zeros elsewhere. Mirrors {@code mlx.core.eye}.
   *
   * @param n the number of rows
   * @param m the number of columns
   * @param k how far the diagonal lies above the main one; negative for below
   * @return an array of shape {@code (n, m)}
   * @throws IllegalArgumentException if a dimension is negative or the array would be too large
   */
  public static MlxArray eye(int n, int m, int k) {
    return eye(n, m, k, DType.FLOAT32);
  }

  /**
   * A matrix of ones on a diagonal and zeros elsewhere. Mirrors {@code mlx.core.eye}.
   *
   * @param n the number of rows
   * @param m the number of columns
   * @param k how far the diagonal lies above the main one; negative for below
   * @param dtype the dtype
   * @return an array of shape {@code (n, m)}
   * @throws IllegalArgumentException if a dimension is negative or the array would be too large
   */
  public static MlxArray eye(int n, int m, int k, DType dtype) {
    return creation(
        "eye",
        s ->
            CreationNative.eye(
                Sizes.require("eye", new int[] {n, m}, dtype)[0], m, k, dtype.code(), s));
  }

  /**
   * The float32 unit matrix. Mirrors {@code mlx.core.identity}.
   *
   * @param n the number of rows and columns
   * @return an array of shape {@code (n, n)}
   * @throws IllegalArgumentException if a dimension is negative or the array would be too large
   */
  public static MlxArray identity(int n) {
    return identity(n, DType.FLOAT32);
  }

  /**
   * The unit matrix. Mirrors {@code mlx.core.identity}.
   *
   * @param n the number of rows and columns
   * @param dtype the dtype
   * @return an array of shape {@code (n, n)}
   * @throws IllegalArgumentException if a dimension is negative or the array would be too large
   */
  public static MlxArray identity(int n, DType dtype) {
    return Call.as("identity", () -> eye(n, n, 0, dtype));
  }

  /**
   * A float32 matrix of ones on and below the main diagonal and zeros above. Mirrors {@code
   * mlx.core.tri}.
   *
   * @param n the number of rows and columns
   * @return an array of shape {@code (n, n)}
   * @throws IllegalArgumentException if a dimension is negative or the array would be too large
   */
  public static MlxArray tri(int n) {
    return tri(n, n, 0, DType.FLOAT32);
  }

  /**
   * A float32 matrix of ones on and below the main diagonal and zeros above. Mirrors {@code
   * mlx.core.tri}.
   *
   * @param n the number of rows
   * @param m the number of columns
   * @return an array of shape {@code (n, m)}
   * @throws IllegalArgumentException if a dimension is negative or the array would be too large
   */
  public static MlxArray tri(int n, int m) {
    return tri(n, m, 0);
  }

  /**
   * A float32 matrix of ones on and below a diagonal and zeros above. Mirrors {@code mlx.core.tri}.
   *
   * @param n the number of rows
   * @param m the number of columns
   * @param k how far the diagonal lies above the main one; negative for below
   * @return an array of shape {@code (n, m)}
   * @throws IllegalArgumentException if a dimension is negative or the array would be too large
   */
  public static MlxArray tri(int n, int m, int k) {
    return tri(n, m, k, DType.FLOAT32);
  }

  /**
   * A matrix of ones on and below a diagonal and zeros above. Mirrors {@code mlx.core.tri}.
   *
   * @param n the number of rows
   * @param m the number of columns
   * @param k how far the diagonal lies above the main one; negative for below
   * @param dtype the dtype
   * @return an array of shape {@code (n, m)}
   * @throws IllegalArgumentException if a dimension is negative or the array would be too large
   */
  public static MlxArray tri(int n, int m, int k, DType dtype) {
    return creation(
        "tri",
        s ->
            CreationNative.tri(
                Sizes.require("tri", new int[] {n, m}, dtype)[0], m, k, dtype.code(), s));
  }

  /**
   * The Bartlett window: a triangle. Mirrors {@code mlx.core.bartlett}.
   *
   * @param m how many numbers; there are none if it is not positive
   * @return a float32 array of shape {@code (m)}
   */
  public static MlxArray bartlett(int m) {
    return creation("bartlett", s -> CreationNative.bartlett(m, s));
  }

  /**
   * The window named after von Hann: a raised cosine. Mirrors {@code mlx.core.hanning}.
   *
   * @param m how many numbers; there are none if it is not positive
   * @return a float32 array of shape {@code (m)}
   */
  public static MlxArray hanning(int m) {
    return creation("hanning", s -> CreationNative.hanning(m, s));
  }

  /**
   * The Hamming window: a cosine raised so that it does not reach zero. Mirrors {@code
   * mlx.core.hamming}.
   *
   * @param m how many numbers; there are none if it is not positive
   * @return a float32 array of shape {@code (m)}
   */
  public static MlxArray hamming(int m) {
    return creation("hamming", s -> CreationNative.hamming(m, s));
  }

  /**
   * The Blackman window: a sum of two raised cosines. Mirrors {@code mlx.core.blackman}.
   *
   * @param m how many numbers; there are none if it is not positive
   * @return a float32 array of shape {@code (m)}
   */
  public static MlxArray blackman(int m) {
    return creation("blackman", s -> CreationNative.blackman(m, s));
  }

  // ---- several arrays
  // ----------------------------------------------------------------------------

  /**
   * The arrays one after the other along axis 0. Mirrors {@code mlx.core.concatenate}.
   *
   * @param arrays the arrays; their dtypes are promoted
   * @return an array
   * @throws IllegalArgumentException if there is no array, the shapes differ elsewhere or the axis
   *     is out of range
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray concatenate(MlxArray... arrays) {
    return concatenate(arrays, 0);
  }

  /**
   * The arrays one after the other along an axis. Mirrors {@code mlx.core.concatenate}.
   *
   * @param arrays the arrays; their dtypes are promoted
   * @param axis the axis; counts from the end when negative
   * @return an array
   * @throws IllegalArgumentException if there is no array, the shapes differ elsewhere or the axis
   *     is out of range
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray concatenate(MlxArray[] arrays, int axis) {
    return nary("concatenate", (xs, s) -> ShapesNative.concatenate(xs, axis, s), arrays);
  }

  /**
   * The arrays one after the other along axis 0. Mirrors {@code mlx.core.concat}.
   *
   * @param arrays the arrays; their dtypes are promoted
   * @return an array
   * @throws IllegalArgumentException if there is no array, the shapes differ elsewhere or the axis
   *     is out of range
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray concat(MlxArray... arrays) {
    return concat(arrays, 0);
  }

  /**
   * The arrays one after the other along an axis. Mirrors {@code mlx.core.concat}.
   *
   * @param arrays the arrays; their dtypes are promoted
   * @param axis the axis; counts from the end when negative
   * @return an array
   * @throws IllegalArgumentException if there is no array, the shapes differ elsewhere or the axis
   *     is out of range
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray concat(MlxArray[] arrays, int axis) {
    return Call.as("concat", () -> concatenate(arrays, axis));
  }

  /**
   * The arrays along a new axis 0. Mirrors {@code mlx.core.stack}.
   *
   * @param arrays arrays of one shape
   * @return an array
   * @throws IllegalArgumentException if there is no array or the shapes differ
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray stack(MlxArray... arrays) {
    return stack(arrays, 0);
  }

  /**
   * The arrays along a new axis. Mirrors {@code mlx.core.stack}.
   *
   * @param arrays arrays of one shape
   * @param axis the new axis in the result; counts from its end when negative
   * @return an array
   * @throws IllegalArgumentException if there is no array, the shapes differ or the axis is out of
   *     range
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray stack(MlxArray[] arrays, int axis) {
    return nary("stack", (xs, s) -> ShapesNative.stack(xs, axis, s), arrays);
  }

  /**
   * The arrays broadcast to one shape. Mirrors {@code mlx.core.broadcast_arrays}.
   *
   * @param arrays the arrays
   * @return as many arrays
   * @throws IllegalArgumentException if the shapes cannot be broadcast to one
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray[] broadcastArrays(MlxArray... arrays) {
    return naryToMany("broadcastArrays", ShapesNative::broadcast_arrays, arrays);
  }

  /**
   * The shape that shapes broadcast to. Mirrors {@code mlx.core.broadcast_shapes}.
   *
   * @param shapes the shapes
   * @return the shape of arrays of these shapes after {@link #broadcastArrays}
   * @throws IllegalArgumentException if there is none, or a dimension is negative
   */
  public static int[] broadcastShapes(int[]... shapes) {
    if (Call.notNull("broadcastShapes", "the array of shapes", shapes).length == 0) {
      throw new IllegalArgumentException(
          "[broadcastShapes] there are no shapes; at least one must be given");
    }
    int[] result = {};
    for (int[] shape : shapes) {
      result = Sizes.broadcast("broadcastShapes", result, shape);
    }
    return result;
  }

  /**
   * The same arrays, which are computed only after others are. Mirrors {@code mlx.core.depends}.
   *
   * @param inputs the arrays, at least one
   * @param dependencies the arrays that shall be computed before
   * @return arrays equal to {@code inputs}
   * @throws IllegalArgumentException if there is no input
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray[] depends(MlxArray[] inputs, MlxArray... dependencies) {
    int count = Call.notNull("depends", "the array of inputs", inputs).length;
    Call.notNull("depends", "the array of dependencies", dependencies);
    if (count == 0) {
      throw new IllegalArgumentException("[depends] there are no inputs; at least one is needed");
    }
    MlxArray[] all = Arrays.copyOf(inputs, count + dependencies.length);
    System.arraycopy(dependencies, 0, all, count, dependencies.length);
    return naryToMany(
        "depends",
        (h, s) ->
            ShapesNative.depends(Arrays.copyOf(h, count), Arrays.copyOfRange(h, count, h.length)),
        all);
  }

  /**
   * Coordinate matrices of coordinate vectors, with x along the columns. Mirrors {@code
   * mlx.core.meshgrid}.
   *
   * @param arrays the vectors
   * @return as many arrays
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray[] meshgrid(MlxArray... arrays) {
    return meshgrid(arrays, false, MeshIndexing.XY);
  }

  /**
   * Coordinate matrices of coordinate vectors. Mirrors {@code mlx.core.meshgrid}.
   *
   * @param arrays the vectors
   * @param sparse whether the results keep size 1 along the other axes
   * @param indexing the order of axes
   * @return as many arrays
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray[] meshgrid(MlxArray[] arrays, boolean sparse, MeshIndexing indexing) {
    Call.notNull("meshgrid", "indexing", indexing);
    return naryToMany(
        "meshgrid", (xs, s) -> ShapesNative.meshgrid(xs, sparse, indexing.mlxName(), s), arrays);
  }

  // ---- sums of products
  // --------------------------------------------------------------------------

  /**
   * A sum of products in Einstein's notation. Mirrors {@code mlx.core.einsum}.
   *
   * <pre>{@code
   * Ops.einsum("ij,jk->ik", a, b)          // the matrix product
   * Ops.einsum("...ii->...i", a)           // the diagonals of the last two axes
   * }</pre>
   *
   * @param subscripts a letter for each axis of each operand, {@code ...} for the axes that are
   *     left, and after {@code ->} the letters of the result; without it those that occur once
   * @param operands the arrays
   * @return an array
   * @throws IllegalArgumentException if the subscripts are not possible or do not fit the arrays
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray einsum(String subscripts, MlxArray... operands) {
    return Einsum.einsum(subscripts, operands);
  }

  /**
   * The order in which {@link #einsum} contracts its operands. Mirrors {@code
   * mlx.core.einsum_path}.
   *
   * @param subscripts as for {@link #einsum}
   * @param operands the arrays
   * @return the order and its cost
   * @throws IllegalArgumentException if the subscripts are not possible or do not fit the arrays
   * @throws IllegalStateException if an array is closed
   */
  public static EinsumPath einsumPath(String subscripts, MlxArray... operands) {
    return Einsum.path(subscripts, operands);
  }

  // ---- a number first
  // ----------------------------------------------------------------------------

  /**
   * The sum, element by element. Mirrors {@code mlx.core.add}.
   *
   * @param x the first operand, which takes the array's dtype, or float32 beside integers and bools
   * @param y the second operand
   * @return an array of the shape of {@code y}
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray add(double x, MlxArray y) {
    return leftWeak("add", ElementwiseNative::add, x, y);
  }

  /**
   * The sum, element by element. Mirrors {@code mlx.core.add}.
   *
   * @param x the first operand, which takes the array's dtype, or int32 beside bools
   * @param y the second operand
   * @return an array of the shape of {@code y}
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray add(long x, MlxArray y) {
    return leftWeak("add", ElementwiseNative::add, x, y);
  }

  /**
   * The difference, element by element. Mirrors {@code mlx.core.subtract}.
   *
   * @param x the first operand, which takes the array's dtype, or float32 beside integers and bools
   * @param y the second operand
   * @return an array of the shape of {@code y}
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray subtract(double x, MlxArray y) {
    return leftWeak("subtract", ElementwiseNative::subtract, x, y);
  }

  /**
   * The difference, element by element. Mirrors {@code mlx.core.subtract}.
   *
   * @param x the first operand, which takes the array's dtype, or int32 beside bools
   * @param y the second operand
   * @return an array of the shape of {@code y}
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray subtract(long x, MlxArray y) {
    return leftWeak("subtract", ElementwiseNative::subtract, x, y);
  }

  /**
   * The product, element by element. Mirrors {@code mlx.core.multiply}.
   *
   * @param x the first operand, which takes the array's dtype, or float32 beside integers and bools
   * @param y the second operand
   * @return an array of the shape of {@code y}
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray multiply(double x, MlxArray y) {
    return leftWeak("multiply", ElementwiseNative::multiply, x, y);
  }

  /**
   * The product, element by element. Mirrors {@code mlx.core.multiply}.
   *
   * @param x the first operand, which takes the array's dtype, or int32 beside bools
   * @param y the second operand
   * @return an array of the shape of {@code y}
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray multiply(long x, MlxArray y) {
    return leftWeak("multiply", ElementwiseNative::multiply, x, y);
  }

  /**
   * The quotient, element by element, in floating point: integer input gives float32; division by
   * zero gives an infinity or NaN. Mirrors {@code mlx.core.divide}.
   *
   * @param x the first operand, which takes the array's dtype, or float32 beside integers and bools
   * @param y the second operand
   * @return an array of the shape of {@code y}
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray divide(double x, MlxArray y) {
    return leftWeak("divide", ElementwiseNative::divide, x, y);
  }

  /**
   * The quotient, element by element, in floating point: integer input gives float32; division by
   * zero gives an infinity or NaN. Mirrors {@code mlx.core.divide}.
   *
   * @param x the first operand, which takes the array's dtype, or int32 beside bools
   * @param y the second operand
   * @return an array of the shape of {@code y}
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray divide(long x, MlxArray y) {
    return leftWeak("divide", ElementwiseNative::divide, x, y);
  }

  /**
   * The quotient rounded down, element by element, as Python's {@code //}. For integers, division
   * by zero has no defined result. Mirrors {@code mlx.core.floor_divide}.
   *
   * @param x the first operand, which takes the array's dtype, or float32 beside integers and bools
   * @param y the second operand
   * @return an array of the shape of {@code y}
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray floorDivide(double x, MlxArray y) {
    return leftWeak("floorDivide", ElementwiseNative::floor_divide, x, y);
  }

  /**
   * The quotient rounded down, element by element, as Python's {@code //}. For integers, division
   * by zero has no defined result. Mirrors {@code mlx.core.floor_divide}.
   *
   * @param x the first operand, which takes the array's dtype, or int32 beside bools
   * @param y the second operand
   * @return an array of the shape of {@code y}
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray floorDivide(long x, MlxArray y) {
    return leftWeak("floorDivide", ElementwiseNative::floor_divide, x, y);
  }

  /**
   * The remainder of {@link #floorDivide(double, MlxArray)}, with the sign of the divisor, as
   * Python's {@code %}. For integers, division by zero has no defined result. Mirrors {@code
   * mlx.core.remainder}.
   *
   * @param x the first operand, which takes the array's dtype, or float32 beside integers and bools
   * @param y the second operand
   * @return an array of the shape of {@code y}
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray remainder(double x, MlxArray y) {
    return leftWeak("remainder", ElementwiseNative::remainder, x, y);
  }

  /**
   * The remainder of {@link #floorDivide(long, MlxArray)}, with the sign of the divisor, as
   * Python's {@code %}. For integers, division by zero has no defined result. Mirrors {@code
   * mlx.core.remainder}.
   *
   * @param x the first operand, which takes the array's dtype, or int32 beside bools
   * @param y the second operand
   * @return an array of the shape of {@code y}
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray remainder(long x, MlxArray y) {
    return leftWeak("remainder", ElementwiseNative::remainder, x, y);
  }

  /**
   * The quotient rounded down and the remainder, element by element. Mirrors {@code
   * mlx.core.divmod}.
   *
   * @param x the dividend, which takes the array's dtype, or float32 beside integers and bools
   * @param y the divisor
   * @return quotient and remainder, each of the shape of {@code y}
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray[] divmod(double x, MlxArray y) {
    try (MlxArray number = Call.weak("divmod", y, x)) {
      return number.divmod(y);
    }
  }

  /**
   * The quotient rounded down and the remainder, element by element. Mirrors {@code
   * mlx.core.divmod}.
   *
   * @param x the dividend, which takes the array's dtype, or int32 beside bools
   * @param y the divisor
   * @return quotient and remainder, each of the shape of {@code y}
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray[] divmod(long x, MlxArray y) {
    try (MlxArray number = Call.weak("divmod", y, x)) {
      return number.divmod(y);
    }
  }

  /**
   * The first operand raised to the power of the second. Mirrors {@code mlx.core.power}.
   *
   * @param x the first operand, which takes the array's dtype, or float32 beside integers and bools
   * @param y the second operand
   * @return an array of the shape of {@code y}
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray power(double x, MlxArray y) {
    return leftWeak("power", ElementwiseNative::power, x, y);
  }

  /**
   * The first operand raised to the power of the second. Mirrors {@code mlx.core.power}.
   *
   * @param x the first operand, which takes the array's dtype, or int32 beside bools
   * @param y the second operand
   * @return an array of the shape of {@code y}
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray power(long x, MlxArray y) {
    return leftWeak("power", ElementwiseNative::power, x, y);
  }

  /**
   * The larger element; NaN where either is NaN. Mirrors {@code mlx.core.maximum}.
   *
   * @param x the first operand, which takes the array's dtype, or float32 beside integers and bools
   * @param y the second operand
   * @return an array of the shape of {@code y}
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray maximum(double x, MlxArray y) {
    return leftWeak("maximum", ElementwiseNative::maximum, x, y);
  }

  /**
   * The larger element; NaN where either is NaN. Mirrors {@code mlx.core.maximum}.
   *
   * @param x the first operand, which takes the array's dtype, or int32 beside bools
   * @param y the second operand
   * @return an array of the shape of {@code y}
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray maximum(long x, MlxArray y) {
    return leftWeak("maximum", ElementwiseNative::maximum, x, y);
  }

  /**
   * The smaller element; NaN where either is NaN. Mirrors {@code mlx.core.minimum}.
   *
   * @param x the first operand, which takes the array's dtype, or float32 beside integers and bools
   * @param y the second operand
   * @return an array of the shape of {@code y}
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray minimum(double x, MlxArray y) {
    return leftWeak("minimum", ElementwiseNative::minimum, x, y);
  }

  /**
   * The smaller element; NaN where either is NaN. Mirrors {@code mlx.core.minimum}.
   *
   * @param x the first operand, which takes the array's dtype, or int32 beside bools
   * @param y the second operand
   * @return an array of the shape of {@code y}
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray minimum(long x, MlxArray y) {
    return leftWeak("minimum", ElementwiseNative::minimum, x, y);
  }

  /**
   * {@code log(exp(x) + exp(y))} without overflow. Mirrors {@code mlx.core.logaddexp}.
   *
   * @param x the first operand, which takes the array's dtype, or float32 beside integers and bools
   * @param y the second operand
   * @return an array of the shape of {@code y}
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray logaddexp(double x, MlxArray y) {
    return leftWeak("logaddexp", ElementwiseNative::logaddexp, x, y);
  }

  /**
   * {@code log(exp(x) + exp(y))} without overflow. Mirrors {@code mlx.core.logaddexp}.
   *
   * @param x the first operand, which takes the array's dtype, or int32 beside bools
   * @param y the second operand
   * @return an array of the shape of {@code y}
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray logaddexp(long x, MlxArray y) {
    return leftWeak("logaddexp", ElementwiseNative::logaddexp, x, y);
  }

  /**
   * The angle in radians of the point {@code (y, x)}, where the number is y and the array holds x,
   * in the right quadrant. Mirrors {@code mlx.core.arctan2}.
   *
   * @param x the first operand, which takes the array's dtype, or float32 beside integers and bools
   * @param y the second operand
   * @return an array of the shape of {@code y}
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray arctan2(double x, MlxArray y) {
    return leftWeak("arctan2", ElementwiseNative::arctan2, x, y);
  }

  /**
   * The angle in radians of the point {@code (y, x)}, where the number is y and the array holds x,
   * in the right quadrant. Mirrors {@code mlx.core.arctan2}.
   *
   * @param x the first operand, which takes the array's dtype, or int32 beside bools
   * @param y the second operand
   * @return an array of the shape of {@code y}
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray arctan2(long x, MlxArray y) {
    return leftWeak("arctan2", ElementwiseNative::arctan2, x, y);
  }

  /**
   * True where the elements are equal; NaN equals nothing. Mirrors {@code mlx.core.equal}.
   *
   * @param x the first operand, which takes the array's dtype, or float32 beside integers and bools
   * @param y the second operand
   * @return a bool array of the shape of {@code y}
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray equal(double x, MlxArray y) {
    return leftWeak("equal", ElementwiseNative::equal, x, y);
  }

  /**
   * True where the elements are equal; NaN equals nothing. Mirrors {@code mlx.core.equal}.
   *
   * @param x the first operand, which takes the array's dtype, or int32 beside bools
   * @param y the second operand
   * @return a bool array of the shape of {@code y}
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray equal(long x, MlxArray y) {
    return leftWeak("equal", ElementwiseNative::equal, x, y);
  }

  /**
   * True where the elements differ. Mirrors {@code mlx.core.not_equal}.
   *
   * @param x the first operand, which takes the array's dtype, or float32 beside integers and bools
   * @param y the second operand
   * @return a bool array of the shape of {@code y}
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray notEqual(double x, MlxArray y) {
    return leftWeak("notEqual", ElementwiseNative::not_equal, x, y);
  }

  /**
   * True where the elements differ. Mirrors {@code mlx.core.not_equal}.
   *
   * @param x the first operand, which takes the array's dtype, or int32 beside bools
   * @param y the second operand
   * @return a bool array of the shape of {@code y}
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray notEqual(long x, MlxArray y) {
    return leftWeak("notEqual", ElementwiseNative::not_equal, x, y);
  }

  /**
   * True where the number is less. Mirrors {@code mlx.core.less}.
   *
   * @param x the first operand, which takes the array's dtype, or float32 beside integers and bools
   * @param y the second operand
   * @return a bool array of the shape of {@code y}
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray less(double x, MlxArray y) {
    return leftWeak("less", ElementwiseNative::less, x, y);
  }

  /**
   * True where the number is less. Mirrors {@code mlx.core.less}.
   *
   * @param x the first operand, which takes the array's dtype, or int32 beside bools
   * @param y the second operand
   * @return a bool array of the shape of {@code y}
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray less(long x, MlxArray y) {
    return leftWeak("less", ElementwiseNative::less, x, y);
  }

  /**
   * True where the number is less or equal. Mirrors {@code mlx.core.less_equal}.
   *
   * @param x the first operand, which takes the array's dtype, or float32 beside integers and bools
   * @param y the second operand
   * @return a bool array of the shape of {@code y}
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray lessEqual(double x, MlxArray y) {
    return leftWeak("lessEqual", ElementwiseNative::less_equal, x, y);
  }

  /**
   * True where the number is less or equal. Mirrors {@code mlx.core.less_equal}.
   *
   * @param x the first operand, which takes the array's dtype, or int32 beside bools
   * @param y the second operand
   * @return a bool array of the shape of {@code y}
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray lessEqual(long x, MlxArray y) {
    return leftWeak("lessEqual", ElementwiseNative::less_equal, x, y);
  }

  /**
   * True where the number is greater. Mirrors {@code mlx.core.greater}.
   *
   * @param x the first operand, which takes the array's dtype, or float32 beside integers and bools
   * @param y the second operand
   * @return a bool array of the shape of {@code y}
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray greater(double x, MlxArray y) {
    return leftWeak("greater", ElementwiseNative::greater, x, y);
  }

  /**
   * True where the number is greater. Mirrors {@code mlx.core.greater}.
   *
   * @param x the first operand, which takes the array's dtype, or int32 beside bools
   * @param y the second operand
   * @return a bool array of the shape of {@code y}
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray greater(long x, MlxArray y) {
    return leftWeak("greater", ElementwiseNative::greater, x, y);
  }

  /**
   * True where the number is greater or equal. Mirrors {@code mlx.core.greater_equal}.
   *
   * @param x the first operand, which takes the array's dtype, or float32 beside integers and bools
   * @param y the second operand
   * @return a bool array of the shape of {@code y}
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray greaterEqual(double x, MlxArray y) {
    return leftWeak("greaterEqual", ElementwiseNative::greater_equal, x, y);
  }

  /**
   * True where the number is greater or equal. Mirrors {@code mlx.core.greater_equal}.
   *
   * @param x the first operand, which takes the array's dtype, or int32 beside bools
   * @param y the second operand
   * @return a bool array of the shape of {@code y}
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray greaterEqual(long x, MlxArray y) {
    return leftWeak("greaterEqual", ElementwiseNative::greater_equal, x, y);
  }

  /**
   * True where both elements are non-zero. Mirrors {@code mlx.core.logical_and}.
   *
   * @param x the first operand, which takes the array's dtype, or float32 beside integers and bools
   * @param y the second operand
   * @return a bool array of the shape of {@code y}
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray logicalAnd(double x, MlxArray y) {
    return leftWeak("logicalAnd", ElementwiseNative::logical_and, x, y);
  }

  /**
   * True where both elements are non-zero. Mirrors {@code mlx.core.logical_and}.
   *
   * @param x the first operand, which takes the array's dtype, or int32 beside bools
   * @param y the second operand
   * @return a bool array of the shape of {@code y}
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray logicalAnd(long x, MlxArray y) {
    return leftWeak("logicalAnd", ElementwiseNative::logical_and, x, y);
  }

  /**
   * True where one of the elements is non-zero. Mirrors {@code mlx.core.logical_or}.
   *
   * @param x the first operand, which takes the array's dtype, or float32 beside integers and bools
   * @param y the second operand
   * @return a bool array of the shape of {@code y}
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray logicalOr(double x, MlxArray y) {
    return leftWeak("logicalOr", ElementwiseNative::logical_or, x, y);
  }

  /**
   * True where one of the elements is non-zero. Mirrors {@code mlx.core.logical_or}.
   *
   * @param x the first operand, which takes the array's dtype, or int32 beside bools
   * @param y the second operand
   * @return a bool array of the shape of {@code y}
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray logicalOr(long x, MlxArray y) {
    return leftWeak("logicalOr", ElementwiseNative::logical_or, x, y);
  }

  /**
   * True where exactly one of the elements is non-zero. Mirrors {@code mlx.core.logical_xor}.
   *
   * @param x the first operand, which takes the array's dtype, or float32 beside integers and bools
   * @param y the second operand
   * @return a bool array of the shape of {@code y}
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray logicalXor(double x, MlxArray y) {
    return leftWeak("logicalXor", ElementwiseNative::logical_xor, x, y);
  }

  /**
   * True where exactly one of the elements is non-zero. Mirrors {@code mlx.core.logical_xor}.
   *
   * @param x the first operand, which takes the array's dtype, or int32 beside bools
   * @param y the second operand
   * @return a bool array of the shape of {@code y}
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray logicalXor(long x, MlxArray y) {
    return leftWeak("logicalXor", ElementwiseNative::logical_xor, x, y);
  }

  /**
   * The bits that are set in both elements. Mirrors {@code mlx.core.bitwise_and}.
   *
   * @param x the first operand, which takes the array's dtype, or int32 beside bools
   * @param y the second operand
   * @return an array of the shape of {@code y}
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray bitwiseAnd(long x, MlxArray y) {
    return leftWeak("bitwiseAnd", ElementwiseNative::bitwise_and, x, y);
  }

  /**
   * The bits that are set in one of the elements. Mirrors {@code mlx.core.bitwise_or}.
   *
   * @param x the first operand, which takes the array's dtype, or int32 beside bools
   * @param y the second operand
   * @return an array of the shape of {@code y}
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray bitwiseOr(long x, MlxArray y) {
    return leftWeak("bitwiseOr", ElementwiseNative::bitwise_or, x, y);
  }

  /**
   * The bits that are set in exactly one of the elements. Mirrors {@code mlx.core.bitwise_xor}.
   *
   * @param x the first operand, which takes the array's dtype, or int32 beside bools
   * @param y the second operand
   * @return an array of the shape of {@code y}
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray bitwiseXor(long x, MlxArray y) {
    return leftWeak("bitwiseXor", ElementwiseNative::bitwise_xor, x, y);
  }

  /**
   * The bits of the number shifted left by the argument; 0 if that is negative or as large as the
   * number of bits. Mirrors {@code mlx.core.left_shift}.
   *
   * @param x the first operand, which takes the array's dtype, or int32 beside bools
   * @param y the second operand
   * @return an array of the shape of {@code y}
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray leftShift(long x, MlxArray y) {
    return leftWeak("leftShift", ElementwiseNative::left_shift, x, y);
  }

  /**
   * The bits of the number shifted right by the argument; 0 or -1 if that is negative or as large
   * as the number of bits. Mirrors {@code mlx.core.right_shift}.
   *
   * @param x the first operand, which takes the array's dtype, or int32 beside bools
   * @param y the second operand
   * @return an array of the shape of {@code y}
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray rightShift(long x, MlxArray y) {
    return leftWeak("rightShift", ElementwiseNative::right_shift, x, y);
  }

  // ---- dtypes
  // ----------------------------------------------------------------------------------

  /**
   * The dtype of what an operation makes of arrays of these dtypes. Mirrors {@code
   * mlx.core.result_type}.
   *
   * @param dtypes the dtypes, at least one
   * @return the dtype
   * @throws IllegalArgumentException if there is none
   */
  public static DType resultType(DType... dtypes) {
    return Arrays.stream(Call.notNull("resultType", "the array of dtypes", dtypes))
        .map(dtype -> Call.notNull("resultType", "a dtype", dtype))
        .reduce(DType::promotedWith)
        .orElseThrow(
            () ->
                new IllegalArgumentException("[resultType] at least one array or dtype is needed"));
  }

  /**
   * The dtype of what an operation makes of arrays. Mirrors {@code mlx.core.result_type}.
   *
   * @param arrays the arrays, at least one
   * @return the dtype
   * @throws IllegalArgumentException if there is none
   */
  public static DType resultType(MlxArray... arrays) {
    return resultType(
        Arrays.stream(Call.notNull("resultType", "the array of arrays", arrays))
            .map(array -> Call.notNull("resultType", "an array", array).dtype())
            .toArray(DType[]::new));
  }

  /**
   * Whether a dtype promotes to another: together they make the other. Mirrors {@code
   * mlx.core.can_cast}.
   *
   * @param from the dtype
   * @param to the other dtype
   * @return whether it does
   */
  public static boolean canCast(DType from, DType to) {
    return Call.as("canCast", () -> resultType(from, to)) == to;
  }

  /**
   * Whether the dtype of an array promotes to another. Mirrors {@code mlx.core.can_cast}.
   *
   * @param from the array
   * @param to the other dtype
   * @return whether it does
   */
  public static boolean canCast(MlxArray from, DType to) {
    return canCast(Call.notNull("canCast", "the array", from).dtype(), to);
  }

  /**
   * Whether a dtype belongs to a category. Mirrors {@code mlx.core.issubdtype}.
   *
   * @param dtype the dtype
   * @param category the category
   * @return whether it does
   */
  public static boolean issubdtype(DType dtype, DType.Category category) {
    Call.notNull("issubdtype", "the category", category);
    return Call.notNull("issubdtype", "the dtype", dtype).isSubdtype(category);
  }

  /**
   * Whether two dtypes are the same. Mirrors {@code mlx.core.issubdtype}.
   *
   * @param dtype a dtype
   * @param other another dtype
   * @return whether they are
   */
  public static boolean issubdtype(DType dtype, DType other) {
    Call.notNull("issubdtype", "the other dtype", other);
    return Call.notNull("issubdtype", "the dtype", dtype) == other;
  }

  /**
   * Whether a category lies within another. Mirrors {@code mlx.core.issubdtype}.
   *
   * @param category a category
   * @param other another category
   * @return whether it does, which is so if they are the same
   */
  public static boolean issubdtype(DType.Category category, DType.Category other) {
    Call.notNull("issubdtype", "the other category", other);
    return Call.notNull("issubdtype", "the category", category).isSubdtype(other);
  }

  /**
   * Whether a dtype is of one of some kinds. Mirrors {@code mlx.core.isdtype}.
   *
   * @param dtype the dtype
   * @param kinds the kinds
   * @return whether it is
   */
  public static boolean isdtype(DType dtype, DType.Kind... kinds) {
    Call.notNull("isdtype", "the dtype", dtype);
    return Arrays.stream(Call.notNull("isdtype", "the array of kinds", kinds))
        .anyMatch(kind -> Call.notNull("isdtype", "a kind", kind).contains(dtype));
  }

  /**
   * Whether a dtype is one of some dtypes. Mirrors {@code mlx.core.isdtype}.
   *
   * @param dtype the dtype
   * @param dtypes the dtypes
   * @return whether it is
   */
  public static boolean isdtype(DType dtype, DType... dtypes) {
    Call.notNull("isdtype", "the dtype", dtype);
    return Arrays.asList(Call.notNull("isdtype", "the array of dtypes", dtypes)).contains(dtype);
  }

  /**
   * What numbers a floating point dtype holds. Mirrors {@code mlx.core.finfo}.
   *
   * @param dtype a real or complex floating point dtype
   * @return its limits
   * @throws IllegalArgumentException if the dtype is another
   */
  public static Finfo finfo(DType dtype) {
    return Finfo.of(dtype);
  }

  /**
   * What numbers an integer dtype holds. Mirrors {@code mlx.core.iinfo}.
   *
   * @param dtype an integer dtype
   * @return its limits
   * @throws IllegalArgumentException if the dtype is another
   */
  public static Iinfo iinfo(DType dtype) {
    return Iinfo.of(dtype);
  }

  // ---- evaluation
  // ----------------------------------------------------------------------------------

  /**
   * Computes arrays that are not computed yet, all in one go, and waits for them. Mirrors {@code
   * mlx.core.eval}.
   *
   * @param arrays the arrays
   * @throws IllegalArgumentException inside a function that {@code compile} or {@code vmap} traces,
   *     where there are no values
   * @throws IllegalStateException if an array is closed
   * @throws MlxException if an operation fails
   * @throws OutOfMemoryError if an array cannot be allocated
   */
  public static void eval(MlxArray... arrays) {
    Call.evaluate("eval", arrays);
  }

  /**
   * Starts to compute arrays and does not wait. Reading one of them later does. Mirrors {@code
   * mlx.core.async_eval}.
   *
   * @param arrays the arrays
   * @throws IllegalArgumentException as {@link #eval} does
   * @throws IllegalStateException if an array is closed
   * @throws OutOfMemoryError if an array cannot be allocated
   */
  public static void asyncEval(MlxArray... arrays) {
    Call.evaluate("asyncEval", EvaluationNative::async_evaluate, arrays);
  }

  /**
   * Computes arrays, all in one go, without waiting for them.
   *
   * <pre>{@code
   * Ops.evalAsync(loss, accuracy).thenRun(() -> log(loss.itemFloat(), accuracy.itemFloat()));
   * }</pre>
   *
   * <p>The arrays may be closed before they are computed. Cancelling the future does not stop a
   * computation that has begun. Functions that depend on the future run on the default executor of
   * {@link CompletableFuture}, and may themselves evaluate and wait. Inside a function that a
   * transform traces this computes at once.
   *
   * @param arrays the arrays
   * @return a future that is complete when all of them are computed; it completes exceptionally
   *     with what {@link #eval} throws: {@link MlxException} if an operation fails, {@link
   *     OutOfMemoryError} if an array cannot be allocated
   * @throws IllegalArgumentException as {@link #eval} does
   * @throws IllegalStateException if an array is closed
   */
  public static CompletableFuture<Void> evalAsync(MlxArray... arrays) {
    return AsyncEvaluation.start(null, arrays);
  }

  /**
   * Waits until everything that was scheduled on the calling thread's stream is done. Mirrors
   * {@code mlx.core.synchronize}.
   *
   * @throws MlxException if an operation on this stream failed
   */
  public static void synchronize() {
    long stream = ThreadContext.current().streamHandle();
    EvaluationNative.synchronize(
        stream != 0 ? stream : MlxStream.defaultStream(Device.defaultDevice()).handle);
  }

  /**
   * Closes arrays. One that is null is skipped, so that what may not have been made can be closed
   * in a {@code finally}; one that is closed stays so.
   *
   * @param arrays the arrays
   * @throws NullPointerException if {@code arrays} itself is null
   */
  public static void close(MlxArray... arrays) {
    long[] handles = new long[Call.notNull("close", "the array of arrays", arrays).length];
    int count = 0;
    for (MlxArray array : arrays) {
      if (array != null) {
        handles[count++] = array.handle;
      }
    }
    try {
      HandlesNative.close_all(handles, count);
      Tracking.closed(handles, count);
    } finally {
      Reference.reachabilityFence(arrays);
    }
  }

  // ---- printing
  // ------------------------------------------------------------------------------------

  /**
   * Chooses how all arrays print from now on. Mirrors {@code mlx.core.set_printoptions}.
   *
   * @param precision the number of digits behind the point of floating point elements, at most
   *     1074; -1 for as many as are needed, up to six in all
   * @throws IllegalArgumentException if {@code precision} is out of range
   */
  public static void setPrintoptions(int precision) {
    EvaluationNative.set_print_precision(new PrintOptions(precision).precision());
  }

  /**
   * How arrays print. Mirrors {@code mlx.core.get_printoptions}.
   *
   * @return the options
   */
  public static PrintOptions getPrintoptions() {
    return new PrintOptions(EvaluationNative.print_precision());
  }

  /**
   * Chooses how all arrays print until the result is closed. Mirrors {@code mlx.core.printoptions}.
   *
   * <pre>{@code
   * try (PrintScope s = Ops.printoptions(2)) {
   *   System.out.println(x);
   * }
   * }</pre>
   *
   * @param precision the number of digits, as for {@link #setPrintoptions}
   * @return to be closed, which restores the options that held before
   * @throws IllegalArgumentException if {@code precision} is out of range
   */
  public static PrintScope printoptions(int precision) {
    return new PrintScope(new PrintOptions(precision));
  }

  // ---- checks
  // --------------------------------------------------------------------------------------

  /**
   * Chooses whether operations that take indices compute those which are not computed yet, to throw
   * {@link IndexOutOfBoundsException} for one out of range. Off, such an index is limited to the
   * range. Indices that are known are always checked. The system property {@code
   * mlx4j.check.indices} sets what holds at first.
   *
   * @param on whether to check, for all threads; this makes such operations wait, so it is meant
   *     for finding errors
   */
  public static void checkIndices(boolean on) {
    IndexingNative.check_indices(on);
  }

  static MlxArray clip(MlxArray a, MlxArray min, MlxArray max) {
    if (min == null && max == null) {
      throw new IllegalArgumentException("[clip] both limits are null; at least one must be given");
    }
    if (min == null) {
      return Call.as("clip", () -> a.minimum(max));
    }
    return max == null
        ? Call.as("clip", () -> a.maximum(min))
        : clip(a, x -> x.maximum(min), x -> x.minimum(max));
  }

  static MlxArray clip(MlxArray a, ArrayFunction above, ArrayFunction below) {
    return Call.as(
        "clip",
        () -> {
          try (MlxArray high = above.apply(a)) {
            return below.apply(high);
          }
        });
  }
}
