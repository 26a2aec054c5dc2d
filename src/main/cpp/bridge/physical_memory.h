#pragma once

#include <cstddef>

namespace mlx4j {

// Bytes of memory that this process may use at most: the machine's, or the control group's where that is less.
std::size_t physical_memory();

}  // namespace mlx4j
