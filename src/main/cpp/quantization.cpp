#include "quantization.h"

#include "bridge/evaluation.h"
#include "cpu/products.h"
#include "products.h"

namespace mlx4j {

mx::array to_fp8(const mx::array& x, mx::StreamOrDevice s) {
  return mx::to_fp8(x.dtype() == mx::float64 ? mx::astype(x, mx::float32, s) : x, s);
}

mx::array from_fp8(const mx::array& x, mx::Dtype dtype, mx::StreamOrDevice s) {
  return dtype == mx::float64 ? mx::astype(mx::from_fp8(x, mx::float32, s), dtype, s) : mx::from_fp8(x, dtype, s);
}

mx::array dequantize(const mx::array& w, const mx::array& scales, Maybe biases, jint group_size, jint bits,
                     const char* mode, Maybe global_scale, std::optional<mx::Dtype> dtype, mx::StreamOrDevice s) {
  const bool is_double = dtype && *dtype == mx::float64;
  auto w_hat = mx::dequantize(w, scales, biases, group_size, bits, mode, global_scale,
                              is_double ? std::optional(mx::float32) : dtype, s);
#ifdef MLX4J_CPU
  if (biases && !tracing()) {
    if (const auto numbers = cpu::dequantized(w, scales, *biases, group_size, bits, mx::to_stream(s))) {
      w_hat = mx::astype(*numbers, w_hat.dtype(), s);
    }
  }
#endif
  return is_double ? mx::astype(w_hat, mx::float64, s) : w_hat;
}

mx::array qqmm(const mx::array& x, const mx::array& w, Maybe scales, jint group_size, jint bits, const char* mode,
               Maybe global_scale_x, Maybe global_scale_w, mx::StreamOrDevice s) {
  if ((global_scale_x || global_scale_w) && mx::to_stream(s).device == mx::Device::cpu) {
    // MLX ignores them silently
    throw std::invalid_argument("[qqmm] global scales are only supported on the GPU");
  }
  return mx::qqmm(x, w, scales, group_size, bits, mode, global_scale_x, global_scale_w, s);
}

mx::array gather_qmm(const mx::array& x, const mx::array& w, const mx::array& scales, Maybe biases, Maybe lhs_indices,
                     Maybe rhs_indices, bool transpose, jint group_size, jint bits, const char* mode,
                     Maybe global_scale, bool sorted_indices, mx::StreamOrDevice s) {
  return mx::gather_qmm(x, w, scales, biases, of_matrices("gatherQmm", lhs_indices, x, s),
                        of_matrices("gatherQmm", rhs_indices, w, s), transpose, group_size, bits, mode, global_scale,
                        sorted_indices, s);
}

mx::array gather_qqmm(const mx::array& x, const mx::array& w, Maybe scales, Maybe lhs_indices, Maybe rhs_indices,
                      jint group_size, jint bits, const char* mode, Maybe global_scale_x, Maybe global_scale_w,
                      bool sorted_indices, mx::StreamOrDevice s) {
  return mx::gather_qqmm(x, w, scales, of_matrices("gatherQqmm", lhs_indices, x, s),
                         of_matrices("gatherQqmm", rhs_indices, w, s), group_size, bits, mode, global_scale_x,
                         global_scale_w, sorted_indices, s);
}

}  // namespace mlx4j
