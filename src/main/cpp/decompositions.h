// Linear algebra that only the CPU computes, that MLX does not check, or whose rules are wrong.
#pragma once

#include "handles.h"

namespace mlx4j {

// Returns the stream if the CPU computes on it, otherwise the CPU's default stream.
mx::Stream cpu_stream(const mx::StreamOrDevice& s);

struct on_cpu {  // a stream for operations that no GPU computes; 0 stands for the default stream
  on s;
  explicit on_cpu(jlong h) : s(h) {}
  operator mx::StreamOrDevice() const { return cpu_stream(s); }
};

// Only norms that need singular values are bound to the CPU.
mx::array norm(const mx::array& a, bool keepdims, mx::StreamOrDevice s);
mx::array norm(const mx::array& a, const std::vector<int>& axes, bool keepdims, mx::StreamOrDevice s);
mx::array norm(const mx::array& a, double ord, const std::vector<int>& axes, bool keepdims, mx::StreamOrDevice s);
mx::array norm(const mx::array& a, const char* ord, const std::vector<int>& axes, bool keepdims, mx::StreamOrDevice s);

// MLX's vmap rule for Inverse forgets that the matrix is triangular. So while a function is traced, the other triangle
// is set to zero before and after.
mx::array tri_inv(const mx::array& a, bool upper, mx::StreamOrDevice s);
mx::array cholesky_inv(const mx::array& a, bool upper, mx::StreamOrDevice s);
mx::array solve_triangular(const mx::array& a, const mx::array& b, bool upper, mx::StreamOrDevice s);

// Given an impossible input, LAPACK returns garbage or ends the process. So requirements on the values are computed
// beside them.
struct Requirement {
  mx::array holds;
  std::string otherwise;
};
std::optional<Requirement> requirement_of_input(const mx::array& decomposition);
std::optional<Requirement> requirement_of_result(const mx::array& decomposition);

}  // namespace mlx4j
