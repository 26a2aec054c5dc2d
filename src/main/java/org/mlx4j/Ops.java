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
import org.jspecify.annotations.Nullable;
import org.mlx4j.internal.CreationNative;
import org.mlx4j.internal.ElementwiseNative;
import org.mlx4j.internal.EvaluationNative;
import org.mlx4j.internal.HandlesNative;
import org.mlx4j.internal.IndexingNative;
import org.mlx4j.internal.ShapesNative;

/**
 * Operations that are not methods of an array: they create arrays, join several of them, take a
 * number as their first operand, evaluate, or answer questions about dtypes.
 *
 * <pre>{@code
 * MlxArray x = Ops.arange(6).reshape(2, 3);
 * MlxArray y = Ops.concatenate(x, Ops.zeros(1, 3)); // shape (3, 3)
 * MlxArray z = Ops.subtract(1, y); // 1 - y
 * Ops.eval(y, z);
 * }</pre>
 *
 * <p>Every method throws {@link IllegalStateException} if an array is closed and {@link
 * NullPointerException} if an argument is null, unless null is allowed.
 */
public final class Ops {
  private Ops() {}

  // ---- creation ---------------------------------------------------------------------------------

  /** Equivalent to {@link #zeros(int[], DType) zeros(shape, DType.FLOAT32)}. */
  public static MlxArray zeros(int... shape) {
    return zeros(shape, DType.FLOAT32);
  }

  /**
   * Creates an array of zeros. Mirrors {@code mlx.core.zeros}.
   *
   * @param shape the shape; empty for a scalar
   * @param dtype the dtype
   * @return an array
   * @throws IllegalArgumentException if a dimension is negative or the array would be too large
   */
  public static MlxArray zeros(int[] shape, DType dtype) {
    return creation(
        "zeros", s -> CreationNative.zeros(Sizes.require("zeros", shape, dtype), dtype.code(), s));
  }

  /** Equivalent to {@link #zerosLike(MlxArray, DType) zerosLike(a, a.dtype())}. */
  public static MlxArray zerosLike(MlxArray a) {
    return zerosLike(a, Call.argument("zerosLike", 0, a).dtype());
  }

  /**
   * Creates an array of zeros with the shape of another array. Mirrors {@code mlx.core.zeros_like}.
   *
   * @param a the other array
   * @param dtype the dtype
   * @return an array
   */
  public static MlxArray zerosLike(MlxArray a, DType dtype) {
    Call.notNull("zerosLike", "the dtype", dtype);
    return fullLike("zerosLike", a, () -> MlxArray.scalar(0L, dtype));
  }

  /** Equivalent to {@link #ones(int[], DType) ones(shape, DType.FLOAT32)}. */
  public static MlxArray ones(int... shape) {
    return ones(shape, DType.FLOAT32);
  }

  /**
   * Creates an array of ones. Mirrors {@code mlx.core.ones}.
   *
   * @param shape the shape; empty for a scalar
   * @param dtype the dtype
   * @return an array
   * @throws IllegalArgumentException if a dimension is negative or the array would be too large
   */
  public static MlxArray ones(int[] shape, DType dtype) {
    return creation(
        "ones", s -> CreationNative.ones(Sizes.require("ones", shape, dtype), dtype.code(), s));
  }

  /** Equivalent to {@link #onesLike(MlxArray, DType) onesLike(a, a.dtype())}. */
  public static MlxArray onesLike(MlxArray a) {
    return onesLike(a, Call.argument("onesLike", 0, a).dtype());
  }

  /**
   * Creates an array of ones with the shape of another array. Mirrors {@code mlx.core.ones_like}.
   *
   * @param a the other array
   * @param dtype the dtype
   * @return an array
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

  /** Equivalent to {@link #full(int[], double, DType) full(shape, vals, DType.FLOAT32)}. */
  public static MlxArray full(int[] shape, double vals) {
    return full(shape, vals, DType.FLOAT32);
  }

  /**
   * Creates an array that is filled with one number, in the given dtype; a number is truncated for
   * an integer dtype. Mirrors {@code mlx.core.full}, which returns float32 for a float and an
   * integer dtype.
   *
   * @param shape the shape; empty for a scalar
   * @param vals the number
   * @param dtype the dtype
   * @return an array
   * @throws IllegalArgumentException if a dimension is negative or the array would be too large
   */
  public static MlxArray full(int[] shape, double vals, DType dtype) {
    return full("full", shape, vals, dtype);
  }

  /**
   * Equivalent to {@link #full(int[], long, DType)} with int32, or with int64 if the number does
   * not fit into int32.
   */
  public static MlxArray full(int[] shape, long vals) {
    return full(shape, vals, vals == (int) vals ? DType.INT32 : DType.INT64);
  }

  /**
   * Creates an array that is filled with one integer. Mirrors {@code mlx.core.full}.
   *
   * @param shape the shape; empty for a scalar
   * @param vals the number
   * @param dtype the dtype
   * @return an array
   * @throws IllegalArgumentException if a dimension is negative, the array would be too large, or
   *     the number does not fit into the dtype
   */
  public static MlxArray full(int[] shape, long vals, DType dtype) {
    return full("full", shape, vals, dtype);
  }

  /** Equivalent to {@link #full(int[], MlxArray, DType) full(shape, vals, vals.dtype())}. */
  public static MlxArray full(int[] shape, MlxArray vals) {
    return full(shape, vals, Call.notNull("full", "the array of values", vals).dtype());
  }

