// Quantized matrices. Java has checked shapes and parameters; indices are in range, like those of `take`.
#pragma once

#include "handles.h"

namespace mlx4j {

using Maybe = const std::optional<mx::array>&;

// In MLX, the conversions between 8-bit numbers and float64 treat float64 as float32.
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
