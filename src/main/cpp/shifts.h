// Shifts of integers by any number of bits. MLX leaves shifts by a negative number, or by at least the element's size,
// to the processor, and its plain, compiled and vectorized code differ. The results here are NumPy's: all bits are
// shifted out.
#pragma once

#include "handles.h"

namespace mlx4j {

mx::array left_shift(const mx::array& a, const mx::array& b, mx::StreamOrDevice s);
mx::array right_shift(const mx::array& a, const mx::array& b, mx::StreamOrDevice s);

}  // namespace mlx4j
