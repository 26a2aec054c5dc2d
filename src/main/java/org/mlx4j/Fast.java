package org.mlx4j;

import static org.mlx4j.Call.binary;
import static org.mlx4j.Call.optional;
import static org.mlx4j.Call.optionalToMany;

import java.util.Arrays;
import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import org.mlx4j.CustomKernel.Launch;
import org.mlx4j.CustomKernel.Source;
import org.mlx4j.internal.FastNative;

/**
 * Operations for which MLX has its own GPU implementations, and kernels that users write, as in
 * {@code mlx.core.fast}. On the CPU the operations are composed of others.
 *
 * <pre>{@code
 * MlxArray q = MlxRandom.normal(new int[] {1, 8, 16, 64}); // batch, heads, positions, features
 * MlxArray k = MlxRandom.normal(new int[] {1, 2, 16, 64}); // four heads of queries share one
 * MlxArray v = MlxRandom.normal(new int[] {1, 2, 16, 64});
 * MlxArray y = Fast.scaledDotProductAttention(q, k, v, 1 / Math.sqrt(64), AttentionMask.CAUSAL);
 * }</pre>
 *
 * <p>Every method throws {@link IllegalArgumentException} if a shape, a dtype or a number is not
 * allowed, {@link IllegalStateException} if an array is closed, and {@link NullPointerException} if
 * an argument is null, unless null is allowed.
 */
public final class Fast {
  private Fast() {}

  // ---- operations -------------------------------------------------------------------------------

  /**
   * Divides the elements by their root mean square along the last axis. Mirrors {@code
   * mlx.core.fast.rms_norm}.
   *
   * @param x an array of a floating point dtype with at least one axis
   * @param weight the factors that the result is multiplied by, a vector as long as the last axis;
   *     or null
   * @param eps the number that is added to the mean square, to avoid a division by zero
   * @return an array of the shape of {@code x}
   * @throws IllegalArgumentException if a shape or dtype is not allowed
   */
  public static MlxArray rmsNorm(MlxArray x, @Nullable MlxArray weight, double eps) {
    return optional(
        "rmsNorm", 1, (h, s) -> FastNative.rms_norm(h[0], h[1], (float) eps, s), x, weight);
  }

  /**
   * Normalizes the elements along the last axis to mean 0 and variance 1. Mirrors {@code
   * mlx.core.fast.layer_norm}.
   *
   * @param x an array of a floating point dtype with at least one axis
   * @param weight the factors that the result is multiplied by, a vector as long as the last axis;
   *     or null
   * @param bias the numbers that are added afterward, a vector as long as the last axis; or null
   * @param eps the number that is added to the variance, to avoid a division by zero
   * @return an array of the shape of {@code x}
   * @throws IllegalArgumentException if a shape or dtype is not allowed
   */
  public static MlxArray layerNorm(
      MlxArray x, @Nullable MlxArray weight, @Nullable MlxArray bias, double eps) {
    return optional(
        "layerNorm",
        1,
        (h, s) -> FastNative.layer_norm(h[0], h[1], h[2], (float) eps, s),
        x,
        weight,
        bias);
  }

  /**
   * Computes the cross entropy of classes, {@code logsumexp(logits, -1) - logits[…, target]}.
   * Mirrors {@code mlx.core.fast.cross_entropy}.
   *
   * @param logits the logarithms of the probabilities of the classes, up to a constant; the classes
   *     are along the last axis
   * @param targets the indices of the true classes, an integer array of the shape of {@code logits}
   *     without its last axis
   * @return a float32 array of the shape of {@code targets}
   * @throws IndexOutOfBoundsException if a target is not the index of a class. Targets that are not
   *     computed yet cannot be checked here: those that are out of range are limited to it, unless
   *     {@link Ops#checkIndices} is on
   * @throws IllegalArgumentException if the shapes do not match, there are no logits, or a dtype is
   *     not allowed
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
              + "; the shapes must be the same without the last axis of the logits, which must not"
              + " be empty");
    }
    return binary("crossEntropy", FastNative::cross_entropy, logits, targets);
  }

  /**
   * Equivalent to {@link #rope(MlxArray, int, boolean, Double, double, MlxArray, MlxArray)} with
   * the same offset for all batches and without {@code freqs}.
   */
  public static MlxArray rope(
      MlxArray a, int dims, boolean traditional, double base, double scale, int offset) {
    return rope(a, dims, traditional, Double.valueOf(base), scale, offset, null);
  }

