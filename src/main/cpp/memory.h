#pragma once

#include <algorithm>
#include <iterator>

#include "bridge/allocation.h"
#include "bridge/handles.h"
#include "bridge/memory_limits.h"

namespace mlx4j {

// Counts computed arrays only, since others have no buffer; MLX does not check that.
inline std::size_t array_buffer_size(const Arrays& arrays) {
  Arrays computed;
  std::copy_if(arrays.begin(), arrays.end(), std::back_inserter(computed),
               [](const mx::array& a) { return a.status() != mx::array::Status::unscheduled; });
  return mx::get_array_buffer_size(computed);
}

// Return what control groups leave to a process whose /proc and mounts are below `root`, and their limit.
inline std::size_t left_by_groups(const std::string& root) { return ControlGroups(root).room().left; }
inline std::size_t limit_of_groups(const std::string& root) { return ControlGroups(root).room().limit; }

}  // namespace mlx4j
