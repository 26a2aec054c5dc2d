// The elementary functions that are used most, computed in float32, which is twice as fast as float64 (functions.h) but
// leaves errors of up to 1.85 units in the last place (erf; without FMA): 0.99 for exp, 1.54 for expm1, 1.14 for tanh,
// 1.71 for sigmoid and 0.83 for log. They were found by trying all float32 between 2^-30 and 2^8 and every 13th of
// the others. Only kernels may include this. The coefficients are those of tools/polynomials.py.
#pragma once

#include "cpu/kernels/functions.h"

namespace mlx4j::cpu {
namespace {  // NOLINT: each instruction set has its own

template <std::size_t i = 0, std::size_t n>
inline float polynomial(float x, const float (&coefficients)[n]) {
  if constexpr (i + 1 == n) {
    return coefficients[i];
  } else {
    return fma(polynomial<i + 1>(x, coefficients), x, coefficients[i]);
  }
}

inline float magnitude(float x) { return __builtin_fabsf(x); }
inline float with_sign_of(float x, float sign) { return __builtin_copysignf(x, sign); }
inline float at_least(float least, float x) { return x < least ? least : x; }  // NaN stays
inline float at_most(float most, float x) { return x > most ? most : x; }

// Of numbers of which only those above 2^-30 matter. Results too small for float32 take ten times as long.
inline float square_of(float a) {
  const float enough = at_least(0x1p-30f, a);
  return enough * enough;
}

// 2^n where that is a normal number.
inline float power_of_two(std::int32_t n) { return bits<float>(std::uint32_t(n + 127) << 23); }

// exp(x) = 2^n * (1 + rest)
struct SingleExponential {
  std::int32_t n;
  float rest;
};

inline SingleExponential exponential_of(float x) {
  constexpr float series[] = {0.5f, 0x1.555556p-3f, 0x1.5554eap-5f, 0x1.1110ep-7f, 0x1.6d4324p-10f, 0x1.a124f2p-13f};
  constexpr float rounder = 0x1.8p23f;
  const float shifted = fma(x, 0x1.715476p0f, rounder);
  const float n = shifted - rounder;
  // the logarithm of 2 in two parts, of which n times the first is exact
  const float r = fma(n, -0x1.7f7d1cp-20f, fma(n, -0x1.62e4p-1f, x));
  return {bits<std::int32_t>(shifted) - bits<std::int32_t>(rounder), fma(r, r * polynomial(r, series), r)};
}

// Below this, the exponential is 0, which is not left to multiplications to find out.
constexpr float least_exponent = -0x1.9fe368p6f;

inline float exp_of(float x) {
  const auto [n, rest] = exponential_of(at_most(89.f, at_least(least_exponent, x)));
  const std::int32_t half = n >> 1;
  const float scale = power_of_two(half);
  return fma(scale, rest, scale) * (x < least_exponent ? 0 : power_of_two(n - half));
}

// Of numbers up to 0; 0 instead of denormal numbers.
inline float exp_of_negative(float x) {
  constexpr float least = -87.3f;
  const auto [n, rest] = exponential_of(at_least(least, x));
  const float scale = x < least ? 0 : power_of_two(n);
  return fma(scale, rest, scale);
}

inline float expm1_of(float x) {
  const auto [n, rest] = exponential_of(at_most(89.f, at_least(-18.f, x)));
  const float half_scale = power_of_two(n - 1);
  const float result = 2 * fma(half_scale, rest, half_scale - 0.5f);
  return magnitude(x) < 0x1p-25f ? x : result;
}

inline float tanh_of(float x) {
  constexpr float series[] = {-0x1.555556p-2f, 0x1.1110cap-3f, -0x1.ba03bep-5f, 0x1.64cc9ap-6f,
                              -0x1.167f44p-7f, 0x1.716c44p-9f, -0x1.1f17b8p-11f};
  const float a = magnitude(x);
  const float square = square_of(a);
  const float small = fma(a, square * polynomial(square, series), a);
  // 1 - 2 / (exp(2a) + 1)
  const auto [n, rest] = exponential_of(at_most(20.f, a + a));
  const float u = power_of_two(-n);
  const float large = 1 - (u + u) / ((1 + u) + rest);
  return with_sign_of(a < 0.875f ? small : large, x);
}

inline float sigmoid_of(float x) {
  const auto [n, rest] = exponential_of(at_most(-least_exponent, at_least(-30.f, -x)));
  const std::int32_t half = n >> 1;
  const float u = power_of_two(-half) * (x < least_exponent ? 0 : power_of_two(half - n));
  const float sum = 1 + u;
  return u / (sum + (rest + (u - (sum - 1))));
}

inline float erf_of(float x) {
  // -log(erfc(a)) / a - 1
  constexpr float slopes[] = {0x1.06eba8p-3f,  0x1.45f304p-1f,   0x1.a4f706p-4f,  -0x1.399d18p-6f, -0x1.7a4208p-13f,
                              0x1.b9e4c2p-10f, -0x1.51031cp-11f, 0x1.f997a6p-14f, -0x1.429f84p-17f};
  const float a = at_most(4.f, magnitude(x));
  const auto [n, rest] = exponential_of(fma(-a, polynomial(a, slopes), -a));
  const float u = power_of_two(n);
  return with_sign_of(fma(-u, rest, 1 - u), x);
}

inline float log_of(float x) {
  constexpr float series[] = {0x1.555554p-2f,  -0x1.fffffcp-3f, 0x1.999d5ap-3f,  -0x1.555b4ap-3f, 0x1.23d21ap-3f,
                              -0x1.fcf4c6p-4f, 0x1.dea282p-4f,  -0x1.d635bcp-4f, 0x1.1d8ea6p-4f};
  const bool denormal = x < 0x1p-126f;
  const float normal = denormal ? x * 0x1p23f : x;
  const auto b = bits<std::uint32_t>(normal);
  const std::int32_t k = std::int32_t(b - 0x3f3504f3) >> 23;
  const float f = bits<float>(b - (std::uint32_t(k) << 23)) - 1;
  const float e = float(denormal ? k - 23 : k);
  const float square = f * f;
  const float log =
      fma(e, 0x1.62e4p-1f, fma(-0.5f, square, fma(f * square, polynomial(f, series), e * 0x1.7f7d1cp-20f)) + f);
  const float finite = x < float(infinity) ? log : x;
  return x > 0 ? finite : x == 0 ? -float(infinity) : float(nan);
}

}  // namespace
}  // namespace mlx4j::cpu
