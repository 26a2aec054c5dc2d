#include "cpu/kernels/rotations.h"

#include "cpu/kernels/functions.h"

namespace mlx4j::cpu {
namespace {

void turns(float position, const float* frequencies, std::size_t n, float* cosines, float* sines) {
  float largest = 0;
#pragma omp simd reduction(max : largest)
  for (std::size_t i = 0; i < n; ++i) {
    const float angle = __builtin_fabsf(position * frequencies[i]);
    largest = angle > largest ? angle : largest;
  }
  if (largest <= largest_angle) {
#pragma omp simd
    for (std::size_t i = 0; i < n; ++i) {
      const double angle = double(position * frequencies[i]);
      cosines[i] = float(cosine_of(angle));
      sines[i] = float(sine_of(angle));
    }
    return;
  }
  for (std::size_t i = 0; i < n; ++i) {
    const float angle = position * frequencies[i];
    cosines[i] = __builtin_cosf(angle);
    sines[i] = __builtin_sinf(angle);
  }
}

void rotate(const float* x, const float* y, const float* cosines, const float* sines, std::size_t n, float* to_x,
            float* to_y) {
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) {
    const float a = x[i], b = y[i], c = cosines[i], s = sines[i];
    to_x[i] = a * c - b * s;
    to_y[i] = a * s + b * c;
  }
}

void rotate_pairs(const float* x, const float* cosines, const float* sines, std::size_t n, float* to) {
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) {
    const float a = x[2 * i], b = x[2 * i + 1], c = cosines[i], s = sines[i];
    to[2 * i] = a * c - b * s;
    to[2 * i + 1] = a * s + b * c;
  }
}

}  // namespace

template <>
RotationKernels rotation_kernels<MLX4J_INSTRUCTIONS>() {
  return {turns, rotate, rotate_pairs};
}

}  // namespace mlx4j::cpu
