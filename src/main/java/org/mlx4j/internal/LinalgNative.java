package org.mlx4j.internal;

import static org.mlx4j.internal.Adapters.HANDLES;
import static org.mlx4j.internal.Adapters.IN;
import static org.mlx4j.internal.Adapters.INTS;
import static org.mlx4j.internal.Adapters.ON;
import static org.mlx4j.internal.Adapters.ON_CPU;
import static org.mlx4j.internal.Adapters.OUT;
import static org.mlx4j.internal.Adapters.REDUCED;

import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.Namespace;
import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Raw;
import org.mlx4j.MlxException;

/** Linear algebra. */
@Platform(include = "bridge.h", library = "jnimlx4j")
@Namespace("mlx::core::linalg")
public final class LinalgNative {
  static {
    Library.load();
  }

  private LinalgNative() {}

  @Namespace("::mlx4j") public static native @Cast(OUT) long norm(@Cast(REDUCED) long a, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(OUT) long norm(@Cast(REDUCED) long a, @Raw @Cast(INTS) int[] axes, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(OUT) long norm(@Cast(REDUCED) long a, double ord, @Raw @Cast(INTS) int[] axes, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(OUT) long norm(@Cast(REDUCED) long a, @Cast("const char*") String ord, @Raw @Cast(INTS) int[] axes, @Cast("bool") boolean keepdims, @Cast(ON) long s) throws MlxException;

  public static native @Raw @Cast(HANDLES) long[] qr(@Cast(IN) long a, @Cast(ON_CPU) long s) throws MlxException;

  public static native @Raw @Cast(HANDLES) long[] svd(@Cast(IN) long a, @Cast("bool") boolean computeUv, @Cast(ON_CPU) long s) throws MlxException;

  public static native @Cast(OUT) long inv(@Cast(IN) long a, @Cast(ON_CPU) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(OUT) long tri_inv(@Cast(IN) long a, @Cast("bool") boolean upper, @Cast(ON_CPU) long s) throws MlxException;

  public static native @Cast(OUT) long cholesky(@Cast(IN) long a, @Cast("bool") boolean upper, @Cast(ON_CPU) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(OUT) long cholesky_inv(@Cast(IN) long a, @Cast("bool") boolean upper, @Cast(ON_CPU) long s) throws MlxException;

  public static native @Cast(OUT) long pinv(@Cast(IN) long a, @Cast(ON_CPU) long s) throws MlxException;

  public static native @Cast(OUT) long cross(@Cast(IN) long a, @Cast(IN) long b, int axis, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long eigvals(@Cast(IN) long a, @Cast(ON_CPU) long s) throws MlxException;

  public static native @Raw @Cast(HANDLES) long[] eig(@Cast(IN) long a, @Cast(ON_CPU) long s) throws MlxException;

  public static native @Cast(OUT) long eigvalsh(@Cast(IN) long a, @Cast("const char*") String uplo, @Cast(ON_CPU) long s) throws MlxException;

  public static native @Raw @Cast(HANDLES) long[] eigh(@Cast(IN) long a, @Cast("const char*") String uplo, @Cast(ON_CPU) long s) throws MlxException;

  public static native @Raw @Cast(HANDLES) long[] lu(@Cast(IN) long a, @Cast(ON_CPU) long s) throws MlxException;

  public static native @Raw @Cast(HANDLES) long[] lu_factor(@Cast(IN) long a, @Cast(ON_CPU) long s) throws MlxException;

  public static native @Cast(OUT) long solve(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON_CPU) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(OUT) long solve_triangular(@Cast(IN) long a, @Cast(IN) long b, @Cast("bool") boolean upper, @Cast(ON_CPU) long s) throws MlxException;

  public static native @Cast(OUT) long det(@Cast(IN) long a, @Cast(ON_CPU) long s) throws MlxException;

  public static native @Raw @Cast(HANDLES) long[] slogdet(@Cast(IN) long a, @Cast(ON_CPU) long s) throws MlxException;
}
