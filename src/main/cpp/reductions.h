// Reductions where MLX's own go wrong.
#pragma once

#include "handles.h"

namespace mlx4j {

// MLX makes float32 of integers only when the axis is the last one; otherwise it cuts the results off to integers.
inline mx::array softmax(const mx::array& a, const std::vector<int>& axes, bool precise, mx::StreamOrDevice s) {
  return mx::softmax(mx::issubdtype(a.dtype(), mx::inexact) ? a : mx::astype(a, mx::float32, s), axes, precise, s);
}

}  // namespace mlx4j
