// The order in which einsum contracts, in a form that suits Java.
#pragma once

#include "handles.h"

namespace mlx4j {

// For each step, the number of operands that it takes, followed by their positions.
std::vector<jint> einsum_steps(const char* subscripts, const Arrays& operands);
std::string einsum_costs(const char* subscripts, const Arrays& operands);

}  // namespace mlx4j
