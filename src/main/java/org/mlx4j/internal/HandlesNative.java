package org.mlx4j.internal;

import static org.mlx4j.internal.Adapters.FOLLOWING_OUT;
import static org.mlx4j.internal.Adapters.IN;
import static org.mlx4j.internal.Adapters.INTS_OUT;

import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.Namespace;
import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Raw;
import org.mlx4j.MlxException;

/** Handles of arrays and functions. */
@Platform(include = "bridge.h", library = "jnimlx4j")
@Namespace("mlx4j")
public final class HandlesNative {
  static {
    Library.load();
  }

  private HandlesNative() {}

  public static native void close(@Cast("jlong") long handle) throws MlxException;

  public static native void close_all(@Raw long[] handles, int n) throws MlxException;

  public static native int retain_live(@Raw long[] handles, int n) throws MlxException;

  public static native @Cast("bool") boolean is_live(@Cast("jlong") long handle) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long alias(@Cast(IN) long a) throws MlxException;

  public static native void settle() throws MlxException;

  public static native @Cast("bool") boolean depends_on_placeholder(@Cast(IN) long a) throws MlxException;

  public static native @Raw @Cast(INTS_OUT) int[] describe(@Cast(IN) long a) throws MlxException;

  public static native @Raw @Cast(INTS_OUT) int[] describe_for_any_size(@Cast(IN) long a) throws MlxException;

  // for tests

  public static native int live_arrays() throws MlxException;

  public static native int live_functions() throws MlxException;

  public static native int live_java_refs() throws MlxException;

  public static native int pending_deletions() throws MlxException;
}
