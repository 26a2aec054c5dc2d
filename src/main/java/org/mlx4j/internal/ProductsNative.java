package org.mlx4j.internal;

import static org.mlx4j.internal.Adapters.ARRAYS;
import static org.mlx4j.internal.Adapters.DTYPE;
import static org.mlx4j.internal.Adapters.FOLLOWING_OUT;
import static org.mlx4j.internal.Adapters.IN;
import static org.mlx4j.internal.Adapters.INTS;
import static org.mlx4j.internal.Adapters.INTS_OUT;
import static org.mlx4j.internal.Adapters.MAYBE;
import static org.mlx4j.internal.Adapters.ON;
import static org.mlx4j.internal.Adapters.OUT;
import static org.mlx4j.internal.Adapters.UTF8;

import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.Namespace;
import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Raw;
import org.mlx4j.MlxException;

/** MLX operations that multiply matrices and vectors. */
@Platform(include = "bridge.h", library = "jnimlx4j")
@Namespace("mlx::core")
public final class ProductsNative {
  static {
    Library.load();
  }

  private ProductsNative() {}

  public static native @Cast(FOLLOWING_OUT) long matmul(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(OUT) long addmm(@Cast(IN) long c, @Cast(IN) long a, @Cast(IN) long b, float alpha, float beta, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long inner(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long outer(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long vecdot(@Cast(IN) long a, @Cast(IN) long b, int axis, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long tensordot(@Cast(IN) long a, @Cast(IN) long b, int axes, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long tensordot(@Cast(IN) long a, @Cast(IN) long b, @Raw @Cast(INTS) int[] axesA, @Raw @Cast(INTS) int[] axesB, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long kron(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(OUT) long trace(@Cast(IN) long a, int offset, int axis1, int axis2, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(OUT) long trace(@Cast(IN) long a, int offset, int axis1, int axis2, @Cast(DTYPE) int d, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(OUT) long hadamard_transform(@Cast(IN) long a, float scale, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long einsum(@Cast("const char*") String subscripts, @Raw @Cast(ARRAYS) long[] operands, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Raw @Cast(INTS_OUT) int[] einsum_steps(@Cast("const char*") String subscripts, @Raw @Cast(ARRAYS) long[] operands) throws MlxException;

  @Namespace("::mlx4j") public static native @Raw @Cast(UTF8) byte[] einsum_costs(@Cast("const char*") String subscripts, @Raw @Cast(ARRAYS) long[] operands) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(OUT) long gather_mm(@Cast(IN) long a, @Cast(IN) long b, @Cast(MAYBE) long lhsIndices, @Cast(MAYBE) long rhsIndices, @Cast("bool") boolean sortedIndices, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(OUT) long segmented_mm(@Cast(IN) long a, @Cast(IN) long b, @Cast(IN) long segments, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(OUT) long block_masked_mm(@Cast(IN) long a, @Cast(IN) long b, int blockSize, @Cast(MAYBE) long maskOut, @Cast(MAYBE) long maskLhs, @Cast(MAYBE) long maskRhs, @Cast(ON) long s) throws MlxException;
}
