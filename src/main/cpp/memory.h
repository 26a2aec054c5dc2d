#pragma once

#include <algorithm>
#include <iterator>

#include "bridge/handles.h"

namespace mlx4j {

// Only what is computed has a buffer to count; MLX does not look.
inline std::size_t array_buffer_size(const Arrays& arrays) {
  Arrays computed;
  std::copy_if(arrays.begin(), arrays.end(), std::back_inserter(computed),
               [](const mx::array& a) { return a.status() != mx::array::Status::unscheduled; });
  return mx::get_array_buffer_size(computed);
}

}  // namespace mlx4j
