package org.mlx4j;

/**
 * The part of a convolution that is returned. Mirrors the {@code mode} of {@code
 * mlx.core.convolve}.
 *
 * <pre>{@code
 * MlxArray x = MlxArray.of(1f, 2f, 3f, 4f);
 * MlxArray smooth = x.convolve(MlxArray.of(0.5f, 0.5f), ConvolveMode.VALID); // [1.5, 2.5, 3.5]
 * }</pre>
 */
public enum ConvolveMode {
  /** All positions at which the two vectors overlap: as many as both have elements, less one. */
  FULL,
  /** The positions at which the shorter vector lies within the longer one. */
  VALID,
  /** As many positions as the longer vector has elements. */
  SAME
}
