package org.mlx4j;

import static org.mlx4j.Call.binary;
import static org.mlx4j.Call.optional;
import static org.mlx4j.Call.optionalToMany;

import java.util.Arrays;
import java.util.List;
import java.util.StringJoiner;
import org.mlx4j.CustomKernel.Launch;
import org.mlx4j.internal.FastNative;

/**
 * Operations for which MLX has implementations of their own on the GPU, and kernels that users
 * write. On the CPU the operations are made of others. Mirrors {@code mlx.core.fast}.
 */
public final class Fast {
  private Fast() {}

  // ---- operations
  // --------------------------------------------------------------------------------

  /**
   * Normalizes the last axis by its root mean square. Mirrors {@code mlx.core.fast.rms_norm}.
   *
   * @param x an array of at least one axis and of a floating point dtype
   * @param weight what to multiply the result with, of the size of the last axis, or null
   * @param eps added to the mean square, so that nothing is divided by zero
   * @return an array of the shape of {@code x}
   * @throws IllegalArgumentException if a shape or dtype is not allowed
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray rmsNorm(MlxArray x, MlxArray weight, double eps) {
    return optional(
        "rmsNorm", 1, (h, s) -> FastNative.rms_norm(h[0], h[1], (float) eps, s), x, weight);
  }

  /**
   * Normalizes the last axis to mean 0 and variance 1. Mirrors {@code mlx.core.fast.layer_norm}.
   *
   * @param x an array of at least one axis and of a floating point dtype
   * @param weight what to multiply the result with, of the size of the last axis, or null
   * @param bias what to add then, of the size of the last axis, or null
   * @param eps added to the variance, so that nothing is divided by zero
   * @return an array of the shape of {@code x}
   * @throws IllegalArgumentException if a shape or dtype is not allowed
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray layerNorm(MlxArray x, MlxArray weight, MlxArray bias, double eps) {
    return optional(
        "layerNorm",
        1,
        (h, s) -> FastNative.layer_norm(h[0], h[1], h[2], (float) eps, s),
        x,
        weight,
        bias);
  }

  /**
   * The cross entropy of classes: {@code logsumexp(logits, -1) - logits[…, target]}. Mirrors {@code
   * mlx.core.fast.cross_entropy}.
   *
   * @param logits for each class the logarithm of its probability, up to a constant; the classes
   *     are along the last axis
   * @param targets the indices of the classes, of the shape of {@code logits} without its last axis
   * @return an array of float32 of the shape of {@code targets}
   * @throws IndexOutOfBoundsException if a target is not one of the classes. Targets that are still
   *     to be computed cannot be looked at here: out of range they are limited to the range, or,
   *     when {@link Ops#checkIndices} is on, computed and checked
   * @throws IllegalArgumentException if the shapes do not fit, there are no logits, or a dtype is
   *     not allowed
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray crossEntropy(MlxArray logits, MlxArray targets) {
    int ndim = Call.argument("crossEntropy", 0, logits).ndim();
    Call.argument("crossEntropy", 1, targets);
    if (logits.size() == 0
        || ndim == 0
        || !Arrays.equals(Arrays.copyOf(logits.shape(), ndim - 1), targets.shape())) {
      throw new IllegalArgumentException(
          "[crossEntropy] the logits have shape "
              + Arrays.toString(logits.shape())
              + ", the targets have shape "
              + Arrays.toString(targets.shape())
              + "; it must be the same without the last axis, and there must be logits");
    }
    return binary("crossEntropy", FastNative::cross_entropy, logits, targets);
  }

  /**
   * Rotates pairs of features by angles that grow with the position. Mirrors {@code
   * mlx.core.fast.rope}.
   *
   * @param a an array of shape {@code (B, …, T, D)} and of a floating point dtype
   * @param dims how many features to rotate, an even number; the others stay as they are
   * @param traditional whether neighbours are the pairs; otherwise they are half of {@code dims}
   *     apart
   * @param base the frequencies fall from 1 to nearly 1 / base
   * @param scale what positions are multiplied with
   * @param offset the first position
   * @return an array of the shape of {@code a}
   * @throws IllegalArgumentException if a shape, dtype or number is not allowed
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray rope(
      MlxArray a, int dims, boolean traditional, double base, double scale, int offset) {
    return rope(a, dims, traditional, Double.valueOf(base), scale, offset, null);
  }

  /**
   * Rotates pairs of features by angles that grow with the position. Mirrors {@code
   * mlx.core.fast.rope}.
   *
   * @param a an array of shape {@code (B, …, T, D)} and of a floating point dtype
   * @param dims how many features to rotate, an even number; the others stay as they are
   * @param traditional whether neighbours are the pairs; otherwise they are half of {@code dims}
   *     apart
   * @param base the frequencies fall from 1 to nearly 1 / base; null if {@code freqs} are given
   * @param scale what positions are multiplied with
   * @param offset the first position
   * @param freqs for each pair the reciprocal of its frequency, or null
   * @return an array of the shape of {@code a}
   * @throws IllegalArgumentException if a shape, dtype or number is not allowed, or not exactly one
   *     of {@code base} and {@code freqs} is given
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray rope(
      MlxArray a,
      int dims,
      boolean traditional,
      Double base,
      double scale,
      int offset,
      MlxArray freqs) {
    try (MlxArray position = MlxArray.scalar(offset)) {
      return rope(a, dims, traditional, base, scale, position, freqs);
    }
  }

  /**
   * Rotates pairs of features by angles that grow with the position. Mirrors {@code
   * mlx.core.fast.rope}.
   *
   * @param a an array of shape {@code (B, …, T, D)} and of a floating point dtype
   * @param dims how many features to rotate, an even number; the others stay as they are
   * @param traditional whether neighbours are the pairs; otherwise they are half of {@code dims}
   *     apart
   * @param base the frequencies fall from 1 to nearly 1 / base
   * @param scale what positions are multiplied with
   * @param offset the first position, an integer for all or one for each of the batch
   * @return an array of the shape of {@code a}
   * @throws IllegalArgumentException if a shape, dtype or number is not allowed
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray rope(
      MlxArray a, int dims, boolean traditional, double base, double scale, MlxArray offset) {
    return rope(a, dims, traditional, Double.valueOf(base), scale, offset, null);
  }

  /**
   * Rotates pairs of features by angles that grow with the position. Mirrors {@code
   * mlx.core.fast.rope}.
   *
   * @param a an array of shape {@code (B, …, T, D)} and of a floating point dtype
   * @param dims how many features to rotate, an even number; the others stay as they are
   * @param traditional whether neighbours are the pairs; otherwise they are half of {@code dims}
   *     apart
   * @param base the frequencies fall from 1 to nearly 1 / base; null if {@code freqs} are given
   * @param scale what positions are multiplied with
   * @param offset the first position, an integer for all or one for each of the batch
   * @param freqs for each pair the reciprocal of its frequency, or null
   * @return an array of the shape of {@code a}
   * @throws IllegalArgumentException if a shape, dtype or number is not allowed, or not exactly one
   *     of {@code base} and {@code freqs} is given
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray rope(
      MlxArray a,
      int dims,
      boolean traditional,
      Double base,
      double scale,
      MlxArray offset,
      MlxArray freqs) {
    float given = base == null ? Float.NaN : base.floatValue();
    requireRopeDims(a, dims);
    return optional(
        "rope",
        2,
        (h, s) -> FastNative.rope(h[0], dims, traditional, given, (float) scale, h[1], h[2], s),
        a,
        offset,
        freqs);
  }

  /**
   * Attention: {@code softmax(scale * q @ k.T) @ v}. Several heads of queries may share one of keys
   * and values. Mirrors {@code mlx.core.fast.scaled_dot_product_attention}.
   *
   * @param q queries of shape {@code (B, Nq, Tq, D)}
   * @param k keys of shape {@code (B, Nkv, Tkv, D)}; Nq is a multiple of Nkv
   * @param v values of shape {@code (B, Nkv, Tkv, Dv)}
   * @param scale what products are multiplied with, usually {@code 1 / sqrt(D)}
   * @return an array of shape {@code (B, Nq, Tq, Dv)}
   * @throws IllegalArgumentException if a shape or dtype is not allowed
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray scaledDotProductAttention(
      MlxArray q, MlxArray k, MlxArray v, double scale) {
    return scaledDotProductAttention(q, k, v, scale, AttentionMask.NONE);
  }

  /**
   * Attention: {@code softmax(scale * q @ k.T) @ v}. Several heads of queries may share one of keys
   * and values. Mirrors {@code mlx.core.fast.scaled_dot_product_attention}.
   *
   * @param q queries of shape {@code (B, Nq, Tq, D)}
   * @param k keys of shape {@code (B, Nkv, Tkv, D)}; Nq is a multiple of Nkv
   * @param v values of shape {@code (B, Nkv, Tkv, Dv)}
   * @param scale what products are multiplied with, usually {@code 1 / sqrt(D)}
   * @param mask which keys a query may look at
   * @return an array of shape {@code (B, Nq, Tq, Dv)}
   * @throws IllegalArgumentException if a shape or dtype is not allowed
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray scaledDotProductAttention(
      MlxArray q, MlxArray k, MlxArray v, double scale, AttentionMask mask) {
    return scaledDotProductAttention(q, k, v, scale, mask, null, false);
  }

  /**
   * Attention: {@code softmax(scale * q @ k.T) @ v}. Several heads of queries may share one of keys
   * and values. Mirrors {@code mlx.core.fast.scaled_dot_product_attention}.
   *
   * @param q queries of shape {@code (B, Nq, Tq, D)}
   * @param k keys of shape {@code (B, Nkv, Tkv, D)}; Nq is a multiple of Nkv
   * @param v values of shape {@code (B, Nkv, Tkv, Dv)}
   * @param scale what products are multiplied with, usually {@code 1 / sqrt(D)}
   * @param mask which keys a query may look at
   * @param sinks for each head of queries the logit of a key whose value is zero, or null
   * @param forceFused whether to fail where there is no kernel that does everything at once
   * @return an array of shape {@code (B, Nq, Tq, Dv)}
   * @throws IllegalArgumentException if a shape or dtype is not allowed
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray scaledDotProductAttention(
      MlxArray q,
      MlxArray k,
      MlxArray v,
      double scale,
      AttentionMask mask,
      MlxArray sinks,
      boolean forceFused) {
    String mode = Call.notNull("scaledDotProductAttention", "the mask", mask).mlxName();
    return attention(q, k, v, scale, mode, null, sinks, forceFused);
  }

  /**
   * Attention: {@code softmax(scale * q @ k.T + mask) @ v}. Several heads of queries may share one
   * of keys and values. Mirrors {@code mlx.core.fast.scaled_dot_product_attention}.
   *
   * @param q queries of shape {@code (B, Nq, Tq, D)}
   * @param k keys of shape {@code (B, Nkv, Tkv, D)}; Nq is a multiple of Nkv
   * @param v values of shape {@code (B, Nkv, Tkv, Dv)}
   * @param scale what products are multiplied with, usually {@code 1 / sqrt(D)}
   * @param mask what to add to the products, or whether a query may look at a key; of a shape that
   *     broadcasts to {@code (B, Nq, Tq, Tkv)}. Null for none
   * @return an array of shape {@code (B, Nq, Tq, Dv)}
   * @throws IllegalArgumentException if a shape or dtype is not allowed
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray scaledDotProductAttention(
      MlxArray q, MlxArray k, MlxArray v, double scale, MlxArray mask) {
    return scaledDotProductAttention(q, k, v, scale, mask, null, false);
  }

  /**
   * Attention: {@code softmax(scale * q @ k.T + mask) @ v}. Several heads of queries may share one
   * of keys and values. Mirrors {@code mlx.core.fast.scaled_dot_product_attention}.
   *
   * @param q queries of shape {@code (B, Nq, Tq, D)}
   * @param k keys of shape {@code (B, Nkv, Tkv, D)}; Nq is a multiple of Nkv
   * @param v values of shape {@code (B, Nkv, Tkv, Dv)}
   * @param scale what products are multiplied with, usually {@code 1 / sqrt(D)}
   * @param mask what to add to the products, or whether a query may look at a key; of a shape that
   *     broadcasts to {@code (B, Nq, Tq, Tkv)}. Null for none
   * @param sinks for each head of queries the logit of a key whose value is zero, or null
   * @param forceFused whether to fail where there is no kernel that does everything at once
   * @return an array of shape {@code (B, Nq, Tq, Dv)}
   * @throws IllegalArgumentException if a shape or dtype is not allowed
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray scaledDotProductAttention(
      MlxArray q,
      MlxArray k,
      MlxArray v,
      double scale,
      MlxArray mask,
      MlxArray sinks,
      boolean forceFused) {
    return attention(q, k, v, scale, "", mask, sinks, forceFused);
  }

  private static MlxArray attention(
      MlxArray q,
      MlxArray k,
      MlxArray v,
      double scale,
      String mode,
      MlxArray mask,
      MlxArray sinks,
      boolean forceFused) {
    String function = "scaledDotProductAttention";
    requireAxes(function, "q", q, "(B, Nq, Tq, D)", -1, -1, -1, -1);
    requireAxes(function, "k", k, "(B, Nkv, Tkv, D)", q.dim(0), -1, -1, q.dim(3));
    requireAxes(function, "v", v, "(B, Nkv, Tkv, Dv)", k.dim(0), k.dim(1), k.dim(2), -1);
    requireMultiple(function, q.dim(1), k.dim(1));
    return optional(
        function,
        3,
        (h, s) ->
            FastNative.scaled_dot_product_attention(
                h[0], h[1], h[2], (float) scale, mode, h[3], h[4], forceFused, s),
        q,
        k,
        v,
        mask,
        sinks);
  }

  /**
   * The recurrence of gated delta networks: at each step the state is multiplied by gamma, and then
   * moved towards giving the value for the key; the output is what it gives for the query. Mirrors
   * {@code mlx.core.fast.gated_delta_update}.
   *
   * @param q queries of shape {@code (B, T, Hk, Dk)}
   * @param k keys of shape {@code (B, T, Hk, Dk)}
   * @param v values of shape {@code (B, T, Hv, Dv)}; Hv is a multiple of Hk
   * @param gamma how much of the state stays, of shape {@code (B, T, Hv)}
   * @param beta how far it moves, of shape {@code (B, T, Hv)}
   * @return the output and the final state
   * @throws IllegalArgumentException if a shape or dtype is not allowed
   * @throws IllegalStateException if an array is closed
   */
  public static GatedDelta gatedDeltaUpdate(
      MlxArray q, MlxArray k, MlxArray v, MlxArray gamma, MlxArray beta) {
    return gatedDeltaUpdate(q, k, v, gamma, beta, null, null);
  }

