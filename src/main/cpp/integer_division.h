// Division of integers that cannot end the process. The processor traps if the smallest integer is divided by -1, and
// in MLX's divmod if anything is divided by 0. The results here are those of wrapping arithmetic and of MLX's
// floor_divide and remainder.
#pragma once

#include "handles.h"

namespace mlx4j {

mx::array floor_divide(const mx::array& a, const mx::array& b, mx::StreamOrDevice s);
mx::array remainder(const mx::array& a, const mx::array& b, mx::StreamOrDevice s);
Arrays divmod(const mx::array& a, const mx::array& b, mx::StreamOrDevice s);

}  // namespace mlx4j
