// Rotations of pairs of numbers.
#pragma once

#include <cstddef>

#include "cpu/instructions.h"

namespace mlx4j::cpu {

struct RotationKernels {
  // The cosines and sines of position · frequency.
  void (*turns)(float position, const float* frequencies, std::size_t n, float* cosines, float* sines);

  // Rotates the points (x[i], y[i]); the results may lie where the points do.
  void (*rotate)(const float* x, const float* y, const float* cosines, const float* sines, std::size_t n, float* to_x,
                 float* to_y);

  // Rotates the points (x[2 i], x[2 i + 1]).
  void (*rotate_pairs)(const float* x, const float* cosines, const float* sines, std::size_t n, float* to);
};

template <Instructions>
RotationKernels rotation_kernels();

}  // namespace mlx4j::cpu
