#include "cpu/kernels/softmax.h"

#include "cpu/kernels/single_functions.h"

namespace mlx4j::cpu {
namespace {

// Lanes are independent, so that they fit several registers and additions need not wait for one another.
constexpr std::size_t lanes = 32;
constexpr std::size_t block = 8 * lanes;  // elements whose sum in float32 has an error of a few units in the last place

template <bool write>
double sum(const float* x, std::size_t n, float shift, float* terms) {
  double sums[lanes] = {};
  std::size_t i = 0;
  for (const std::size_t whole = n / lanes * lanes; i < whole;) {
    const std::size_t last = whole - i < block ? whole : i + block;
    float sums_of_block[lanes] = {};
    for (; i < last; i += lanes) {
#pragma omp simd
      for (std::size_t k = 0; k < lanes; ++k) {
        const float term = exp_of_negative(x[i + k] - shift);
        sums_of_block[k] += term;
        if constexpr (write) {
          terms[i + k] = term;
        }
      }
    }
#pragma omp simd
    for (std::size_t k = 0; k < lanes; ++k) {
      sums[k] += double(sums_of_block[k]);
    }
  }
  for (std::size_t k = 0; i < n; ++i, ++k) {
    const float term = exp_of_negative(x[i] - shift);
    sums[k] += double(term);
    if constexpr (write) {
      terms[i] = term;
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
float largest<MLX4J_INSTRUCTIONS>(const float* x, std::size_t n) {
  float best[lanes];
  for (std::size_t k = 0; k < lanes; ++k) {
    best[k] = -__builtin_inff();
  }
  std::size_t i = 0;
  for (; i + lanes <= n; i += lanes) {
#pragma omp simd
    for (std::size_t k = 0; k < lanes; ++k) {
      best[k] = x[i + k] > best[k] ? x[i + k] : best[k];
    }
  }
  for (; i < n; ++i) {
    best[0] = x[i] > best[0] ? x[i] : best[0];
  }
  for (std::size_t half = lanes / 2; half > 0; half /= 2) {
    for (std::size_t k = 0; k < half; ++k) {
      best[k] = best[k + half] > best[k] ? best[k + half] : best[k];
    }
  }
  return best[0];
}

template <>
double sum_of_exponentials<MLX4J_INSTRUCTIONS>(const float* x, std::size_t n, float shift, float* terms) {
  return terms ? sum<true>(x, n, shift, terms) : sum<false>(x, n, shift, nullptr);
}

template <>
void scale<MLX4J_INSTRUCTIONS>(float* x, std::size_t n, float factor) {
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) {
    x[i] = x[i] * factor;
  }
}

}  // namespace mlx4j::cpu
