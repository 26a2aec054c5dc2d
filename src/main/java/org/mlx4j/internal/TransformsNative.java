package org.mlx4j.internal;

import static org.mlx4j.internal.Adapters.ARRAYS;
import static org.mlx4j.internal.Adapters.FN;
import static org.mlx4j.internal.Adapters.FNOUT;
import static org.mlx4j.internal.Adapters.HANDLES;
import static org.mlx4j.internal.Adapters.INTS;
import static org.mlx4j.internal.Adapters.LAMBDA;

import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.Namespace;
import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Raw;
import org.mlx4j.MlxException;

/** Function transformations. */
@Platform(include = "bridge.h", library = "jnimlx4j")
@Namespace("mlx4j")
public final class TransformsNative {
  static {
    Library.load();
  }

  private TransformsNative() {}

  public static native @Cast(FNOUT) long function(@Raw @Cast(LAMBDA) NativeFunction f)
      throws MlxException;

  public static native @Raw @Cast(HANDLES) long[] call(
      @Cast(FN) long f, @Raw @Cast(ARRAYS) long[] args) throws MlxException;

  public static native @Cast(FNOUT) long value_and_grad(
      @Cast(FN) long f, @Raw @Cast(INTS) int[] argnums, @Cast("bool") boolean withValue)
      throws MlxException;

  public static native @Cast(FNOUT) long value_and_grad_of_first(
      @Cast(FN) long f, int count, @Cast("bool") boolean withValue, String name)
      throws MlxException;

  public static native @Cast(FNOUT) long vmap(@Cast(FN) long f) throws MlxException;

  public static native @Cast(FNOUT) long vmap(@Cast(FN) long f, @Raw @Cast(INTS) int[] inAxes)
      throws MlxException;

  public static native @Cast(FNOUT) long vmap(
      @Cast(FN) long f, @Raw @Cast(INTS) int[] inAxes, @Raw @Cast(INTS) int[] outAxes)
      throws MlxException;

  public static native @Cast(FNOUT) long checkpoint(@Cast(FN) long f) throws MlxException;

  public static native @Cast(FNOUT) long compile(@Cast(FN) long f, @Cast("bool") boolean shapeless)
      throws MlxException;

  public static native @Raw @Cast(HANDLES) long[] vjp(
      @Cast(FN) long f, @Raw @Cast(ARRAYS) long[] primals, @Raw @Cast(ARRAYS) long[] cotangents)
      throws MlxException;

  public static native @Raw @Cast(HANDLES) long[] jvp(
      @Cast(FN) long f, @Raw @Cast(ARRAYS) long[] primals, @Raw @Cast(ARRAYS) long[] tangents)
      throws MlxException;

  public static native void set_compile_mode(int mode) throws MlxException;

  public static native int default_compile_mode() throws MlxException;

  // for tests

  public static native int large_stacks() throws MlxException;

  public static native @Cast("jlong") long set_large_stack_size(@Cast("jlong") long bytes)
      throws MlxException;
}
