package org.mlx4j;

import static org.mlx4j.Call.optional;
import static org.mlx4j.Call.optionalToMany;
import static org.mlx4j.Call.unary;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.mlx4j.QuantizationMode.Parameters;
import org.mlx4j.internal.QuantizationNative;

/**
 * Operations that represent matrices with few bits for each element, and products with such
 * matrices.
 *
 * <pre>{@code
 * MlxArray w = MlxRandom.normal(new int[] {256, 512});
 * MlxArray x = MlxRandom.normal(new int[] {4, 512});
 * Quantized q = w.quantize(); // 4 bits for each element, groups of 64
 * MlxArray y = x.quantizedMatmul(q.w(), q.scales(), q.biases()); // approximately x @ w.T
 * }</pre>
 *
 * <p>Groups of neighboring elements of a row share a scale and, with {@link
 * QuantizationMode#AFFINE}, a bias. Where {@code groupSize} or {@code bits} is null, the default of
 * the {@link QuantizationMode} applies.
 *
 * <p>Every method throws {@link IllegalArgumentException} if the shapes do not match, an array is
 * empty or of a dtype that is not allowed, or a parameter is not allowed for the mode; {@link
 * IllegalStateException} if an array is closed; and {@link NullPointerException} if an argument is
 * null, unless null is allowed.
 */
public sealed interface Quantization permits MlxArray {
  /**
   * Equivalent to {@link #quantize(Integer, Integer, QuantizationMode, MlxArray) quantize(null,
   * null, QuantizationMode.AFFINE, null)}.
   */
  default Quantized quantize() {
    return quantize(null, null, QuantizationMode.AFFINE, null);
  }

  /**
   * Equivalent to {@link #quantize(Integer, Integer, QuantizationMode, MlxArray)
   * quantize(groupSize, null, QuantizationMode.AFFINE, null)}.
   */
  default Quantized quantize(@Nullable Integer groupSize) {
    return quantize(groupSize, null, QuantizationMode.AFFINE, null);
  }

  /**
   * Equivalent to {@link #quantize(Integer, Integer, QuantizationMode, MlxArray)
   * quantize(groupSize, bits, QuantizationMode.AFFINE, null)}.
   */
  default Quantized quantize(@Nullable Integer groupSize, @Nullable Integer bits) {
    return quantize(groupSize, bits, QuantizationMode.AFFINE, null);
  }

  /**
   * Equivalent to {@link #quantize(Integer, Integer, QuantizationMode, MlxArray)
   * quantize(groupSize, bits, mode, null)}.
   */
  default Quantized quantize(
      @Nullable Integer groupSize, @Nullable Integer bits, QuantizationMode mode) {
    return quantize(groupSize, bits, mode, null);
  }

  /**
   * Quantizes this matrix, or stack of matrices. Mirrors {@code mlx.core.quantize}.
   *
   * @param groupSize the number of neighbors that share a scale; or null for the default
   * @param bits the number of bits of an element; or null for the default
   * @param mode the representation of the elements
   * @param globalScale with {@code NVFP4}, a float32 scale for all groups; or null
   * @return the packed elements with the scales and, with {@code AFFINE}, the biases of the groups
   * @throws IllegalArgumentException if this array has fewer than two axes, its last axis is not
   *     divisible by the group size, it is empty or not of dtype float32, float16 or bfloat16, or a
   *     parameter is not allowed for the mode
   */
  default Quantized quantize(
      @Nullable Integer groupSize,
      @Nullable Integer bits,
      QuantizationMode mode,
      @Nullable MlxArray globalScale) {
    Parameters p = QuantizationMode.require("quantize", groupSize, bits, mode);
    MlxArray x = (MlxArray) this;
    requireQuantizable("quantize", 0, x);
    if (x.ndim() < 2 || x.dim(-1) % p.groupSize() != 0) {
      throw Call.refused(
          "quantize",
          0,
          x,
          "it must have at least 2 axes, the last one divisible by the groupSize " + p.groupSize());
    }
    MlxArray[] parts =
        optionalToMany(
            "quantize",
            1,
            (h, s) ->
                QuantizationNative.quantize(h[0], p.groupSize(), p.bits(), p.mlxName(), h[1], s),
            x,
            globalScale);
    return new Quantized(parts[0], parts[1], parts.length > 2 ? parts[2] : null);
  }

