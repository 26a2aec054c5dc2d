package org.mlx4j;

/**
 * How much {@link Transforms#compile} does. Mirrors {@code mlx::core::CompileMode}.
 *
 * <pre>{@code
 * Transforms.setCompileMode(CompileMode.DISABLED); // run the Java code, for instance to debug it
 * Transforms.setCompileMode(CompileMode.NO_FUSE);
 * }</pre>
 */
public enum CompileMode {
  /** Compiled functions run their Java code at every call. */
  DISABLED,
  /** The traced graph is kept and fused as by {@link #ENABLED}, but not simplified first. */
  NO_SIMPLIFY,
  /** The traced graph is kept and simplified. */
  NO_FUSE,
  /**
   * The traced graph is simplified, and its element-wise operations are fused: they are computed
   * together, without arrays for the results between them. The default.
   */
  ENABLED;

  private static final CompileMode[] ALL = values();

  static CompileMode of(int code) {
    return ALL[code];
  }

  /**
   * Returns the number that natives take: the constants are in the order of MLX's own enumeration.
   */
  @SuppressWarnings("EnumOrdinal")
  int code() {
    return ordinal();
  }
}
