package org.mlx4j.internal;

import static org.mlx4j.internal.Adapters.DTYPE;
import static org.mlx4j.internal.Adapters.DTYPE_OUT;

import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.Namespace;
import org.bytedeco.javacpp.annotation.Platform;
import org.mlx4j.MlxException;

/** MLX's rules about dtypes. */
@Platform(include = "bridge.h", library = "jnimlx4j")
@Namespace("mlx::core")
public final class DTypesNative {
  static {
    Library.load();
  }

  private DTypesNative() {}

  /**
   * The result is the code of a dtype. It is a {@code long} because HotSpot takes it for granted that
   * the upper half of the register that holds an {@code int} is clear, which compilers of C++ leave
   * open: a dtype is returned together with its item size in that half.
   */
  public static native @Cast(DTYPE_OUT) long promote_types(@Cast(DTYPE) int type1, @Cast(DTYPE) int type2) throws MlxException;
}