  /**
   * Equivalent to {@link #quantize(Integer, Integer, QuantizationMode, MlxArray) quantize(null,
   * null, mode, null)}.
   */
  default Quantized quantize(QuantizationMode mode) {
    return quantize(null, null, mode);
  }

  /**
   * Equivalent to {@link #dequantize(MlxArray, MlxArray, Integer, Integer, QuantizationMode,
   * MlxArray, DType) dequantize(scales, biases, null, null, QuantizationMode.AFFINE, null, null)}.
   */
  default MlxArray dequantize(MlxArray scales, @Nullable MlxArray biases) {
    return dequantize(scales, biases, null, null, QuantizationMode.AFFINE, null, null);
  }

  /**
   * Equivalent to {@link #dequantize(MlxArray, MlxArray, Integer, Integer, QuantizationMode,
   * MlxArray, DType) dequantize(scales, biases, groupSize, null, QuantizationMode.AFFINE, null,
   * null)}.
   */
  default MlxArray dequantize(
      MlxArray scales, @Nullable MlxArray biases, @Nullable Integer groupSize) {
    return dequantize(scales, biases, groupSize, null, QuantizationMode.AFFINE, null, null);
  }

  /**
   * Equivalent to {@link #dequantize(MlxArray, MlxArray, Integer, Integer, QuantizationMode,
   * MlxArray, DType) dequantize(scales, biases, groupSize, bits, QuantizationMode.AFFINE, null,
   * null)}.
   */
  default MlxArray dequantize(
      MlxArray scales,
      @Nullable MlxArray biases,
      @Nullable Integer groupSize,
      @Nullable Integer bits) {
    return dequantize(scales, biases, groupSize, bits, QuantizationMode.AFFINE, null, null);
  }

  /**
   * Equivalent to {@link #dequantize(MlxArray, MlxArray, Integer, Integer, QuantizationMode,
   * MlxArray, DType) dequantize(scales, biases, groupSize, bits, mode, null, null)}.
   */
  default MlxArray dequantize(
      MlxArray scales,
      @Nullable MlxArray biases,
      @Nullable Integer groupSize,
      @Nullable Integer bits,
      QuantizationMode mode) {
    return dequantize(scales, biases, groupSize, bits, mode, null, null);
  }

  /**
   * Equivalent to {@link #dequantize(MlxArray, MlxArray, Integer, Integer, QuantizationMode,
   * MlxArray, DType) dequantize(scales, biases, groupSize, bits, mode, globalScale, null)}.
   */
  default MlxArray dequantize(
      MlxArray scales,
      @Nullable MlxArray biases,
      @Nullable Integer groupSize,
      @Nullable Integer bits,
      QuantizationMode mode,
      @Nullable MlxArray globalScale) {
    return dequantize(scales, biases, groupSize, bits, mode, globalScale, null);
  }

  /**
   * Restores the matrix whose packed elements this array holds, as {@link Quantized#w()} does.
   * Mirrors {@code mlx.core.dequantize}.
   *
   * @param scales the scales of the groups
   * @param biases the biases of the groups; or null, if the mode has none
   * @param groupSize the number of neighbors that share a scale; or null for the default
   * @param bits the number of bits of an element; or null for the default
   * @param mode the representation of the elements
   * @param globalScale with {@code NVFP4}, the float32 scale for all groups; or null
   * @param dtype the dtype of the result; or null for that of the scales, and for bfloat16 if they
   *     are packed
   * @return an array of a floating point dtype
   * @throws IllegalArgumentException if the shapes do not match, an array is empty or of a dtype
   *     that is not allowed, or a parameter is not allowed for the mode
   */
  default MlxArray dequantize(
      MlxArray scales,
      @Nullable MlxArray biases,
      @Nullable Integer groupSize,
      @Nullable Integer bits,
      QuantizationMode mode,
      @Nullable MlxArray globalScale,
      @Nullable DType dtype) {
    Parameters p = QuantizationMode.require("dequantize", groupSize, bits, mode);
    requirePacked("dequantize", 0, (MlxArray) this, scales, biases, p);
    int code = dtype == null ? -1 : dtype.code();
    return optional(
        "dequantize",
        2,
        (h, s) ->
            QuantizationNative.dequantize(
                h[0], h[1], h[2], p.groupSize(), p.bits(), p.mlxName(), h[3], code, s),
        (MlxArray) this,
        scales,
        biases,
        globalScale);
  }

