package org.mlx4j.internal;

import static org.mlx4j.internal.Adapters.FOLLOWING_OUT;
import static org.mlx4j.internal.Adapters.HANDLES;
import static org.mlx4j.internal.Adapters.IN;
import static org.mlx4j.internal.Adapters.INTS;
import static org.mlx4j.internal.Adapters.MAYBE_DTYPE;
import static org.mlx4j.internal.Adapters.ON;
import static org.mlx4j.internal.Adapters.OUT;
import static org.mlx4j.internal.Adapters.REDUCED;

import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.Namespace;
import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Raw;
import org.mlx4j.MlxException;

/** Reductions and scans. */
@Platform(include = "bridge.h", library = "jnimlx4j")
@Namespace("mlx::core")
public final class ReductionsNative {
  static {
    Library.load();
  }

  private ReductionsNative() {}

  public static native @Cast(FOLLOWING_OUT) long sum(@Cast(REDUCED) long a, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long sum(@Cast(REDUCED) long a, @Raw @Cast(INTS) int[] axes, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long mean(@Cast(REDUCED) long a, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long mean(@Cast(REDUCED) long a, @Raw @Cast(INTS) int[] axes, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long prod(@Cast(REDUCED) long a, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long prod(@Cast(REDUCED) long a, @Raw @Cast(INTS) int[] axes, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long max(@Cast(REDUCED) long a, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long max(@Cast(REDUCED) long a, @Raw @Cast(INTS) int[] axes, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long min(@Cast(REDUCED) long a, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long min(@Cast(REDUCED) long a, @Raw @Cast(INTS) int[] axes, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long all(@Cast(REDUCED) long a, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long all(@Cast(REDUCED) long a, @Raw @Cast(INTS) int[] axes, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long any(@Cast(REDUCED) long a, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long any(@Cast(REDUCED) long a, @Raw @Cast(INTS) int[] axes, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long logsumexp(@Cast(REDUCED) long a, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long logsumexp(@Cast(REDUCED) long a, @Raw @Cast(INTS) int[] axes, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long median(@Cast(REDUCED) long a, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long median(@Cast(REDUCED) long a, @Raw @Cast(INTS) int[] axes, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long count_nonzero(@Cast(REDUCED) long a, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long count_nonzero(@Cast(REDUCED) long a, @Raw @Cast(INTS) int[] axes, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long var(@Cast(REDUCED) long a, @Cast("bool") boolean keepdims, int ddof, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long var(@Cast(REDUCED) long a, @Raw @Cast(INTS) int[] axes, @Cast("bool") boolean keepdims, int ddof, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long std(@Cast(REDUCED) long a, @Cast("bool") boolean keepdims, int ddof, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long std(@Cast(REDUCED) long a, @Raw @Cast(INTS) int[] axes, @Cast("bool") boolean keepdims, int ddof, @Cast(ON) long s) throws MlxException;

  public static native @Raw @Cast(HANDLES) long[] minmax(@Cast(REDUCED) long a, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Raw @Cast(HANDLES) long[] minmax(@Cast(REDUCED) long a, @Raw @Cast(INTS) int[] axes, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(OUT) long argmin(@Cast(REDUCED) long a, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long argmin(@Cast(REDUCED) long a, int axis, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(OUT) long argmax(@Cast(REDUCED) long a, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long argmax(@Cast(REDUCED) long a, int axis, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long cumsum(@Cast(REDUCED) long a, @Cast("bool") boolean reverse, @Cast("bool") boolean inclusive, @Cast(MAYBE_DTYPE) int d, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long cumsum(@Cast(REDUCED) long a, int axis, @Cast("bool") boolean reverse, @Cast("bool") boolean inclusive, @Cast(MAYBE_DTYPE) int d, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long cumprod(@Cast(REDUCED) long a, @Cast("bool") boolean reverse, @Cast("bool") boolean inclusive, @Cast(MAYBE_DTYPE) int d, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long cumprod(@Cast(REDUCED) long a, int axis, @Cast("bool") boolean reverse, @Cast("bool") boolean inclusive, @Cast(MAYBE_DTYPE) int d, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long cummax(@Cast(REDUCED) long a, @Cast("bool") boolean reverse, @Cast("bool") boolean inclusive, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long cummax(@Cast(REDUCED) long a, int axis, @Cast("bool") boolean reverse, @Cast("bool") boolean inclusive, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long cummin(@Cast(REDUCED) long a, @Cast("bool") boolean reverse, @Cast("bool") boolean inclusive, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long cummin(@Cast(REDUCED) long a, int axis, @Cast("bool") boolean reverse, @Cast("bool") boolean inclusive, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long logcumsumexp(@Cast(REDUCED) long a, @Cast("bool") boolean reverse, @Cast("bool") boolean inclusive, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long logcumsumexp(@Cast(REDUCED) long a, int axis, @Cast("bool") boolean reverse, @Cast("bool") boolean inclusive, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long softmax(@Cast(REDUCED) long a, @Cast("bool") boolean precise, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(FOLLOWING_OUT) long softmax(@Cast(REDUCED) long a, @Raw @Cast(INTS) int[] axes, @Cast("bool") boolean precise, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long diff(@Cast(IN) long a, int n, int axis, @Cast(ON) long s) throws MlxException;
}