  /**
   * The recurrence of gated delta networks: at each step the state is multiplied by gamma, and then
   * moved towards giving the value for the key; the output is what it gives for the query. Mirrors
   * {@code mlx.core.fast.gated_delta_update}.
   *
   * @param q queries of shape {@code (B, T, Hk, Dk)}
   * @param k keys of shape {@code (B, T, Hk, Dk)}
   * @param v values of shape {@code (B, T, Hv, Dv)}; Hv is a multiple of Hk
   * @param gamma how much of the state stays, of shape {@code (B, T, Hv)}
   * @param beta how far it moves, of shape {@code (B, T, Hv)}
   * @param initialState of shape {@code (B, Hv, Dv, Dk)}, or null for zeros
   * @param mask which steps change the state, of shape {@code (B, T)}, or null for all
   * @return the output and the final state
   * @throws IllegalArgumentException if a shape or dtype is not allowed
   * @throws IllegalStateException if an array is closed
   */
  public static GatedDelta gatedDeltaUpdate(
      MlxArray q,
      MlxArray k,
      MlxArray v,
      MlxArray gamma,
      MlxArray beta,
      MlxArray initialState,
      MlxArray mask) {
    String function = "gatedDeltaUpdate";
    requireAxes(function, "q", q, "(B, T, Hk, Dk)", -1, -1, -1, -1);
    requireAxes(function, "k", k, "(B, T, Hk, Dk)", q.shape());
    requireAxes(function, "v", v, "(B, T, Hv, Dv)", q.dim(0), q.dim(1), -1, -1);
    int[] gates = {q.dim(0), q.dim(1), v.dim(2)};
    requireAxes(function, "gamma", gamma, "(B, T, Hv)", gates);
    requireAxes(function, "beta", beta, "(B, T, Hv)", gates);
    requireMultiple(function, v.dim(2), q.dim(2));
    if (initialState != null) {
      int[] state = {q.dim(0), v.dim(2), v.dim(3), q.dim(3)};
      requireAxes(function, "initialState", initialState, "(B, Hv, Dv, Dk)", state);
    }
    if (mask != null) {
      requireAxes(function, "mask", mask, "(B, T)", q.dim(0), q.dim(1));
    }
    MlxArray[] results =
        optionalToMany(
            function,
            5,
            (h, s) -> FastNative.gated_delta_update(h[0], h[1], h[2], h[3], h[4], h[5], h[6], s),
            q,
            k,
            v,
            gamma,
            beta,
            initialState,
            mask);
    return new GatedDelta(results[0], results[1]);
  }