  /**
   * Creates an array of given values, which are broadcast to the shape and converted to the dtype.
   * Mirrors {@code mlx.core.full}, which ignores a dtype beside an array.
   *
   * @param shape the shape; empty for a scalar
   * @param vals the values
   * @param dtype the dtype
   * @return an array
   * @throws IllegalArgumentException if a dimension is negative, the array would be too large, or
   *     the values cannot be broadcast
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

  /** Equivalent to {@link #fullLike(MlxArray, double, DType) fullLike(a, vals, a.dtype())}. */
  public static MlxArray fullLike(MlxArray a, double vals) {
    Call.notNull("fullLike", "the array", a);
    return fullLike(a, vals, a.dtype());
  }

  /** Equivalent to {@link #fullLike(MlxArray, long, DType) fullLike(a, vals, a.dtype())}. */
  public static MlxArray fullLike(MlxArray a, long vals) {
    Call.notNull("fullLike", "the array", a);
    return fullLike(a, vals, a.dtype());
  }

  /**
   * Equivalent to {@link #full(int[], double, DType) full(a.shape(), vals, dtype)}; mirrors {@code
   * mlx.core.full_like}.
   */
  public static MlxArray fullLike(MlxArray a, double vals, DType dtype) {
    Call.notNull("fullLike", "the dtype", dtype);
    return fullLike("fullLike", a, () -> MlxArray.scalar(vals, dtype));
  }

  /**
   * Equivalent to {@link #full(int[], long, DType) full(a.shape(), vals, dtype)}; mirrors {@code
   * mlx.core.full_like}.
   */
  public static MlxArray fullLike(MlxArray a, long vals, DType dtype) {
    Sizes.requireFits("fullLike", vals, dtype);
    return fullLike("fullLike", a, () -> MlxArray.scalar(vals, dtype));
  }

  /** Equivalent to {@link #fullLike(MlxArray, MlxArray, DType) fullLike(a, vals, a.dtype())}. */
  public static MlxArray fullLike(MlxArray a, MlxArray vals) {
    int[] shape = shapeOfFirst("fullLike", a);
    return full("fullLike", shape, vals, a.dtype());
  }

  /**
   * Equivalent to {@link #full(int[], MlxArray, DType) full(a.shape(), vals, dtype)}; mirrors
   * {@code mlx.core.full_like}.
   */
  public static MlxArray fullLike(MlxArray a, MlxArray vals, DType dtype) {
    return full("fullLike", shapeOfFirst("fullLike", a), vals, dtype);
  }

  /** Equivalent to {@link #arange(long, long, long, DType) arange(0, stop, 1, DType.INT32)}. */
  public static MlxArray arange(int stop) {
    return arange(0, stop, 1);
  }

  /** Equivalent to {@link #arange(long, long, long, DType) arange(start, stop, 1, DType.INT32)}. */
  public static MlxArray arange(int start, int stop) {
    return arange(start, stop, 1);
  }

  /**
   * Equivalent to {@link #arange(long, long, long, DType) arange(start, stop, step, DType.INT32)}.
   */
  public static MlxArray arange(int start, int stop, int step) {
    return arange((double) start, stop, step, DType.INT32);
  }

  /** Equivalent to {@link #arange(long, long, long, DType) arange(0, stop, 1, DType.INT64)}. */
  public static MlxArray arange(long stop) {
    return arange(0L, stop, 1L);
  }

  /** Equivalent to {@link #arange(long, long, long, DType) arange(start, stop, 1, DType.INT64)}. */
  public static MlxArray arange(long start, long stop) {
    return arange(start, stop, 1L);
  }

  /**
   * Equivalent to {@link #arange(long, long, long, DType) arange(start, stop, step, DType.INT64)}.
   */
  public static MlxArray arange(long start, long stop, long step) {
    return arange(start, stop, step, DType.INT64);
  }

  /**
   * Creates an array of evenly spaced integers, each of which is exact if the dtype can hold it.
   * Mirrors {@code mlx.core.arange}.
   *
   * @param start the first number
   * @param stop the limit, which is excluded
   * @param step the distance between neighbors, not zero
   * @param dtype the dtype, not bool
   * @return an array with one axis
   * @throws IllegalArgumentException if the step is zero, the dtype is bool, or the array would
   *     have more than 2^31 - 1 elements
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
   * Equivalent to {@link #arange(double, double, double, DType) arange(0, stop, 1, DType.FLOAT32)}.
   */
  public static MlxArray arange(double stop) {
    return arange(0, stop, 1, DType.FLOAT32);
  }

  /**
   * Equivalent to {@link #arange(double, double, double, DType) arange(start, stop, 1,
   * DType.FLOAT32)}.
   */
  public static MlxArray arange(double start, double stop) {
    return arange(start, stop, 1, DType.FLOAT32);
  }

  /**
   * Equivalent to {@link #arange(double, double, double, DType) arange(start, stop, step,
   * DType.FLOAT32)}.
   */
  public static MlxArray arange(double start, double stop, double step) {
    return arange(start, stop, step, DType.FLOAT32);
  }

  /**
   * Creates an array of evenly spaced numbers. Mirrors {@code mlx.core.arange}.
   *
   * @param start the first number
   * @param stop the limit, which is excluded
   * @param step the distance between neighbors, not zero; if it is infinite, there is at most one
   *     number
   * @param dtype the dtype, not bool
   * @return an array with one axis
   * @throws IllegalArgumentException if the step is zero or NaN, the start or the limit is not
   *     finite, the dtype is bool, or the array would have more than 2^31 - 1 elements
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
   * Equivalent to {@link #linspace(double, double, int, boolean, DType) linspace(start, stop, 50,
   * true, DType.FLOAT32)}.
   */
  public static MlxArray linspace(double start, double stop) {
    return linspace(start, stop, 50);
  }

