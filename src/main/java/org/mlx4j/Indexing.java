package org.mlx4j;

import static org.mlx4j.Call.binary;
import static org.mlx4j.Call.ternary;
import static org.mlx4j.Call.weak;

import org.mlx4j.internal.IndexingNative;

/** Operations that select elements. */
public sealed interface Indexing permits MlxArray {
  /**
   * Parts of the array, by numbers, slices, new axes and an ellipsis, as Python's {@code x[…]}.
   * {@code x.get(at(0), ellipsis(), slice(1, -1))} is {@code x[0, ..., 1:-1]}.
   *
   * @param indices one for each axis, from the first on; axes without one are taken whole
   * @return an array, without the axes for which a number was given
   * @throws IndexOutOfBoundsException if a number is out of range
   * @throws IllegalArgumentException if there are more indices than axes, or two ellipses
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray get(Index... indices) {
    return Index.apply((MlxArray) this, indices);
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
    return Index.apply((MlxArray) this, Index.at(indices));
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
    return Index.slice((MlxArray) this, start, stop, null);
  }

  /**
   * A regular selection of the array.
   *
   * @param start for each axis the first index
   * @param stop for each axis the index after the last
   * @param strides for each axis the step, not zero; negative to go backwards
   * @return an array
   * @throws IllegalArgumentException if there is not one entry for each axis, or a stride is zero
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray slice(int[] start, int[] stop, int[] strides) {
    return Index.slice((MlxArray) this, start, stop, strides);
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
    return Index.take((MlxArray) this, index, axis);
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
