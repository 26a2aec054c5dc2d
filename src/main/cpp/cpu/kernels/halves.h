// Conversion between float32 and the 16-bit types, of which the bits are given.
#pragma once

#include <cstddef>
#include <cstdint>

#include "cpu/instructions.h"

namespace mlx4j::cpu {

template <Instructions>
void float16_to_float32(const std::uint16_t* from, float* to, std::size_t n);
template <Instructions>
void float32_to_float16(const float* from, std::uint16_t* to, std::size_t n);  // to the nearest, of two the even one
template <Instructions>
void bfloat16_to_float32(const std::uint16_t* from, float* to, std::size_t n);
template <Instructions>
void float32_to_bfloat16(const float* from, std::uint16_t* to, std::size_t n);

// Rounds to numbers that the 16-bit type has.
template <Instructions>
void round_to_float16(float* block, std::size_t n);
template <Instructions>
void round_to_bfloat16(float* block, std::size_t n);

}  // namespace mlx4j::cpu
