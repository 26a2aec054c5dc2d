// Products of float32 matrices on the matrix unit of the processor (cpu/kernels/tiles.h).
#pragma once

#include "cpu/shared_products.h"

namespace mlx4j::cpu {

// Returns a function with the arguments of cblas_sgemm for row-major products of this size on the matrix unit; nullptr
// if there is none or if it would not be faster.
Sgemm* product_on_tiles(int m, int n, int k);

// The same, but of a function that divides the rows of the product among threads; nullptr also if there are too few
// rows for each.
Sgemm* product_by_rows_on_tiles(int m, int n, int k);

}  // namespace mlx4j::cpu
