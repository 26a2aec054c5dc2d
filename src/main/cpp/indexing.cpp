#include "indexing.h"

#include <algorithm>
#include <atomic>
#include <numeric>
#include <sstream>

#include "evaluation.h"
#include "messages.h"

namespace mlx4j {

static std::atomic<bool> compute_and_check{false};

void check_indices(bool on) { compute_and_check = on; }

namespace {

int resolve_axis(const char* name, const mx::array& a, int axis) {
  const int ndim = int(a.ndim());
  const int resolved = axis < 0 ? axis + ndim : axis;
  if (resolved < 0 || resolved >= ndim) {
    std::ostringstream msg;
    msg << "[" << name << "] axis " << axis << " is out of range for an array of shape " << shown(a.shape());
    throw std::invalid_argument(msg.str());
  }
  return resolved;
}

void require_in_range(const char* name, const mx::array& indices, long long lowest, long long highest) {
  const mx::array known = values_as(indices, mx::int64);
  const auto* first = known.data<std::int64_t>();
  const bool wraps = indices.dtype() == mx::uint64;  // values that are too large for int64 have become negative
  for (auto* i = first; i != first + known.size(); ++i) {
    if (*i < (wraps ? 0 : lowest) || *i > highest) {
      std::ostringstream msg;
      msg << "[" << name << "] index ";
      (wraps ? msg << static_cast<std::uint64_t>(*i) : msg << *i);
      msg << " is out of range; it must be from " << lowest << " to " << highest;
      throw index_error(msg.str());
    }
  }
}

bool is_known(const mx::array& a) { return a.status() == mx::array::Status::available && !a.is_tracer(); }

// Whether the values of `a` can be checked now, because they are available or because the caller asked for their
// computation.
bool may_look_at(const mx::array& a) { return is_known(a) || (compute_and_check && !tracing()); }

// Makes sure that indices do not point outside [-size, size).
mx::array safe(const char* name, const mx::array& indices, long long size, mx::StreamOrDevice s) {
  return within(name, indices, -size, size - 1, s);
}

}  // namespace

mx::array within(const char* name, const mx::array& indices, long long lowest, long long highest,
                 mx::StreamOrDevice s) {
  if (!mx::issubdtype(indices.dtype(), mx::integer)) {
    std::ostringstream msg;
    msg << "[" << name << "] indices must be of integer dtype, got " << indices.dtype();
    throw std::invalid_argument(msg.str());
  }
  if (highest < 0 && indices.size() > 0) {
    throw index_error(std::string("[") + name + "] there are no elements to select from");
  }
  if (may_look_at(indices)) {
    require_in_range(name, indices, lowest, highest);
    return indices;
  }
  // MLX refuses a gradient if indices depend on the argument, although their derivative is zero.
  const mx::array given = indices.is_tracer() ? mx::stop_gradient(indices, s) : indices;
  const mx::array wide = given.dtype().size() < 4 ? mx::astype(given, mx::int32, s) : given;
  const mx::array below = mx::minimum(wide, mx::array(highest, wide.dtype()), s);
  return mx::issubdtype(wide.dtype(), mx::unsignedinteger) ? below
                                                           : mx::maximum(below, mx::array(lowest, wide.dtype()), s);
}

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
  if (indices.size() == 0) {  // of any dtype, since an empty array made by Python is of float32
    return a;
  }
  return mx::put_along_axis(a, safe("putAlongAxis", indices, a.shape(at), s), values, at, s);
}

mx::array basic_index(const mx::array& a, const mx::Shape& start, const mx::Shape& stop, const mx::Shape& strides,
                      const mx::Shape& shape, mx::StreamOrDevice s) {
  return mx::reshape(mx::slice(a, start, stop, strides, s), shape, s);
}

