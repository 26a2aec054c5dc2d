package org.mlx4j;

import static org.mlx4j.Call.binary;
import static org.mlx4j.Call.optional;
import static org.mlx4j.Call.ternary;
import static org.mlx4j.Call.unary;

import java.util.Arrays;
import org.mlx4j.internal.ProductsNative;

/** Operations that multiply matrices and vectors. */
public sealed interface Products permits MlxArray {
  /**
   * The matrix product. Arrays with more than two axes are stacks of matrices, whose other axes are
   * broadcast; an array with one axis is a row on the left and a column on the right. Integer input
   * is not allowed. Mirrors {@code mlx.core.matmul}.
   *
   * @param y the right operand, of shape {@code (…, k, n)} for this array of shape {@code (…, m,
   *     k)}
   * @return an array of shape {@code (…, m, n)}
   * @throws IllegalArgumentException if the shapes do not fit, or an operand is a scalar or of
   *     integer dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray matmul(MlxArray y) {
    return binary("matmul", ProductsNative::matmul, this, y);
  }

  /**
   * {@code beta * c + alpha * (a @ b)}, where this array is c. Mirrors {@code mlx.core.addmm}.
   *
   * @param a the left operand of the matrix product
   * @param b the right operand of the matrix product
   * @return an array of the shape of the matrix product
   * @throws IllegalArgumentException if the shapes do not fit
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray addmm(MlxArray a, MlxArray b) {
    return addmm(a, b, 1, 1);
  }

  /**
   * {@code beta * c + alpha * (a @ b)}, where this array is c. Mirrors {@code mlx.core.addmm}.
   *
   * @param a the left operand of the matrix product
   * @param b the right operand of the matrix product
   * @param alpha scales the product
   * @param beta scales this array
   * @return an array of the shape of the matrix product
   * @throws IllegalArgumentException if the shapes do not fit
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray addmm(MlxArray a, MlxArray b, float alpha, float beta) {
    return ternary(
        "addmm", (x, y, z, s) -> ProductsNative.addmm(x, y, z, alpha, beta, s), this, a, b);
  }

  /**
   * The inner product: the sum of products over the last axes. Mirrors {@code mlx.core.inner}.
   *
   * @param y the other operand, whose last axis has the same size
   * @return an array of the remaining axes of both
   * @throws IllegalArgumentException if the shapes do not fit
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray inner(MlxArray y) {
    return binary("inner", ProductsNative::inner, this, y);
  }

  /**
   * The outer product of two vectors; other arrays are flattened. Mirrors {@code mlx.core.outer}.
   *
   * @param y the other operand
   * @return an array of shape {@code (size, y.size)}
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray outer(MlxArray y) {
    return binary("outer", ProductsNative::outer, this, y);
  }

  /**
   * The dot products of vectors that lie along the last axis, the first operand conjugated. Mirrors
   * {@code mlx.core.vecdot}.
   *
   * @param y the other operand
   * @return an array without the axis
   * @throws IllegalArgumentException if the shapes do not fit
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray vecdot(MlxArray y) {
    return vecdot(y, -1);
  }

  /**
   * The dot products of vectors that lie along an axis, the first operand conjugated. Mirrors
   * {@code mlx.core.vecdot}.
   *
   * @param y the other operand
   * @param axis the axis; counts from the end when negative
   * @return an array without the axis
   * @throws IllegalArgumentException if the shapes do not fit
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray vecdot(MlxArray y, int axis) {
    return binary("vecdot", (a, b, s) -> ProductsNative.vecdot(a, b, axis, s), this, y);
  }

  /**
   * The sum of products over the last two axes of this array and the first two of the other.
   * Mirrors {@code mlx.core.tensordot}.
   *
   * @param y the other operand
   * @return an array of the remaining axes of both
   * @throws IllegalArgumentException if the shapes do not fit
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray tensordot(MlxArray y) {
    return tensordot(y, 2);
  }

  /**
   * The sum of products over the last axes of this array and the first of the other. Mirrors {@code
   * mlx.core.tensordot}.
   *
   * @param y the other operand
   * @param axes how many axes to sum over
   * @return an array of the remaining axes of both
   * @throws IllegalArgumentException if the shapes do not fit
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray tensordot(MlxArray y, int axes) {
    return binary("tensordot", (a, b, s) -> ProductsNative.tensordot(a, b, axes, s), this, y);
  }

  /**
   * The sum of products over pairs of axes. Mirrors {@code mlx.core.tensordot}.
   *
   * @param y the other operand
   * @param axesX the axes of this array to sum over
   * @param axesY the axes of {@code y} that belong to them
   * @return an array of the remaining axes of both
   * @throws IllegalArgumentException if the shapes do not fit
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray tensordot(MlxArray y, int[] axesX, int[] axesY) {
    return binary(
        "tensordot", (a, b, s) -> ProductsNative.tensordot(a, b, axesX, axesY, s), this, y);
  }

  /**
   * The Kronecker product. Mirrors {@code mlx.core.kron}.
   *
   * @param y the other operand
   * @return an array whose axes have the products of the sizes
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray kron(MlxArray y) {
    return binary("kron", ProductsNative::kron, this, y);
  }

  /**
   * The sum of the main diagonal of the first two axes. Mirrors {@code mlx.core.trace}.
   *
   * @return an array without the two axes
   * @throws IllegalArgumentException if there are fewer than two axes
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray trace() {
    return trace(0, 0, 1);
  }

  /**
   * The sum of a diagonal of two axes. Mirrors {@code mlx.core.trace}.
   *
   * @param offset how far the diagonal lies above the main one; negative for below
   * @param axis1 the axis of the rows
   * @param axis2 the axis of the columns
   * @return an array without the two axes
   * @throws IllegalArgumentException if an axis is out of range or both are the same
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray trace(int offset, int axis1, int axis2) {
    return unary("trace", (a, s) -> ProductsNative.trace(a, offset, axis1, axis2, s), this);
  }

  /**
   * The sum of a diagonal of two axes. Mirrors {@code mlx.core.trace}.
   *
   * @param offset how far the diagonal lies above the main one; negative for below
   * @param axis1 the axis of the rows
   * @param axis2 the axis of the columns
   * @param dtype the dtype of the result
   * @return an array without the two axes
   * @throws IllegalArgumentException if an axis is out of range or both are the same
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray trace(int offset, int axis1, int axis2, DType dtype) {
    return unary(
        "trace",
        (a, s) -> ProductsNative.trace(a, offset, axis1, axis2, Call.code("trace", dtype), s),
        this);
  }

  /**
   * The Hadamard transform along the last axis, orthonormal: scaled by the inverse of the root of
   * the axis's size. Mirrors {@code mlx.core.hadamard_transform}.
   *
   * @return an array of the same shape, float32 for integers
   * @throws IllegalArgumentException if the array is empty or float64, or the size of its last axis
   *     is not m times a power of 2 for m one of 1, 12, 20, 28
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray hadamardTransform() {
    MlxArray a = (MlxArray) this;
    int size = a.ndim() == 0 ? 1 : a.dim(-1);
    return hadamardTransform((float) (1 / Math.sqrt(size)));
  }

  /**
   * The Hadamard transform along the last axis: the product with a matrix of ones and negative ones
   * whose rows are orthogonal. Mirrors {@code mlx.core.hadamard_transform}.
   *
   * @param scale scales the result
   * @return an array of the same shape, float32 for integers
   * @throws IllegalArgumentException if the array is empty or float64, or the size of its last axis
   *     is not m times a power of 2 for m one of 1, 12, 20, 28
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray hadamardTransform(float scale) {
    Hadamard.require((MlxArray) this);
    return unary(
        "hadamardTransform", (x, s) -> ProductsNative.hadamard_transform(x, scale, s), this);
  }

  /**
   * Products of matrices of this array with matrices of another, each pair chosen by indices. The
   * CPU computes it in float32 only. Mirrors {@code mlx.core.gather_mm}.
   *
   * @param b the right operand
   * @return an array of shape {@code (…, m, n)}, where the indices, broadcast, have shape {@code
   *     (…)}
   * @throws IndexOutOfBoundsException if an index is out of range. Indices that are still to be
   *     computed cannot be looked at here: out of range they are limited to the range, or, when
   *     {@link Ops#checkIndices} is on, computed and checked
   * @throws IllegalArgumentException if the shapes do not fit one another, or an operand is not of
   *     a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray gatherMm(MlxArray b) {
    return gatherMm(b, null, null, false);
  }

  /**
   * Products of matrices of this array with matrices of another, each pair chosen by indices. The
   * CPU computes it in float32 only. Mirrors {@code mlx.core.gather_mm}.
   *
   * @param b the right operand
   * @param lhsIndices which matrices of this array to take: all axes but the last two are counted
   *     as one. Null for all in their order
   * @return an array of shape {@code (…, m, n)}, where the indices, broadcast, have shape {@code
   *     (…)}
   * @throws IndexOutOfBoundsException if an index is out of range. Indices that are still to be
   *     computed cannot be looked at here: out of range they are limited to the range, or, when
   *     {@link Ops#checkIndices} is on, computed and checked
   * @throws IllegalArgumentException if the shapes do not fit one another, or an operand is not of
   *     a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray gatherMm(MlxArray b, MlxArray lhsIndices) {
    return gatherMm(b, lhsIndices, null, false);
  }

  /**
   * Products of matrices of this array with matrices of another, each pair chosen by indices. The
   * CPU computes it in float32 only. Mirrors {@code mlx.core.gather_mm}.
   *
   * @param b the right operand
   * @param lhsIndices which matrices of this array to take: all axes but the last two are counted
   *     as one. Null for all in their order
   * @param rhsIndices which matrices of {@code b} to take, likewise
   * @return an array of shape {@code (…, m, n)}, where the indices, broadcast, have shape {@code
   *     (…)}
   * @throws IndexOutOfBoundsException if an index is out of range. Indices that are still to be
   *     computed cannot be looked at here: out of range they are limited to the range, or, when
   *     {@link Ops#checkIndices} is on, computed and checked
   * @throws IllegalArgumentException if the shapes do not fit one another, or an operand is not of
   *     a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray gatherMm(MlxArray b, MlxArray lhsIndices, MlxArray rhsIndices) {
    return gatherMm(b, lhsIndices, rhsIndices, false);
  }

  /**
   * Products of matrices of this array with matrices of another, each pair chosen by indices. The
   * CPU computes it in float32 only. Mirrors {@code mlx.core.gather_mm}.
   *
   * @param b the right operand
   * @param lhsIndices which matrices of this array to take: all axes but the last two are counted
   *     as one. Null for all in their order
   * @param rhsIndices which matrices of {@code b} to take, likewise
   * @param sortedIndices whether the only indices given are in ascending order, which may be faster
   * @return an array of shape {@code (…, m, n)}, where the indices, broadcast, have shape {@code
   *     (…)}
   * @throws IndexOutOfBoundsException if an index is out of range. Indices that are still to be
   *     computed cannot be looked at here: out of range they are limited to the range, or, when
   *     {@link Ops#checkIndices} is on, computed and checked
   * @throws IllegalArgumentException if the shapes do not fit one another, or an operand is not of
   *     a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray gatherMm(
      MlxArray b, MlxArray lhsIndices, MlxArray rhsIndices, boolean sortedIndices) {
    return optional(
        "gatherMm",
        2,
        (h, s) -> ProductsNative.gather_mm(h[0], h[1], h[2], h[3], sortedIndices, s),
        (MlxArray) this,
        b,
        lhsIndices,
        rhsIndices);
  }

  /**
   * The matrix product for segments of the axis that it sums over, one product for each segment.
   * Mirrors {@code mlx.core.segmented_mm}.
   *
   * @param b the right operand
   * @param segments integers of shape {@code (…, 2)}: where in the inner axis a segment begins, and
   *     where it ends
   * @return an array of shape {@code (…, m, n)}; zeros for a segment that ends where it begins, or
   *     before
   * @throws IndexOutOfBoundsException if an index is out of range. Indices that are still to be
   *     computed cannot be looked at here: out of range they are limited to the range, or, when
   *     {@link Ops#checkIndices} is on, computed and checked
   * @throws IllegalArgumentException if an operand does not have exactly two axes, is empty or not
   *     of a floating point dtype, or the shapes do not fit
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray segmentedMm(MlxArray b, MlxArray segments) {
    MlxArray a = (MlxArray) this;
    Call.argument("segmentedMm", 1, b);
    if (a.ndim() != 2 || b.ndim() != 2 || a.dim(1) != b.dim(0) || a.size() == 0 || b.size() == 0) {
      throw new IllegalArgumentException(
          "[segmentedMm] the operands have shapes "
              + Arrays.toString(a.shape())
              + " and "
              + Arrays.toString(b.shape())
              + "; they must be (m, k) and (k, n), and not empty");
    }
    return ternary("segmentedMm", ProductsNative::segmented_mm, a, b, segments);
  }

  /**
   * The matrix product of operands that are multiplied block by block with masks. The CPU computes
   * it with masks in float32 only. Mirrors {@code mlx.core.block_masked_mm}.
   *
   * @param b the right operand
   * @return an array of shape {@code (…, m, n)}
   * @throws IllegalArgumentException if the shapes do not fit, the masks do not have one entry for
   *     each block, or the size of a block is not allowed
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray blockMaskedMm(MlxArray b) {
    return blockMaskedMm(b, 64, null, null, null);
  }

  /**
   * The matrix product of operands that are multiplied block by block with masks. The CPU computes
   * it with masks in float32 only. Mirrors {@code mlx.core.block_masked_mm}.
   *
   * @param b the right operand
   * @param blockSize 32 or 64
   * @return an array of shape {@code (…, m, n)}
   * @throws IllegalArgumentException if the shapes do not fit, the masks do not have one entry for
   *     each block, or the size of a block is not allowed
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray blockMaskedMm(MlxArray b, int blockSize) {
    return blockMaskedMm(b, blockSize, null, null, null);
  }

  /**
   * The matrix product of operands that are multiplied block by block with masks. The CPU computes
   * it with masks in float32 only. Mirrors {@code mlx.core.block_masked_mm}.
   *
   * @param b the right operand
   * @param blockSize 32 or 64
   * @param maskOut what the blocks of the product are multiplied with, or whether they are kept; or
   *     null
   * @return an array of shape {@code (…, m, n)}
   * @throws IllegalArgumentException if the shapes do not fit, the masks do not have one entry for
   *     each block, or the size of a block is not allowed
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray blockMaskedMm(MlxArray b, int blockSize, MlxArray maskOut) {
    return blockMaskedMm(b, blockSize, maskOut, null, null);
  }

  /**
   * The matrix product of operands that are multiplied block by block with masks. The CPU computes
   * it with masks in float32 only. Mirrors {@code mlx.core.block_masked_mm}.
   *
   * @param b the right operand
   * @param blockSize 32 or 64
   * @param maskOut what the blocks of the product are multiplied with, or whether they are kept; or
   *     null
   * @param maskLhs the same for the blocks of this array, or null
   * @return an array of shape {@code (…, m, n)}
   * @throws IllegalArgumentException if the shapes do not fit, the masks do not have one entry for
   *     each block, or the size of a block is not allowed
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray blockMaskedMm(MlxArray b, int blockSize, MlxArray maskOut, MlxArray maskLhs) {
    return blockMaskedMm(b, blockSize, maskOut, maskLhs, null);
  }

  /**
   * The matrix product of operands that are multiplied block by block with masks. The CPU computes
   * it with masks in float32 only. Mirrors {@code mlx.core.block_masked_mm}.
   *
   * @param b the right operand
   * @param blockSize 32 or 64
   * @param maskOut what the blocks of the product are multiplied with, or whether they are kept; or
   *     null
   * @param maskLhs the same for the blocks of this array, or null
   * @param maskRhs the same for the blocks of the right operand, or null
   * @return an array of shape {@code (…, m, n)}
   * @throws IllegalArgumentException if the shapes do not fit, the masks do not have one entry for
   *     each block, or the size of a block is not allowed
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray blockMaskedMm(
      MlxArray b, int blockSize, MlxArray maskOut, MlxArray maskLhs, MlxArray maskRhs) {
    return optional(
        "blockMaskedMm",
        2,
        (h, s) -> ProductsNative.block_masked_mm(h[0], h[1], blockSize, h[2], h[3], h[4], s),
        (MlxArray) this,
        b,
        maskOut,
        maskLhs,
        maskRhs);
  }
}
