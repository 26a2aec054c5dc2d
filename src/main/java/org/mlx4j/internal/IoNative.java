package org.mlx4j.internal;

import static org.mlx4j.internal.Adapters.ARRAYS;

import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.Namespace;
import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Raw;
import org.mlx4j.MlxException;

/** Files of arrays. */
@Platform(include = "bridge.h", library = "jnimlx4j")
@Namespace("mlx4j")
public final class IoNative {
  static {
    Library.load();
  }

  private IoNative() {}

  public static native void save_safetensors(@Raw byte[] path, @Raw Object[] names, @Raw @Cast(ARRAYS) long[] arrays) throws MlxException;

  @Raw(withEnv = true) public static native Object[] load_safetensors(@Raw byte[] path) throws MlxException;
}