  private static void requireRopeDims(MlxArray a, int dims) {
    int[] shape = Call.argument("rope", 0, a).shape();
    if (shape.length < 3) {
      throw new IllegalArgumentException(
          "[rope] the array has shape "
              + Arrays.toString(shape)
              + "; it must have at least 3 axes: (B, ..., T, D)");
    }
    int features = shape[shape.length - 1];
    if (dims < 1 || dims % 2 != 0 || dims > features) {
      throw new IllegalArgumentException(
          "[rope] dims is "
              + dims
              + "; it must be even, and from 2 to the size of the last axis, "
              + features
              + ", of the array of shape "
              + Arrays.toString(shape));
    }
  }

  /** MLX reads on where sizes do not fit, and divides by those that are 0. */
  private static void requireAxes(
      String function, String argument, MlxArray x, String form, int... sizes) {
    int[] shape = Call.notNull(function, argument, x).shape();
    boolean fits = shape.length == sizes.length && x.size() > 0;
    StringJoiner allowed = new StringJoiner(", ", "[", "]");
    for (int i = 0; i < sizes.length; i++) {
      fits = fits && (sizes[i] == -1 || sizes[i] == shape[i]);
      allowed.add(sizes[i] == -1 ? "any" : Integer.toString(sizes[i]));
    }
    if (!fits) {
      throw new IllegalArgumentException(
          "["
              + function
              + "] "
              + argument
              + " has shape "
              + Arrays.toString(shape)
              + "; it must be "
              + form
              + " in the sizes of the other arguments, here "
              + allowed
              + ", and not empty");
    }
  }

