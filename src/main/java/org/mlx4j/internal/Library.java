package org.mlx4j.internal;

import java.io.IOException;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.annotation.Namespace;
import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Raw;
import org.mlx4j.MlxException;

/**
 * Finds, unpacks and starts the native library.
 *
 * <p>The natives of one platform lie together in one folder of a jar. All of them are unpacked side
 * by side into JavaCPP's cache, so that the library finds libmlx, and libmlx finds its own
 * dependencies and kernels, next to themselves.
 */
@Platform(include = "bridge.h", library = "jnimlx4j", preload = "mlx")
@Namespace("mlx4j")
public final class Library {
  static {
    try {
      Loader.cacheResource(Library.class, Loader.getPlatform());
    } catch (IOException e) {
      throw new ExceptionInInitializerError(e);
    }
    Loader.load(Library.class);
    start();
  }

  private Library() {}

  /** Loads the library, once; every class with natives calls this before its first. */
  public static void load() {
    // Initialising this class is what loads.
  }

  @Raw(withEnv = true)
  private static native void start() throws MlxException;
}
