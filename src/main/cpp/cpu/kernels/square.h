// As many vectors of float32 as each has numbers. Only kernels may include this, for AVX2 or more.
#pragma once

#include <cstddef>

#include "cpu/kernels/vectors.h"

namespace mlx4j::cpu {
namespace {  // NOLINT: each instruction set has its own

struct Square {
  Floats line[lanes];
};

// Reads the first numbers of a vector, and zeros for the others.
inline Floats read(const float* from, std::size_t count) {
  if (count >= lanes) {
    return load<Floats>(from);
  }
#ifdef __AVX512F__
  return Floats(_mm512_maskz_loadu_ps(__mmask16((1u << count) - 1), from));
#else
  Floats vector{};
  __builtin_memcpy(&vector, from, count * sizeof *from);
  return vector;
#endif
}

// Reads `rows` lines of `columns` numbers, and zeros for the others.
inline void read(const float* from, std::ptrdiff_t stride, std::size_t rows, std::size_t columns, Square& square) {
  for (std::size_t i = 0; i < lanes; ++i) {
    square.line[i] = i < rows ? read(from + std::ptrdiff_t(i) * stride, columns) : Floats{};
  }
}

template <int... number>
struct Numbers {};

#ifdef __AVX512F__
using AllLanes = Numbers<0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15>;
#else
using AllLanes = Numbers<0, 1, 2, 3, 4, 5, 6, 7>;
#endif

// Exchanges the upper right and the lower left quarter of each square of 2 · step lines and numbers.
template <int step, int... l>
inline void exchange(Square& square, Numbers<l...>) {
  for (int i = 0; i < lanes; ++i) {
    if ((i & step) == 0) {
      const Floats upper = square.line[i], lower = square.line[i + step];
      square.line[i] = __builtin_shufflevector(upper, lower, ((l & step) == 0 ? l : lanes + l - step)...);
      square.line[i + step] = __builtin_shufflevector(upper, lower, ((l & step) == 0 ? l + step : lanes + l)...);
    }
  }
}

// Line i becomes number i of each line.
inline void transpose(Square& square) {
  exchange<1>(square, AllLanes());
  exchange<2>(square, AllLanes());
  exchange<4>(square, AllLanes());
  if constexpr (lanes == 16) {
    exchange<8>(square, AllLanes());
  }
}

}  // namespace
}  // namespace mlx4j::cpu
