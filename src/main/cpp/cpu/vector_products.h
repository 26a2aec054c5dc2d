// Products of float32 matrices with the vector instructions of x86-64 (cpu/kernels/vector_products.h).
//
// OpenBLAS packs both factors for each part of a product. Here the left one is read where it lies if its rows are
// stored one after the other, so threads that compute some columns each pack nothing twice.
#pragma once

#include "cpu/shared_products.h"

namespace mlx4j::cpu {

// Returns a function with the arguments of cblas_sgemm for row-major products of this size, which divides them among
// threads; nullptr if it would not be faster than a BLAS.
Sgemm* product_on_vectors(int m, int n, int k);

}  // namespace mlx4j::cpu