  /**
   * Equivalent to {@link #quantizedMatmul(MlxArray, MlxArray, MlxArray, boolean, Integer, Integer,
   * QuantizationMode) quantizedMatmul(w, scales, biases, true, null, null,
   * QuantizationMode.AFFINE)}.
   */
  default MlxArray quantizedMatmul(MlxArray w, MlxArray scales, @Nullable MlxArray biases) {
    return quantizedMatmul(w, scales, biases, true, null, null, QuantizationMode.AFFINE);
  }

  /**
   * Equivalent to {@link #quantizedMatmul(MlxArray, MlxArray, MlxArray, boolean, Integer, Integer,
   * QuantizationMode) quantizedMatmul(w, scales, biases, transpose, null, null,
   * QuantizationMode.AFFINE)}.
   */
  default MlxArray quantizedMatmul(
      MlxArray w, MlxArray scales, @Nullable MlxArray biases, boolean transpose) {
    return quantizedMatmul(w, scales, biases, transpose, null, null, QuantizationMode.AFFINE);
  }

  /**
   * Equivalent to {@link #quantizedMatmul(MlxArray, MlxArray, MlxArray, boolean, Integer, Integer,
   * QuantizationMode) quantizedMatmul(w, scales, biases, transpose, groupSize, null,
   * QuantizationMode.AFFINE)}.
   */
  default MlxArray quantizedMatmul(
      MlxArray w,
      MlxArray scales,
      @Nullable MlxArray biases,
      boolean transpose,
      @Nullable Integer groupSize) {
    return quantizedMatmul(w, scales, biases, transpose, groupSize, null, QuantizationMode.AFFINE);
  }

  /**
   * Equivalent to {@link #quantizedMatmul(MlxArray, MlxArray, MlxArray, boolean, Integer, Integer,
   * QuantizationMode) quantizedMatmul(w, scales, biases, transpose, groupSize, bits,
   * QuantizationMode.AFFINE)}.
   */
  default MlxArray quantizedMatmul(
      MlxArray w,
      MlxArray scales,
      @Nullable MlxArray biases,
      boolean transpose,
      @Nullable Integer groupSize,
      @Nullable Integer bits) {
    return quantizedMatmul(w, scales, biases, transpose, groupSize, bits, QuantizationMode.AFFINE);
  }

  /**
   * Multiplies this array by a quantized matrix. Mirrors {@code mlx.core.quantized_matmul}.
   *
   * @param w the packed elements of a quantized matrix, or of a stack of them
   * @param scales the scales of the groups
   * @param biases the biases of the groups; or null, if the mode has none
   * @param transpose whether the quantized matrix is transposed, so that its groups run along the
   *     axis that is summed over
   * @param groupSize the number of neighbors that share a scale; or null for the default
   * @param bits the number of bits of an element; or null for the default
   * @param mode the representation of the elements
   * @return an array of shape {@code (…, m, n)} for this array of shape {@code (…, m, k)}
   * @throws IllegalArgumentException if the shapes do not match, an array is empty or of a dtype
   *     that is not allowed, or a parameter is not allowed for the mode
   */
  default MlxArray quantizedMatmul(
      MlxArray w,
      MlxArray scales,
      @Nullable MlxArray biases,
      boolean transpose,
      @Nullable Integer groupSize,
      @Nullable Integer bits,
      QuantizationMode mode) {
    Parameters p = QuantizationMode.require("quantizedMatmul", groupSize, bits, mode);
    requirePacked("quantizedMatmul", 1, w, scales, biases, p);
    requireSingle("quantizedMatmul", scales, biases);
    MlxArray x = (MlxArray) this;
    requireOperand("quantizedMatmul", x, w.ndim() > 2 ? 3 : 1);
    return optional(
        "quantizedMatmul",
        3,
        (h, s) ->
            QuantizationNative.quantized_matmul(
                h[0], h[1], h[2], h[3], transpose, p.groupSize(), p.bits(), p.mlxName(), s),
        x,
        w,
        scales,
        biases);
  }

  /**
   * Equivalent to {@link #qqmm(MlxArray, MlxArray, Integer, Integer, QuantizationMode, MlxArray,
   * MlxArray) qqmm(w, null, null, null, QuantizationMode.NVFP4, null, null)}.
   */
  default MlxArray qqmm(MlxArray w) {
    return qqmm(w, null, null, null, QuantizationMode.NVFP4, null, null);
  }

