// Replaces computations of MLX that are wrong.
#pragma once

namespace mlx4j {

void replace_computations();

}  // namespace mlx4j
