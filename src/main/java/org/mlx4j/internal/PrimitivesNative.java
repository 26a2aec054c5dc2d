package org.mlx4j.internal;

import static org.mlx4j.internal.Adapters.UTF8;

import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.Namespace;
import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Raw;
import org.mlx4j.MlxException;

/** What the bridge knows about MLX's primitives, for tests. */
@Platform(include = "bridge.h", library = "jnimlx4j")
@Namespace("mlx4j")
public final class PrimitivesNative {
  static {
    Library.load();
  }

  private PrimitivesNative() {}

  /** Returns the qualified names of the classes that are in the table, a line for each. */
  public static native @Raw @Cast(UTF8) byte[] known_primitives() throws MlxException;

  /**
   * Returns the operations that are in files of functions according to the table, a line for each.
   */
  public static native @Raw @Cast(UTF8) byte[] primitives_in_files() throws MlxException;

  /** Returns the operations that are read from files of functions, a line for each. */
  public static native @Raw @Cast(UTF8) byte[] readable_operations() throws MlxException;
}
