// Vectorized element-wise operations.
#pragma once

#include "cpu/element_operations.h"
#include "cpu/instructions.h"

namespace mlx4j::cpu {

// The kernel for operands of a type, of Select for the last two; null if there is none.
template <Instructions>
Kernel* vector_kernel(Operation operation, Type type);

// The kernel that converts; null if there is none.
template <Instructions>
Kernel* vector_conversion(Type from, Type to);

}  // namespace mlx4j::cpu
