#include "indexing.h"

#include <atomic>
#include <sstream>

#include "evaluation.h"

namespace mlx4j {

static std::atomic<bool> compute_and_check{false};

void check_indices(bool on) { compute_and_check = on; }

namespace {

int resolve_axis(const char* name, const mx::array& a, int axis) {
  const int ndim = int(a.ndim());
  const int resolved = axis < 0 ? axis + ndim : axis;
  if (resolved < 0 || resolved >= ndim) {
    std::ostringstream msg;
    msg << "[" << name << "] axis " << axis << " is out of range for an array of shape " << a.shape();
    throw std::invalid_argument(msg.str());
  }
  return resolved;
}

void require_in_range(const char* name, const mx::array& indices, long long size) {
  const mx::array known = values_as(indices, mx::int64);
  const auto* first = known.data<std::int64_t>();
  for (auto* i = first; i != first + known.size(); ++i) {
    if (*i < -size || *i >= size) {
      std::ostringstream msg;
      msg << "[" << name << "] index " << *i << " is out of range for " << size << " elements; allowed is " << -size
          << " to " << size - 1;
      throw index_error(msg.str());
    }
  }
}

// Indices that cannot point outside [-size, size).
mx::array safe(const char* name, const mx::array& indices, long long size, mx::StreamOrDevice s) {
  if (!mx::issubdtype(indices.dtype(), mx::integer)) {
    std::ostringstream msg;
    msg << "[" << name << "] indices must be of integer dtype, got " << indices.dtype();
    throw std::invalid_argument(msg.str());
  }
  if (size == 0 && indices.size() > 0) {
    throw index_error(std::string("[") + name + "] there are no elements to select from");
  }
  const bool known = indices.status() == mx::array::Status::available && !indices.is_tracer();
  if (known || (compute_and_check && !tracing())) {
    require_in_range(name, indices, size);
    return indices;
  }
  const mx::array wide = indices.dtype().size() < 4 ? mx::astype(indices, mx::int32, s) : indices;
  const mx::array below = mx::minimum(wide, mx::array(size - 1, wide.dtype()), s);
  return mx::issubdtype(wide.dtype(), mx::unsignedinteger) ? below
                                                           : mx::maximum(below, mx::array(-size, wide.dtype()), s);
}

}  // namespace

mx::array take(const mx::array& a, const mx::array& indices, mx::StreamOrDevice s) {
  return mx::take(a, safe("take", indices, (long long)a.size(), s), s);
}

mx::array take(const mx::array& a, const mx::array& indices, jint axis, mx::StreamOrDevice s) {
  const int at = resolve_axis("take", a, axis);
  return mx::take(a, safe("take", indices, a.shape(at), s), at, s);
}

mx::array take_along_axis(const mx::array& a, const mx::array& indices, jint axis, mx::StreamOrDevice s) {
  const int at = resolve_axis("takeAlongAxis", a, axis);
  return mx::take_along_axis(a, safe("takeAlongAxis", indices, a.shape(at), s), at, s);
}

mx::array put_along_axis(const mx::array& a, const mx::array& indices, const mx::array& values, jint axis,
                         mx::StreamOrDevice s) {
  const int at = resolve_axis("putAlongAxis", a, axis);
  return mx::put_along_axis(a, safe("putAlongAxis", indices, a.shape(at), s), values, at, s);
}

mx::array basic_index(const mx::array& a, const mx::Shape& start, const mx::Shape& stop, const mx::Shape& strides,
                      const mx::Shape& shape, mx::StreamOrDevice s) {
  return mx::reshape(mx::slice(a, start, stop, strides, s), shape, s);
}

}  // namespace mlx4j