  /**
   * Equivalent to {@link #qqmm(MlxArray, MlxArray, Integer, Integer, QuantizationMode, MlxArray,
   * MlxArray) qqmm(w, scales, null, null, QuantizationMode.NVFP4, null, null)}.
   */
  default MlxArray qqmm(MlxArray w, @Nullable MlxArray scales) {
    return qqmm(w, scales, null, null, QuantizationMode.NVFP4, null, null);
  }

  /**
   * Equivalent to {@link #qqmm(MlxArray, MlxArray, Integer, Integer, QuantizationMode, MlxArray,
   * MlxArray) qqmm(w, scales, groupSize, null, QuantizationMode.NVFP4, null, null)}.
   */
  default MlxArray qqmm(MlxArray w, @Nullable MlxArray scales, @Nullable Integer groupSize) {
    return qqmm(w, scales, groupSize, null, QuantizationMode.NVFP4, null, null);
  }

  /**
   * Equivalent to {@link #qqmm(MlxArray, MlxArray, Integer, Integer, QuantizationMode, MlxArray,
   * MlxArray) qqmm(w, scales, groupSize, bits, QuantizationMode.NVFP4, null, null)}.
   */
  default MlxArray qqmm(
      MlxArray w, @Nullable MlxArray scales, @Nullable Integer groupSize, @Nullable Integer bits) {
    return qqmm(w, scales, groupSize, bits, QuantizationMode.NVFP4, null, null);
  }

  /**
   * Equivalent to {@link #qqmm(MlxArray, MlxArray, Integer, Integer, QuantizationMode, MlxArray,
   * MlxArray) qqmm(w, scales, groupSize, bits, mode, null, null)}.
   */
  default MlxArray qqmm(
      MlxArray w,
      @Nullable MlxArray scales,
      @Nullable Integer groupSize,
      @Nullable Integer bits,
      QuantizationMode mode) {
    return qqmm(w, scales, groupSize, bits, mode, null, null);
  }

  /**
   * Quantizes this array and multiplies it by the transpose of a quantized matrix; a matrix that is
   * not quantized is quantized first. On the CPU, only products of a single row and a quantized
   * matrix can be computed. Mirrors {@code mlx.core.qqmm}.
   *
   * @param w the matrix, quantized or not
   * @param scales the scales of the groups; or null if {@code w} is not quantized
   * @param groupSize the number of neighbors that share a scale; or null for the default
   * @param bits the number of bits of an element; or null for the default
   * @param mode {@code NVFP4}, {@code MXFP4} or {@code MXFP8}
   * @param globalScaleX with {@code NVFP4} on a GPU, a float32 scale for this array; or null
   * @param globalScaleW with {@code NVFP4} on a GPU, a float32 scale for {@code w}; or null
   * @return an array of shape {@code (…, m, n)} for this array of shape {@code (…, m, k)}
   * @throws IllegalArgumentException if the shapes do not match, an array is empty or of a dtype
   *     that is not allowed, or a parameter is not allowed for the mode
   */
  default MlxArray qqmm(
      MlxArray w,
      @Nullable MlxArray scales,
      @Nullable Integer groupSize,
      @Nullable Integer bits,
      QuantizationMode mode,
      @Nullable MlxArray globalScaleX,
      @Nullable MlxArray globalScaleW) {
    Parameters p = requireFloating("qqmm", groupSize, bits, mode);
    MlxArray x = (MlxArray) this;
    requireOperand("qqmm", x, 1);
    requireMatrix("qqmm", w, scales, p);
    return optional(
        "qqmm",
        2,
        (h, s) ->
            QuantizationNative.qqmm(
                h[0], h[1], h[2], p.groupSize(), p.bits(), p.mlxName(), h[3], h[4], s),
        x,
        w,
        scales,
        globalScaleX,
        globalScaleW);
  }

