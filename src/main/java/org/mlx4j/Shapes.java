package org.mlx4j;

import static org.mlx4j.Call.unary;
import static org.mlx4j.Call.unaryToMany;

import org.jspecify.annotations.Nullable;
import org.mlx4j.internal.ShapesNative;

/**
 * Operations that rearrange elements: shapes, axes, padding, parts and repetition.
 *
 * <pre>{@code
 * MlxArray x = MlxArray.of(1, 2, 3, 4, 5, 6).reshape(2, 3); // [[1, 2, 3], [4, 5, 6]]
 * MlxArray y = x.transpose();                               // shape (3, 2)
 * MlxArray z = x.pad(1);                                    // shape (4, 5), zeros around x
 * MlxArray[] columns = x.split(3, 1);                       // three arrays of shape (2, 1)
 * }</pre>
 *
 * <p>No operation changes the array that it is called on. An axis may be negative and then counts
 * from the end. All operations throw {@link IllegalStateException} if an array is closed, and
 * {@link NullPointerException} if an argument is null, except where null is mentioned.
 */
public sealed interface Shapes permits MlxArray {
  /**
   * Returns the same elements, in row-major order, in another shape. Mirrors {@code
   * mlx.core.reshape}.
   *
   * @param shape the new shape; one entry may be -1 and is then inferred from the others, which
   *     must not be 0
   * @return an array of the given shape
   * @throws IllegalArgumentException if the number of elements differs
   */
  default MlxArray reshape(int... shape) {
    return unary(
        "reshape",
        (a, s) -> ShapesNative.reshape(a, Sizes.requireInferable("reshape", shape), s),
        this);
  }

  /** Equivalent to {@link #flatten(int, int) flatten(0, -1)}: all axes become one. */
  default MlxArray flatten() {
    return flatten(0, -1);
  }

  /** Equivalent to {@link #flatten(int, int) flatten(startAxis, -1)}. */
  default MlxArray flatten(int startAxis) {
    return flatten(startAxis, -1);
  }

  /**
   * Merges consecutive axes into one. Mirrors {@code mlx.core.flatten}.
   *
   * @param startAxis the first axis to merge
   * @param endAxis the last axis to merge, inclusive; an axis beyond the last means the last
   * @return an array with one axis in place of the merged ones; a scalar becomes an array of shape
   *     {@code (1)}
   * @throws IllegalArgumentException if {@code startAxis} is beyond the last axis or after {@code
   *     endAxis}
   */
  default MlxArray flatten(int startAxis, int endAxis) {
    return unary("flatten", (a, s) -> ShapesNative.flatten(a, startAxis, endAxis, s), this);
  }

  /**
   * Splits an axis into several. Mirrors {@code mlx.core.unflatten}.
   *
   * @param axis the axis to split
   * @param shape the sizes of the new axes; one entry may be -1 and is then inferred
   * @return an array with the new axes in place of {@code axis}
   * @throws IllegalArgumentException if the axis is out of range, or its size is not the product of
   *     the new sizes
   */
  default MlxArray unflatten(int axis, int... shape) {
    return unary(
        "unflatten",
        (a, s) -> ShapesNative.unflatten(a, axis, Sizes.requireInferable("unflatten", shape), s),
        this);
  }

  /**
   * Removes all axes of size 1. Mirrors {@code mlx.core.squeeze}.
   *
   * @return an array of the remaining axes
   */
  default MlxArray squeeze() {
    return unary("squeeze", ShapesNative::squeeze, this);
  }

  /**
   * Removes the given axes of size 1. Mirrors {@code mlx.core.squeeze}.
   *
   * @param axes the axes to remove
   * @return an array of the remaining axes
   * @throws IllegalArgumentException if an axis is out of range, given twice or not of size 1
   */
  default MlxArray squeeze(int... axes) {
    return unary("squeeze", (a, s) -> ShapesNative.squeeze(a, axes, s), this);
  }

  /**
   * Inserts axes of size 1. Mirrors {@code mlx.core.expand_dims}.
   *
   * @param axes the positions of the new axes in the result
   * @return an array with the additional axes
   * @throws IllegalArgumentException if an axis is out of range or given twice
   */
  default MlxArray expandDims(int... axes) {
    return unary("expandDims", (a, s) -> ShapesNative.expand_dims(a, axes, s), this);
  }

