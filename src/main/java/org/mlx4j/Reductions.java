package org.mlx4j;

import static org.mlx4j.Call.unary;
import static org.mlx4j.Call.unaryToMany;

import org.mlx4j.internal.ReductionsNative;

/**
 * Operations that reduce one, several or all axes to one element each.
 *
 * <pre>{@code
 * MlxArray x = MlxArray.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
 * MlxArray total = x.sum(); // 21
 * MlxArray columns = x.mean(0); // [2.5, 3.5, 4.5]
 * MlxArray rows = x.max(1, true); // [[3], [6]]
 * }</pre>
 *
 * <p>Negative axes count from the end. Every method throws {@link IllegalStateException} if an
 * array is closed and {@link NullPointerException} if an argument is null.
 */
public sealed interface Reductions permits MlxArray {
  /** Equivalent to {@link #sum(boolean) sum(false)}. */
  default MlxArray sum() {
    return sum(false);
  }

  /** Equivalent to {@link #sum(int[], boolean)} over all axes. */
  default MlxArray sum(boolean keepdims) {
    return unary("sum", (a, s) -> ReductionsNative.sum(a, keepdims, s), this);
  }

  /** Equivalent to {@link #sum(int[], boolean) sum(new int[] {axis}, false)}. */
  default MlxArray sum(int axis) {
    return sum(axis, false);
  }

  /** Equivalent to {@link #sum(int[], boolean) sum(new int[] {axis}, keepdims)}. */
  default MlxArray sum(int axis, boolean keepdims) {
    return sum(new int[] {axis}, keepdims);
  }

  /** Equivalent to {@link #sum(int[], boolean) sum(axes, false)}. */
  default MlxArray sum(int[] axes) {
    return sum(axes, false);
  }

  /**
   * Computes the sum of the elements along axes. Bools and signed integers of at most 32 bits are
   * summed in int32, unsigned integers of at most 32 bits in uint32; other dtypes are kept. Mirrors
   * {@code mlx.core.sum}.
   *
   * @param axes the axes to reduce
   * @param keepdims whether the reduced axes are kept, with size 1
   * @return an array without the reduced axes, unless they are kept
   * @throws IllegalArgumentException if an axis is out of range or repeated
   */
  default MlxArray sum(int[] axes, boolean keepdims) {
    return unary("sum", (a, s) -> ReductionsNative.sum(a, axes, keepdims, s), this);
  }

  /** Equivalent to {@link #prod(boolean) prod(false)}. */
  default MlxArray prod() {
    return prod(false);
  }

  /** Equivalent to {@link #prod(int[], boolean)} over all axes. */
  default MlxArray prod(boolean keepdims) {
    return unary("prod", (a, s) -> ReductionsNative.prod(a, keepdims, s), this);
  }

  /** Equivalent to {@link #prod(int[], boolean) prod(new int[] {axis}, false)}. */
  default MlxArray prod(int axis) {
    return prod(axis, false);
  }

  /** Equivalent to {@link #prod(int[], boolean) prod(new int[] {axis}, keepdims)}. */
  default MlxArray prod(int axis, boolean keepdims) {
    return prod(new int[] {axis}, keepdims);
  }

  /** Equivalent to {@link #prod(int[], boolean) prod(axes, false)}. */
  default MlxArray prod(int[] axes) {
    return prod(axes, false);
  }

  /**
   * Computes the product of the elements along axes. Bools and signed integers of at most 32 bits
   * are multiplied in int32, unsigned integers of at most 32 bits in uint32; other dtypes are kept.
   * Mirrors {@code mlx.core.prod}.
   *
   * @param axes the axes to reduce
   * @param keepdims whether the reduced axes are kept, with size 1
   * @return an array without the reduced axes, unless they are kept
   * @throws IllegalArgumentException if an axis is out of range or repeated
   */
  default MlxArray prod(int[] axes, boolean keepdims) {
    return unary("prod", (a, s) -> ReductionsNative.prod(a, axes, keepdims, s), this);
  }

  /** Equivalent to {@link #mean(boolean) mean(false)}. */
  default MlxArray mean() {
    return mean(false);
  }

