package org.mlx4j;

import java.util.Locale;

/**
 * The side on which {@code searchsorted} inserts a value beside equal elements. Mirrors the {@code
 * side} of {@code mlx.core.searchsorted}.
 *
 * <pre>{@code
 * MlxArray sorted = MlxArray.of(1f, 2f, 2f, 3f);
 * MlxArray left = sorted.searchsorted(MlxArray.of(2f), SearchSide.LEFT); // [1]
 * MlxArray right = sorted.searchsorted(MlxArray.of(2f), SearchSide.RIGHT); // [3]
 * }</pre>
 */
public enum SearchSide {
  /** Before the first equal element: the index is the number of elements less than the value. */
  LEFT,
  /**
   * After the last equal element: the index is the number of elements less than or equal to the
   * value.
   */
  RIGHT;

  String mlxName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
