// The product of float32 matrices.
#pragma once

namespace mlx4j::cpu {

// How the functions of CBLAS are told where the numbers of matrices lie.
enum Layout : int { row_major = 101, not_transposed = 111, transposed = 112 };

}  // namespace mlx4j::cpu

// Ours, or that of the BLAS that a libmlx of the user's own depends on.
extern "C" __attribute__((weak, visibility("default"))) void cblas_sgemm(int order, int transpose_a, int transpose_b,
                                                                         int m, int n, int k, float alpha,
                                                                         const float* a, int lda, const float* b,
                                                                         int ldb, float beta, float* c, int ldc);
