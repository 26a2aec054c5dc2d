// vmap rules that are wrong or missing in MLX 0.32.4, and our replacements: MLX's give results of a wrong shape or
// value, or write outside of arrays.
#pragma once

namespace mlx4j {

void replace_vmap_rules();  // once, at start

}  // namespace mlx4j
