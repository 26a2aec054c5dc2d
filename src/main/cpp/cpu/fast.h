// Operations of mlx.core.fast, each computed by one operation instead of the ten to thirty that MLX makes of it on the
// CPU.
//
// The functions return nothing if there is no kernel for the arguments, or if they do not fit, which MLX then reports.
// They also return nothing while a function is traced, unless for compile() only: MLX's own graph is what derivatives
// are taken of and what files of functions contain.
#pragma once

#include <optional>

#include "handles.h"

namespace mlx4j::cpu {

using Fused = std::optional<mx::array>;

Fused rms_norm(const mx::array& x, const std::optional<mx::array>& weight, float eps, mx::Stream s);

Fused layer_norm(const mx::array& x, const std::optional<mx::array>& weight, const std::optional<mx::array>& bias,
                 float eps, mx::Stream s);

Fused rope(const mx::array& x, int dims, bool traditional, std::optional<float> base, float scale,
           const mx::array& offset, const std::optional<mx::array>& freqs, mx::Stream s);

Fused scaled_dot_product_attention(const mx::array& q, const mx::array& k, const mx::array& v, float scale,
                                   const std::string& mask_mode, const std::optional<mx::array>& mask,
                                   const std::optional<mx::array>& sinks, mx::Stream s);

}  // namespace mlx4j::cpu
