package org.mlx4j;

import static org.mlx4j.Call.unary;
import static org.mlx4j.Call.unaryToMany;

import org.mlx4j.internal.ShapesNative;

/** Operations that change how elements are arranged. */
public sealed interface Shapes permits MlxArray {
  /**
   * The same elements in another shape. Mirrors {@code mlx.core.reshape}.
   *
   * @param shape the new shape; one entry may be -1 and is then derived from the others, which must
   *     not be 0
   * @return an array of the shape
   * @throws IllegalArgumentException if the number of elements differs
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray reshape(int... shape) {
    return unary(
        "reshape",
        (a, s) -> ShapesNative.reshape(a, Sizes.requireInferable("reshape", shape), s),
        this);
  }

  /**
   * All elements along one axis. Mirrors {@code mlx.core.flatten}.
   *
   * @return an array of one axis
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray flatten() {
    return flatten(0, -1);
  }

  /**
   * The axes from one on as one. Mirrors {@code mlx.core.flatten}.
   *
   * @param startAxis the first axis; counts from the end when negative
   * @return an array
   * @throws IllegalArgumentException if the axis is out of range
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray flatten(int startAxis) {
    return flatten(startAxis, -1);
  }

  /**
   * Consecutive axes joined to one. Mirrors {@code mlx.core.flatten}.
   *
   * @param startAxis the first axis; counts from the end when negative
   * @param endAxis the last axis, included; counts from the end when negative
   * @return an array
   * @throws IllegalArgumentException if an axis is out of range
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray flatten(int startAxis, int endAxis) {
    return unary("flatten", (a, s) -> ShapesNative.flatten(a, startAxis, endAxis, s), this);
  }

  /**
   * An axis split into several. Mirrors {@code mlx.core.unflatten}.
   *
   * @param axis the axis; counts from the end when negative
   * @param shape the sizes of the new axes; one entry may be -1
   * @return an array
   * @throws IllegalArgumentException if the axis is out of range or its size is not the product of
   *     the sizes
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray unflatten(int axis, int... shape) {
    return unary(
        "unflatten",
        (a, s) -> ShapesNative.unflatten(a, axis, Sizes.requireInferable("unflatten", shape), s),
        this);
  }

  /**
   * The array without its axes of size 1. Mirrors {@code mlx.core.squeeze}.
   *
   * @return an array
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray squeeze() {
    return unary("squeeze", ShapesNative::squeeze, this);
  }

  /**
   * The array without some axes of size 1. Mirrors {@code mlx.core.squeeze}.
   *
   * @param axes the axes; they count from the end when negative
   * @return an array
   * @throws IllegalArgumentException if an axis is out of range, given twice or not of size 1
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray squeeze(int... axes) {
    return unary("squeeze", (a, s) -> ShapesNative.squeeze(a, axes, s), this);
  }

  /**
   * The array with new axes of size 1. Mirrors {@code mlx.core.expand_dims}.
   *
   * @param axes where the new axes shall be in the result; they count from its end when negative
   * @return an array
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray expandDims(int... axes) {
    return unary("expandDims", (a, s) -> ShapesNative.expand_dims(a, axes, s), this);
  }

  /**
   * The axes in reverse order. Mirrors {@code mlx.core.transpose}.
   *
   * @return an array
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray transpose() {
    return unary("transpose", ShapesNative::transpose, this);
  }

  /**
   * The axes in another order. Mirrors {@code mlx.core.transpose}.
   *
   * @param axes the axes of this array in the order of the result
   * @return an array
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray transpose(int... axes) {
    return unary("transpose", (a, s) -> ShapesNative.transpose(a, axes, s), this);
  }

  /**
   * The axes in another order. Mirrors {@code mlx.core.permute_dims}.
   *
   * @param axes the axes of this array in the order of the result
   * @return an array
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray permuteDims(int... axes) {
    return Call.as("permuteDims", () -> transpose(axes));
  }

  /**
   * The last two axes exchanged. Mirrors {@code mlx.core.matrix_transpose}.
   *
   * @return an array
   * @throws IllegalArgumentException if there are fewer than two axes
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray matrixTranspose() {
    return unary("matrixTranspose", ShapesNative::matrix_transpose, this);
  }

  /**
   * The axes in reverse order: {@link #transpose()}, in short. Mirrors {@code mlx.core.array.T}.
   *
   * @return an array
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray T() {
    return transpose();
  }

  /**
   * The last two axes exchanged: {@link #matrixTranspose()}, in short. Mirrors {@code
   * mlx.core.array.mT}.
   *
   * @return an array
   * @throws IllegalArgumentException if there are fewer than two axes
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray mT() {
    return matrixTranspose();
  }

  /**
   * The axes in reverse order. Mirrors {@code mlx.core.permute_dims}.
   *
   * @return an array
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray permuteDims() {
    return transpose();
  }

  /**
   * Two axes exchanged. Mirrors {@code mlx.core.swapaxes}.
   *
   * @param axis1 an axis
   * @param axis2 another axis
   * @return an array
   * @throws IllegalArgumentException if an axis is out of range
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray swapaxes(int axis1, int axis2) {
    return unary("swapaxes", (a, s) -> ShapesNative.swapaxes(a, axis1, axis2, s), this);
  }

  /**
   * An axis moved to another place; the others keep their order. Mirrors {@code mlx.core.moveaxis}.
   *
   * @param source where the axis is
   * @param destination where it shall be
   * @return an array
   * @throws IllegalArgumentException if an axis is out of range
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray moveaxis(int source, int destination) {
    return unary("moveaxis", (a, s) -> ShapesNative.moveaxis(a, source, destination, s), this);
  }

  /**
   * The array repeated along new axes and axes of size 1 without a copy. Mirrors {@code
   * mlx.core.broadcast_to}.
   *
   * @param shape the shape of the result
   * @return an array of the shape
   * @throws IllegalArgumentException if this array's shape cannot be broadcast to it
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray broadcastTo(int... shape) {
    return unary("broadcastTo", (a, s) -> ShapesNative.broadcast_to(a, shape, s), this);
  }

  /**
   * The elements in reverse order along all axes. Mirrors {@code mlx.core.flip}.
   *
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray flip() {
    return unary("flip", ShapesNative::flip, this);
  }

  /**
   * The elements in reverse order along some axes. Mirrors {@code mlx.core.flip}.
   *
   * @param axes the axes; they count from the end when negative
   * @return an array of the same shape
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray flip(int... axes) {
    return unary("flip", (a, s) -> ShapesNative.flip(a, axes, s), this);
  }

  /**
   * The flattened elements moved towards the end; those that leave come in at the start. Mirrors
   * {@code mlx.core.roll}.
   *
   * @param shift by how many places; negative towards the start
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray roll(int shift) {
    return unary("roll", (a, s) -> ShapesNative.roll(a, new int[] {shift}, s), this);
  }

  /**
   * The elements moved along an axis; those that leave come in at the other end. Mirrors {@code
   * mlx.core.roll}.
   *
   * @param shift by how many places; negative towards the start
   * @param axis the axis; counts from the end when negative
   * @return an array of the same shape
   * @throws IllegalArgumentException if the axis is out of range
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray roll(int shift, int axis) {
    return roll(new int[] {shift}, new int[] {axis});
  }

  /**
   * The elements moved along several axes; those that leave come in at the other end. Mirrors
   * {@code mlx.core.roll}.
   *
   * @param shift for each axis by how many places; negative towards the start
   * @param axes the axes; they count from the end when negative
   * @return an array of the same shape
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray roll(int[] shift, int[] axes) {
    return unary("roll", (a, s) -> ShapesNative.roll(a, shift, axes, s), this);
  }

  /**
   * Every element of the flattened array repeated. Mirrors {@code mlx.core.repeat}.
   *
   * @param repeats how often, not negative
   * @return an array of one axis
   * @throws IllegalArgumentException if {@code repeats} is negative
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray repeat(int repeats) {
    try (MlxArray flat = Call.as("repeat", () -> flatten())) {
      return flat.repeat(repeats, 0);
    }
  }

  /**
   * Every element repeated along an axis. Mirrors {@code mlx.core.repeat}.
   *
   * @param repeats how often, not negative
   * @param axis the axis; counts from the end when negative
   * @return an array
   * @throws IllegalArgumentException if the axis is out of range, {@code repeats} is negative, or
   *     the axis would have more than 2^31 - 1 elements
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray repeat(int repeats, int axis) {
    return unary("repeat", (a, s) -> ShapesNative.repeat(a, repeats, axis, s), this);
  }

  /**
   * The whole array repeated along its axes. Mirrors {@code mlx.core.tile}.
   *
   * @param reps how often along each axis, the last entry for the last axis; more entries than axes
   *     add axes
   * @return an array
   * @throws IllegalArgumentException if an entry is negative, or an axis would have more than 2^31
   *     - 1 elements
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray tile(int... reps) {
    return unary("tile", (a, s) -> ShapesNative.tile(a, reps, s), this);
  }

  /**
   * The array with zeros around it. Mirrors {@code mlx.core.pad}.
   *
   * @param width how many elements to add at both ends of every axis, not negative
   * @return an array
   * @throws IllegalArgumentException if {@code width} is negative
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray pad(int width) {
    return pad(width, width);
  }

  /**
   * The array with zeros around it. Mirrors {@code mlx.core.pad}.
   *
   * @param before how many elements to add at the start of every axis, not negative
   * @param after how many elements to add at the end of every axis, not negative
   * @return an array
   * @throws IllegalArgumentException if a width is negative
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray pad(int before, int after) {
    return pad(PadWidths.everywhere(before, after, ((MlxArray) this).ndim()));
  }

  /**
   * The array with elements around it. Mirrors {@code mlx.core.pad}.
   *
   * @param width how many elements to add at both ends of every axis, not negative
   * @param mode what to add; {@link PadMode#CONSTANT} adds zeros
   * @return an array
   * @throws IllegalArgumentException if {@code width} is negative, or an axis is empty and the mode
   *     not {@link PadMode#CONSTANT}
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray pad(int width, PadMode mode) {
    return pad(PadWidths.everywhere(width, width, ((MlxArray) this).ndim()), mode);
  }

  /**
   * The array with zeros around it. Mirrors {@code mlx.core.pad}.
   *
   * @param widths for each axis how many elements to add before and after
   * @return an array
   * @throws IllegalArgumentException if there is not one pair for each axis, or a width is negative
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray pad(int[][] widths) {
    return pad(widths, PadMode.CONSTANT, 0);
  }

  /**
   * The array with elements around it. Mirrors {@code mlx.core.pad}.
   *
   * @param widths for each axis how many elements to add before and after
   * @param mode what to add; {@link PadMode#CONSTANT} adds zeros
   * @return an array
   * @throws IllegalArgumentException if there is not one pair for each axis, a width is negative,
   *     or an axis is empty and the mode not {@link PadMode#CONSTANT}
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray pad(int[][] widths, PadMode mode) {
    return pad(widths, mode, 0);
  }

  /**
   * The array with elements around it. Mirrors {@code mlx.core.pad}.
   *
   * @param widths for each axis how many elements to add before and after
   * @param mode what to add
   * @param constantValues the scalar that {@link PadMode#CONSTANT} adds, converted to the array's
   *     dtype
   * @return an array
   * @throws IllegalArgumentException if there is not one pair for each axis, a width is negative,
   *     or the value is no scalar, or an axis is empty and the mode not {@link PadMode#CONSTANT}
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray pad(int[][] widths, PadMode mode, MlxArray constantValues) {
    return PadWidths.pad((MlxArray) this, widths, mode, constantValues);
  }

  /**
   * The array with elements around it. Mirrors {@code mlx.core.pad}.
   *
   * @param widths for each axis how many elements to add before and after
   * @param mode what to add
   * @param constantValues the value that {@link PadMode#CONSTANT} adds, which takes the array's
   *     dtype
   * @return an array
   * @throws IllegalArgumentException if there is not one pair for each axis, or a width is negative
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray pad(int[][] widths, PadMode mode, double constantValues) {
    return PadWidths.pad((MlxArray) this, widths, mode, constantValues);
  }

  /**
   * The array cut into equal parts along axis 0. Mirrors {@code mlx.core.split}.
   *
   * @param sections how many parts
   * @return the parts
   * @throws IllegalArgumentException if the axis cannot be divided so
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray[] split(int sections) {
    return split(sections, 0);
  }

  /**
   * The array cut into equal parts. Mirrors {@code mlx.core.split}.
   *
   * @param sections how many parts
   * @param axis the axis; counts from the end when negative
   * @return the parts
   * @throws IllegalArgumentException if the axis is out of range or cannot be divided so, or the
   *     array is empty and there were more than 65536 parts
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray[] split(int sections, int axis) {
    if (sections > 65536 && ((MlxArray) this).size() == 0) {
      throw new IllegalArgumentException(
          "[split] an empty array can be cut into at most 65536 parts, not " + sections);
    }
    return unaryToMany("split", (a, s) -> ShapesNative.split(a, sections, axis, s), this);
  }

  /**
   * The array cut at given indices of axis 0. Mirrors {@code mlx.core.split}.
   *
   * @param indices where the second, third, … part begins
   * @return the parts
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray[] split(int[] indices) {
    return split(indices, 0);
  }

  /**
   * The array cut at given indices. Mirrors {@code mlx.core.split}.
   *
   * @param indices where the second, third, … part begins
   * @param axis the axis; counts from the end when negative
   * @return the parts
   * @throws IllegalArgumentException if the axis is out of range
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray[] split(int[] indices, int axis) {
    return unaryToMany("split", (a, s) -> ShapesNative.split(a, indices, axis, s), this);
  }

  /**
   * The slices along axis 0, which they lose. Mirrors {@code mlx.core.unstack}.
   *
   * @return the slices
   * @throws IllegalArgumentException for a scalar
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray[] unstack() {
    return unstack(0);
  }

  /**
   * The slices along an axis, which they lose. Mirrors {@code mlx.core.unstack}.
   *
   * @param axis the axis; counts from the end when negative
   * @return the slices
   * @throws IllegalArgumentException if the axis is out of range
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray[] unstack(int axis) {
    return unaryToMany("unstack", (a, s) -> ShapesNative.unstack(a, axis, s), this);
  }

  /**
   * A scalar becomes an array of shape {@code (1)}; an array with enough axes stays as it is.
   * Mirrors {@code mlx.core.atleast_1d}.
   *
   * @return an array with at least 1 axes
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray atleast1d() {
    return unary("atleast1d", ShapesNative::atleast_1d, this);
  }

  /**
   * A vector becomes a row of shape {@code (1, n)}; an array with enough axes stays as it is.
   * Mirrors {@code mlx.core.atleast_2d}.
   *
   * @return an array with at least 2 axes
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray atleast2d() {
    return unary("atleast2d", ShapesNative::atleast_2d, this);
  }

  /**
   * A vector becomes an array of shape {@code (1, n, 1)}, a matrix one of shape {@code (m, n, 1)};
   * an array with enough axes stays as it is. Mirrors {@code mlx.core.atleast_3d}.
   *
   * @return an array with at least 3 axes
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray atleast3d() {
    return unary("atleast3d", ShapesNative::atleast_3d, this);
  }

  /**
   * The main diagonal of the first two axes. Mirrors {@code mlx.core.diagonal}.
   *
   * @return an array whose last axis is the diagonal
   * @throws IllegalArgumentException if there are fewer than two axes
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray diagonal() {
    return diagonal(0, 0, 1);
  }

  /**
   * A diagonal of two axes. Mirrors {@code mlx.core.diagonal}.
   *
   * @param offset how far it lies above the main diagonal; negative for below
   * @param axis1 the axis of the rows
   * @param axis2 the axis of the columns
   * @return an array whose last axis is the diagonal
   * @throws IllegalArgumentException if an axis is out of range or both are the same
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray diagonal(int offset, int axis1, int axis2) {
    return unary("diagonal", (a, s) -> ShapesNative.diagonal(a, offset, axis1, axis2, s), this);
  }

  /**
   * Of a matrix the main diagonal, of a vector the matrix with that diagonal. Mirrors {@code
   * mlx.core.diag}.
   *
   * @return an array
   * @throws IllegalArgumentException unless there are one or two axes
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray diag() {
    return diag(0);
  }

  /**
   * Of a matrix a diagonal, of a vector the matrix with that diagonal. Mirrors {@code
   * mlx.core.diag}.
   *
   * @param k how far it lies above the main diagonal; negative for below
   * @return an array
   * @throws IllegalArgumentException unless there are one or two axes
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray diag(int k) {
    return unary("diag", (a, s) -> ShapesNative.diag(a, k, s), this);
  }

  /**
   * The matrix with zeros above the main diagonal. Mirrors {@code mlx.core.tril}.
   *
   * @return an array of the same shape
   * @throws IllegalArgumentException if there are fewer than two axes
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray tril() {
    return tril(0);
  }

  /**
   * The matrix with zeros above a diagonal. Mirrors {@code mlx.core.tril}.
   *
   * @param k how far the diagonal lies above the main one; negative for below
   * @return an array of the same shape
   * @throws IllegalArgumentException if there are fewer than two axes
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray tril(int k) {
    return unary("tril", (a, s) -> ShapesNative.tril(a, k, s), this);
  }

  /**
   * The matrix with zeros below the main diagonal. Mirrors {@code mlx.core.triu}.
   *
   * @return an array of the same shape
   * @throws IllegalArgumentException if there are fewer than two axes
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray triu() {
    return triu(0);
  }

  /**
   * The matrix with zeros below a diagonal. Mirrors {@code mlx.core.triu}.
   *
   * @param k how far the diagonal lies above the main one; negative for below
   * @return an array of the same shape
   * @throws IllegalArgumentException if there are fewer than two axes
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray triu(int k) {
    return unary("triu", (a, s) -> ShapesNative.triu(a, k, s), this);
  }

  /**
   * The same array in memory without gaps, in row-major order. Mirrors {@code mlx.core.contiguous}.
   *
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray contiguous() {
    return contiguous(false);
  }

  /**
   * The same array in memory without gaps. Mirrors {@code mlx.core.contiguous}.
   *
   * @param allowColMajor whether column-major order will do
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray contiguous(boolean allowColMajor) {
    return unary("contiguous", (a, s) -> ShapesNative.contiguous(a, allowColMajor, s), this);
  }

  /**
   * Elements of the array, as it lies in memory in row-major order, arranged anew: element {@code
   * (i, j, …)} of the result is the one at {@code offset + i * strides[0] + j * strides[1] + …}.
   * Mirrors {@code mlx.core.as_strided}.
   *
   * @param shape the shape of the result, or null for that of this array
   * @param strides for each axis of the result how many elements lie between neighbours, may be 0
   *     or negative; null for those of an array of the shape in row-major order
   * @param offset the place of the first element
   * @return an array of the shape
   * @throws IndexOutOfBoundsException if this would reach outside the array
   * @throws IllegalArgumentException if a dimension is negative, there is not one stride for each
   *     of them, or the result would have too many elements
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray asStrided(int[] shape, long[] strides, long offset) {
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

  /**
   * Elements of the array, as it lies in memory in row-major order, arranged anew. Mirrors {@code
   * mlx.core.as_strided}.
   *
   * @param shape as for {@link #asStrided(int[], long[], long)}
   * @param strides as for {@link #asStrided(int[], long[], long)}
   * @return an array of the shape
   * @throws IndexOutOfBoundsException if this would reach outside the array
   * @throws IllegalArgumentException if a dimension is negative, there is not one stride for each
   *     of them, or the result would have too many elements
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray asStrided(int[] shape, long[] strides) {
    return asStrided(shape, strides, 0);
  }
}