namespace {

// Moves `count` axes, beginning with `from`, so that they begin at `to`.
mx::array with_moved_axes(const mx::array& a, int from, int to, int count, mx::StreamOrDevice s) {
  if (from == to || count == 0) {
    return a;
  }
  std::vector<int> order(a.ndim());
  std::iota(order.begin(), order.end(), 0);
  order.erase(order.begin() + from, order.begin() + from + count);
  for (int i = 0; i < count; ++i) {
    order.insert(order.begin() + to + i, from + i);
  }
  return mx::transpose(a, order, s);
}

Arrays all_safe(const char* name, const Arrays& indices, const mx::array& block, const std::vector<int>& axes,
                mx::StreamOrDevice s) {
  Arrays result;
  for (std::size_t i = 0; i < indices.size(); ++i) {
    const auto index = safe(name, indices[i], block.shape(axes[i]), s);
    // together with a signed dtype, uint64 would be promoted to float32
    result.push_back(index.dtype() == mx::uint64 ? mx::astype(index, mx::int64, s) : index);
  }
  return mx::broadcast_arrays(result, s);
}

mx::Shape without_axes(mx::Shape shape, const std::vector<int>& axes) {  // axes in ascending order
  for (auto axis = axes.rbegin(); axis != axes.rend(); ++axis) {
    shape.erase(shape.begin() + *axis);
  }
  return shape;
}

// A value may have additional axes of size 1.
mx::array without_leading_ones(const mx::array& value, std::size_t ndim, mx::StreamOrDevice s) {
  std::vector<int> axes;
  for (int axis = 0; value.ndim() - axes.size() > ndim && value.shape(axis) == 1; ++axis) {
    axes.push_back(axis);
  }
  return mx::squeeze(value, axes, s);
}

mx::array broadcast_value(const mx::array& value, const mx::Shape& shape, mx::StreamOrDevice s) {
  const auto fitting = without_leading_ones(value, shape.size(), s);
  bool fits = fitting.ndim() <= shape.size();
  for (std::size_t i = 1; fits && i <= fitting.ndim(); ++i) {
    const auto size = fitting.shape(-int(i));
    fits = size == 1 || size == shape[shape.size() - i];
  }
  if (!fits) {
    std::ostringstream msg;
    msg << "a value of shape " << shown(value.shape()) << " cannot be broadcast to the selection, which has shape "
        << shown(shape);
    throw std::invalid_argument(msg.str());
  }
  return mx::broadcast_to(fitting, shape, s);
}

// For indices that write each position of `a` once.
mx::array combined(const mx::array& a, const mx::array& value, Update update, mx::StreamOrDevice s) {
  const auto cast = mx::astype(value, a.dtype(), s);
  switch (update) {
    case Update::add:
      return mx::add(a, cast, s);
    case Update::subtract:
      return mx::subtract(a, cast, s);
    case Update::multiply:
      return mx::multiply(a, cast, s);
    case Update::divide:
      return mx::divide(a, cast, s);
    case Update::maximum:
      return mx::maximum(a, cast, s);
    case Update::minimum:
      return mx::minimum(a, cast, s);
    default:
      return cast;
  }
}

// For indices that may write positions several times.
mx::array scattered(const mx::array& a, const Arrays& indices, const mx::array& value, const std::vector<int>& axes,
                    Update update, mx::StreamOrDevice s) {
  switch (update) {
    case Update::add:
      return mx::scatter_add(a, indices, value, axes, s);
    case Update::subtract:
      return mx::scatter_add(a, indices, mx::negative(mx::astype(value, a.dtype(), s), s), axes, s);
    case Update::multiply:
      return mx::scatter_prod(a, indices, value, axes, s);
    case Update::divide:
      return mx::scatter_prod(a, indices, mx::reciprocal(value, s), axes, s);
    case Update::maximum:
      return mx::scatter_max(a, indices, value, axes, s);
    case Update::minimum:
      return mx::scatter_min(a, indices, value, axes, s);
    default:
      return mx::scatter(a, indices, value, axes, s);
  }
}

mx::array updated_block(const mx::array& block, const Arrays& given, const std::vector<int>& axes, int place,
                        const mx::array& value, Update update, mx::StreamOrDevice s) {
  if (given.empty()) {
    return combined(block, broadcast_value(value, block.shape(), s), update, s);
  }
  const auto indices = all_safe("at", given, block, axes, s);
  const auto common = indices[0].shape();
  auto selected = without_axes(block.shape(), axes);
  selected.insert(selected.begin() + place, common.begin(), common.end());
  auto written = with_moved_axes(broadcast_value(value, selected, s), place, 0, int(common.size()), s);
  auto shape = common;
  shape.insert(shape.end(), block.shape().begin(), block.shape().end());
  for (auto axis : axes) {
    shape[common.size() + axis] = 1;
  }
  if (written.size() == 0) {
    return block;
  }
  return scattered(block, indices, mx::reshape(written, shape, s), axes, update, s);
}

void require_updatable(const mx::array& a, Update update) {
  if (update == Update::divide && !mx::issubdtype(a.dtype(), mx::inexact)) {
    std::ostringstream msg;
    msg << "[at] elements of dtype " << a.dtype() << " cannot be divided in place; use astype() first";
    throw std::invalid_argument(msg.str());
  }
  if (update == Update::subtract && a.dtype() == mx::bool_) {
    throw std::invalid_argument("[at] elements of dtype bool cannot be subtracted from; use astype() first");
  }
}

// Returns at least as many values as the mask selects; the k-th of them belongs to the k-th true element.
mx::array spread_over_mask(const mx::array& mask, const mx::array& values, mx::StreamOrDevice s) {
  const auto last = values.shape(0) - 1;
  if (may_look_at(mask)) {
    const auto known = values_as(mask, mx::bool_);
    const auto* first = known.data<bool>();
    const auto count = std::count(first, first + known.size(), true);
    if (count > last + 1) {
      std::ostringstream msg;
      msg << "[at] the mask selects " << count << " positions, but there are " << last + 1 << " values";
      throw std::invalid_argument(msg.str());
    }
  }
  if (last < 0) {
    auto shape = values.shape();
    shape[0] = int(mask.size());
    return mx::zeros(shape, values.dtype(), s);  // nothing is selected, or the mask is not known yet
  }
  const auto flat = mx::astype(mx::stop_gradient(mx::reshape(mask, {int(mask.size())}, s), s), mx::int32, s);
  const auto positions = mx::subtract(mx::cumsum(flat, 0, false, true, s), mx::array(1), s);
  return mx::take(values, mx::clip(positions, mx::array(0), mx::array(last), s), 0, s);
}

}  // namespace

