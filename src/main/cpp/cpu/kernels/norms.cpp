#include "cpu/kernels/norms.h"

#include "cpu/kernels/fma.h"
#include "cpu/kernels/lanes.h"

namespace mlx4j::cpu {
namespace {

constexpr std::size_t together = 8;  // elements of a lane that are added up before their sum is converted to float64

template <class T>
Moments moments_in(const float* x, std::size_t n, double shift) {
  const T subtracted = T(shift);
  double sums[lanes] = {}, squares[lanes] = {};
  std::size_t i = 0;
  for (const std::size_t whole = n / lanes * lanes; i < whole;) {
    const std::size_t last = whole - i < together * lanes ? whole : i + together * lanes;
    T sums_of_some[lanes] = {}, squares_of_some[lanes] = {};
    for (; i < last; i += lanes) {
#pragma omp simd
      for (std::size_t k = 0; k < lanes; ++k) {
        const T difference = T(x[i + k]) - subtracted;
        sums_of_some[k] += difference;
        squares_of_some[k] = fma(difference, difference, squares_of_some[k]);
      }
    }
#pragma omp simd
    for (std::size_t k = 0; k < lanes; ++k) {
      sums[k] += double(sums_of_some[k]);
      squares[k] += double(squares_of_some[k]);
    }
  }
  for (; i + few_lanes <= n; i += few_lanes) {
#pragma omp simd
    for (std::size_t k = 0; k < few_lanes; ++k) {
      const T difference = T(x[i + k]) - subtracted;
      sums[k] += double(difference);
      squares[k] += double(difference * difference);
    }
  }
  Moments rest{};
  for (; i < n; ++i) {
    const T difference = T(x[i]) - subtracted;
    rest.sum += double(difference);
    rest.squares += double(difference * difference);
  }
  return {sum_of(sums) + rest.sum, sum_of(squares) + rest.squares};
}

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
  return moments_in<float>(x, n, shift);
}

template <>
Moments exact_moments<MLX4J_INSTRUCTIONS>(const float* x, std::size_t n, double shift) {
  return moments_in<double>(x, n, shift);
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
