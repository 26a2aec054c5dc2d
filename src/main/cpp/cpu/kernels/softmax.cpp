#include "cpu/kernels/softmax.h"

#include "cpu/kernels/lanes.h"
#include "cpu/kernels/single_functions.h"

namespace mlx4j::cpu {
namespace {

constexpr std::size_t block = 8 * lanes;  // elements whose sum in float32 has an error of a few units in the last place

// NaN is ignored, as the second.
inline float larger(float best, float x) { return x > best ? x : best; }

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
  for (; i + few_lanes <= n; i += few_lanes) {
#pragma omp simd
    for (std::size_t k = 0; k < few_lanes; ++k) {
      const float term = exp_of_negative(x[i + k] - shift);
      sums[k] += double(term);
      if constexpr (write) {
        terms[i + k] = term;
      }
    }
  }
  double rest = 0;
  for (; i < n; ++i) {
    const float term = exp_of_negative(x[i] - shift);
    rest += double(term);
    if constexpr (write) {
      terms[i] = term;
    }
  }
  return sum_of(sums) + rest;
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
      best[k] = larger(best[k], x[i + k]);
    }
  }
  for (; i + few_lanes <= n; i += few_lanes) {
#pragma omp simd
    for (std::size_t k = 0; k < few_lanes; ++k) {
      best[k] = larger(best[k], x[i + k]);
    }
  }
  float result = joined(best, larger);
  for (; i < n; ++i) {
    result = larger(result, x[i]);
  }
  return result;
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
