package org.mlx4j;

import static org.mlx4j.Call.binary;
import static org.mlx4j.Call.ternary;
import static org.mlx4j.Call.weak;

import org.mlx4j.internal.IndexingNative;

/** Operations that select elements. */
public sealed interface Indexing permits MlxArray {
  /**
   * Parts of the array, by numbers, slices, new axes, an ellipsis and arrays of indices, as
   * Python's {@code x[…]}. {@code x.get(at(0), ellipsis(), slice(1, -1))} is {@code x[0, ...,
   * 1:-1]}.
   *
   * <p>A mask, which is an array of dtype bool, selects where it is true. What it selects has a
   * shape that depends on its values, so it is computed at once, and must not depend on what a
   * function is traced with.
   *
   * @param indices one for each axis (a mask for as many as it has), from the first on; axes
   *     without one are taken whole
   * @return an array, without the axes for which a number was given
   * @throws IndexOutOfBoundsException if an index is out of range. Indices that are still to be
   *     computed cannot be looked at here: out of range they are limited to the range, or, when
   *     {@link Ops#checkIndices} is on, computed and checked
   * @throws IllegalArgumentException if there are more indices than axes, two ellipses, arrays that
   *     cannot be broadcast to one shape, or a mask that is traced or does not fit
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray get(Index... indices) {
    return Selection.get("get", (MlxArray) this, indices);
  }

  /**
   * The part of the array at given numbers, as Python's {@code x[i, j]}.
   *
   * @param indices numbers for the first axes; they count from the end when negative
   * @return an array without those axes
   * @throws IndexOutOfBoundsException if a number is out of range
   * @throws IllegalArgumentException if there are more numbers than axes
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray get(int... indices) {
    return Selection.get("get", (MlxArray) this, Index.at("get", indices));
  }

  /**
   * Elements by arrays of indices, as Python's {@code x[i, j]}, or by a mask, as {@code x[mask]}.
   *
   * @param indices of integer or bool dtype, for the first axes; see {@link #get(Index...)}
   * @return an array in which the axes of the indices' common shape replace those axes
   * @throws IndexOutOfBoundsException as {@link #get(Index...)} does
   * @throws IllegalArgumentException as {@link #get(Index...)} does, or if a dtype is neither
   *     integer nor bool
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray get(MlxArray... indices) {
    return Selection.get("get", (MlxArray) this, Index.of("get", indices));
  }

  /**
   * Parts of the array to change, as Python's {@code x.at[…]}.
   *
   * @param indices as for {@link #get(Index...)}
   * @return what makes changed arrays of this one
   */
  default ArrayAt at(Index... indices) {
    return new ArrayAt((MlxArray) this, Call.notNull("at", "the array of indices", indices));
  }

  /**
   * The part of the array at given numbers, to change it, as Python's {@code x.at[i, j]}.
   *
   * @param indices as for {@link #get(int...)}
   * @return what makes changed arrays of this one
   */
  default ArrayAt at(int... indices) {
    return new ArrayAt((MlxArray) this, Index.at("at", indices));
  }

  /**
   * Elements to change, by arrays of indices or by a mask, as Python's {@code x.at[i, j]}.
   *
   * @param indices as for {@link #get(MlxArray...)}
   * @return what makes changed arrays of this one
   */
  default ArrayAt at(MlxArray... indices) {
    return new ArrayAt((MlxArray) this, Index.of("at", indices));
  }

