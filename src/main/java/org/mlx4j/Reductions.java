package org.mlx4j;

import static org.mlx4j.Call.unary;
import static org.mlx4j.Call.unaryToMany;

import org.mlx4j.internal.ReductionsNative;

/** Operations that reduce one, several or all axes to one element each. */
public sealed interface Reductions permits MlxArray {
  /**
   * The sum of the elements; of bools and small integers in int32. Over all axes. Mirrors {@code
   * mlx.core.sum}.
   *
   * @return a scalar
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray sum() {
    return sum(false);
  }

  /**
   * The sum of the elements; of bools and small integers in int32. Over all axes. Mirrors {@code
   * mlx.core.sum}.
   *
   * @param keepdims whether reduced axes stay, with size 1
   * @return a scalar, or an array whose axes all have size 1
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray sum(boolean keepdims) {
    return unary("sum", (a, s) -> ReductionsNative.sum(a, keepdims, s), this);
  }

  /**
   * The sum of the elements; of bools and small integers in int32. Over one axis. Mirrors {@code
   * mlx.core.sum}.
   *
   * @param axis the axis; counts from the end when negative
   * @return an array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray sum(int axis) {
    return sum(axis, false);
  }

  /**
   * The sum of the elements; of bools and small integers in int32. Over one axis. Mirrors {@code
   * mlx.core.sum}.
   *
   * @param axis the axis; counts from the end when negative
   * @param keepdims whether reduced axes stay, with size 1
   * @return an array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray sum(int axis, boolean keepdims) {
    return sum(new int[] {axis}, keepdims);
  }

  /**
   * The sum of the elements; of bools and small integers in int32. Over several axes. Mirrors
   * {@code mlx.core.sum}.
   *
   * @param axes the axes; they count from the end when negative
   * @return an array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray sum(int[] axes) {
    return sum(axes, false);
  }

  /**
   * The sum of the elements; of bools and small integers in int32. Over several axes. Mirrors
   * {@code mlx.core.sum}.
   *
   * @param axes the axes; they count from the end when negative
   * @param keepdims whether reduced axes stay, with size 1
   * @return an array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray sum(int[] axes, boolean keepdims) {
    return unary("sum", (a, s) -> ReductionsNative.sum(a, axes, keepdims, s), this);
  }

  /**
   * The product of the elements; of bools and small integers in int32. Over all axes. Mirrors
   * {@code mlx.core.prod}.
   *
   * @return a scalar
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray prod() {
    return prod(false);
  }

  /**
   * The product of the elements; of bools and small integers in int32. Over all axes. Mirrors
   * {@code mlx.core.prod}.
   *
   * @param keepdims whether reduced axes stay, with size 1
   * @return a scalar, or an array whose axes all have size 1
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray prod(boolean keepdims) {
    return unary("prod", (a, s) -> ReductionsNative.prod(a, keepdims, s), this);
  }

  /**
   * The product of the elements; of bools and small integers in int32. Over one axis. Mirrors
   * {@code mlx.core.prod}.
   *
   * @param axis the axis; counts from the end when negative
   * @return an array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray prod(int axis) {
    return prod(axis, false);
  }

  /**
   * The product of the elements; of bools and small integers in int32. Over one axis. Mirrors
   * {@code mlx.core.prod}.
   *
   * @param axis the axis; counts from the end when negative
   * @param keepdims whether reduced axes stay, with size 1
   * @return an array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray prod(int axis, boolean keepdims) {
    return prod(new int[] {axis}, keepdims);
  }

  /**
   * The product of the elements; of bools and small integers in int32. Over several axes. Mirrors
   * {@code mlx.core.prod}.
   *
   * @param axes the axes; they count from the end when negative
   * @return an array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray prod(int[] axes) {
    return prod(axes, false);
  }

  /**
   * The product of the elements; of bools and small integers in int32. Over several axes. Mirrors
   * {@code mlx.core.prod}.
   *
   * @param axes the axes; they count from the end when negative
   * @param keepdims whether reduced axes stay, with size 1
   * @return an array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray prod(int[] axes, boolean keepdims) {
    return unary("prod", (a, s) -> ReductionsNative.prod(a, axes, keepdims, s), this);
  }

  /**
   * The mean of the elements; integer input gives float32. Over all axes. Mirrors {@code
   * mlx.core.mean}.
   *
   * @return a scalar
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray mean() {
    return mean(false);
  }

  /**
   * The mean of the elements; integer input gives float32. Over all axes. Mirrors {@code
   * mlx.core.mean}.
   *
   * @param keepdims whether reduced axes stay, with size 1
   * @return a scalar, or an array whose axes all have size 1
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray mean(boolean keepdims) {
    return unary("mean", (a, s) -> ReductionsNative.mean(a, keepdims, s), this);
  }

  /**
   * The mean of the elements; integer input gives float32. Over one axis. Mirrors {@code
   * mlx.core.mean}.
   *
   * @param axis the axis; counts from the end when negative
   * @return an array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray mean(int axis) {
    return mean(axis, false);
  }

  /**
   * The mean of the elements; integer input gives float32. Over one axis. Mirrors {@code
   * mlx.core.mean}.
   *
   * @param axis the axis; counts from the end when negative
   * @param keepdims whether reduced axes stay, with size 1
   * @return an array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray mean(int axis, boolean keepdims) {
    return mean(new int[] {axis}, keepdims);
  }

  /**
   * The mean of the elements; integer input gives float32. Over several axes. Mirrors {@code
   * mlx.core.mean}.
   *
   * @param axes the axes; they count from the end when negative
   * @return an array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray mean(int[] axes) {
    return mean(axes, false);
  }

  /**
   * The mean of the elements; integer input gives float32. Over several axes. Mirrors {@code
   * mlx.core.mean}.
   *
   * @param axes the axes; they count from the end when negative
   * @param keepdims whether reduced axes stay, with size 1
   * @return an array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray mean(int[] axes, boolean keepdims) {
    return unary("mean", (a, s) -> ReductionsNative.mean(a, axes, keepdims, s), this);
  }

  /**
   * The largest element; NaN where there is one. Over all axes. Mirrors {@code mlx.core.max}.
   *
   * @return a scalar
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray max() {
    return max(false);
  }

  /**
   * The largest element; NaN where there is one. Over all axes. Mirrors {@code mlx.core.max}.
   *
   * @param keepdims whether reduced axes stay, with size 1
   * @return a scalar, or an array whose axes all have size 1
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray max(boolean keepdims) {
    return unary("max", (a, s) -> ReductionsNative.max(a, keepdims, s), this);
  }

  /**
   * The largest element; NaN where there is one. Over one axis. Mirrors {@code mlx.core.max}.
   *
   * @param axis the axis; counts from the end when negative
   * @return an array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice, or a reduced axis
   *     is empty
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray max(int axis) {
    return max(axis, false);
  }

  /**
   * The largest element; NaN where there is one. Over one axis. Mirrors {@code mlx.core.max}.
   *
   * @param axis the axis; counts from the end when negative
   * @param keepdims whether reduced axes stay, with size 1
   * @return an array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice, or a reduced axis
   *     is empty
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray max(int axis, boolean keepdims) {
    return max(new int[] {axis}, keepdims);
  }

  /**
   * The largest element; NaN where there is one. Over several axes. Mirrors {@code mlx.core.max}.
   *
   * @param axes the axes; they count from the end when negative
   * @return an array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice, or a reduced axis
   *     is empty
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray max(int[] axes) {
    return max(axes, false);
  }

  /**
   * The largest element; NaN where there is one. Over several axes. Mirrors {@code mlx.core.max}.
   *
   * @param axes the axes; they count from the end when negative
   * @param keepdims whether reduced axes stay, with size 1
   * @return an array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice, or a reduced axis
   *     is empty
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray max(int[] axes, boolean keepdims) {
    return unary("max", (a, s) -> ReductionsNative.max(a, axes, keepdims, s), this);
  }

  /**
   * The smallest element; NaN where there is one. Over all axes. Mirrors {@code mlx.core.min}.
   *
   * @return a scalar
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray min() {
    return min(false);
  }

  /**
   * The smallest element; NaN where there is one. Over all axes. Mirrors {@code mlx.core.min}.
   *
   * @param keepdims whether reduced axes stay, with size 1
   * @return a scalar, or an array whose axes all have size 1
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray min(boolean keepdims) {
    return unary("min", (a, s) -> ReductionsNative.min(a, keepdims, s), this);
  }

  /**
   * The smallest element; NaN where there is one. Over one axis. Mirrors {@code mlx.core.min}.
   *
   * @param axis the axis; counts from the end when negative
   * @return an array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice, or a reduced axis
   *     is empty
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray min(int axis) {
    return min(axis, false);
  }

  /**
   * The smallest element; NaN where there is one. Over one axis. Mirrors {@code mlx.core.min}.
   *
   * @param axis the axis; counts from the end when negative
   * @param keepdims whether reduced axes stay, with size 1
   * @return an array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice, or a reduced axis
   *     is empty
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray min(int axis, boolean keepdims) {
    return min(new int[] {axis}, keepdims);
  }

  /**
   * The smallest element; NaN where there is one. Over several axes. Mirrors {@code mlx.core.min}.
   *
   * @param axes the axes; they count from the end when negative
   * @return an array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice, or a reduced axis
   *     is empty
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray min(int[] axes) {
    return min(axes, false);
  }

  /**
   * The smallest element; NaN where there is one. Over several axes. Mirrors {@code mlx.core.min}.
   *
   * @param axes the axes; they count from the end when negative
   * @param keepdims whether reduced axes stay, with size 1
   * @return an array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice, or a reduced axis
   *     is empty
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray min(int[] axes, boolean keepdims) {
    return unary("min", (a, s) -> ReductionsNative.min(a, axes, keepdims, s), this);
  }

  /**
   * Whether all elements are non-zero. Over all axes. Mirrors {@code mlx.core.all}.
   *
   * @return a scalar
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray all() {
    return all(false);
  }

  /**
   * Whether all elements are non-zero. Over all axes. Mirrors {@code mlx.core.all}.
   *
   * @param keepdims whether reduced axes stay, with size 1
   * @return a scalar, or an array whose axes all have size 1
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray all(boolean keepdims) {
    return unary("all", (a, s) -> ReductionsNative.all(a, keepdims, s), this);
  }

  /**
   * Whether all elements are non-zero. Over one axis. Mirrors {@code mlx.core.all}.
   *
   * @param axis the axis; counts from the end when negative
   * @return a bool array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray all(int axis) {
    return all(axis, false);
  }

  /**
   * Whether all elements are non-zero. Over one axis. Mirrors {@code mlx.core.all}.
   *
   * @param axis the axis; counts from the end when negative
   * @param keepdims whether reduced axes stay, with size 1
   * @return a bool array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray all(int axis, boolean keepdims) {
    return all(new int[] {axis}, keepdims);
  }

  /**
   * Whether all elements are non-zero. Over several axes. Mirrors {@code mlx.core.all}.
   *
   * @param axes the axes; they count from the end when negative
   * @return a bool array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray all(int[] axes) {
    return all(axes, false);
  }

  /**
   * Whether all elements are non-zero. Over several axes. Mirrors {@code mlx.core.all}.
   *
   * @param axes the axes; they count from the end when negative
   * @param keepdims whether reduced axes stay, with size 1
   * @return a bool array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray all(int[] axes, boolean keepdims) {
    return unary("all", (a, s) -> ReductionsNative.all(a, axes, keepdims, s), this);
  }

  /**
   * Whether an element is non-zero. Over all axes. Mirrors {@code mlx.core.any}.
   *
   * @return a scalar
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray any() {
    return any(false);
  }

  /**
   * Whether an element is non-zero. Over all axes. Mirrors {@code mlx.core.any}.
   *
   * @param keepdims whether reduced axes stay, with size 1
   * @return a scalar, or an array whose axes all have size 1
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray any(boolean keepdims) {
    return unary("any", (a, s) -> ReductionsNative.any(a, keepdims, s), this);
  }

  /**
   * Whether an element is non-zero. Over one axis. Mirrors {@code mlx.core.any}.
   *
   * @param axis the axis; counts from the end when negative
   * @return a bool array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray any(int axis) {
    return any(axis, false);
  }

  /**
   * Whether an element is non-zero. Over one axis. Mirrors {@code mlx.core.any}.
   *
   * @param axis the axis; counts from the end when negative
   * @param keepdims whether reduced axes stay, with size 1
   * @return a bool array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray any(int axis, boolean keepdims) {
    return any(new int[] {axis}, keepdims);
  }

  /**
   * Whether an element is non-zero. Over several axes. Mirrors {@code mlx.core.any}.
   *
   * @param axes the axes; they count from the end when negative
   * @return a bool array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray any(int[] axes) {
    return any(axes, false);
  }

  /**
   * Whether an element is non-zero. Over several axes. Mirrors {@code mlx.core.any}.
   *
   * @param axes the axes; they count from the end when negative
   * @param keepdims whether reduced axes stay, with size 1
   * @return a bool array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray any(int[] axes, boolean keepdims) {
    return unary("any", (a, s) -> ReductionsNative.any(a, axes, keepdims, s), this);
  }

  /**
   * The logarithm of the sum of the exponentials, without overflow. Over all axes. Mirrors {@code
   * mlx.core.logsumexp}.
   *
   * @return a scalar
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray logsumexp() {
    return logsumexp(false);
  }

  /**
   * The logarithm of the sum of the exponentials, without overflow. Over all axes. Mirrors {@code
   * mlx.core.logsumexp}.
   *
   * @param keepdims whether reduced axes stay, with size 1
   * @return a scalar, or an array whose axes all have size 1
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray logsumexp(boolean keepdims) {
    return unary("logsumexp", (a, s) -> ReductionsNative.logsumexp(a, keepdims, s), this);
  }

  /**
   * The logarithm of the sum of the exponentials, without overflow. Over one axis. Mirrors {@code
   * mlx.core.logsumexp}.
   *
   * @param axis the axis; counts from the end when negative
   * @return an array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray logsumexp(int axis) {
    return logsumexp(axis, false);
  }

  /**
   * The logarithm of the sum of the exponentials, without overflow. Over one axis. Mirrors {@code
   * mlx.core.logsumexp}.
   *
   * @param axis the axis; counts from the end when negative
   * @param keepdims whether reduced axes stay, with size 1
   * @return an array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray logsumexp(int axis, boolean keepdims) {
    return logsumexp(new int[] {axis}, keepdims);
  }

  /**
   * The logarithm of the sum of the exponentials, without overflow. Over several axes. Mirrors
   * {@code mlx.core.logsumexp}.
   *
   * @param axes the axes; they count from the end when negative
   * @return an array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray logsumexp(int[] axes) {
    return logsumexp(axes, false);
  }

  /**
   * The logarithm of the sum of the exponentials, without overflow. Over several axes. Mirrors
   * {@code mlx.core.logsumexp}.
   *
   * @param axes the axes; they count from the end when negative
   * @param keepdims whether reduced axes stay, with size 1
   * @return an array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray logsumexp(int[] axes, boolean keepdims) {
    return unary("logsumexp", (a, s) -> ReductionsNative.logsumexp(a, axes, keepdims, s), this);
  }

  /**
   * The median of the elements: the mean of the two middle ones for an even number. Over all axes.
   * Mirrors {@code mlx.core.median}.
   *
   * @return a scalar
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray median() {
    return median(false);
  }

  /**
   * The median of the elements: the mean of the two middle ones for an even number. Over all axes.
   * Mirrors {@code mlx.core.median}.
   *
   * @param keepdims whether reduced axes stay, with size 1
   * @return a scalar, or an array whose axes all have size 1
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray median(boolean keepdims) {
    return unary("median", (a, s) -> ReductionsNative.median(a, keepdims, s), this);
  }

  /**
   * The median of the elements: the mean of the two middle ones for an even number. Over one axis.
   * Mirrors {@code mlx.core.median}.
   *
   * @param axis the axis; counts from the end when negative
   * @return an array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice, or a reduced axis
   *     is empty
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray median(int axis) {
    return median(axis, false);
  }

  /**
   * The median of the elements: the mean of the two middle ones for an even number. Over one axis.
   * Mirrors {@code mlx.core.median}.
   *
   * @param axis the axis; counts from the end when negative
   * @param keepdims whether reduced axes stay, with size 1
   * @return an array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice, or a reduced axis
   *     is empty
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray median(int axis, boolean keepdims) {
    return median(new int[] {axis}, keepdims);
  }

  /**
   * The median of the elements: the mean of the two middle ones for an even number. Over several
   * axes. Mirrors {@code mlx.core.median}.
   *
   * @param axes the axes; they count from the end when negative
   * @return an array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice, or a reduced axis
   *     is empty
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray median(int[] axes) {
    return median(axes, false);
  }

  /**
   * The median of the elements: the mean of the two middle ones for an even number. Over several
   * axes. Mirrors {@code mlx.core.median}.
   *
   * @param axes the axes; they count from the end when negative
   * @param keepdims whether reduced axes stay, with size 1
   * @return an array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice, or a reduced axis
   *     is empty
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray median(int[] axes, boolean keepdims) {
    return unary("median", (a, s) -> ReductionsNative.median(a, axes, keepdims, s), this);
  }

  /**
   * The number of non-zero elements. Over all axes. Mirrors {@code mlx.core.count_nonzero}.
   *
   * @return a scalar
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray countNonzero() {
    return countNonzero(false);
  }

  /**
   * The number of non-zero elements. Over all axes. Mirrors {@code mlx.core.count_nonzero}.
   *
   * @param keepdims whether reduced axes stay, with size 1
   * @return a scalar, or an array whose axes all have size 1
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray countNonzero(boolean keepdims) {
    return unary("countNonzero", (a, s) -> ReductionsNative.count_nonzero(a, keepdims, s), this);
  }

  /**
   * The number of non-zero elements. Over one axis. Mirrors {@code mlx.core.count_nonzero}.
   *
   * @param axis the axis; counts from the end when negative
   * @return an int32 array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray countNonzero(int axis) {
    return countNonzero(axis, false);
  }

  /**
   * The number of non-zero elements. Over one axis. Mirrors {@code mlx.core.count_nonzero}.
   *
   * @param axis the axis; counts from the end when negative
   * @param keepdims whether reduced axes stay, with size 1
   * @return an int32 array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray countNonzero(int axis, boolean keepdims) {
    return countNonzero(new int[] {axis}, keepdims);
  }

  /**
   * The number of non-zero elements. Over several axes. Mirrors {@code mlx.core.count_nonzero}.
   *
   * @param axes the axes; they count from the end when negative
   * @return an int32 array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray countNonzero(int[] axes) {
    return countNonzero(axes, false);
  }

  /**
   * The number of non-zero elements. Over several axes. Mirrors {@code mlx.core.count_nonzero}.
   *
   * @param axes the axes; they count from the end when negative
   * @param keepdims whether reduced axes stay, with size 1
   * @return an int32 array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray countNonzero(int[] axes, boolean keepdims) {
    return unary(
        "countNonzero", (a, s) -> ReductionsNative.count_nonzero(a, axes, keepdims, s), this);
  }

  /**
   * The variance of the elements: the mean square distance from the mean. Over all axes. Mirrors
   * {@code mlx.core.var}.
   *
   * @return a scalar
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray var() {
    return var(false, 0);
  }

  /**
   * The variance of the elements: the mean square distance from the mean. Over all axes. Mirrors
   * {@code mlx.core.var}.
   *
   * @param keepdims whether reduced axes stay, with size 1
   * @return a scalar, or an array whose axes all have size 1
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray var(boolean keepdims) {
    return var(keepdims, 0);
  }

  /**
   * The variance of the elements: the mean square distance from the mean. Over all axes. Mirrors
   * {@code mlx.core.var}.
   *
   * @param keepdims whether reduced axes stay, with size 1
   * @param ddof is subtracted from the number of elements before dividing by it
   * @return a scalar, or an array whose axes all have size 1
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray var(boolean keepdims, int ddof) {
    return unary("var", (a, s) -> ReductionsNative.var(a, keepdims, ddof, s), this);
  }

  /**
   * The variance of the elements: the mean square distance from the mean. Over one axis. Mirrors
   * {@code mlx.core.var}.
   *
   * @param axis the axis; counts from the end when negative
   * @return an array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray var(int axis) {
    return var(axis, false, 0);
  }

  /**
   * The variance of the elements: the mean square distance from the mean. Over one axis. Mirrors
   * {@code mlx.core.var}.
   *
   * @param axis the axis; counts from the end when negative
   * @param keepdims whether reduced axes stay, with size 1
   * @return an array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray var(int axis, boolean keepdims) {
    return var(axis, keepdims, 0);
  }

  /**
   * The variance of the elements: the mean square distance from the mean. Over one axis. Mirrors
   * {@code mlx.core.var}.
   *
   * @param axis the axis; counts from the end when negative
   * @param keepdims whether reduced axes stay, with size 1
   * @param ddof is subtracted from the number of elements before dividing by it
   * @return an array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray var(int axis, boolean keepdims, int ddof) {
    return var(new int[] {axis}, keepdims, ddof);
  }

  /**
   * The variance of the elements: the mean square distance from the mean. Over several axes.
   * Mirrors {@code mlx.core.var}.
   *
   * @param axes the axes; they count from the end when negative
   * @return an array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray var(int[] axes) {
    return var(axes, false, 0);
  }

  /**
   * The variance of the elements: the mean square distance from the mean. Over several axes.
   * Mirrors {@code mlx.core.var}.
   *
   * @param axes the axes; they count from the end when negative
   * @param keepdims whether reduced axes stay, with size 1
   * @return an array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray var(int[] axes, boolean keepdims) {
    return var(axes, keepdims, 0);
  }

  /**
   * The variance of the elements: the mean square distance from the mean. Over several axes.
   * Mirrors {@code mlx.core.var}.
   *
   * @param axes the axes; they count from the end when negative
   * @param keepdims whether reduced axes stay, with size 1
   * @param ddof is subtracted from the number of elements before dividing by it
   * @return an array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray var(int[] axes, boolean keepdims, int ddof) {
    return unary("var", (a, s) -> ReductionsNative.var(a, axes, keepdims, ddof, s), this);
  }

  /**
   * The standard deviation of the elements: the root of the variance. Over all axes. Mirrors {@code
   * mlx.core.std}.
   *
   * @return a scalar
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray std() {
    return std(false, 0);
  }

  /**
   * The standard deviation of the elements: the root of the variance. Over all axes. Mirrors {@code
   * mlx.core.std}.
   *
   * @param keepdims whether reduced axes stay, with size 1
   * @return a scalar, or an array whose axes all have size 1
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray std(boolean keepdims) {
    return std(keepdims, 0);
  }

  /**
   * The standard deviation of the elements: the root of the variance. Over all axes. Mirrors {@code
   * mlx.core.std}.
   *
   * @param keepdims whether reduced axes stay, with size 1
   * @param ddof is subtracted from the number of elements before dividing by it
   * @return a scalar, or an array whose axes all have size 1
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray std(boolean keepdims, int ddof) {
    return unary("std", (a, s) -> ReductionsNative.std(a, keepdims, ddof, s), this);
  }

  /**
   * The standard deviation of the elements: the root of the variance. Over one axis. Mirrors {@code
   * mlx.core.std}.
   *
   * @param axis the axis; counts from the end when negative
   * @return an array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray std(int axis) {
    return std(axis, false, 0);
  }

  /**
   * The standard deviation of the elements: the root of the variance. Over one axis. Mirrors {@code
   * mlx.core.std}.
   *
   * @param axis the axis; counts from the end when negative
   * @param keepdims whether reduced axes stay, with size 1
   * @return an array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray std(int axis, boolean keepdims) {
    return std(axis, keepdims, 0);
  }

  /**
   * The standard deviation of the elements: the root of the variance. Over one axis. Mirrors {@code
   * mlx.core.std}.
   *
   * @param axis the axis; counts from the end when negative
   * @param keepdims whether reduced axes stay, with size 1
   * @param ddof is subtracted from the number of elements before dividing by it
   * @return an array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray std(int axis, boolean keepdims, int ddof) {
    return std(new int[] {axis}, keepdims, ddof);
  }

  /**
   * The standard deviation of the elements: the root of the variance. Over several axes. Mirrors
   * {@code mlx.core.std}.
   *
   * @param axes the axes; they count from the end when negative
   * @return an array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray std(int[] axes) {
    return std(axes, false, 0);
  }

  /**
   * The standard deviation of the elements: the root of the variance. Over several axes. Mirrors
   * {@code mlx.core.std}.
   *
   * @param axes the axes; they count from the end when negative
   * @param keepdims whether reduced axes stay, with size 1
   * @return an array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray std(int[] axes, boolean keepdims) {
    return std(axes, keepdims, 0);
  }

  /**
   * The standard deviation of the elements: the root of the variance. Over several axes. Mirrors
   * {@code mlx.core.std}.
   *
   * @param axes the axes; they count from the end when negative
   * @param keepdims whether reduced axes stay, with size 1
   * @param ddof is subtracted from the number of elements before dividing by it
   * @return an array without the reduced axes
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray std(int[] axes, boolean keepdims, int ddof) {
    return unary("std", (a, s) -> ReductionsNative.std(a, axes, keepdims, ddof, s), this);
  }

  /**
   * The smallest and the largest element. Over all axes. Mirrors {@code mlx.core.minmax}.
   *
   * @return the smallest and the largest elements
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray[] minmax() {
    return minmax(false);
  }

  /**
   * The smallest and the largest element. Over all axes. Mirrors {@code mlx.core.minmax}.
   *
   * @param keepdims whether reduced axes stay, with size 1
   * @return the smallest and the largest elements
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray[] minmax(boolean keepdims) {
    return unaryToMany("minmax", (a, s) -> ReductionsNative.minmax(a, keepdims, s), this);
  }

  /**
   * The smallest and the largest element. Over one axis. Mirrors {@code mlx.core.minmax}.
   *
   * @param axis the axis; counts from the end when negative
   * @return the smallest and the largest elements
   * @throws IllegalArgumentException if an axis is out of range or given twice, or a reduced axis
   *     is empty
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray[] minmax(int axis) {
    return minmax(axis, false);
  }

  /**
   * The smallest and the largest element. Over one axis. Mirrors {@code mlx.core.minmax}.
   *
   * @param axis the axis; counts from the end when negative
   * @param keepdims whether reduced axes stay, with size 1
   * @return the smallest and the largest elements
   * @throws IllegalArgumentException if an axis is out of range or given twice, or a reduced axis
   *     is empty
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray[] minmax(int axis, boolean keepdims) {
    return minmax(new int[] {axis}, keepdims);
  }

  /**
   * The smallest and the largest element. Over several axes. Mirrors {@code mlx.core.minmax}.
   *
   * @param axes the axes; they count from the end when negative
   * @return the smallest and the largest elements
   * @throws IllegalArgumentException if an axis is out of range or given twice, or a reduced axis
   *     is empty
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray[] minmax(int[] axes) {
    return minmax(axes, false);
  }

  /**
   * The smallest and the largest element. Over several axes. Mirrors {@code mlx.core.minmax}.
   *
   * @param axes the axes; they count from the end when negative
   * @param keepdims whether reduced axes stay, with size 1
   * @return the smallest and the largest elements
   * @throws IllegalArgumentException if an axis is out of range or given twice, or a reduced axis
   *     is empty
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray[] minmax(int[] axes, boolean keepdims) {
    return unaryToMany("minmax", (a, s) -> ReductionsNative.minmax(a, axes, keepdims, s), this);
  }

  /**
   * The index of the smallest element, the first of equal ones. In the flattened array. Mirrors
   * {@code mlx.core.argmin}.
   *
   * @return a uint32 scalar
   * @throws IllegalArgumentException if the array is empty
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray argmin() {
    return argmin(false);
  }

  /**
   * The index of the smallest element, the first of equal ones. In the flattened array. Mirrors
   * {@code mlx.core.argmin}.
   *
   * @param keepdims whether reduced axes stay, with size 1
   * @return a uint32 array
   * @throws IllegalArgumentException if the array is empty
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray argmin(boolean keepdims) {
    return unary("argmin", (a, s) -> ReductionsNative.argmin(a, keepdims, s), this);
  }

  /**
   * The index of the smallest element, the first of equal ones. Along an axis. Mirrors {@code
   * mlx.core.argmin}.
   *
   * @param axis the axis; counts from the end when negative
   * @return a uint32 array without the axis
   * @throws IllegalArgumentException if the axis is out of range or empty
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray argmin(int axis) {
    return argmin(axis, false);
  }

  /**
   * The index of the smallest element, the first of equal ones. Along an axis. Mirrors {@code
   * mlx.core.argmin}.
   *
   * @param axis the axis; counts from the end when negative
   * @param keepdims whether reduced axes stay, with size 1
   * @return a uint32 array without the axis
   * @throws IllegalArgumentException if the axis is out of range or empty
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray argmin(int axis, boolean keepdims) {
    return unary("argmin", (a, s) -> ReductionsNative.argmin(a, axis, keepdims, s), this);
  }

  /**
   * The index of the largest element, the first of equal ones. In the flattened array. Mirrors
   * {@code mlx.core.argmax}.
   *
   * @return a uint32 scalar
   * @throws IllegalArgumentException if the array is empty
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray argmax() {
    return argmax(false);
  }

  /**
   * The index of the largest element, the first of equal ones. In the flattened array. Mirrors
   * {@code mlx.core.argmax}.
   *
   * @param keepdims whether reduced axes stay, with size 1
   * @return a uint32 array
   * @throws IllegalArgumentException if the array is empty
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray argmax(boolean keepdims) {
    return unary("argmax", (a, s) -> ReductionsNative.argmax(a, keepdims, s), this);
  }

  /**
   * The index of the largest element, the first of equal ones. Along an axis. Mirrors {@code
   * mlx.core.argmax}.
   *
   * @param axis the axis; counts from the end when negative
   * @return a uint32 array without the axis
   * @throws IllegalArgumentException if the axis is out of range or empty
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray argmax(int axis) {
    return argmax(axis, false);
  }

  /**
   * The index of the largest element, the first of equal ones. Along an axis. Mirrors {@code
   * mlx.core.argmax}.
   *
   * @param axis the axis; counts from the end when negative
   * @param keepdims whether reduced axes stay, with size 1
   * @return a uint32 array without the axis
   * @throws IllegalArgumentException if the axis is out of range or empty
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray argmax(int axis, boolean keepdims) {
    return unary("argmax", (a, s) -> ReductionsNative.argmax(a, axis, keepdims, s), this);
  }
}
