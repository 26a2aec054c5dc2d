// Products of float32 matrices on the matrix unit of the processor (cpu/kernels/tiles.h).
#pragma once

#include "cpu/shared_products.h"

namespace mlx4j::cpu {

// A function with the arguments of cblas_sgemm, which computes products that are large enough on the matrix unit, if
// there is one, and passes the others to `product`, as well as blocks with numbers that the unit does not take.
Sgemm* on_tiles(Sgemm* product);

}  // namespace mlx4j::cpu