  /**
   * A block of the array.
   *
   * @param start for each axis the first index
   * @param stop for each axis the index after the last
   * @return an array
   * @throws IllegalArgumentException if there is not one entry for each axis
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray slice(int[] start, int[] stop) {
    return slice(start, stop, null);
  }

  /**
   * A regular selection of the array.
   *
   * @param start for each axis the first index
   * @param stop for each axis the index after the last
   * @param strides for each axis the step, not zero; negative to go backwards; null for steps of 1
   * @return an array
   * @throws IllegalArgumentException if there is not one entry for each axis, or a stride is zero
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray slice(int[] start, int[] stop, int[] strides) {
    MlxArray a = (MlxArray) this;
    return Selection.get("slice", a, Index.slices("slice", a.ndim(), start, stop, strides));
  }

  /**
   * A block of the array that begins where an array of indices says. Mirrors {@code
   * mlx.core.slice}.
   *
   * @param start of integer dtype, for each of {@code axes} the first index, not negative
   * @param axes the axes along which the block does not begin at 0; they count from the end when
   *     negative
   * @param sliceSize the shape of the block
   * @return an array of shape {@code sliceSize}
   * @throws IndexOutOfBoundsException if the block would reach outside. A start that is still to be
   *     computed cannot be looked at here: it is limited to the range, or, when {@link
   *     Ops#checkIndices} is on, computed and checked
   * @throws IllegalArgumentException if an axis is out of range or given twice, there is not one
   *     index for each of {@code axes}, or {@code sliceSize} does not fit the array
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray slice(MlxArray start, int[] axes, int[] sliceSize) {
    return binary(
        "slice", (a, i, s) -> IndexingNative.slice(a, i, axes, sliceSize, s), this, start);
  }

  /**
   * The array with a block replaced that begins where an array of indices says. Mirrors {@code
   * mlx.core.slice_update}.
   *
   * @param update what to put there, whose shape is that of the block; axes that it lacks are
   *     whole, or of size 1 where they are among {@code axes}
   * @param start of integer dtype, for each of {@code axes} the first index, not negative
   * @param axes the axes along which the block does not begin at 0; they count from the end when
   *     negative
   * @return an array of the same shape and dtype
   * @throws IndexOutOfBoundsException if the block would reach outside; see {@link #slice(MlxArray,
   *     int[], int[])}
   * @throws IllegalArgumentException if an axis is out of range or given twice, there is not one
   *     index for each of {@code axes}, or the update is larger than the array
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray sliceUpdate(MlxArray update, MlxArray start, int[] axes) {
    return ternary(
        "sliceUpdate",
        (a, u, i, s) -> IndexingNative.slice_update(a, u, i, axes, s),
        this,
        update,
        start);
  }

  /**
   * The array with a block replaced.
   *
   * @param update what to put there, of a shape that broadcasts to that of the block
   * @param start for each axis the first index
   * @param stop for each axis the index after the last
   * @return an array of the same shape and dtype
   * @throws IllegalArgumentException if there is not one entry for each axis, or the update cannot
   *     be broadcast
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray sliceUpdate(MlxArray update, int[] start, int[] stop) {
    return sliceUpdate(update, start, stop, null);
  }

  /**
   * The array with a regular selection replaced.
   *
   * @param update what to put there, of a shape that broadcasts to that of the selection
   * @param start for each axis the first index
   * @param stop for each axis the index after the last
   * @param strides for each axis the step, not zero; negative to go backwards; null for steps of 1
   * @return an array of the same shape and dtype
   * @throws IllegalArgumentException if there is not one entry for each axis, a stride is zero, or
   *     the update cannot be broadcast
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray sliceUpdate(MlxArray update, int[] start, int[] stop, int[] strides) {
    MlxArray a = (MlxArray) this;
    return Selection.update(
        "sliceUpdate",
        a,
        Index.slices("sliceUpdate", a.ndim(), start, stop, strides),
        update,
        ArrayAt.Update.SET);
  }

  /**
   * Elements of the flattened array. Mirrors {@code mlx.core.take}.
   *
   * @param indices of integer dtype; they count from the end when negative
   * @return an array of the shape of {@code indices}
   * @throws IndexOutOfBoundsException if an index is out of range. Indices that are still to be
   *     computed cannot be looked at here: out of range they are limited to the range, or, when
   *     {@link Ops#checkIndices} is on, computed and checked
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray take(MlxArray indices) {
    return binary("take", IndexingNative::take, this, indices);
  }

  /**
   * Slices along an axis. Mirrors {@code mlx.core.take}.
   *
   * @param indices of integer dtype; they count from the end when negative
   * @param axis the axis; counts from the end when negative
   * @return an array in which the axes of {@code indices} replace the axis
   * @throws IndexOutOfBoundsException if an index is out of range. Indices that are still to be
   *     computed cannot be looked at here: out of range they are limited to the range, or, when
   *     {@link Ops#checkIndices} is on, computed and checked
   * @throws IllegalArgumentException if the axis is out of range
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray take(MlxArray indices, int axis) {
    return binary("take", (a, i, s) -> IndexingNative.take(a, i, axis, s), this, indices);
  }

  /**
   * The slice at one index of an axis. Mirrors {@code mlx.core.take}.
   *
   * @param index the index; counts from the end when negative
   * @param axis the axis; counts from the end when negative
   * @return an array without the axis
   * @throws IndexOutOfBoundsException if the index is out of range
   * @throws IllegalArgumentException if the axis is out of range
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray take(int index, int axis) {
    MlxArray a = (MlxArray) this;
    return Selection.get("take", a, Index.take(index, axis, a.ndim()));
  }

  /**
   * For every position of {@code indices} the element which it names along the last axis. Mirrors
   * {@code mlx.core.take_along_axis}.
   *
   * @param indices as for {@link #takeAlongAxis(MlxArray, int)}
   * @return an array of the shape of {@code indices}
   * @throws IndexOutOfBoundsException as {@link #takeAlongAxis(MlxArray, int)} does
   * @throws IllegalArgumentException if the shapes do not fit
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray takeAlongAxis(MlxArray indices) {
    return takeAlongAxis(indices, -1);
  }

  /**
   * For every position of {@code indices} the element which it names along an axis. Mirrors {@code
   * mlx.core.take_along_axis}.
   *
   * @param indices of integer dtype; they count from the end when negative, and of a shape that
   *     fits the array's but for the axis
   * @param axis the axis; counts from the end when negative
   * @return an array of the shape of {@code indices}
   * @throws IndexOutOfBoundsException if an index is out of range. Indices that are still to be
   *     computed cannot be looked at here: out of range they are limited to the range, or, when
   *     {@link Ops#checkIndices} is on, computed and checked
   * @throws IllegalArgumentException if the axis is out of range or the shapes do not fit
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray takeAlongAxis(MlxArray indices, int axis) {
    return binary(
        "takeAlongAxis", (a, i, s) -> IndexingNative.take_along_axis(a, i, axis, s), this, indices);
  }

  /**
   * The array with {@code values} at positions of the flattened array. Mirrors {@code
   * mlx.core.put_along_axis}.
   *
   * @param indices of integer dtype and one axis; they count from the end when negative
   * @param values what to put, of a shape that broadcasts with that of {@code indices}
   * @return an array of the same shape
   * @throws IndexOutOfBoundsException as {@link #putAlongAxis(MlxArray, MlxArray, int)} does
   * @throws IllegalArgumentException if the shapes do not fit
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray putAlongAxis(MlxArray indices, MlxArray values) {
    MlxArray a = (MlxArray) this;
    return Call.as(
        "putAlongAxis",
        () -> {
          try (MlxArray flat = a.flatten();
              MlxArray put = flat.putAlongAxis(indices, values, 0)) {
            return put.reshape(a.shape());
          }
        });
  }

  /**
   * The array with {@code values} at the positions that {@code indices} names along an axis.
   * Mirrors {@code mlx.core.put_along_axis}.
   *
   * @param indices of integer dtype; they count from the end when negative, and of a shape that
   *     fits the array's but for the axis
   * @param values what to put, of a shape that broadcasts with that of {@code indices}
   * @param axis the axis; counts from the end when negative
   * @return an array of the same shape
   * @throws IndexOutOfBoundsException if an index is out of range. Indices that are still to be
   *     computed cannot be looked at here: out of range they are limited to the range, or, when
   *     {@link Ops#checkIndices} is on, computed and checked
   * @throws IllegalArgumentException if the axis is out of range or the shapes do not fit
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray putAlongAxis(MlxArray indices, MlxArray values, int axis) {
    return ternary(
        "putAlongAxis",
        (a, i, v, s) -> IndexingNative.put_along_axis(a, i, v, axis, s),
        this,
        indices,
        values);
  }

  /**
   * Elements of the first operand where this array is true (or non-zero), of the second elsewhere.
   * Mirrors {@code mlx.core.where}.
   *
   * @param x what to take where this array is true
   * @param y what to take elsewhere
   * @return an array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast to one
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray where(MlxArray x, MlxArray y) {
    return ternary("where", IndexingNative::where, this, x, y);
  }

  /**
   * Elements of the first operand where this array is true (or non-zero), of the second elsewhere.
   * Mirrors {@code mlx.core.where}.
   *
   * @param x the number, in float32, where this array is true
   * @param y the number, in float32, elsewhere
   * @return a float32 array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray where(double x, double y) {
    try (MlxArray a = MlxArray.scalar(x);
        MlxArray b = MlxArray.scalar(y)) {
      return where(a, b);
    }
  }

  /**
   * Elements of the first operand where this array is true (or non-zero), of the second elsewhere.
   * Mirrors {@code mlx.core.where}.
   *
   * @param x the number where this array is true
   * @param y the number elsewhere
   * @return an int32 array of the same shape, or an int64 one if a number does not fit
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray where(long x, long y) {
    DType dtype = x == (int) x && y == (int) y ? DType.INT32 : DType.INT64;
    try (MlxArray a = MlxArray.scalar(x, dtype);
        MlxArray b = MlxArray.scalar(y, dtype)) {
      return where(a, b);
    }
  }

  /**
   * Elements of the first operand where this array is true (or non-zero), of the second elsewhere.
   * Mirrors {@code mlx.core.where}.
   *
   * @param x what to take where this array is true
   * @param y what to take elsewhere, which takes the dtype of {@code x}
   * @return an array of the broadcast shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray where(MlxArray x, double y) {
    try (MlxArray number = weak("where", x, y)) {
      return where(x, number);
    }
  }

  /**
   * Elements of the first operand where this array is true (or non-zero), of the second elsewhere.
   * Mirrors {@code mlx.core.where}.
   *
   * @param x what to take where this array is true, which takes the dtype of {@code y}
   * @param y what to take elsewhere
   * @return an array of the broadcast shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray where(double x, MlxArray y) {
    try (MlxArray number = weak("where", y, x)) {
      return where(number, y);
    }
  }

  /**
   * Elements of the first operand where this array is true (or non-zero), of the second elsewhere.
   * Mirrors {@code mlx.core.where}.
   *
   * @param x what to take where this array is true
   * @param y what to take elsewhere, which takes the dtype of {@code x}
   * @return an array of the broadcast shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray where(MlxArray x, long y) {
    try (MlxArray number = weak("where", x, y)) {
      return where(x, number);
    }
  }

  /**
   * Elements of the first operand where this array is true (or non-zero), of the second elsewhere.
   * Mirrors {@code mlx.core.where}.
   *
   * @param x what to take where this array is true, which takes the dtype of {@code y}
   * @param y what to take elsewhere
   * @return an array of the broadcast shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray where(long x, MlxArray y) {
    try (MlxArray number = weak("where", y, x)) {
      return where(number, y);
    }
  }
}
