#include "distributed/protocol.h"

#include <sstream>

namespace mlx4j {

Header::Header(Kind kind, const mx::array& a) {
  v_[0] = std::int64_t(kind);
  v_[1] = std::int64_t(a.dtype().val());
  v_[2] = std::int64_t(a.ndim());
  v_[size - 1] = std::int64_t(a.nbytes());
  for (std::size_t i = 0; i < a.ndim(); ++i) {  // dimensions beyond the last place are mixed into it
    auto& place = v_[std::min<std::size_t>(3 + i, size - 2)];
    place = place * 31 + a.shape(int(i));
  }
}

std::string Header::describe() const {
  std::ostringstream s;
  s << (v_[0] >= 0 && v_[0] < std::int64_t(kind_names.size()) ? kind_names[v_[0]] : "an unknown operation") << " of ";
  if (v_[1] >= 0 && v_[1] <= std::int64_t(mx::Dtype::Val::complex64)) {
    s << dtype_of(jint(v_[1])) << " ";
  }
  s << "[";
  for (std::int64_t i = 0; i < std::min<std::int64_t>(v_[2], size - 4); ++i) {
    s << (i ? ", " : "") << v_[3 + i];
  }
  s << "]";
  return s.str();
}

}  // namespace mlx4j
