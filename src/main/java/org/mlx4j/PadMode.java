package org.mlx4j;

import java.util.Locale;

/** What {@code pad} puts around an array. Mirrors the {@code mode} of {@code mlx.core.pad}. */
public enum PadMode {
  /** One value everywhere. */
  CONSTANT,
  /** The nearest element of the array. */
  EDGE,
  /** The array mirrored at its ends, which are not repeated. */
  REFLECT,
  /** The array mirrored beyond its ends, which are repeated. */
  SYMMETRIC;

  String mlxName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
