package org.mlx4j.internal;

import static org.mlx4j.internal.Adapters.ARRAYS;
import static org.mlx4j.internal.Adapters.HELD;
import static org.mlx4j.internal.Adapters.STREAM;
import static org.mlx4j.internal.Adapters.UTF8;

import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.Namespace;
import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Raw;
import org.mlx4j.MlxException;

/** Evaluation of arrays. */
@Platform(include = "bridge.h", library = "jnimlx4j")
@Namespace("mlx4j")
public final class EvaluationNative {
  static {
    Library.load();
  }

  private EvaluationNative() {}

  public static native void evaluate(@Raw @Cast(ARRAYS) long[] arrays) throws MlxException;

  public static native void async_evaluate(@Raw @Cast(ARRAYS) long[] arrays) throws MlxException;

  public static native @Cast("bool") boolean is_available(@Cast(HELD) long a) throws MlxException;

  public static native float item_float(@Cast(HELD) long a) throws MlxException;

  public static native double item_double(@Cast(HELD) long a) throws MlxException;

  public static native @Cast("jlong") long item_long(@Cast(HELD) long a) throws MlxException;

  public static native @Raw @Cast(UTF8) byte[] to_string(@Cast(HELD) long a) throws MlxException;

  public static native void synchronize(@Cast(STREAM) long s) throws MlxException;

  public static native @Cast("bool") boolean tracing() throws MlxException;

  public static native int print_precision() throws MlxException;

  public static native void set_print_precision(int precision) throws MlxException;
}