  /** Equivalent to {@link #mean(int[], boolean)} over all axes. */
  default MlxArray mean(boolean keepdims) {
    return unary("mean", (a, s) -> ReductionsNative.mean(a, keepdims, s), this);
  }

  /** Equivalent to {@link #mean(int[], boolean) mean(new int[] {axis}, false)}. */
  default MlxArray mean(int axis) {
    return mean(axis, false);
  }

  /** Equivalent to {@link #mean(int[], boolean) mean(new int[] {axis}, keepdims)}. */
  default MlxArray mean(int axis, boolean keepdims) {
    return mean(new int[] {axis}, keepdims);
  }

  /** Equivalent to {@link #mean(int[], boolean) mean(axes, false)}. */
  default MlxArray mean(int[] axes) {
    return mean(axes, false);
  }

  /**
   * Computes the mean of the elements along axes. Mirrors {@code mlx.core.mean}.
   *
   * @param axes the axes to reduce
   * @param keepdims whether the reduced axes are kept, with size 1
   * @return an array without the reduced axes, unless they are kept; of dtype float32 if this array
   *     is of an integer dtype or bool
   * @throws IllegalArgumentException if an axis is out of range or repeated
   */
  default MlxArray mean(int[] axes, boolean keepdims) {
    return unary("mean", (a, s) -> ReductionsNative.mean(a, axes, keepdims, s), this);
  }

  /** Equivalent to {@link #max(boolean) max(false)}. */
  default MlxArray max() {
    return max(false);
  }

  /** Equivalent to {@link #max(int[], boolean)} over all axes. */
  default MlxArray max(boolean keepdims) {
    return unary("max", (a, s) -> ReductionsNative.max(a, keepdims, s), this);
  }

  /** Equivalent to {@link #max(int[], boolean) max(new int[] {axis}, false)}. */
  default MlxArray max(int axis) {
    return max(axis, false);
  }

  /** Equivalent to {@link #max(int[], boolean) max(new int[] {axis}, keepdims)}. */
  default MlxArray max(int axis, boolean keepdims) {
    return max(new int[] {axis}, keepdims);
  }

  /** Equivalent to {@link #max(int[], boolean) max(axes, false)}. */
  default MlxArray max(int[] axes) {
    return max(axes, false);
  }

  /**
   * Computes the largest element along axes, which is NaN if one of the elements is. Mirrors {@code
   * mlx.core.max}.
   *
   * @param axes the axes to reduce
   * @param keepdims whether the reduced axes are kept, with size 1
   * @return an array without the reduced axes, unless they are kept
   * @throws IllegalArgumentException if an axis is out of range or repeated, or a reduced axis is
   *     empty
   */
  default MlxArray max(int[] axes, boolean keepdims) {
    return unary("max", (a, s) -> ReductionsNative.max(a, axes, keepdims, s), this);
  }

  /** Equivalent to {@link #min(boolean) min(false)}. */
  default MlxArray min() {
    return min(false);
  }

  /** Equivalent to {@link #min(int[], boolean)} over all axes. */
  default MlxArray min(boolean keepdims) {
    return unary("min", (a, s) -> ReductionsNative.min(a, keepdims, s), this);
  }

  /** Equivalent to {@link #min(int[], boolean) min(new int[] {axis}, false)}. */
  default MlxArray min(int axis) {
    return min(axis, false);
  }

  /** Equivalent to {@link #min(int[], boolean) min(new int[] {axis}, keepdims)}. */
  default MlxArray min(int axis, boolean keepdims) {
    return min(new int[] {axis}, keepdims);
  }

  /** Equivalent to {@link #min(int[], boolean) min(axes, false)}. */
  default MlxArray min(int[] axes) {
    return min(axes, false);
  }

  /**
   * Computes the smallest element along axes, which is NaN if one of the elements is. Mirrors
   * {@code mlx.core.min}.
   *
   * @param axes the axes to reduce
   * @param keepdims whether the reduced axes are kept, with size 1
   * @return an array without the reduced axes, unless they are kept
   * @throws IllegalArgumentException if an axis is out of range or repeated, or a reduced axis is
   *     empty
   */
  default MlxArray min(int[] axes, boolean keepdims) {
    return unary("min", (a, s) -> ReductionsNative.min(a, axes, keepdims, s), this);
  }

