package org.mlx4j;

import java.util.Locale;

/**
 * The order of the axes of {@code meshgrid}. Mirrors the {@code indexing} of {@code
 * mlx.core.meshgrid}.
 *
 * <pre>{@code
 * MlxArray[] vectors = {Ops.arange(3), Ops.arange(2)};
 * int[] shape = Ops.meshgrid(vectors, false, MeshIndexing.IJ)[0].shape(); // [3, 2]
 * }</pre>
 */
public enum MeshIndexing {
  /**
   * Cartesian indexing: the first vector lies along the second axis, the second vector along the
   * first axis.
   */
  XY,
  /** Matrix indexing: each vector lies along the axis of its position. */
  IJ;

  String mlxName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