  private static void requireMultiple(String function, int heads, int of) {
    if (heads % of != 0) {
      throw new IllegalArgumentException(
          "["
              + function
              + "] "
              + heads
              + " heads cannot share "
              + of
              + "; the heads of q must be a multiple of those of k and v");
    }
  }

  // ---- kernels
  // -----------------------------------------------------------------------------------

  /**
   * A kernel in the Metal shading language. Mirrors {@code mlx.core.fast.metal_kernel}.
   *
   * <pre>{@code
   * MetalKernel exp = Fast.metalKernel("myexp", List.of("inp"), List.of("out"),
   *     "uint i = thread_position_in_grid.x; out[i] = metal::exp(inp[i]);");
   * MlxArray y = exp.apply(new MlxArray[] {x}, new int[][] {x.shape()}, new DType[] {x.dtype()},
   *     new int[] {(int) x.size(), 1, 1}, new int[] {256, 1, 1})[0];
   * }</pre>
   *
   * @param name a name for the kernel
   * @param inputNames the names of the inputs in the source
   * @param outputNames the names of the outputs in the source
   * @param source the body of the kernel; its signature is generated
   * @return a kernel
   * @throws MlxException if there is no Metal
   */
  public static MetalKernel metalKernel(
      String name, List<String> inputNames, List<String> outputNames, String source) {
    return metalKernel(name, inputNames, outputNames, source, "", true, false, MathMode.SAFE);
  }