  /**
   * Equivalent to {@link #linspace(double, double, int, boolean, DType) linspace(start, stop, num,
   * true, DType.FLOAT32)}.
   */
  public static MlxArray linspace(double start, double stop, int num) {
    return linspace(start, stop, num, true, DType.FLOAT32);
  }

  /**
   * Creates an array of evenly spaced numbers from an interval. Mirrors {@code mlx.core.linspace}.
   *
   * @param start the first number
   * @param stop the end of the interval
   * @param num the number of elements
   * @param endpoint whether {@code stop} is the last number, rather than the one that would follow
   *     it
   * @param dtype the dtype
   * @return an array of shape {@code (num)}
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

  /** Equivalent to {@link #eye(int, int, int, DType) eye(n, n, 0, DType.FLOAT32)}. */
  public static MlxArray eye(int n) {
    return eye(n, n, 0, DType.FLOAT32);
  }

  /** Equivalent to {@link #eye(int, int, int, DType) eye(n, m, 0, DType.FLOAT32)}. */
  public static MlxArray eye(int n, int m) {
    return eye(n, m, 0);
  }

  /** Equivalent to {@link #eye(int, int, int, DType) eye(n, m, k, DType.FLOAT32)}. */
  public static MlxArray eye(int n, int m, int k) {
    return eye(n, m, k, DType.FLOAT32);
  }

  /**
   * Creates a matrix of ones on a diagonal and zeros elsewhere. Mirrors {@code mlx.core.eye}.
   *
   * @param n the number of rows
   * @param m the number of columns
   * @param k the number of the diagonal: 0 for the main one, positive above it, negative below it
   * @param dtype the dtype
   * @return an array of shape {@code (n, m)}
   * @throws IllegalArgumentException if {@code n} or {@code m} is negative, or the array would be
   *     too large
   */
  public static MlxArray eye(int n, int m, int k, DType dtype) {
    return creation(
        "eye",
        s ->
            CreationNative.eye(
                Sizes.require("eye", new int[] {n, m}, dtype)[0], m, k, dtype.code(), s));
  }

  /** Equivalent to {@link #identity(int, DType) identity(n, DType.FLOAT32)}. */
  public static MlxArray identity(int n) {
    return identity(n, DType.FLOAT32);
  }

  /**
   * Creates an identity matrix. Mirrors {@code mlx.core.identity}.
   *
   * @param n the number of rows and columns
   * @param dtype the dtype
   * @return an array of shape {@code (n, n)}
   * @throws IllegalArgumentException if {@code n} is negative or the array would be too large
   */
  public static MlxArray identity(int n, DType dtype) {
    return Call.as("identity", () -> eye(n, n, 0, dtype));
  }

  /** Equivalent to {@link #tri(int, int, int, DType) tri(n, n, 0, DType.FLOAT32)}. */
  public static MlxArray tri(int n) {
    return tri(n, n, 0, DType.FLOAT32);
  }

  /** Equivalent to {@link #tri(int, int, int, DType) tri(n, m, 0, DType.FLOAT32)}. */
  public static MlxArray tri(int n, int m) {
    return tri(n, m, 0);
  }

  /** Equivalent to {@link #tri(int, int, int, DType) tri(n, m, k, DType.FLOAT32)}. */
  public static MlxArray tri(int n, int m, int k) {
    return tri(n, m, k, DType.FLOAT32);
  }

  /**
   * Creates a matrix of ones on and below a diagonal and zeros above it. Mirrors {@code
   * mlx.core.tri}.
   *
   * @param n the number of rows
   * @param m the number of columns
   * @param k the number of the diagonal: 0 for the main one, positive above it, negative below it
   * @param dtype the dtype
   * @return an array of shape {@code (n, m)}
   * @throws IllegalArgumentException if {@code n} or {@code m} is negative, or the array would be
   *     too large
   */
  public static MlxArray tri(int n, int m, int k, DType dtype) {
    return creation(
        "tri",
        s ->
            CreationNative.tri(
                Sizes.require("tri", new int[] {n, m}, dtype)[0], m, k, dtype.code(), s));
  }

  /**
   * Creates a Bartlett window, which is a triangle. Mirrors {@code mlx.core.bartlett}.
   *
   * @param m the number of elements; an empty array is returned if it is not positive
   * @return a float32 array of shape {@code (m)}
   */
  public static MlxArray bartlett(int m) {
    return creation("bartlett", s -> CreationNative.bartlett(m, s));
  }

  /**
   * Creates a Hann window, which is a raised cosine. Mirrors {@code mlx.core.hanning}.
   *
   * @param m the number of elements; an empty array is returned if it is not positive
   * @return a float32 array of shape {@code (m)}
   */
  public static MlxArray hanning(int m) {
    return creation("hanning", s -> CreationNative.hanning(m, s));
  }

  /**
   * Creates a Hamming window, which is a raised cosine that does not reach zero. Mirrors {@code
   * mlx.core.hamming}.
   *
   * @param m the number of elements; an empty array is returned if it is not positive
   * @return a float32 array of shape {@code (m)}
   */
  public static MlxArray hamming(int m) {
    return creation("hamming", s -> CreationNative.hamming(m, s));
  }

