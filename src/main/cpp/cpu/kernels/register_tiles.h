// Products of float32 matrices by tiles of the result that stay in registers. Only kernels may include this, for AVX2
// or more.
#pragma once

#include <cstddef>

#include "cpu/kernels/vectors.h"

namespace mlx4j::cpu {
namespace {  // NOLINT: each instruction set has its own

// A tile is some rows of two vectors. Together with what they are computed from, they fill the registers.
#ifdef __AVX512F__
constexpr int tile_rows = 8;
#else
constexpr int tile_rows = 6;
#endif
constexpr int tile_vectors = 2;
constexpr std::size_t tile_columns = std::size_t(tile_vectors) * lanes;

// A matrix whose rows are multiplied.
struct LeftRows {
  const float* data;
  std::ptrdiff_t across;  // from one row to the next
  std::ptrdiff_t along;   // from one number of a row to the next
};

// Rows of the matrix by which they are multiplied. They lie where they are stored, `stride` numbers apart, or are
// packed: first those of the columns of one tile, filled up with zeros, then those of the next.
struct RightRows {
  const float* data;
  std::size_t rows;
  std::size_t columns;
  std::size_t stride = tile_columns;
};

// Rows of the result.
struct Results {
  float* data;
  std::size_t stride;
};

struct Scales {
  float alpha = 1;
  float beta = 1;
};

// y = alpha · x · w for one tile, or alpha · x · w + beta · y if `added`. Rows that are not packed lie on different
// pages, so the processor does not read ahead, and their next numbers are prefetched.
template <int rows, int vectors, bool added, bool packed>
inline void multiply_tile(const LeftRows& x, const float* w, std::size_t inner, std::size_t stride, const Results& y,
                          const Scales& scales) {
  Floats sums[rows][vectors] = {};
  const float* factors = x.data;
  for (std::size_t k = 0; k < inner; ++k, factors += x.along, w += stride) {
    Floats v[vectors];
    for (int i = 0; i < vectors; ++i) {
      v[i] = load<Floats>(w + i * lanes);
      if constexpr (!packed) {
        __builtin_prefetch(w + vectors * lanes + i * lanes);
      }
    }
    for (int j = 0; j < rows; ++j) {
      const Floats factor = all(factors[j * x.across]);
      for (int i = 0; i < vectors; ++i) {
        sums[j][i] = multiply_add(v[i], factor, sums[j][i]);
      }
    }
  }
  const Floats alpha = all(scales.alpha), beta = all(scales.beta);
  for (int j = 0; j < rows; ++j) {
    for (int i = 0; i < vectors; ++i) {
      float* to = y.data + std::size_t(j) * y.stride + i * lanes;
      const Floats product = alpha * sums[j][i];
      store(to, added ? multiply_add(beta, load<Floats>(to), product) : product);
    }
  }
}

// The most rows that are not packed.
constexpr std::size_t most_rows_in_place = 128;

// The same for all columns.
template <int rows, bool added, bool packed>
void multiply_tiles(const LeftRows& x, const RightRows& w, const Results& y, const Scales& scales) {
  const float* from = w.data;
  std::size_t column = 0;
  for (; column + tile_columns <= w.columns; column += tile_columns) {
    for (int j = 0; j < rows; ++j) {
      for (int i = 0; i < tile_vectors; ++i) {
        __builtin_prefetch(y.data + std::size_t(j) * y.stride + column + i * lanes, 1);
      }
    }
    multiply_tile<rows, tile_vectors, added, packed>(x, from, w.rows, w.stride, {y.data + column, y.stride}, scales);
    from += packed ? w.rows * tile_columns : tile_columns;
  }
  if (column == w.columns) {
    return;
  }
  const std::size_t left = w.columns - column, bytes = left * sizeof(float);
  float results[rows][tile_columns] = {};
  for (int j = 0; j < rows && added; ++j) {
    __builtin_memcpy(results[j], y.data + std::size_t(j) * y.stride + column, bytes);
  }
  float numbers[packed ? 1 : most_rows_in_place][tile_columns] = {};
  if constexpr (!packed) {
    for (std::size_t k = 0; k < w.rows; ++k) {
      __builtin_memcpy(numbers[k], from + k * w.stride, bytes);
    }
    from = numbers[0];
  }
  const auto multiply = left <= lanes ? multiply_tile<rows, 1, added, true> : multiply_tile<rows, 2, added, true>;
  multiply(x, from, w.rows, tile_columns, {results[0], tile_columns}, scales);
  for (int j = 0; j < rows; ++j) {
    __builtin_memcpy(y.data + std::size_t(j) * y.stride + column, results[j], bytes);
  }
}

// The same for at most tile_rows rows, `count`.
template <bool added, bool packed, int rows = tile_rows>
void multiply_rows(const LeftRows& x, std::size_t count, const RightRows& w, const Results& y, const Scales& scales) {
  if (count == rows) {
    multiply_tiles<rows, added, packed>(x, w, y, scales);
  } else if constexpr (rows > 1) {
    multiply_rows<added, packed, rows - 1>(x, count, w, y, scales);
  }
}

}  // namespace
}  // namespace mlx4j::cpu
