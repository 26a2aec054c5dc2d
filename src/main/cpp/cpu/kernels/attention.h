// What attention does with a row of scores.
#pragma once

#include <cstddef>

#include "cpu/instructions.h"

namespace mlx4j::cpu {

struct AttentionKernels {
  // The largest score, which ignores NaN.
  float (*largest)(const float* x, std::size_t n);

  // Replaces the scores by exp(x - shift), which must not exceed 1, and returns their sum. Those below the smallest
  // normal number become zero.
  double (*exponentials)(float* x, std::size_t n, float shift);

  void (*multiply)(float* x, std::size_t n, float factor);
  void (*add)(float* x, const float* y, std::size_t n);

  // Replaces the scores that are not to be kept.
  void (*replace)(float* x, const bool* keep, std::size_t n, float instead);
};

template <Instructions>
AttentionKernels attention_kernels();

}  // namespace mlx4j::cpu
