#include "cpu/kernels/norms.h"

namespace mlx4j::cpu {
namespace {

// Lanes are independent, so that they fit several registers and additions need not wait for one another.
constexpr std::size_t lanes = 32;

template <bool weighted, bool biased>
void normalize(const float* x, std::size_t n, double shift, double factor, const float* weight, const float* bias,
               float* y) {
  // The shift in two parts: float32 arithmetic would otherwise lose what is small beside a large mean.
  const auto high = float(shift);
  const auto low = float(shift - double(high));
  const auto f = float(factor);
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) {
    float result = ((x[i] - high) - low) * f;
    if constexpr (weighted) {
      result = result * weight[i];
    }
    if constexpr (biased) {
      result = result + bias[i];
    }
    y[i] = result;
  }
}

}  // namespace

template <>
Moments moments<MLX4J_INSTRUCTIONS>(const float* x, std::size_t n, double shift) {
  double sums[lanes] = {}, squares[lanes] = {};
  std::size_t i = 0;
  for (; i + lanes <= n; i += lanes) {
#pragma omp simd
    for (std::size_t k = 0; k < lanes; ++k) {
      const double difference = double(x[i + k]) - shift;
      sums[k] += difference;
      squares[k] += difference * difference;
    }
  }
  for (std::size_t k = 0; i < n; ++i, ++k) {
    const double difference = double(x[i]) - shift;
    sums[k] += difference;
    squares[k] += difference * difference;
  }
  for (std::size_t half = lanes / 2; half > 0; half /= 2) {
    for (std::size_t k = 0; k < half; ++k) {
      sums[k] += sums[k + half];
      squares[k] += squares[k + half];
    }
  }
  return {sums[0], squares[0]};
}

template <>
void normalize<MLX4J_INSTRUCTIONS>(const float* x, std::size_t n, double shift, double factor, const float* weight,
                                   const float* bias, float* y) {
  if (weight) {
    bias ? normalize<true, true>(x, n, shift, factor, weight, bias, y)
         : normalize<true, false>(x, n, shift, factor, weight, bias, y);
  } else {
    bias ? normalize<false, true>(x, n, shift, factor, weight, bias, y)
         : normalize<false, false>(x, n, shift, factor, weight, bias, y);
  }
}

}  // namespace mlx4j::cpu
