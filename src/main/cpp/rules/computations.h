// How MLX computes some operations, where it goes wrong.
#pragma once

namespace mlx4j {

void replace_computations();

}  // namespace mlx4j
