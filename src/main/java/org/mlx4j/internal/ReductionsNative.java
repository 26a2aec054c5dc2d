package org.mlx4j.internal;

import static org.mlx4j.internal.Adapters.HANDLES;
import static org.mlx4j.internal.Adapters.IN;
import static org.mlx4j.internal.Adapters.INTS;
import static org.mlx4j.internal.Adapters.MAYBE_DTYPE;
import static org.mlx4j.internal.Adapters.ON;
import static org.mlx4j.internal.Adapters.OUT;

import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.Namespace;
import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Raw;
import org.mlx4j.MlxException;

/** MLX operations that reduce axes or run along them. */
@Platform(include = "bridge.h", library = "jnimlx4j")
@Namespace("mlx::core")
public final class ReductionsNative {
  static {
    Library.load();
  }

  private ReductionsNative() {}

  public static native @Cast(OUT) long sum(@Cast(IN) long a, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long sum(@Cast(IN) long a, @Raw @Cast(INTS) int[] axes, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long mean(@Cast(IN) long a, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long mean(@Cast(IN) long a, @Raw @Cast(INTS) int[] axes, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long prod(@Cast(IN) long a, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long prod(@Cast(IN) long a, @Raw @Cast(INTS) int[] axes, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long max(@Cast(IN) long a, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long max(@Cast(IN) long a, @Raw @Cast(INTS) int[] axes, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long min(@Cast(IN) long a, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long min(@Cast(IN) long a, @Raw @Cast(INTS) int[] axes, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long all(@Cast(IN) long a, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long all(@Cast(IN) long a, @Raw @Cast(INTS) int[] axes, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long any(@Cast(IN) long a, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long any(@Cast(IN) long a, @Raw @Cast(INTS) int[] axes, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long logsumexp(@Cast(IN) long a, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long logsumexp(@Cast(IN) long a, @Raw @Cast(INTS) int[] axes, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(OUT) long median(@Cast(IN) long a, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(OUT) long median(@Cast(IN) long a, @Raw @Cast(INTS) int[] axes, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long count_nonzero(@Cast(IN) long a, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long count_nonzero(@Cast(IN) long a, @Raw @Cast(INTS) int[] axes, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long var(@Cast(IN) long a, @Cast("bool") boolean keepdims, int ddof, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long var(@Cast(IN) long a, @Raw @Cast(INTS) int[] axes, @Cast("bool") boolean keepdims, int ddof, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long std(@Cast(IN) long a, @Cast("bool") boolean keepdims, int ddof, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long std(@Cast(IN) long a, @Raw @Cast(INTS) int[] axes, @Cast("bool") boolean keepdims, int ddof, @Cast(ON) long s) throws MlxException;

  public static native @Raw @Cast(HANDLES) long[] minmax(@Cast(IN) long a, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Raw @Cast(HANDLES) long[] minmax(@Cast(IN) long a, @Raw @Cast(INTS) int[] axes, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(OUT) long argmin(@Cast(IN) long a, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long argmin(@Cast(IN) long a, int axis, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(OUT) long argmax(@Cast(IN) long a, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long argmax(@Cast(IN) long a, int axis, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long cumsum(@Cast(IN) long a, @Cast("bool") boolean reverse, @Cast("bool") boolean inclusive, @Cast(MAYBE_DTYPE) int d, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long cumsum(@Cast(IN) long a, int axis, @Cast("bool") boolean reverse, @Cast("bool") boolean inclusive, @Cast(MAYBE_DTYPE) int d, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long cumprod(@Cast(IN) long a, @Cast("bool") boolean reverse, @Cast("bool") boolean inclusive, @Cast(MAYBE_DTYPE) int d, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long cumprod(@Cast(IN) long a, int axis, @Cast("bool") boolean reverse, @Cast("bool") boolean inclusive, @Cast(MAYBE_DTYPE) int d, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long cummax(@Cast(IN) long a, @Cast("bool") boolean reverse, @Cast("bool") boolean inclusive, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long cummax(@Cast(IN) long a, int axis, @Cast("bool") boolean reverse, @Cast("bool") boolean inclusive, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long cummin(@Cast(IN) long a, @Cast("bool") boolean reverse, @Cast("bool") boolean inclusive, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long cummin(@Cast(IN) long a, int axis, @Cast("bool") boolean reverse, @Cast("bool") boolean inclusive, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long logcumsumexp(@Cast(IN) long a, @Cast("bool") boolean reverse, @Cast("bool") boolean inclusive, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long logcumsumexp(@Cast(IN) long a, int axis, @Cast("bool") boolean reverse, @Cast("bool") boolean inclusive, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long softmax(@Cast(IN) long a, @Cast("bool") boolean precise, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(OUT) long softmax(@Cast(IN) long a, @Raw @Cast(INTS) int[] axes, @Cast("bool") boolean precise, @Cast(ON) long s) throws MlxException;
}
