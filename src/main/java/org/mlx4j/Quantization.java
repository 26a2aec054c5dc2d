package org.mlx4j;

import static org.mlx4j.Call.optional;
import static org.mlx4j.Call.optionalToMany;
import static org.mlx4j.Call.unary;

import java.util.Arrays;
import org.mlx4j.QuantizationMode.Parameters;
import org.mlx4j.internal.QuantizationNative;

/**
 * Matrices with few bits for each element, and products with them.
 *
 * <pre>{@code
 * Quantized q = w.quantize();
 * MlxArray y = x.quantizedMatmul(q.w(), q.scales(), q.biases());     // nearly x @ w.T
 * }</pre>
 */
public sealed interface Quantization permits MlxArray {
  /**
   * This matrix, or stack of matrices, with few bits for each element. The last axis must be
   * divisible by the size of a group. Mirrors {@code mlx.core.quantize}.
   *
   * @return the packed elements with the scales and, for {@code AFFINE}, biases of the groups
   * @throws IllegalArgumentException if there are fewer than two axes, the last one is not
   *     divisible by the group size, the array is empty, not of a floating point dtype or of
   *     float64, or a parameter is not allowed for the mode
   * @throws IllegalStateException if an array is closed
   */
  default Quantized quantize() {
    return quantize(null, null, QuantizationMode.AFFINE, null);
  }

  /**
   * This matrix, or stack of matrices, with few bits for each element. The last axis must be
   * divisible by the size of a group. Mirrors {@code mlx.core.quantize}.
   *
   * @param groupSize how many neighbours share a scale, or null for the default of the mode
   * @return the packed elements with the scales and, for {@code AFFINE}, biases of the groups
   * @throws IllegalArgumentException if there are fewer than two axes, the last one is not
   *     divisible by the group size, the array is empty, not of a floating point dtype or of
   *     float64, or a parameter is not allowed for the mode
   * @throws IllegalStateException if an array is closed
   */
  default Quantized quantize(Integer groupSize) {
    return quantize(groupSize, null, QuantizationMode.AFFINE, null);
  }

  /**
   * This matrix, or stack of matrices, with few bits for each element. The last axis must be
   * divisible by the size of a group. Mirrors {@code mlx.core.quantize}.
   *
   * @param groupSize how many neighbours share a scale, or null for the default of the mode
   * @param bits how many bits an element has, or null for the default of the mode
   * @return the packed elements with the scales and, for {@code AFFINE}, biases of the groups
   * @throws IllegalArgumentException if there are fewer than two axes, the last one is not
   *     divisible by the group size, the array is empty, not of a floating point dtype or of
   *     float64, or a parameter is not allowed for the mode
   * @throws IllegalStateException if an array is closed
   */
  default Quantized quantize(Integer groupSize, Integer bits) {
    return quantize(groupSize, bits, QuantizationMode.AFFINE, null);
  }

  /**
   * This matrix, or stack of matrices, with few bits for each element. The last axis must be
   * divisible by the size of a group. Mirrors {@code mlx.core.quantize}.
   *
   * @param groupSize how many neighbours share a scale, or null for the default of the mode
   * @param bits how many bits an element has, or null for the default of the mode
   * @param mode how the elements are represented
   * @return the packed elements with the scales and, for {@code AFFINE}, biases of the groups
   * @throws IllegalArgumentException if there are fewer than two axes, the last one is not
   *     divisible by the group size, the array is empty, not of a floating point dtype or of
   *     float64, or a parameter is not allowed for the mode
   * @throws IllegalStateException if an array is closed
   */
  default Quantized quantize(Integer groupSize, Integer bits, QuantizationMode mode) {
    return quantize(groupSize, bits, mode, null);
  }