  /**
   * Reverses the order of the axes. Mirrors {@code mlx.core.transpose}.
   *
   * @return an array of the reversed shape
   */
  default MlxArray transpose() {
    return unary("transpose", ShapesNative::transpose, this);
  }

  /**
   * Permutes the axes. Mirrors {@code mlx.core.transpose}.
   *
   * @param axes the axes of this array in the order of the result
   * @return an array whose axis {@code i} is axis {@code axes[i]} of this array
   * @throws IllegalArgumentException if an axis is out of range, missing or given twice
   */
  default MlxArray transpose(int... axes) {
    return unary("transpose", (a, s) -> ShapesNative.transpose(a, axes, s), this);
  }

  /**
   * Permutes the axes, as {@link #transpose(int...)} does. Mirrors {@code mlx.core.permute_dims}.
   *
   * @param axes the axes of this array in the order of the result
   * @return an array whose axis {@code i} is axis {@code axes[i]} of this array
   * @throws IllegalArgumentException if an axis is out of range, missing or given twice
   */
  default MlxArray permuteDims(int... axes) {
    return Call.as("permuteDims", () -> transpose(axes));
  }

  /**
   * Swaps the last two axes. Mirrors {@code mlx.core.matrix_transpose}.
   *
   * @return an array of shape {@code (…, n, m)} for this array of shape {@code (…, m, n)}
   * @throws IllegalArgumentException if there are fewer than two axes
   */
  default MlxArray matrixTranspose() {
    return unary("matrixTranspose", ShapesNative::matrix_transpose, this);
  }

  /** Short for {@link #transpose()}. Mirrors {@code mlx.core.array.T}. */
  default MlxArray T() {
    return transpose();
  }

  /** Short for {@link #matrixTranspose()}. Mirrors {@code mlx.core.array.mT}. */
  default MlxArray mT() {
    return matrixTranspose();
  }

  /** Equivalent to {@link #transpose()}. */
  default MlxArray permuteDims() {
    return transpose();
  }

  /**
   * Swaps two axes. Mirrors {@code mlx.core.swapaxes}.
   *
   * @param axis1 the first axis
   * @param axis2 the second axis
   * @return an array with the two axes swapped
   * @throws IllegalArgumentException if an axis is out of range
   */
  default MlxArray swapaxes(int axis1, int axis2) {
    return unary("swapaxes", (a, s) -> ShapesNative.swapaxes(a, axis1, axis2, s), this);
  }

  /**
   * Moves an axis to another position; the others keep their order. Mirrors {@code
   * mlx.core.moveaxis}.
   *
   * @param source the axis to move
   * @param destination its position in the result
   * @return an array with the axis moved
   * @throws IllegalArgumentException if an axis is out of range
   */
  default MlxArray moveaxis(int source, int destination) {
    return unary("moveaxis", (a, s) -> ShapesNative.moveaxis(a, source, destination, s), this);
  }

  /**
   * Broadcasts this array to a shape, without a copy: axes of size 1 and new leading axes repeat
   * the elements. Mirrors {@code mlx.core.broadcast_to}.
   *
   * @param shape the shape of the result
   * @return an array of the given shape
   * @throws IllegalArgumentException if this array's shape cannot be broadcast to it
   */
  default MlxArray broadcastTo(int... shape) {
    return unary("broadcastTo", (a, s) -> ShapesNative.broadcast_to(a, shape, s), this);
  }

  /**
   * Reverses the order of the elements along all axes. Mirrors {@code mlx.core.flip}.
   *
   * @return an array of the same shape
   */
  default MlxArray flip() {
    return unary("flip", ShapesNative::flip, this);
  }

  /**
   * Reverses the order of the elements along the given axes. Mirrors {@code mlx.core.flip}.
   *
   * @param axes the axes to reverse
   * @return an array of the same shape
   * @throws IllegalArgumentException if an axis is out of range or given twice
   */
  default MlxArray flip(int... axes) {
    return unary("flip", (a, s) -> ShapesNative.flip(a, axes, s), this);
  }

