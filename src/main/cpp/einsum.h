// The order in which einsum contracts, as Java takes it.
#pragma once

#include "handles.h"

namespace mlx4j {

// For each step how many operands it takes, then their places.
std::vector<jint> einsum_steps(const char* subscripts, const Arrays& operands);
std::string einsum_costs(const char* subscripts, const Arrays& operands);

}  // namespace mlx4j
