package org.mlx4j;

/** Which part of a convolution is kept. Mirrors the {@code mode} of {@code mlx.core.convolve}. */
public enum ConvolveMode {
  /** Every position where the two overlap: as many elements as both together, less one. */
  FULL,
  /** The positions where the shorter one lies inside the longer one. */
  VALID,
  /** As many elements as the longer one has. */
  SAME
}
