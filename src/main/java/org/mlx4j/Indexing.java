package org.mlx4j;

import static org.mlx4j.Call.binary;
import static org.mlx4j.Call.ternary;
import static org.mlx4j.Call.weak;

import org.jspecify.annotations.Nullable;
import org.mlx4j.internal.IndexingNative;

/**
 * Selection and replacement of elements: by position, slice, mask, or arrays of indices.
 *
 * <pre>{@code
 * MlxArray x = Ops.arange(12).reshape(3, 4);
 * MlxArray row = x.get(0);                                       // x[0]
 * MlxArray block = x.get(Index.all(), Index.slice(1, 3));        // x[:, 1:3]
 * MlxArray large = x.get(x.greater(5));                          // x[x > 5]
 * MlxArray rows = x.take(MlxArray.of(2, 0), 0);                  // mx.take(x, [2, 0], axis=0)
 * MlxArray changed = x.at(1, 2).set(-1);                         // x with x[1, 2] = -1
 * MlxArray positive = x.greater(0).where(x, 0.0);                // mx.where(x > 0, x, 0)
 * }</pre>
 *
 * <p>No operation changes the array that it is called on. Indices of integer dtype and axes may be
 * negative and then count from the end, except where stated.
 *
 * <p>An index that is out of range causes an {@link IndexOutOfBoundsException} if its value is
 * already known. The index of an array that has not been evaluated is clamped to the range instead,
 * unless {@link Ops#checkIndices} is on, which evaluates and checks such indices.
 *
 * <p>All operations throw {@link IllegalStateException} if an array is closed, and {@link
 * NullPointerException} if an argument is null, except where null is mentioned.
 */
public sealed interface Indexing permits MlxArray {
  /**
   * Returns the part of this array that indices select, as Python's {@code x[…]}: numbers, slices,
   * new axes, an ellipsis, and arrays of indices or masks. {@code x.get(at(0), ellipsis(), slice(1,
   * -1))} is {@code x[0, ..., 1:-1]}.
   *
   * <p>A mask is an array of dtype bool and selects the elements where it is true. Because their
   * number depends on the mask's values, the mask is evaluated immediately, and must not depend on
   * the arguments of a function that is being traced.
   *
   * @param indices one for each axis, in order (a mask stands for as many axes as it has); axes
   *     without an index are taken whole
   * @return an array without the axes that numbers select from
   * @throws IndexOutOfBoundsException if a known index is out of range
   * @throws IllegalArgumentException if there are more indices than axes, two ellipses, arrays of
   *     indices that cannot be broadcast together, or a mask that is traced or does not fit
   */
  default MlxArray get(Index... indices) {
    return Selection.get("get", (MlxArray) this, indices);
  }

  /**
   * Returns the part of this array at the given positions of its first axes, as Python's {@code
   * x[i, j]}.
   *
   * @param indices positions along the first axes
   * @return an array without those axes
   * @throws IndexOutOfBoundsException if a position is out of range
   * @throws IllegalArgumentException if there are more positions than axes
   */
  default MlxArray get(int... indices) {
    return Selection.get("get", (MlxArray) this, Index.at("get", indices));
  }

  /**
   * Returns the elements that arrays of indices select, as Python's {@code x[i, j]}, or that a mask
   * selects, as {@code x[mask]}; see {@link #get(Index...)}.
   *
   * @param indices arrays of integer or bool dtype, for the first axes
   * @return an array in which the axes of the indices' broadcast shape replace those axes
   * @throws IndexOutOfBoundsException if a known index is out of range
   * @throws IllegalArgumentException if the indices do not fit, as for {@link #get(Index...)}, or a
   *     dtype is neither integer nor bool
   */
  default MlxArray get(MlxArray... indices) {
    return Selection.get("get", (MlxArray) this, Index.of("get", indices));
  }

  /**
   * Selects elements to replace, as Python's {@code x.at[…]}.
   *
   * @param indices as for {@link #get(Index...)}
   * @return the selection, whose methods return changed copies of this array
   */
  default ArrayAt at(Index... indices) {
    return new ArrayAt((MlxArray) this, Call.notNull("at", "the array of indices", indices));
  }

  /**
   * Selects the part at the given positions to replace it, as Python's {@code x.at[i, j]}.
   *
   * @param indices as for {@link #get(int...)}
   * @return the selection, whose methods return changed copies of this array
   */
  default ArrayAt at(int... indices) {
    return new ArrayAt((MlxArray) this, Index.at("at", indices));
  }

