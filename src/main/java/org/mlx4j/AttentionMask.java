package org.mlx4j;

import java.util.Locale;

/**
 * Which keys a query may look at, where no array says so. Mirrors the {@code mask} of {@code
 * mlx.core.fast.scaled_dot_product_attention}.
 */
public enum AttentionMask {
  /** All. */
  NONE,
  /** Those up to its own position, where the last query is at the position of the last key. */
  CAUSAL;

  String mlxName() {
    return this == NONE ? "" : name().toLowerCase(Locale.ROOT);
  }
}
