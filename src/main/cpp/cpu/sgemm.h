// The product of float32 matrices.
#pragma once

// Ours, or that of the BLAS that a libmlx of the user's own depends on.
extern "C" __attribute__((weak, visibility("default"))) void cblas_sgemm(int order, int transpose_a, int transpose_b,
                                                                         int m, int n, int k, float alpha,
                                                                         const float* a, int lda, const float* b,
                                                                         int ldb, float beta, float* c, int ldc);
