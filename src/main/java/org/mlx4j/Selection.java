package org.mlx4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.mlx4j.internal.IndexingNative;

/**
 * The meaning of indices for an array: a block of it, whose axes of size 1 are removed or added to
 * leave the axes of slices and new axes, and arrays of indices that select within this block.
 *
 * <p>A mask becomes one array of indices for each of its axes, which the selection owns and closes.
 */
final class Selection implements AutoCloseable {
  private final String function;
  private final MlxArray a;
  private final int[] start;
  private final int[] stop;
  private final int[] steps;
  private final int[] block;
  private final List<MlxArray> arrays = new ArrayList<>();
  private final List<MlxArray> owned = new ArrayList<>();
  private final int[] axes;
  private final int place;

  private Selection(String function, MlxArray a, Index... indices) {
    this.function = function;
    this.a = a;
    int[] shape = a.shape();
    start = new int[shape.length];
    stop = shape.clone();
    steps = new int[shape.length];
    Arrays.fill(steps, 1);
    Index[] full = expand(function, indices, shape);
    List<Integer> sizes = new ArrayList<>();
    List<Integer> arrayAxes = new ArrayList<>();
    int axis = 0;
    for (Index index : full) {
      switch (index.kind()) {
        case NEW_AXIS -> sizes.add(1);
        case NUMBER -> {
          start[axis] = inRange(index.number(), axis, shape);
          stop[axis] = start[axis] + 1;
        }
        case ARRAY -> {
          arrays.add(index.array());
          arrayAxes.add(sizes.size());
          sizes.add(shape[axis]);
        }
        case MASK -> {
          requireFits(function, index.array(), axis, shape);
          if (index.axes() == 0) { // selects all or nothing of an axis that it adds
            arrayAxes.add(sizes.size());
            sizes.add(1);
          }
          for (int i = 0; i < index.axes(); i++) {
            arrayAxes.add(sizes.size());
            sizes.add(shape[axis + i]);
          }
          List<MlxArray> positions = positions(function, index.array());
          arrays.addAll(positions);
          owned.addAll(positions);
        }
        default -> sizes.add(index.limits(axis, shape[axis], start, stop, steps));
      }
      axis += index.axes();
    }
    block = ints(sizes);
    axes = ints(arrayAxes);
    place = place(full);
  }

  /**
   * Returns the indices of the elements that a mask selects, one array for each axis of the mask; a
   * scalar counts as a mask of one element.
   */
  private static List<MlxArray> positions(String function, MlxArray mask) {
    if (mask.ndim() > 0) {
      return List.of(Call.unaryToMany(function, (m, s) -> IndexingNative.nonzero(m), mask));
    }
    try (MlxArray one = mask.reshape(1)) {
      return positions(function, one);
    }
  }

  /** Returns the part of an array that indices select. */
  static MlxArray get(String function, MlxArray a, Index... indices) {
    try (Selection selection = new Selection(function, a, indices)) {
      return selection.get();
    }
  }

  /** Returns a copy of an array in which the part that indices select is changed. */
  static MlxArray update(
      String function, MlxArray a, Index[] indices, MlxArray value, ArrayAt.Update update) {
    if (isOneMask(function, indices)) {
      MlxArray mask = indices[0].array();
      requireFits(function, mask, 0, a.shape());
      return Call.ternary(
          function,
          (x, m, v, s) -> IndexingNative.update_where(x, m, v, update.code(), s),
          a,
          mask,
          value);
    }
    try (Selection selection = new Selection(function, a, indices)) {
      return selection.update(value, update);
    }
  }

  private MlxArray get() {
    if (arrays.isEmpty()) {
      return Call.unary(
          function, (x, s) -> IndexingNative.basic_index(x, start, stop, steps, block, s), a);
    }
    return Call.nary(
        function,
        (h, s) ->
            IndexingNative.index(h[0], start, stop, steps, block, after(1, h), axes, place, s),
        with(a));
  }

