// Which BLAS and LAPACK stand behind libmlx on Linux. MLX's package brings the reference implementation, which computes
// products of matrices twenty times slower than OpenBLAS does; libmlx stays as it is and calls our functions of the
// same names (blas_functions.S), which jump to the implementation that was chosen.
#pragma once

namespace mlx4j {

// The first call counts, which comes before anything is computed. `threads` is how many OpenBLAS may use; the reference
// implementation uses one.
void use_blas(bool reference, int threads);
const char* blas_description();

}  // namespace mlx4j
