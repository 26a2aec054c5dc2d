package org.mlx4j;

import java.util.Locale;

/**
 * The values of the elements that {@link Shapes#pad(int[][], PadMode) pad} adds. Mirrors the
 * argument {@code mode} of {@code mlx.core.pad}.
 *
 * <pre>{@code
 * MlxArray x = MlxArray.of(1, 2);
 * MlxArray zeros = x.pad(2, PadMode.CONSTANT);      // [0, 0, 1, 2, 0, 0]
 * MlxArray edges = x.pad(2, PadMode.EDGE);          // [1, 1, 1, 2, 2, 2]
 * MlxArray reflected = x.pad(2, PadMode.REFLECT);   // [1, 2, 1, 2, 1, 2]
 * MlxArray symmetric = x.pad(2, PadMode.SYMMETRIC); // [2, 1, 1, 2, 2, 1]
 * }</pre>
 */
public enum PadMode {
  /** A constant. */
  CONSTANT,
  /** The nearest element of the array. */
  EDGE,
  /** The mirror image of the array, without repeating the elements at its ends. */
  REFLECT,
  /** The mirror image of the array, in which the elements at its ends are repeated. */
  SYMMETRIC;

  String mlxName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