  private MlxArray update(MlxArray value, ArrayAt.Update update) {
    return Call.nary(
        function,
        (h, s) ->
            IndexingNative.update(
                h[0], h[1], update.code(), start, stop, steps, block, after(2, h), axes, place, s),
        with(a, value));
  }

  private MlxArray[] with(MlxArray... first) {
    List<MlxArray> all = new ArrayList<>(Arrays.asList(first));
    all.addAll(arrays);
    return all.toArray(MlxArray[]::new);
  }

  private static long[] after(int first, long[] handles) {
    return Arrays.copyOfRange(handles, first, handles.length);
  }

  @Override
  public void close() {
    owned.forEach(MlxArray::close);
  }

  /** Returns whether the only index is a mask, whose values need not be known then. */
  private static boolean isOneMask(String function, Index[] indices) {
    Call.notNull(function, "the array of indices", indices);
    return indices.length > 0
        && indices[0] != null
        && indices[0].kind() == Index.Kind.MASK
        && (indices.length == 1
            || (indices.length == 2
                && indices[1] != null
                && indices[1].kind() == Index.Kind.ELLIPSIS));
  }

  /**
   * Returns one index for every axis: an ellipsis, or the end, stands for the axes that have none.
   */
  private static Index[] expand(String function, Index[] indices, int... shape) {
    int ndim = shape.length;
    long used = 0;
    int ellipses = 0;
    for (Index index : Call.notNull(function, "the array of indices", indices)) {
      used += Call.notNull(function, "an index", index).axes();
      ellipses += index.kind() == Index.Kind.ELLIPSIS ? 1 : 0;
    }
    if (used > ndim || ellipses > 1) {
      throw new IllegalArgumentException(
          "["
              + function
              + "] indices "
              + Arrays.toString(indices)
              + " do not fit an array of shape "
              + Arrays.toString(shape)
              + ", which has "
              + ndim
              + " axes; there may be at most one for each axis, and one ellipsis");
    }
    int rest = ndim - (int) used;
    List<Index> full = new ArrayList<>();
    for (Index index : indices) {
      if (index.kind() == Index.Kind.ELLIPSIS) {
        addWholeAxes(full, rest);
      } else {
        full.add(index);
      }
    }
    if (ellipses == 0) {
      addWholeAxes(full, rest);
    }
    return full.toArray(Index[]::new);
  }

  private static void addWholeAxes(List<Index> full, int count) {
    for (int i = 0; i < count; i++) {
      full.add(Index.all());
    }
  }

  /**
   * Returns the position of the axes that arrays of indices produce: where the first array or
   * number stands, but 0 if anything else stands between the first and the last of them.
   */
  private static int place(Index... full) {
    int before = 0;
    int behind = 0;
    boolean found = false;
    for (Index index : full) {
      switch (index.kind()) {
        case NUMBER, ARRAY, MASK -> {
          if (found && behind > 0) {
            return 0;
          }
          found = true;
        }
        default -> {
          before += found ? 0 : 1;
          behind += found ? 1 : 0;
        }
      }
    }
    return before;
  }

  private static void requireFits(String function, MlxArray mask, int axis, int[] shape) {
    int ndim = mask.ndim();
    if (axis + ndim > shape.length
        || !Arrays.equals(mask.shape(), Arrays.copyOfRange(shape, axis, axis + ndim))) {
      throw new IllegalArgumentException(
          "["
              + function
              + "] a mask of shape "
              + Arrays.toString(mask.shape())
              + " does not fit an array of shape "
              + Arrays.toString(shape)
              + " from axis "
              + axis
              + "; the sizes of their axes must be equal");
    }
  }

  private int inRange(int index, int axis, int[] shape) {
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
              + shape[axis]
              + (shape[axis] == 0
                  ? ", which has no elements"
                  : "; it must be from " + -shape[axis] + " to " + (shape[axis] - 1)));
    }
    return resolved;
  }

  private static int[] ints(List<Integer> numbers) {
    return numbers.stream().mapToInt(Integer::intValue).toArray();
  }
}
