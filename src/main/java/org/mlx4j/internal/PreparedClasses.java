package org.mlx4j.internal;

/** Counts the classes that the virtual machine has prepared since the native library was loaded. */
public final class PreparedClasses {
  /** Written by the native library. */
  static final long[] COUNT = new long[1];

  private PreparedClasses() {}

  /**
   * Returns a number that changes whenever a class is prepared, which happens shortly before its
   * static initializer runs.
   *
   * @return the number; always 0 in a native image
   */
  public static long count() {
    return COUNT[0];
  }
}
