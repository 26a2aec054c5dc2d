package org.mlx4j.internal;

import static org.mlx4j.internal.Adapters.DTYPE;
import static org.mlx4j.internal.Adapters.FOLLOWING_OUT;
import static org.mlx4j.internal.Adapters.HELD;
import static org.mlx4j.internal.Adapters.IN;
import static org.mlx4j.internal.Adapters.OUT;
import static org.mlx4j.internal.Adapters.SHAPE;

import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.Namespace;
import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Raw;
import org.mlx4j.MlxException;

/** Transfers between arrays and Java's data. */
@Platform(include = "bridge.h", library = "jnimlx4j")
@Namespace("mlx4j")
public final class HostDataNative {
  static {
    Library.load();
  }

  private HostDataNative() {}

  public static native @Cast(OUT) long from_host(@Raw boolean[] data, @Raw @Cast(SHAPE) int[] shape, @Cast(DTYPE) int d) throws MlxException;

  public static native @Cast(OUT) long from_host(@Raw byte[] data, @Raw @Cast(SHAPE) int[] shape, @Cast(DTYPE) int d) throws MlxException;

  public static native @Cast(OUT) long from_host(@Raw short[] data, @Raw @Cast(SHAPE) int[] shape, @Cast(DTYPE) int d) throws MlxException;

  public static native @Cast(OUT) long from_host(@Raw int[] data, @Raw @Cast(SHAPE) int[] shape, @Cast(DTYPE) int d) throws MlxException;

  public static native @Cast(OUT) long from_host(@Raw long[] data, @Raw @Cast(SHAPE) int[] shape, @Cast(DTYPE) int d) throws MlxException;

  public static native @Cast(OUT) long from_host(@Raw float[] data, @Raw @Cast(SHAPE) int[] shape, @Cast(DTYPE) int d) throws MlxException;

  public static native @Cast(OUT) long from_host(@Raw double[] data, @Raw @Cast(SHAPE) int[] shape, @Cast(DTYPE) int d) throws MlxException;

  public static native @Cast(OUT) long from_buffer(@Raw Object direct, @Cast("jlong") long offset, @Raw @Cast(SHAPE) int[] shape, @Cast(DTYPE) int d) throws MlxException;

  public static native @Cast(OUT) long from_complex(@Raw float[] realAndImaginary, @Raw @Cast(SHAPE) int[] shape) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long weak_float(double value, @Cast(IN) long beside) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long weak_integer(@Cast("jlong") long value, @Cast(IN) long beside) throws MlxException;

  public static native @Cast(OUT) long scalar(double value, @Cast(DTYPE) int d) throws MlxException;

  public static native @Cast(OUT) long scalar(@Cast("jlong") long value, @Cast(DTYPE) int d) throws MlxException;

  public static native void to_host(@Cast(HELD) long a, @Raw boolean[] data) throws MlxException;

  public static native void to_host(@Cast(HELD) long a, @Raw byte[] data) throws MlxException;

  public static native void to_host(@Cast(HELD) long a, @Raw short[] data) throws MlxException;

  public static native void to_host(@Cast(HELD) long a, @Raw int[] data) throws MlxException;

  public static native void to_host(@Cast(HELD) long a, @Raw long[] data) throws MlxException;

  public static native void to_host(@Cast(HELD) long a, @Raw float[] data) throws MlxException;

  public static native void to_host(@Cast(HELD) long a, @Raw double[] data) throws MlxException;

  public static native void to_complex(@Cast(HELD) long a, @Raw float[] realAndImaginary) throws MlxException;

  public static native void to_buffer(@Cast(HELD) long a, @Raw Object direct, @Cast("jlong") long offset) throws MlxException;

  public static native @Cast(OUT) long uninitialized(@Raw @Cast(SHAPE) int[] shape, @Cast(DTYPE) int d) throws MlxException;

  public static native void put_bytes(@Cast(IN) long a, @Cast("jlong") long at, @Raw byte[] from, int n) throws MlxException;

  public static native @Cast(OUT) long row_major(@Cast(HELD) long a) throws MlxException;

  public static native void get_bytes(@Cast(IN) long a, @Cast("jlong") long at, @Raw byte[] to, int n) throws MlxException;
}
