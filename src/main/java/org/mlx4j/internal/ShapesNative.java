package org.mlx4j.internal;

import static org.mlx4j.internal.Adapters.ARRAYS;
import static org.mlx4j.internal.Adapters.FOLLOWING_OUT;
import static org.mlx4j.internal.Adapters.HANDLES;
import static org.mlx4j.internal.Adapters.IN;
import static org.mlx4j.internal.Adapters.INTS;
import static org.mlx4j.internal.Adapters.INTS_OUT;
import static org.mlx4j.internal.Adapters.ON;
import static org.mlx4j.internal.Adapters.OUT;
import static org.mlx4j.internal.Adapters.SHAPE;
import static org.mlx4j.internal.Adapters.STRIDES;

import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.Namespace;
import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Raw;
import org.mlx4j.MlxException;

/** MLX operations that rearrange elements. */
@Platform(include = "bridge.h", library = "jnimlx4j")
@Namespace("mlx::core")
public final class ShapesNative {
  static {
    Library.load();
  }

  private ShapesNative() {}

  public static native @Cast(OUT) long reshape(@Cast(IN) long a, @Raw @Cast(SHAPE) int[] shape, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long flatten(@Cast(IN) long a, int startAxis, int endAxis, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long unflatten(@Cast(IN) long a, int axis, @Raw @Cast(SHAPE) int[] shape, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long squeeze(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long squeeze(@Cast(IN) long a, @Raw @Cast(INTS) int[] axes, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long expand_dims(@Cast(IN) long a, @Raw @Cast(INTS) int[] axes, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long transpose(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long transpose(@Cast(IN) long a, @Raw @Cast(INTS) int[] axes, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long matrix_transpose(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long swapaxes(@Cast(IN) long a, int axis1, int axis2, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long moveaxis(@Cast(IN) long a, int source, int destination, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long broadcast_to(@Cast(IN) long a, @Raw @Cast(SHAPE) int[] shape, @Cast(ON) long s) throws MlxException;

  public static native @Raw @Cast(HANDLES) long[] broadcast_arrays(@Raw @Cast(ARRAYS) long[] arrays, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long flip(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long flip(@Cast(IN) long a, @Raw @Cast(INTS) int[] axes, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long roll(@Cast(IN) long a, @Raw @Cast(SHAPE) int[] shift, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long roll(@Cast(IN) long a, @Raw @Cast(SHAPE) int[] shift, @Raw @Cast(INTS) int[] axes, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long repeat(@Cast(IN) long a, int repeats, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long repeat(@Cast(IN) long a, int repeats, int axis, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long tile(@Cast(IN) long a, @Raw @Cast(INTS) int[] reps, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long pad(@Cast(IN) long a, @Raw @Cast(INTS) int[] axes, @Raw @Cast(SHAPE) int[] low, @Raw @Cast(SHAPE) int[] high, @Cast(IN) long value, @Cast("const char*") String mode, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long concatenate(@Raw @Cast(ARRAYS) long[] arrays, int axis, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long stack(@Raw @Cast(ARRAYS) long[] arrays, int axis, @Cast(ON) long s) throws MlxException;

  public static native @Raw @Cast(HANDLES) long[] split(@Cast(IN) long a, int sections, int axis, @Cast(ON) long s) throws MlxException;

  public static native @Raw @Cast(HANDLES) long[] split(@Cast(IN) long a, @Raw @Cast(SHAPE) int[] indices, int axis, @Cast(ON) long s) throws MlxException;

  public static native @Raw @Cast(HANDLES) long[] unstack(@Cast(IN) long a, int axis, @Cast(ON) long s) throws MlxException;

  public static native @Raw @Cast(HANDLES) long[] meshgrid(@Raw @Cast(ARRAYS) long[] arrays, @Cast("bool") boolean sparse, @Cast("const char*") String indexing, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long atleast_1d(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long atleast_2d(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long atleast_3d(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long diagonal(@Cast(IN) long a, int offset, int axis1, int axis2, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long diag(@Cast(IN) long a, int k, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(OUT) long tril(@Cast(IN) long a, int k, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(OUT) long triu(@Cast(IN) long a, int k, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long contiguous(@Cast(IN) long a, @Cast("bool") boolean allowColMajor, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(OUT) long as_strided(@Cast(IN) long a, @Raw @Cast(SHAPE) int[] shape, @Raw @Cast(STRIDES) long[] strides, long offset, @Cast(ON) long s) throws MlxException;

  public static native @Raw @Cast(INTS_OUT) int[] broadcast_shapes(@Raw @Cast(SHAPE) int[] shape1, @Raw @Cast(SHAPE) int[] shape2) throws MlxException;

  public static native @Raw @Cast(HANDLES) long[] depends(@Raw @Cast(ARRAYS) long[] inputs, @Raw @Cast(ARRAYS) long[] dependencies) throws MlxException;
}
