package org.mlx4j;

import java.util.Locale;

/**
 * The keys that a query attends to, if no array describes them. Mirrors the {@code mask} of {@code
 * mlx.core.fast.scaled_dot_product_attention}.
 *
 * <pre>{@code
 * MlxArray x = MlxRandom.normal(new int[] {1, 8, 16, 64}); // batch, heads, positions, features
 * MlxArray y = Fast.scaledDotProductAttention(x, x, x, 0.125, AttentionMask.CAUSAL);
 * }</pre>
 */
public enum AttentionMask {
  /** All keys. */
  NONE,
  /**
   * The keys up to the position of the query, where the last query is at the position of the last
   * key.
   */
  CAUSAL;

  String mlxName() {
    return this == NONE ? "" : name().toLowerCase(Locale.ROOT);
  }
}