  /** Equivalent to {@link #all(boolean) all(false)}. */
  default MlxArray all() {
    return all(false);
  }

  /** Equivalent to {@link #all(int[], boolean)} over all axes. */
  default MlxArray all(boolean keepdims) {
    return unary("all", (a, s) -> ReductionsNative.all(a, keepdims, s), this);
  }

  /** Equivalent to {@link #all(int[], boolean) all(new int[] {axis}, false)}. */
  default MlxArray all(int axis) {
    return all(axis, false);
  }

  /** Equivalent to {@link #all(int[], boolean) all(new int[] {axis}, keepdims)}. */
  default MlxArray all(int axis, boolean keepdims) {
    return all(new int[] {axis}, keepdims);
  }

  /** Equivalent to {@link #all(int[], boolean) all(axes, false)}. */
  default MlxArray all(int[] axes) {
    return all(axes, false);
  }

  /**
   * Tests whether all elements along axes are non-zero. Mirrors {@code mlx.core.all}.
   *
   * @param axes the axes to reduce
   * @param keepdims whether the reduced axes are kept, with size 1
   * @return a bool array without the reduced axes, unless they are kept
   * @throws IllegalArgumentException if an axis is out of range or repeated
   */
  default MlxArray all(int[] axes, boolean keepdims) {
    return unary("all", (a, s) -> ReductionsNative.all(a, axes, keepdims, s), this);
  }

  /** Equivalent to {@link #any(boolean) any(false)}. */
  default MlxArray any() {
    return any(false);
  }

  /** Equivalent to {@link #any(int[], boolean)} over all axes. */
  default MlxArray any(boolean keepdims) {
    return unary("any", (a, s) -> ReductionsNative.any(a, keepdims, s), this);
  }

  /** Equivalent to {@link #any(int[], boolean) any(new int[] {axis}, false)}. */
  default MlxArray any(int axis) {
    return any(axis, false);
  }

  /** Equivalent to {@link #any(int[], boolean) any(new int[] {axis}, keepdims)}. */
  default MlxArray any(int axis, boolean keepdims) {
    return any(new int[] {axis}, keepdims);
  }

  /** Equivalent to {@link #any(int[], boolean) any(axes, false)}. */
  default MlxArray any(int[] axes) {
    return any(axes, false);
  }

  /**
   * Tests whether any element along axes is non-zero. Mirrors {@code mlx.core.any}.
   *
   * @param axes the axes to reduce
   * @param keepdims whether the reduced axes are kept, with size 1
   * @return a bool array without the reduced axes, unless they are kept
   * @throws IllegalArgumentException if an axis is out of range or repeated
   */
  default MlxArray any(int[] axes, boolean keepdims) {
    return unary("any", (a, s) -> ReductionsNative.any(a, axes, keepdims, s), this);
  }

  /** Equivalent to {@link #logsumexp(boolean) logsumexp(false)}. */
  default MlxArray logsumexp() {
    return logsumexp(false);
  }

  /** Equivalent to {@link #logsumexp(int[], boolean)} over all axes. */
  default MlxArray logsumexp(boolean keepdims) {
    return unary("logsumexp", (a, s) -> ReductionsNative.logsumexp(a, keepdims, s), this);
  }

  /** Equivalent to {@link #logsumexp(int[], boolean) logsumexp(new int[] {axis}, false)}. */
  default MlxArray logsumexp(int axis) {
    return logsumexp(axis, false);
  }

  /** Equivalent to {@link #logsumexp(int[], boolean) logsumexp(new int[] {axis}, keepdims)}. */
  default MlxArray logsumexp(int axis, boolean keepdims) {
    return logsumexp(new int[] {axis}, keepdims);
  }

  /** Equivalent to {@link #logsumexp(int[], boolean) logsumexp(axes, false)}. */
  default MlxArray logsumexp(int[] axes) {
    return logsumexp(axes, false);
  }

