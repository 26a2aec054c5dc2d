package org.mlx4j.internal;

import static org.mlx4j.internal.Adapters.ARRAYS;
import static org.mlx4j.internal.Adapters.HANDLES;
import static org.mlx4j.internal.Adapters.OUT;

import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.Namespace;
import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Raw;
import org.mlx4j.MlxException;

/** Rows that are stacked to batches, and taken apart. */
@Platform(include = "bridge.h", library = "jnimlx4j")
@Namespace("mlx4j")
public final class BatchesNative {
  static {
    Library.load();
  }

  private BatchesNative() {}

  public static native @Raw @Cast(HANDLES) long[] batches_of_one(@Raw @Cast(ARRAYS) long[] arrays) throws MlxException;

  public static native @Cast(OUT) long joined(@Raw @Cast(ARRAYS) long[] ones, int rows) throws MlxException;

  public static native @Raw @Cast(HANDLES) long[] rows_of(@Raw @Cast(ARRAYS) long[] batches, int size, int rows) throws MlxException;
}
