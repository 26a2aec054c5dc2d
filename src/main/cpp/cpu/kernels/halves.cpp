#include "cpu/kernels/halves.h"

#include "cpu/kernels/half_bits.h"

namespace mlx4j::cpu {

template <>
void float16_to_float32<MLX4J_INSTRUCTIONS>(const std::uint16_t* from, float* to, std::size_t n) {
  widen_float16(from, to, n);
}

template <>
void float32_to_float16<MLX4J_INSTRUCTIONS>(const float* from, std::uint16_t* to, std::size_t n) {
  narrow_float16(from, to, n);
}

template <>
void bfloat16_to_float32<MLX4J_INSTRUCTIONS>(const std::uint16_t* from, float* to, std::size_t n) {
  widen_bfloat16(from, to, n);
}

template <>
void float32_to_bfloat16<MLX4J_INSTRUCTIONS>(const float* from, std::uint16_t* to, std::size_t n) {
  narrow_bfloat16(from, to, n);
}

template <>
void round_to_float16<MLX4J_INSTRUCTIONS>(float* block, std::size_t n) {
  std::uint16_t rounded[256];
  for (std::size_t i = 0; i < n; i += 256) {
    const std::size_t part = n - i < 256 ? n - i : 256;
    narrow_float16(block + i, rounded, part);
    widen_float16(rounded, block + i, part);
  }
}

template <>
void round_to_bfloat16<MLX4J_INSTRUCTIONS>(float* block, std::size_t n) {
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) {
    block[i] = widen_bfloat16(narrow_bfloat16(block[i]));
  }
}

}  // namespace mlx4j::cpu