  /**
   * Equivalent to {@link #rope(MlxArray, int, boolean, Double, double, MlxArray, MlxArray)} with
   * the same offset for all batches.
   */
  public static MlxArray rope(
      MlxArray a,
      int dims,
      boolean traditional,
      @Nullable Double base,
      double scale,
      int offset,
      @Nullable MlxArray freqs) {
    try (MlxArray position = MlxArray.scalar(offset)) {
      return rope(a, dims, traditional, base, scale, position, freqs);
    }
  }

  /**
   * Equivalent to {@link #rope(MlxArray, int, boolean, Double, double, MlxArray, MlxArray)} without
   * {@code freqs}.
   */
  public static MlxArray rope(
      MlxArray a, int dims, boolean traditional, double base, double scale, MlxArray offset) {
    return rope(a, dims, traditional, Double.valueOf(base), scale, offset, null);
  }

  /**
   * Encodes positions by rotating pairs of features (RoPE); the angles grow with the position.
   * Mirrors {@code mlx.core.fast.rope}.
   *
   * @param a an array of a floating point dtype and of shape {@code (B, …, T, D)}
   * @param dims the number of features that are rotated, an even number; the others remain
   *     unchanged
   * @param traditional whether a pair consists of neighbors, rather than of features that are
   *     {@code dims / 2} apart
   * @param base the number such that the frequencies of the pairs decrease from 1 to nearly {@code
   *     1 / base}; or null if {@code freqs} are given
   * @param scale the factor that positions are multiplied by
   * @param offset the first position: an integer scalar, or a vector of one integer for each batch
   * @param freqs the reciprocals of the frequencies of the pairs; or null if {@code base} is given
   * @return an array of the shape of {@code a}
   * @throws IllegalArgumentException if a shape, a dtype or a number is not allowed, or not exactly
   *     one of {@code base} and {@code freqs} is given
   */
  public static MlxArray rope(
      MlxArray a,
      int dims,
      boolean traditional,
      @Nullable Double base,
      double scale,
      MlxArray offset,
      @Nullable MlxArray freqs) {
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
   * Equivalent to {@link #scaledDotProductAttention(MlxArray, MlxArray, MlxArray, double,
   * AttentionMask, MlxArray, boolean) scaledDotProductAttention(q, k, v, scale, AttentionMask.NONE,
   * null, false)}.
   */
  public static MlxArray scaledDotProductAttention(
      MlxArray q, MlxArray k, MlxArray v, double scale) {
    return scaledDotProductAttention(q, k, v, scale, AttentionMask.NONE);
  }

  /**
   * Equivalent to {@link #scaledDotProductAttention(MlxArray, MlxArray, MlxArray, double,
   * AttentionMask, MlxArray, boolean) scaledDotProductAttention(q, k, v, scale, mask, null,
   * false)}.
   */
  public static MlxArray scaledDotProductAttention(
      MlxArray q, MlxArray k, MlxArray v, double scale, AttentionMask mask) {
    return scaledDotProductAttention(q, k, v, scale, mask, null, false);
  }

  /**
   * Equivalent to {@link #scaledDotProductAttention(MlxArray, MlxArray, MlxArray, double, MlxArray,
   * MlxArray, boolean)} with a mask that no array describes: either none, or one that hides the
   * keys that follow a query.
   */
  public static MlxArray scaledDotProductAttention(
      MlxArray q,
      MlxArray k,
      MlxArray v,
      double scale,
      AttentionMask mask,
      @Nullable MlxArray sinks,
      boolean forceFused) {
    String mode = Call.notNull("scaledDotProductAttention", "the mask", mask).mlxName();
    return attention(q, k, v, scale, mode, null, sinks, forceFused);
  }

  /**
   * Equivalent to {@link #scaledDotProductAttention(MlxArray, MlxArray, MlxArray, double, MlxArray,
   * MlxArray, boolean) scaledDotProductAttention(q, k, v, scale, mask, null, false)}.
   */
  public static MlxArray scaledDotProductAttention(
      MlxArray q, MlxArray k, MlxArray v, double scale, @Nullable MlxArray mask) {
    return scaledDotProductAttention(q, k, v, scale, mask, null, false);
  }

