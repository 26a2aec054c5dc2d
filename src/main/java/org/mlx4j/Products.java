package org.mlx4j;

import static org.mlx4j.Call.binary;
import static org.mlx4j.Call.optional;
import static org.mlx4j.Call.ternary;
import static org.mlx4j.Call.unary;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.mlx4j.internal.ProductsNative;

/**
 * Products of matrices and vectors.
 *
 * <pre>{@code
 * MlxArray a = Ops.ones(2, 3);
 * MlxArray b = Ops.ones(3, 4);
 * MlxArray product = a.matmul(b);                 // shape (2, 4), all 3
 * MlxArray dot = MlxArray.of(1f, 2f).inner(MlxArray.of(3f, 4f)); // 11
 * }</pre>
 *
 * <p>An axis may be negative and then counts from the end. All operations throw {@link
 * IllegalStateException} if an array is closed, and {@link NullPointerException} if an argument is
 * null, except where null is mentioned.
 */
public sealed interface Products permits MlxArray {
  /**
   * Computes the matrix product. Arrays of more than two axes are stacks of matrices, whose leading
   * axes are broadcast; a vector is a row on the left and a column on the right. Mirrors {@code
   * mlx.core.matmul}.
   *
   * @param y the right operand, of shape {@code (…, k, n)} for this array of shape {@code (…, m,
   *     k)}
   * @return an array of shape {@code (…, m, n)}
   * @throws IllegalArgumentException if the shapes do not fit, or an operand is a scalar or of
   *     integer dtype
   */
  default MlxArray matmul(MlxArray y) {
    return binary("matmul", ProductsNative::matmul, this, y);
  }

  /** Equivalent to {@link #addmm(MlxArray, MlxArray, float, float) addmm(a, b, 1, 1)}. */
  default MlxArray addmm(MlxArray a, MlxArray b) {
    return addmm(a, b, 1, 1);
  }

  /**
   * Computes {@code beta * c + alpha * (a @ b)}, where c is this array. Mirrors {@code
   * mlx.core.addmm}.
   *
   * @param a the left operand of the matrix product
   * @param b the right operand of the matrix product
   * @param alpha the factor of the product
   * @param beta the factor of this array
   * @return an array of the shape of the matrix product
   * @throws IllegalArgumentException if the shapes do not fit
   */
  default MlxArray addmm(MlxArray a, MlxArray b, float alpha, float beta) {
    return ternary(
        "addmm", (x, y, z, s) -> ProductsNative.addmm(x, y, z, alpha, beta, s), this, a, b);
  }

  /**
   * Computes the inner product: the sum of products over the last axes. Mirrors {@code
   * mlx.core.inner}.
   *
   * @param y the other operand, whose last axis has the same size
   * @return an array of the remaining axes of both
   * @throws IllegalArgumentException if the shapes do not fit
   */
  default MlxArray inner(MlxArray y) {
    return binary("inner", ProductsNative::inner, this, y);
  }

  /**
   * Computes the outer product of two vectors; other arrays are flattened. Mirrors {@code
   * mlx.core.outer}.
   *
   * @param y the other operand
   * @return an array of shape {@code (size, y.size)}
   */
  default MlxArray outer(MlxArray y) {
    return binary("outer", ProductsNative::outer, this, y);
  }

  /** Equivalent to {@link #vecdot(MlxArray, int) vecdot(y, -1)}. */
  default MlxArray vecdot(MlxArray y) {
    return vecdot(y, -1);
  }

  /**
   * Computes the dot products of the vectors along an axis, with this array conjugated. Mirrors
   * {@code mlx.core.vecdot}.
   *
   * @param y the other operand
   * @param axis the axis
   * @return an array without the axis
   * @throws IllegalArgumentException if the shapes do not fit
   */
  default MlxArray vecdot(MlxArray y, int axis) {
    return binary("vecdot", (a, b, s) -> ProductsNative.vecdot(a, b, axis, s), this, y);
  }

  /** Equivalent to {@link #tensordot(MlxArray, int) tensordot(y, 2)}. */
  default MlxArray tensordot(MlxArray y) {
    return tensordot(y, 2);
  }