  /**
   * Creates a Blackman window, which is a sum of two raised cosines. Mirrors {@code
   * mlx.core.blackman}.
   *
   * @param m the number of elements; an empty array is returned if it is not positive
   * @return a float32 array of shape {@code (m)}
   */
  public static MlxArray blackman(int m) {
    return creation("blackman", s -> CreationNative.blackman(m, s));
  }

  // ---- several arrays ---------------------------------------------------------------------------

  /** Equivalent to {@link #concatenate(MlxArray[], int) concatenate(arrays, 0)}. */
  public static MlxArray concatenate(MlxArray... arrays) {
    return concatenate(arrays, 0);
  }

  /**
   * Concatenates arrays along an existing axis and promotes them to a common dtype. Mirrors {@code
   * mlx.core.concatenate}.
   *
   * @param arrays the arrays, at least one; their shapes are equal apart from the axis
   * @param axis the axis; a negative one counts from the end
   * @return an array
   * @throws IllegalArgumentException if there are no arrays, their shapes differ along another
   *     axis, or the axis is out of range
   */
  public static MlxArray concatenate(MlxArray[] arrays, int axis) {
    return nary("concatenate", (xs, s) -> ShapesNative.concatenate(xs, axis, s), arrays);
  }

  /**
   * Equivalent to {@link #concatenate(MlxArray[], int) concatenate(arrays, 0)}; mirrors {@code
   * mlx.core.concat}.
   */
  public static MlxArray concat(MlxArray... arrays) {
    return concat(arrays, 0);
  }

  /** Equivalent to {@link #concatenate(MlxArray[], int)}; mirrors {@code mlx.core.concat}. */
  public static MlxArray concat(MlxArray[] arrays, int axis) {
    return Call.as("concat", () -> concatenate(arrays, axis));
  }

  /** Equivalent to {@link #stack(MlxArray[], int) stack(arrays, 0)}. */
  public static MlxArray stack(MlxArray... arrays) {
    return stack(arrays, 0);
  }

  /**
   * Joins arrays along a new axis and promotes them to a common dtype. Mirrors {@code
   * mlx.core.stack}.
   *
   * @param arrays the arrays, at least one, all of the same shape
   * @param axis the position of the new axis in the result; a negative one counts from its end
   * @return an array with one more axis
   * @throws IllegalArgumentException if there are no arrays, their shapes differ, or the axis is
   *     out of range
   */
  public static MlxArray stack(MlxArray[] arrays, int axis) {
    return nary("stack", (xs, s) -> ShapesNative.stack(xs, axis, s), arrays);
  }

  /**
   * Broadcasts arrays to a common shape. Mirrors {@code mlx.core.broadcast_arrays}.
   *
   * @param arrays the arrays
   * @return as many arrays, all of the same shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast
   */
  public static MlxArray[] broadcastArrays(MlxArray... arrays) {
    return naryToMany("broadcastArrays", ShapesNative::broadcast_arrays, arrays);
  }

  /**
   * Returns the shape to which shapes are broadcast. Mirrors {@code mlx.core.broadcast_shapes}.
   *
   * @param shapes the shapes, at least one
   * @return the common shape
   * @throws IllegalArgumentException if there are no shapes, they cannot be broadcast, or a
   *     dimension is negative
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
   * Makes arrays depend on others, so that they are computed only after those. Mirrors {@code
   * mlx.core.depends}.
   *
   * @param inputs the arrays that wait, at least one
   * @param dependencies the arrays that are computed first
   * @return arrays equal to {@code inputs}
   * @throws IllegalArgumentException if there are no inputs
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
   * Equivalent to {@link #meshgrid(MlxArray[], boolean, MeshIndexing) meshgrid(arrays, false,
   * MeshIndexing.XY)}.
   */
  public static MlxArray[] meshgrid(MlxArray... arrays) {
    return meshgrid(arrays, false, MeshIndexing.XY);
  }

  /**
   * Creates coordinate matrices from coordinate vectors. Mirrors {@code mlx.core.meshgrid}.
   *
   * @param arrays the coordinate vectors
   * @param sparse whether each result has size 1 along the axes of the other vectors, instead of
   *     repeating its values
   * @param indexing the order of the axes
   * @return one array for each vector
   */
  public static MlxArray[] meshgrid(MlxArray[] arrays, boolean sparse, MeshIndexing indexing) {
    Call.notNull("meshgrid", "indexing", indexing);
    return naryToMany(
        "meshgrid", (xs, s) -> ShapesNative.meshgrid(xs, sparse, indexing.mlxName(), s), arrays);
  }

  // ---- sums of products -------------------------------------------------------------------------

  /**
   * Computes a sum of products in Einstein's notation. Mirrors {@code mlx.core.einsum}.
   *
   * <pre>{@code
   * MlxArray a = MlxRandom.normal(new int[] {3, 3});
   * MlxArray b = MlxRandom.normal(new int[] {3, 4});
   * MlxArray product = Ops.einsum("ij,jk->ik", a, b); // the matrix product
   * MlxArray diagonal = Ops.einsum("...ii->...i", a); // the diagonal of the last two axes
   * }</pre>
   *
   * @param subscripts a letter for each axis of each operand, with {@code ...} for the remaining
   *     axes, then {@code ->} and the letters of the result; without {@code ->}, the result has the
   *     letters that occur once
   * @param operands the arrays
   * @return an array
   * @throws IllegalArgumentException if the subscripts are invalid or do not match the arrays
   */
  public static MlxArray einsum(String subscripts, MlxArray... operands) {
    return Einsum.einsum(subscripts, operands);
  }

