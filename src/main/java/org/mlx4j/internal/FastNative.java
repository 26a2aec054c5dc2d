package org.mlx4j.internal;

import static org.mlx4j.internal.Adapters.ARRAYS;
import static org.mlx4j.internal.Adapters.HANDLES;
import static org.mlx4j.internal.Adapters.IN;
import static org.mlx4j.internal.Adapters.INTS;
import static org.mlx4j.internal.Adapters.MAYBE;
import static org.mlx4j.internal.Adapters.MAYBE_FLOAT;
import static org.mlx4j.internal.Adapters.ON;
import static org.mlx4j.internal.Adapters.OUT;
import static org.mlx4j.internal.Adapters.TEXT;
import static org.mlx4j.internal.Adapters.TEXTS;

import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.Namespace;
import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Raw;
import org.mlx4j.MlxException;

/** Fused operations of {@code mlx.core.fast}, and custom kernels. */
@Platform(include = "bridge.h", library = "jnimlx4j")
@Namespace("mlx4j")
public final class FastNative {
  static {
    Library.load();
  }

  private FastNative() {}

  public static native @Cast(OUT) long rms_norm(@Cast(IN) long x, @Cast(MAYBE) long weight, float eps, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long layer_norm(@Cast(IN) long x, @Cast(MAYBE) long weight, @Cast(MAYBE) long bias, float eps, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long cross_entropy(@Cast(IN) long logits, @Cast(IN) long targets, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long rope(@Cast(IN) long a, int dims, @Cast("bool") boolean traditional, @Cast(MAYBE_FLOAT) float base, float scale, @Cast(IN) long offset, @Cast(MAYBE) long freqs, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long scaled_dot_product_attention(@Cast(IN) long q, @Cast(IN) long k, @Cast(IN) long v, float scale, String maskMode, @Cast(MAYBE) long mask, @Cast(MAYBE) long sinks, @Cast("bool") boolean forceFused, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx::core::fast") public static native @Raw @Cast(HANDLES) long[] gated_delta_update(@Cast(IN) long q, @Cast(IN) long k, @Cast(IN) long v, @Cast(IN) long gamma, @Cast(IN) long beta, @Cast(MAYBE) long initialState, @Cast(MAYBE) long mask, @Cast(ON) long s) throws MlxException;

  public static native void require_metal_kernel(@Raw @Cast(TEXT) byte[] name) throws MlxException;

  public static native void require_cuda_kernel(@Raw @Cast(TEXT) byte[] name) throws MlxException;

  public static native @Raw @Cast(HANDLES) long[] metal_kernel(@Raw @Cast(TEXT) byte[] name, @Raw @Cast(TEXTS) Object[] inputNames, @Raw @Cast(TEXTS) Object[] outputNames, @Raw @Cast(TEXT) byte[] source, @Raw @Cast(TEXT) byte[] header, @Cast("bool") boolean ensureRowContiguous, @Cast("bool") boolean atomicOutputs, int mathMode, @Raw @Cast(ARRAYS) long[] inputs, @Raw @Cast(INTS) int[] shapes, @Raw @Cast(INTS) int[] dtypes, @Raw @Cast(INTS) int[] launch, @Raw @Cast(TEXTS) Object[] templateNames, @Raw @Cast(INTS) int[] kinds, @Raw @Cast(INTS) int[] values, @Cast(MAYBE_FLOAT) float initValue, @Cast("bool") boolean verbose, @Cast(ON) long s) throws MlxException;

  public static native @Raw @Cast(HANDLES) long[] cuda_kernel(@Raw @Cast(TEXT) byte[] name, @Raw @Cast(TEXTS) Object[] inputNames, @Raw @Cast(TEXTS) Object[] outputNames, @Raw @Cast(TEXT) byte[] source, @Raw @Cast(TEXT) byte[] header, @Cast("bool") boolean ensureRowContiguous, int sharedMemory, @Raw @Cast(ARRAYS) long[] inputs, @Raw @Cast(INTS) int[] shapes, @Raw @Cast(INTS) int[] dtypes, @Raw @Cast(INTS) int[] launch, @Raw @Cast(TEXTS) Object[] templateNames, @Raw @Cast(INTS) int[] kinds, @Raw @Cast(INTS) int[] values, @Cast(MAYBE_FLOAT) float initValue, @Cast("bool") boolean verbose, @Cast(ON) long s) throws MlxException;

  public static native @Raw @Cast(HANDLES) long[] precompiled_cuda_kernel(@Raw @Cast(TEXT) byte[] name, @Raw @Cast(TEXT) byte[] compiledSource, @Raw @Cast(ARRAYS) long[] inputs, @Raw @Cast(INTS) int[] shapes, @Raw @Cast(INTS) int[] dtypes, @Raw @Cast(INTS) int[] kinds, @Raw @Cast(INTS) int[] values, @Raw @Cast(INTS) int[] launch, int sharedMemory, @Cast(MAYBE_FLOAT) float initValue, @Cast("bool") boolean ensureRowContiguous, @Cast(ON) long s) throws MlxException;
}
