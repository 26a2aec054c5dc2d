package org.mlx4j;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An index of one axis, as between the brackets of Python's {@code x[…]}: a number, a slice, an
 * ellipsis, a new axis, or an array of numbers or truth values.
 *
 * <pre>{@code
 * import static org.mlx4j.Index.*;
 *
 * MlxArray x = Ops.arange(24).reshape(2, 3, 4);
 * MlxArray part = x.get(at(0), ellipsis(), slice(1, -1), newAxis()); // x[0, ..., 1:-1, None]
 * MlxArray columns = x.get(all(), all(), of(3, 0));                  // x[:, :, [3, 0]]
 * MlxArray zeros = x.at(of(x.greater(9))).set(0);                    // x with x[x > 9] = 0
 * }</pre>
 *
 * <p>Arrays follow the rules of NumPy and MLX. All arrays of indices, and numbers beside them, are
 * broadcast to one shape, whose axes replace theirs. If a slice or a new axis stands between them,
 * these axes come first in the result.
 */
public final class Index {
  /** The kind of an index. */
  enum Kind {
    NUMBER,
    SLICE,
    ELLIPSIS,
    NEW_AXIS,
    ARRAY,
    MASK
  }

  private static final Index ALL = new Index(Kind.SLICE, null, null, 1);
  private static final Index ELLIPSIS = new Index(Kind.ELLIPSIS, null, null, 1);
  private static final Index NEW_AXIS = new Index(Kind.NEW_AXIS, null, null, 1);

  private final Kind kind;
  private final @Nullable Integer start;
  private final @Nullable Integer stop;
  private final int step;
  private final @Nullable MlxArray array;

  private Index(Kind kind, @Nullable Integer start, @Nullable Integer stop, int step) {
    this.kind = kind;
    this.start = start;
    this.stop = stop;
    this.step = step;
    this.array = null;
  }

  private Index(MlxArray array) {
    this.kind = array.dtype() == DType.BOOL ? Kind.MASK : Kind.ARRAY;
    this.start = null;
    this.stop = null;
    this.step = 1;
    this.array = array;
  }

  /**
   * Selects one element of an axis, which is removed from the result: {@code i}.
   *
   * @param i the index; counts from the end when negative
   * @return an index
   */
  public static Index at(int i) {
    return new Index(Kind.NUMBER, i, null, 1);
  }

  static Index[] at(String function, int... indices) {
    return Arrays.stream(Call.notNull(function, "the array of indices", indices))
        .mapToObj(Index::at)
        .toArray(Index[]::new);
  }

  /**
   * Selects the whole axis: {@code :}.
   *
   * @return an index
   */
  public static Index all() {
    return ALL;
  }

  /**
   * Selects the part of an axis that begins at an index: {@code start:}.
   *
   * @param start the first index; counts from the end when negative
   * @return an index
   */
  public static Index from(int start) {
    return new Index(Kind.SLICE, start, null, 1);
  }

  /**
   * Selects the part of an axis before an index: {@code :stop}.
   *
   * @param stop the index after the last; counts from the end when negative
   * @return an index
   */
  public static Index to(int stop) {
    return new Index(Kind.SLICE, null, stop, 1);
  }

  /**
   * Selects a part of an axis: {@code start:stop}.
   *
   * @param start the first index; counts from the end when negative
   * @param stop the index after the last; counts from the end when negative
   * @return an index
   */
  public static Index slice(int start, int stop) {
    return new Index(Kind.SLICE, start, stop, 1);
  }

  /**
   * Selects every {@code step}-th element of a part of an axis: {@code start:stop:step}. As in
   * Python, limits may be open or beyond the axis.
   *
   * @param start the first index, or null for the beginning (the end if {@code step} is negative)
   * @param stop the index after the last, or null for the end (the beginning if {@code step} is
   *     negative)
   * @param step the distance of neighbors, not zero
   * @return an index
   * @throws IllegalArgumentException if {@code step} is zero
   */
  public static Index slice(@Nullable Integer start, @Nullable Integer stop, int step) {
    if (step == 0) {
      throw new IllegalArgumentException("[slice] the step must not be zero");
    }
    return new Index(Kind.SLICE, start, stop, step);
  }

  /**
   * Selects as many whole axes as remain: {@code ...}.
   *
   * @return an index
   */
  public static Index ellipsis() {
    return ELLIPSIS;
  }

  /**
   * Inserts a new axis of size 1: {@code None}.
   *
   * @return an index
   */
  public static Index newAxis() {
    return NEW_AXIS;
  }