  /**
   * Equivalent to {@link #gatherQmm(MlxArray, MlxArray, MlxArray, MlxArray, MlxArray, boolean,
   * Integer, Integer, QuantizationMode, MlxArray, boolean) gatherQmm(w, scales, biases, lhsIndices,
   * rhsIndices, true, null, null, QuantizationMode.AFFINE, null, false)}.
   */
  default MlxArray gatherQmm(
      MlxArray w,
      MlxArray scales,
      @Nullable MlxArray biases,
      @Nullable MlxArray lhsIndices,
      @Nullable MlxArray rhsIndices) {
    return gatherQmm(
        w,
        scales,
        biases,
        lhsIndices,
        rhsIndices,
        true,
        null,
        null,
        QuantizationMode.AFFINE,
        null,
        false);
  }

  /**
   * Equivalent to {@link #gatherQmm(MlxArray, MlxArray, MlxArray, MlxArray, MlxArray, boolean,
   * Integer, Integer, QuantizationMode, MlxArray, boolean) gatherQmm(w, scales, biases, lhsIndices,
   * rhsIndices, transpose, null, null, QuantizationMode.AFFINE, null, false)}.
   */
  default MlxArray gatherQmm(
      MlxArray w,
      MlxArray scales,
      @Nullable MlxArray biases,
      @Nullable MlxArray lhsIndices,
      @Nullable MlxArray rhsIndices,
      boolean transpose) {
    return gatherQmm(
        w,
        scales,
        biases,
        lhsIndices,
        rhsIndices,
        transpose,
        null,
        null,
        QuantizationMode.AFFINE,
        null,
        false);
  }

  /**
   * Equivalent to {@link #gatherQmm(MlxArray, MlxArray, MlxArray, MlxArray, MlxArray, boolean,
   * Integer, Integer, QuantizationMode, MlxArray, boolean) gatherQmm(w, scales, biases, lhsIndices,
   * rhsIndices, transpose, groupSize, null, QuantizationMode.AFFINE, null, false)}.
   */
  default MlxArray gatherQmm(
      MlxArray w,
      MlxArray scales,
      @Nullable MlxArray biases,
      @Nullable MlxArray lhsIndices,
      @Nullable MlxArray rhsIndices,
      boolean transpose,
      @Nullable Integer groupSize) {
    return gatherQmm(
        w,
        scales,
        biases,
        lhsIndices,
        rhsIndices,
        transpose,
        groupSize,
        null,
        QuantizationMode.AFFINE,
        null,
        false);
  }

  /**
   * Equivalent to {@link #gatherQmm(MlxArray, MlxArray, MlxArray, MlxArray, MlxArray, boolean,
   * Integer, Integer, QuantizationMode, MlxArray, boolean) gatherQmm(w, scales, biases, lhsIndices,
   * rhsIndices, transpose, groupSize, bits, QuantizationMode.AFFINE, null, false)}.
   */
  default MlxArray gatherQmm(
      MlxArray w,
      MlxArray scales,
      @Nullable MlxArray biases,
      @Nullable MlxArray lhsIndices,
      @Nullable MlxArray rhsIndices,
      boolean transpose,
      @Nullable Integer groupSize,
      @Nullable Integer bits) {
    return gatherQmm(
        w,
        scales,
        biases,
        lhsIndices,
        rhsIndices,
        transpose,
        groupSize,
        bits,
        QuantizationMode.AFFINE,
        null,
        false);
  }

  /**
   * Equivalent to {@link #gatherQmm(MlxArray, MlxArray, MlxArray, MlxArray, MlxArray, boolean,
   * Integer, Integer, QuantizationMode, MlxArray, boolean) gatherQmm(w, scales, biases, lhsIndices,
   * rhsIndices, transpose, groupSize, bits, mode, null, false)}.
   */
  default MlxArray gatherQmm(
      MlxArray w,
      MlxArray scales,
      @Nullable MlxArray biases,
      @Nullable MlxArray lhsIndices,
      @Nullable MlxArray rhsIndices,
      boolean transpose,
      @Nullable Integer groupSize,
      @Nullable Integer bits,
      QuantizationMode mode) {
    return gatherQmm(
        w, scales, biases, lhsIndices, rhsIndices, transpose, groupSize, bits, mode, null, false);
  }

