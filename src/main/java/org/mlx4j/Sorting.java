package org.mlx4j;

import static org.mlx4j.Call.binary;
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

  /**
   * Where values would have to go for this array to stay sorted: before the elements equal to them.
   * Mirrors {@code mlx.core.searchsorted}.
   *
   * @param values the values, of any shape; the dtypes are promoted
   * @return a uint32 array of the shape of {@code values}
   * @throws IllegalArgumentException if this array has not one axis
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray searchsorted(MlxArray values) {
    return searchsorted(values, SearchSide.LEFT);
  }

  /**
   * Where values would have to go for this array to stay sorted. Mirrors {@code
   * mlx.core.searchsorted}.
   *
   * @param values the values, of any shape; the dtypes are promoted
   * @param side whether they go before or behind the elements equal to them
   * @return a uint32 array of the shape of {@code values}
   * @throws IllegalArgumentException if this array, which must be in ascending order, has not one
   *     axis
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray searchsorted(MlxArray values, SearchSide side) {
    Call.notNull("searchsorted", "the side", side);
    return binary(
        "searchsorted",
        (a, v, s) -> SortingNative.searchsorted(a, v, side.mlxName(), s),
        this,
        values);
  }

  /**
   * The different elements of the flattened array in ascending order. Mirrors {@code
   * mlx.core.unique}.
   *
   * @param size how many the result shall have: those beyond are left out, and if there are fewer,
   *     the first is repeated
   * @return an array of shape {@code (size)}
   * @throws IllegalArgumentException if {@code size} is negative, or positive for an empty array
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray unique(int size) {
    return unique(size, false, false, false).values();
  }

  /**
   * The different elements of the flattened array in ascending order, and what else is asked for.
   * Mirrors {@code mlx.core.unique}.
   *
   * @param size how many the result shall have: those beyond are left out, and if there are fewer,
   *     the first is repeated
   * @param returnIndex whether to find where each is
   * @param returnInverse whether to find for each element which it is; the last stands for what is
   *     left out
   * @param returnCounts whether to count each
   * @return arrays of shape {@code (size)}, but for {@code inverse}
   * @throws IllegalArgumentException if {@code size} is negative, or positive for an empty array
   * @throws IllegalStateException if an array is closed
   */
  default Unique unique(
      int size, boolean returnIndex, boolean returnInverse, boolean returnCounts) {
    return unique(size, returnIndex, returnInverse, returnCounts, null);
  }

  /**
   * The different elements of the flattened array in ascending order, and what else is asked for.
   * Mirrors {@code mlx.core.unique}.
   *
   * @param size how many the result shall have: those beyond are left out
   * @param returnIndex whether to find where each is
   * @param returnInverse whether to find for each element which it is; the last stands for what is
   *     left out
   * @param returnCounts whether to count each
   * @param fillValue the scalar, converted to the array's dtype, that follows if there are fewer;
   *     or null to repeat the first
   * @return arrays of shape {@code (size)}, but for {@code inverse}
   * @throws IllegalArgumentException if {@code size} is negative, the fill value is no scalar, or
   *     there is none and {@code size} is positive for an empty array
   * @throws IllegalStateException if an array is closed
   */
  default Unique unique(
      int size,
      boolean returnIndex,
      boolean returnInverse,
      boolean returnCounts,
      MlxArray fillValue) {
    MlxArray a = (MlxArray) this;
    MlxArray[] arrays = fillValue == null ? new MlxArray[] {a} : new MlxArray[] {a, fillValue};
    MlxArray[] results =
        Call.naryToMany(
            "unique",
            (h, s) ->
                SortingNative.unique(
                    h[0],
                    size,
                    returnIndex,
                    returnInverse,
                    returnCounts,
                    h.length > 1 ? h[1] : 0,
                    s),
            arrays);
    int next = 1;
    MlxArray indices = returnIndex ? results[next++] : null;
    MlxArray inverse = returnInverse ? results[next++] : null;
    MlxArray counts = returnCounts ? results[next] : null;
    return new Unique(results[0], indices, inverse, counts);
  }
}
