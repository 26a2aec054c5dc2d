// Products on the CPU that MLX computes in slow loops, or by packing a matrix that is used only once: those with a
// single row or column, those of half precision, and those of quantized matrices.
#pragma once

namespace mlx4j::cpu {

// Puts our computations in the place of MLX's. They leave to MLX what they cannot do, and everything if the user wants
// it.
void replace_products();

}  // namespace mlx4j::cpu
