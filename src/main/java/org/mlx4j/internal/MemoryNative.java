package org.mlx4j.internal;



import static org.mlx4j.internal.Adapters.ARRAYS;

import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.Namespace;
import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Raw;
import org.mlx4j.MlxException;

/** MLX's memory. */
@Platform(include = "bridge.h", library = "jnimlx4j")
@Namespace("mlx::core")
public final class MemoryNative {
  static {
    Library.load();
  }

  private MemoryNative() {}

  public static native @Cast("jlong") long get_active_memory() throws MlxException;

  public static native @Cast("jlong") long get_peak_memory() throws MlxException;

  public static native @Cast("jlong") long get_cache_memory() throws MlxException;

  public static native @Cast("jlong") long get_memory_limit() throws MlxException;

  public static native void reset_peak_memory() throws MlxException;

  public static native void clear_cache() throws MlxException;

  @Namespace("::mlx4j") public static native @Cast("jlong") long set_memory_limit(@Cast("jlong") long bytes) throws MlxException;

  public static native @Cast("jlong") long set_cache_limit(@Cast("jlong") long bytes) throws MlxException;

  public static native @Cast("jlong") long set_wired_limit(@Cast("jlong") long bytes) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast("jlong") long array_buffer_size(@Raw @Cast(ARRAYS) long[] arrays) throws MlxException;

  /** Returns the memory left by control groups, and their limit, for /proc and mounts below {@code root}. */
  @Namespace("::mlx4j") public static native @Cast("jlong") long left_by_groups(@Cast("const char*") String root) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast("jlong") long limit_of_groups(@Cast("const char*") String root) throws MlxException;
}
