// Products on the CPU that MLX computes in slow loops, by packing a matrix that is used only once, one after the other,
// or after copying factors: those with a single row or column, those of half precision, those of quantized matrices,
// batches, and those of parts of arrays.
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
