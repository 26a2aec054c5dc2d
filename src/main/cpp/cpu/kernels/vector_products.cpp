#include "cpu/kernels/vector_products.h"

#ifdef __AVX2__

#include "cpu/kernels/register_tiles.h"
#include "cpu/kernels/square.h"

namespace mlx4j::cpu {

namespace {

constexpr std::size_t left_width = 4 * tile_rows;

std::size_t smaller(std::size_t a, std::size_t b) { return a < b ? a : b; }

// Numbers that lie side by side already. Their rows may lie on different pages, so the processor does not read ahead.
void pack_rows(const Strip& strip, std::size_t width, float* to) {
  constexpr std::ptrdiff_t ahead = 16;
  const float* from = strip.data;
  for (std::size_t k = 0; k < strip.inner; ++k, from += strip.along, to += width) {
    for (std::size_t column = 0; column < width; column += lanes) {
      const std::size_t columns = column < strip.width ? strip.width - column : 0;
      __builtin_prefetch(from + ahead * strip.along + std::ptrdiff_t(column));
      store(to + column, read(from + column, columns));
    }
  }
}

// Numbers that lie `across` apart.
void pack_columns(const Strip& strip, std::size_t width, float* to) {
  for (std::size_t column = 0; column < width; column += lanes) {
    const std::size_t columns = column < strip.width ? smaller(lanes, strip.width - column) : 0;
    for (std::size_t k = 0; k < strip.inner; k += lanes) {
      const std::size_t inner = smaller(lanes, strip.inner - k);
      Square square;
      read(strip.data + std::ptrdiff_t(column) * strip.across + k, strip.across, columns, inner, square);
      transpose(square);
      for (std::size_t i = 0; i < inner; ++i) {
        store(to + (k + i) * width + column, square.line[i]);
      }
    }
  }
}

void pack(const Strip& strip, std::size_t width, float* to) {
  if (strip.across == 1) {
    pack_rows(strip, width, to);
  } else {
    pack_columns(strip, width, to);
  }
}

void multiply(const Strip& left, const float* right, std::size_t columns, float alpha, float beta, float* c,
              std::size_t row_c) {
  const auto multiply = beta == 0 ? multiply_rows<false, true> : multiply_rows<true, true>;
  const std::size_t groups = (left.width + tile_rows - 1) / tile_rows;
  for (std::size_t i = 0; i < groups; ++i) {
    const std::size_t row = left.width * i / groups, rows = left.width * (i + 1) / groups - row;
    multiply({left.data + std::ptrdiff_t(row) * left.across, left.across, left.along}, rows,
             {right, left.inner, columns}, {c + row * row_c, row_c}, {alpha, beta});
  }
}

}  // namespace

template <>
VectorProductKernels vector_product_kernels<MLX4J_INSTRUCTIONS>() {
  return {lanes, left_width, tile_columns, &pack, &multiply};
}

}  // namespace mlx4j::cpu

#else

namespace mlx4j::cpu {

template <>
VectorProductKernels vector_product_kernels<MLX4J_INSTRUCTIONS>() {
  return {};
}

}  // namespace mlx4j::cpu

#endif
