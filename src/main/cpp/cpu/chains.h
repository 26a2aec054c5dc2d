// Fuses chains of element-wise operations in a graph that is about to be evaluated, as `compile` does for functions.
#pragma once

#include "bridge/handles.h"

namespace mlx4j::cpu {

// Replaces each operation below the outputs that takes results of other element-wise operations, which nobody else
// holds, by one operation that computes them all. Small arrays are left alone. The entry lock must be held, and nothing
// be traced.
void fuse_chains(const Arrays& outputs);

// Undoes that for what has not been scheduled since, so that only an evaluation sees fused operations.
void separate_chains(const Arrays& outputs);

// For tests: how many chains have been fused.
int fused_chains();

}  // namespace mlx4j::cpu