  /**
   * Returns the order in which {@link #einsum} contracts its operands. Mirrors {@code
   * mlx.core.einsum_path}.
   *
   * @param subscripts the subscripts, as for {@link #einsum}
   * @param operands the arrays
   * @return the order and its cost
   * @throws IllegalArgumentException if the subscripts are invalid or do not match the arrays
   */
  public static EinsumPath einsumPath(String subscripts, MlxArray... operands) {
    return Einsum.path(subscripts, operands);
  }

  // ---- a number first ---------------------------------------------------------------------------

  /** Equivalent to {@link Elementwise#add(MlxArray)} with a number as the first operand. */
  public static MlxArray add(double x, MlxArray y) {
    return leftWeak("add", ElementwiseNative::add, x, y);
  }

  /** Equivalent to {@link Elementwise#add(MlxArray)} with a number as the first operand. */
  public static MlxArray add(long x, MlxArray y) {
    return leftWeak("add", ElementwiseNative::add, x, y);
  }

  /** Equivalent to {@link Elementwise#subtract(MlxArray)} with a number as the first operand. */
  public static MlxArray subtract(double x, MlxArray y) {
    return leftWeak("subtract", ElementwiseNative::subtract, x, y);
  }

  /** Equivalent to {@link Elementwise#subtract(MlxArray)} with a number as the first operand. */
  public static MlxArray subtract(long x, MlxArray y) {
    return leftWeak("subtract", ElementwiseNative::subtract, x, y);
  }

  /** Equivalent to {@link Elementwise#multiply(MlxArray)} with a number as the first operand. */
  public static MlxArray multiply(double x, MlxArray y) {
    return leftWeak("multiply", ElementwiseNative::multiply, x, y);
  }

  /** Equivalent to {@link Elementwise#multiply(MlxArray)} with a number as the first operand. */
  public static MlxArray multiply(long x, MlxArray y) {
    return leftWeak("multiply", ElementwiseNative::multiply, x, y);
  }

  /** Equivalent to {@link Elementwise#divide(MlxArray)} with a number as the first operand. */
  public static MlxArray divide(double x, MlxArray y) {
    return leftWeak("divide", ElementwiseNative::divide, x, y);
  }

  /** Equivalent to {@link Elementwise#divide(MlxArray)} with a number as the first operand. */
  public static MlxArray divide(long x, MlxArray y) {
    return leftWeak("divide", ElementwiseNative::divide, x, y);
  }

  /** Equivalent to {@link Elementwise#floorDivide(MlxArray)} with a number as the first operand. */
  public static MlxArray floorDivide(double x, MlxArray y) {
    return leftWeak("floorDivide", ElementwiseNative::floor_divide, x, y);
  }

  /** Equivalent to {@link Elementwise#floorDivide(MlxArray)} with a number as the first operand. */
  public static MlxArray floorDivide(long x, MlxArray y) {
    return leftWeak("floorDivide", ElementwiseNative::floor_divide, x, y);
  }

  /** Equivalent to {@link Elementwise#remainder(MlxArray)} with a number as the first operand. */
  public static MlxArray remainder(double x, MlxArray y) {
    return leftWeak("remainder", ElementwiseNative::remainder, x, y);
  }

  /** Equivalent to {@link Elementwise#remainder(MlxArray)} with a number as the first operand. */
  public static MlxArray remainder(long x, MlxArray y) {
    return leftWeak("remainder", ElementwiseNative::remainder, x, y);
  }

  /** Equivalent to {@link Elementwise#divmod(MlxArray)} with a number as the first operand. */
  public static MlxArray[] divmod(double x, MlxArray y) {
    try (MlxArray number = Call.weak("divmod", y, x)) {
      return number.divmod(y);
    }
  }

  /** Equivalent to {@link Elementwise#divmod(MlxArray)} with a number as the first operand. */
  public static MlxArray[] divmod(long x, MlxArray y) {
    try (MlxArray number = Call.weak("divmod", y, x)) {
      return number.divmod(y);
    }
  }

  /** Equivalent to {@link Elementwise#power(MlxArray)} with a number as the first operand. */
  public static MlxArray power(double x, MlxArray y) {
    return leftWeak("power", ElementwiseNative::power, x, y);
  }

  /** Equivalent to {@link Elementwise#power(MlxArray)} with a number as the first operand. */
  public static MlxArray power(long x, MlxArray y) {
    return leftWeak("power", ElementwiseNative::power, x, y);
  }

  /** Equivalent to {@link Elementwise#maximum(MlxArray)} with a number as the first operand. */
  public static MlxArray maximum(double x, MlxArray y) {
    return leftWeak("maximum", ElementwiseNative::maximum, x, y);
  }

  /** Equivalent to {@link Elementwise#maximum(MlxArray)} with a number as the first operand. */
  public static MlxArray maximum(long x, MlxArray y) {
    return leftWeak("maximum", ElementwiseNative::maximum, x, y);
  }

  /** Equivalent to {@link Elementwise#minimum(MlxArray)} with a number as the first operand. */
  public static MlxArray minimum(double x, MlxArray y) {
    return leftWeak("minimum", ElementwiseNative::minimum, x, y);
  }

  /** Equivalent to {@link Elementwise#minimum(MlxArray)} with a number as the first operand. */
  public static MlxArray minimum(long x, MlxArray y) {
    return leftWeak("minimum", ElementwiseNative::minimum, x, y);
  }

