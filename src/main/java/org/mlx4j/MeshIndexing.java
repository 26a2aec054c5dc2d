package org.mlx4j;

import java.util.Locale;

/**
 * The order of the axes that {@link Ops#meshgrid} returns. Mirrors the argument {@code indexing} of
 * {@code mlx.core.meshgrid}.
 *
 * <pre>{@code
 * MlxArray x = MlxArray.of(1, 2, 3);
 * MlxArray y = MlxArray.of(4, 5);
 * MlxArray[] xy = Ops.meshgrid(new MlxArray[] {x, y}, false, MeshIndexing.XY); // shapes (2, 3)
 * MlxArray[] ij = Ops.meshgrid(new MlxArray[] {x, y}, false, MeshIndexing.IJ); // shapes (3, 2)
 * }</pre>
 */
public enum MeshIndexing {
  /** Cartesian order: the first vector varies along the second axis, the second along the first. */
  XY,
  /** Matrix order: vector {@code i} varies along axis {@code i}. */
  IJ;

  String mlxName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
