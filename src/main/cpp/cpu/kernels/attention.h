// What attention does with a row of scores.
#pragma once

#include <cstddef>

#include "cpu/instructions.h"

namespace mlx4j::cpu {

struct AttentionKernels {
  // those of softmax.h
  float (*largest)(const float* x, std::size_t n);
  double (*sum_of_exponentials)(const float* x, std::size_t n, float shift, float* terms);
  void (*scale)(float* x, std::size_t n, float factor);

  void (*add)(float* x, const float* y, std::size_t n);

  // Replaces the scores that are not to be kept.
  void (*replace)(float* x, const bool* keep, std::size_t n, float instead);
};

template <Instructions>
AttentionKernels attention_kernels();

}  // namespace mlx4j::cpu
