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
using MomentsKernel = Moments(const float* x, std::size_t n, double shift);
template <Instructions>
Moments exact_moments(const float* x, std::size_t n, double shift);

// The same, where a few terms at a time are added up in float32: an error of some units in the last place of the terms,
// and squares that may overflow or vanish.
template <Instructions>
Moments moments(const float* x, std::size_t n, double shift);

// (x - shift) · factor · weight + bias. `weight` and `bias` may be null, and y may be x.
template <Instructions>
void normalize(const float* x, std::size_t n, double shift, double factor, const float* weight, const float* bias,
               float* y);

}  // namespace mlx4j::cpu
