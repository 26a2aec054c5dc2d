// Chooses the BLAS and LAPACK that libmlx uses on Linux. MLX's package contains the reference implementation, which
// multiplies matrices twenty times slower than OpenBLAS. libmlx stays unmodified and calls our functions of the same
// names (blas_functions.S), which jump to the chosen implementation.
#pragma once

namespace mlx4j {

// Makes the choice; only the first call counts, which comes before anything is computed. `threads` is how many threads
// OpenBLAS may use; the reference implementation uses one.
void use_blas(bool reference, int threads);
const char* blas_description();

}  // namespace mlx4j
