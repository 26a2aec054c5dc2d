// Products with a matrix that is read once, in the format in which it is stored: float32, half precision, or quantized.
#pragma once

#include <cstddef>

#include "cpu/instructions.h"

namespace mlx4j::cpu {

enum class Format { float32, float16, bfloat16, affine, scaled };

// Rows of numbers. Those of the format `affine` are `bits` wide, the first one lowest, and stand for
// number · scale + bias with one scale and one bias for each `group` (32, 64 or 128) of them. Those of the format
// `scaled` are floating-point numbers of 4 bits (E2M1) or 8 bits (E4M3), and stand for number · scale. Their scales
// have 8 bits: of groups of 32 they are powers of two (E8M0), of groups of 16 numbers as those of 8 bits.
struct Matrix {
  const unsigned char* data;
  std::ptrdiff_t row_bytes;  // from one row to the next
  Format format;
  int bits = 0;
  std::size_t group = 0;
  const unsigned char* scales = nullptr;  // dense, as are the biases
  const unsigned char* biases = nullptr;
  Format scale_format = Format::float32;
  std::size_t groups = 0;  // of a row
};

// Where numbers lie in the matrix: rows [row, row + rows), columns [column, column + columns). The first column is a
// multiple of `step`.
struct Part {
  static constexpr std::size_t step = 128;
  std::size_t row, rows, column, columns;
};

// x has `count` rows, each a vector. Everything is float32 but the matrix.
struct ProductKernels {
  // y[i, r] = sum over columns c of x[i, c] · w[r, c], for the rows of the part and all of its columns. x and y are
  // those of the whole matrix.
  void (*dots)(const Matrix& w, const Part& part, const float* x, std::size_t x_stride, std::size_t count, float* y,
               std::size_t y_stride);

  // y[i, c] = sum over the rows r of the part of x[i, r] · w[r, c], for its columns.
  void (*sums)(const Matrix& w, const Part& part, const float* x, std::size_t x_stride, std::size_t count, float* y,
               std::size_t y_stride);

  // Up to how many rows `sums` of a float32 matrix is faster than a BLAS, which packs the matrix; 0 if it never is.
  std::size_t most_in_tiles;

  // The numbers of the part, as float32.
  void (*expand)(const Matrix& w, const Part& part, float* out, std::size_t out_stride);

  // The numbers of the part of an affine matrix in the format of the scales. The product and the sum are rounded to it
  // one after the other.
  void (*dequantize)(const Matrix& w, const Part& part, void* out, std::size_t out_stride);

  void (*widen)(Format from, const void* in, float* out, std::size_t n);
  void (*narrow)(Format to, const float* in, void* out, std::size_t n);
};

template <Instructions>
ProductKernels product_kernels();

}  // namespace mlx4j::cpu
