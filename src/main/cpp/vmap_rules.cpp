#include "vmap_rules.h"

#include <algorithm>
#include <numeric>

#include "evaluation.h"
#include "upstream_rules.h"

namespace mlx4j {

namespace {

mx::array expand_one_by_one(mx::array a, std::vector<int> axes, mx::StreamOrDevice s) {
  std::sort(axes.begin(), axes.end());
  for (auto axis : axes) {
    a = mx::expand_dims(a, axis, s);
  }
  return a;
}

// What a rule of vmap returns: the outputs and the axis of each along which it is mapped.
using Vmapped = std::pair<Arrays, std::vector<int>>;

// An input of an element-wise operation with the mapped axis first, to be broadcast against the other ones, which have
// `ndim` axes without theirs.
mx::array mapped_first(const mx::array& a, int axis, int ndim, mx::Stream s) {
  if (axis < 0) {
    return a;
  }
  auto moved = mx::moveaxis(a, axis, 0, s);
  while (int(moved.ndim()) < ndim + 1) {
    moved = mx::expand_dims(moved, 1, s);
  }
  return moved;
}

// MLX's own rule answers with the axes of its inputs.
Vmapped not_equal_vmap(mx::NotEqual& self, const Arrays& inputs, const std::vector<int>& axes) {
  const auto s = self.stream();
  int ndim = 0;
  for (std::size_t i = 0; i < 2; ++i) {
    ndim = std::max(ndim, int(inputs[i].ndim()) - (axes[i] < 0 ? 0 : 1));
  }
  return {{mx::not_equal(mapped_first(inputs[0], axes[0], ndim, s), mapped_first(inputs[1], axes[1], ndim, s), s)},
          {0}};
}

// MLX's own rule refuses a mapped value.
Vmapped pad_vmap(mx::Pad& self, const Arrays& inputs, const std::vector<int>& axes) {
  const auto s = self.stream();
  auto [pad_axes, low, high] = self.state();
  const auto ndim = int(inputs[0].ndim()) - (axes[0] < 0 ? 0 : 1);
  const bool value_is_mapped = axes[1] >= 0;
  auto a = mapped_first(inputs[0], axes[0], ndim, s);
  if (value_is_mapped && axes[0] < 0) {
    auto shape = a.shape();
    shape.insert(shape.begin(), inputs[1].shape(axes[1]));
    a = mx::broadcast_to(a, shape, s);
  }
  const int mapped = value_is_mapped || axes[0] >= 0;
  for (auto& axis : pad_axes) {
    axis = (axis < 0 ? axis + ndim : axis) + mapped;
  }
  auto padded = [&](const mx::array& x, const mx::array& value) {
    return mx::pad(x, pad_axes, low, high, value, "constant", s);
  };
  if (!value_is_mapped) {
    return {{padded(a, inputs[1])}, {0}};
  }
  const auto inside = padded(mx::full(a.shape(), true, s), mx::array(false));
  auto shape = mx::Shape(a.ndim(), 1);
  shape[0] = a.shape(0);
  return {{mx::where(inside, padded(a, mx::array(0, a.dtype())), mx::reshape(inputs[1], shape, s), s)}, {0}};
}

// MLX's own rule refuses a mapped `c` beside matrices that are not.
Vmapped addmm_vmap(mx::AddMM& self, const Arrays& inputs, const std::vector<int>& axes) {
  const auto s = self.stream();
  auto a = mapped_first(inputs[0], axes[0], int(inputs[0].ndim()) - (axes[0] < 0 ? 0 : 1), s);
  const auto b = mapped_first(inputs[1], axes[1], int(inputs[1].ndim()) - (axes[1] < 0 ? 0 : 1), s);
  const auto c = mapped_first(inputs[2], axes[2], int(inputs[2].ndim()) - (axes[2] < 0 ? 0 : 1), s);
  if (axes[0] < 0 && axes[1] < 0) {
    auto shape = a.shape();
    shape.insert(shape.begin(), c.shape(0));
    a = mx::broadcast_to(a, shape, s);
  }
  const auto [alpha, beta] = self.state();
  return {{mx::addmm(c, a, b, alpha, beta, s)}, {0}};
}

std::vector<int> all_axes(const mx::array& a) {
  std::vector<int> axes(a.ndim());
  std::iota(axes.begin(), axes.end(), 0);
  return axes;
}

}  // namespace

void replace_vmap_rules() {
  const mx::array number(1.0f);
  const mx::array matrix = mx::ones({1, 1});
  replace(mx::not_equal(number, number), "NotEqual", &mx::NotEqual::vmap, not_equal_vmap);
  replace(mx::pad(matrix, 1), "Pad", &mx::Pad::vmap, pad_vmap);
  replace(mx::addmm(matrix, matrix, matrix), "AddMM", &mx::AddMM::vmap, addmm_vmap);
}

mx::array aligned(Binary op, const mx::array& a, const mx::array& b, mx::StreamOrDevice s) {
  if (!tracing()) {
    return op(a, b, s);
  }
  return op(mx::where(mx::array(true), a, b, s), mx::where(mx::array(false), a, b, s), s);
}

mx::array bitwise_and(const mx::array& a, const mx::array& b, mx::StreamOrDevice s) {
  return aligned(mx::bitwise_and, a, b, s);
}

mx::array bitwise_or(const mx::array& a, const mx::array& b, mx::StreamOrDevice s) {
  return aligned(mx::bitwise_or, a, b, s);
}

mx::array bitwise_xor(const mx::array& a, const mx::array& b, mx::StreamOrDevice s) {
  return aligned(mx::bitwise_xor, a, b, s);
}

mx::array logical_xor(const mx::array& a, const mx::array& b, mx::StreamOrDevice s) {
  return mx::not_equal(mx::astype(a, mx::bool_, s), mx::astype(b, mx::bool_, s), s);
}

mx::array array_equal(const mx::array& a, const mx::array& b, bool equal_nan, mx::StreamOrDevice s) {
  if (!tracing() || !equal_nan || a.shape() != b.shape()) {
    return mx::array_equal(a, b, equal_nan, s);
  }
  const auto both_nan = mx::logical_and(mx::isnan(a, s), mx::isnan(b, s), s);
  return mx::all(mx::logical_or(mx::equal(a, b, s), both_nan, s), false, s);
}

mx::array expand_dims(const mx::array& a, const std::vector<int>& axes, mx::StreamOrDevice s) {
  auto expanded = mx::expand_dims(a, axes, s);  // checks the axes
  if (!tracing() || axes.size() < 2) {
    return expanded;
  }
  std::vector<int> resolved;
  for (auto axis : axes) {
    resolved.push_back(axis < 0 ? axis + int(expanded.ndim()) : axis);
  }
  return expand_one_by_one(a, resolved, s);
}

mx::array argmin(const mx::array& a, bool keepdims, mx::StreamOrDevice s) {
  return keepdims && (tracing() || a.ndim() == 0) ? expand_one_by_one(mx::argmin(a, false, s), all_axes(a), s)
                                                  : mx::argmin(a, keepdims, s);
}

mx::array argmax(const mx::array& a, bool keepdims, mx::StreamOrDevice s) {
  return keepdims && (tracing() || a.ndim() == 0) ? expand_one_by_one(mx::argmax(a, false, s), all_axes(a), s)
                                                  : mx::argmax(a, keepdims, s);
}

mx::array median(const mx::array& a, bool keepdims, mx::StreamOrDevice s) {
  return keepdims && tracing() ? expand_one_by_one(mx::median(a, false, s), all_axes(a), s)
                               : mx::median(a, keepdims, s);
}

mx::array median(const mx::array& a, const std::vector<int>& axes, bool keepdims, mx::StreamOrDevice s) {
  if (!keepdims || !tracing()) {
    return mx::median(a, axes, keepdims, s);
  }
  std::vector<int> resolved;
  for (auto axis : axes) {
    resolved.push_back(axis < 0 ? axis + int(a.ndim()) : axis);
  }
  return expand_one_by_one(mx::median(a, axes, false, s), resolved, s);
}

}  // namespace mlx4j
