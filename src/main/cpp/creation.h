// Forwards to MLX functions that are overloaded with templates, which would be preferred over the conversion of an
// adapter.
#pragma once

#include "evaluation.h"
#include "handles.h"

namespace mlx4j {

// MLX's rule for the gradient of Full multiplies by the values, so a traced one is a broadcast.
inline mx::array full(const mx::Shape& shape, const mx::array& vals, mx::Dtype dtype, mx::StreamOrDevice s) {
  return tracing() ? mx::broadcast_to(mx::astype(vals, dtype, s), shape, s) : mx::full(shape, vals, dtype, s);
}

}  // namespace mlx4j