  /**
   * Computes the logarithm of the sum of the exponentials of the elements along axes, without
   * overflow. Mirrors {@code mlx.core.logsumexp}.
   *
   * @param axes the axes to reduce
   * @param keepdims whether the reduced axes are kept, with size 1
   * @return an array without the reduced axes, unless they are kept
   * @throws IllegalArgumentException if an axis is out of range or repeated, or this array is empty
   */
  default MlxArray logsumexp(int[] axes, boolean keepdims) {
    return unary("logsumexp", (a, s) -> ReductionsNative.logsumexp(a, axes, keepdims, s), this);
  }

  /** Equivalent to {@link #median(boolean) median(false)}. */
  default MlxArray median() {
    return median(false);
  }

  /** Equivalent to {@link #median(int[], boolean)} over all axes. */
  default MlxArray median(boolean keepdims) {
    return unary("median", (a, s) -> ReductionsNative.median(a, keepdims, s), this);
  }

  /** Equivalent to {@link #median(int[], boolean) median(new int[] {axis}, false)}. */
  default MlxArray median(int axis) {
    return median(axis, false);
  }

  /** Equivalent to {@link #median(int[], boolean) median(new int[] {axis}, keepdims)}. */
  default MlxArray median(int axis, boolean keepdims) {
    return median(new int[] {axis}, keepdims);
  }

  /** Equivalent to {@link #median(int[], boolean) median(axes, false)}. */
  default MlxArray median(int[] axes) {
    return median(axes, false);
  }

  /**
   * Computes the median of the elements along axes. For an even number of elements that is the mean
   * of the two in the middle. Mirrors {@code mlx.core.median}.
   *
   * @param axes the axes to reduce
   * @param keepdims whether the reduced axes are kept, with size 1
   * @return an array without the reduced axes, unless they are kept
   * @throws IllegalArgumentException if an axis is out of range or repeated, or a reduced axis is
   *     empty
   */
  default MlxArray median(int[] axes, boolean keepdims) {
    return unary("median", (a, s) -> ReductionsNative.median(a, axes, keepdims, s), this);
  }

  /** Equivalent to {@link #countNonzero(boolean) countNonzero(false)}. */
  default MlxArray countNonzero() {
    return countNonzero(false);
  }

  /** Equivalent to {@link #countNonzero(int[], boolean)} over all axes. */
  default MlxArray countNonzero(boolean keepdims) {
    return unary("countNonzero", (a, s) -> ReductionsNative.count_nonzero(a, keepdims, s), this);
  }

  /** Equivalent to {@link #countNonzero(int[], boolean) countNonzero(new int[] {axis}, false)}. */
  default MlxArray countNonzero(int axis) {
    return countNonzero(axis, false);
  }

  /**
   * Equivalent to {@link #countNonzero(int[], boolean) countNonzero(new int[] {axis}, keepdims)}.
   */
  default MlxArray countNonzero(int axis, boolean keepdims) {
    return countNonzero(new int[] {axis}, keepdims);
  }

  /** Equivalent to {@link #countNonzero(int[], boolean) countNonzero(axes, false)}. */
  default MlxArray countNonzero(int[] axes) {
    return countNonzero(axes, false);
  }

  /**
   * Counts the non-zero elements along axes. Mirrors {@code mlx.core.count_nonzero}.
   *
   * @param axes the axes to reduce
   * @param keepdims whether the reduced axes are kept, with size 1
   * @return an int32 array without the reduced axes, unless they are kept
   * @throws IllegalArgumentException if an axis is out of range or repeated
   */
  default MlxArray countNonzero(int[] axes, boolean keepdims) {
    return unary(
        "countNonzero", (a, s) -> ReductionsNative.count_nonzero(a, axes, keepdims, s), this);
  }

  /** Equivalent to {@link #var(boolean, int) var(false, 0)}. */
  default MlxArray var() {
    return var(false, 0);
  }

  /** Equivalent to {@link #var(boolean, int) var(keepdims, 0)}. */
  default MlxArray var(boolean keepdims) {
    return var(keepdims, 0);
  }

  /** Equivalent to {@link #var(int[], boolean, int)} over all axes. */
  default MlxArray var(boolean keepdims, int ddof) {
    return unary("var", (a, s) -> ReductionsNative.var(a, keepdims, ddof, s), this);
  }