  /**
   * Shifts the elements of the flattened array, and restores the shape. Mirrors {@code
   * mlx.core.roll}.
   *
   * @param shift the number of places; positive shifts towards the end, negative towards the start
   * @return an array of the same shape
   */
  default MlxArray roll(int shift) {
    return unary("roll", (a, s) -> ShapesNative.roll(a, new int[] {shift}, s), this);
  }

  /** Equivalent to {@link #roll(int[], int[])} with a single axis. */
  default MlxArray roll(int shift, int axis) {
    return roll(new int[] {shift}, new int[] {axis});
  }

  /**
   * Shifts the elements along axes; those that pass one end come back at the other. Mirrors {@code
   * mlx.core.roll}.
   *
   * @param shift for each of {@code axes} the number of places; positive shifts towards the end,
   *     negative towards the start
   * @param axes the axes
   * @return an array of the same shape
   * @throws IllegalArgumentException if an axis is out of range or given twice
   */
  default MlxArray roll(int[] shift, int[] axes) {
    return unary("roll", (a, s) -> ShapesNative.roll(a, shift, axes, s), this);
  }

  /** Repeats each element of the flattened array; see {@link #repeat(int, int)}. */
  default MlxArray repeat(int repeats) {
    try (MlxArray flat = Call.as("repeat", () -> flatten())) {
      return flat.repeat(repeats, 0);
    }
  }

  /**
   * Repeats each element along an axis. Mirrors {@code mlx.core.repeat}.
   *
   * @param repeats how often each element appears in the result, not negative
   * @param axis the axis
   * @return an array whose axis is {@code repeats} times as long
   * @throws IllegalArgumentException if the axis is out of range, {@code repeats} is negative, or
   *     the axis would have more than 2^31 - 1 elements
   */
  default MlxArray repeat(int repeats, int axis) {
    return unary("repeat", (a, s) -> ShapesNative.repeat(a, repeats, axis, s), this);
  }

  /**
   * Repeats the whole array along its axes. Mirrors {@code mlx.core.tile}.
   *
   * @param reps the number of repetitions for each axis, the last entry for the last axis; if there
   *     are more entries than axes, axes are added in front
   * @return an array with the repetitions
   * @throws IllegalArgumentException if an entry is negative, or an axis would have more than 2^31
   *     - 1 elements
   */
  default MlxArray tile(int... reps) {
    return unary("tile", (a, s) -> ShapesNative.tile(a, reps, s), this);
  }

  /**
   * Adds {@code width} zeros at both ends of every axis; see {@link #pad(int[][], PadMode,
   * double)}.
   */
  default MlxArray pad(int width) {
    return pad(width, width);
  }

  /**
   * Adds {@code before} zeros at the start and {@code after} zeros at the end of every axis; see
   * {@link #pad(int[][], PadMode, double)}.
   */
  default MlxArray pad(int before, int after) {
    return pad(PadWidths.everywhere(before, after, ((MlxArray) this).ndim()));
  }

  /**
   * Adds {@code width} elements at both ends of every axis; see {@link #pad(int[][], PadMode,
   * double)}.
   */
  default MlxArray pad(int width, PadMode mode) {
    return pad(PadWidths.everywhere(width, width, ((MlxArray) this).ndim()), mode);
  }

  /** Equivalent to {@link #pad(int[][], PadMode, double) pad(widths, PadMode.CONSTANT, 0)}. */
  default MlxArray pad(int[][] widths) {
    return pad(widths, PadMode.CONSTANT, 0);
  }

  /** Equivalent to {@link #pad(int[][], PadMode, double) pad(widths, mode, 0)}. */
  default MlxArray pad(int[][] widths, PadMode mode) {
    return pad(widths, mode, 0);
  }

  /**
   * Equivalent to {@link #pad(int[][], PadMode, double)} with a scalar array as the constant value,
   * which is converted to this array's dtype.
   */
  default MlxArray pad(int[][] widths, PadMode mode, MlxArray constantValues) {
    return PadWidths.pad((MlxArray) this, widths, mode, constantValues);
  }

