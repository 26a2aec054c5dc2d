// Elementary functions of float32 without branches, so that compilers vectorize loops over them; single_functions.h has
// others. Only kernels may include this.
//
// They compute in float64, where polynomials of low degree, with a relative error below 1e-10, and plain formulas
// suffice: overflow, underflow and denormal numbers take care of themselves, and the one rounding to float32 at the end
// leaves errors of little more than half a unit in the last place. The coefficients interpolate the function in
// Chebyshev nodes (tools/polynomials.py).
#pragma once

#include <cstddef>
#include <cstdint>

#include "cpu/kernels/fma.h"
#include "cpu/kernels/half_bits.h"

namespace mlx4j::cpu {
namespace {  // NOLINT: each instruction set has its own

constexpr double infinity = __builtin_inf();
constexpr double nan = __builtin_nan("");

// The sum of coefficients[i] * x^i, from the i-th on divided by x^i.
template <std::size_t i = 0, std::size_t n>
inline double polynomial(double x, const double (&coefficients)[n]) {
  if constexpr (i + 1 == n) {
    return coefficients[i];
  } else {
    return fma(polynomial<i + 1>(x, coefficients), x, coefficients[i]);
  }
}

inline double magnitude(double x) { return __builtin_fabs(x); }
inline double with_sign_of(double x, double sign) { return __builtin_copysign(x, sign); }
inline double square_root(double x) { return __builtin_sqrt(x); }
inline double between(double x, double least, double most) {  // NaN stays
  x = x < least ? least : x;
  return x > most ? most : x;
}

// Adding this leaves the nearest integer in the lowest bits of the sum.
constexpr double rounder = 0x1.8p52;

// ---- exponentials ---------------------------------------------------------------------------------
// exp(x) = scale * (1 + rest)
struct Exponential {
  double scale;
  double rest;
};

inline Exponential exponential_of(double x) {
  constexpr double series[] = {0x1.fffffffff61ddp-1,  0x1.fffffffffe062p-2, 0x1.5555557e7777ep-3,
                               0x1.55555565c7e0ep-5,  0x1.1110a6173845ep-7, 0x1.6c166bde96885p-10,
                               0x1.a17e052cd2c8fp-13, 0x1.a136bf03ec612p-16};
  x = between(x, -700, 700);
  const double shifted = fma(x, 0x1.71547652b82fep0, rounder);
  const double n = shifted - rounder;
  const double r = fma(n, -0x1.62e42fefa39efp-1, x);
  const auto scale = bits<double>((bits<std::uint64_t>(shifted) + 1023) << 52);
  return {scale, r * polynomial(r, series)};
}

inline double exp_of(double x) {
  const auto [scale, rest] = exponential_of(x);
  return fma(scale, rest, scale);
}

inline double expm1_of(double x) {
  const auto [scale, rest] = exponential_of(x);
  const double result = fma(scale, rest, scale - 1);
  return x == 0 ? x : result;
}

inline double sinh_of(double x) {
  const double e = expm1_of(magnitude(x));
  return with_sign_of((e + e / (e + 1)) * 0.5, x);
}

inline double cosh_of(double x) {
  const double e = exp_of(magnitude(x));
  return (e + 1 / e) * 0.5;
}

// ---- logarithms -----------------------------------------------------------------------------------
// The logarithm of 1 + x, of which `sum` is the rounded value.
inline double log_of_sum(double x, double sum) {
  constexpr double series[] = {0x1.fffffffffff12p+0, 0x1.5555555671522p-1, 0x1.9999962beeba8p-2,
                               0x1.24943828cb81bp-2, 0x1.c620eb0cc0934p-3, 0x1.9193178c17e0ep-3};
  // sum = m 2^k with m between the roots of 1/2 and 2
  const auto b = bits<std::uint64_t>(sum);
  const std::uint64_t biased = (b + (0x3ff0000000000000 - 0x3fe6a09e00000000)) >> 52;
  const double k = bits<double>(biased | 0x4330000000000000) - (0x1p52 + 1023);
  const auto m = bits<double>(b - ((biased - 1023) << 52));
  const double f = k == 0 ? x : m - 1;
  const double s = f / (2 + f);
  const double log = fma(k, 0x1.62e42fefa39efp-1, s * polynomial(s * s, series));
  const double finite = sum < infinity ? log : sum;  // infinity and NaN stay
  return sum > 0 ? finite : sum == 0 ? -infinity : nan;
}

inline double log_of(double x) { return log_of_sum(x - 1, x); }
inline double log1p_of(double x) {
  const double result = log_of_sum(x, 1 + x);
  return x == 0 ? x : result;
}

inline double arcsinh_of(double x) {
  const double a = magnitude(x);
  const double finite = a + a * a / (1 + square_root(fma(a, a, 1)));
  return with_sign_of(log1p_of(a < infinity ? finite : a), x);
}

inline double arccosh_of(double x) {
  const double t = x - 1;
  return t < 0 ? nan : log1p_of(t + square_root(t * (2 + t)));
}

inline double arctanh_of(double x) {
  const double a = magnitude(x);
  return with_sign_of(0.5 * log1p_of(2 * a / (1 - a)), x);
}

inline double logaddexp_of(double x, double y) {
  const double larger = x > y ? x : y;
  const double smaller = x > y ? y : x;
  const double sum = larger + log1p_of(exp_of(smaller - larger));
  const double result = smaller == -infinity || larger == infinity ? larger : sum;
  return x != x ? x : y != y ? y : result;
}

inline double power_of(double x, double y) {
  const double a = magnitude(x);
  const double size = exp_of(y * log_of(a));
  const bool whole = magnitude(y) >= 0x1p52 || (magnitude(y) + 0x1p52) - 0x1p52 == magnitude(y);
  const double half = magnitude(y) * 0.5;
  const bool odd = whole && half < 0x1p52 && (half + 0x1p52) - 0x1p52 != half;
  const double signed_size = odd ? with_sign_of(size, x) : size;
  const double result = x < 0 && !whole && a < infinity ? nan : signed_size;
  return y == 0 || x == 1 || (x == -1 && magnitude(y) == infinity) ? 1.0 : result;
}

// ---- trigonometry ---------------------------------------------------------------------------------
// Larger arguments need more digits of pi.
constexpr float largest_angle = 0x1p20f;

struct Angle {
  double rest;            // at most pi / 4
  std::uint64_t quarter;  // its last two bits tell which quarter of the circle
};

inline Angle angle_of(double x) {
  const double shifted = fma(x, 0x1.45f306dc9c883p-1, rounder);
  const double n = shifted - rounder;
  // pi / 2 in three parts, of which n times the first two is exact
  double r = x - n * 0x1.921fb544p0;
  r = r - n * 0x1.0b4611a6p-34;
  r = r - n * 0x1.3198a2e037073p-69;
  return {r, bits<std::uint64_t>(shifted)};
}

inline double sine_of_small(double r) {
  constexpr double series[] = {0x1.fffffffff679cp-1, -0x1.555555494598bp-3, 0x1.11110749b33f3p-7,
                               -0x1.a00ee6c400e9cp-13, 0x1.6cb7064fa68a0p-19};
  return r * polynomial(r * r, series);
}

inline double cosine_of_small(double r) {
  constexpr double series[] = {0x1.ffffffffffe0bp-1,   -0x1.ffffffffe36efp-2, 0x1.5555554472cfap-5,
                               -0x1.6c16b2d1a9e50p-10, 0x1.a00e955bbe076p-16, -0x1.23c58ba448ef7p-22};
  return polynomial(r * r, series);
}

inline double negated_if(std::uint64_t bit, double x) { return bits<double>(bits<std::uint64_t>(x) ^ (bit << 63)); }

inline double sine_of(double x) {
  const auto [r, quarter] = angle_of(x);
  const double value = (quarter & 1) ? cosine_of_small(r) : sine_of_small(r);
  return x == 0 ? x : negated_if((quarter >> 1) & 1, value);
}

inline double cosine_of(double x) {
  const auto [r, quarter] = angle_of(x);
  const double value = (quarter & 1) ? sine_of_small(r) : cosine_of_small(r);
  return negated_if(((quarter + 1) >> 1) & 1, value);
}

inline double tangent_of(double x) {
  const auto [r, quarter] = angle_of(x);
  const double sine = sine_of_small(r);
  const double cosine = cosine_of_small(r);
  const double value = (quarter & 1) ? -cosine / sine : sine / cosine;
  return x == 0 ? x : value;
}

inline double arctan_of_magnitude(double a) {
  constexpr double series[] = {0x1.ffffffffe73c2p-1, -0x1.55555513c30a5p-2, 0x1.99997c85fb1a4p-3, -0x1.248fb9403e0cfp-3,
                               0x1.c6df94c4732acp-4, -0x1.72a7852a1bb8cp-4, 0x1.330185be386aep-4, -0x1.ed569cab9c1b6p-5,
                               0x1.658d8847a48c6p-5, -0x1.aa150d8e51b33p-6, 0x1.7675ef99379b4p-7, -0x1.a2d4adcfc1d68p-9,
                               0x1.b7979f2e1b044p-12};
  const double t = a > 1 ? 1 / a : a;
  const double angle = t * polynomial(t * t, series);
  return a > 1 ? 0x1.921fb54442d18p0 - angle : angle;
}

inline double arctan_of(double x) { return with_sign_of(arctan_of_magnitude(magnitude(x)), x); }

inline double arcsin_of(double x) {
  return with_sign_of(arctan_of_magnitude(magnitude(x) / square_root((1 - x) * (1 + x))), x);
}

inline double arccos_of(double x) { return 2 * arctan_of_magnitude(square_root((1 - x) / (1 + x))); }

inline double arctan2_of(double y, double x) {
  const double ay = magnitude(y);
  const double ax = magnitude(x);
  const double slope = ay == ax && ay == ay ? 1 : ay / ax;
  const double angle = ay == 0 && ax == 0 ? 0 : arctan_of_magnitude(slope);
  return with_sign_of(with_sign_of(1, x) < 0 ? 0x1.921fb54442d18p1 - angle : angle, y);
}

}  // namespace
}  // namespace mlx4j::cpu
