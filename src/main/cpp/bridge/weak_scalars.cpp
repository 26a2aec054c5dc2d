#include "weak_scalars.h"

#include <sstream>

namespace mlx4j {

mx::array weak_float(jdouble value, const mx::array& beside) {
  return mx::array(value, mx::issubdtype(beside.dtype(), mx::floating) ? beside.dtype() : mx::float32);
}

mx::array weak_integer(jlong value, const mx::array& beside) {
  const auto dtype = beside.dtype() == mx::bool_ ? mx::int32 : beside.dtype();
  if (mx::issubdtype(dtype, mx::integer) && dtype.size() < 8) {
    const mx::iinfo info(dtype);
    if (value < info.min || value > static_cast<jlong>(info.max)) {
      std::ostringstream msg;
      msg << "the number " << value << " does not fit the array's dtype " << dtype << " (" << info.min << " to "
          << info.max << ")";
      throw std::invalid_argument(msg.str());
    }
  }
  return mx::array(static_cast<std::int64_t>(value), dtype);
}

}  // namespace mlx4j
