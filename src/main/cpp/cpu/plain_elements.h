// Element-wise operations that are not vectorized: MLX's own, called element by element.
#pragma once

#include "cpu/element_operations.h"

namespace mlx4j::cpu {

// As vector_kernel(); null if MLX does not have the operation for this type.
Kernel* plain_kernel(Operation operation, Type type);
Kernel* plain_conversion(Type from, Type to);

}  // namespace mlx4j::cpu
