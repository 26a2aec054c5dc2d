// Parts of messages as the Java side writes them.
#pragma once

#include <string>

#include "mlx/mlx.h"

namespace mlx4j {

// A shape as java.util.Arrays.toString prints it: "[2, 3]".
inline std::string shown(const mlx::core::Shape& shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    text += (i ? ", " : "") + std::to_string(shape[i]);
  }
  return text + "]";
}

}  // namespace mlx4j
