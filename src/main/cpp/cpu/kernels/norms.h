// What normalizes a row.
#pragma once

#include <cstddef>

#include "cpu/instructions.h"

namespace mlx4j::cpu {

// The sums of x - shift and of (x - shift)².
struct Moments {
  double sum;
  double squares;
};
template <Instructions>
Moments moments(const float* x, std::size_t n, double shift);

// (x - shift) · factor · weight + bias. `weight` and `bias` may be null, and y may be x.
template <Instructions>
void normalize(const float* x, std::size_t n, double shift, double factor, const float* weight, const float* bias,
               float* y);

}  // namespace mlx4j::cpu