  /**
   * Selects elements to replace by arrays of indices or a mask, as Python's {@code x.at[i, j]}.
   *
   * @param indices as for {@link #get(MlxArray...)}
   * @return the selection, whose methods return changed copies of this array
   */
  default ArrayAt at(MlxArray... indices) {
    return new ArrayAt((MlxArray) this, Index.of("at", indices));
  }

  /** Equivalent to {@link #slice(int[], int[], int[]) slice(start, stop, null)}. */
  default MlxArray slice(int[] start, int[] stop) {
    return slice(start, stop, null);
  }

  /**
   * Returns a regular selection of this array, as Python's {@code x[start:stop:stride, …]} does.
   *
   * @param start for each axis the first index
   * @param stop for each axis the index after the last
   * @param strides for each axis the step, not zero, negative to go backwards; null for steps of 1
   * @return an array with as many axes as this one
   * @throws IllegalArgumentException if there is not exactly one entry for each axis, or a stride
   *     is zero
   */
  default MlxArray slice(int[] start, int[] stop, int @Nullable [] strides) {
    MlxArray a = (MlxArray) this;
    return Selection.get("slice", a, Index.slices("slice", a.ndim(), start, stop, strides));
  }

  /**
   * Returns a block of this array whose position is given by an array, so that it may be computed.
   * Mirrors {@code mlx.core.slice}.
   *
   * @param start of integer dtype, the first index for each of {@code axes}, not negative
   * @param axes the axes that {@code start} refers to; along the others the block begins at 0
   * @param sliceSize the shape of the block
   * @return an array of shape {@code sliceSize}
   * @throws IndexOutOfBoundsException if the start is known and the block reaches outside this
   *     array
   * @throws IllegalArgumentException if an axis is out of range or given twice, {@code start} does
   *     not have one entry for each of {@code axes}, or {@code sliceSize} does not fit this array
   */
  default MlxArray slice(MlxArray start, int[] axes, int[] sliceSize) {
    return binary(
        "slice", (a, i, s) -> IndexingNative.slice(a, i, axes, sliceSize, s), this, start);
  }

  /**
   * Replaces a block whose position is given by an array. Mirrors {@code mlx.core.slice_update}.
   *
   * @param update the new elements, of the shape of the block; axes that it lacks are whole, or of
   *     size 1 if they are among {@code axes}
   * @param start of integer dtype, the first index for each of {@code axes}, not negative
   * @param axes the axes that {@code start} refers to; along the others the block begins at 0
   * @return an array of the same shape and dtype
   * @throws IndexOutOfBoundsException if the start is known and the block reaches outside this
   *     array
   * @throws IllegalArgumentException if an axis is out of range or given twice, {@code start} does
   *     not have one entry for each of {@code axes}, or the update is larger than this array
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
   * Equivalent to {@link #sliceUpdate(MlxArray, int[], int[], int[]) sliceUpdate(update, start,
   * stop, null)}.
   */
  default MlxArray sliceUpdate(MlxArray update, int[] start, int[] stop) {
    return sliceUpdate(update, start, stop, null);
  }

  /**
   * Replaces a regular selection, as Python's {@code x[start:stop:stride, …] = update} does.
   *
   * @param update the new elements, of a shape that broadcasts to that of the selection
   * @param start for each axis the first index
   * @param stop for each axis the index after the last
   * @param strides for each axis the step, not zero, negative to go backwards; null for steps of 1
   * @return an array of the same shape and dtype
   * @throws IllegalArgumentException if there is not exactly one entry for each axis, a stride is
   *     zero, or the update cannot be broadcast
   */
  default MlxArray sliceUpdate(MlxArray update, int[] start, int[] stop, int @Nullable [] strides) {
    MlxArray a = (MlxArray) this;
    return Selection.update(
        "sliceUpdate",
        a,
        Index.slices("sliceUpdate", a.ndim(), start, stop, strides),
        update,
        ArrayAt.Update.SET);
  }

  /**
   * Takes elements of the flattened array. Mirrors {@code mlx.core.take}.
   *
   * @param indices of integer dtype
   * @return an array of the shape of {@code indices}
   * @throws IndexOutOfBoundsException if a known index is out of range
   */
  default MlxArray take(MlxArray indices) {
    return binary("take", IndexingNative::take, this, indices);
  }

  /**
   * Takes slices along an axis. Mirrors {@code mlx.core.take}.
   *
   * @param indices of integer dtype
   * @param axis the axis
   * @return an array in which the axes of {@code indices} replace {@code axis}
   * @throws IndexOutOfBoundsException if a known index is out of range
   * @throws IllegalArgumentException if the axis is out of range
   */
  default MlxArray take(MlxArray indices, int axis) {
    return binary("take", (a, i, s) -> IndexingNative.take(a, i, axis, s), this, indices);
  }

