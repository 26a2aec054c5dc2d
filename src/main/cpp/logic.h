// Logical operations that MLX lacks.
#pragma once

#include "handles.h"

namespace mlx4j {

inline mx::array logical_xor(const mx::array& a, const mx::array& b, mx::StreamOrDevice s) {
  return mx::not_equal(mx::astype(a, mx::bool_, s), mx::astype(b, mx::bool_, s), s);
}

}  // namespace mlx4j
