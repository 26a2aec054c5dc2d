// What MLX's Reduce has in common with the kernels of reductions.
#pragma once

#include <cstddef>
#include <optional>

#include "cpu/elements.h"
#include "cpu/kernels/reductions.h"
#include "mlx/primitives.h"

namespace mlx4j::cpu {

// Empty for those that no kernel computes.
std::optional<Reduction> reduction_of(mx::Reduce::ReduceType type);

// The kernels for this processor.
const ReductionKernels& kernels_of(Reduction reduction);

// Writes the results that belong to states, as float32 or rounded to 16 bits.
void write_results(const double* states, std::size_t n, Half half, void* results);

}  // namespace mlx4j::cpu