  /**
   * Selects elements of an axis by an array of indices, or, by an array of dtype bool, the
   * positions at which it is true, along as many axes as it has. A bool scalar adds an axis and
   * selects all of it or nothing, as in NumPy.
   *
   * @param indices of integer dtype, which count from the end when negative, or of dtype bool and
   *     of the sizes of the axes. The index refers to the array and does not own it
   * @return an index
   * @throws IllegalArgumentException if the dtype is neither integer nor bool
   */
  public static Index of(MlxArray indices) {
    Call.notNull("of", "the array of indices", indices);
    boolean isMask = indices.dtype() == DType.BOOL;
    if (!isMask && !indices.dtype().isInteger()) {
      throw new IllegalArgumentException(
          "[of] indices must be of integer or bool dtype, got "
              + indices.dtype()
              + " "
              + Arrays.toString(indices.shape())
              + "; convert them, for example with astype(DType.INT32)");
    }
    return new Index(indices);
  }

  /**
   * Selects elements of an axis by their indices, as a list between Python's brackets does.
   *
   * @param indices the indices; they count from the end when negative
   * @return an index
   */
  public static Index of(int... indices) {
    return new Index(MlxArray.of(Call.notNull("of", "the array of indices", indices)));
  }

  static Index[] of(String function, MlxArray... indices) {
    Call.handles(function, indices); // none is null
    return Call.as(function, () -> Arrays.stream(indices).map(Index::of).toArray(Index[]::new));
  }

  /** Returns the form that Python writes between brackets; for an array, its dtype and shape. */
  @Override
  public String toString() {
    return switch (kind) {
      case NUMBER -> Integer.toString(number());
      case ELLIPSIS -> "...";
      case NEW_AXIS -> "None";
      case ARRAY, MASK -> array().dtype() + Arrays.toString(array().shape());
      case SLICE ->
          (start == null ? "" : start)
              + ":"
              + (stop == null ? "" : stop)
              + (step == 1 ? "" : ":" + step);
    };
  }

  // ---- for Selection
  // ------------------------------------------------------------------------------

  Kind kind() {
    return kind;
  }

  /** Returns the number of a {@link Kind#NUMBER}. */
  int number() {
    return Objects.requireNonNull(start);
  }

  /** Returns the indices of an {@link Kind#ARRAY}, or a {@link Kind#MASK}. */
  MlxArray array() {
    return Objects.requireNonNull(array);
  }

  /** Returns the number of axes that this index stands for, except for an ellipsis. */
  int axes() {
    return switch (kind) {
      case NUMBER, SLICE, ARRAY -> 1;
      case MASK -> array().ndim();
      case ELLIPSIS, NEW_AXIS -> 0;
    };
  }

  /**
   * Resolves a slice by Python's rules: stores limits that MLX understands, and returns the number
   * of selected elements.
   */
  int limits(int axis, int size, int[] from, int[] to, int[] steps) {
    int lowest = step > 0 ? 0 : -1;
    int highest = step > 0 ? size : size - 1;
    long first =
        start == null ? (step > 0 ? 0 : size - 1) : start < 0 ? (long) start + size : start;
    long end = stop == null ? (step > 0 ? size : -1) : stop < 0 ? (long) stop + size : stop;
    first = Math.max(lowest, Math.min(highest, first));
    end = Math.max(lowest, Math.min(highest, end));
    long span = step > 0 ? end - first : first - end;
    int count = span <= 0 ? 0 : (int) ((span - 1) / Math.abs((long) step) + 1);
    from[axis] = count == 0 ? 0 : (int) first;
    to[axis] = count == 0 ? 0 : end < 0 ? -size - 1 : (int) end;
    steps[axis] = count <= 1 ? 1 : step;
    if (count == 1) {
      to[axis] = from[axis] + 1;
    }
    return count;
  }

  /** Returns one slice for each axis. */
  static Index[] slices(
      String function, int ndim, int[] start, int[] stop, int @Nullable [] strides) {
    Call.notNull(function, "the start", start);
    Call.notNull(function, "the stop", stop);
    if (start.length != ndim
        || stop.length != ndim
        || (strides != null && strides.length != ndim)) {
      throw new IllegalArgumentException(
          "["
              + function
              + "] start, stop and strides need one entry for each of the "
              + ndim
              + " axes; given: start "
              + Arrays.toString(start)
              + ", stop "
              + Arrays.toString(stop)
              + ", strides "
              + Arrays.toString(strides));
    }
    Index[] indices = new Index[ndim];
    for (int i = 0; i < ndim; i++) {
      indices[i] = slice(start[i], stop[i], strides == null ? 1 : strides[i]);
    }
    return indices;
  }

  static Index[] take(int index, int axis, int ndim) {
    int resolved = Axes.resolve("take", axis, ndim);
    Index[] indices = new Index[resolved + 1];
    Arrays.fill(indices, ALL);
    indices[resolved] = at(index);
    return indices;
  }
}
