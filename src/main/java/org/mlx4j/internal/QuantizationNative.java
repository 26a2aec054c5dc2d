package org.mlx4j.internal;

import static org.mlx4j.internal.Adapters.DTYPE;
import static org.mlx4j.internal.Adapters.HANDLES;
import static org.mlx4j.internal.Adapters.IN;
import static org.mlx4j.internal.Adapters.MAYBE;
import static org.mlx4j.internal.Adapters.MAYBE_DTYPE;
import static org.mlx4j.internal.Adapters.ON;
import static org.mlx4j.internal.Adapters.OUT;

import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.Namespace;
import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Raw;
import org.mlx4j.MlxException;

/** MLX operations on quantized matrices. */
@Platform(include = "bridge.h", library = "jnimlx4j")
@Namespace("mlx4j")
public final class QuantizationNative {
  static {
    Library.load();
  }

  private QuantizationNative() {}

  @Namespace("::mlx::core") public static native @Raw @Cast(HANDLES) long[] quantize(@Cast(IN) long w, int groupSize, int bits, String mode, @Cast(MAYBE) long globalScale, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long dequantize(@Cast(IN) long w, @Cast(IN) long scales, @Cast(MAYBE) long biases, int groupSize, int bits, String mode, @Cast(MAYBE) long globalScale, @Cast(MAYBE_DTYPE) int d, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx::core") public static native @Cast(OUT) long quantized_matmul(@Cast(IN) long x, @Cast(IN) long w, @Cast(IN) long scales, @Cast(MAYBE) long biases, @Cast("bool") boolean transpose, int groupSize, int bits, String mode, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long qqmm(@Cast(IN) long x, @Cast(IN) long w, @Cast(MAYBE) long scales, int groupSize, int bits, String mode, @Cast(MAYBE) long globalScaleX, @Cast(MAYBE) long globalScaleW, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long gather_qmm(@Cast(IN) long x, @Cast(IN) long w, @Cast(IN) long scales, @Cast(MAYBE) long biases, @Cast(MAYBE) long lhsIndices, @Cast(MAYBE) long rhsIndices, @Cast("bool") boolean transpose, int groupSize, int bits, String mode, @Cast(MAYBE) long globalScale, @Cast("bool") boolean sortedIndices, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long gather_qqmm(@Cast(IN) long x, @Cast(IN) long w, @Cast(MAYBE) long scales, @Cast(MAYBE) long lhsIndices, @Cast(MAYBE) long rhsIndices, int groupSize, int bits, String mode, @Cast(MAYBE) long globalScaleX, @Cast(MAYBE) long globalScaleW, @Cast("bool") boolean sortedIndices, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long from_fp8(@Cast(IN) long x, @Cast(DTYPE) int d, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long to_fp8(@Cast(IN) long x, @Cast(ON) long s) throws MlxException;
}
