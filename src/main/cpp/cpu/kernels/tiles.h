// Products of float32 matrices on the matrix unit of Intel's processors (AMX), which multiplies tiles of bfloat16
// numbers and adds the products in float32.
//
// A float32 number is the sum of three bfloat16 numbers: the number rounded, the rest rounded, and the rest of that. So
// the product of two numbers is the sum of nine products, of which the three smallest are below the precision of
// float32. The other six still take less time than one product of float32 vectors. Numbers that were bfloat16 or
// float16 before are sums of one or two.
#pragma once

#include <cstddef>

#include "cpu/instructions.h"
#include "cpu/kernels/strips.h"

namespace mlx4j::cpu {

// A strip of at most 32 rows or columns, packed in steps of 32 numbers of the inner dimension, and filled up with
// zeros.
struct Panel {
  static constexpr std::size_t width = 32;
  static constexpr std::size_t step = 32;
  static constexpr std::size_t step_bytes = width * step * 3 * 2;

  static constexpr std::size_t steps(std::size_t inner) { return (inner + step - 1) / step; }

  unsigned char* data;  // steps · step_bytes, aligned to 64
  int parts = 0;        // how many parts the numbers have, 1 to 3; 0 if some number is not the sum of its parts
};

struct TileKernels {
  // Packs a strip and counts the parts. Infinite numbers are no sums of parts, nor are those that the unit takes for
  // zero: denormal numbers and those whose last part would be denormal.
  void (*pack_left)(const Strip& strip, Panel& panel);
  void (*pack_right)(const Strip& strip, Panel& panel);

  // y = the product of two panels of `steps` steps, whose numbers are sums of parts: 32 by 32 numbers, aligned to 64
  // bytes. Between `begin` and `end` on the same thread.
  void (*multiply)(const Panel& left, const Panel& right, std::size_t steps, float* y);
  void (*begin)();
  void (*end)();

  // c = alpha · y + beta · c for the first rows and columns of y. c is not read if beta is 0.
  void (*finish)(const float* y, float alpha, float beta, float* c, std::size_t row_c, std::size_t rows,
                 std::size_t columns);
};

template <Instructions>
TileKernels tile_kernels();

}  // namespace mlx4j::cpu
