// Forwards to MLX functions that are overloaded with templates, because overload resolution would prefer those to an
// adapter's conversion.
#pragma once

#include <algorithm>

#include "handles.h"

namespace mlx4j {

inline mx::array full(const mx::Shape& shape, const mx::array& vals, mx::Dtype dtype, mx::StreamOrDevice s) {
  return mx::full(shape, vals, dtype, s);
}

// Returns `k`, or the nearest diagonal without elements if `k` lies beyond it: MLX computes with these numbers in 32
// bits.
inline int reachable_diagonal(int n, int m, int k) { return std::clamp(k, n == 0 ? 0 : -n, m); }

inline mx::array eye(int n, int m, int k, mx::Dtype dtype, mx::StreamOrDevice s) {
  return mx::eye(n, m, reachable_diagonal(n, m, k), dtype, s);
}

// MLX compares two vectors of any length even if the matrix has no elements.
inline mx::array tri(int n, int m, int k, mx::Dtype dtype, mx::StreamOrDevice s) {
  return n == 0 || m == 0 ? mx::zeros({n, m}, dtype, s) : mx::tri(n, m, reachable_diagonal(n, m, k), dtype, s);
}

inline mx::array tril(const mx::array& a, int k, mx::StreamOrDevice s) {
  if (a.ndim() >= 2 && a.size() == 0) {
    return a;
  }
  return mx::tril(a, a.ndim() < 2 ? k : reachable_diagonal(a.shape(-2), a.shape(-1), k), s);
}

inline mx::array triu(const mx::array& a, int k, mx::StreamOrDevice s) {
  if (a.ndim() >= 2 && a.size() == 0) {
    return a;
  }
  return mx::triu(a, a.ndim() < 2 ? k : std::clamp(k, 1 - a.shape(-2), a.shape(-1)), s);
}

// Fills the shape of `a` with a value. This also works when a recorded graph is replayed for another shape.
inline mx::array full_like(const mx::array& a, const mx::array& value, mx::StreamOrDevice s) {
  return tracing() ? mx::broadcast_arrays({value, a}, s)[0] : mx::full(a.shape(), value, value.dtype(), s);
}

}  // namespace mlx4j
