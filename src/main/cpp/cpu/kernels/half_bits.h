// The conversions of halves.h, to be inlined into other kernels. Only kernels may include this.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#ifdef __F16C__
#include <immintrin.h>
#endif

namespace mlx4j::cpu {
namespace {  // NOLINT: each instruction set has its own

template <class To, class From>
inline To bits(From x) {
  static_assert(sizeof(To) == sizeof(From));
  To y;
  __builtin_memcpy(&y, &x, sizeof y);
  return y;
}

inline float widen_bfloat16(std::uint16_t h) { return bits<float>(std::uint32_t(h) << 16); }

inline std::uint16_t narrow_bfloat16(float x) {
  const auto b = bits<std::uint32_t>(x);
  const auto rounded = std::uint32_t(b + 0x7fff + ((b >> 16) & 1)) >> 16;
  return std::uint16_t(x != x ? 0x7fc0 : rounded);
}

#ifdef __aarch64__

inline float widen_float16(std::uint16_t h) { return float(bits<__fp16>(h)); }
inline std::uint16_t narrow_float16(float x) { return bits<std::uint16_t>(__fp16(x)); }

#else

inline float widen_float16(std::uint16_t h) {
  const std::uint32_t magnitude = std::uint32_t(h & 0x7fff) << 13;
  // A multiplication moves the exponent and normalizes what is denormal in float16.
  const auto number = bits<std::uint32_t>(bits<float>(magnitude) * 0x1p112f);
  const std::uint32_t special = (magnitude & 0x7fffff) | 0x7f800000;
  return bits<float>((magnitude >= 0x0f800000 ? special : number) | (std::uint32_t(h & 0x8000) << 16));
}

inline std::uint16_t narrow_float16(float x) {
  const auto b = bits<std::uint32_t>(x);
  const std::uint32_t magnitude = b & 0x7fffffff;
  // Below the smallest normal number, an addition rounds to multiples of the smallest denormal one.
  const std::uint32_t small = bits<std::uint32_t>(bits<float>(magnitude) + 0.5f) - 0x3f000000;
  const std::uint32_t normal = (magnitude + 0xfff + ((magnitude >> 13) & 1) - 0x38000000) >> 13;
  const std::uint32_t finite = magnitude < 0x38800000 ? small : magnitude >= 0x477ff000 ? 0x7c00 : normal;
  return std::uint16_t((magnitude > 0x7f800000 ? 0x7e00 : finite) | (b >> 16 & 0x8000));
}

#endif

// Of blocks.
inline void widen_float16(const std::uint16_t* from, float* to, std::size_t n) {
  std::size_t i = 0;
#if defined(__AVX512F__)
  for (; i + 16 <= n; i += 16) {
    _mm512_storeu_ps(to + i,
                     _mm512_maskz_cvtph_ps(0xffff, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from + i))));
  }
#elif defined(__F16C__)
  for (; i + 8 <= n; i += 8) {
    _mm256_storeu_ps(to + i, _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from + i))));
  }
#endif
  for (; i < n; ++i) {
    to[i] = widen_float16(from[i]);
  }
}

inline void narrow_float16(const float* from, std::uint16_t* to, std::size_t n) {
  std::size_t i = 0;
#if defined(__AVX512F__)
  for (; i + 16 <= n; i += 16) {
    _mm256_storeu_si256(
        reinterpret_cast<__m256i*>(to + i),
        _mm512_maskz_cvtps_ph(0xffff, _mm512_loadu_ps(from + i), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
  }
#elif defined(__F16C__)
  for (; i + 8 <= n; i += 8) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to + i),
                     _mm256_cvtps_ph(_mm256_loadu_ps(from + i), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
  }
#endif
  for (; i < n; ++i) {
    to[i] = narrow_float16(from[i]);
  }
}

inline void widen_bfloat16(const std::uint16_t* from, float* to, std::size_t n) {
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) {
    to[i] = widen_bfloat16(from[i]);
  }
}

inline void narrow_bfloat16(const float* from, std::uint16_t* to, std::size_t n) {
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) {
    to[i] = narrow_bfloat16(from[i]);
  }
}

}  // namespace
}  // namespace mlx4j::cpu