  /**
   * Multiplies matrices of this array by quantized matrices; indices select the pairs. Mirrors
   * {@code mlx.core.gather_qmm}.
   *
   * @param w the packed elements of a quantized matrix, or of a stack of them
   * @param scales the scales of the groups
   * @param biases the biases of the groups; or null, if the mode has none
   * @param lhsIndices the indices of the matrices of this array, all axes of which but the last two
   *     count as one; or null for all matrices in their order
   * @param rhsIndices the indices of the matrices of {@code w}, likewise
   * @param transpose whether the quantized matrix is transposed, so that its groups run along the
   *     axis that is summed over
   * @param groupSize the number of neighbors that share a scale; or null for the default
   * @param bits the number of bits of an element; or null for the default
   * @param mode the representation of the elements
   * @param globalScale with {@code NVFP4} on a GPU, a float32 scale for each matrix of {@code w};
   *     or null
   * @param sortedIndices whether the indices are in ascending order, if one of the two is null;
   *     this may be faster
   * @return an array of shape {@code (…, m, n)}, where {@code (…)} is the shape to which the
   *     indices are broadcast
   * @throws IndexOutOfBoundsException if an index is out of range. Indices that are not computed
   *     yet cannot be checked here: those that are out of range are limited to it, unless {@link
   *     Ops#checkIndices} is on
   * @throws IllegalArgumentException if the shapes do not match, an array is empty or of a dtype
   *     that is not allowed, or a parameter is not allowed for the mode
   */
  default MlxArray gatherQmm(
      MlxArray w,
      MlxArray scales,
      @Nullable MlxArray biases,
      @Nullable MlxArray lhsIndices,
      @Nullable MlxArray rhsIndices,
      boolean transpose,
      @Nullable Integer groupSize,
      @Nullable Integer bits,
      QuantizationMode mode,
      @Nullable MlxArray globalScale,
      boolean sortedIndices) {
    Parameters p = QuantizationMode.require("gatherQmm", groupSize, bits, mode);
    requirePacked("gatherQmm", 1, w, scales, biases, p);
    requireSingle("gatherQmm", scales, biases);
    MlxArray x = (MlxArray) this;
    boolean all = lhsIndices == null && rhsIndices == null;
    requireOperand("gatherQmm", x, all && w.ndim() > 2 ? 3 : 2);
    return optional(
        "gatherQmm",
        3,
        (h, s) ->
            QuantizationNative.gather_qmm(
                h[0],
                h[1],
                h[2],
                h[3],
                h[4],
                h[5],
                transpose,
                p.groupSize(),
                p.bits(),
                p.mlxName(),
                h[6],
                sortedIndices,
                s),
        x,
        w,
        scales,
        biases,
        lhsIndices,
        rhsIndices,
        globalScale);
  }

  /**
   * Equivalent to {@link #gatherQqmm(MlxArray, MlxArray, MlxArray, MlxArray, Integer, Integer,
   * QuantizationMode, MlxArray, MlxArray, boolean) gatherQqmm(w, scales, lhsIndices, rhsIndices,
   * null, null, QuantizationMode.NVFP4, null, null, false)}.
   */
  default MlxArray gatherQqmm(
      MlxArray w,
      @Nullable MlxArray scales,
      @Nullable MlxArray lhsIndices,
      @Nullable MlxArray rhsIndices) {
    return gatherQqmm(
        w, scales, lhsIndices, rhsIndices, null, null, QuantizationMode.NVFP4, null, null, false);
  }

  /**
   * Equivalent to {@link #gatherQqmm(MlxArray, MlxArray, MlxArray, MlxArray, Integer, Integer,
   * QuantizationMode, MlxArray, MlxArray, boolean) gatherQqmm(w, scales, lhsIndices, rhsIndices,
   * groupSize, null, QuantizationMode.NVFP4, null, null, false)}.
   */
  default MlxArray gatherQqmm(
      MlxArray w,
      @Nullable MlxArray scales,
      @Nullable MlxArray lhsIndices,
      @Nullable MlxArray rhsIndices,
      @Nullable Integer groupSize) {
    return gatherQqmm(
        w,
        scales,
        lhsIndices,
        rhsIndices,
        groupSize,
        null,
        QuantizationMode.NVFP4,
        null,
        null,
        false);
  }

  /**
   * Equivalent to {@link #gatherQqmm(MlxArray, MlxArray, MlxArray, MlxArray, Integer, Integer,
   * QuantizationMode, MlxArray, MlxArray, boolean) gatherQqmm(w, scales, lhsIndices, rhsIndices,
   * groupSize, bits, QuantizationMode.NVFP4, null, null, false)}.
   */
  default MlxArray gatherQqmm(
      MlxArray w,
      @Nullable MlxArray scales,
      @Nullable MlxArray lhsIndices,
      @Nullable MlxArray rhsIndices,
      @Nullable Integer groupSize,
      @Nullable Integer bits) {
    return gatherQqmm(
        w,
        scales,
        lhsIndices,
        rhsIndices,
        groupSize,
        bits,
        QuantizationMode.NVFP4,
        null,
        null,
        false);
  }