  /**
   * Sums products over the last axes of this array and the first axes of the other. Mirrors {@code
   * mlx.core.tensordot}.
   *
   * @param y the other operand
   * @param axes the number of axes to sum over
   * @return an array of the remaining axes of both
   * @throws IllegalArgumentException if the shapes do not fit
   */
  default MlxArray tensordot(MlxArray y, int axes) {
    return binary("tensordot", (a, b, s) -> ProductsNative.tensordot(a, b, axes, s), this, y);
  }

  /**
   * Sums products over pairs of axes. Mirrors {@code mlx.core.tensordot}.
   *
   * @param y the other operand
   * @param axesX the axes of this array to sum over
   * @param axesY the corresponding axes of {@code y}
   * @return an array of the remaining axes of both
   * @throws IllegalArgumentException if the shapes do not fit
   */
  default MlxArray tensordot(MlxArray y, int[] axesX, int[] axesY) {
    return binary(
        "tensordot", (a, b, s) -> ProductsNative.tensordot(a, b, axesX, axesY, s), this, y);
  }

  /**
   * Computes the Kronecker product. Mirrors {@code mlx.core.kron}.
   *
   * @param y the other operand
   * @return an array whose sizes are the products of the operands' sizes
   */
  default MlxArray kron(MlxArray y) {
    return binary("kron", ProductsNative::kron, this, y);
  }

  /** Equivalent to {@link #trace(int, int, int) trace(0, 0, 1)}. */
  default MlxArray trace() {
    return trace(0, 0, 1);
  }

  /**
   * Sums a diagonal of the matrices that two axes form, in this array's dtype; see {@link
   * #trace(int, int, int, DType)}.
   */
  default MlxArray trace(int offset, int axis1, int axis2) {
    return unary("trace", (a, s) -> ProductsNative.trace(a, offset, axis1, axis2, s), this);
  }

  /**
   * Sums a diagonal of the matrices that two axes form. Mirrors {@code mlx.core.trace}.
   *
   * @param offset how far the diagonal lies above the main one; negative for below
   * @param axis1 the axis of the rows
   * @param axis2 the axis of the columns
   * @param dtype the dtype of the result
   * @return an array without the two axes
   * @throws IllegalArgumentException if an axis is out of range or both are the same
   */
  default MlxArray trace(int offset, int axis1, int axis2, DType dtype) {
    return unary(
        "trace",
        (a, s) -> ProductsNative.trace(a, offset, axis1, axis2, Call.code("trace", dtype), s),
        this);
  }

  /**
   * Equivalent to {@link #hadamardTransform(float)} with the scale that makes the transform
   * orthonormal, the inverse of the square root of the axis's size.
   */
  default MlxArray hadamardTransform() {
    MlxArray a = (MlxArray) this;
    int size = a.ndim() == 0 ? 1 : a.dim(-1);
    return hadamardTransform((float) (1 / Math.sqrt(size)));
  }

  /**
   * Computes the Hadamard transform along the last axis: the product with a matrix of 1 and -1
   * whose rows are orthogonal. Mirrors {@code mlx.core.hadamard_transform}.
   *
   * @param scale the factor of the result
   * @return an array of the same shape; float32 for integer input
   * @throws IllegalArgumentException if the array is empty or float64, or the size of its last axis
   *     is not m times a power of 2, where m is 1, 12, 20 or 28
   */
  default MlxArray hadamardTransform(float scale) {
    Hadamard.require((MlxArray) this);
    return unary(
        "hadamardTransform", (x, s) -> ProductsNative.hadamard_transform(x, scale, s), this);
  }

  /**
   * Equivalent to {@link #gatherMm(MlxArray, MlxArray, MlxArray, boolean) gatherMm(b, null, null,
   * false)}.
   */
  default MlxArray gatherMm(MlxArray b) {
    return gatherMm(b, null, null, false);
  }

  /**
   * Equivalent to {@link #gatherMm(MlxArray, MlxArray, MlxArray, boolean) gatherMm(b, lhsIndices,
   * null, false)}.
   */
  default MlxArray gatherMm(MlxArray b, @Nullable MlxArray lhsIndices) {
    return gatherMm(b, lhsIndices, null, false);
  }

  /**
   * Equivalent to {@link #gatherMm(MlxArray, MlxArray, MlxArray, boolean) gatherMm(b, lhsIndices,
   * rhsIndices, false)}.
   */
  default MlxArray gatherMm(
      MlxArray b, @Nullable MlxArray lhsIndices, @Nullable MlxArray rhsIndices) {
    return gatherMm(b, lhsIndices, rhsIndices, false);
  }

