// Replacements for methods of MLX's primitives that compute or differentiate wrongly, and for missing rules:
//
// eval_cpu, output_shapes: computations.cpp
// vmap: vmap_rules.cpp
// vjp, jvp: derivative_rules_of_….cpp
//
// How a method is replaced is explained in upstream_rules.h. Each file ends with the list of its replacements.
#pragma once

namespace mlx4j {

void replace_rules();  // once, at start

}  // namespace mlx4j
