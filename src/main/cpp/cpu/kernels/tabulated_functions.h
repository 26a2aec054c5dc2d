// erf and tanh of float32 for AVX-512, which looks up 32 numbers in two registers: a polynomial of low degree for each
// of 32 intervals takes two thirds of the time of the formulas of single_functions.h. The largest errors are 1.81 (erf)
// and 1.99 (tanh) units in the last place, found by trying all float32 between 2^-30 and 2^8. Only kernels may include
// this.
#pragma once

#ifdef __AVX512F__

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

namespace mlx4j::cpu {
namespace {  // NOLINT: each instruction set has its own

// An odd function: the coefficients of polynomials that take its values near the multiples of `width`. From 31 widths
// on, it is 1.
template <int degree>
struct Tabulated {
  static constexpr int intervals = 32;
  alignas(64) float coefficients[degree + 1][intervals];
  float width;

  // The polynomials take the values of the function in Chebyshev nodes.
  Tabulated(double function(double), double width) : width(float(width)) {
    constexpr double pi = 3.14159265358979323846;
    for (int i = 0; i < intervals; ++i) {
      double nodes[degree + 1], differences[degree + 1], powers[degree + 1] = {};
      for (int j = 0; j <= degree; ++j) {
        nodes[j] = width / 2 * __builtin_cos(pi * (2 * j + 1) / (2 * degree + 2));
        differences[j] = function(i * width + nodes[j]);
      }
      for (int k = 1; k <= degree; ++k) {
        for (int j = degree; j >= k; --j) {
          differences[j] = (differences[j] - differences[j - 1]) / (nodes[j] - nodes[j - k]);
        }
      }
      for (int j = degree; j >= 0; --j) {  // p = p · (t - node) + difference
        for (int k = degree; k > 0; --k) {
          powers[k] = powers[k - 1] - nodes[j] * powers[k];
        }
        powers[0] = differences[j] - nodes[j] * powers[0];
      }
      powers[1] -= i == 0 ? 1 : 0;  // near 0, x is added, so that small results are precise, too
      for (int k = 0; k <= degree; ++k) {
        coefficients[k][i] = float(powers[k]);
      }
    }
  }

  struct Registers {
    __m512 low[degree + 1], high[degree + 1];
  };

  Registers registers() const {
    Registers loaded;
    for (int k = 0; k <= degree; ++k) {
      loaded.low[k] = _mm512_load_ps(coefficients[k]);
      loaded.high[k] = _mm512_load_ps(coefficients[k] + 16);
    }
    return loaded;
  }

  __m512 of(__m512 x, const Registers& table) const {
    const __m512 rounder = _mm512_set1_ps(0x1.8p23f), most = _mm512_set1_ps(31 * width);
    const __m512 a = _mm512_min_ps(most, _mm512_abs_ps(x));  // NaN stays
    const __m512 shifted = _mm512_fmadd_ps(a, _mm512_set1_ps(1 / width), rounder);
    const __m512i interval = _mm512_castps_si512(shifted);  // in the lowest bits
    const __m512 t = _mm512_fnmadd_ps(_mm512_sub_ps(shifted, rounder), _mm512_set1_ps(width), a);
    const auto coefficient = [&](int k) { return _mm512_permutex2var_ps(table.low[k], interval, table.high[k]); };
    __m512 p = coefficient(degree);
    for (int k = degree - 1; k > 0; --k) {
      p = _mm512_fmadd_ps(p, t, coefficient(k));
    }
    const __mmask16 near_0 = _mm512_testn_epi32_mask(interval, _mm512_set1_epi32(intervals - 1));
    p = _mm512_fmadd_ps(p, t, _mm512_mask_mov_ps(coefficient(0), near_0, a));
    const __m512i sign = _mm512_set1_epi32(std::int32_t(0x80000000));
    return _mm512_castsi512_ps(
        _mm512_ternarylogic_epi32(sign, _mm512_castps_si512(x), _mm512_castps_si512(p), 0xca));  // of x, the rest of p
  }

  void of_all(const float* x, float* out, std::size_t n) const {
    const Registers table = registers();
    std::size_t i = 0;
    for (; i + 16 <= n; i += 16) {
      _mm512_storeu_ps(out + i, of(_mm512_loadu_ps(x + i), table));
    }
    if (i < n) {
      const auto rest = __mmask16((1u << (n - i)) - 1);
      _mm512_mask_storeu_ps(out + i, rest, of(_mm512_maskz_loadu_ps(rest, x + i), table));
    }
  }
};

inline void erf_of_all(const void* x, const void*, const void*, void* out, std::size_t n) {
  static const Tabulated<5> table([](double x) { return __builtin_erf(x); }, 0.1275);
  table.of_all(static_cast<const float*>(x), static_cast<float*>(out), n);
}

inline void tanh_of_all(const void* x, const void*, const void*, void* out, std::size_t n) {
  static const Tabulated<6> table([](double x) { return __builtin_tanh(x); }, 0.291);
  table.of_all(static_cast<const float*>(x), static_cast<float*>(out), n);
}

}  // namespace
}  // namespace mlx4j::cpu

#endif
