package org.mlx4j;

import java.util.Locale;

/**
 * The order of axes of {@code meshgrid}. Mirrors the {@code indexing} of {@code mlx.core.meshgrid}.
 */
public enum MeshIndexing {
  /** Cartesian: the first vector lies along the second axis, the second along the first. */
  XY,
  /** Of matrices: each vector lies along the axis of its place. */
  IJ;

  String mlxName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
