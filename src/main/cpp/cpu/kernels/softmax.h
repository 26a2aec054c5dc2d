// The exponentials of a row, relative to its largest element.
#pragma once

#include <cstddef>

#include "cpu/instructions.h"

namespace mlx4j::cpu {

// The largest element, which ignores NaN.
template <Instructions>
float largest(const float* x, std::size_t n);

// Returns the sum of exp(x - shift), which must not exceed 1, and writes the terms if `terms` is not null, which may be
// x. Those below the smallest normal number count as zero.
template <Instructions>
double sum_of_exponentials(const float* x, std::size_t n, float shift, float* terms);

// Multiplies each element.
template <Instructions>
void scale(float* x, std::size_t n, float factor);

}  // namespace mlx4j::cpu
