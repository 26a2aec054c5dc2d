// Products on the CPU that MLX computes in slow loops, or by packing a matrix that is used only once: those with a
// single row or column, those of half precision, and those of quantized matrices.
#pragma once

#include <optional>

#include "handles.h"

namespace mlx4j::cpu {

// Puts our computations in the place of MLX's. They leave to MLX what they cannot do, and everything if the user wants
// it.
void replace_products();

// The numbers that affine matrices stand for, computed by one operation instead of some twenty, with the same
// roundings, or nothing if there is no kernel for them. The operation has no derivatives and cannot be mapped, so it is
// for arrays that nothing traces. The shapes fit.
std::optional<mx::array> dequantized(const mx::array& w, const mx::array& scales, const mx::array& biases,
                                     int group_size, int bits, mx::Stream s);

}  // namespace mlx4j::cpu
