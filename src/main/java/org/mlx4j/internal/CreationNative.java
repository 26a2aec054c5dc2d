package org.mlx4j.internal;

import static org.mlx4j.internal.Adapters.DTYPE;
import static org.mlx4j.internal.Adapters.FOLLOWING_OUT;
import static org.mlx4j.internal.Adapters.IN;
import static org.mlx4j.internal.Adapters.ON;
import static org.mlx4j.internal.Adapters.OUT;
import static org.mlx4j.internal.Adapters.SHAPE;

import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.Namespace;
import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Raw;
import org.mlx4j.MlxException;

/** MLX operations that create arrays from shapes and numbers. */
@Platform(include = "bridge.h", library = "jnimlx4j")
@Namespace("mlx::core")
public final class CreationNative {
  static {
    Library.load();
  }

  private CreationNative() {}

  public static native @Cast(OUT) long arange(double start, double stop, double step, @Cast(DTYPE) int d, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long linspace(double start, double stop, int num, @Cast("bool") boolean endpoint, @Cast(DTYPE) int d, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(OUT) long full(@Raw @Cast(SHAPE) int[] shape, @Cast(IN) long vals, @Cast(DTYPE) int d, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long zeros(@Raw @Cast(SHAPE) int[] shape, @Cast(DTYPE) int d, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long ones(@Raw @Cast(SHAPE) int[] shape, @Cast(DTYPE) int d, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(FOLLOWING_OUT) long full_like(@Cast(IN) long a, @Cast(IN) long value, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(OUT) long eye(int n, int m, int k, @Cast(DTYPE) int d, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(OUT) long tri(int n, int m, int k, @Cast(DTYPE) int d, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long bartlett(int m, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long hanning(int m, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long hamming(int m, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long blackman(int m, @Cast(ON) long s) throws MlxException;
}
