package org.mlx4j;

import java.util.Arrays;
import org.mlx4j.internal.IndexingNative;

/**
 * What stands for an axis between the brackets of Python's {@code x[…]}: a number, a slice, an
 * ellipsis or a new axis.
 *
 * <pre>{@code
 * x.get(at(0), ellipsis(), slice(1, -1), newAxis())     // x[0, ..., 1:-1, None]
 * }</pre>
 */
public final class Index {
  private enum Kind {
    NUMBER,
    SLICE,
    ELLIPSIS,
    NEW_AXIS
  }

  private static final Index ALL = new Index(Kind.SLICE, null, null, 1);
  private static final Index ELLIPSIS = new Index(Kind.ELLIPSIS, null, null, 1);
  private static final Index NEW_AXIS = new Index(Kind.NEW_AXIS, null, null, 1);

  private final Kind kind;
  private final Integer start;
  private final Integer stop;
  private final int step;

  private Index(Kind kind, Integer start, Integer stop, int step) {
    this.kind = kind;
    this.start = start;
    this.stop = stop;
    this.step = step;
  }

  /**
   * One element of an axis, which the result loses: {@code i}.
   *
   * @param i the index; counts from the end when negative
   * @return an index
   */
  public static Index at(int i) {
    return new Index(Kind.NUMBER, i, null, 1);
  }

  static Index[] at(int... indices) {
    return Arrays.stream(Call.notNull("get", "the array of indices", indices))
        .mapToObj(Index::at)
        .toArray(Index[]::new);
  }

  /**
   * The whole axis: {@code :}.
   *
   * @return an index
   */
  public static Index all() {
    return ALL;
  }

  /**
   * The part of an axis from an index on: {@code start:}.
   *
   * @param start the first index; counts from the end when negative
   * @return an index
   */
  public static Index from(int start) {
    return new Index(Kind.SLICE, start, null, 1);
  }

  /**
   * The part of an axis before an index: {@code :stop}.
   *
   * @param stop the index after the last; counts from the end when negative
   * @return an index
   */
  public static Index to(int stop) {
    return new Index(Kind.SLICE, null, stop, 1);
  }

  /**
   * A part of an axis: {@code start:stop}.
   *
   * @param start the first index; counts from the end when negative
   * @param stop the index after the last; counts from the end when negative
   * @return an index
   */
  public static Index slice(int start, int stop) {
    return new Index(Kind.SLICE, start, stop, 1);
  }

  /**
   * A regular selection of an axis: {@code start:stop:step}, as in Python with open ends and limits
   * beyond the axis.
   *
   * @param start the first index, or null for the beginning (the end when {@code step} is negative)
   * @param stop the index after the last, or null for the end (the beginning when {@code step} is
   *     negative)
   * @param step the difference of neighbours, not zero
   * @return an index
   * @throws IllegalArgumentException if {@code step} is zero
   */
  public static Index slice(Integer start, Integer stop, int step) {
    if (step == 0) {
      throw new IllegalArgumentException("[slice] the step must not be zero");
    }
    return new Index(Kind.SLICE, start, stop, step);
  }

  /**
   * As many whole axes as are left: {@code ...}.
   *
   * @return an index
   */
  public static Index ellipsis() {
    return ELLIPSIS;
  }

  /**
   * A new axis of size 1: {@code None}.
   *
   * @return an index
   */
  public static Index newAxis() {
    return NEW_AXIS;
  }

  /** The form that Python writes between brackets. */
  @Override
  public String toString() {
    return switch (kind) {
      case NUMBER -> start.toString();
      case ELLIPSIS -> "...";
      case NEW_AXIS -> "None";
      case SLICE ->
          (start == null ? "" : start)
              + ":"
              + (stop == null ? "" : stop)
              + (step == 1 ? "" : ":" + step);
    };
  }

  static MlxArray apply(MlxArray a, Index... indices) {
    int[] shape = a.shape();
    Index[] full = expand(indices, shape.length);
    int[] from = new int[shape.length];
    int[] to = shape.clone();
    int[] steps = new int[shape.length];
    Arrays.fill(steps, 1);
    int[] result = new int[full.length];
    int ndim = 0;
    int axis = 0;
    for (Index index : full) {
      switch (index.kind) {
        case NEW_AXIS -> result[ndim++] = 1;
        case NUMBER -> {
          from[axis] = inRange("get", index.start, axis, shape);
          to[axis] = from[axis] + 1;
          axis++;
        }
        default -> {
          int count = index.limits(axis, shape[axis], from, to, steps);
          result[ndim++] = count;
          axis++;
        }
      }
    }
    int[] shaped = Arrays.copyOf(result, ndim);
    return Call.unary(
        "get", (x, s) -> IndexingNative.basic_index(x, from, to, steps, shaped, s), a);
  }

  /** One index for every axis: the ellipsis, or the end, stands for the axes that have none. */
  private static Index[] expand(Index[] indices, int ndim) {
    for (Index index : Call.notNull("get", "the array of indices", indices)) {
      Call.notNull("get", "an index", index);
    }
    long used =
        Arrays.stream(indices).filter(i -> i.kind == Kind.NUMBER || i.kind == Kind.SLICE).count();
    long ellipses = Arrays.stream(indices).filter(i -> i.kind == Kind.ELLIPSIS).count();
    if (used > ndim || ellipses > 1) {
      throw new IllegalArgumentException(
          "[get] indices "
              + Arrays.toString(indices)
              + " do not fit an array with "
              + ndim
              + " axes; there may be one for each axis, and one ellipsis");
    }
    Index[] full = new Index[indices.length - (int) ellipses + ndim - (int) used];
    Arrays.fill(full, ALL);
    int at = 0;
    for (Index index : indices) {
      if (index.kind == Kind.ELLIPSIS) {
        at += ndim - (int) used;
      } else {
        full[at++] = index;
      }
    }
    return full;
  }

  /**
   * Python's rules for the ends of a slice; sets them so that MLX understands them, and returns how
   * many there are.
   */
  private int limits(int axis, int size, int[] from, int[] to, int[] steps) {
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

  static MlxArray slice(MlxArray a, int[] start, int[] stop, int[] strides) {
    int ndim = a.ndim();
    Call.notNull("slice", "the start", start);
    Call.notNull("slice", "the stop", stop);
    if (start.length != ndim
        || stop.length != ndim
        || (strides != null && strides.length != ndim)) {
      throw new IllegalArgumentException(
          "[slice] start, stop and strides need one entry for each of the " + ndim + " axes");
    }
    Index[] indices = new Index[ndim];
    for (int i = 0; i < ndim; i++) {
      indices[i] = slice(start[i], stop[i], strides == null ? 1 : strides[i]);
    }
    return apply(a, indices);
  }

  static MlxArray take(MlxArray a, int index, int axis) {
    int ndim = a.ndim();
    int resolved = axis < 0 ? axis + ndim : axis;
    if (resolved < 0 || resolved >= ndim) {
      throw new IllegalArgumentException(
          "[take] axis " + axis + " is out of range for an array with " + ndim + " axes");
    }
    Index[] indices = new Index[resolved + 1];
    Arrays.fill(indices, ALL);
    indices[resolved] = at(index);
    return apply(a, indices);
  }

  private static int inRange(String function, int index, int axis, int[] shape) {
    int resolved = index < 0 ? index + shape[axis] : index;
    if (resolved < 0 || resolved >= shape[axis]) {
      throw new IndexOutOfBoundsException(
          "["
              + function
              + "] index "
              + index
              + " is out of range for axis "
              + axis
              + " of size "
              + shape[axis]);
    }
    return resolved;
  }
}
