package org.mlx4j;

import static org.mlx4j.Call.binary;
import static org.mlx4j.Call.unary;

import org.jspecify.annotations.Nullable;
import org.mlx4j.internal.SortingNative;

/**
 * Operations that order elements, or search in ordered ones.
 *
 * <pre>{@code
 * MlxArray x = MlxArray.of(3, 1, 2, 3);
 * MlxArray sorted = x.sort();                                // [1, 2, 3, 3]
 * MlxArray order = x.argsort();                              // [1, 2, 0, 3]
 * MlxArray place = sorted.searchsorted(MlxArray.of(3));      // [2]
 * MlxArray distinct = x.unique(3);                           // [1, 2, 3]
 * }</pre>
 *
 * <p>An axis may be negative and then counts from the end. All operations throw {@link
 * IllegalStateException} if an array is closed, and {@link NullPointerException} if an argument is
 * null, except where null is mentioned.
 */
public sealed interface Sorting permits MlxArray {
  /** Equivalent to {@link #sort(int) sort(-1)}. */
  default MlxArray sort() {
    return sort(-1);
  }

  /**
   * Sorts the elements along an axis in ascending order. Equal elements keep their order; NaN comes
   * last. Mirrors {@code mlx.core.sort}.
   *
   * @param axis the axis
   * @return an array of the same shape
   * @throws IllegalArgumentException if the axis is out of range
   */
  default MlxArray sort(int axis) {
    return unary("sort", (a, s) -> SortingNative.sort(a, axis, s), this);
  }

  /** Equivalent to {@link #argsort(int) argsort(-1)}. */
  default MlxArray argsort() {
    return argsort(-1);
  }

  /**
   * Returns the indices that sort the elements along an axis in ascending order. Mirrors {@code
   * mlx.core.argsort}.
   *
   * @param axis the axis
   * @return a uint32 array of the same shape
   * @throws IllegalArgumentException if the axis is out of range
   */
  default MlxArray argsort(int axis) {
    return unary("argsort", (a, s) -> SortingNative.argsort(a, axis, s), this);
  }

  /** Equivalent to {@link #partition(int, int) partition(kth, -1)}. */
  default MlxArray partition(int kth) {
    return partition(kth, -1);
  }

  /**
   * Orders the elements along an axis so that the one at index {@code kth} is in its sorted place,
   * no element before it is larger, and none after it is smaller. Mirrors {@code
   * mlx.core.partition}.
   *
   * @param kth an index into the sorted elements; counts from the end when negative
   * @param axis the axis
   * @return an array of the same shape
   * @throws IllegalArgumentException if the axis or {@code kth} is out of range
   */
  default MlxArray partition(int kth, int axis) {
    return unary("partition", (a, s) -> SortingNative.partition(a, kth, axis, s), this);
  }

  /** Equivalent to {@link #argpartition(int, int) argpartition(kth, -1)}. */
  default MlxArray argpartition(int kth) {
    return argpartition(kth, -1);
  }

  /**
   * Returns the indices that order the elements as {@link #partition(int, int)} does. Mirrors
   * {@code mlx.core.argpartition}.
   *
   * @param kth an index into the sorted elements; counts from the end when negative
   * @param axis the axis
   * @return a uint32 array of the same shape
   * @throws IllegalArgumentException if the axis or {@code kth} is out of range
   */
  default MlxArray argpartition(int kth, int axis) {
    return unary("argpartition", (a, s) -> SortingNative.argpartition(a, kth, axis, s), this);
  }

  /** Equivalent to {@link #topk(int, int) topk(k, -1)}. */
  default MlxArray topk(int k) {
    return topk(k, -1);
  }

  /**
   * Returns the {@code k} largest elements along an axis, in no particular order. Mirrors {@code
   * mlx.core.topk}.
   *
   * @param k the number of elements, from 1 to the size of the axis
   * @param axis the axis
   * @return an array whose axis has size {@code k}
   * @throws IllegalArgumentException if the axis or {@code k} is out of range
   */
  default MlxArray topk(int k, int axis) {
    return unary("topk", (a, s) -> SortingNative.topk(a, k, axis, s), this);
  }

  /**
   * Equivalent to {@link #searchsorted(MlxArray, SearchSide) searchsorted(values,
   * SearchSide.LEFT)}.
   */
  default MlxArray searchsorted(MlxArray values) {
    return searchsorted(values, SearchSide.LEFT);
  }

  /**
   * Returns the indices at which values could be inserted into this array, which must be in
   * ascending order, so that it stays sorted. Mirrors {@code mlx.core.searchsorted}.
   *
   * @param values the values, of any shape; their dtype and this array's are promoted
   * @param side whether they would be inserted before or after the elements that equal them
   * @return a uint32 array of the shape of {@code values}
   * @throws IllegalArgumentException if this array does not have exactly one axis
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
   * Returns the distinct elements of the flattened array in ascending order; see {@link
   * #unique(int, boolean, boolean, boolean, MlxArray)}.
   */
  default MlxArray unique(int size) {
    return unique(size, false, false, false).values();
  }

  /**
   * Equivalent to {@link #unique(int, boolean, boolean, boolean, MlxArray)} without a fill value:
   * the first element is repeated.
   */
  default Unique unique(
      int size, boolean returnIndex, boolean returnInverse, boolean returnCounts) {
    return unique(size, returnIndex, returnInverse, returnCounts, null);
  }

  /**
   * Returns the distinct elements of the flattened array in ascending order, with optional details.
   * Their number is fixed by the caller, so that the result's shape does not depend on values.
   * Mirrors {@code mlx.core.unique}.
   *
   * @param size the number of elements of the result; distinct elements beyond it are left out
   * @param returnIndex whether to find an index of each distinct element
   * @param returnInverse whether to find, for each element of this array, which distinct element it
   *     is; the last one stands for those that are left out
   * @param returnCounts whether to count each distinct element
   * @param fillValue a scalar, converted to this array's dtype, that fills the result if there are
   *     fewer distinct elements; null to repeat the first of them
   * @return arrays of shape {@code (size)}, except for {@code inverse}
   * @throws IllegalArgumentException if {@code size} is negative, the fill value is not a scalar,
   *     or there is none and {@code size} is positive for an empty array
   */
  default Unique unique(
      int size,
      boolean returnIndex,
      boolean returnInverse,
      boolean returnCounts,
      @Nullable MlxArray fillValue) {
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
