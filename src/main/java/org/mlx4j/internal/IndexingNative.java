package org.mlx4j.internal;

import static org.mlx4j.internal.Adapters.ARRAYS;
import static org.mlx4j.internal.Adapters.FOLLOWING_OUT;
import static org.mlx4j.internal.Adapters.HANDLES;
import static org.mlx4j.internal.Adapters.HELD;
import static org.mlx4j.internal.Adapters.IN;
import static org.mlx4j.internal.Adapters.INTS;
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

  public static native @Cast(OUT) long index(@Cast(HELD) long a, @Raw @Cast(SHAPE) int[] start, @Raw @Cast(SHAPE) int[] stop, @Raw @Cast(SHAPE) int[] strides, @Raw @Cast(SHAPE) int[] shape, @Raw @Cast(ARRAYS) long[] indices, @Raw @Cast(INTS) int[] axes, int place, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long update(@Cast(HELD) long a, @Cast(HELD) long value, int how, @Raw @Cast(SHAPE) int[] start, @Raw @Cast(SHAPE) int[] stop, @Raw @Cast(SHAPE) int[] strides, @Raw @Cast(SHAPE) int[] shape, @Raw @Cast(ARRAYS) long[] indices, @Raw @Cast(INTS) int[] axes, int place, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long update_where(@Cast(HELD) long a, @Cast(HELD) long mask, @Cast(HELD) long value, int how, @Cast(ON) long s) throws MlxException;

  public static native @Raw @Cast(HANDLES) long[] nonzero(@Cast(HELD) long mask) throws MlxException;

  public static native @Cast(OUT) long slice(@Cast(HELD) long a, @Cast(HELD) long start, @Raw @Cast(INTS) int[] axes, @Raw @Cast(SHAPE) int[] sizes, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long slice_update(@Cast(HELD) long a, @Cast(HELD) long update, @Cast(HELD) long start, @Raw @Cast(INTS) int[] axes, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long take(@Cast(HELD) long a, @Cast(HELD) long indices, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long take(@Cast(HELD) long a, @Cast(HELD) long indices, int axis, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long take_along_axis(@Cast(HELD) long a, @Cast(HELD) long indices, int axis, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long put_along_axis(@Cast(HELD) long a, @Cast(HELD) long indices, @Cast(HELD) long values, int axis, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx::core") public static native @Cast(FOLLOWING_OUT) long where(@Cast(IN) long condition, @Cast(IN) long x, @Cast(IN) long y, @Cast(ON) long s) throws MlxException;
}
