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

}  // namespace mlx4j::cpu