  /**
   * This matrix, or stack of matrices, with few bits for each element. The last axis must be
   * divisible by the size of a group. Mirrors {@code mlx.core.quantize}.
   *
   * @param groupSize how many neighbours share a scale, or null for the default of the mode
   * @param bits how many bits an element has, or null for the default of the mode
   * @param mode how the elements are represented
   * @param globalScale for {@code NVFP4} a float32 scale for all groups, or null
   * @return the packed elements with the scales and, for {@code AFFINE}, biases of the groups
   * @throws IllegalArgumentException if there are fewer than two axes, the last one is not
   *     divisible by the group size, the array is empty, not of a floating point dtype or of
   *     float64, or a parameter is not allowed for the mode
   * @throws IllegalStateException if an array is closed
   */
  default Quantized quantize(
      Integer groupSize, Integer bits, QuantizationMode mode, MlxArray globalScale) {
    Parameters p = QuantizationMode.require("quantize", groupSize, bits, mode);
    MlxArray x = (MlxArray) this;
    requireQuantizable("quantize", 0, x);
    if (x.ndim() < 2 || x.dim(-1) % p.groupSize() != 0) {
      throw refused(
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
   * This matrix, or stack of matrices, with few bits for each element. Mirrors {@code
   * mlx.core.quantize}.
   *
   * @param mode how the elements are represented
   * @return the packed elements with the scales and, for {@code AFFINE}, biases of the groups
   * @throws IllegalArgumentException as {@link #quantize(Integer, Integer, QuantizationMode,
   *     MlxArray)} does
   * @throws IllegalStateException if an array is closed
   */
  default Quantized quantize(QuantizationMode mode) {
    return quantize(null, null, mode);
  }

  /**
   * The matrix that this array, which {@link #quantize()} made, stands for. Mirrors {@code
   * mlx.core.dequantize}.
   *
   * @param scales the scales of the groups
   * @param biases the biases of the groups, or null where the mode has none
   * @return an array of floating point dtype
   * @throws IllegalArgumentException if the shapes do not fit one another, an array is empty or of
   *     a dtype that is not allowed, or a parameter is not allowed for the mode
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray dequantize(MlxArray scales, MlxArray biases) {
    return dequantize(scales, biases, null, null, QuantizationMode.AFFINE, null, null);
  }

  /**
   * The matrix that this array, which {@link #quantize()} made, stands for. Mirrors {@code
   * mlx.core.dequantize}.
   *
   * @param scales the scales of the groups
   * @param biases the biases of the groups, or null where the mode has none
   * @param groupSize how many neighbours share a scale, or null for the default of the mode
   * @return an array of floating point dtype
   * @throws IllegalArgumentException if the shapes do not fit one another, an array is empty or of
   *     a dtype that is not allowed, or a parameter is not allowed for the mode
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray dequantize(MlxArray scales, MlxArray biases, Integer groupSize) {
    return dequantize(scales, biases, groupSize, null, QuantizationMode.AFFINE, null, null);
  }

  /**
   * The matrix that this array, which {@link #quantize()} made, stands for. Mirrors {@code
   * mlx.core.dequantize}.
   *
   * @param scales the scales of the groups
   * @param biases the biases of the groups, or null where the mode has none
   * @param groupSize how many neighbours share a scale, or null for the default of the mode
   * @param bits how many bits an element has, or null for the default of the mode
   * @return an array of floating point dtype
   * @throws IllegalArgumentException if the shapes do not fit one another, an array is empty or of
   *     a dtype that is not allowed, or a parameter is not allowed for the mode
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray dequantize(MlxArray scales, MlxArray biases, Integer groupSize, Integer bits) {
    return dequantize(scales, biases, groupSize, bits, QuantizationMode.AFFINE, null, null);
  }

  /**
   * The matrix that this array, which {@link #quantize()} made, stands for. Mirrors {@code
   * mlx.core.dequantize}.
   *
   * @param scales the scales of the groups
   * @param biases the biases of the groups, or null where the mode has none
   * @param groupSize how many neighbours share a scale, or null for the default of the mode
   * @param bits how many bits an element has, or null for the default of the mode
   * @param mode how the elements are represented
   * @return an array of floating point dtype
   * @throws IllegalArgumentException if the shapes do not fit one another, an array is empty or of
   *     a dtype that is not allowed, or a parameter is not allowed for the mode
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray dequantize(
      MlxArray scales, MlxArray biases, Integer groupSize, Integer bits, QuantizationMode mode) {
    return dequantize(scales, biases, groupSize, bits, mode, null, null);
  }

  /**
   * The matrix that this array, which {@link #quantize()} made, stands for. Mirrors {@code
   * mlx.core.dequantize}.
   *
   * @param scales the scales of the groups
   * @param biases the biases of the groups, or null where the mode has none
   * @param groupSize how many neighbours share a scale, or null for the default of the mode
   * @param bits how many bits an element has, or null for the default of the mode
   * @param mode how the elements are represented
   * @param globalScale for {@code NVFP4} a float32 scale for all groups, or null
   * @return an array of floating point dtype
   * @throws IllegalArgumentException if the shapes do not fit one another, an array is empty or of
   *     a dtype that is not allowed, or a parameter is not allowed for the mode
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray dequantize(
      MlxArray scales,
      MlxArray biases,
      Integer groupSize,
      Integer bits,
      QuantizationMode mode,
      MlxArray globalScale) {
    return dequantize(scales, biases, groupSize, bits, mode, globalScale, null);
  }

  /**
   * The matrix that this array, which {@link #quantize()} made, stands for. Mirrors {@code
   * mlx.core.dequantize}.
   *
   * @param scales the scales of the groups
   * @param biases the biases of the groups, or null where the mode has none
   * @param groupSize how many neighbours share a scale, or null for the default of the mode
   * @param bits how many bits an element has, or null for the default of the mode
   * @param mode how the elements are represented
   * @param globalScale for {@code NVFP4} a float32 scale for all groups, or null
   * @param dtype the dtype of the result, or null for that of the scales, and bfloat16 where they
   *     are packed
   * @return an array of floating point dtype
   * @throws IllegalArgumentException if the shapes do not fit one another, an array is empty or of
   *     a dtype that is not allowed, or a parameter is not allowed for the mode
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray dequantize(
      MlxArray scales,
      MlxArray biases,
      Integer groupSize,
      Integer bits,
      QuantizationMode mode,
      MlxArray globalScale,
      DType dtype) {
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
   * The product of this array with a quantized matrix. Mirrors {@code mlx.core.quantized_matmul}.
   *
   * @param w the quantized matrix, or a stack of them
   * @param scales the scales of the groups
   * @param biases the biases of the groups, or null where the mode has none
   * @return an array of shape {@code (…, m, n)} for this array of shape {@code (…, m, k)}
   * @throws IllegalArgumentException if the shapes do not fit one another, an array is empty or of
   *     a dtype that is not allowed, or a parameter is not allowed for the mode
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray quantizedMatmul(MlxArray w, MlxArray scales, MlxArray biases) {
    return quantizedMatmul(w, scales, biases, true, null, null, QuantizationMode.AFFINE);
  }

  /**
   * The product of this array with a quantized matrix. Mirrors {@code mlx.core.quantized_matmul}.
   *
   * @param w the quantized matrix, or a stack of them
   * @param scales the scales of the groups
   * @param biases the biases of the groups, or null where the mode has none
   * @param transpose whether the quantized matrix is transposed, so that its groups run along the
   *     sum
   * @return an array of shape {@code (…, m, n)} for this array of shape {@code (…, m, k)}
   * @throws IllegalArgumentException if the shapes do not fit one another, an array is empty or of
   *     a dtype that is not allowed, or a parameter is not allowed for the mode
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray quantizedMatmul(
      MlxArray w, MlxArray scales, MlxArray biases, boolean transpose) {
    return quantizedMatmul(w, scales, biases, transpose, null, null, QuantizationMode.AFFINE);
  }

  /**
   * The product of this array with a quantized matrix. Mirrors {@code mlx.core.quantized_matmul}.
   *
   * @param w the quantized matrix, or a stack of them
   * @param scales the scales of the groups
   * @param biases the biases of the groups, or null where the mode has none
   * @param transpose whether the quantized matrix is transposed, so that its groups run along the
   *     sum
   * @param groupSize how many neighbours share a scale, or null for the default of the mode
   * @return an array of shape {@code (…, m, n)} for this array of shape {@code (…, m, k)}
   * @throws IllegalArgumentException if the shapes do not fit one another, an array is empty or of
   *     a dtype that is not allowed, or a parameter is not allowed for the mode
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray quantizedMatmul(
      MlxArray w, MlxArray scales, MlxArray biases, boolean transpose, Integer groupSize) {
    return quantizedMatmul(w, scales, biases, transpose, groupSize, null, QuantizationMode.AFFINE);
  }

  /**
   * The product of this array with a quantized matrix. Mirrors {@code mlx.core.quantized_matmul}.
   *
   * @param w the quantized matrix, or a stack of them
   * @param scales the scales of the groups
   * @param biases the biases of the groups, or null where the mode has none
   * @param transpose whether the quantized matrix is transposed, so that its groups run along the
   *     sum
   * @param groupSize how many neighbours share a scale, or null for the default of the mode
   * @param bits how many bits an element has, or null for the default of the mode
   * @return an array of shape {@code (…, m, n)} for this array of shape {@code (…, m, k)}
   * @throws IllegalArgumentException if the shapes do not fit one another, an array is empty or of
   *     a dtype that is not allowed, or a parameter is not allowed for the mode
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray quantizedMatmul(
      MlxArray w,
      MlxArray scales,
      MlxArray biases,
      boolean transpose,
      Integer groupSize,
      Integer bits) {
    return quantizedMatmul(w, scales, biases, transpose, groupSize, bits, QuantizationMode.AFFINE);
  }

  /**
   * The product of this array with a quantized matrix. Mirrors {@code mlx.core.quantized_matmul}.
   *
   * @param w the quantized matrix, or a stack of them
   * @param scales the scales of the groups
   * @param biases the biases of the groups, or null where the mode has none
   * @param transpose whether the quantized matrix is transposed, so that its groups run along the
   *     sum
   * @param groupSize how many neighbours share a scale, or null for the default of the mode
   * @param bits how many bits an element has, or null for the default of the mode
   * @param mode how the elements are represented
   * @return an array of shape {@code (…, m, n)} for this array of shape {@code (…, m, k)}
   * @throws IllegalArgumentException if the shapes do not fit one another, an array is empty or of
   *     a dtype that is not allowed, or a parameter is not allowed for the mode
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray quantizedMatmul(
      MlxArray w,
      MlxArray scales,
      MlxArray biases,
      boolean transpose,
      Integer groupSize,
      Integer bits,
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
   * The product of this array, which is quantized on the way, with a transposed quantized matrix,
   * which is quantized on the way if it is not. The CPU computes it for a single row and a
   * quantized matrix only. Mirrors {@code mlx.core.qqmm}.
   *
   * @param w the matrix, quantized or not
   * @return an array of shape {@code (…, m, n)} for this array of shape {@code (…, m, k)}
   * @throws IllegalArgumentException if the shapes do not fit one another, an array is empty or of
   *     a dtype that is not allowed, or a parameter is not allowed for the mode
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray qqmm(MlxArray w) {
    return qqmm(w, null, null, null, QuantizationMode.NVFP4, null, null);
  }

  /**
   * The product of this array, which is quantized on the way, with a transposed quantized matrix,
   * which is quantized on the way if it is not. The CPU computes it for a single row and a
   * quantized matrix only. Mirrors {@code mlx.core.qqmm}.
   *
   * @param w the matrix, quantized or not
   * @param scales the scales of the groups, or null if {@code w} is not quantized
   * @return an array of shape {@code (…, m, n)} for this array of shape {@code (…, m, k)}
   * @throws IllegalArgumentException if the shapes do not fit one another, an array is empty or of
   *     a dtype that is not allowed, or a parameter is not allowed for the mode
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray qqmm(MlxArray w, MlxArray scales) {
    return qqmm(w, scales, null, null, QuantizationMode.NVFP4, null, null);
  }

  /**
   * The product of this array, which is quantized on the way, with a transposed quantized matrix,
   * which is quantized on the way if it is not. The CPU computes it for a single row and a
   * quantized matrix only. Mirrors {@code mlx.core.qqmm}.
   *
   * @param w the matrix, quantized or not
   * @param scales the scales of the groups, or null if {@code w} is not quantized
   * @param groupSize how many neighbours share a scale, or null for the default of the mode
   * @return an array of shape {@code (…, m, n)} for this array of shape {@code (…, m, k)}
   * @throws IllegalArgumentException if the shapes do not fit one another, an array is empty or of
   *     a dtype that is not allowed, or a parameter is not allowed for the mode
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray qqmm(MlxArray w, MlxArray scales, Integer groupSize) {
    return qqmm(w, scales, groupSize, null, QuantizationMode.NVFP4, null, null);
  }

  /**
   * The product of this array, which is quantized on the way, with a transposed quantized matrix,
   * which is quantized on the way if it is not. The CPU computes it for a single row and a
   * quantized matrix only. Mirrors {@code mlx.core.qqmm}.
   *
   * @param w the matrix, quantized or not
   * @param scales the scales of the groups, or null if {@code w} is not quantized
   * @param groupSize how many neighbours share a scale, or null for the default of the mode
   * @param bits how many bits an element has, or null for the default of the mode
   * @return an array of shape {@code (…, m, n)} for this array of shape {@code (…, m, k)}
   * @throws IllegalArgumentException if the shapes do not fit one another, an array is empty or of
   *     a dtype that is not allowed, or a parameter is not allowed for the mode
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray qqmm(MlxArray w, MlxArray scales, Integer groupSize, Integer bits) {
    return qqmm(w, scales, groupSize, bits, QuantizationMode.NVFP4, null, null);
  }

  /**
   * The product of this array, which is quantized on the way, with a transposed quantized matrix,
   * which is quantized on the way if it is not. The CPU computes it for a single row and a
   * quantized matrix only. Mirrors {@code mlx.core.qqmm}.
   *
   * @param w the matrix, quantized or not
   * @param scales the scales of the groups, or null if {@code w} is not quantized
   * @param groupSize how many neighbours share a scale, or null for the default of the mode
   * @param bits how many bits an element has, or null for the default of the mode
   * @param mode {@code NVFP4}, {@code MXFP4} or {@code MXFP8}
   * @return an array of shape {@code (…, m, n)} for this array of shape {@code (…, m, k)}
   * @throws IllegalArgumentException if the shapes do not fit one another, an array is empty or of
   *     a dtype that is not allowed, or a parameter is not allowed for the mode
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray qqmm(
      MlxArray w, MlxArray scales, Integer groupSize, Integer bits, QuantizationMode mode) {
    return qqmm(w, scales, groupSize, bits, mode, null, null);
  }

  /**
   * The product of this array, which is quantized on the way, with a transposed quantized matrix,
   * which is quantized on the way if it is not. The CPU computes it for a single row and a
   * quantized matrix only. Mirrors {@code mlx.core.qqmm}.
   *
   * @param w the matrix, quantized or not
   * @param scales the scales of the groups, or null if {@code w} is not quantized
   * @param groupSize how many neighbours share a scale, or null for the default of the mode
   * @param bits how many bits an element has, or null for the default of the mode
   * @param mode {@code NVFP4}, {@code MXFP4} or {@code MXFP8}
   * @param globalScaleX for {@code NVFP4} a float32 scale for this array, or null; on the GPU only
   * @param globalScaleW for {@code NVFP4} a float32 scale for {@code w}, or null; on the GPU only
   * @return an array of shape {@code (…, m, n)} for this array of shape {@code (…, m, k)}
   * @throws IllegalArgumentException if the shapes do not fit one another, an array is empty or of
   *     a dtype that is not allowed, or a parameter is not allowed for the mode
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray qqmm(
      MlxArray w,
      MlxArray scales,
      Integer groupSize,
      Integer bits,
      QuantizationMode mode,
      MlxArray globalScaleX,
      MlxArray globalScaleW) {
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
   * Products of matrices of this array with quantized matrices, each pair chosen by indices.
   * Mirrors {@code mlx.core.gather_qmm}.
   *
   * @param w the quantized matrix, or a stack of them
   * @param scales the scales of the groups
   * @param biases the biases of the groups, or null where the mode has none
   * @param lhsIndices which matrices of this array to take: all axes but the last two are counted
   *     as one. Null for all in their order
   * @param rhsIndices which matrices of {@code w} to take, likewise
   * @return an array of shape {@code (…, m, n)}, where the indices, broadcast, have shape {@code
   *     (…)}
   * @throws IndexOutOfBoundsException if an index is out of range. Indices that are still to be
   *     computed cannot be looked at here: out of range they are limited to the range, or, when
   *     {@link Ops#checkIndices} is on, computed and checked
   * @throws IllegalArgumentException if the shapes do not fit one another, an array is empty or of
   *     a dtype that is not allowed, or a parameter is not allowed for the mode
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray gatherQmm(
      MlxArray w, MlxArray scales, MlxArray biases, MlxArray lhsIndices, MlxArray rhsIndices) {
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
   * Products of matrices of this array with quantized matrices, each pair chosen by indices.
   * Mirrors {@code mlx.core.gather_qmm}.
   *
   * @param w the quantized matrix, or a stack of them
   * @param scales the scales of the groups
   * @param biases the biases of the groups, or null where the mode has none
   * @param lhsIndices which matrices of this array to take: all axes but the last two are counted
   *     as one. Null for all in their order
   * @param rhsIndices which matrices of {@code w} to take, likewise
   * @param transpose whether the quantized matrix is transposed, so that its groups run along the
   *     sum
   * @return an array of shape {@code (…, m, n)}, where the indices, broadcast, have shape {@code
   *     (…)}
   * @throws IndexOutOfBoundsException if an index is out of range. Indices that are still to be
   *     computed cannot be looked at here: out of range they are limited to the range, or, when
   *     {@link Ops#checkIndices} is on, computed and checked
   * @throws IllegalArgumentException if the shapes do not fit one another, an array is empty or of
   *     a dtype that is not allowed, or a parameter is not allowed for the mode
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray gatherQmm(
      MlxArray w,
      MlxArray scales,
      MlxArray biases,
      MlxArray lhsIndices,
      MlxArray rhsIndices,
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
   * Products of matrices of this array with quantized matrices, each pair chosen by indices.
   * Mirrors {@code mlx.core.gather_qmm}.
   *
   * @param w the quantized matrix, or a stack of them
   * @param scales the scales of the groups
   * @param biases the biases of the groups, or null where the mode has none
   * @param lhsIndices which matrices of this array to take: all axes but the last two are counted
   *     as one. Null for all in their order
   * @param rhsIndices which matrices of {@code w} to take, likewise
   * @param transpose whether the quantized matrix is transposed, so that its groups run along the
   *     sum
   * @param groupSize how many neighbours share a scale, or null for the default of the mode
   * @return an array of shape {@code (…, m, n)}, where the indices, broadcast, have shape {@code
   *     (…)}
   * @throws IndexOutOfBoundsException if an index is out of range. Indices that are still to be
   *     computed cannot be looked at here: out of range they are limited to the range, or, when
   *     {@link Ops#checkIndices} is on, computed and checked
   * @throws IllegalArgumentException if the shapes do not fit one another, an array is empty or of
   *     a dtype that is not allowed, or a parameter is not allowed for the mode
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray gatherQmm(
      MlxArray w,
      MlxArray scales,
      MlxArray biases,
      MlxArray lhsIndices,
      MlxArray rhsIndices,
      boolean transpose,
      Integer groupSize) {
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
   * Products of matrices of this array with quantized matrices, each pair chosen by indices.
   * Mirrors {@code mlx.core.gather_qmm}.
   *
   * @param w the quantized matrix, or a stack of them
   * @param scales the scales of the groups
   * @param biases the biases of the groups, or null where the mode has none
   * @param lhsIndices which matrices of this array to take: all axes but the last two are counted
   *     as one. Null for all in their order
   * @param rhsIndices which matrices of {@code w} to take, likewise
   * @param transpose whether the quantized matrix is transposed, so that its groups run along the
   *     sum
   * @param groupSize how many neighbours share a scale, or null for the default of the mode
   * @param bits how many bits an element has, or null for the default of the mode
   * @return an array of shape {@code (…, m, n)}, where the indices, broadcast, have shape {@code
   *     (…)}
   * @throws IndexOutOfBoundsException if an index is out of range. Indices that are still to be
   *     computed cannot be looked at here: out of range they are limited to the range, or, when
   *     {@link Ops#checkIndices} is on, computed and checked
   * @throws IllegalArgumentException if the shapes do not fit one another, an array is empty or of
   *     a dtype that is not allowed, or a parameter is not allowed for the mode
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray gatherQmm(
      MlxArray w,
      MlxArray scales,
      MlxArray biases,
      MlxArray lhsIndices,
      MlxArray rhsIndices,
      boolean transpose,
      Integer groupSize,
      Integer bits) {
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
   * Products of matrices of this array with quantized matrices, each pair chosen by indices.
   * Mirrors {@code mlx.core.gather_qmm}.
   *
   * @param w the quantized matrix, or a stack of them
   * @param scales the scales of the groups
   * @param biases the biases of the groups, or null where the mode has none
   * @param lhsIndices which matrices of this array to take: all axes but the last two are counted
   *     as one. Null for all in their order
   * @param rhsIndices which matrices of {@code w} to take, likewise
   * @param transpose whether the quantized matrix is transposed, so that its groups run along the
   *     sum
   * @param groupSize how many neighbours share a scale, or null for the default of the mode
   * @param bits how many bits an element has, or null for the default of the mode
   * @param mode how the elements are represented
   * @return an array of shape {@code (…, m, n)}, where the indices, broadcast, have shape {@code
   *     (…)}
   * @throws IndexOutOfBoundsException if an index is out of range. Indices that are still to be
   *     computed cannot be looked at here: out of range they are limited to the range, or, when
   *     {@link Ops#checkIndices} is on, computed and checked
   * @throws IllegalArgumentException if the shapes do not fit one another, an array is empty or of
   *     a dtype that is not allowed, or a parameter is not allowed for the mode
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray gatherQmm(
      MlxArray w,
      MlxArray scales,
      MlxArray biases,
      MlxArray lhsIndices,
      MlxArray rhsIndices,
      boolean transpose,
      Integer groupSize,
      Integer bits,
      QuantizationMode mode) {
    return gatherQmm(
        w, scales, biases, lhsIndices, rhsIndices, transpose, groupSize, bits, mode, null, false);
  }

  /**
   * Products of matrices of this array with quantized matrices, each pair chosen by indices.
   * Mirrors {@code mlx.core.gather_qmm}.
   *
   * @param w the quantized matrix, or a stack of them
   * @param scales the scales of the groups
   * @param biases the biases of the groups, or null where the mode has none
   * @param lhsIndices which matrices of this array to take: all axes but the last two are counted
   *     as one. Null for all in their order
   * @param rhsIndices which matrices of {@code w} to take, likewise
   * @param transpose whether the quantized matrix is transposed, so that its groups run along the
   *     sum
   * @param groupSize how many neighbours share a scale, or null for the default of the mode
   * @param bits how many bits an element has, or null for the default of the mode
   * @param mode how the elements are represented
   * @param globalScale for {@code NVFP4} a float32 scale for each matrix of {@code w}, or null; on
   *     the GPU only
   * @param sortedIndices whether the only indices given are in ascending order, which may be faster
   * @return an array of shape {@code (…, m, n)}, where the indices, broadcast, have shape {@code
   *     (…)}
   * @throws IndexOutOfBoundsException if an index is out of range. Indices that are still to be
   *     computed cannot be looked at here: out of range they are limited to the range, or, when
   *     {@link Ops#checkIndices} is on, computed and checked
   * @throws IllegalArgumentException if the shapes do not fit one another, an array is empty or of
   *     a dtype that is not allowed, or a parameter is not allowed for the mode
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray gatherQmm(
      MlxArray w,
      MlxArray scales,
      MlxArray biases,
      MlxArray lhsIndices,
      MlxArray rhsIndices,
      boolean transpose,
      Integer groupSize,
      Integer bits,
      QuantizationMode mode,
      MlxArray globalScale,
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
   * Products as of {@link #qqmm(MlxArray)} of matrices of this array with matrices of another, each
   * pair chosen by indices. The CPU cannot compute it. Mirrors {@code mlx.core.gather_qqmm}.
   *
   * @param w the matrix, quantized or not
   * @param scales the scales of the groups, or null if {@code w} is not quantized
   * @param lhsIndices which matrices of this array to take: all axes but the last two are counted
   *     as one. Null for all in their order
   * @param rhsIndices which matrices of {@code w} to take, likewise
   * @return an array of shape {@code (…, m, n)}, where the indices, broadcast, have shape {@code
   *     (…)}
   * @throws IndexOutOfBoundsException if an index is out of range. Indices that are still to be
   *     computed cannot be looked at here: out of range they are limited to the range, or, when
   *     {@link Ops#checkIndices} is on, computed and checked
   * @throws IllegalArgumentException if the shapes do not fit one another, an array is empty or of
   *     a dtype that is not allowed, or a parameter is not allowed for the mode
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray gatherQqmm(
      MlxArray w, MlxArray scales, MlxArray lhsIndices, MlxArray rhsIndices) {
    return gatherQqmm(
        w, scales, lhsIndices, rhsIndices, null, null, QuantizationMode.NVFP4, null, null, false);
  }

  /**
   * Products as of {@link #qqmm(MlxArray)} of matrices of this array with matrices of another, each
   * pair chosen by indices. The CPU cannot compute it. Mirrors {@code mlx.core.gather_qqmm}.
   *
   * @param w the matrix, quantized or not
   * @param scales the scales of the groups, or null if {@code w} is not quantized
   * @param lhsIndices which matrices of this array to take: all axes but the last two are counted
   *     as one. Null for all in their order
   * @param rhsIndices which matrices of {@code w} to take, likewise
   * @param groupSize how many neighbours share a scale, or null for the default of the mode
   * @return an array of shape {@code (…, m, n)}, where the indices, broadcast, have shape {@code
   *     (…)}
   * @throws IndexOutOfBoundsException if an index is out of range. Indices that are still to be
   *     computed cannot be looked at here: out of range they are limited to the range, or, when
   *     {@link Ops#checkIndices} is on, computed and checked
   * @throws IllegalArgumentException if the shapes do not fit one another, an array is empty or of
   *     a dtype that is not allowed, or a parameter is not allowed for the mode
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray gatherQqmm(
      MlxArray w, MlxArray scales, MlxArray lhsIndices, MlxArray rhsIndices, Integer groupSize) {
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
   * Products as of {@link #qqmm(MlxArray)} of matrices of this array with matrices of another, each
   * pair chosen by indices. The CPU cannot compute it. Mirrors {@code mlx.core.gather_qqmm}.
   *
   * @param w the matrix, quantized or not
   * @param scales the scales of the groups, or null if {@code w} is not quantized
   * @param lhsIndices which matrices of this array to take: all axes but the last two are counted
   *     as one. Null for all in their order
   * @param rhsIndices which matrices of {@code w} to take, likewise
   * @param groupSize how many neighbours share a scale, or null for the default of the mode
   * @param bits how many bits an element has, or null for the default of the mode
   * @return an array of shape {@code (…, m, n)}, where the indices, broadcast, have shape {@code
   *     (…)}
   * @throws IndexOutOfBoundsException if an index is out of range. Indices that are still to be
   *     computed cannot be looked at here: out of range they are limited to the range, or, when
   *     {@link Ops#checkIndices} is on, computed and checked
   * @throws IllegalArgumentException if the shapes do not fit one another, an array is empty or of
   *     a dtype that is not allowed, or a parameter is not allowed for the mode
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray gatherQqmm(
      MlxArray w,
      MlxArray scales,
      MlxArray lhsIndices,
      MlxArray rhsIndices,
      Integer groupSize,
      Integer bits) {
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
   * Products as of {@link #qqmm(MlxArray)} of matrices of this array with matrices of another, each
   * pair chosen by indices. The CPU cannot compute it. Mirrors {@code mlx.core.gather_qqmm}.
   *
   * @param w the matrix, quantized or not
   * @param scales the scales of the groups, or null if {@code w} is not quantized
   * @param lhsIndices which matrices of this array to take: all axes but the last two are counted
   *     as one. Null for all in their order
   * @param rhsIndices which matrices of {@code w} to take, likewise
   * @param groupSize how many neighbours share a scale, or null for the default of the mode
   * @param bits how many bits an element has, or null for the default of the mode
   * @param mode {@code NVFP4}, {@code MXFP4} or {@code MXFP8}
   * @return an array of shape {@code (…, m, n)}, where the indices, broadcast, have shape {@code
   *     (…)}
   * @throws IndexOutOfBoundsException if an index is out of range. Indices that are still to be
   *     computed cannot be looked at here: out of range they are limited to the range, or, when
   *     {@link Ops#checkIndices} is on, computed and checked
   * @throws IllegalArgumentException if the shapes do not fit one another, an array is empty or of
   *     a dtype that is not allowed, or a parameter is not allowed for the mode
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray gatherQqmm(
      MlxArray w,
      MlxArray scales,
      MlxArray lhsIndices,
      MlxArray rhsIndices,
      Integer groupSize,
      Integer bits,
      QuantizationMode mode) {
    return gatherQqmm(w, scales, lhsIndices, rhsIndices, groupSize, bits, mode, null, null, false);
  }

  /**
   * Products as of {@link #qqmm(MlxArray)} of matrices of this array with matrices of another, each
   * pair chosen by indices. The CPU cannot compute it. Mirrors {@code mlx.core.gather_qqmm}.
   *
   * @param w the matrix, quantized or not
   * @param scales the scales of the groups, or null if {@code w} is not quantized
   * @param lhsIndices which matrices of this array to take: all axes but the last two are counted
   *     as one. Null for all in their order
   * @param rhsIndices which matrices of {@code w} to take, likewise
   * @param groupSize how many neighbours share a scale, or null for the default of the mode
   * @param bits how many bits an element has, or null for the default of the mode
   * @param mode {@code NVFP4}, {@code MXFP4} or {@code MXFP8}
   * @param globalScaleX for {@code NVFP4} a float32 scale for this array, or null; on the GPU only
   * @param globalScaleW for {@code NVFP4} a float32 scale for {@code w}, or null; on the GPU only
   * @param sortedIndices whether the only indices given are in ascending order, which may be faster
   * @return an array of shape {@code (…, m, n)}, where the indices, broadcast, have shape {@code
   *     (…)}
   * @throws IndexOutOfBoundsException if an index is out of range. Indices that are still to be
   *     computed cannot be looked at here: out of range they are limited to the range, or, when
   *     {@link Ops#checkIndices} is on, computed and checked
   * @throws IllegalArgumentException if the shapes do not fit one another, an array is empty or of
   *     a dtype that is not allowed, or a parameter is not allowed for the mode
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray gatherQqmm(
      MlxArray w,
      MlxArray scales,
      MlxArray lhsIndices,
      MlxArray rhsIndices,
      Integer groupSize,
      Integer bits,
      QuantizationMode mode,
      MlxArray globalScaleX,
      MlxArray globalScaleW,
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

  /**
   * The numbers that 8-bit floating point numbers (E4M3) stand for, in bfloat16. Mirrors {@code
   * mlx.core.from_fp8}.
   *
   * @return an array of the same shape
   * @throws IllegalArgumentException if this array is not of dtype uint8
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray fromFp8() {
    return fromFp8(DType.BFLOAT16);
  }

  /**
   * The numbers that 8-bit floating point numbers (E4M3) stand for. Mirrors {@code
   * mlx.core.from_fp8}.
   *
   * @param dtype the floating point dtype of the result
   * @return an array of the same shape
   * @throws IllegalArgumentException if this array is not of dtype uint8, or the dtype is not a
   *     floating point one
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray fromFp8(DType dtype) {
    Call.notNull("fromFp8", "the dtype", dtype);
    return unary(
        "fromFp8", (x, s) -> QuantizationNative.from_fp8(x, Call.code("fromFp8", dtype), s), this);
  }

  /**
   * The nearest 8-bit floating point numbers (E4M3). Mirrors {@code mlx.core.to_fp8}.
   *
   * @return an array of the same shape and of dtype uint8
   * @throws IllegalArgumentException if this array is not of a floating point dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray toFp8() {
    return unary("toFp8", QuantizationNative::to_fp8, this);
  }

  // ---- arguments
  // --------------------------------------------------------------------------------

  /** The parameters of what is quantized while it is multiplied. */
  private static Parameters requireFloating(
      String function, Integer groupSize, Integer bits, QuantizationMode mode) {
    if (mode == QuantizationMode.AFFINE) {
      throw new IllegalArgumentException(
          "[" + function + "] the mode is AFFINE; allowed is NVFP4, MXFP4 or MXFP8");
    }
    return QuantizationMode.require(function, groupSize, bits, mode);
  }

  /** MLX reads scales and biases wherever the packed matrix makes it look. */
  private static void requirePacked(
      String function, int index, MlxArray w, MlxArray scales, MlxArray biases, Parameters p) {
    int[] shape = Call.argument(function, index, w).shape();
    if (w.dtype() != DType.UINT32 || shape.length < 2 || w.size() == 0) {
      throw refused(
          function,
          index,
          w,
          "a quantized matrix is of dtype uint32, has at least 2 axes and is not empty");
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
              + " they do not fit");
    }
  }

  private static void requireSingle(String function, MlxArray scales, MlxArray biases) {
    if (scales.dtype() == DType.FLOAT64 || (biases != null && biases.dtype() == DType.FLOAT64)) {
      throw new IllegalArgumentException(
          "[" + function + "] scales and biases are of dtype float64; allowed is what is narrower");
    }
  }

  /** A matrix that may be quantized or not. */
  private static void requireMatrix(String function, MlxArray w, MlxArray scales, Parameters p) {
    if (Call.argument(function, 1, w).dtype() == DType.UINT32) {
      if (scales == null) {
        throw new IllegalArgumentException(
            "[" + function + "] the matrix is quantized, so its scales must be given");
      }
      requirePacked(function, 1, w, scales, null, p);
    } else {
      requireQuantizable(function, 1, w);
      if (scales != null || w.ndim() < 2 || w.dim(-1) % p.groupSize() != 0) {
        throw refused(
            function,
            1,
            w,
            "a matrix that is not quantized has no scales, and at least 2 axes, the last one"
                + " divisible by the groupSize "
                + p.groupSize());
      }
    }
  }

  private static void requireOperand(String function, MlxArray x, int axes) {
    if (x.ndim() < axes || x.size() == 0 || x.dtype() == DType.FLOAT64) {
      throw refused(
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
      throw refused(
          function, index, x, "it must be of dtype float32, float16 or bfloat16, and not empty");
    }
  }

  private static IllegalArgumentException refused(
      String function, int index, MlxArray x, String allowed) {
    return new IllegalArgumentException(
        "["
            + function
            + "] array argument "
            + index
            + " has shape "
            + Arrays.toString(x.shape())
            + " and dtype "
            + x.dtype()
            + "; "
            + allowed);
  }
}
