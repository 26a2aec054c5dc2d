#include "cpu/kernels/softmax.h"

#include "cpu/kernels/functions.h"

namespace mlx4j::cpu {
namespace {

constexpr std::size_t lanes = 16;

template <bool write>
double sum(const float* x, std::size_t n, double shift, float* terms) {
  double sums[lanes] = {};
  std::size_t i = 0;
  for (; i + lanes <= n; i += lanes) {
#pragma omp simd
    for (std::size_t k = 0; k < lanes; ++k) {
      const double term = exp_of(double(x[i + k]) - shift);
      sums[k] += term;
      if constexpr (write) {
        terms[i + k] = float(term);
      }
    }
  }
  for (std::size_t k = 0; i < n; ++i, ++k) {
    const double term = exp_of(double(x[i]) - shift);
    sums[k] += term;
    if constexpr (write) {
      terms[i] = float(term);
    }
  }
  for (std::size_t half = lanes / 2; half > 0; half /= 2) {
    for (std::size_t k = 0; k < half; ++k) {
      sums[k] += sums[k + half];
    }
  }
  return sums[0];
}

}  // namespace

template <>
double sum_of_exponentials<MLX4J_INSTRUCTIONS>(const float* x, std::size_t n, double shift, float* terms) {
  return terms ? sum<true>(x, n, shift, terms) : sum<false>(x, n, shift, nullptr);
}

template <>
void scale<MLX4J_INSTRUCTIONS>(float* x, std::size_t n, double factor) {
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) {
    x[i] = float(double(x[i]) * factor);
  }
}

}  // namespace mlx4j::cpu
