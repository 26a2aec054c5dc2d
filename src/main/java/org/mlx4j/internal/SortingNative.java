package org.mlx4j.internal;

import static org.mlx4j.internal.Adapters.HANDLES;
import static org.mlx4j.internal.Adapters.IN;
import static org.mlx4j.internal.Adapters.MAYBE;
import static org.mlx4j.internal.Adapters.ON;
import static org.mlx4j.internal.Adapters.OUT;

import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.Namespace;
import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Raw;
import org.mlx4j.MlxException;

/** Sorting and searching. */
@Platform(include = "bridge.h", library = "jnimlx4j")
@Namespace("mlx::core")
public final class SortingNative {
  static {
    Library.load();
  }

  private SortingNative() {}

  public static native @Cast(OUT) long sort(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long sort(@Cast(IN) long a, int axis, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long argsort(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long argsort(@Cast(IN) long a, int axis, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long partition(@Cast(IN) long a, int kth, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long partition(@Cast(IN) long a, int kth, int axis, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long argpartition(@Cast(IN) long a, int kth, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long argpartition(@Cast(IN) long a, int kth, int axis, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long topk(@Cast(IN) long a, int k, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long topk(@Cast(IN) long a, int k, int axis, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long searchsorted(@Cast(IN) long sortedSequence, @Cast(IN) long values, @Cast("const char*") String side, @Cast(ON) long s) throws MlxException;

  public static native @Raw @Cast(HANDLES) long[] unique(@Cast(IN) long a, int size, @Cast("bool") boolean returnIndex, @Cast("bool") boolean returnInverse, @Cast("bool") boolean returnCounts, @Cast(MAYBE) long fillValue, @Cast(ON) long s) throws MlxException;
}
