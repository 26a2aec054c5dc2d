package org.mlx4j.internal;

import static org.mlx4j.internal.Adapters.IN;
import static org.mlx4j.internal.Adapters.ON;
import static org.mlx4j.internal.Adapters.OUT;
import static org.mlx4j.internal.Adapters.SHAPE;

import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.Namespace;
import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Raw;
import org.mlx4j.MlxException;

/** MLX operations that select elements. */
@Platform(include = "bridge.h", library = "jnimlx4j")
@Namespace("mlx4j")
public final class IndexingNative {
  static {
    Library.load();
  }

  private IndexingNative() {}

  public static native void check_indices(@Cast("bool") boolean on) throws MlxException;

  public static native @Cast(OUT) long basic_index(@Cast(IN) long a, @Raw @Cast(SHAPE) int[] start, @Raw @Cast(SHAPE) int[] stop, @Raw @Cast(SHAPE) int[] strides, @Raw @Cast(SHAPE) int[] shape, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long take(@Cast(IN) long a, @Cast(IN) long indices, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long take(@Cast(IN) long a, @Cast(IN) long indices, int axis, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long take_along_axis(@Cast(IN) long a, @Cast(IN) long indices, int axis, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long put_along_axis(@Cast(IN) long a, @Cast(IN) long indices, @Cast(IN) long values, int axis, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx::core") public static native @Cast(OUT) long where(@Cast(IN) long condition, @Cast(IN) long x, @Cast(IN) long y, @Cast(ON) long s) throws MlxException;
}