  /**
   * Adds elements at the ends of axes. Mirrors {@code mlx.core.pad}.
   *
   * @param widths for each axis the number of elements to add before and after it
   * @param mode the values of the added elements
   * @param constantValues the value for {@link PadMode#CONSTANT}, which takes this array's dtype
   * @return an array of the larger shape
   * @throws IllegalArgumentException if there is not exactly one pair for each axis, a width is
   *     negative, or an axis is empty and the mode is not {@link PadMode#CONSTANT}
   */
  default MlxArray pad(int[][] widths, PadMode mode, double constantValues) {
    return PadWidths.pad((MlxArray) this, widths, mode, constantValues);
  }

  /** Equivalent to {@link #split(int, int) split(sections, 0)}. */
  default MlxArray[] split(int sections) {
    return split(sections, 0);
  }

  /**
   * Splits this array into equal parts along an axis. Mirrors {@code mlx.core.split}.
   *
   * @param sections the number of parts
   * @param axis the axis
   * @return the parts
   * @throws IllegalArgumentException if the axis is out of range or not divisible by {@code
   *     sections}, or the array is empty and {@code sections} is greater than 65536
   */
  default MlxArray[] split(int sections, int axis) {
    if (sections > 65536 && ((MlxArray) this).size() == 0) {
      throw new IllegalArgumentException(
          "[split] an empty array can be cut into at most 65536 parts, not " + sections);
    }
    return unaryToMany("split", (a, s) -> ShapesNative.split(a, sections, axis, s), this);
  }

  /** Equivalent to {@link #split(int[], int) split(indices, 0)}. */
  default MlxArray[] split(int[] indices) {
    return split(indices, 0);
  }

  /**
   * Splits this array at the given indices of an axis. Mirrors {@code mlx.core.split}.
   *
   * @param indices where the second, third, … part begins
   * @param axis the axis
   * @return the parts, one more than there are indices
   * @throws IllegalArgumentException if the axis is out of range
   */
  default MlxArray[] split(int[] indices, int axis) {
    return unaryToMany("split", (a, s) -> ShapesNative.split(a, indices, axis, s), this);
  }

  /** Equivalent to {@link #unstack(int) unstack(0)}. */
  default MlxArray[] unstack() {
    return unstack(0);
  }

  /**
   * Returns the slices along an axis, which they no longer have. Mirrors {@code mlx.core.unstack}.
   *
   * @param axis the axis
   * @return one array for each index of the axis
   * @throws IllegalArgumentException if the axis is out of range
   */
  default MlxArray[] unstack(int axis) {
    return unaryToMany("unstack", (a, s) -> ShapesNative.unstack(a, axis, s), this);
  }

  /**
   * Turns a scalar into an array of shape {@code (1)}; other arrays stay as they are. Mirrors
   * {@code mlx.core.atleast_1d}.
   *
   * @return an array of at least one axis
   */
  default MlxArray atleast1d() {
    return unary("atleast1d", ShapesNative::atleast_1d, this);
  }

  /**
   * Turns a scalar or vector into a row of shape {@code (1, n)}; other arrays stay as they are.
   * Mirrors {@code mlx.core.atleast_2d}.
   *
   * @return an array of at least two axes
   */
  default MlxArray atleast2d() {
    return unary("atleast2d", ShapesNative::atleast_2d, this);
  }

  /**
   * Turns a vector into an array of shape {@code (1, n, 1)} and a matrix into one of shape {@code
   * (m, n, 1)}; arrays of three or more axes stay as they are. Mirrors {@code mlx.core.atleast_3d}.
   *
   * @return an array of at least three axes
   */
  default MlxArray atleast3d() {
    return unary("atleast3d", ShapesNative::atleast_3d, this);
  }

  /** Equivalent to {@link #diagonal(int, int, int) diagonal(0, 0, 1)}. */
  default MlxArray diagonal() {
    return diagonal(0, 0, 1);
  }

  /**
   * Returns a diagonal of the matrices that two axes form. Mirrors {@code mlx.core.diagonal}.
   *
   * @param offset how far the diagonal lies above the main one; negative for below
   * @param axis1 the axis of the rows
   * @param axis2 the axis of the columns
   * @return an array of the other axes, followed by that of the diagonal
   * @throws IllegalArgumentException if an axis is out of range or both are the same
   */
  default MlxArray diagonal(int offset, int axis1, int axis2) {
    return unary("diagonal", (a, s) -> ShapesNative.diagonal(a, offset, axis1, axis2, s), this);
  }

