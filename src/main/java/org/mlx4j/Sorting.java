package org.mlx4j;

import static org.mlx4j.Call.unary;

import org.mlx4j.internal.SortingNative;

/** Operations that order elements. */
public sealed interface Sorting permits MlxArray {
  /**
   * The elements in ascending order; equal ones keep their order, NaN goes last. Along the last
   * axis. Mirrors {@code mlx.core.sort}.
   *
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray sort() {
    return sort(-1);
  }

  /**
   * The elements in ascending order; equal ones keep their order, NaN goes last. Along an axis.
   * Mirrors {@code mlx.core.sort}.
   *
   * @param axis the axis; counts from the end when negative
   * @return an array of the same shape
   * @throws IllegalArgumentException if the axis is out of range
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray sort(int axis) {
    return unary("sort", (a, s) -> SortingNative.sort(a, axis, s), this);
  }

  /**
   * The indices that sort the elements in ascending order. Along the last axis. Mirrors {@code
   * mlx.core.argsort}.
   *
   * @return a uint32 array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray argsort() {
    return argsort(-1);
  }

  /**
   * The indices that sort the elements in ascending order. Along an axis. Mirrors {@code
   * mlx.core.argsort}.
   *
   * @param axis the axis; counts from the end when negative
   * @return a uint32 array of the same shape
   * @throws IllegalArgumentException if the axis is out of range
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray argsort(int axis) {
    return unary("argsort", (a, s) -> SortingNative.argsort(a, axis, s), this);
  }

  /**
   * The elements, so ordered that no element before index {@code kth} is larger and none behind it
   * is smaller than the one there. Along the last axis. Mirrors {@code mlx.core.partition}.
   *
   * @param kth an index into the sorted elements; counts from the end when negative
   * @return an array of the same shape
   * @throws IllegalArgumentException if the axis or {@code kth} is out of range
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray partition(int kth) {
    return partition(kth, -1);
  }

  /**
   * The elements, so ordered that no element before index {@code kth} is larger and none behind it
   * is smaller than the one there. Along an axis. Mirrors {@code mlx.core.partition}.
   *
   * @param kth an index into the sorted elements; counts from the end when negative
   * @param axis the axis; counts from the end when negative
   * @return an array of the same shape
   * @throws IllegalArgumentException if the axis or {@code kth} is out of range
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray partition(int kth, int axis) {
    return unary("partition", (a, s) -> SortingNative.partition(a, kth, axis, s), this);
  }

  /**
   * The indices that partition the elements as {@link #partition(int, int)} does. Along the last
   * axis. Mirrors {@code mlx.core.argpartition}.
   *
   * @param kth an index into the sorted elements; counts from the end when negative
   * @return a uint32 array of the same shape
   * @throws IllegalArgumentException if the axis or {@code kth} is out of range
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray argpartition(int kth) {
    return argpartition(kth, -1);
  }

  /**
   * The indices that partition the elements as {@link #partition(int, int)} does. Along an axis.
   * Mirrors {@code mlx.core.argpartition}.
   *
   * @param kth an index into the sorted elements; counts from the end when negative
   * @param axis the axis; counts from the end when negative
   * @return a uint32 array of the same shape
   * @throws IllegalArgumentException if the axis or {@code kth} is out of range
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray argpartition(int kth, int axis) {
    return unary("argpartition", (a, s) -> SortingNative.argpartition(a, kth, axis, s), this);
  }

  /**
   * The {@code k} largest elements, in no defined order. Along the last axis. Mirrors {@code
   * mlx.core.topk}.
   *
   * @param k how many, from 1 to the size of the axis
   * @return an array whose last axis has size {@code k}
   * @throws IllegalArgumentException if the axis or {@code k} is out of range
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray topk(int k) {
    return topk(k, -1);
  }

  /**
   * The {@code k} largest elements, in no defined order. Along an axis. Mirrors {@code
   * mlx.core.topk}.
   *
   * @param k how many, from 1 to the size of the axis
   * @param axis the axis; counts from the end when negative
   * @return an array whose axis has size {@code k}
   * @throws IllegalArgumentException if the axis or {@code k} is out of range
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray topk(int k, int axis) {
    return unary("topk", (a, s) -> SortingNative.topk(a, k, axis, s), this);
  }
}