  /**
   * Equivalent to {@link #gatherQqmm(MlxArray, MlxArray, MlxArray, MlxArray, Integer, Integer,
   * QuantizationMode, MlxArray, MlxArray, boolean) gatherQqmm(w, scales, lhsIndices, rhsIndices,
   * groupSize, bits, mode, null, null, false)}.
   */
  default MlxArray gatherQqmm(
      MlxArray w,
      @Nullable MlxArray scales,
      @Nullable MlxArray lhsIndices,
      @Nullable MlxArray rhsIndices,
      @Nullable Integer groupSize,
      @Nullable Integer bits,
      QuantizationMode mode) {
    return gatherQqmm(w, scales, lhsIndices, rhsIndices, groupSize, bits, mode, null, null, false);
  }

  /**
   * Multiplies matrices as {@link #qqmm(MlxArray) qqmm} does; indices select the pairs. The CPU
   * cannot compute it. Mirrors {@code mlx.core.gather_qqmm}.
   *
   * @param w the matrix, quantized or not
   * @param scales the scales of the groups; or null if {@code w} is not quantized
   * @param lhsIndices the indices of the matrices of this array, all axes of which but the last two
   *     count as one; or null for all matrices in their order
   * @param rhsIndices the indices of the matrices of {@code w}, likewise
   * @param groupSize the number of neighbors that share a scale; or null for the default
   * @param bits the number of bits of an element; or null for the default
   * @param mode {@code NVFP4}, {@code MXFP4} or {@code MXFP8}
   * @param globalScaleX with {@code NVFP4} on a GPU, a float32 scale for this array; or null
   * @param globalScaleW with {@code NVFP4} on a GPU, a float32 scale for {@code w}; or null
   * @param sortedIndices whether the indices are in ascending order, if one of the two is null;
   *     this may be faster
   * @return an array of shape {@code (…, m, n)}, where {@code (…)} is the shape to which the
   *     indices are broadcast
   * @throws IndexOutOfBoundsException if an index is out of range. Indices that are not computed
   *     yet cannot be checked here: those that are out of range are limited to it, unless {@link
   *     Ops#checkIndices} is on
   * @throws IllegalArgumentException if the shapes do not match, an array is empty or of a dtype
   *     that is not allowed, or a parameter is not allowed for the mode
   */
  default MlxArray gatherQqmm(
      MlxArray w,
      @Nullable MlxArray scales,
      @Nullable MlxArray lhsIndices,
      @Nullable MlxArray rhsIndices,
      @Nullable Integer groupSize,
      @Nullable Integer bits,
      QuantizationMode mode,
      @Nullable MlxArray globalScaleX,
      @Nullable MlxArray globalScaleW,
      boolean sortedIndices) {
    Parameters p = requireFloating("gatherQqmm", groupSize, bits, mode);
    MlxArray x = (MlxArray) this;
    requireOperand("gatherQqmm", x, 2);
    requireMatrix("gatherQqmm", w, scales, p);
    return optional(
        "gatherQqmm",
        2,
        (h, s) ->
            QuantizationNative.gather_qqmm(
                h[0],
                h[1],
                h[2],
                h[3],
                h[4],
                p.groupSize(),
                p.bits(),
                p.mlxName(),
                h[5],
                h[6],
                sortedIndices,
                s),
        x,
        w,
        scales,
        lhsIndices,
        rhsIndices,
        globalScaleX,
        globalScaleW);
  }

  /** Equivalent to {@link #fromFp8(DType) fromFp8(DType.BFLOAT16)}. */
  default MlxArray fromFp8() {
    return fromFp8(DType.BFLOAT16);
  }

  /**
   * Converts 8-bit floating point numbers (E4M3) to another dtype. Mirrors {@code
   * mlx.core.from_fp8}.
   *
   * @param dtype the floating point dtype of the result
   * @return an array of the same shape
   * @throws IllegalArgumentException if this array is not of dtype uint8, or {@code dtype} is not a
   *     floating point dtype
   */
  default MlxArray fromFp8(DType dtype) {
    Call.notNull("fromFp8", "the dtype", dtype);
    return unary(
        "fromFp8", (x, s) -> QuantizationNative.from_fp8(x, Call.code("fromFp8", dtype), s), this);
  }

