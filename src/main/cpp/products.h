// Products of matrices that MLX computes wrongly. Indices of gathered matrices and of segments are in range, like those
// of `take`.
#pragma once

#include "handles.h"

namespace mlx4j {

// MLX rounds the product of the matrices to their dtype before it adds a complex `c`.
mx::array addmm(const mx::array& c, const mx::array& a, const mx::array& b, float alpha, float beta,
                mx::StreamOrDevice s);

// The last axis must have a size that MLX can transform; a scalar counts as a vector of one element.
mx::array hadamard_transform(const mx::array& a, float scale, mx::StreamOrDevice s);

mx::array gather_mm(const mx::array& a, const mx::array& b, const std::optional<mx::array>& lhs_indices,
                    const std::optional<mx::array>& rhs_indices, bool sorted_indices, mx::StreamOrDevice s);
mx::array segmented_mm(const mx::array& a, const mx::array& b, const mx::array& segments, mx::StreamOrDevice s);

// Forward: MLX takes optional arrays by value, to which an adapter does not convert.
inline mx::array block_masked_mm(const mx::array& a, const mx::array& b, jint block_size,
                                 const std::optional<mx::array>& mask_out, const std::optional<mx::array>& mask_lhs,
                                 const std::optional<mx::array>& mask_rhs, mx::StreamOrDevice s) {
  return mx::block_masked_mm(a, b, block_size, mask_out, mask_lhs, mask_rhs, s);
}

// Limits indices of matrices; all axes except the last two are counted as one.
std::optional<mx::array> of_matrices(const char* function, const std::optional<mx::array>& indices, const mx::array& a,
                                     mx::StreamOrDevice s);

}  // namespace mlx4j