  /** Equivalent to {@link #var(int[], boolean, int) var(new int[] {axis}, false, 0)}. */
  default MlxArray var(int axis) {
    return var(axis, false, 0);
  }

  /** Equivalent to {@link #var(int[], boolean, int) var(new int[] {axis}, keepdims, 0)}. */
  default MlxArray var(int axis, boolean keepdims) {
    return var(axis, keepdims, 0);
  }

  /** Equivalent to {@link #var(int[], boolean, int) var(new int[] {axis}, keepdims, ddof)}. */
  default MlxArray var(int axis, boolean keepdims, int ddof) {
    return var(new int[] {axis}, keepdims, ddof);
  }

  /** Equivalent to {@link #var(int[], boolean, int) var(axes, false, 0)}. */
  default MlxArray var(int[] axes) {
    return var(axes, false, 0);
  }

  /** Equivalent to {@link #var(int[], boolean, int) var(axes, keepdims, 0)}. */
  default MlxArray var(int[] axes, boolean keepdims) {
    return var(axes, keepdims, 0);
  }

  /**
   * Computes the variance of the elements along axes: the sum of the squared distances from the
   * mean, divided by the number of elements less {@code ddof}. Mirrors {@code mlx.core.var}.
   *
   * @param axes the axes to reduce
   * @param keepdims whether the reduced axes are kept, with size 1
   * @param ddof the number that is subtracted from the number of elements in the divisor
   * @return an array without the reduced axes, unless they are kept
   * @throws IllegalArgumentException if an axis is out of range or repeated
   */
  default MlxArray var(int[] axes, boolean keepdims, int ddof) {
    return unary("var", (a, s) -> ReductionsNative.var(a, axes, keepdims, ddof, s), this);
  }

  /** Equivalent to {@link #std(boolean, int) std(false, 0)}. */
  default MlxArray std() {
    return std(false, 0);
  }

  /** Equivalent to {@link #std(boolean, int) std(keepdims, 0)}. */
  default MlxArray std(boolean keepdims) {
    return std(keepdims, 0);
  }

  /** Equivalent to {@link #std(int[], boolean, int)} over all axes. */
  default MlxArray std(boolean keepdims, int ddof) {
    return unary("std", (a, s) -> ReductionsNative.std(a, keepdims, ddof, s), this);
  }

  /** Equivalent to {@link #std(int[], boolean, int) std(new int[] {axis}, false, 0)}. */
  default MlxArray std(int axis) {
    return std(axis, false, 0);
  }

  /** Equivalent to {@link #std(int[], boolean, int) std(new int[] {axis}, keepdims, 0)}. */
  default MlxArray std(int axis, boolean keepdims) {
    return std(axis, keepdims, 0);
  }

  /** Equivalent to {@link #std(int[], boolean, int) std(new int[] {axis}, keepdims, ddof)}. */
  default MlxArray std(int axis, boolean keepdims, int ddof) {
    return std(new int[] {axis}, keepdims, ddof);
  }

  /** Equivalent to {@link #std(int[], boolean, int) std(axes, false, 0)}. */
  default MlxArray std(int[] axes) {
    return std(axes, false, 0);
  }

  /** Equivalent to {@link #std(int[], boolean, int) std(axes, keepdims, 0)}. */
  default MlxArray std(int[] axes, boolean keepdims) {
    return std(axes, keepdims, 0);
  }

  /**
   * Computes the standard deviation of the elements along axes, the square root of the variance.
   * See {@link #var(int[], boolean, int)}. Mirrors {@code mlx.core.std}.
   *
   * @param axes the axes to reduce
   * @param keepdims whether the reduced axes are kept, with size 1
   * @param ddof the number that is subtracted from the number of elements in the divisor
   * @return an array without the reduced axes, unless they are kept
   * @throws IllegalArgumentException if an axis is out of range or repeated
   */
  default MlxArray std(int[] axes, boolean keepdims, int ddof) {
    return unary("std", (a, s) -> ReductionsNative.std(a, axes, keepdims, ddof, s), this);
  }

  /** Equivalent to {@link #minmax(boolean) minmax(false)}. */
  default MlxArray[] minmax() {
    return minmax(false);
  }