mx::array index(const mx::array& a, const mx::Shape& start, const mx::Shape& stop, const mx::Shape& strides,
                const mx::Shape& shape, const Arrays& given, const std::vector<int>& axes, jint place,
                mx::StreamOrDevice s) {
  const auto block = basic_index(a, start, stop, strides, shape, s);
  const auto indices = all_safe("get", given, block, axes, s);
  const int count = int(indices[0].ndim());
  if (indices.size() == 1) {
    return with_moved_axes(mx::take(block, indices[0], axes[0], s), axes[0], place, count, s);
  }
  auto sizes = block.shape();
  for (auto axis : axes) {
    sizes[axis] = 1;
  }
  const auto gathered = mx::gather(block, indices, axes, sizes, s);
  auto selected = without_axes(block.shape(), axes);
  selected.insert(selected.begin(), indices[0].shape().begin(), indices[0].shape().end());
  return with_moved_axes(mx::reshape(gathered, selected, s), 0, place, count, s);
}

mx::array update(const mx::array& a, const mx::array& value, jint how, const mx::Shape& start, const mx::Shape& stop,
                 const mx::Shape& strides, const mx::Shape& shape, const Arrays& indices, const std::vector<int>& axes,
                 jint place, mx::StreamOrDevice s) {
  const auto update = static_cast<Update>(how);
  require_updatable(a, update);
  const auto sliced = mx::slice(a, start, stop, strides, s);
  const auto block = mx::reshape(sliced, shape, s);
  const auto result = mx::reshape(updated_block(block, indices, axes, place, value, update, s), sliced.shape(), s);
  return mx::slice_update(a, result, start, stop, strides, s);
}

mx::array update_where(const mx::array& a, const mx::array& mask, const mx::array& value, jint how,
                       mx::StreamOrDevice s) {
  const auto update = static_cast<Update>(how);
  require_updatable(a, update);
  mx::Shape row(a.shape().begin() + mask.ndim(), a.shape().end());
  auto mask_shape = mask.shape();
  mask_shape.insert(mask_shape.end(), row.size(), 1);
  const auto selected = mx::reshape(mask, mask_shape, s);
  auto values = without_leading_ones(value, row.size(), s);
  if (values.ndim() <= row.size()) {
    values = mx::broadcast_to(broadcast_value(values, row, s), a.shape(), s);
  } else {
    row.insert(row.begin(), values.shape(0));
    values = broadcast_value(values, row, s);
    values = mx::reshape(spread_over_mask(mask, values, s), a.shape(), s);
  }
  // Elements that are not selected must not affect a gradient, as the NaN of 0 / 0 would.
  const auto one = mx::array(1, a.dtype());
  const auto calm = [&](const mx::array& x) { return mx::where(selected, x, one, s); };
  return mx::where(selected, combined(calm(a), calm(mx::astype(values, a.dtype(), s)), update, s), a, s);
}

Arrays nonzero(const mx::array& mask) {
  if (mask.is_tracer()) {
    throw std::invalid_argument(
        "the shape of what a boolean mask selects depends on the mask's values, which are not known while a "
        "function is traced; use where(), or at() with the mask alone");
  }
  const auto known = values_as(mask, mx::bool_);
  const auto* values = known.data<bool>();
  std::vector<std::vector<int>> positions(mask.ndim());
  std::vector<int> at(mask.ndim(), 0);
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (values[i]) {
      for (std::size_t axis = 0; axis < at.size(); ++axis) {
        positions[axis].push_back(at[axis]);
      }
    }
    for (int axis = int(at.size()) - 1; axis >= 0 && ++at[axis] == mask.shape(axis); --axis) {
      at[axis] = 0;
    }
  }
  Arrays result;
  for (const auto& p : positions) {
    result.emplace_back(p.begin(), mx::Shape{int(p.size())}, mx::int32);
  }
  return result;
}

// ---- blocks whose place is data -------------------------------------------------------------------

