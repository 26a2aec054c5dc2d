package org.mlx4j.nn;

import org.mlx4j.MlxArray;

/**
 * A layer that returns its input, for the place of another layer. Mirrors {@code mlx.nn.Identity}.
 *
 * <pre>{@code
 * boolean normalized = false;
 * Layer norm = normalized ? LayerNorm.of(8) : Identity.of();
 * }</pre>
 */
public record Identity() implements Layer {
  /** Makes the layer. */
  public static Identity of() {
    return new Identity();
  }

  @Override
  public MlxArray apply(MlxArray x) {
    return Arguments.notNull("Identity", "x", x);
  }
}
