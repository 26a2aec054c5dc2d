// Products of matrices that are gathered, or taken from segments: indices are in range, as for `take`.
#pragma once

#include "handles.h"

namespace mlx4j {

mx::array gather_mm(const mx::array& a, const mx::array& b, const std::optional<mx::array>& lhs_indices,
                    const std::optional<mx::array>& rhs_indices, bool sorted_indices, mx::StreamOrDevice s);
mx::array segmented_mm(const mx::array& a, const mx::array& b, const mx::array& segments, mx::StreamOrDevice s);

// Forward: MLX takes optional arrays by value, which an adapter does not convert to.
inline mx::array block_masked_mm(const mx::array& a, const mx::array& b, jint block_size,
                                 const std::optional<mx::array>& mask_out, const std::optional<mx::array>& mask_lhs,
                                 const std::optional<mx::array>& mask_rhs, mx::StreamOrDevice s) {
  return mx::block_masked_mm(a, b, block_size, mask_out, mask_lhs, mask_rhs, s);
}

// Indices of matrices: all axes but the last two are counted as one.
std::optional<mx::array> of_matrices(const char* function, const std::optional<mx::array>& indices, const mx::array& a,
                                     mx::StreamOrDevice s);

}  // namespace mlx4j
