// Products of matrices over several threads, each part by a BLAS that uses one.
//
// OpenBLAS divides a product into as many parts as it has threads, and the parts wait for one another while they spin.
// On processors that other programs use as well, that takes many times as long as one thread. Here the parts do not
// depend on one another, there are more of them than threads, and only processors that are idle take part.
#pragma once

#include <cstddef>

namespace mlx4j::cpu {

// Products of fewer multiplications are not divided: a tenth of a millisecond on a fast processor.
constexpr std::size_t worth_division = std::size_t(1) << 23;

// So many multiplications OpenBLAS carries out without packing the factors, which takes longer than many a product.
constexpr std::size_t most_without_packing = 1'000'000;

using Sgemm = void(int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha, const float* a,
                   int row_a, const float* b, int row_b, float beta, float* c, int row_c);
using Dgemm = void(int order, int transpose_a, int transpose_b, int m, int n, int k, double alpha, const double* a,
                   int row_a, const double* b, int row_b, double beta, double* c, int row_c);
using Cgemm = void(int order, int transpose_a, int transpose_b, int m, int n, int k, const void* alpha, const void* a,
                   int row_a, const void* b, int row_b, const void* beta, void* c, int row_c);

// What multiplies on one thread, and packs in memory of its own: the function that shared() was given.
Sgemm* sgemm_on_one_thread();

// Functions with the arguments of cblas_sgemm and so on, which divide large products among parallel() and pass the
// parts to the given functions. Row-major matrices only, which are all that MLX has.
Sgemm* shared(Sgemm* product);
Dgemm* shared(Dgemm* product);
Cgemm* shared(Cgemm* product);

}  // namespace mlx4j::cpu