  /**
   * Converts the elements to the nearest 8-bit floating point numbers (E4M3). Mirrors {@code
   * mlx.core.to_fp8}.
   *
   * @return an array of the same shape and of dtype uint8
   * @throws IllegalArgumentException if this array is not of a floating point dtype
   */
  default MlxArray toFp8() {
    return unary("toFp8", QuantizationNative::to_fp8, this);
  }

  // ---- arguments --------------------------------------------------------------------------------

  /** Returns the parameters of an operand that is quantized while it is multiplied. */
  private static Parameters requireFloating(
      String function, @Nullable Integer groupSize, @Nullable Integer bits, QuantizationMode mode) {
    if (mode == QuantizationMode.AFFINE) {
      throw Call.refused(function, "the mode", mode, "use NVFP4, MXFP4 or MXFP8");
    }
    return QuantizationMode.require(function, groupSize, bits, mode);
  }

  /**
   * MLX reads the scales and biases that the shape of the packed matrix demands, without a check.
   */
  private static void requirePacked(
      String function,
      int index,
      MlxArray w,
      MlxArray scales,
      @Nullable MlxArray biases,
      Parameters p) {
    int[] shape = Call.argument(function, index, w).shape();
    if (w.dtype() != DType.UINT32 || shape.length < 2 || w.size() == 0) {
      throw Call.refused(
          function,
          index,
          w,
          "a quantized matrix must be of dtype uint32, have at least 2 axes and not be empty");
    }
    long last = shape[shape.length - 1] * 32L;
    long group = (long) p.bits() * p.groupSize();
    shape[shape.length - 1] = (int) (last / group);
    Call.argument(function, index + 1, scales);
    boolean fits = last % group == 0 && Arrays.equals(shape, scales.shape());
    if (!fits || (biases != null && !Arrays.equals(shape, biases.shape()))) {
      throw new IllegalArgumentException(
          "["
              + function
              + "] the packed matrix has shape "
              + Arrays.toString(w.shape())
              + ", the scales have shape "
              + Arrays.toString(scales.shape())
              + (biases == null ? "" : ", the biases have shape " + Arrays.toString(biases.shape()))
              + "; with "
              + p.bits()
              + " bits and groups of "
              + p.groupSize()
              + " these shapes do not match");
    }
  }

  private static void requireSingle(String function, MlxArray scales, @Nullable MlxArray biases) {
    if (scales.dtype() == DType.FLOAT64 || (biases != null && biases.dtype() == DType.FLOAT64)) {
      throw new IllegalArgumentException(
          "["
              + function
              + "] the scales or the biases are of dtype float64; they must be of a narrower"
              + " dtype");
    }
  }

  /** Checks a matrix that may be quantized or not. */
  private static void requireMatrix(
      String function, MlxArray w, @Nullable MlxArray scales, Parameters p) {
    if (Call.argument(function, 1, w).dtype() == DType.UINT32) {
      if (scales == null) {
        throw new IllegalArgumentException(
            "[" + function + "] the matrix is quantized, so its scales must be given");
      }
      requirePacked(function, 1, w, scales, null, p);
    } else {
      requireQuantizable(function, 1, w);
      if (scales != null || w.ndim() < 2 || w.dim(-1) % p.groupSize() != 0) {
        throw Call.refused(
            function,
            1,
            w,
            "a matrix that is not quantized must be given without scales and have at least 2 axes,"
                + " the last one divisible by the groupSize "
                + p.groupSize());
      }
    }
  }

  private static void requireOperand(String function, MlxArray x, int axes) {
    if (x.ndim() < axes || x.size() == 0 || x.dtype() == DType.FLOAT64) {
      throw Call.refused(
          function,
          0,
          x,
          "it must have at least "
              + axes
              + " axes, none of them empty, and not be of dtype float64");
    }
  }

  private static void requireQuantizable(String function, int index, MlxArray x) {
    if (!x.dtype().isFloating() || x.dtype() == DType.FLOAT64 || x.size() == 0) {
      throw Call.refused(
          function, index, x, "it must be of dtype float32, float16 or bfloat16, and not empty");
    }
  }
}
