package org.mlx4j.internal;

/** How many classes the virtual machine has prepared since the native library was loaded. */
public final class PreparedClasses {
  /** Written by the native library. */
  static final long[] COUNT = new long[1];

  private PreparedClasses() {}

  /**
   * A number that is another one after each preparation of a class, which comes shortly before the
   * static initializer of the class runs.
   *
   * @return the number; 0 always in a native image
   */
  public static long count() {
    return COUNT[0];
  }
}
