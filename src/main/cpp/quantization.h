// Quantized matrices. Shapes and parameters have been checked in Java; indices are in range, as for `take`.
#pragma once

#include "handles.h"

namespace mlx4j {

using Maybe = const std::optional<mx::array>&;

// The conversions between 8-bit numbers and float64 take float64 for float32 in MLX.
mx::array to_fp8(const mx::array& x, mx::StreamOrDevice s);
mx::array from_fp8(const mx::array& x, mx::Dtype dtype, mx::StreamOrDevice s);
mx::array dequantize(const mx::array& w, const mx::array& scales, Maybe biases, jint group_size, jint bits,
                     const char* mode, Maybe global_scale, std::optional<mx::Dtype> dtype, mx::StreamOrDevice s);

mx::array qqmm(const mx::array& x, const mx::array& w, Maybe scales, jint group_size, jint bits, const char* mode,
               Maybe global_scale_x, Maybe global_scale_w, mx::StreamOrDevice s);
mx::array gather_qmm(const mx::array& x, const mx::array& w, const mx::array& scales, Maybe biases, Maybe lhs_indices,
                     Maybe rhs_indices, bool transpose, jint group_size, jint bits, const char* mode,
                     Maybe global_scale, bool sorted_indices, mx::StreamOrDevice s);
mx::array gather_qqmm(const mx::array& x, const mx::array& w, Maybe scales, Maybe lhs_indices, Maybe rhs_indices,
                      jint group_size, jint bits, const char* mode, Maybe global_scale_x, Maybe global_scale_w,
                      bool sorted_indices, mx::StreamOrDevice s);

}  // namespace mlx4j
