package org.mlx4j;

import static org.mlx4j.Call.unary;

import java.util.Arrays;
import org.mlx4j.internal.ReductionsNative;

/**
 * Operations that run along an axis: cumulative sums and their kind, softmax, and differences.
 *
 * <pre>{@code
 * MlxArray x = MlxArray.of(1f, 2f, 4f);
 * MlxArray sums = x.cumsum();     // [1, 3, 7]
 * MlxArray steps = x.diff();      // [1, 2]
 * MlxArray shares = x.softmax(0); // sums to 1
 * }</pre>
 *
 * <p>The cumulative operations have two switches: {@code reverse} runs from the end to the start,
 * and {@code inclusive} tells whether an element counts in its own result. An axis may be negative
 * and then counts from the end. All operations throw {@link IllegalStateException} if an array is
 * closed, and {@link NullPointerException} if an argument is null.
 */
public sealed interface Scans permits MlxArray {
  /**
   * Returns the cumulative sums of the flattened array; see {@link #cumsum(int, boolean, boolean,
   * DType)}.
   */
  default MlxArray cumsum() {
    return cumsum(false, true);
  }

  /**
   * Returns the cumulative sums of the flattened array; see {@link #cumsum(int, boolean, boolean,
   * DType)}.
   */
  default MlxArray cumsum(boolean reverse, boolean inclusive) {
    return unary("cumsum", (a, s) -> ReductionsNative.cumsum(a, reverse, inclusive, -1, s), this);
  }

  /** Equivalent to {@link #cumsum(int, boolean, boolean) cumsum(axis, false, true)}. */
  default MlxArray cumsum(int axis) {
    return cumsum(axis, false, true);
  }

  /** Equivalent to {@link #cumsum(int, boolean, boolean, DType)} with this array's dtype. */
  default MlxArray cumsum(int axis, boolean reverse, boolean inclusive) {
    return unary(
        "cumsum", (a, s) -> ReductionsNative.cumsum(a, axis, reverse, inclusive, -1, s), this);
  }

  /**
   * Computes the cumulative sums along an axis: for each element the sum of all elements up to it.
   * Mirrors {@code mlx.core.cumsum}.
   *
   * @param axis the axis
   * @param reverse whether to run from the end to the start
   * @param inclusive whether an element counts in its own result
   * @param dtype the dtype to compute in
   * @return an array of the same shape
   * @throws IllegalArgumentException if the axis is out of range
   */
  default MlxArray cumsum(int axis, boolean reverse, boolean inclusive, DType dtype) {
    return unary(
        "cumsum",
        (a, s) ->
            ReductionsNative.cumsum(a, axis, reverse, inclusive, Call.code("cumsum", dtype), s),
        this);
  }

  /**
   * Returns the cumulative products of the flattened array; see {@link #cumprod(int, boolean,
   * boolean, DType)}.
   */
  default MlxArray cumprod() {
    return cumprod(false, true);
  }

  /**
   * Returns the cumulative products of the flattened array; see {@link #cumprod(int, boolean,
   * boolean, DType)}.
   */
  default MlxArray cumprod(boolean reverse, boolean inclusive) {
    return unary("cumprod", (a, s) -> ReductionsNative.cumprod(a, reverse, inclusive, -1, s), this);
  }

  /** Equivalent to {@link #cumprod(int, boolean, boolean) cumprod(axis, false, true)}. */
  default MlxArray cumprod(int axis) {
    return cumprod(axis, false, true);
  }

  /** Equivalent to {@link #cumprod(int, boolean, boolean, DType)} with this array's dtype. */
  default MlxArray cumprod(int axis, boolean reverse, boolean inclusive) {
    return unary(
        "cumprod", (a, s) -> ReductionsNative.cumprod(a, axis, reverse, inclusive, -1, s), this);
  }

  /**
   * Computes the cumulative products along an axis: for each element the product of all elements up
   * to it. Mirrors {@code mlx.core.cumprod}.
   *
   * @param axis the axis
   * @param reverse whether to run from the end to the start
   * @param inclusive whether an element counts in its own result
   * @param dtype the dtype to compute in
   * @return an array of the same shape
   * @throws IllegalArgumentException if the axis is out of range
   */
  default MlxArray cumprod(int axis, boolean reverse, boolean inclusive, DType dtype) {
    return unary(
        "cumprod",
        (a, s) ->
            ReductionsNative.cumprod(a, axis, reverse, inclusive, Call.code("cumprod", dtype), s),
        this);
  }

  /**
   * Returns the cumulative maxima of the flattened array; see {@link #cummax(int, boolean,
   * boolean)}.
   */
  default MlxArray cummax() {
    return cummax(false, true);
  }

  /**
   * Returns the cumulative maxima of the flattened array; see {@link #cummax(int, boolean,
   * boolean)}.
   */
  default MlxArray cummax(boolean reverse, boolean inclusive) {
    return unary("cummax", (a, s) -> ReductionsNative.cummax(a, reverse, inclusive, s), this);
  }

  /** Equivalent to {@link #cummax(int, boolean, boolean) cummax(axis, false, true)}. */
  default MlxArray cummax(int axis) {
    return cummax(axis, false, true);
  }

  /**
   * Computes the cumulative maxima along an axis: for each element the largest of all elements up
   * to it. Mirrors {@code mlx.core.cummax}.
   *
   * @param axis the axis
   * @param reverse whether to run from the end to the start
   * @param inclusive whether an element counts in its own result
   * @return an array of the same shape
   * @throws IllegalArgumentException if the axis is out of range
   */
  default MlxArray cummax(int axis, boolean reverse, boolean inclusive) {
    return unary("cummax", (a, s) -> ReductionsNative.cummax(a, axis, reverse, inclusive, s), this);
  }

