package org.mlx4j;

import static org.mlx4j.Call.unary;

import java.util.Arrays;
import org.mlx4j.internal.ReductionsNative;

/** Operations that run along axes. */
public sealed interface Scans permits MlxArray {
  /**
   * The sums of all elements up to each one. Of the flattened array. Mirrors {@code
   * mlx.core.cumsum}.
   *
   * @return an array of one axis
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray cumsum() {
    return cumsum(false, true);
  }

  /**
   * The sums of all elements up to each one. Of the flattened array. Mirrors {@code
   * mlx.core.cumsum}.
   *
   * @param reverse whether to go from the end to the start
   * @param inclusive whether an element counts in its own result
   * @return an array of one axis
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray cumsum(boolean reverse, boolean inclusive) {
    return unary("cumsum", (a, s) -> ReductionsNative.cumsum(a, reverse, inclusive, -1, s), this);
  }

  /**
   * The sums of all elements up to each one. Along an axis. Mirrors {@code mlx.core.cumsum}.
   *
   * @param axis the axis; counts from the end when negative
   * @return an array of the same shape
   * @throws IllegalArgumentException if the axis is out of range
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray cumsum(int axis) {
    return cumsum(axis, false, true);
  }

  /**
   * The sums of all elements up to each one. Along an axis. Mirrors {@code mlx.core.cumsum}.
   *
   * @param axis the axis; counts from the end when negative
   * @param reverse whether to go from the end to the start
   * @param inclusive whether an element counts in its own result
   * @return an array of the same shape
   * @throws IllegalArgumentException if the axis is out of range
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray cumsum(int axis, boolean reverse, boolean inclusive) {
    return unary(
        "cumsum", (a, s) -> ReductionsNative.cumsum(a, axis, reverse, inclusive, -1, s), this);
  }

  /**
   * The sums of all elements up to each one. Along an axis. Mirrors {@code mlx.core.cumsum}.
   *
   * @param axis the axis; counts from the end when negative
   * @param reverse whether to go from the end to the start
   * @param inclusive whether an element counts in its own result
   * @param dtype the dtype in which to compute
   * @return an array of the same shape
   * @throws IllegalArgumentException if the axis is out of range
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray cumsum(int axis, boolean reverse, boolean inclusive, DType dtype) {
    return unary(
        "cumsum",
        (a, s) ->
            ReductionsNative.cumsum(a, axis, reverse, inclusive, Call.code("cumsum", dtype), s),
        this);
  }

  /**
   * The products of all elements up to each one. Of the flattened array. Mirrors {@code
   * mlx.core.cumprod}.
   *
   * @return an array of one axis
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray cumprod() {
    return cumprod(false, true);
  }

  /**
   * The products of all elements up to each one. Of the flattened array. Mirrors {@code
   * mlx.core.cumprod}.
   *
   * @param reverse whether to go from the end to the start
   * @param inclusive whether an element counts in its own result
   * @return an array of one axis
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray cumprod(boolean reverse, boolean inclusive) {
    return unary("cumprod", (a, s) -> ReductionsNative.cumprod(a, reverse, inclusive, -1, s), this);
  }

  /**
   * The products of all elements up to each one. Along an axis. Mirrors {@code mlx.core.cumprod}.
   *
   * @param axis the axis; counts from the end when negative
   * @return an array of the same shape
   * @throws IllegalArgumentException if the axis is out of range
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray cumprod(int axis) {
    return cumprod(axis, false, true);
  }

  /**
   * The products of all elements up to each one. Along an axis. Mirrors {@code mlx.core.cumprod}.
   *
   * @param axis the axis; counts from the end when negative
   * @param reverse whether to go from the end to the start
   * @param inclusive whether an element counts in its own result
   * @return an array of the same shape
   * @throws IllegalArgumentException if the axis is out of range
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray cumprod(int axis, boolean reverse, boolean inclusive) {
    return unary(
        "cumprod", (a, s) -> ReductionsNative.cumprod(a, axis, reverse, inclusive, -1, s), this);
  }

  /**
   * The products of all elements up to each one. Along an axis. Mirrors {@code mlx.core.cumprod}.
   *
   * @param axis the axis; counts from the end when negative
   * @param reverse whether to go from the end to the start
   * @param inclusive whether an element counts in its own result
   * @param dtype the dtype in which to compute
   * @return an array of the same shape
   * @throws IllegalArgumentException if the axis is out of range
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray cumprod(int axis, boolean reverse, boolean inclusive, DType dtype) {
    return unary(
        "cumprod",
        (a, s) ->
            ReductionsNative.cumprod(a, axis, reverse, inclusive, Call.code("cumprod", dtype), s),
        this);
  }

  /**
   * The largest of all elements up to each one. Of the flattened array. Mirrors {@code
   * mlx.core.cummax}.
   *
   * @return an array of one axis
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray cummax() {
    return cummax(false, true);
  }

  /**
   * The largest of all elements up to each one. Of the flattened array. Mirrors {@code
   * mlx.core.cummax}.
   *
   * @param reverse whether to go from the end to the start
   * @param inclusive whether an element counts in its own result
   * @return an array of one axis
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray cummax(boolean reverse, boolean inclusive) {
    return unary("cummax", (a, s) -> ReductionsNative.cummax(a, reverse, inclusive, s), this);
  }

  /**
   * The largest of all elements up to each one. Along an axis. Mirrors {@code mlx.core.cummax}.
   *
   * @param axis the axis; counts from the end when negative
   * @return an array of the same shape
   * @throws IllegalArgumentException if the axis is out of range
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray cummax(int axis) {
    return cummax(axis, false, true);
  }

  /**
   * The largest of all elements up to each one. Along an axis. Mirrors {@code mlx.core.cummax}.
   *
   * @param axis the axis; counts from the end when negative
   * @param reverse whether to go from the end to the start
   * @param inclusive whether an element counts in its own result
   * @return an array of the same shape
   * @throws IllegalArgumentException if the axis is out of range
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray cummax(int axis, boolean reverse, boolean inclusive) {
    return unary("cummax", (a, s) -> ReductionsNative.cummax(a, axis, reverse, inclusive, s), this);
  }

  /**
   * The smallest of all elements up to each one. Of the flattened array. Mirrors {@code
   * mlx.core.cummin}.
   *
   * @return an array of one axis
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray cummin() {
    return cummin(false, true);
  }

  /**
   * The smallest of all elements up to each one. Of the flattened array. Mirrors {@code
   * mlx.core.cummin}.
   *
   * @param reverse whether to go from the end to the start
   * @param inclusive whether an element counts in its own result
   * @return an array of one axis
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray cummin(boolean reverse, boolean inclusive) {
    return unary("cummin", (a, s) -> ReductionsNative.cummin(a, reverse, inclusive, s), this);
  }

  /**
   * The smallest of all elements up to each one. Along an axis. Mirrors {@code mlx.core.cummin}.
   *
   * @param axis the axis; counts from the end when negative
   * @return an array of the same shape
   * @throws IllegalArgumentException if the axis is out of range
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray cummin(int axis) {
    return cummin(axis, false, true);
  }

  /**
   * The smallest of all elements up to each one. Along an axis. Mirrors {@code mlx.core.cummin}.
   *
   * @param axis the axis; counts from the end when negative
   * @param reverse whether to go from the end to the start
   * @param inclusive whether an element counts in its own result
   * @return an array of the same shape
   * @throws IllegalArgumentException if the axis is out of range
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray cummin(int axis, boolean reverse, boolean inclusive) {
    return unary("cummin", (a, s) -> ReductionsNative.cummin(a, axis, reverse, inclusive, s), this);
  }

  /**
   * The logarithms of the sums of the exponentials of all elements up to each one, without
   * overflow. Of the flattened array. Mirrors {@code mlx.core.logcumsumexp}.
   *
   * @return an array of one axis
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray logcumsumexp() {
    return logcumsumexp(false, true);
  }

  /**
   * The logarithms of the sums of the exponentials of all elements up to each one, without
   * overflow. Of the flattened array. Mirrors {@code mlx.core.logcumsumexp}.
   *
   * @param reverse whether to go from the end to the start
   * @param inclusive whether an element counts in its own result
   * @return an array of one axis
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray logcumsumexp(boolean reverse, boolean inclusive) {
    return unary(
        "logcumsumexp", (a, s) -> ReductionsNative.logcumsumexp(a, reverse, inclusive, s), this);
  }

  /**
   * The logarithms of the sums of the exponentials of all elements up to each one, without
   * overflow. Along an axis. Mirrors {@code mlx.core.logcumsumexp}.
   *
   * @param axis the axis; counts from the end when negative
   * @return an array of the same shape
   * @throws IllegalArgumentException if the axis is out of range
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray logcumsumexp(int axis) {
    return logcumsumexp(axis, false, true);
  }

  /**
   * The logarithms of the sums of the exponentials of all elements up to each one, without
   * overflow. Along an axis. Mirrors {@code mlx.core.logcumsumexp}.
   *
   * @param axis the axis; counts from the end when negative
   * @param reverse whether to go from the end to the start
   * @param inclusive whether an element counts in its own result
   * @return an array of the same shape
   * @throws IllegalArgumentException if the axis is out of range
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray logcumsumexp(int axis, boolean reverse, boolean inclusive) {
    return unary(
        "logcumsumexp",
        (a, s) -> ReductionsNative.logcumsumexp(a, axis, reverse, inclusive, s),
        this);
  }

  /**
   * The exponentials divided by their sum, without overflow. Over all axes. Mirrors {@code
   * mlx.core.softmax}.
   *
   * @return an array of the same shape; integer input gives float32
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray softmax() {
    return softmax(false);
  }

  /**
   * The exponentials divided by their sum, without overflow. Over all axes. Mirrors {@code
   * mlx.core.softmax}.
   *
   * @param precise whether to compute float16 and bfloat16 in float32
   * @return an array of the same shape; integer input gives float32
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray softmax(boolean precise) {
    return unary("softmax", (a, s) -> ReductionsNative.softmax(a, precise, s), this);
  }

  /**
   * The exponentials divided by their sum, without overflow. Along an axis. Mirrors {@code
   * mlx.core.softmax}.
   *
   * @param axis the axis; counts from the end when negative
   * @param precise whether to compute float16 and bfloat16 in float32
   * @return an array of the same shape; integer input gives float32
   * @throws IllegalArgumentException if the axis is out of range
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray softmax(int axis, boolean precise) {
    return softmax(new int[] {axis}, precise);
  }

  /**
   * The exponentials divided by their sum, without overflow. Along an axis. Mirrors {@code
   * mlx.core.softmax}.
   *
   * @param axis the axis; counts from the end when negative
   * @return an array of the same shape; integer input gives float32
   * @throws IllegalArgumentException if the axis is out of range
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray softmax(int axis) {
    return softmax(new int[] {axis}, false);
  }

  /**
   * The exponentials divided by their sum, without overflow. Along several axes. Mirrors {@code
   * mlx.core.softmax}.
   *
   * @param axes the axes; they count from the end when negative
   * @return an array of the same shape; integer input gives float32
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray softmax(int[] axes) {
    return softmax(axes, false);
  }

  /**
   * The exponentials divided by their sum, without overflow. Along several axes. Mirrors {@code
   * mlx.core.softmax}.
   *
   * @param axes the axes; they count from the end when negative
   * @param precise whether to compute float16 and bfloat16 in float32
   * @return an array of the same shape; integer input gives float32
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray softmax(int[] axes, boolean precise) {
    return unary("softmax", (a, s) -> ReductionsNative.softmax(a, axes, precise, s), this);
  }

  /**
   * The differences of neighbours along the last axis. Mirrors {@code mlx.core.diff}.
   *
   * @return an array whose axis has one element less
   * @throws IllegalArgumentException for a scalar
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray diff() {
    return diff(1);
  }

  /**
   * The differences of neighbours along the last axis, taken several times. Mirrors {@code
   * mlx.core.diff}.
   *
   * @param n how many times, not negative
   * @return an array whose axis has {@code n} elements less, or none
   * @throws IllegalArgumentException for a scalar, or if {@code n} is negative
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray diff(int n) {
    return diff(n, -1);
  }

  /**
   * The differences of neighbours along an axis, taken several times. Mirrors {@code
   * mlx.core.diff}.
   *
   * @param n how many times, not negative
   * @param axis the axis; counts from the end when negative
   * @return an array whose axis has {@code n} elements less, or none
   * @throws IllegalArgumentException if {@code n} is negative or the axis out of range
   * @throws IllegalStateException if an array is closed
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