  /**
   * A kernel in the Metal shading language. Mirrors {@code mlx.core.fast.metal_kernel}.
   *
   * @param name a name for the kernel
   * @param inputNames the names of the inputs in the source
   * @param outputNames the names of the outputs in the source
   * @param source the body of the kernel; its signature is generated
   * @param header what stands before the kernel
   * @param ensureRowContiguous whether inputs are copied that are not laid out row by row
   * @param atomicOutputs whether outputs are atomic
   * @param mathMode how freely the arithmetic may be changed
   * @return a kernel
   * @throws MlxException if there is no Metal
   */
  public static MetalKernel metalKernel(
      String name,
      List<String> inputNames,
      List<String> outputNames,
      String source,
      String header,
      boolean ensureRowContiguous,
      boolean atomicOutputs,
      MathMode mathMode) {
    return new MetalKernel(
        name,
        inputNames,
        outputNames,
        source,
        header,
        ensureRowContiguous,
        atomicOutputs,
        mathMode);
  }

  /**
   * A kernel in CUDA's dialect of C++. Mirrors {@code mlx.core.fast.cuda_kernel}.
   *
   * @param name a name for the kernel
   * @param inputNames the names of the inputs in the source
   * @param outputNames the names of the outputs in the source
   * @param source the body of the kernel; its signature is generated
   * @return a kernel
   * @throws MlxException if there is no CUDA
   */
  public static CudaKernel cudaKernel(
      String name, List<String> inputNames, List<String> outputNames, String source) {
    return cudaKernel(name, inputNames, outputNames, source, "", true, 0);
  }