  /**
   * Returns the cumulative minima of the flattened array; see {@link #cummin(int, boolean,
   * boolean)}.
   */
  default MlxArray cummin() {
    return cummin(false, true);
  }

  /**
   * Returns the cumulative minima of the flattened array; see {@link #cummin(int, boolean,
   * boolean)}.
   */
  default MlxArray cummin(boolean reverse, boolean inclusive) {
    return unary("cummin", (a, s) -> ReductionsNative.cummin(a, reverse, inclusive, s), this);
  }

  /** Equivalent to {@link #cummin(int, boolean, boolean) cummin(axis, false, true)}. */
  default MlxArray cummin(int axis) {
    return cummin(axis, false, true);
  }

  /**
   * Computes the cumulative minima along an axis: for each element the smallest of all elements up
   * to it. Mirrors {@code mlx.core.cummin}.
   *
   * @param axis the axis
   * @param reverse whether to run from the end to the start
   * @param inclusive whether an element counts in its own result
   * @return an array of the same shape
   * @throws IllegalArgumentException if the axis is out of range
   */
  default MlxArray cummin(int axis, boolean reverse, boolean inclusive) {
    return unary("cummin", (a, s) -> ReductionsNative.cummin(a, axis, reverse, inclusive, s), this);
  }

  /**
   * Returns the cumulative logarithms of sums of exponentials of the flattened array; see {@link
   * #logcumsumexp(int, boolean, boolean)}.
   */
  default MlxArray logcumsumexp() {
    return logcumsumexp(false, true);
  }

  /**
   * Returns the cumulative logarithms of sums of exponentials of the flattened array; see {@link
   * #logcumsumexp(int, boolean, boolean)}.
   */
  default MlxArray logcumsumexp(boolean reverse, boolean inclusive) {
    return unary(
        "logcumsumexp", (a, s) -> ReductionsNative.logcumsumexp(a, reverse, inclusive, s), this);
  }

  /** Equivalent to {@link #logcumsumexp(int, boolean, boolean) logcumsumexp(axis, false, true)}. */
  default MlxArray logcumsumexp(int axis) {
    return logcumsumexp(axis, false, true);
  }

  /**
   * Computes, for each element, the logarithm of the sum of the exponentials of all elements up to
   * it along an axis, without overflow. Mirrors {@code mlx.core.logcumsumexp}.
   *
   * @param axis the axis
   * @param reverse whether to run from the end to the start
   * @param inclusive whether an element counts in its own result
   * @return an array of the same shape
   * @throws IllegalArgumentException if the axis is out of range
   */
  default MlxArray logcumsumexp(int axis, boolean reverse, boolean inclusive) {
    return unary(
        "logcumsumexp",
        (a, s) -> ReductionsNative.logcumsumexp(a, axis, reverse, inclusive, s),
        this);
  }

  /** Computes the softmax over all axes together; see {@link #softmax(int[], boolean)}. */
  default MlxArray softmax() {
    return softmax(false);
  }

  /** Computes the softmax over all axes together; see {@link #softmax(int[], boolean)}. */
  default MlxArray softmax(boolean precise) {
    return unary("softmax", (a, s) -> ReductionsNative.softmax(a, precise, s), this);
  }

  /** Equivalent to {@link #softmax(int[], boolean)} with a single axis. */
  default MlxArray softmax(int axis, boolean precise) {
    return softmax(new int[] {axis}, precise);
  }

  /**
   * Equivalent to {@link #softmax(int[], boolean)} with a single axis and {@code precise} false.
   */
  default MlxArray softmax(int axis) {
    return softmax(new int[] {axis}, false);
  }

  /** Equivalent to {@link #softmax(int[], boolean) softmax(axes, false)}. */
  default MlxArray softmax(int[] axes) {
    return softmax(axes, false);
  }

  /**
   * Computes the softmax over axes: the exponentials divided by their sum, without overflow.
   * Mirrors {@code mlx.core.softmax}.
   *
   * @param axes the axes to sum over
   * @param precise whether to compute float16 and bfloat16 in float32
   * @return an array of the same shape; float32 for integer input
   * @throws IllegalArgumentException if an axis is out of range or given twice
   */
  default MlxArray softmax(int[] axes, boolean precise) {
    return unary("softmax", (a, s) -> ReductionsNative.softmax(a, axes, precise, s), this);
  }

  /** Equivalent to {@link #diff(int, int) diff(1, -1)}. */
  default MlxArray diff() {
    return diff(1);
  }

  /** Equivalent to {@link #diff(int, int) diff(n, -1)}. */
  default MlxArray diff(int n) {
    return diff(n, -1);
  }

  /**
   * Computes the differences of neighbors along an axis, {@code n} times in succession. Mirrors
   * {@code mlx.core.diff}.
   *
   * @param n the number of times, not negative
   * @param axis the axis
   * @return an array whose axis has {@code n} elements fewer, or no elements
   * @throws IllegalArgumentException if {@code n} is negative, or the axis is out of range
   */
  default MlxArray diff(int n, int axis) {
    int[] shape = ((MlxArray) this).shape();
    int along = axis < 0 ? axis + shape.length : axis;
    if (n <= 0 || along < 0 || along >= shape.length) {
      return unary("diff", (a, s) -> ReductionsNative.diff(a, n, axis, s), this);
    }
    // MLX would go on taking differences of nothing
    if (n >= shape[along] || ((MlxArray) this).size() == 0) {
      Index[] rest = new Index[along + 1];
      Arrays.fill(rest, Index.all());
      rest[along] = Index.from(Math.min(n, shape[along]));
      return ((MlxArray) this).get(rest);
    }
    return unary("diff", (a, s) -> ReductionsNative.diff(a, n, axis, s), this);
  }
}
