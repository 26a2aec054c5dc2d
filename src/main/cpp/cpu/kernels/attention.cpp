#include "cpu/kernels/attention.h"

#include "cpu/kernels/softmax.h"

namespace mlx4j::cpu {
namespace {

void add(float* x, const float* y, std::size_t n) {
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) {
    x[i] = x[i] + y[i];
  }
}

void replace(float* x, const bool* keep, std::size_t n, float instead) {
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) {
    x[i] = keep[i] ? x[i] : instead;
  }
}

}  // namespace

template <>
AttentionKernels attention_kernels<MLX4J_INSTRUCTIONS>() {
  return {largest<MLX4J_INSTRUCTIONS>, sum_of_exponentials<MLX4J_INSTRUCTIONS>, scale<MLX4J_INSTRUCTIONS>, add,
          replace};
}

}  // namespace mlx4j::cpu