  /**
   * A kernel in CUDA's dialect of C++. Mirrors {@code mlx.core.fast.cuda_kernel}.
   *
   * @param name a name for the kernel
   * @param inputNames the names of the inputs in the source
   * @param outputNames the names of the outputs in the source
   * @param source the body of the kernel; its signature is generated
   * @param header what stands before the kernel
   * @param ensureRowContiguous whether inputs are copied that are not laid out row by row
   * @param sharedMemory how many bytes of dynamic shared memory the kernel has
   * @return a kernel
   * @throws IllegalArgumentException if {@code sharedMemory} is negative
   * @throws MlxException if there is no CUDA
   */
  public static CudaKernel cudaKernel(
      String name,
      List<String> inputNames,
      List<String> outputNames,
      String source,
      String header,
      boolean ensureRowContiguous,
      int sharedMemory) {
    requireNotNegative("cudaKernel", sharedMemory);
    return new CudaKernel(
        name, inputNames, outputNames, source, header, ensureRowContiguous, sharedMemory);
  }

  /**
   * Runs a kernel that was compiled for CUDA. Mirrors {@code
   * mlx.core.fast.precompiled_cuda_kernel}.
   *
   * @param name the name of the kernel
   * @param compiledSource the kernel as PTX or cubin
   * @param inputs the inputs
   * @param outputShapes the shapes of the outputs
   * @param outputDtypes the dtypes of the outputs
   * @param scalars further arguments, each an {@link Integer}, {@link Boolean} or {@link Float}
   * @param grid how many threads there are along each of three axes
   * @param threadgroup how many of them are in a group along each of three axes
   * @return the outputs
   * @throws IllegalArgumentException if there is not one dtype for each shape, a grid or
   *     threadgroup does not have three positive numbers, or a scalar is of another type
   * @throws IllegalStateException if an input is closed
   * @throws MlxException if there is no CUDA
   */
  public static MlxArray[] precompiledCudaKernel(
      String name,
      byte[] compiledSource,
      MlxArray[] inputs,
      int[][] outputShapes,
      DType[] outputDtypes,
      List<?> scalars,
      int[] grid,
      int[] threadgroup) {
    return precompiledCudaKernel(
        name,
        compiledSource,
        inputs,
        outputShapes,
        outputDtypes,
        scalars,
        grid,
        threadgroup,
        0,
        null,
        false);
  }

