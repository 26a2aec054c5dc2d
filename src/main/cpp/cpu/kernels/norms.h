// What normalizes a row.
#pragma once

#include <cstddef>

#include "cpu/instructions.h"

namespace mlx4j::cpu {

// Returns the sum of (x - shift)².
template <Instructions>
double sum_of_squares(const float* x, std::size_t n, double shift);

// (x - shift) · factor · weight + bias. `weight` and `bias` may be null, and y may be x.
template <Instructions>
void normalize(const float* x, std::size_t n, double shift, double factor, const float* weight, const float* bias,
               float* y);

}  // namespace mlx4j::cpu
