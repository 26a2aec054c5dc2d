package org.mlx4j;

import java.lang.ref.Reference;
import java.lang.reflect.Array;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongFunction;
import org.mlx4j.internal.ClosedException;
import org.mlx4j.internal.EvaluationNative;
import org.mlx4j.internal.HandlesNative;
import org.mlx4j.internal.HostDataNative;

/**
 * An array of MLX: a shape, a dtype and, once it is evaluated, values. Mirrors {@code
 * mlx.core.array}.
 *
 * <pre>{@code
 * try (Scope scope = Scope.open()) {
 *   MlxArray x = MlxArray.of(new float[] {1, 2, 3, 4}, 2, 2);
 *   MlxArray y = x.matmul(x).add(1f).sum();     // builds a graph
 *   System.out.println(y.itemFloat());          // computes it: 58.0
 * }
 * }</pre>
 *
 * <p>Operations build a graph; it is computed when a value is asked for ({@code item…}, {@code
 * to…Array}, {@code copyTo}, {@link #toString}) or by {@link #eval}. An array does not change. It
 * may be used by any number of threads.
 *
 * <p>Memory is freed by {@link #close}, by the {@link Scope} in which the array was made, or,
 * outside scopes, after the array is garbage collected. A closed array throws {@link
 * IllegalStateException} when used. Two arrays are {@code equals} only if they are the same object;
 * {@link #arrayEqual(MlxArray)} compares values.
 */
