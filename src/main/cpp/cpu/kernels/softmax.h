// The exponentials of a row, relative to its largest element.
#pragma once

#include <cstddef>

#include "cpu/instructions.h"

namespace mlx4j::cpu {

// Returns the sum of exp(x - shift), and writes the terms if `terms` is not null, which may be x.
template <Instructions>
double sum_of_exponentials(const float* x, std::size_t n, double shift, float* terms);

// Multiplies each element.
template <Instructions>
void scale(float* x, std::size_t n, double factor);

}  // namespace mlx4j::cpu