  /**
   * Computes attention, {@code softmax(scale * q @ k.T + mask) @ v}. Several heads of queries may
   * share one head of keys and values. Mirrors {@code mlx.core.fast.scaled_dot_product_attention}.
   *
   * @param q the queries, of shape {@code (B, Nq, Tq, D)}
   * @param k the keys, of shape {@code (B, Nkv, Tkv, D)}; {@code Nq} is a multiple of {@code Nkv}
   * @param v the values, of shape {@code (B, Nkv, Tkv, Dv)}
   * @param scale the factor that the products are multiplied by, usually {@code 1 / sqrt(D)}
   * @param mask the numbers that are added to the products, or bools that tell whether a query
   *     attends to a key, of a shape that broadcasts to {@code (B, Nq, Tq, Tkv)}; or null
   * @param sinks the logit, for each head of queries, of an additional key whose value is zero; or
   *     null
   * @param forceFused whether to fail if there is no fused kernel for these arguments
   * @return an array of shape {@code (B, Nq, Tq, Dv)}
   * @throws IllegalArgumentException if a shape or dtype is not allowed
   */
  public static MlxArray scaledDotProductAttention(
      MlxArray q,
      MlxArray k,
      MlxArray v,
      double scale,
      @Nullable MlxArray mask,
      @Nullable MlxArray sinks,
      boolean forceFused) {
    return attention(q, k, v, scale, "", mask, sinks, forceFused);
  }

  private static MlxArray attention(
      MlxArray q,
      MlxArray k,
      MlxArray v,
      double scale,
      String mode,
      @Nullable MlxArray mask,
      @Nullable MlxArray sinks,
      boolean forceFused) {
    String function = "scaledDotProductAttention";
    requireAxes(function, "q", q, "(B, Nq, Tq, D)", -1, -1, -1, -1);
    requireAxes(function, "k", k, "(B, Nkv, Tkv, D)", q.dim(0), -1, -1, q.dim(3));
    requireAxes(function, "v", v, "(B, Nkv, Tkv, Dv)", k.dim(0), k.dim(1), k.dim(2), -1);
    requireMultiple(function, "q", q.dim(1), "k and v", k.dim(1));
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
   * Equivalent to {@link #gatedDeltaUpdate(MlxArray, MlxArray, MlxArray, MlxArray, MlxArray,
   * MlxArray, MlxArray) gatedDeltaUpdate(q, k, v, gamma, beta, null, null)}.
   */
  public static GatedDelta gatedDeltaUpdate(
      MlxArray q, MlxArray k, MlxArray v, MlxArray gamma, MlxArray beta) {
    return gatedDeltaUpdate(q, k, v, gamma, beta, null, null);
  }

