// a * b + c, rounded once where the instruction exists. Only kernels may include this.
#pragma once

namespace mlx4j::cpu {
namespace {  // NOLINT: each instruction set has its own

#if defined(__FMA__) || defined(__aarch64__)
inline double fma(double a, double b, double c) { return __builtin_fma(a, b, c); }
inline float fma(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
#else
inline double fma(double a, double b, double c) { return a * b + c; }
inline float fma(float a, float b, float c) { return a * b + c; }
#endif

}  // namespace
}  // namespace mlx4j::cpu
