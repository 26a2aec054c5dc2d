// Powers of complex numbers.
#pragma once

#include <limits>

#include "handles.h"

namespace mlx4j {

// MLX uses the logarithm, which makes every power of a complex zero NaN. The first powers are written as products,
// which have derivatives there.
inline mx::array power(const mx::array& a, const mx::array& b, mx::StreamOrDevice s) {
  if (mx::result_type(a, b) != mx::complex64) {
    return mx::power(a, b, s);
  }
  auto complex = [](float value) { return mx::array(mx::complex64_t{value, 0}); };
  const auto base = mx::astype(a, mx::complex64, s);
  const auto exponent = mx::astype(b, mx::complex64, s);
  const auto zero = mx::equal(base, complex(0), s);
  auto when = [&](float value, const mx::array& then, const mx::array& otherwise) {
    return mx::where(mx::equal(exponent, complex(value), s), then, otherwise, s);
  };
  const auto higher = mx::where(mx::greater(mx::real(exponent, s), mx::array(0.0f), s), complex(0),
                                complex(std::numeric_limits<float>::quiet_NaN()), s);
  const auto of_zero = when(0, complex(1), when(1, base, when(2, mx::square(base, s), higher)));
  return mx::where(zero, of_zero, mx::power(mx::where(zero, complex(1), base, s), exponent, s), s);
}

}  // namespace mlx4j