  /** Equivalent to {@link #minmax(int[], boolean)} over all axes. */
  default MlxArray[] minmax(boolean keepdims) {
    return unaryToMany("minmax", (a, s) -> ReductionsNative.minmax(a, keepdims, s), this);
  }

  /** Equivalent to {@link #minmax(int[], boolean) minmax(new int[] {axis}, false)}. */
  default MlxArray[] minmax(int axis) {
    return minmax(axis, false);
  }

  /** Equivalent to {@link #minmax(int[], boolean) minmax(new int[] {axis}, keepdims)}. */
  default MlxArray[] minmax(int axis, boolean keepdims) {
    return minmax(new int[] {axis}, keepdims);
  }

  /** Equivalent to {@link #minmax(int[], boolean) minmax(axes, false)}. */
  default MlxArray[] minmax(int[] axes) {
    return minmax(axes, false);
  }

  /**
   * Computes both the smallest and the largest element along axes. Mirrors {@code mlx.core.minmax}.
   *
   * @param axes the axes to reduce
   * @param keepdims whether the reduced axes are kept, with size 1
   * @return two arrays, the smallest and the largest elements
   * @throws IllegalArgumentException if an axis is out of range or repeated, or a reduced axis is
   *     empty
   */
  default MlxArray[] minmax(int[] axes, boolean keepdims) {
    return unaryToMany("minmax", (a, s) -> ReductionsNative.minmax(a, axes, keepdims, s), this);
  }

  /** Equivalent to {@link #argmin(boolean) argmin(false)}. */
  default MlxArray argmin() {
    return argmin(false);
  }

  /**
   * Returns the index of the smallest element of the flattened array; of equal elements, that of
   * the first. Mirrors {@code mlx.core.argmin}.
   *
   * @param keepdims whether the result has as many axes as this array, each of size 1, rather than
   *     none
   * @return a uint32 array of one element
   * @throws IllegalArgumentException if this array is empty
   */
  default MlxArray argmin(boolean keepdims) {
    return unary("argmin", (a, s) -> ReductionsNative.argmin(a, keepdims, s), this);
  }

  /** Equivalent to {@link #argmin(int, boolean) argmin(axis, false)}. */
  default MlxArray argmin(int axis) {
    return argmin(axis, false);
  }

  /**
   * Returns the indices of the smallest elements along an axis; of equal elements, that of the
   * first. Mirrors {@code mlx.core.argmin}.
   *
   * @param axis the axis to reduce
   * @param keepdims whether the axis is kept, with size 1
   * @return a uint32 array without the axis, unless it is kept
   * @throws IllegalArgumentException if the axis is out of range, or this array is empty
   */
  default MlxArray argmin(int axis, boolean keepdims) {
    return unary("argmin", (a, s) -> ReductionsNative.argmin(a, axis, keepdims, s), this);
  }

  /** Equivalent to {@link #argmax(boolean) argmax(false)}. */
  default MlxArray argmax() {
    return argmax(false);
  }

  /**
   * Returns the index of the largest element of the flattened array; of equal elements, that of the
   * first. Mirrors {@code mlx.core.argmax}.
   *
   * @param keepdims whether the result has as many axes as this array, each of size 1, rather than
   *     none
   * @return a uint32 array of one element
   * @throws IllegalArgumentException if this array is empty
   */
  default MlxArray argmax(boolean keepdims) {
    return unary("argmax", (a, s) -> ReductionsNative.argmax(a, keepdims, s), this);
  }

  /** Equivalent to {@link #argmax(int, boolean) argmax(axis, false)}. */
  default MlxArray argmax(int axis) {
    return argmax(axis, false);
  }

  /**
   * Returns the indices of the largest elements along an axis; of equal elements, that of the
   * first. Mirrors {@code mlx.core.argmax}.
   *
   * @param axis the axis to reduce
   * @param keepdims whether the axis is kept, with size 1
   * @return a uint32 array without the axis, unless it is kept
   * @throws IllegalArgumentException if the axis is out of range, or this array is empty
   */
  default MlxArray argmax(int axis, boolean keepdims) {
    return unary("argmax", (a, s) -> ReductionsNative.argmax(a, axis, keepdims, s), this);
  }
}