  /**
   * Takes the slice at one index of an axis. Mirrors {@code mlx.core.take}.
   *
   * @param index the index
   * @param axis the axis
   * @return an array without the axis
   * @throws IndexOutOfBoundsException if the index is out of range
   * @throws IllegalArgumentException if the axis is out of range
   */
  default MlxArray take(int index, int axis) {
    MlxArray a = (MlxArray) this;
    return Selection.get("take", a, Index.take(index, axis, a.ndim()));
  }

  /** Equivalent to {@link #takeAlongAxis(MlxArray, int) takeAlongAxis(indices, -1)}. */
  default MlxArray takeAlongAxis(MlxArray indices) {
    return takeAlongAxis(indices, -1);
  }

  /**
   * Takes, for each position of {@code indices}, the element that the index there names along an
   * axis. Mirrors {@code mlx.core.take_along_axis}.
   *
   * @param indices of integer dtype, with as many axes as this array; sizes other than that of
   *     {@code axis} must be broadcastable
   * @param axis the axis
   * @return an array of the shape of {@code indices}, broadcast along the other axes
   * @throws IndexOutOfBoundsException if a known index is out of range
   * @throws IllegalArgumentException if the axis is out of range, or the shapes do not fit
   */
  default MlxArray takeAlongAxis(MlxArray indices, int axis) {
    return binary(
        "takeAlongAxis", (a, i, s) -> IndexingNative.take_along_axis(a, i, axis, s), this, indices);
  }

  /**
   * Replaces elements of the flattened array, and restores the shape; see {@link
   * #putAlongAxis(MlxArray, MlxArray, int)}.
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
   * Replaces, for each position of {@code indices}, the element that the index there names along an
   * axis. Mirrors {@code mlx.core.put_along_axis}.
   *
   * @param indices of integer dtype, with as many axes as this array; sizes other than that of
   *     {@code axis} must be broadcastable
   * @param values the new elements, of a shape that broadcasts with that of {@code indices}
   * @param axis the axis
   * @return an array of the same shape
   * @throws IndexOutOfBoundsException if a known index is out of range
   * @throws IllegalArgumentException if the axis is out of range, or the shapes do not fit
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
   * Chooses elements of {@code x} where this array is true (or not zero), and of {@code y}
   * elsewhere. Mirrors {@code mlx.core.where}.
   *
   * <p>In the forms with numbers, a number beside an array takes the array's dtype. Two numbers
   * give float32 if they are doubles; if they are longs they give int32, or int64 where int32 is
   * too small.
   *
   * @param x the elements where this array is true
   * @param y the elements elsewhere
   * @return an array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast together
   */
  default MlxArray where(MlxArray x, MlxArray y) {
    return ternary("where", IndexingNative::where, this, x, y);
  }

  /** Chooses between two numbers; see {@link #where(MlxArray, MlxArray)}. */
  default MlxArray where(double x, double y) {
    try (MlxArray a = MlxArray.scalar(x);
        MlxArray b = MlxArray.scalar(y)) {
      return where(a, b);
    }
  }

  /** Chooses between two integers; see {@link #where(MlxArray, MlxArray)}. */
  default MlxArray where(long x, long y) {
    DType dtype = x == (int) x && y == (int) y ? DType.INT32 : DType.INT64;
    try (MlxArray a = MlxArray.scalar(x, dtype);
        MlxArray b = MlxArray.scalar(y, dtype)) {
      return where(a, b);
    }
  }

  /** Chooses between an array and a number; see {@link #where(MlxArray, MlxArray)}. */
  default MlxArray where(MlxArray x, double y) {
    try (MlxArray number = weak("where", x, y)) {
      return where(x, number);
    }
  }

  /** Chooses between a number and an array; see {@link #where(MlxArray, MlxArray)}. */
  default MlxArray where(double x, MlxArray y) {
    try (MlxArray number = weak("where", y, x)) {
      return where(number, y);
    }
  }

  /** Chooses between an array and an integer; see {@link #where(MlxArray, MlxArray)}. */
  default MlxArray where(MlxArray x, long y) {
    try (MlxArray number = weak("where", x, y)) {
      return where(x, number);
    }
  }

  /** Chooses between an integer and an array; see {@link #where(MlxArray, MlxArray)}. */
  default MlxArray where(long x, MlxArray y) {
    try (MlxArray number = weak("where", y, x)) {
      return where(number, y);
    }
  }
}
