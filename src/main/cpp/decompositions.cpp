#include "decompositions.h"

#include <cmath>
#include <cstring>

#include "evaluation.h"
#include "mlx_primitives.h"

namespace mlx4j {

namespace {

mx::array triangle(const mx::array& a, bool upper, mx::StreamOrDevice s) {
  return upper ? mx::triu(a, 0, s) : mx::tril(a, 0, s);
}

}  // namespace

mx::Stream cpu_stream(const mx::StreamOrDevice& s) {
  const auto stream = mx::to_stream(s);
  return stream.device == mx::Device::cpu ? stream : mx::default_stream(mx::Device::cpu);
}

mx::array norm(const mx::array& a, bool keepdims, mx::StreamOrDevice s) {
  return mx::linalg::norm(a, std::nullopt, keepdims, s);
}

mx::array norm(const mx::array& a, const std::vector<int>& axes, bool keepdims, mx::StreamOrDevice s) {
  return mx::linalg::norm(a, axes, keepdims, s);
}

mx::array norm(const mx::array& a, double ord, const std::vector<int>& axes, bool keepdims, mx::StreamOrDevice s) {
  if (axes.size() != 2 || std::abs(ord) != 2) {
    return mx::linalg::norm(a, ord, axes, keepdims, s);
  }
  const auto singular_value = mx::linalg::norm(a, ord, axes, false, cpu_stream(s));
  return keepdims ? mx::expand_dims(singular_value, axes, s) : singular_value;
}

mx::array norm(const mx::array& a, const char* ord, const std::vector<int>& axes, bool keepdims, mx::StreamOrDevice s) {
  if (std::strcmp(ord, "nuc")) {
    return mx::linalg::norm(a, std::string(ord), axes, keepdims, s);
  }
  const auto sum = mx::linalg::norm(a, std::string(ord), axes, false, cpu_stream(s));
  return keepdims ? mx::expand_dims(sum, axes, s) : sum;
}

mx::array tri_inv(const mx::array& a, bool upper, mx::StreamOrDevice s) {
  if (!tracing()) {
    return mx::linalg::tri_inv(a, upper, s);
  }
  return triangle(mx::linalg::tri_inv(triangle(a, upper, s), upper, s), upper, s);
}

mx::array cholesky_inv(const mx::array& a, bool upper, mx::StreamOrDevice s) {
  return mx::linalg::cholesky_inv(tracing() ? triangle(a, upper, s) : a, upper, s);
}

mx::array solve_triangular(const mx::array& a, const mx::array& b, bool upper, mx::StreamOrDevice s) {
  return mx::linalg::solve_triangular(tracing() ? triangle(a, upper, s) : a, b, upper, s);
}

std::optional<Requirement> requirement_of_input(const mx::array& decomposition) {
  const auto& traits = traits_of(decomposition);
  if (traits.needs != Needs::finite) {
    return {};
  }
  const auto s = decomposition.primitive().stream();
  return Requirement{mx::all(mx::isfinite(decomposition.inputs()[0], s), false, s),
                     std::string("[") + traits.function +
                         "] the matrix has an element that is infinite or not a number; all must be finite"};
}

// Where LAPACK stops, it leaves on the diagonal the number whose root it could not take.
std::optional<Requirement> requirement_of_result(const mx::array& decomposition) {
  const auto& traits = traits_of(decomposition);
  if (traits.needs != Needs::positive_definite) {
    return {};
  }
  const auto s = decomposition.primitive().stream();
  const auto diagonal = mx::diagonal(decomposition, 0, -2, -1, s);
  return Requirement{mx::all(mx::greater(diagonal, mx::array(0, decomposition.dtype()), s), false, s),
                     std::string("[") + traits.function + "] " + traits.failure};
}

}  // namespace mlx4j
