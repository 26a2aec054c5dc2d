package org.mlx4j;

import java.util.Locale;

/**
 * The position that {@link Sorting#searchsorted(MlxArray, SearchSide)} returns among equal
 * elements. Mirrors the argument {@code side} of {@code mlx.core.searchsorted}.
 *
 * <pre>{@code
 * MlxArray sorted = MlxArray.of(1, 2, 2, 3);
 * MlxArray first = sorted.searchsorted(MlxArray.of(2), SearchSide.LEFT);  // [1]
 * MlxArray after = sorted.searchsorted(MlxArray.of(2), SearchSide.RIGHT); // [3]
 * }</pre>
 */
public enum SearchSide {
  /** Before the first: the number of elements that are smaller than the value. */
  LEFT,
  /** After the last: the number of elements that are smaller than the value or equal to it. */
  RIGHT;

  String mlxName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