  /** Equivalent to {@link Elementwise#logaddexp(MlxArray)} with a number as the first operand. */
  public static MlxArray logaddexp(double x, MlxArray y) {
    return leftWeak("logaddexp", ElementwiseNative::logaddexp, x, y);
  }

  /** Equivalent to {@link Elementwise#logaddexp(MlxArray)} with a number as the first operand. */
  public static MlxArray logaddexp(long x, MlxArray y) {
    return leftWeak("logaddexp", ElementwiseNative::logaddexp, x, y);
  }

  /** Equivalent to {@link Elementwise#arctan2(MlxArray)} with a number as the first operand. */
  public static MlxArray arctan2(double x, MlxArray y) {
    return leftWeak("arctan2", ElementwiseNative::arctan2, x, y);
  }

  /** Equivalent to {@link Elementwise#arctan2(MlxArray)} with a number as the first operand. */
  public static MlxArray arctan2(long x, MlxArray y) {
    return leftWeak("arctan2", ElementwiseNative::arctan2, x, y);
  }

  /** Equivalent to {@link Elementwise#equal(MlxArray)} with a number as the first operand. */
  public static MlxArray equal(double x, MlxArray y) {
    return leftWeak("equal", ElementwiseNative::equal, x, y);
  }

  /** Equivalent to {@link Elementwise#equal(MlxArray)} with a number as the first operand. */
  public static MlxArray equal(long x, MlxArray y) {
    return leftWeak("equal", ElementwiseNative::equal, x, y);
  }

  /** Equivalent to {@link Elementwise#notEqual(MlxArray)} with a number as the first operand. */
  public static MlxArray notEqual(double x, MlxArray y) {
    return leftWeak("notEqual", ElementwiseNative::not_equal, x, y);
  }

  /** Equivalent to {@link Elementwise#notEqual(MlxArray)} with a number as the first operand. */
  public static MlxArray notEqual(long x, MlxArray y) {
    return leftWeak("notEqual", ElementwiseNative::not_equal, x, y);
  }

  /** Equivalent to {@link Elementwise#less(MlxArray)} with a number as the first operand. */
  public static MlxArray less(double x, MlxArray y) {
    return leftWeak("less", ElementwiseNative::less, x, y);
  }

  /** Equivalent to {@link Elementwise#less(MlxArray)} with a number as the first operand. */
  public static MlxArray less(long x, MlxArray y) {
    return leftWeak("less", ElementwiseNative::less, x, y);
  }

  /** Equivalent to {@link Elementwise#lessEqual(MlxArray)} with a number as the first operand. */
  public static MlxArray lessEqual(double x, MlxArray y) {
    return leftWeak("lessEqual", ElementwiseNative::less_equal, x, y);
  }

  /** Equivalent to {@link Elementwise#lessEqual(MlxArray)} with a number as the first operand. */
  public static MlxArray lessEqual(long x, MlxArray y) {
    return leftWeak("lessEqual", ElementwiseNative::less_equal, x, y);
  }

  /** Equivalent to {@link Elementwise#greater(MlxArray)} with a number as the first operand. */
  public static MlxArray greater(double x, MlxArray y) {
    return leftWeak("greater", ElementwiseNative::greater, x, y);
  }

  /** Equivalent to {@link Elementwise#greater(MlxArray)} with a number as the first operand. */
  public static MlxArray greater(long x, MlxArray y) {
    return leftWeak("greater", ElementwiseNative::greater, x, y);
  }

  /**
   * Equivalent to {@link Elementwise#greaterEqual(MlxArray)} with a number as the first operand.
   */
  public static MlxArray greaterEqual(double x, MlxArray y) {
    return leftWeak("greaterEqual", ElementwiseNative::greater_equal, x, y);
  }

  /**
   * Equivalent to {@link Elementwise#greaterEqual(MlxArray)} with a number as the first operand.
   */
  public static MlxArray greaterEqual(long x, MlxArray y) {
    return leftWeak("greaterEqual", ElementwiseNative::greater_equal, x, y);
  }

  /** Equivalent to {@link Elementwise#logicalAnd(MlxArray)} with a number as the first operand. */
  public static MlxArray logicalAnd(double x, MlxArray y) {
    return leftWeak("logicalAnd", ElementwiseNative::logical_and, x, y);
  }

  /** Equivalent to {@link Elementwise#logicalAnd(MlxArray)} with a number as the first operand. */
  public static MlxArray logicalAnd(long x, MlxArray y) {
    return leftWeak("logicalAnd", ElementwiseNative::logical_and, x, y);
  }

  /** Equivalent to {@link Elementwise#logicalOr(MlxArray)} with a number as the first operand. */
  public static MlxArray logicalOr(double x, MlxArray y) {
    return leftWeak("logicalOr", ElementwiseNative::logical_or, x, y);
  }

  /** Equivalent to {@link Elementwise#logicalOr(MlxArray)} with a number as the first operand. */
  public static MlxArray logicalOr(long x, MlxArray y) {
    return leftWeak("logicalOr", ElementwiseNative::logical_or, x, y);
  }

  /** Equivalent to {@link Elementwise#logicalXor(MlxArray)} with a number as the first operand. */
  public static MlxArray logicalXor(double x, MlxArray y) {
    return leftWeak("logicalXor", ElementwiseNative::logical_xor, x, y);
  }

  /** Equivalent to {@link Elementwise#logicalXor(MlxArray)} with a number as the first operand. */
  public static MlxArray logicalXor(long x, MlxArray y) {
    return leftWeak("logicalXor", ElementwiseNative::logical_xor, x, y);
  }