  /**
   * Multiplies matrices of this array with matrices of another, each pair chosen by indices. On the
   * CPU only float32 is supported. Mirrors {@code mlx.core.gather_mm}.
   *
   * @param b the right operand
   * @param lhsIndices the matrices of this array to use, an index into all axes but the last two as
   *     if they were one; null for all in order
   * @param rhsIndices the matrices of {@code b} to use, likewise
   * @param sortedIndices whether the indices are in ascending order, which may be faster; applies
   *     if only one array of indices is given
   * @return an array of shape {@code (…, m, n)}, where {@code (…)} is the broadcast shape of the
   *     indices
   * @throws IndexOutOfBoundsException if a known index is out of range; for indices that are not
   *     yet computed see {@link Ops#checkIndices}
   * @throws IllegalArgumentException if the shapes do not fit, or an operand is not of a
   *     floating-point dtype
   */
  default MlxArray gatherMm(
      MlxArray b,
      @Nullable MlxArray lhsIndices,
      @Nullable MlxArray rhsIndices,
      boolean sortedIndices) {
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
   * Computes a matrix product for each of several segments of the axis that is summed over. Mirrors
   * {@code mlx.core.segmented_mm}.
   *
   * @param b the right operand, of shape {@code (k, n)} for this array of shape {@code (m, k)}
   * @param segments integers of shape {@code (…, 2)}: where a segment of the inner axis begins, and
   *     where it ends
   * @return an array of shape {@code (…, m, n)}; zeros for a segment that does not end after its
   *     beginning
   * @throws IndexOutOfBoundsException if a known index is out of range; for indices that are not
   *     yet computed see {@link Ops#checkIndices}
   * @throws IllegalArgumentException if an operand does not have exactly two axes, is empty or not
   *     of a floating-point dtype, or the shapes do not fit
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
   * Equivalent to {@link #blockMaskedMm(MlxArray, int, MlxArray, MlxArray, MlxArray)
   * blockMaskedMm(b, 64, null, null, null)}.
   */
  default MlxArray blockMaskedMm(MlxArray b) {
    return blockMaskedMm(b, 64, null, null, null);
  }

  /**
   * Equivalent to {@link #blockMaskedMm(MlxArray, int, MlxArray, MlxArray, MlxArray)
   * blockMaskedMm(b, blockSize, null, null, null)}.
   */
  default MlxArray blockMaskedMm(MlxArray b, int blockSize) {
    return blockMaskedMm(b, blockSize, null, null, null);
  }

  /**
   * Equivalent to {@link #blockMaskedMm(MlxArray, int, MlxArray, MlxArray, MlxArray)
   * blockMaskedMm(b, blockSize, maskOut, null, null)}.
   */
  default MlxArray blockMaskedMm(MlxArray b, int blockSize, @Nullable MlxArray maskOut) {
    return blockMaskedMm(b, blockSize, maskOut, null, null);
  }

  /**
   * Equivalent to {@link #blockMaskedMm(MlxArray, int, MlxArray, MlxArray, MlxArray)
   * blockMaskedMm(b, blockSize, maskOut, maskLhs, null)}.
   */
  default MlxArray blockMaskedMm(
      MlxArray b, int blockSize, @Nullable MlxArray maskOut, @Nullable MlxArray maskLhs) {
    return blockMaskedMm(b, blockSize, maskOut, maskLhs, null);
  }

  /**
   * Computes the matrix product with a mask for each block of the operands and of the result. With
   * masks, the CPU supports only float32. Mirrors {@code mlx.core.block_masked_mm}.
   *
   * @param b the right operand
   * @param blockSize the number of rows and columns of a block, 32 or 64
   * @param maskOut one entry for each block of the product: a factor, or, if bool, whether to keep
   *     the block; may be null
   * @param maskLhs the same for the blocks of this array, or null
   * @param maskRhs the same for the blocks of {@code b}, or null
   * @return an array of shape {@code (…, m, n)}
   * @throws IllegalArgumentException if the shapes do not fit, a mask does not have one entry for
   *     each block, or the block size is not allowed
   */
  default MlxArray blockMaskedMm(
      MlxArray b,
      int blockSize,
      @Nullable MlxArray maskOut,
      @Nullable MlxArray maskLhs,
      @Nullable MlxArray maskRhs) {
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