namespace {

// Limits where a block of these sizes may begin along the axes.
mx::array safe_start(const char* name, const mx::array& a, const mx::array& start, const std::vector<int>& axes,
                     const mx::Shape& sizes, mx::StreamOrDevice s) {
  if (!mx::issubdtype(start.dtype(), mx::integer)) {
    std::ostringstream msg;
    msg << "[" << name << "] start must be of integer dtype, got " << start.dtype();
    throw std::invalid_argument(msg.str());
  }
  if (start.ndim() > 1 || start.size() != axes.size()) {
    std::ostringstream msg;
    msg << "[" << name << "] start needs one index for each of the " << axes.size() << " axes, got shape "
        << shown(start.shape());
    throw std::invalid_argument(msg.str());
  }
  std::vector<int> last;
  for (auto axis : axes) {
    const int at = resolve_axis(name, a, axis);
    last.push_back(a.shape(at) - sizes[at]);
  }
  if (may_look_at(start)) {
    const auto known = values_as(start, mx::int64);
    for (std::size_t i = 0; i < axes.size(); ++i) {
      const auto first = known.data<std::int64_t>()[i];
      if (first < 0 || first > last[i]) {
        std::ostringstream msg;
        msg << "[" << name << "] start " << first << " of axis " << axes[i] << " is out of range; it must be from 0 to "
            << last[i];
        throw index_error(msg.str());
      }
    }
    return start;
  }
  const auto limits = mx::array(last.begin(), start.shape(), mx::int32);
  // 64 bits, because values cut to 32 bits would no longer be those that were given.
  const auto wide = start.dtype() == mx::uint64 ? start : mx::astype(start, mx::int64, s);
  const auto below = mx::minimum(wide, mx::astype(limits, wide.dtype(), s), s);
  return mx::astype(mx::maximum(below, mx::array(0, wide.dtype()), s), mx::int32, s);
}

}  // namespace

mx::array slice(const mx::array& a, const mx::array& start, const std::vector<int>& axes, const mx::Shape& sizes,
                mx::StreamOrDevice s) {
  bool fits = sizes.size() == a.ndim();
  for (std::size_t i = 0; fits && i < sizes.size(); ++i) {
    fits = sizes[i] >= 0 && sizes[i] <= a.shape(i);
  }
  if (!fits) {
    std::ostringstream msg;
    msg << "[slice] slice size " << shown(sizes) << " does not fit an array of shape " << shown(a.shape())
        << "; there must be one for each axis, from 0 to the size of the axis";
    throw std::invalid_argument(msg.str());
  }
  return mx::slice(a, safe_start("slice", a, start, axes, sizes, s), axes, sizes, s);
}

mx::array slice_update(const mx::array& a, const mx::array& update, const mx::array& start,
                       const std::vector<int>& axes, mx::StreamOrDevice s) {
  bool fits = update.ndim() <= a.ndim();
  // The axes that an update lacks cover the whole axis, or have size 1 if the block has a start there.
  auto sizes = a.shape();
  for (auto axis : axes) {
    sizes[resolve_axis("sliceUpdate", a, axis)] = 1;
  }
  for (std::size_t i = 1; fits && i <= update.ndim(); ++i) {
    sizes[a.ndim() - i] = update.shape(-int(i));
    fits = update.shape(-int(i)) <= a.shape(-int(i));
  }
  if (!fits) {
    std::ostringstream msg;
    msg << "[sliceUpdate] an update of shape " << shown(update.shape()) << " does not fit an array of shape "
        << shown(a.shape());
    throw std::invalid_argument(msg.str());
  }
  const auto from = safe_start("sliceUpdate", a, start, axes, sizes, s);
  return mx::slice_update(a, mx::astype(update, a.dtype(), s), from, axes, s);
}

mx::array as_strided(const mx::array& a, const mx::Shape& shape, const mx::Strides& strides, jlong offset,
                     mx::StreamOrDevice s) {
  // 128 bits, because products of strides and sizes do not fit into 64.
  __int128 lowest = offset;
  __int128 highest = offset;
  bool empty = false;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const auto way = static_cast<__int128>(strides[i]) * (shape[i] - 1);
    (way < 0 ? lowest : highest) += way;
    empty = empty || shape[i] == 0;
  }
  if (!empty && (lowest < 0 || highest >= static_cast<__int128>(a.size()))) {
    std::ostringstream msg;
    msg << "[asStrided] shape " << shown(shape) << " with strides [";
    for (std::size_t i = 0; i < strides.size(); ++i) {
      msg << (i ? ", " : "") << strides[i];
    }
    msg << "] and offset " << offset << " reaches outside the " << a.size() << " elements of the array";
    throw index_error(msg.str());
  }
  return empty ? mx::zeros(shape, a.dtype(), s)
               : mx::as_strided(a, shape, strides, static_cast<std::size_t>(offset), s);
}

}  // namespace mlx4j
