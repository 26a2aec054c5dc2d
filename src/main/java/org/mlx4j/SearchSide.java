package org.mlx4j;

import java.util.Locale;

/**
 * Which of equal elements {@code searchsorted} finds. Mirrors the {@code side} of {@code
 * mlx.core.searchsorted}.
 */
public enum SearchSide {
  /** The first: as many elements as are smaller than the value. */
  LEFT,
  /** The place behind the last: as many elements as are smaller than the value or equal to it. */
  RIGHT;

  String mlxName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