  /**
   * Computes the recurrence of gated delta networks. Each step multiplies the state by {@code
   * gamma} and then moves it by {@code beta} toward mapping the key to the value; the output is the
   * state applied to the query. Mirrors {@code mlx.core.fast.gated_delta_update}.
   *
   * @param q the queries, of shape {@code (B, T, Hk, Dk)}
   * @param k the keys, of shape {@code (B, T, Hk, Dk)}
   * @param v the values, of shape {@code (B, T, Hv, Dv)}; {@code Hv} is a multiple of {@code Hk}
   * @param gamma the fraction of the state that is kept, of shape {@code (B, T, Hv)}
   * @param beta the step sizes, of shape {@code (B, T, Hv)}
   * @param initialState the initial state, of shape {@code (B, Hv, Dv, Dk)}; or null for zeros
   * @param mask the steps that change the state, bools of shape {@code (B, T)}; or null for all
   *     steps
   * @return the output and the final state
   * @throws IllegalArgumentException if a shape or dtype is not allowed
   */
  public static GatedDelta gatedDeltaUpdate(
      MlxArray q,
      MlxArray k,
      MlxArray v,
      MlxArray gamma,
      MlxArray beta,
      @Nullable MlxArray initialState,
      @Nullable MlxArray mask) {
    String function = "gatedDeltaUpdate";
    requireAxes(function, "q", q, "(B, T, Hk, Dk)", -1, -1, -1, -1);
    requireAxes(function, "k", k, "(B, T, Hk, Dk)", q.shape());
    requireAxes(function, "v", v, "(B, T, Hv, Dv)", q.dim(0), q.dim(1), -1, -1);
    int[] gates = {q.dim(0), q.dim(1), v.dim(2)};
    requireAxes(function, "gamma", gamma, "(B, T, Hv)", gates);
    requireAxes(function, "beta", beta, "(B, T, Hv)", gates);
    requireMultiple(function, "v", v.dim(2), "q and k", q.dim(2));
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
              + "; it must be an even number from 2 to "
              + features
              + ", the size of the last axis of the array, which has shape "
              + Arrays.toString(shape));
    }
  }

  /** MLX reads out of bounds if sizes do not match, and divides by those that are 0. */
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
              + " to match the other arguments, here "
              + allowed
              + ", and not empty");
    }
  }

  private static void requireMultiple(
      String function, String argument, int heads, String shared, int of) {
    if (heads % of != 0) {
      throw new IllegalArgumentException(
          "["
              + function
              + "] "
              + argument
              + " has "
              + heads
              + " heads; the number must be a multiple of that of "
              + shared
              + ", "
              + of);
    }
  }

  // ---- kernels ----------------------------------------------------------------------------------

  /**
   * Equivalent to {@link #metalKernel(String, List, List, String, String, boolean, boolean,
   * MathMode) metalKernel(name, inputNames, outputNames, source, "", true, false, MathMode.SAFE)}.
   */
  public static MetalKernel metalKernel(
      String name, List<String> inputNames, List<String> outputNames, String source) {
    return metalKernel(name, inputNames, outputNames, source, "", true, false, MathMode.SAFE);
  }

  /**
   * Creates a kernel in the Metal shading language. Mirrors {@code mlx.core.fast.metal_kernel}.
   *
   * <pre>{@code
   * MlxArray x = MlxRandom.normal(new int[] {1024});
   * MetalKernel exp =
   *     Fast.metalKernel(
   *         "myexp",
   *         List.of("inp"),
   *         List.of("out"),
   *         "uint i = thread_position_in_grid.x; out[i] = metal::exp(inp[i]);");
   * MlxArray[] outputs =
   *     exp.apply(
   *         new MlxArray[] {x},
   *         new int[][] {x.shape()},
   *         new DType[] {x.dtype()},
   *         new int[] {(int) x.size(), 1, 1},
   *         new int[] {256, 1, 1});
   * }</pre>
   *
   * @param name a name for the kernel
   * @param inputNames the names of the inputs in the source
   * @param outputNames the names of the outputs in the source
   * @param source the body of the kernel; its signature is generated
   * @param header the text before the kernel
   * @param ensureRowContiguous whether inputs that are not row-contiguous are copied
   * @param atomicOutputs whether the outputs are atomic
   * @param mathMode how freely the compiler may rearrange arithmetic
   * @return a kernel
   * @throws MlxException if Metal is not available
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
    Source texts = Source.of("metalKernel", name, inputNames, outputNames, source, header);
    return new MetalKernel(texts, ensureRowContiguous, atomicOutputs, mathMode);
  }

  /**
   * Equivalent to {@link #cudaKernel(String, List, List, String, String, boolean, int)
   * cudaKernel(name, inputNames, outputNames, source, "", true, 0)}.
   */
  public static CudaKernel cudaKernel(
      String name, List<String> inputNames, List<String> outputNames, String source) {
    return cudaKernel(name, inputNames, outputNames, source, "", true, 0);
  }

  /**
   * Creates a kernel in CUDA C++. Mirrors {@code mlx.core.fast.cuda_kernel}.
   *
   * @param name a name for the kernel
   * @param inputNames the names of the inputs in the source
   * @param outputNames the names of the outputs in the source
   * @param source the body of the kernel; its signature is generated
   * @param header the text before the kernel
   * @param ensureRowContiguous whether inputs that are not row-contiguous are copied
   * @param sharedMemory the size of the kernel's dynamic shared memory in bytes
   * @return a kernel
   * @throws IllegalArgumentException if {@code sharedMemory} is negative
   * @throws MlxException if CUDA is not available
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
    Source texts = Source.of("cudaKernel", name, inputNames, outputNames, source, header);
    return new CudaKernel(texts, ensureRowContiguous, sharedMemory);
  }

  /**
   * Equivalent to {@link #precompiledCudaKernel(String, byte[], MlxArray[], int[][], DType[], List,
   * int[], int[], int, Double, boolean)} without shared memory, initial values and copies.
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
   * @param grid the numbers of threads along the three axes
   * @param threadgroup the numbers of threads of a group along the three axes
   * @param sharedMemory the size of the kernel's dynamic shared memory in bytes
   * @param initValue the initial value of the outputs; or null to leave them uninitialized
   * @param ensureRowContiguous whether inputs that are not row-contiguous are copied
   * @return the outputs
   * @throws IllegalArgumentException if there is not one dtype for each shape, {@code grid} or
   *     {@code threadgroup} does not consist of three positive numbers, a scalar is of another
   *     type, or {@code sharedMemory} is negative
   * @throws MlxException if CUDA is not available
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
      @Nullable Double initValue,
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
        throw Call.refused(
            function, "scalar " + i, scalar, "it must be an Integer, a Boolean or a Float");
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