  /**
   * Runs a kernel that was compiled for CUDA. Mirrors {@code
   * mlx.core.fast.precompiled_cuda_kernel}.
   *
   * @param name the name of the kernel
   * @param compiledSource the kernel as PTX or cubin
   * @param inputs the inputs
   * @param outputShapes the shapes of the outputs
   * @param outputDtypes the dtypes of the outputs
   * @param scalars further arguments, each an {@link Integer}, {@link Boolean} or {@link Float}
   * @param grid how many threads there are along each of three axes
   * @param threadgroup how many of them are in a group along each of three axes
   * @param sharedMemory how many bytes of dynamic shared memory the kernel has
   * @param initValue what the outputs hold before the kernel runs, or null if that does not matter
   * @param ensureRowContiguous whether inputs are copied that are not laid out row by row
   * @return the outputs
   * @throws IllegalArgumentException if there is not one dtype for each shape, a grid or
   *     threadgroup does not have three positive numbers, a scalar is of another type, or {@code
   *     sharedMemory} is negative
   * @throws IllegalStateException if an input is closed
   * @throws MlxException if there is no CUDA
   */
  public static MlxArray[] precompiledCudaKernel(
      String name,
      byte[] compiledSource,
      MlxArray[] inputs,
      int[][] outputShapes,
      DType[] outputDtypes,
      List<?> scalars,
      int[] grid,
      int[] threadgroup,
      int sharedMemory,
      Double initValue,
      boolean ensureRowContiguous) {
    String function = "precompiledCudaKernel";
    byte[] utf8 = CustomKernel.utf8(function, "the name", name);
    Call.notNull(function, "the compiled source", compiledSource);
    Launch launch = Launch.of(function, outputShapes, outputDtypes, grid, threadgroup, initValue);
    requireNotNegative(function, sharedMemory);
    int[] kinds = new int[Call.notNull(function, "the scalars", scalars).size()];
    int[] values = new int[kinds.length];
    for (int i = 0; i < kinds.length; i++) {
      Object scalar = scalars.get(i);
      if (scalar instanceof Integer number) {
        values[i] = number;
      } else if (scalar instanceof Boolean truth) {
        kinds[i] = 1;
        values[i] = truth ? 1 : 0;
      } else if (scalar instanceof Float number) {
        kinds[i] = 2;
        values[i] = Float.floatToRawIntBits(number);
      } else {
        throw new IllegalArgumentException(
            "["
                + function
                + "] scalar "
                + i
                + " is "
                + scalar
                + "; allowed is an Integer, a Boolean or a Float");
      }
    }
    return Call.naryToMany(
        function,
        (handles, s) ->
            FastNative.precompiled_cuda_kernel(
                utf8,
                compiledSource,
                handles,
                launch.shapes(),
                launch.dtypes(),
                kinds,
                values,
                launch.sizes(),
                sharedMemory,
                launch.initValue(),
                ensureRowContiguous,
                s),
        inputs);
  }

  private static void requireNotNegative(String function, int sharedMemory) {
    if (sharedMemory < 0) {
      throw new IllegalArgumentException(
          "[" + function + "] sharedMemory is " + sharedMemory + "; it must not be negative");
    }
  }
}
