// Shifts of integers by any number of bits. MLX leaves a shift that is negative or as large as the element to the
// processor, and its plain, compiled and vectorized code differ; here it has the result that NumPy gives it: all bits
// are shifted out.
#pragma once

#include "handles.h"

namespace mlx4j {

mx::array left_shift(const mx::array& a, const mx::array& b, mx::StreamOrDevice s);
mx::array right_shift(const mx::array& a, const mx::array& b, mx::StreamOrDevice s);

}  // namespace mlx4j
