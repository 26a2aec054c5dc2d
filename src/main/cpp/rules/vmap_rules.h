// Rules for vmap that are wrong or missing in MLX 0.32.4, in their places (upstream_rules.h): what MLX makes of them
// has the wrong shape or value, or is written to memory where it should not be.
#pragma once

namespace mlx4j {

void replace_vmap_rules();  // once, at start

}  // namespace mlx4j
