// erf, tanh and sigmoid of float32 for AVX-512, in two thirds to three quarters of the time of the formulas of
// single_functions.h. It looks up 32 numbers in two registers, so erf and tanh are a polynomial of low degree for each
// of 32 intervals, and it has instructions for reciprocals and for products with powers of two. The largest errors
// are 1.81 (erf), 1.99 (tanh) and 1.67 (sigmoid) units in the last place, found by trying all float32 between
// 2^-30 and 2^8. Only kernels may include this.
#pragma once

#ifdef __AVX512F__

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "cpu/kernels/single_functions.h"

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
};

inline const Tabulated<5>& erf_table() {
  static const Tabulated<5> table([](double x) { return __builtin_erf(x); }, 0.1275);
  return table;
}

inline const Tabulated<6>& tanh_table() {
  static const Tabulated<6> table([](double x) { return __builtin_tanh(x); }, 0.291);
  return table;
}

// 1 / (1 + exp(-x)) = u / (u + exp(-r)) where u = 2^n and x = n log(2) + r.
inline __m512 sigmoid_of(__m512 x) {
  const auto number = [](float a) { return _mm512_set1_ps(a); };
  const __m512 rounder = number(0x1.8p23f), one = number(1);
  const __mmask16 is_not_0 = _mm512_cmp_ps_mask(x, number(least_exponent), _CMP_NLT_UQ);  // NaN stays
  x = _mm512_min_ps(number(30), _mm512_max_ps(number(least_exponent), x));
  const __m512 n = _mm512_sub_ps(_mm512_fmadd_ps(x, number(0x1.715476p0f), rounder), rounder);
  __m512 r = _mm512_fmadd_ps(n, number(-0x1.62e4p-1f), x);
  r = _mm512_fmadd_ps(n, number(-0x1.7f7d1cp-20f), r);
  // exp(-r) = 1 + rest
  constexpr float series[] = {-0x1.6d4324p-10f, 0x1.1110ep-7f, -0x1.5554eap-5f, 0x1.555556p-3f, -0.5f};
  __m512 p = number(0x1.a124f2p-13f);
  for (float coefficient : series) {
    p = _mm512_fmadd_ps(p, r, number(coefficient));
  }
  const __m512 rest = _mm512_fnmsub_ps(r, _mm512_mul_ps(r, p), r);
  const __m512 u = _mm512_scalef_ps(one, _mm512_max_ps(number(-64), n));
  const __m512 sum = _mm512_add_ps(one, u);
  const __m512 lost = _mm512_sub_ps(u, _mm512_sub_ps(sum, one));
  const __m512 divisor = _mm512_add_ps(sum, _mm512_add_ps(rest, lost));
  __m512 q = _mm512_rcp14_ps(divisor);
  q = _mm512_fmadd_ps(q, _mm512_fnmadd_ps(divisor, q, one), q);
  return _mm512_maskz_scalef_ps(is_not_0, q, n);
}

// f(x, y, z) for n elements; y and z may be one number.
template <bool y_is_one, bool z_is_one, class F>
void each_sixteen(const void* a, const void* b, const void* c, void* result, std::size_t n, F f) {
  const auto* x = static_cast<const float*>(a);
  const auto* y = static_cast<const float*>(b);
  const auto* z = static_cast<const float*>(c);
  auto* out = static_cast<float*>(result);
  const __m512 y0 = _mm512_set1_ps(*y), z0 = _mm512_set1_ps(*z);
  std::size_t i = 0;
  for (; i + 16 <= n; i += 16) {
    const auto read = [i](const float* from) { return _mm512_loadu_ps(from + i); };
    _mm512_storeu_ps(out + i, f(read(x), y_is_one ? y0 : read(y), z_is_one ? z0 : read(z)));
  }
  if (i < n) {
    const auto rest = __mmask16((1u << (n - i)) - 1);
    const auto read = [rest, i](const float* from) { return _mm512_maskz_loadu_ps(rest, from + i); };
    _mm512_mask_storeu_ps(out + i, rest, f(read(x), y_is_one ? y0 : read(y), z_is_one ? z0 : read(z)));
  }
}

// f(x) for n elements.
template <class F>
void each_sixteen(const void* x, void* result, std::size_t n, F f) {
  each_sixteen<true, true>(x, x, x, result, n, [&](__m512 a, __m512, __m512) { return f(a); });
}

}  // namespace
}  // namespace mlx4j::cpu

#endif
