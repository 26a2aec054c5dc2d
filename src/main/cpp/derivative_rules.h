// Rules of vjp and jvp that are wrong or missing in MLX 0.32.4, replaced (upstream_rules.h).
#pragma once

#include "handles.h"

namespace mlx4j {

void replace_derivative_rules();  // once, at start

}  // namespace mlx4j