  /** Equivalent to {@link Elementwise#bitwiseAnd(MlxArray)} with a number as the first operand. */
  public static MlxArray bitwiseAnd(long x, MlxArray y) {
    return leftWeak("bitwiseAnd", ElementwiseNative::bitwise_and, x, y);
  }

  /** Equivalent to {@link Elementwise#bitwiseOr(MlxArray)} with a number as the first operand. */
  public static MlxArray bitwiseOr(long x, MlxArray y) {
    return leftWeak("bitwiseOr", ElementwiseNative::bitwise_or, x, y);
  }

  /** Equivalent to {@link Elementwise#bitwiseXor(MlxArray)} with a number as the first operand. */
  public static MlxArray bitwiseXor(long x, MlxArray y) {
    return leftWeak("bitwiseXor", ElementwiseNative::bitwise_xor, x, y);
  }

  /** Equivalent to {@link Elementwise#leftShift(MlxArray)} with a number as the first operand. */
  public static MlxArray leftShift(long x, MlxArray y) {
    return leftWeak("leftShift", ElementwiseNative::left_shift, x, y);
  }

  /** Equivalent to {@link Elementwise#rightShift(MlxArray)} with a number as the first operand. */
  public static MlxArray rightShift(long x, MlxArray y) {
    return leftWeak("rightShift", ElementwiseNative::right_shift, x, y);
  }

  // ---- dtypes -----------------------------------------------------------------------------------

  /**
   * Returns the dtype to which dtypes are promoted. Mirrors {@code mlx.core.result_type}.
   *
   * @param dtypes the dtypes, at least one
   * @return the dtype of the result of an operation on arrays of these dtypes
   * @throws IllegalArgumentException if there are no dtypes
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
   * Returns the dtype to which arrays are promoted. Mirrors {@code mlx.core.result_type}.
   *
   * @param arrays the arrays, at least one
   * @return the dtype of the result of an operation on these arrays
   * @throws IllegalArgumentException if there are no arrays
   */
  public static DType resultType(MlxArray... arrays) {
    return resultType(
        Arrays.stream(Call.notNull("resultType", "the array of arrays", arrays))
            .map(array -> Call.notNull("resultType", "an array", array).dtype())
            .toArray(DType[]::new));
  }

  /**
   * Tests whether one dtype promotes to another, so that an operation on both gives the latter.
   * Mirrors {@code mlx.core.can_cast}.
   *
   * @param from the dtype
   * @param to the other dtype
   * @return whether {@code from} promotes to {@code to}
   */
  public static boolean canCast(DType from, DType to) {
    return Call.as("canCast", () -> resultType(from, to)) == to;
  }

  /** Equivalent to {@link #canCast(DType, DType) canCast(from.dtype(), to)}. */
  public static boolean canCast(MlxArray from, DType to) {
    return canCast(Call.notNull("canCast", "the array", from).dtype(), to);
  }

  /**
   * Tests whether a dtype belongs to a category. Mirrors {@code mlx.core.issubdtype}.
   *
   * @param dtype the dtype
   * @param category the category
   * @return whether the dtype belongs to the category
   */
  public static boolean issubdtype(DType dtype, DType.Category category) {
    Call.notNull("issubdtype", "the category", category);
    return Call.notNull("issubdtype", "the dtype", dtype).isSubdtype(category);
  }

  /**
   * Tests whether two dtypes are the same. Mirrors {@code mlx.core.issubdtype}.
   *
   * @param dtype a dtype
   * @param other another dtype
   * @return whether they are the same
   */
  public static boolean issubdtype(DType dtype, DType other) {
    Call.notNull("issubdtype", "the other dtype", other);
    return Call.notNull("issubdtype", "the dtype", dtype) == other;
  }

  /**
   * Tests whether a category is contained in another one. Mirrors {@code mlx.core.issubdtype}.
   *
   * @param category a category
   * @param other another category
   * @return whether it is contained, as it is if both are the same
   */
  public static boolean issubdtype(DType.Category category, DType.Category other) {
    Call.notNull("issubdtype", "the other category", other);
    return Call.notNull("issubdtype", "the category", category).isSubdtype(other);
  }

  /**
   * Tests whether a dtype is of one of several kinds. Mirrors {@code mlx.core.isdtype}.
   *
   * @param dtype the dtype
   * @param kinds the kinds
   * @return whether the dtype is of one of the kinds
   */
  public static boolean isdtype(DType dtype, DType.Kind... kinds) {
    Call.notNull("isdtype", "the dtype", dtype);
    return Arrays.stream(Call.notNull("isdtype", "the array of kinds", kinds))
        .anyMatch(kind -> Call.notNull("isdtype", "a kind", kind).contains(dtype));
  }

  /**
   * Tests whether a dtype is one of several dtypes. Mirrors {@code mlx.core.isdtype}.
   *
   * @param dtype the dtype
   * @param dtypes the dtypes
   * @return whether the dtype is one of them
   */
  public static boolean isdtype(DType dtype, DType... dtypes) {
    Call.notNull("isdtype", "the dtype", dtype);
    return Arrays.asList(Call.notNull("isdtype", "the array of dtypes", dtypes)).contains(dtype);
  }

  /**
   * Returns the limits of a floating point dtype. Mirrors {@code mlx.core.finfo}.
   *
   * @param dtype a real or complex floating point dtype
   * @return its limits
   * @throws IllegalArgumentException if the dtype is not of floating point
   */
  public static Finfo finfo(DType dtype) {
    return Finfo.of(dtype);
  }

