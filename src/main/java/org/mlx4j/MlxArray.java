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
import org.jspecify.annotations.Nullable;
import org.mlx4j.internal.ClosedException;
import org.mlx4j.internal.EvaluationNative;
import org.mlx4j.internal.HandlesNative;
import org.mlx4j.internal.HostDataNative;
import org.mlx4j.internal.SharedSecrets;
import org.mlx4j.internal.io.NativeBytes;

/**
 * An array of MLX: a shape, a dtype and, once it is evaluated, values. Mirrors {@code
 * mlx.core.array}.
 *
 * <pre>{@code
 * try (Scope scope = Scope.open()) {
 *   MlxArray x = MlxArray.of(new float[] {1, 2, 3, 4}, 2, 2);
 *   MlxArray y = x.matmul(x).add(1f).sum();     // builds a graph
 *   System.out.println(y.itemFloat());          // 58.0, evaluates the graph
 * }
 * }</pre>
 *
 * <p><b>Evaluation.</b> Operations build a graph. It is computed when a value is read ({@code
 * item…}, {@code to…Array}, {@code copyTo}, {@link #toString}) or by {@link #eval}. Reading a value
 * or evaluating throws {@link MlxException} if an operation fails while it computes, {@link
 * OutOfMemoryError} if an array cannot be allocated, and {@link IllegalArgumentException} inside a
 * function that {@code compile} or {@code vmap} traces, where arrays have no values.
 *
 * <p><b>Operations</b> are methods of this class, inherited from {@link Elementwise}, {@link
 * Reductions}, {@link Shapes} and the other interfaces, if their first argument is an array; those
 * without an array as the first argument are in {@link Ops}. An array never changes, and any number
 * of threads may use it.
 *
 * <p><b>Lifetime.</b> An array is freed by {@link #close}, by the {@link Scope} in which it was
 * created, or, outside scopes, once it is unreachable. A closed array throws {@link
 * IllegalStateException} when it is used (its shape and dtype remain available if they were read
 * before); null throws {@link NullPointerException}.
 *
 * <p>Two arrays are {@code equals} only if they are the same object; {@link #arrayEqual(MlxArray)}
 * compares values.
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
  static {
    SharedSecrets.setArrayAccess(PackageAccess.INSTANCE);
  }

  // There is no closed flag in Java: the native slot is the only truth, so use and close may race
  // on any threads.
  final long handle;

  /**
   * The dtype's ordinal, then the shape. They never change, so they are read from native code once.
   */
  private int @Nullable [] description;

  MlxArray(long handle, ThreadContext context) {
    this.handle = Scope.marked(handle, context);
    Ownership.own(this, this.handle, context);
  }

  // ---- from host data
  // ----------------------------------------------------------------------------

  /** Creates a float32 array of one axis from copied elements. */
  public static MlxArray of(float... data) {
    return of(data, DType.FLOAT32, length(data));
  }

  /** Creates an int32 array of one axis from copied elements. */
  public static MlxArray of(int... data) {
    return of(data, DType.INT32, length(data));
  }

  /** Creates an int64 array of one axis from copied elements. */
  public static MlxArray of(long... data) {
    return of(data, DType.INT64, length(data));
  }

  /**
   * Creates an array of one axis from copied elements, converted to float32, MLX's default float.
   */
  public static MlxArray of(double... data) {
    return of(data, DType.FLOAT32, length(data));
  }

  /** Creates a bool array of one axis from copied elements. */
  public static MlxArray of(boolean... data) {
    return of(data, DType.BOOL, length(data));
  }

  /** Equivalent to {@link #of(float[], DType, int...) of(data, DType.FLOAT32, shape)}. */
  public static MlxArray of(float[] data, int... shape) {
    return of(data, DType.FLOAT32, shape);
  }

  /**
   * Creates an array of a dtype and shape from the elements of a Java array. Mirrors {@code
   * mlx.core.array}.
   *
   * @param data the elements in row-major order, which are copied, and converted as {@link #astype}
   *     does
   * @param dtype the dtype of the array
   * @param shape the shape; empty for a scalar
   * @return an array
   * @throws IllegalArgumentException if the shape has a negative dimension or another number of
   *     elements
   */
  public static MlxArray of(float[] data, DType dtype, int... shape) {
    return Call.creation(
        "array", s -> HostDataNative.from_host(data, shape, Call.code("array", dtype)));
  }

  /** Equivalent to {@link #of(int[], DType, int...) of(data, DType.INT32, shape)}. */
  public static MlxArray of(int[] data, int... shape) {
    return of(data, DType.INT32, shape);
  }

  /** Creates an array of a dtype and shape, as {@link #of(float[], DType, int...)} does. */
  public static MlxArray of(int[] data, DType dtype, int... shape) {
    return Call.creation(
        "array", s -> HostDataNative.from_host(data, shape, Call.code("array", dtype)));
  }

  /** Equivalent to {@link #of(long[], DType, int...) of(data, DType.INT64, shape)}. */
  public static MlxArray of(long[] data, int... shape) {
    return of(data, DType.INT64, shape);
  }

  /** Creates an array of a dtype and shape, as {@link #of(float[], DType, int...)} does. */
  public static MlxArray of(long[] data, DType dtype, int... shape) {
    return Call.creation(
        "array", s -> HostDataNative.from_host(data, shape, Call.code("array", dtype)));
  }

  /**
   * Equivalent to {@link #of(double[], DType, int...) of(data, DType.FLOAT32, shape)}: float32 is
   * MLX's default float.
   */
  public static MlxArray of(double[] data, int... shape) {
    return of(data, DType.FLOAT32, shape);
  }

  /** Creates an array of a dtype and shape, as {@link #of(float[], DType, int...)} does. */
  public static MlxArray of(double[] data, DType dtype, int... shape) {
    return Call.creation(
        "array", s -> HostDataNative.from_host(data, shape, Call.code("array", dtype)));
  }

  /** Equivalent to {@link #of(boolean[], DType, int...) of(data, DType.BOOL, shape)}. */
  public static MlxArray of(boolean[] data, int... shape) {
    return of(data, DType.BOOL, shape);
  }

  /** Creates an array of a dtype and shape, as {@link #of(float[], DType, int...)} does. */
  public static MlxArray of(boolean[] data, DType dtype, int... shape) {
    return Call.creation(
        "array", s -> HostDataNative.from_host(data, shape, Call.code("array", dtype)));
  }

  /** Equivalent to {@link #of(byte[], DType, int...) of(data, DType.INT8, shape)}. */
  public static MlxArray of(byte[] data, int... shape) {
    return of(data, DType.INT8, shape);
  }

  /** Creates an array of a dtype and shape, as {@link #of(float[], DType, int...)} does. */
  public static MlxArray of(byte[] data, DType dtype, int... shape) {
    return Call.creation(
        "array", s -> HostDataNative.from_host(data, shape, Call.code("array", dtype)));
  }

  /** Equivalent to {@link #of(short[], DType, int...) of(data, DType.INT16, shape)}. */
  public static MlxArray of(short[] data, int... shape) {
    return of(data, DType.INT16, shape);
  }

  /** Creates an array of a dtype and shape, as {@link #of(float[], DType, int...)} does. */
  public static MlxArray of(short[] data, DType dtype, int... shape) {
    return Call.creation(
        "array", s -> HostDataNative.from_host(data, shape, Call.code("array", dtype)));
  }

  /** Creates a complex64 array of one axis from copied elements. */
  public static MlxArray of(Complex64... data) {
    return of(data, length(data));
  }

  /** Creates a complex64 array of a shape, as {@link #of(float[], DType, int...)} does. */
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
   * Creates an array of any dtype from the bytes of its elements, which begin at the buffer's
   * position and are read in the buffer's byte order. Elements of float16 and bfloat16 can be given
   * in this way.
   *
   * @param data the bytes of the elements in row-major order, which are copied; the position does
   *     not change
   * @param dtype the dtype of the array
   * @param shape the shape; empty for a scalar
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
              + " bytes, but an array of shape "
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
   * Creates a float32 array of a shape from the elements between a buffer's position and its limit.
   *
   * @param data the elements in row-major order, which are copied; the position does not change
   * @param shape the shape; empty for a scalar
   * @return an array
   * @throws IllegalArgumentException if the shape has a negative dimension or another number of
   *     elements
   */
  public static MlxArray of(FloatBuffer data, int... shape) {
    float[] elements = new float[Call.notNull("array", "the buffer", data).remaining()];
    data.duplicate().get(elements);
    return of(elements, shape);
  }

  /** Creates a float32 array of a shape, as {@link #of(FloatBuffer, int...)} does. */
  public static MlxArray of(DoubleBuffer data, int... shape) {
    double[] elements = new double[Call.notNull("array", "the buffer", data).remaining()];
    data.duplicate().get(elements);
    return of(elements, shape);
  }

  /** Creates an int32 array of a shape, as {@link #of(FloatBuffer, int...)} does. */
  public static MlxArray of(IntBuffer data, int... shape) {
    int[] elements = new int[Call.notNull("array", "the buffer", data).remaining()];
    data.duplicate().get(elements);
    return of(elements, shape);
  }

  /** Creates an int64 array of a shape, as {@link #of(FloatBuffer, int...)} does. */
  public static MlxArray of(LongBuffer data, int... shape) {
    long[] elements = new long[Call.notNull("array", "the buffer", data).remaining()];
    data.duplicate().get(elements);
    return of(elements, shape);
  }

  /** Creates a float32 scalar, an array without axes. */
  public static MlxArray scalar(float value) {
    return scalar((double) value, DType.FLOAT32);
  }

  /** Creates an int32 scalar. */
  public static MlxArray scalar(int value) {
    return scalar((long) value, DType.INT32);
  }

  /** Creates a float32 scalar; float32 is MLX's default float. */
  public static MlxArray scalar(double value) {
    return scalar(value, DType.FLOAT32);
  }

  /** Creates a bool scalar. */
  public static MlxArray scalar(boolean value) {
    return scalar(value ? 1L : 0L, DType.BOOL);
  }

  /** Creates an int64 scalar. */
  public static MlxArray scalar(long value) {
    return scalar(value, DType.INT64);
  }

  /** Creates a complex64 scalar. */
  public static MlxArray scalar(Complex64 value) {
    return of(new Complex64[] {value}, new int[0]);
  }

  /**
   * Creates a scalar of a dtype, an array without axes. Mirrors {@code mlx.core.array}.
   *
   * @param value the value, converted as {@link #astype} does
   * @param dtype the dtype
   * @return an array of no axes
   */
  public static MlxArray scalar(double value, DType dtype) {
    return Call.notNull("array", "the dtype", dtype).isFloating()
        ? Call.creation("array", s -> HostDataNative.scalar(value, Call.code("array", dtype)))
        : of(new double[] {value}, dtype, new int[0]);
  }

  /** Creates a scalar of a dtype, as {@link #scalar(double, DType)} does. */
  public static MlxArray scalar(long value, DType dtype) {
    return Call.creation("array", s -> HostDataNative.scalar(value, Call.code("array", dtype)));
  }

  // ---- description
  private static int length(Object data) {
    return Array.getLength(Call.notNull("array", "the data", data));
  }

  // -------------------------------------------------------------------------------

  int[] description() {
    return description(true);
  }

  /**
   * Returns the dtype and the size of each axis. A function that is compiled for any size must not
   * depend on sizes, but may on the dtype and the number of axes.
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
   * Returns the sizes of the axes.
   *
   * @return a new Java array, empty for a scalar
   */
  public int[] shape() {
    int[] d = description();
    return Arrays.copyOfRange(d, 1, d.length);
  }

  /**
   * Returns the size of an axis.
   *
   * @param axis the axis; counts from the end when negative
   * @return the number of elements along it
   * @throws IllegalArgumentException if the axis is out of range
   */
  public int dim(int axis) {
    return description()[1 + Axes.resolve("dim", axis, ndim())];
  }

  /**
   * Returns the number of axes.
   *
   * @return the number of axes, 0 for a scalar
   */
  public int ndim() {
    return description(false).length - 1;
  }

  /**
   * Returns the number of elements.
   *
   * @return the number of elements, 1 for a scalar
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
   * Returns the size of all elements together.
   *
   * @return the size in bytes
   */
  public long nbytes() {
    return size() * dtype().itemsize();
  }

  /**
   * Returns the size of an element.
   *
   * @return the size in bytes
   */
  public int itemsize() {
    return dtype().itemsize();
  }

  /**
   * Returns the type of the elements.
   *
   * @return the dtype
   */
  public DType dtype() {
    return DType.of(description(false)[0]);
  }

  // ---- evaluation
  // --------------------------------------------------------------------------------

  /**
   * Evaluates this array, unless it has been evaluated, and waits for it. Mirrors {@code
   * mlx.core.eval}.
   *
   * @throws IllegalArgumentException inside a function that {@code compile} or {@code vmap} traces
   * @throws MlxException if an operation fails
   * @throws OutOfMemoryError if an array cannot be allocated
   */
  public void eval() {
    Call.evaluate("eval", this);
  }

  /**
   * Starts to evaluate this array, unless it has been evaluated, and does not wait for it. Mirrors
   * {@code mlx.core.async_eval}.
   *
   * @return a future of this array, which completes when the array has been evaluated, and
   *     completes exceptionally as {@link Ops#evalAsync} describes
   */
  public CompletableFuture<MlxArray> evalAsync() {
    return AsyncEvaluation.start(this, this);
  }

  /**
   * Returns whether this array has been evaluated, so that reading values does not wait.
   *
   * <p>On the CPU of Linux, an evaluated array may become one that is not: when an update of a part
   * of it is evaluated, such as {@link #sliceUpdate(MlxArray, int[], int[]) sliceUpdate}, the
   * result can take its memory. Its values are then computed when they are read, and are what they
   * were.
   *
   * @return true if the values are available
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

  /** Returns the only element as a {@code float}; see {@link #itemDouble()}. */
  public float itemFloat() {
    return item(EvaluationNative::item_float);
  }

  /**
   * Returns the only element as a {@code double}. Evaluates this array. Mirrors {@code
   * mlx.core.array.item}.
   *
   * @return the value
   * @throws IllegalArgumentException if there is not exactly one element, or it is complex
   */
  public double itemDouble() {
    return item(EvaluationNative::item_double);
  }

  /**
   * Returns the only element as an {@code int}, without its fraction. Evaluates this array. Mirrors
   * {@code mlx.core.array.item}.
   *
   * @return the value
   * @throws ArithmeticException if an integer does not fit an {@code int}
   * @throws IllegalArgumentException if there is not exactly one element, or it is complex
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
   * Returns the only element as a {@code long}, without its fraction; a uint64 value above 2^63 - 1
   * keeps its bits. Evaluates this array. Mirrors {@code mlx.core.array.item}.
   *
   * @return the value
   * @throws IllegalArgumentException if there is not exactly one element, or it is complex
   */
  public long itemLong() {
    return item(EvaluationNative::item_long);
  }

  /**
   * Returns whether the only element is not zero. Evaluates this array. Mirrors {@code
   * mlx.core.array.item}.
   *
   * @return true if it is not zero
   * @throws IllegalArgumentException if there is not exactly one element, or it is complex
   */
  public boolean itemBoolean() {
    return itemDouble() != 0;
  }

  /**
   * Returns the only element as a complex number. Evaluates this array. Mirrors {@code
   * mlx.core.array.item}.
   *
   * @return the value
   * @throws IllegalArgumentException if there is not exactly one element
   */
  public Complex64 itemComplex() {
    if (size() != 1) {
      throw new IllegalArgumentException(
          "[item] the array must have exactly one element, but its shape is "
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

  /** Returns the elements as {@code float} values; see {@link #toDoubleArray()}. */
  public float[] toFloatArray() {
    float[] elements = new float[javaSize("toFloatArray", 1)];
    read("toFloatArray", h -> HostDataNative.to_host(h, elements), elements);
    return elements;
  }

  /**
   * Returns the elements in row-major order, converted to the type as {@link #astype} does.
   * Evaluates this array.
   *
   * @return a new Java array
   * @throws IllegalArgumentException if this array is complex, or too large for a Java array
   */
  public double[] toDoubleArray() {
    double[] elements = new double[javaSize("toDoubleArray", 1)];
    read("toDoubleArray", h -> HostDataNative.to_host(h, elements), elements);
    return elements;
  }

  /** Returns the elements as {@code int} values; see {@link #toDoubleArray()}. */
  public int[] toIntArray() {
    int[] elements = new int[javaSize("toIntArray", 1)];
    read("toIntArray", h -> HostDataNative.to_host(h, elements), elements);
    return elements;
  }

  /** Returns the elements as {@code long} values; see {@link #toDoubleArray()}. */
  public long[] toLongArray() {
    long[] elements = new long[javaSize("toLongArray", 1)];
    read("toLongArray", h -> HostDataNative.to_host(h, elements), elements);
    return elements;
  }

  /** Returns for each element whether it is not zero; see {@link #toDoubleArray()}. */
  public boolean[] toBooleanArray() {
    boolean[] elements = new boolean[javaSize("toBooleanArray", 1)];
    read("toBooleanArray", h -> HostDataNative.to_host(h, elements), elements);
    return elements;
  }

  /** Returns the elements as {@code byte} values; see {@link #toDoubleArray()}. */
  public byte[] toByteArray() {
    byte[] elements = new byte[javaSize("toByteArray", 1)];
    read("toByteArray", h -> HostDataNative.to_host(h, elements), elements);
    return elements;
  }

  /** Returns the elements as {@code short} values; see {@link #toDoubleArray()}. */
  public short[] toShortArray() {
    short[] elements = new short[javaSize("toShortArray", 1)];
    read("toShortArray", h -> HostDataNative.to_host(h, elements), elements);
    return elements;
  }

  /** Copies the elements into a Java array; see {@link #copyTo(double[])}. */
  public void copyTo(float[] destination) {
    read("copyTo", h -> HostDataNative.to_host(h, destination), destination);
  }

  /**
   * Copies the elements in row-major order into a Java array, converted to its type as {@link
   * #astype} does. Evaluates this array.
   *
   * @param destination a Java array of exactly {@link #size()} elements
   * @throws IllegalArgumentException if the sizes differ, or this array is complex
   */
  public void copyTo(double[] destination) {
    read("copyTo", h -> HostDataNative.to_host(h, destination), destination);
  }

  /** Copies the elements into a Java array; see {@link #copyTo(double[])}. */
  public void copyTo(int[] destination) {
    read("copyTo", h -> HostDataNative.to_host(h, destination), destination);
  }

  /** Copies the elements into a Java array; see {@link #copyTo(double[])}. */
  public void copyTo(long[] destination) {
    read("copyTo", h -> HostDataNative.to_host(h, destination), destination);
  }

  /** Copies the elements into a Java array; see {@link #copyTo(double[])}. */
  public void copyTo(boolean[] destination) {
    read("copyTo", h -> HostDataNative.to_host(h, destination), destination);
  }

  /** Copies the elements into a Java array; see {@link #copyTo(double[])}. */
  public void copyTo(byte[] destination) {
    read("copyTo", h -> HostDataNative.to_host(h, destination), destination);
  }

  /** Copies the elements into a Java array; see {@link #copyTo(double[])}. */
  public void copyTo(short[] destination) {
    read("copyTo", h -> HostDataNative.to_host(h, destination), destination);
  }

  /**
   * Returns the elements in row-major order as complex numbers. Evaluates this array.
   *
   * @return a new Java array
   * @throws IllegalArgumentException if this array is too large for a Java array
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
   * Copies the bytes of the elements in row-major order into a buffer, without conversion,
   * beginning at its position and in its byte order. The position is advanced past them. Evaluates
   * this array. Elements of float16 and bfloat16 can be read in this way.
   *
   * @param destination a buffer with at least {@link #nbytes()} bytes remaining
   * @throws IllegalArgumentException if there are fewer
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
   * Copies the elements in row-major order into a buffer, converted as {@link #astype} does,
   * beginning at its position. The position is advanced past them. Evaluates this array.
   *
   * @param destination a buffer with at least {@link #size()} elements remaining
   * @throws IllegalArgumentException if there are fewer, or this array is complex
   * @throws ReadOnlyBufferException if the buffer is read-only
   */
  public void copyTo(FloatBuffer destination) {
    require(destination, size(), "elements");
    destination.put(toFloatArray());
  }

  /** Copies the elements into a buffer; see {@link #copyTo(FloatBuffer)}. */
  public void copyTo(DoubleBuffer destination) {
    require(destination, size(), "elements");
    destination.put(toDoubleArray());
  }

  /** Copies the elements into a buffer; see {@link #copyTo(FloatBuffer)}. */
  public void copyTo(IntBuffer destination) {
    require(destination, size(), "elements");
    destination.put(toIntArray());
  }

  /** Copies the elements into a buffer; see {@link #copyTo(FloatBuffer)}. */
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
              + " elements, but a Java array holds at most "
              + most
              + "; read it in parts");
    }
    return (int) size;
  }

  /**
   * A {@link ReadOnlyBufferException} with a message, which the JDK's constructor does not take.
   */
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
          "[copyTo] the buffer is read-only; pass a writable one");
    }
    if (destination.remaining() < wanted) {
      throw new IllegalArgumentException(
          "[copyTo] the buffer has room for "
              + destination.remaining()
              + " "
              + unit
              + ", but the array needs "
              + wanted);
    }
  }

  // ---- object
  // ------------------------------------------------------------------------------------

  /** Frees this array. Graphs that use it keep what they need. Closing a second time is a no-op. */
  @Override
  public void close() {
    Ownership.close(handle);
  }

  /**
   * Returns whether this array has been closed, directly or by its scope.
   *
   * @return true if it has been closed
   */
  public boolean isClosed() {
    return Ownership.isClosed(this, handle);
  }

  /**
   * Returns the form that Python prints, for example {@code array([1, 2, 3], dtype=int32)}.
   * Evaluates this array; describes it without values where that is impossible.
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
