// Products of float32 matrices by tiles of the result that stay in registers, while packed numbers pass by.
#pragma once

#include <cstddef>

#include "cpu/instructions.h"
#include "cpu/kernels/strips.h"

namespace mlx4j::cpu {

struct VectorProductKernels {
  // How many numbers a vector has, and how many rows of the left matrix and columns of the right one are packed side by
  // side. 0 without kernels.
  std::size_t vector_width;
  std::size_t left_width;
  std::size_t right_width;

  // Packs a strip of at most so many rows or columns: for each of the inner dimension `width` numbers side by side,
  // filled up with zeros.
  void (*pack)(const Strip& strip, std::size_t width, float* to);

  // c = alpha · left · right + beta · c. The left strip may be packed or not, of any width. `right` has the strips of
  // so many columns one after the other. c is not read if beta is 0.
  void (*multiply)(const Strip& left, const float* right, std::size_t columns, float alpha, float beta, float* c,
                   std::size_t row_c);
};

template <Instructions>
VectorProductKernels vector_product_kernels();

}  // namespace mlx4j::cpu