  /**
   * Returns the limits of an integer dtype. Mirrors {@code mlx.core.iinfo}.
   *
   * @param dtype an integer dtype
   * @return its limits
   * @throws IllegalArgumentException if the dtype is not an integer one
   */
  public static Iinfo iinfo(DType dtype) {
    return Iinfo.of(dtype);
  }

  // ---- evaluation -------------------------------------------------------------------------------

  /**
   * Computes arrays together, as far as they are not computed yet, and waits for them. Mirrors
   * {@code mlx.core.eval}.
   *
   * @param arrays the arrays
   * @throws IllegalArgumentException inside a function that {@code compile} or {@code vmap} traces,
   *     where arrays have no values
   * @throws MlxException if an operation fails
   * @throws OutOfMemoryError if an array cannot be allocated
   */
  public static void eval(MlxArray... arrays) {
    Call.evaluate("eval", arrays);
  }

  /**
   * Starts to compute arrays without waiting for them; reading one of them waits. Mirrors {@code
   * mlx.core.async_eval}.
   *
   * @param arrays the arrays
   * @throws IllegalArgumentException inside a function that {@code compile} or {@code vmap} traces,
   *     where arrays have no values
   * @throws OutOfMemoryError if an array cannot be allocated
   */
  public static void asyncEval(MlxArray... arrays) {
    Call.evaluate("asyncEval", EvaluationNative::async_evaluate, arrays);
  }

  /**
   * Computes arrays together and returns a future that completes when they are computed.
   *
   * <pre>{@code
   * MlxArray loss = MlxRandom.normal(new int[] {8, 8}).square().mean();
   * Ops.evalAsync(loss).thenRun(() -> System.out.println(loss.itemFloat())).join();
   * }</pre>
   *
   * <p>The arrays may be closed before they are computed. Cancelling the future does not stop a
   * computation that has begun. Functions that depend on the future run on the default executor of
   * {@link CompletableFuture}, and may themselves evaluate arrays and wait. Inside a function that
   * a transform traces, this method computes immediately.
   *
   * @param arrays the arrays
   * @return a future that completes when all arrays are computed; it completes exceptionally with
   *     what {@link #eval} throws: {@link MlxException} if an operation fails, {@link
   *     OutOfMemoryError} if an array cannot be allocated
   * @throws IllegalArgumentException inside a function that {@code compile} or {@code vmap} traces,
   *     where arrays have no values
   */
  public static CompletableFuture<@Nullable Void> evalAsync(MlxArray... arrays) {
    return AsyncEvaluation.start(null, arrays);
  }

  /**
   * Waits until all work that is scheduled on the stream of the calling thread is done. Mirrors
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
   * Closes arrays. Null elements are skipped, so that arrays that may not have been created can be
   * closed in a {@code finally} block. Closing a closed array is a no-op.
   *
   * @param arrays the arrays
   * @throws NullPointerException if {@code arrays} itself is null
   */
  public static void close(@Nullable MlxArray... arrays) {
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

  // ---- printing ---------------------------------------------------------------------------------

  /**
   * Sets how all arrays are printed from now on. Mirrors {@code mlx.core.set_printoptions}.
   *
   * @param precision the number of digits after the decimal point, at most 1074; or -1 for as many
   *     as are needed, up to six digits in total
   * @throws IllegalArgumentException if {@code precision} is out of range
   */
  public static void setPrintoptions(int precision) {
    EvaluationNative.set_print_precision(new PrintOptions(precision).precision());
  }

  /**
   * Returns how arrays are printed. Mirrors {@code mlx.core.get_printoptions}.
   *
   * @return the options
   */
  public static PrintOptions getPrintoptions() {
    return new PrintOptions(EvaluationNative.print_precision());
  }

  /**
   * Sets how all arrays are printed until the returned scope is closed. Mirrors {@code
   * mlx.core.printoptions}.
   *
   * <pre>{@code
   * MlxArray x = MlxArray.of(0.12345f);
   * try (PrintScope s = Ops.printoptions(2)) {
   *   System.out.println(x); // array([0.12], dtype=float32)
   * }
   * }</pre>
   *
   * @param precision the number of digits, as for {@link #setPrintoptions}
   * @return a scope that restores the previous options when it is closed
   * @throws IllegalArgumentException if {@code precision} is out of range
   */
  public static PrintScope printoptions(int precision) {
    return new PrintScope(new PrintOptions(precision));
  }

  // ---- checks -----------------------------------------------------------------------------------

  /**
   * Sets whether operations that take indices evaluate them, if they are not computed yet, in order
   * to throw {@link IndexOutOfBoundsException} for one that is out of range. If this is off, such
   * an index is limited to the range. Indices that are already computed are always checked. The
   * initial value is that of the system property {@code mlx4j.check.indices}.
   *
   * @param on whether to check, for all threads; since operations then wait for their indices, this
   *     is meant for finding errors
   */
  public static void checkIndices(boolean on) {
    IndexingNative.check_indices(on);
  }

  static MlxArray clip(MlxArray a, @Nullable MlxArray min, @Nullable MlxArray max) {
    if (max != null) {
      return min == null
          ? Call.as("clip", () -> a.minimum(max))
          : clip(a, x -> x.maximum(min), x -> x.minimum(max));
    }
    if (min == null) {
      throw new IllegalArgumentException("[clip] both limits are null; at least one must be given");
    }
    return Call.as("clip", () -> a.maximum(min));
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
