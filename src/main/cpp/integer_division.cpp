#include "integer_division.h"

#include <algorithm>

#include "evaluation.h"

namespace mlx4j {

static bool divides_integers(const mx::array& a, const mx::array& b) {
  return !mx::issubdtype(mx::promote_types(a.dtype(), b.dtype()), mx::inexact);
}

// Returns where `b` is -1, or nothing if that cannot matter.
static std::optional<mx::array> minus_one(const mx::array& a, const mx::array& b, mx::StreamOrDevice s) {
  if (!mx::issubdtype(b.dtype(), mx::signedinteger) || !divides_integers(a, b)) {
    return std::nullopt;
  }
  if (b.ndim() == 0 && b.status() == mx::array::Status::available && !b.is_tracer()) {  // a known number
    const auto* bytes = b.data<std::uint8_t>();
    if (!std::all_of(bytes, bytes + b.nbytes(), [](auto byte) { return byte == 0xff; })) {
      return std::nullopt;
    }
  }
  return mx::equal(b, mx::array(-1, b.dtype()), s);
}

static mx::array without(const mx::array& minus_one, const mx::array& b, mx::StreamOrDevice s) {
  return mx::where(minus_one, mx::array(1, b.dtype()), b, s);
}

mx::array floor_divide(const mx::array& a, const mx::array& b, mx::StreamOrDevice s) {
  if (auto m = minus_one(a, b, s)) {
    auto quotient = mx::floor_divide(a, without(*m, b, s), s);
    return mx::where(*m, mx::negative(quotient, s), quotient, s);  // the quotient there is `a` itself
  }
  return mx::floor_divide(a, b, s);
}

mx::array remainder(const mx::array& a, const mx::array& b, mx::StreamOrDevice s) {
  auto m = minus_one(a, b, s);
  return mx::remainder(a, m ? without(*m, b, s) : b, s);
}

Arrays divmod(const mx::array& a, const mx::array& b, mx::StreamOrDevice s) {
  if (divides_integers(a, b) || tracing()) {  // DivMod's vmap rule returns only one of its two results
    return {mlx4j::floor_divide(a, b, s), mlx4j::remainder(a, b, s)};
  }
  return mx::divmod(a, b, s);
}

}  // namespace mlx4j
