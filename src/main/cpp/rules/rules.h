// Where MLX's primitives compute or differentiate wrongly, or lack a rule, methods of ours take the place of theirs:
//
//   eval_cpu, output_shapes   computations.cpp
//   vmap                      vmap_rules.cpp
//   vjp, jvp                  derivative_rules_of_….cpp
//
// How a method is replaced is in upstream_rules.h. Each file ends with the list of what it replaces.
#pragma once

namespace mlx4j {

void replace_rules();  // once, at start

}  // namespace mlx4j
