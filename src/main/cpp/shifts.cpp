#include "shifts.h"

#include <algorithm>

namespace mlx4j {

namespace {

using Binary = mx::array (*)(const mx::array&, const mx::array&, mx::StreamOrDevice);

// Whether `b` is a single known number from 0 to `bits - 1`.
bool is_small_number(const mx::array& b, int bits) {
  if (b.ndim() > 0 || b.status() != mx::array::Status::available || b.is_tracer()) {
    return false;
  }
  const auto* bytes = b.data<std::uint8_t>();
  return bytes[0] < bits && std::all_of(bytes + 1, bytes + b.nbytes(), [](auto byte) { return byte == 0; });
}

// Fills each element with its sign.
mx::array all_shifted_out(const mx::array& a, Binary op, int bits, mx::StreamOrDevice s) {
  const bool keeps_sign = op == static_cast<Binary>(mx::right_shift) && mx::issubdtype(a.dtype(), mx::signedinteger);
  return keeps_sign ? op(a, mx::array(bits - 1, a.dtype()), s) : mx::array(0, a.dtype());
}

mx::array shifted(Binary op, const mx::array& a, const mx::array& b, mx::StreamOrDevice s) {
  const auto promoted = mx::promote_types(a.dtype(), b.dtype());
  const auto dtype = promoted == mx::bool_ ? mx::uint8 : promoted;
  const int bits = 8 * dtype.size();
  if (!mx::issubdtype(dtype, mx::integer) || is_small_number(b, bits)) {
    return op(a, b, s);
  }
  const auto x = mx::astype(a, dtype, s);
  const auto by = mx::astype(b, dtype, s);
  auto fits = mx::less(by, mx::array(bits, dtype), s);
  if (mx::issubdtype(dtype, mx::signedinteger)) {
    fits = mx::logical_and(fits, mx::greater_equal(by, mx::array(0, dtype), s), s);
  }
  const auto small = mx::where(fits, by, mx::array(0, dtype), s);
  return mx::where(fits, op(x, small, s), all_shifted_out(x, op, bits, s), s);
}

}  // namespace

mx::array left_shift(const mx::array& a, const mx::array& b, mx::StreamOrDevice s) {
  return shifted(mx::left_shift, a, b, s);
}

mx::array right_shift(const mx::array& a, const mx::array& b, mx::StreamOrDevice s) {
  return shifted(mx::right_shift, a, b, s);
}

}  // namespace mlx4j
