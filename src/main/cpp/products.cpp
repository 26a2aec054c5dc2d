#include "products.h"

#include "indexing.h"

namespace mlx4j {

std::optional<mx::array> of_matrices(const char* function, const std::optional<mx::array>& indices, const mx::array& a,
                                     mx::StreamOrDevice s) {
  if (!indices) {
    return std::nullopt;
  }
  long long matrices = 1;
  for (int axis = 0; axis < int(a.ndim()) - 2; ++axis) {
    matrices *= a.shape(axis);
  }
  return within(function, *indices, 0, matrices - 1, s);
}

mx::array addmm(const mx::array& c, const mx::array& a, const mx::array& b, float alpha, float beta,
                mx::StreamOrDevice s) {
  const auto dtype = mx::result_type(a, b, c);
  auto cast = [&](const mx::array& x) { return mx::astype(x, dtype, s); };
  return mx::addmm(cast(c), cast(a), cast(b), alpha, beta, s);
}

mx::array hadamard_transform(const mx::array& a, float scale, mx::StreamOrDevice s) {
  return a.ndim() > 0 ? mx::hadamard_transform(a, scale, s)
                      : mx::reshape(mx::hadamard_transform(mx::reshape(a, {1}, s), scale, s), {}, s);
}

mx::array gather_mm(const mx::array& a, const mx::array& b, const std::optional<mx::array>& lhs_indices,
                    const std::optional<mx::array>& rhs_indices, bool sorted_indices, mx::StreamOrDevice s) {
  return mx::gather_mm(a, b, of_matrices("gatherMm", lhs_indices, a, s), of_matrices("gatherMm", rhs_indices, b, s),
                       sorted_indices, s);
}

mx::array segmented_mm(const mx::array& a, const mx::array& b, const mx::array& segments, mx::StreamOrDevice s) {
  const auto rows = [&](const mx::array& x) { return mx::contiguous(x, false, s); };
  return mx::segmented_mm(rows(a), rows(b), rows(within("segmentedMm", segments, 0, a.shape(1), s)), s);
}

}  // namespace mlx4j
