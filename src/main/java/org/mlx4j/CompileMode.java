package org.mlx4j;

/**
 * How much {@link Transforms#compile} does, from nothing to all. Mirrors {@code
 * mlx::core::CompileMode}.
 */
public enum CompileMode {
  /** Compiled functions run their Java code at every call. */
  DISABLED,
  /**
   * The traced graph is kept and fused as {@link #ENABLED} does, without being simplified first.
   */
  NO_SIMPLIFY,
  /** The traced graph is kept and simplified; the default on the CPU. */
  NO_FUSE,
  /**
   * The traced graph is simplified and its element-wise operations are fused into kernels; the
   * default on the GPU. On the CPU a kernel is made by running {@code g++}, which takes seconds the
   * first time.
   */
  ENABLED;

  private static final CompileMode[] ALL = values();

  static CompileMode of(int code) {
    return ALL[code];
  }

  /** What natives take: the order of the constants is that of MLX's own enumeration. */
  @SuppressWarnings("EnumOrdinal")
  int code() {
    return ordinal();
  }
}
