// Strips of float32 matrices, which kernels pack before they multiply them.
#pragma once

#include <cstddef>

namespace mlx4j::cpu {

// A part of a factor: `width` rows of the left matrix, or columns of the right one, with `inner` numbers each. One of
// the strides is 1.
struct Strip {
  const float* data;
  std::size_t width;
  std::size_t inner;
  std::ptrdiff_t across;  // from a row of the left matrix, or a column of the right one, to the next
  std::ptrdiff_t along;   // from one number of the inner dimension to the next
};

}  // namespace mlx4j::cpu
