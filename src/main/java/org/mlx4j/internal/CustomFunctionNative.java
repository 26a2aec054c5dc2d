package org.mlx4j.internal;

import static org.mlx4j.internal.Adapters.FN;
import static org.mlx4j.internal.Adapters.FNOUT;
import static org.mlx4j.internal.Adapters.RULE;

import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.Namespace;
import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Raw;
import org.mlx4j.MlxException;

/** Functions with custom derivatives. */
@Platform(include = "bridge.h", library = "jnimlx4j")
@Namespace("mlx4j")
public final class CustomFunctionNative {
  static {
    Library.load();
  }

  private CustomFunctionNative() {}

  /** A rule that is null stands for none. */
  public static native @Cast(FNOUT) long custom_function(
      @Cast(FN) long f,
      @Raw @Cast(RULE) NativeRule vjp,
      @Raw @Cast(RULE) NativeRule jvp,
      @Raw @Cast(RULE) NativeRule vmap,
      String name)
      throws MlxException;
}
