// Reductions of float32. States are float64, so a sum is exact to the last place of float32 whatever the signs, sizes
// and number of its terms.
#pragma once

#include <cstddef>
#include <cstdint>

#include "cpu/instructions.h"

namespace mlx4j::cpu {

enum class Reduction : std::uint8_t { sum, product, maximum, minimum };

struct ReductionKernels {
  double start;                                   // the state of no elements
  double (*join)(double a, double b);             // of two parts; NaN in either is the result
  double (*fold)(const float* x, std::size_t n);  // the state of n elements
  // The same if none is below zero. A few terms of a sum are added up in float32 at a time, since none cancel out: the
  // error is at most a unit in the last place of float32.
  double (*fold_of_not_negative)(const float* x, std::size_t n);
  // The same of the squares of x - shift, which are not written anywhere; null if there is no such kernel.
  double (*fold_of_squares)(const float* x, float shift, std::size_t n);
  // Joins the elements of each column with its state; rows lie `stride` elements apart.
  void (*fold_columns)(const float* x, std::size_t columns, std::ptrdiff_t stride, std::size_t rows, double* states);
  // Joins each of n states with another one.
  void (*join_each)(const double* others, std::size_t n, double* states);
};

template <Instructions>
const ReductionKernels& reduction_kernels(Reduction reduction);

}  // namespace mlx4j::cpu
