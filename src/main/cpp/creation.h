// Forwards to MLX functions that are overloaded with templates, which would be preferred over the conversion of an
// adapter.
#pragma once

#include "handles.h"

namespace mlx4j {

inline mx::array full(const mx::Shape& shape, const mx::array& vals, mx::Dtype dtype, mx::StreamOrDevice s) {
  return mx::full(shape, vals, dtype, s);
}

}  // namespace mlx4j