  /** Equivalent to {@link #diag(int) diag(0)}. */
  default MlxArray diag() {
    return diag(0);
  }

  /**
   * Returns a diagonal of this matrix, or, for a vector, the matrix with that diagonal. Mirrors
   * {@code mlx.core.diag}.
   *
   * @param k how far the diagonal lies above the main one; negative for below
   * @return a vector for a matrix, a matrix for a vector
   * @throws IllegalArgumentException unless there are one or two axes
   */
  default MlxArray diag(int k) {
    return unary("diag", (a, s) -> ShapesNative.diag(a, k, s), this);
  }

  /** Equivalent to {@link #tril(int) tril(0)}. */
  default MlxArray tril() {
    return tril(0);
  }

  /**
   * Returns the lower triangle: zero above a diagonal of the last two axes. Mirrors {@code
   * mlx.core.tril}.
   *
   * @param k how far the diagonal lies above the main one; negative for below
   * @return an array of the same shape
   * @throws IllegalArgumentException if there are fewer than two axes
   */
  default MlxArray tril(int k) {
    return unary("tril", (a, s) -> ShapesNative.tril(a, k, s), this);
  }

  /** Equivalent to {@link #triu(int) triu(0)}. */
  default MlxArray triu() {
    return triu(0);
  }

  /**
   * Returns the upper triangle: zero below a diagonal of the last two axes. Mirrors {@code
   * mlx.core.triu}.
   *
   * @param k how far the diagonal lies above the main one; negative for below
   * @return an array of the same shape
   * @throws IllegalArgumentException if there are fewer than two axes
   */
  default MlxArray triu(int k) {
    return unary("triu", (a, s) -> ShapesNative.triu(a, k, s), this);
  }

  /** Equivalent to {@link #contiguous(boolean) contiguous(false)}: row-major order. */
  default MlxArray contiguous() {
    return contiguous(false);
  }

  /**
   * Returns the same array laid out in memory without gaps. Mirrors {@code mlx.core.contiguous}.
   *
   * @param allowColMajor whether column-major order is acceptable
   * @return an array of the same shape
   */
  default MlxArray contiguous(boolean allowColMajor) {
    return unary("contiguous", (a, s) -> ShapesNative.contiguous(a, allowColMajor, s), this);
  }

  /**
   * Views this array's elements, in row-major order, by other strides: element {@code (i, j, …)} of
   * the result is element {@code offset + i * strides[0] + j * strides[1] + …}. Mirrors {@code
   * mlx.core.as_strided}.
   *
   * @param shape the shape of the result, or null for that of this array
   * @param strides for each axis of the result the distance of neighbors in elements, which may be
   *     0 or negative; null for the strides of a row-major array of the shape
   * @param offset the index of the first element
   * @return an array of the given shape
   * @throws IndexOutOfBoundsException if the view would reach outside the array
   * @throws IllegalArgumentException if a dimension is negative, there is not exactly one stride
   *     for each, or the result would have too many elements
   */
  default MlxArray asStrided(int @Nullable [] shape, long @Nullable [] strides, long offset) {
    MlxArray a = (MlxArray) this;
    int[] sizes = Sizes.require("asStrided", shape == null ? a.shape() : shape, a.dtype());
    long[] steps = strides == null ? Sizes.rowMajor(sizes) : strides;
    if (steps.length != sizes.length) {
      throw new IllegalArgumentException(
          "[asStrided] there are "
              + steps.length
              + " strides for "
              + sizes.length
              + " axes; there must be one for each");
    }
    return unary("asStrided", (x, s) -> ShapesNative.as_strided(x, sizes, steps, offset, s), this);
  }

  /** Equivalent to {@link #asStrided(int[], long[], long) asStrided(shape, strides, 0)}. */
  default MlxArray asStrided(int @Nullable [] shape, long @Nullable [] strides) {
    return asStrided(shape, strides, 0);
  }
}