public final class MlxArray
    implements AutoCloseable,
        Elementwise,
        Reductions,
        Scans,
        Shapes,
        Indexing,
        Sorting,
        Products,
        Convolutions,
        Quantization {
  // There is no closed flag in Java: the native slot is the only truth, so use and close may race
  // on any threads.
  final long handle;

  /** The dtype's ordinal, then the shape; they never change, so they are asked for once. */
  private int[] description;

  MlxArray(long handle, ThreadContext context) {
    this.handle = Scope.marked(handle, context);
    Ownership.own(this, this.handle, context);
  }

  // ---- from host data
  // ----------------------------------------------------------------------------

  /**
   * An array of one axis.
   *
   * @param data the elements, which are copied
   * @return an array of dtype float32
   */
  public static MlxArray of(float... data) {
    return of(data, DType.FLOAT32, length(data));
  }

  /**
   * An array of one axis.
   *
   * @param data the elements, which are copied
   * @return an array of dtype int32
   */
  public static MlxArray of(int... data) {
    return of(data, DType.INT32, length(data));
  }

  /**
   * An array of one axis.
   *
   * @param data the elements, which are copied
   * @return an array of dtype int64
   */
  public static MlxArray of(long... data) {
    return of(data, DType.INT64, length(data));
  }

  /**
   * An array of one axis.
   *
   * @param data the elements, which are copied
   * @return an array of dtype float32, MLX's default float
   */
  public static MlxArray of(double... data) {
    return of(data, DType.FLOAT32, length(data));
  }

  /**
   * An array of one axis.
   *
   * @param data the elements, which are copied
   * @return an array of dtype bool
   */
  public static MlxArray of(boolean... data) {
    return of(data, DType.BOOL, length(data));
  }

  /**
   * An array of a given shape.
   *
   * @param data the elements in row-major order, which are copied
   * @param shape the shape; none for a scalar
   * @return an array of dtype float32
   * @throws IllegalArgumentException if the shape has a negative dimension or another number of
   *     elements
   */
  public static MlxArray of(float[] data, int... shape) {
    return of(data, DType.FLOAT32, shape);
  }

  /**
   * An array of a given dtype and shape.
   *
   * @param data the elements in row-major order, which are copied and converted as {@link #astype}
   *     does
   * @param dtype the dtype of the array
   * @param shape the shape; none for a scalar
   * @return an array
   * @throws IllegalArgumentException if the shape has a negative dimension or another number of
   *     elements
   */
  public static MlxArray of(float[] data, DType dtype, int... shape) {
    return Call.creation(
        "array", s -> HostDataNative.from_host(data, shape, Call.code("array", dtype)));
  }

  /**
   * An array of a given shape.
   *
   * @param data the elements in row-major order, which are copied
   * @param shape the shape; none for a scalar
   * @return an array of dtype int32
   * @throws IllegalArgumentException if the shape has a negative dimension or another number of
   *     elements
   */
  public static MlxArray of(int[] data, int... shape) {
    return of(data, DType.INT32, shape);
  }

  /**
   * An array of a given dtype and shape.
   *
   * @param data the elements in row-major order, which are copied and converted as {@link #astype}
   *     does
   * @param dtype the dtype of the array
   * @param shape the shape; none for a scalar
   * @return an array
   * @throws IllegalArgumentException if the shape has a negative dimension or another number of
   *     elements
   */
  public static MlxArray of(int[] data, DType dtype, int... shape) {
    return Call.creation(
        "array", s -> HostDataNative.from_host(data, shape, Call.code("array", dtype)));
  }

  /**
   * An array of a given shape.
   *
   * @param data the elements in row-major order, which are copied
   * @param shape the shape; none for a scalar
   * @return an array of dtype int64
   * @throws IllegalArgumentException if the shape has a negative dimension or another number of
   *     elements
   */
  public static MlxArray of(long[] data, int... shape) {
    return of(data, DType.INT64, shape);
  }

  /**
   * An array of a given dtype and shape.
   *
   * @param data the elements in row-major order, which are copied and converted as {@link #astype}
   *     does
   * @param dtype the dtype of the array
   * @param shape the shape; none for a scalar
   * @return an array
   * @throws IllegalArgumentException if the shape has a negative dimension or another number of
   *     elements
   */
  public static MlxArray of(long[] data, DType dtype, int... shape) {
    return Call.creation(
        "array", s -> HostDataNative.from_host(data, shape, Call.code("array", dtype)));
  }

  /**
   * An array of a given shape.
   *
   * @param data the elements in row-major order, which are copied
   * @param shape the shape; none for a scalar
   * @return an array of dtype float32, MLX's default float
   * @throws IllegalArgumentException if the shape has a negative dimension or another number of
   *     elements
   */
  public static MlxArray of(double[] data, int... shape) {
    return of(data, DType.FLOAT32, shape);
  }

  /**
   * An array of a given dtype and shape.
   *
   * @param data the elements in row-major order, which are copied and converted as {@link #astype}
   *     does
   * @param dtype the dtype of the array
   * @param shape the shape; none for a scalar
   * @return an array
   * @throws IllegalArgumentException if the shape has a negative dimension or another number of
   *     elements
   */
  public static MlxArray of(double[] data, DType dtype, int... shape) {
    return Call.creation(
        "array", s -> HostDataNative.from_host(data, shape, Call.code("array", dtype)));
  }

  /**
   * An array of a given shape.
   *
   * @param data the elements in row-major order, which are copied
   * @param shape the shape; none for a scalar
   * @return an array of dtype bool
   * @throws IllegalArgumentException if the shape has a negative dimension or another number of
   *     elements
   */
  public static MlxArray of(boolean[] data, int... shape) {
    return of(data, DType.BOOL, shape);
  }

  /**
   * An array of a given dtype and shape.
   *
   * @param data the elements in row-major order, which are copied and converted as {@link #astype}
   *     does
   * @param dtype the dtype of the array
   * @param shape the shape; none for a scalar
   * @return an array
   * @throws IllegalArgumentException if the shape has a negative dimension or another number of
   *     elements
   */
  public static MlxArray of(boolean[] data, DType dtype, int... shape) {
    return Call.creation(
        "array", s -> HostDataNative.from_host(data, shape, Call.code("array", dtype)));
  }

  /**
   * An array of a given shape.
   *
   * @param data the elements in row-major order, which are copied
   * @param shape the shape; none for a scalar
   * @return an array of dtype int8
   * @throws IllegalArgumentException if the shape has a negative dimension or another number of
   *     elements
   */
  public static MlxArray of(byte[] data, int... shape) {
    return of(data, DType.INT8, shape);
  }

  /**
   * An array of a given dtype and shape.
   *
   * @param data the elements in row-major order, which are copied and converted as {@link #astype}
   *     does
   * @param dtype the dtype of the array
   * @param shape the shape; none for a scalar
   * @return an array
   * @throws IllegalArgumentException if the shape has a negative dimension or another number of
   *     elements
   */
  public static MlxArray of(byte[] data, DType dtype, int... shape) {
    return Call.creation(
        "array", s -> HostDataNative.from_host(data, shape, Call.code("array", dtype)));
  }

  /**
   * An array of a given shape.
   *
   * @param data the elements in row-major order, which are copied
   * @param shape the shape; none for a scalar
   * @return an array of dtype int16
   * @throws IllegalArgumentException if the shape has a negative dimension or another number of
   *     elements
   */
  public static MlxArray of(short[] data, int... shape) {
    return of(data, DType.INT16, shape);
  }

  /**
   * An array of a given dtype and shape.
   *
   * @param data the elements in row-major order, which are copied and converted as {@link #astype}
   *     does
   * @param dtype the dtype of the array
   * @param shape the shape; none for a scalar
   * @return an array
   * @throws IllegalArgumentException if the shape has a negative dimension or another number of
   *     elements
   */
  public static MlxArray of(short[] data, DType dtype, int... shape) {
    return Call.creation(
        "array", s -> HostDataNative.from_host(data, shape, Call.code("array", dtype)));
  }

  /**
   * A complex array of one axis.
   *
   * @param data the elements, which are copied
   * @return an array of dtype complex64
   */
  public static MlxArray of(Complex64... data) {
    return of(data, length(data));
  }

  /**
   * A complex array of a given shape.
   *
   * @param data the elements in row-major order, which are copied
   * @param shape the shape; none for a scalar
   * @return an array of dtype complex64
   * @throws IllegalArgumentException if the shape has a negative dimension or another number of
   *     elements
   */
  public static MlxArray of(Complex64[] data, int... shape) {
    float[] parts = new float[2 * length(data)];
    for (int i = 0; i < data.length; i++) {
      Call.notNull("array", "element " + i, data[i]);
      parts[2 * i] = data[i].real();
      parts[2 * i + 1] = data[i].imag();
    }
    return Call.creation("array", s -> HostDataNative.from_complex(parts, shape));
  }

  /**
   * An array of any dtype from its bytes, which start at the buffer's position and are read in the
   * buffer's byte order. This is the way in for float16 and bfloat16 as bits.
   *
   * @param data the bytes of the elements in row-major order, which are copied; the position does
   *     not change
   * @param dtype the dtype of the array
   * @param shape the shape; none for a scalar
   * @return an array
   * @throws IllegalArgumentException if the shape has a negative dimension or needs another number
   *     of bytes
   */
  public static MlxArray of(ByteBuffer data, DType dtype, int... shape) {
    Call.notNull("array", "the buffer", data);
    int[] checked = Sizes.require("array", shape, dtype);
    long bytes = dtype.itemsize();
    for (int size : checked) {
      bytes *= size;
    }
    if (bytes != data.remaining()) {
      throw new IllegalArgumentException(
          "[array] the buffer has "
              + data.remaining()
              + " bytes, an array of shape "
              + Arrays.toString(shape)
              + " and dtype "
              + dtype
              + " needs "
              + bytes);
    }
    ByteBuffer direct = NativeBytes.readable(data, dtype);
    try {
      return Call.creation(
          "array", s -> HostDataNative.from_buffer(direct, direct.position(), shape, dtype.code()));
    } finally {
      Reference.reachabilityFence(direct);
    }
  }

  /**
   * An array of a given shape from a buffer, from its position to its limit.
   *
   * @param data the elements in row-major order, which are copied; the position does not change
   * @param shape the shape; none for a scalar
   * @return an array of dtype float32
   * @throws IllegalArgumentException if the shape has a negative dimension or another number of
   *     elements
   */
  public static MlxArray of(FloatBuffer data, int... shape) {
    float[] elements = new float[Call.notNull("array", "the buffer", data).remaining()];
    data.duplicate().get(elements);
    return of(elements, shape);
  }

  /**
   * An array of a given shape from a buffer, from its position to its limit.
   *
   * @param data the elements in row-major order, which are copied; the position does not change
   * @param shape the shape; none for a scalar
   * @return an array of dtype float32, MLX's default float
   * @throws IllegalArgumentException if the shape has a negative dimension or another number of
   *     elements
   */
  public static MlxArray of(DoubleBuffer data, int... shape) {
    double[] elements = new double[Call.notNull("array", "the buffer", data).remaining()];
    data.duplicate().get(elements);
    return of(elements, shape);
  }

  /**
   * An array of a given shape from a buffer, from its position to its limit.
   *
   * @param data the elements in row-major order, which are copied; the position does not change
   * @param shape the shape; none for a scalar
   * @return an array of dtype int32
   * @throws IllegalArgumentException if the shape has a negative dimension or another number of
   *     elements
   */
  public static MlxArray of(IntBuffer data, int... shape) {
    int[] elements = new int[Call.notNull("array", "the buffer", data).remaining()];
    data.duplicate().get(elements);
    return of(elements, shape);
  }

  /**
   * An array of a given shape from a buffer, from its position to its limit.
   *
   * @param data the elements in row-major order, which are copied; the position does not change
   * @param shape the shape; none for a scalar
   * @return an array of dtype int64
   * @throws IllegalArgumentException if the shape has a negative dimension or another number of
   *     elements
   */
  public static MlxArray of(LongBuffer data, int... shape) {
    long[] elements = new long[Call.notNull("array", "the buffer", data).remaining()];
    data.duplicate().get(elements);
    return of(elements, shape);
  }

  /**
   * A scalar, an array without axes.
   *
   * @param value the value
   * @return an array of dtype float32
   */
  public static MlxArray scalar(float value) {
    return scalar((double) value, DType.FLOAT32);
  }

  /**
   * A scalar, an array without axes.
   *
   * @param value the value
   * @return an array of dtype int32
   */
  public static MlxArray scalar(int value) {
    return scalar((long) value, DType.INT32);
  }

  /**
   * A scalar, an array without axes.
   *
   * @param value the value
   * @return an array of dtype float32, MLX's default float
   */
  public static MlxArray scalar(double value) {
    return scalar(value, DType.FLOAT32);
  }

  /**
   * A scalar, an array without axes.
   *
   * @param value the value
   * @return an array of dtype bool
   */
  public static MlxArray scalar(boolean value) {
    return scalar(value ? 1L : 0L, DType.BOOL);
  }

  /**
   * A scalar, an array without axes.
   *
   * @param value the value
   * @return an array of dtype int64
   */
  public static MlxArray scalar(long value) {
    return scalar(value, DType.INT64);
  }

  /**
   * A complex scalar, an array without axes.
   *
   * @param value the value
   * @return an array of dtype complex64
   */
  public static MlxArray scalar(Complex64 value) {
    return of(new Complex64[] {value}, new int[0]);
  }

  /**
   * A scalar of a given dtype.
   *
   * @param value the value, converted as {@link #astype} does
   * @param dtype the dtype
   * @return an array without axes
   */
  public static MlxArray scalar(double value, DType dtype) {
    return Call.notNull("array", "the dtype", dtype).isFloating()
        ? Call.creation("array", s -> HostDataNative.scalar(value, Call.code("array", dtype)))
        : of(new double[] {value}, dtype, new int[0]);
  }

  /**
   * A scalar of a given dtype.
   *
   * @param value the value, converted as {@link #astype} does
   * @param dtype the dtype
   * @return an array without axes
   */
  public static MlxArray scalar(long value, DType dtype) {
    return Call.creation("array", s -> HostDataNative.scalar(value, Call.code("array", dtype)));
  }

  // ---- description
  private static int length(Object data) {
    return Array.getLength(Call.notNull("array", "the data", data));
  }

  // -------------------------------------------------------------------------------

  private int[] description() {
    return description(true);
  }

  /**
   * The dtype and the size of each axis. A function that is compiled for all sizes may not ask for
   * sizes, but for the dtype and the number of axes.
   */
  private int[] description(boolean sizes) {
    int[] known = description;
    if (known == null) {
      try {
        known =
            sizes ? HandlesNative.describe(handle) : HandlesNative.describe_for_any_size(handle);
      } catch (ClosedException e) {
        throw Call.explained(Explanation.calledMethod("shape"), e, this);
      } finally {
        Reference.reachabilityFence(this);
      }
      if (sizes || known.length == 1 || known[1] >= 0) {
        description = known;
      }
    }
    return known;
  }

  /**
   * The size of each axis.
   *
   * @return a new Java array, empty for a scalar
   * @throws IllegalStateException if this array is closed and was not described before
   */
  public int[] shape() {
    int[] d = description();
    return Arrays.copyOfRange(d, 1, d.length);
  }

  /**
   * The size of an axis.
   *
   * @param axis the axis; counts from the end when negative
   * @return the number of elements along it
   * @throws IllegalArgumentException if the axis is out of range
   * @throws IllegalStateException if this array is closed and was not described before
   */
  public int dim(int axis) {
    return description()[1 + Axes.resolve("dim", axis, ndim())];
  }

  /**
   * The number of axes.
   *
   * @return 0 for a scalar
   * @throws IllegalStateException if this array is closed and was not described before
   */
  public int ndim() {
    return description(false).length - 1;
  }

  /**
   * The number of elements.
   *
   * @return 1 for a scalar
   * @throws IllegalStateException if this array is closed and was not described before
   */
  public long size() {
    int[] d = description();
    long size = 1;
    for (int i = 1; i < d.length; i++) {
      size *= d[i];
    }
    return size;
  }

  /**
   * The size of the elements together.
   *
   * @return bytes
   * @throws IllegalStateException if this array is closed and was not described before
   */
  public long nbytes() {
    return size() * dtype().itemsize();
  }

  /**
   * The size of an element.
   *
   * @return bytes
   * @throws IllegalStateException if this array is closed and was not described before
   */
  public int itemsize() {
    return dtype().itemsize();
  }

  /**
   * The type of the elements.
   *
   * @return the dtype
   * @throws IllegalStateException if this array is closed and was not described before
   */
  public DType dtype() {
    return DType.of(description(false)[0]);
  }

  // ---- evaluation
  // --------------------------------------------------------------------------------

  /**
   * Computes this array, if it is not computed yet, and waits for it.
   *
   * @throws IllegalArgumentException inside a function that {@code compile} or {@code vmap} traces,
   *     where there are no values
   * @throws IllegalStateException if this array is closed
   * @throws MlxException if an operation fails
   * @throws OutOfMemoryError if an array cannot be allocated
   */
  public void eval() {
    Call.evaluate("eval", this);
  }

  /**
   * Computes this array, if it is not computed yet, without waiting for it.
   *
   * @return a future of this array, which is complete when the array is computed, and completes
   *     exceptionally as {@link Ops#evalAsync} describes
   * @throws IllegalStateException if this array is closed
   */
  public CompletableFuture<MlxArray> evalAsync() {
    return AsyncEvaluation.start(this, this);
  }

  /**
   * Whether the values are computed, so that reading them does not wait.
   *
   * @return true if they are
   * @throws IllegalStateException if this array is closed
   */
  public boolean isAvailable() {
    try {
      return EvaluationNative.is_available(handle);
    } catch (ClosedException e) {
      throw Call.explained("isAvailable", e, this);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  // ---- to host data
  // ------------------------------------------------------------------------------

  /**
   * The only element, as a {@code float}. Evaluates. Mirrors {@code array.item}.
   *
   * @return the value
   * @throws IllegalArgumentException if there is not exactly one element, or it is complex
   * @throws IllegalStateException if this array is closed
   */
  public float itemFloat() {
    return item(EvaluationNative::item_float);
  }

  /**
   * The only element, as a {@code double}. Evaluates. Mirrors {@code array.item}.
   *
   * @return the value
   * @throws IllegalArgumentException if there is not exactly one element, or it is complex
   * @throws IllegalStateException if this array is closed
   */
  public double itemDouble() {
    return item(EvaluationNative::item_double);
  }

  /**
   * The only element, as an {@code int}; a fraction is cut off. Evaluates. Mirrors {@code
   * array.item}.
   *
   * @return the value
   * @throws ArithmeticException if an integer does not fit an {@code int}
   * @throws IllegalArgumentException if there is not exactly one element, or it is complex
   * @throws IllegalStateException if this array is closed
   */
  public int itemInt() {
    long value = itemLong();
    if (!dtype().isInteger()) {
      return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, value));
    }
    boolean beyondLong = dtype() == DType.UINT64 && value < 0;
    if (value != (int) value || beyondLong) {
      String number = beyondLong ? Long.toUnsignedString(value) : Long.toString(value);
      throw new ArithmeticException("[item] " + number + " does not fit an int");
    }
    return (int) value;
  }

  /**
   * The only element, as a {@code long}; a fraction is cut off, and a uint64 value above 2^63 - 1
   * keeps its bits. Evaluates. Mirrors {@code array.item}.
   *
   * @return the value
   * @throws IllegalArgumentException if there is not exactly one element, or it is complex
   * @throws IllegalStateException if this array is closed
   */
  public long itemLong() {
    return item(EvaluationNative::item_long);
  }

  /**
   * The only element, as a {@code boolean}: whether it is not zero. Evaluates. Mirrors {@code
   * array.item}.
   *
   * @return the value
   * @throws IllegalArgumentException if there is not exactly one element, or it is complex
   * @throws IllegalStateException if this array is closed
   */
  public boolean itemBoolean() {
    return itemDouble() != 0;
  }

  /**
   * The only element as a complex number. Evaluates. Mirrors {@code array.item}.
   *
   * @return the value
   * @throws IllegalArgumentException if there is not exactly one element
   * @throws IllegalStateException if this array is closed
   */
  public Complex64 itemComplex() {
    if (size() != 1) {
      throw new IllegalArgumentException(
          "[item] item can only be read from an array with exactly one element, this one has shape "
              + Arrays.toString(shape()));
    }
    return toComplexArray("item")[0];
  }

  private <T> T item(LongFunction<T> read) {
    try {
      return read.apply(handle);
    } catch (OutOfMemoryError e) {
      Call.evaluate("item", this); // tries again without what was dropped
      return read.apply(handle);
    } catch (RuntimeException e) {
      throw Explanation.named("item", e, this);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * The elements in row-major order, converted as {@link #astype} does to {@link DType#FLOAT32}.
   * Evaluates.
   *
   * @return a new Java array
   * @throws IllegalArgumentException for a complex array, or one too large for a Java array
   * @throws IllegalStateException if this array is closed
   */
  public float[] toFloatArray() {
    float[] elements = new float[javaSize("toFloatArray", 1)];
    read("toFloatArray", h -> HostDataNative.to_host(h, elements), elements);
    return elements;
  }

  /**
   * The elements in row-major order, converted as {@link #astype} does to {@link DType#FLOAT64}.
   * Evaluates.
   *
   * @return a new Java array
   * @throws IllegalArgumentException for a complex array, or one too large for a Java array
   * @throws IllegalStateException if this array is closed
   */
  public double[] toDoubleArray() {
    double[] elements = new double[javaSize("toDoubleArray", 1)];
    read("toDoubleArray", h -> HostDataNative.to_host(h, elements), elements);
    return elements;
  }

  /**
   * The elements in row-major order, converted as {@link #astype} does to {@link DType#INT32}.
   * Evaluates.
   *
   * @return a new Java array
   * @throws IllegalArgumentException for a complex array, or one too large for a Java array
   * @throws IllegalStateException if this array is closed
   */
  public int[] toIntArray() {
    int[] elements = new int[javaSize("toIntArray", 1)];
    read("toIntArray", h -> HostDataNative.to_host(h, elements), elements);
    return elements;
  }

  /**
   * The elements in row-major order, converted as {@link #astype} does to {@link DType#INT64}.
   * Evaluates.
   *
   * @return a new Java array
   * @throws IllegalArgumentException for a complex array, or one too large for a Java array
   * @throws IllegalStateException if this array is closed
   */
  public long[] toLongArray() {
    long[] elements = new long[javaSize("toLongArray", 1)];
    read("toLongArray", h -> HostDataNative.to_host(h, elements), elements);
    return elements;
  }

  /**
   * The elements in row-major order, converted as {@link #astype} does to {@link DType#BOOL}.
   * Evaluates.
   *
   * @return a new Java array
   * @throws IllegalArgumentException for a complex array, or one too large for a Java array
   * @throws IllegalStateException if this array is closed
   */
  public boolean[] toBooleanArray() {
    boolean[] elements = new boolean[javaSize("toBooleanArray", 1)];
    read("toBooleanArray", h -> HostDataNative.to_host(h, elements), elements);
    return elements;
  }

  /**
   * The elements in row-major order, converted as {@link #astype} does to {@link DType#INT8}.
   * Evaluates.
   *
   * @return a new Java array
   * @throws IllegalArgumentException for a complex array, or one too large for a Java array
   * @throws IllegalStateException if this array is closed
   */
  public byte[] toByteArray() {
    byte[] elements = new byte[javaSize("toByteArray", 1)];
    read("toByteArray", h -> HostDataNative.to_host(h, elements), elements);
    return elements;
  }

  /**
   * The elements in row-major order, converted as {@link #astype} does to {@link DType#INT16}.
   * Evaluates.
   *
   * @return a new Java array
   * @throws IllegalArgumentException for a complex array, or one too large for a Java array
   * @throws IllegalStateException if this array is closed
   */
  public short[] toShortArray() {
    short[] elements = new short[javaSize("toShortArray", 1)];
    read("toShortArray", h -> HostDataNative.to_host(h, elements), elements);
    return elements;
  }

  /**
   * Copies the elements in row-major order, converted as {@link #astype} does, into a Java array.
   * Evaluates.
   *
   * @param destination a Java array of exactly {@link #size()} elements
   * @throws IllegalArgumentException if the sizes differ, or this array is complex
   * @throws IllegalStateException if this array is closed
   */
  public void copyTo(float[] destination) {
    read("copyTo", h -> HostDataNative.to_host(h, destination), destination);
  }

  /**
   * Copies the elements in row-major order, converted as {@link #astype} does, into a Java array.
   * Evaluates.
   *
   * @param destination a Java array of exactly {@link #size()} elements
   * @throws IllegalArgumentException if the sizes differ, or this array is complex
   * @throws IllegalStateException if this array is closed
   */
  public void copyTo(double[] destination) {
    read("copyTo", h -> HostDataNative.to_host(h, destination), destination);
  }

  /**
   * Copies the elements in row-major order, converted as {@link #astype} does, into a Java array.
   * Evaluates.
   *
   * @param destination a Java array of exactly {@link #size()} elements
   * @throws IllegalArgumentException if the sizes differ, or this array is complex
   * @throws IllegalStateException if this array is closed
   */
  public void copyTo(int[] destination) {
    read("copyTo", h -> HostDataNative.to_host(h, destination), destination);
  }

  /**
   * Copies the elements in row-major order, converted as {@link #astype} does, into a Java array.
   * Evaluates.
   *
   * @param destination a Java array of exactly {@link #size()} elements
   * @throws IllegalArgumentException if the sizes differ, or this array is complex
   * @throws IllegalStateException if this array is closed
   */
  public void copyTo(long[] destination) {
    read("copyTo", h -> HostDataNative.to_host(h, destination), destination);
  }

  /**
   * Copies the elements in row-major order, converted as {@link #astype} does, into a Java array.
   * Evaluates.
   *
   * @param destination a Java array of exactly {@link #size()} elements
   * @throws IllegalArgumentException if the sizes differ, or this array is complex
   * @throws IllegalStateException if this array is closed
   */
  public void copyTo(boolean[] destination) {
    read("copyTo", h -> HostDataNative.to_host(h, destination), destination);
  }

  /**
   * Copies the elements in row-major order, converted as {@link #astype} does, into a Java array.
   * Evaluates.
   *
   * @param destination a Java array of exactly {@link #size()} elements
   * @throws IllegalArgumentException if the sizes differ, or this array is complex
   * @throws IllegalStateException if this array is closed
   */
  public void copyTo(byte[] destination) {
    read("copyTo", h -> HostDataNative.to_host(h, destination), destination);
  }

  /**
   * Copies the elements in row-major order, converted as {@link #astype} does, into a Java array.
   * Evaluates.
   *
   * @param destination a Java array of exactly {@link #size()} elements
   * @throws IllegalArgumentException if the sizes differ, or this array is complex
   * @throws IllegalStateException if this array is closed
   */
  public void copyTo(short[] destination) {
    read("copyTo", h -> HostDataNative.to_host(h, destination), destination);
  }

  /**
   * The elements in row-major order as complex numbers. Evaluates.
   *
   * @return a new Java array
   * @throws IllegalArgumentException if this array is too large for a Java array
   * @throws IllegalStateException if this array is closed
   */
  public Complex64[] toComplexArray() {
    return toComplexArray("toComplexArray");
  }

  private Complex64[] toComplexArray(String function) {
    float[] parts = new float[2 * javaSize(function, 2)];
    read(function, h -> HostDataNative.to_complex(h, parts), parts);
    Complex64[] elements = new Complex64[parts.length / 2];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = new Complex64(parts[2 * i], parts[2 * i + 1]);
    }
    return elements;
  }

  /**
   * Copies the bytes of the elements in row-major order into a buffer, from its position on and in
   * its byte order, without a conversion. The position then lies behind them. Evaluates. This is
   * the way out for float16 and bfloat16 as bits.
   *
   * @param destination a buffer with at least {@link #nbytes()} bytes remaining
   * @throws IllegalArgumentException if there are fewer
   * @throws IllegalStateException if this array is closed
   * @throws ReadOnlyBufferException if the buffer is read-only
   */
  public void copyTo(ByteBuffer destination) {
    require(destination, nbytes(), "bytes");
    NativeBytes.write(
        destination,
        (int) nbytes(),
        dtype(),
        d -> read("copyTo", h -> HostDataNative.to_buffer(h, d, d.position()), d));
  }

  /**
   * Copies the elements in row-major order, converted as {@link #astype} does, into a buffer from
   * its position on. The position then lies behind them. Evaluates.
   *
   * @param destination a buffer with at least {@link #size()} elements remaining
   * @throws IllegalArgumentException if there are fewer, or this array is complex
   * @throws IllegalStateException if this array is closed
   * @throws ReadOnlyBufferException if the buffer is read-only
   */
  public void copyTo(FloatBuffer destination) {
    require(destination, size(), "elements");
    destination.put(toFloatArray());
  }

  /**
   * Copies the elements in row-major order, converted as {@link #astype} does, into a buffer from
   * its position on. The position then lies behind them. Evaluates.
   *
   * @param destination a buffer with at least {@link #size()} elements remaining
   * @throws IllegalArgumentException if there are fewer, or this array is complex
   * @throws IllegalStateException if this array is closed
   * @throws ReadOnlyBufferException if the buffer is read-only
   */
  public void copyTo(DoubleBuffer destination) {
    require(destination, size(), "elements");
    destination.put(toDoubleArray());
  }

  /**
   * Copies the elements in row-major order, converted as {@link #astype} does, into a buffer from
   * its position on. The position then lies behind them. Evaluates.
   *
   * @param destination a buffer with at least {@link #size()} elements remaining
   * @throws IllegalArgumentException if there are fewer, or this array is complex
   * @throws IllegalStateException if this array is closed
   * @throws ReadOnlyBufferException if the buffer is read-only
   */
  public void copyTo(IntBuffer destination) {
    require(destination, size(), "elements");
    destination.put(toIntArray());
  }

  /**
   * Copies the elements in row-major order, converted as {@link #astype} does, into a buffer from
   * its position on. The position then lies behind them. Evaluates.
   *
   * @param destination a buffer with at least {@link #size()} elements remaining
   * @throws IllegalArgumentException if there are fewer, or this array is complex
   * @throws IllegalStateException if this array is closed
   * @throws ReadOnlyBufferException if the buffer is read-only
   */
  public void copyTo(LongBuffer destination) {
    require(destination, size(), "elements");
    destination.put(toLongArray());
  }

  private interface Reader {
    void read(long handle);
  }

  private void read(String function, Reader reader, Object destination) {
    Call.notNull(function, "the destination", destination);
    try {
      Call.withinMemory(() -> reader.read(handle));
      MemoryPressure.evaluated();
    } catch (RuntimeException e) {
      throw Explanation.named(function, e, this);
    } finally {
      Reference.reachabilityFence(this);
      Reference.reachabilityFence(destination);
    }
  }

  private int javaSize(String function, int parts) {
    long size = size();
    int most = (Integer.MAX_VALUE - 8) / parts;
    if (size > most) {
      throw new IllegalArgumentException(
          "["
              + function
              + "] the array of shape "
              + Arrays.toString(shape())
              + " has "
              + size
              + " elements, a Java array holds at most "
              + most
              + "; read parts of it");
    }
    return (int) size;
  }

  /** {@link ReadOnlyBufferException} cannot carry a message by itself. */
  private static final class ReadOnlyDestinationException extends ReadOnlyBufferException {
    private static final long serialVersionUID = 1L;
    private final String message;

    ReadOnlyDestinationException(String message) {
      this.message = message;
    }

    @Override
    public String getMessage() {
      return message;
    }
  }

  private static void require(Buffer destination, long wanted, String unit) {
    if (Call.notNull("copyTo", "the destination", destination).isReadOnly()) {
      throw new ReadOnlyDestinationException(
          "[copyTo] the buffer is read-only; give one that can be written to");
    }
    if (destination.remaining() < wanted) {
      throw new IllegalArgumentException(
          "[copyTo] the buffer has room for "
              + destination.remaining()
              + " "
              + unit
              + ", the array needs "
              + wanted);
    }
  }

  // ---- object
  // ------------------------------------------------------------------------------------

  /** Frees the array. Graphs that use it keep what they need; closing twice is harmless. */
  @Override
  public void close() {
    HandlesNative.close(handle);
    Tracking.closed(handle);
  }

  /**
   * Whether this array was closed, by itself or by its scope.
   *
   * @return true if it was
   */
  public boolean isClosed() {
    try {
      return !HandlesNative.is_live(handle);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * The form that Python prints, such as {@code array([1, 2, 3], dtype=float32)}. Evaluates; says
   * so when it cannot.
   */
  @Override
  public String toString() {
    try {
      return new String(EvaluationNative.to_string(handle), StandardCharsets.UTF_8);
    } catch (ClosedException e) {
      return "array(closed)";
    } catch (RuntimeException e) {
      return "array(" + Explanation.ofPrinting(e, this) + ")";
    } finally {
      Reference.reachabilityFence(this);
    }
  }
}
