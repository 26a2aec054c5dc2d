#include "cpu/kernels/attention.h"

#include "cpu/kernels/half_bits.h"

namespace mlx4j::cpu {
namespace {

constexpr std::size_t lanes = 32;

float largest(const float* x, std::size_t n) {
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

float fma(float a, float b, float c) {
#if defined(__FMA__) || defined(__aarch64__)
  return __builtin_fmaf(a, b, c);
#else
  return a * b + c;
#endif
}

// Of numbers up to 0, in float32, to one unit in the last place: exp(x) = 2^n · exp(r) with |r| <= ln 2 / 2.
inline float exponential(float x) {
  constexpr float least = -87.3f;  // the logarithm of the smallest normal number
  constexpr float rounder = 0x1.8p23f;
  const float bounded = x < least ? least : x;
  const float shifted = fma(bounded, 0x1.715476p0f, rounder);
  const float n = shifted - rounder;
  const float r = fma(n, -0x1.7f7d1cp-20f, fma(n, -0x1.62e4p-1f, bounded));
  float series = 0x1.a01a02p-13f;
  series = fma(series, r, 0x1.6c16c2p-10f);
  series = fma(series, r, 0x1.111112p-7f);
  series = fma(series, r, 0x1.555556p-5f);
  series = fma(series, r, 0x1.555556p-3f);
  series = fma(series, r, 0.5f);
  series = fma(series * r, r, r);
  const auto power = bits<float>((bits<std::uint32_t>(shifted) + 127) << 23);
  const float result = fma(series, power, power);
  return x < least ? 0 : result;
}

double exponentials(float* x, std::size_t n, float shift) {
  float sums[lanes] = {};
  std::size_t i = 0;
  for (; i + lanes <= n; i += lanes) {
#pragma omp simd
    for (std::size_t k = 0; k < lanes; ++k) {
      const float term = exponential(x[i + k] - shift);
      x[i + k] = term;
      sums[k] += term;
    }
  }
  for (std::size_t k = 0; i < n; ++i, ++k) {
    const float term = exponential(x[i] - shift);
    x[i] = term;
    sums[k] += term;
  }
  double sum = 0;
  for (std::size_t k = 0; k < lanes; ++k) {
    sum += double(sums[k]);
  }
  return sum;
}

void multiply(float* x, std::size_t n, float factor) {
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) {
    x[i] = x[i] * factor;
  }
}

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
  return {largest, exponentials, multiply, add, replace};
}

}  // namespace mlx4j::cpu
