// Copies of arrays whose elements do not lie in row-major order.
#pragma once

namespace mlx4j::cpu {

// Puts faster copies in the place of MLX's: those for `contiguous`, and for `reshape` and its relatives where the
// result cannot be a view.
void replace_copies();

}  // namespace mlx4j::cpu
