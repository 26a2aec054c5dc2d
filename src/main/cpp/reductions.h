// Reductions that are wrong in MLX.
#pragma once

#include "handles.h"

namespace mlx4j {

// A scalar has no axes to keep.
inline mx::array argmin(const mx::array& a, bool keepdims, mx::StreamOrDevice s) {
  return mx::argmin(a, keepdims && a.ndim() > 0, s);
}
inline mx::array argmax(const mx::array& a, bool keepdims, mx::StreamOrDevice s) {
  return mx::argmax(a, keepdims && a.ndim() > 0, s);
}

// MLX converts integers to float32 only if the axis is the last one; otherwise it truncates the results to integers.
inline mx::array softmax(const mx::array& a, const std::vector<int>& axes, bool precise, mx::StreamOrDevice s) {
  return mx::softmax(mx::issubdtype(a.dtype(), mx::inexact) ? a : mx::astype(a, mx::float32, s), axes, precise, s);
}

// A diagonal may be empty even if the array is not; then the result is that of any array without elements (see
// `reduced`).
inline mx::array zeros_for_empty(const mx::array& diagonal, const mx::array& trace, mx::StreamOrDevice s) {
  return diagonal.size() > 0 ? trace : mx::zeros(trace.shape(), trace.dtype(), s);
}
inline mx::array trace(const mx::array& a, int offset, int axis1, int axis2, mx::StreamOrDevice s) {
  return zeros_for_empty(mx::diagonal(a, offset, axis1, axis2, s), mx::trace(a, offset, axis1, axis2, s), s);
}
inline mx::array trace(const mx::array& a, int offset, int axis1, int axis2, mx::Dtype dtype, mx::StreamOrDevice s) {
  return zeros_for_empty(mx::diagonal(a, offset, axis1, axis2, s), mx::trace(a, offset, axis1, axis2, dtype, s), s);
}

}  // namespace mlx4j
