#include "rules/vmap_rules.h"

#include <algorithm>
#include <numeric>

#include "mlx/linalg.h"
#include "rules/upstream_rules.h"

namespace mlx4j {

namespace {

// What a vmap rule returns: the outputs, and the mapped axis of each.
using Vmapped = std::pair<Arrays, std::vector<int>>;

constexpr int unmapped = -1;

bool is_mapped(int axis) { return axis >= 0; }

Vmapped along_front(Arrays outputs) {
  std::vector<int> axes(outputs.size(), 0);
  return {std::move(outputs), std::move(axes)};
}

Vmapped along_front(const mx::array& output) { return {{output}, {0}}; }

// Returns the number of slices.
int batch_of(const Arrays& inputs, const std::vector<int>& axes) {
  const auto first = std::find_if(axes.begin(), axes.end(), is_mapped) - axes.begin();
  return inputs.at(std::size_t(first)).shape(axes.at(std::size_t(first)));
}

// Moves the mapped axis to the front; an array that is not mapped stays as it is.
mx::array to_front(const mx::array& a, int axis, mx::Stream s) { return axis > 0 ? mx::moveaxis(a, axis, 0, s) : a; }

// Moves the mapped axis to the front; an array that is not mapped is repeated for each slice.
mx::array in_each(const mx::array& a, int axis, int batch, mx::Stream s) {
  if (is_mapped(axis)) {
    return to_front(a, axis, s);
  }
  auto shape = a.shape();
  shape.insert(shape.begin(), batch);
  return mx::broadcast_to(mx::expand_dims(a, 0, s), shape, s);
}

Arrays all_in_each(const Arrays& inputs, const std::vector<int>& axes, mx::Stream s) {
  const int batch = batch_of(inputs, axes);
  Arrays result;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    result.push_back(in_each(inputs[i], axes[i], batch, s));
  }
  return result;
}

// Converts axes of a slice to axes of the whole array, whose first axis is the mapped one.
std::vector<int> behind_front(std::vector<int> axes) {
  for (auto& axis : axes) {
    ++axis;
  }
  return axes;
}

mx::Shape with_front(int size, mx::Shape shape) {
  shape.insert(shape.begin(), size);
  return shape;
}

// ---- element-wise ---------------------------------------------------------------------------------

// MLX's rule returns the axes of its inputs.
Vmapped not_equal_vmap(mx::NotEqual& self, const Arrays& inputs, const std::vector<int>& axes) {
  const auto in = all_in_each(inputs, axes, self.stream());
  return along_front(mx::not_equal(in[0], in[1], self.stream()));
}

// MLX's rule forgets that NaN should equal NaN.
Vmapped equal_vmap(mx::Equal& self, const Arrays& inputs, const std::vector<int>& axes) {
  const auto s = self.stream();
  const auto in = all_in_each(inputs, axes, s);
  const auto equal = mx::equal(in[0], in[1], s);
  return along_front(
      self.state() ? mx::logical_or(equal, mx::logical_and(mx::isnan(in[0], s), mx::isnan(in[1], s), s), s) : equal);
}

// MLX's rule gives the result the shape of its first input.
Vmapped bitwise_vmap(mx::BitwiseBinary& self, const Arrays& inputs, const std::vector<int>& axes) {
  const auto s = self.stream();
  const auto in = all_in_each(inputs, axes, s);
  switch (self.state()) {
    case mx::BitwiseBinary::And:
      return along_front(mx::bitwise_and(in[0], in[1], s));
    case mx::BitwiseBinary::Or:
      return along_front(mx::bitwise_or(in[0], in[1], s));
    case mx::BitwiseBinary::Xor:
      return along_front(mx::bitwise_xor(in[0], in[1], s));
    case mx::BitwiseBinary::LeftShift:
      return along_front(mx::left_shift(in[0], in[1], s));
    default:
      return along_front(mx::right_shift(in[0], in[1], s));
  }
}

// MLX's rule returns an axis for the first of its two outputs only.
Vmapped divmod_vmap(mx::DivMod& self, const Arrays& inputs, const std::vector<int>& axes) {
  const auto in = all_in_each(inputs, axes, self.stream());
  return along_front(mx::divmod(in[0], in[1], self.stream()));
}

// ---- shapes ---------------------------------------------------------------------------------------

// MLX's rules for Broadcast, Reshape and Transpose modify the primitive, which other graphs may share: the second use
// of a compiled function under vmap would see the shapes of the first.

Vmapped broadcast_vmap(mx::Broadcast& self, const Arrays& inputs, const std::vector<int>& axes) {
  const auto s = self.stream();
  auto shape = self.state();
  if (inputs.size() > 1) {
    // In a graph that is compiled for any shape, the recorded shape is that of the trace.
    shape.clear();
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      auto slice = inputs[i].shape();
      if (is_mapped(axes[i])) {
        slice.erase(slice.begin() + axes[i]);
      }
      shape = mx::broadcast_shapes(shape, slice);
    }
  }
  if (!is_mapped(axes[0])) {
    return {{mx::broadcast_to(inputs[0], shape, s)}, {unmapped}};
  }
  const auto a = to_front(inputs[0], axes[0], s);
  auto aligned = a.shape();
  aligned.insert(aligned.begin() + 1, shape.size() + 1 - aligned.size(), 1);
  return along_front(mx::broadcast_to(mx::reshape(a, aligned, s), with_front(a.shape(0), shape), s));
}

Vmapped reshape_vmap(mx::Reshape& self, const Arrays& inputs, const std::vector<int>& axes) {
  const auto a = to_front(inputs[0], axes[0], self.stream());
  return along_front(mx::reshape(a, with_front(a.shape(0), self.state()), self.stream()));
}

Vmapped transpose_vmap(mx::Transpose& self, const Arrays& inputs, const std::vector<int>& axes) {
  std::vector<int> order{axes[0]};
  for (auto axis : self.state()) {
    order.push_back(axis + (axis >= axes[0]));
  }
  return along_front(mx::transpose(inputs[0], order, self.stream()));
}

// MLX's rule fails for several axes.
Vmapped expand_dims_vmap(mx::ExpandDims& self, const Arrays& inputs, const std::vector<int>& axes) {
  return along_front(
      mx::expand_dims(to_front(inputs[0], axes[0], self.stream()), behind_front(self.state()), self.stream()));
}

// If the mapped axis is the last one, MLX's rule treats its elements as parts of one element.
Vmapped view_vmap(mx::View& self, const Arrays& inputs, const std::vector<int>& axes) {
  return along_front(mx::view(to_front(inputs[0], axes[0], self.stream()), self.state(), self.stream()));
}

// MLX has no rule.
Vmapped as_strided_vmap(mx::AsStrided& self, const Arrays& inputs, const std::vector<int>& axes) {
  const auto s = self.stream();
  const auto& [shape, strides, offset] = self.state();
  const auto a = mx::flatten(mx::expand_dims(to_front(inputs[0], axes[0], s), -1, s), 1, -1, s);
  auto places = mx::full(shape, mx::array(std::int64_t(offset), mx::int64), s);
  for (std::size_t i = 0; i < shape.size(); ++i) {
    mx::Shape along(shape.size(), 1);
    along[i] = shape[i];
    const auto steps = mx::multiply(mx::arange(0, shape[i], mx::int64, s), mx::array(strides[i], mx::int64), s);
    places = mx::add(places, mx::reshape(steps, along, s), s);
  }
  return along_front(mx::take(a, places, 1, s));
}

// MLX's rule refuses a mapped value.
Vmapped pad_vmap(mx::Pad& self, const Arrays& inputs, const std::vector<int>& axes) {
  const auto s = self.stream();
  auto [pad_axes, low, high] = self.state();
  const int ndim = int(inputs[0].ndim()) - is_mapped(axes[0]);
  for (auto& axis : pad_axes) {
    axis = axis < 0 ? axis + ndim : axis;
  }
  if (!is_mapped(axes[1])) {
    const auto a = to_front(inputs[0], axes[0], s);
    return along_front(mx::pad(a, behind_front(pad_axes), low, high, inputs[1], "constant", s));
  }
  const auto a = in_each(inputs[0], axes[0], batch_of(inputs, axes), s);
  const auto value =
      mx::reshape(to_front(inputs[1], axes[1], s), with_front(a.shape(0), mx::Shape(a.ndim() - 1, 1)), s);
  auto shape = a.shape();
  mx::Shape start(a.ndim(), 0);
  auto stop = a.shape();
  for (std::size_t i = 0; i < pad_axes.size(); ++i) {
    const auto axis = std::size_t(pad_axes[i] + 1);
    shape[axis] += low[i] + high[i];
    start[axis] = low[i];
    stop[axis] += low[i];
  }
  return along_front(mx::slice_update(mx::broadcast_to(value, shape, s), a, start, stop, s));
}

// ---- indexing -------------------------------------------------------------------------------------

// Puts the number of each slice before the indices. All have one dtype; narrow ones are widened, since there may be
// more slices than they can count.
Arrays with_slice_numbers(const Arrays& indices, int batch, std::size_t ndim, mx::Stream s) {
  Arrays result;
  auto dtype = mx::int32;
  for (const auto& index : indices) {
    result.push_back(index.dtype().size() < 4 ? mx::astype(index, mx::int32, s) : index);
    dtype = result.back().dtype();
  }
  auto shape = mx::Shape(ndim, 1);
  shape[0] = batch;
  result.insert(result.begin(), mx::reshape(mx::arange(0, batch, dtype, s), shape, s));
  return result;
}

// MLX's rule confuses the mapped axis with another one if only the array or only some indices are mapped, and numbers
// the slices in the dtype of the indices.
Vmapped gather_vmap(mx::Gather& self, const Arrays& inputs, const std::vector<int>& axes) {
  const auto s = self.stream();
  const auto& [gather_axes, sizes] = self.state();
  const bool by_slice = std::any_of(axes.begin() + 1, axes.end(), is_mapped);
  const int batch = batch_of(inputs, axes);
  Arrays indices;
  for (std::size_t i = 1; i < inputs.size(); ++i) {
    indices.push_back(by_slice ? in_each(inputs[i], axes[i], batch, s) : inputs[i]);
  }
  if (!is_mapped(axes[0])) {
    return along_front(mx::gather(inputs[0], indices, gather_axes, sizes, s));
  }
  const auto a = to_front(inputs[0], axes[0], s);
  auto axes_of_all = behind_front(gather_axes);
  const int ndim = indices.empty() ? 0 : int(indices[0].ndim());
  if (!by_slice) {
    return {{mx::gather(a, indices, axes_of_all, with_front(batch, sizes), s)}, {ndim}};
  }
  axes_of_all.insert(axes_of_all.begin(), 0);
  const auto all = with_slice_numbers(indices, batch, std::size_t(ndim), s);
  return along_front(mx::squeeze(mx::gather(a, all, axes_of_all, with_front(1, sizes), s), ndim, s));
}

mx::array scattered(mx::Scatter::ReduceType how, const mx::array& a, const Arrays& indices, const mx::array& updates,
                    const std::vector<int>& axes, mx::Stream s) {
  switch (how) {
    case mx::Scatter::Sum:
      return mx::scatter_add(a, indices, updates, axes, s);
    case mx::Scatter::Prod:
      return mx::scatter_prod(a, indices, updates, axes, s);
    case mx::Scatter::Max:
      return mx::scatter_max(a, indices, updates, axes, s);
    case mx::Scatter::Min:
      return mx::scatter_min(a, indices, updates, axes, s);
    default:
      return mx::scatter(a, indices, updates, axes, s);
  }
}

// MLX's rule looks for the mapped axis of the updates at its position before another axis was inserted, so it may write
// outside the array.
Vmapped scatter_vmap(mx::Scatter& self, const Arrays& inputs, const std::vector<int>& axes) {
  const auto s = self.stream();
  const auto& [how, scatter_axes] = self.state();
  const auto all = all_in_each(inputs, axes, s);
  const Arrays indices(all.begin() + 1, all.end() - 1);
  const auto ndim = indices.empty() ? 1 : indices[0].ndim();
  auto axes_of_all = behind_front(scatter_axes);
  axes_of_all.insert(axes_of_all.begin(), 0);
  return along_front(scattered(how, all[0], with_slice_numbers(indices, all[0].shape(0), ndim, s),
                               mx::expand_dims(all.back(), int(ndim), s), axes_of_all, s));
}

// MLX's rule does not repeat an array that is not mapped.
Vmapped scatter_axis_vmap(mx::ScatterAxis& self, const Arrays& inputs, const std::vector<int>& axes) {
  const auto& [how, axis] = self.state();
  const auto all = all_in_each(inputs, axes, self.stream());
  const auto scatter = how == mx::ScatterAxis::Sum ? mx::scatter_add_axis : mx::put_along_axis;
  return along_front(scatter(all[0], all[1], all[2], axis + 1, self.stream()));
}

// MLX's rule reads beyond an update that is not mapped.
Vmapped slice_update_vmap(mx::SliceUpdate& self, const Arrays& inputs, const std::vector<int>& axes) {
  const auto s = self.stream();
  auto [how, start, stop, strides] = self.state();
  const auto all = all_in_each(inputs, axes, s);
  start = with_front(0, start);
  stop = with_front(all[0].shape(0), stop);
  strides = with_front(1, strides);
  switch (how) {
    case mx::SliceUpdate::Sum:
      return along_front(mx::slice_update_add(all[0], all[1], start, stop, strides, s));
    case mx::SliceUpdate::Prod:
      return along_front(mx::slice_update_prod(all[0], all[1], start, stop, strides, s));
    case mx::SliceUpdate::Max:
      return along_front(mx::slice_update_max(all[0], all[1], start, stop, strides, s));
    case mx::SliceUpdate::Min:
      return along_front(mx::slice_update_min(all[0], all[1], start, stop, strides, s));
    default:
      return along_front(mx::slice_update(all[0], all[1], start, stop, strides, s));
  }
}

// Returns the start of each slice's block: for each axis, an array with one index for each slice.
Arrays starts_along(const mx::array& start, int axis, std::size_t count, mx::Stream s) {
  const auto rows = mx::reshape(to_front(start, axis, s), {start.shape(axis), int(count)}, s);
  Arrays result;
  for (int i = 0; i < int(count); ++i) {
    result.push_back(mx::take(rows, i, 1, s));
  }
  return result;
}

// MLX's rule refuses mapped starts.
Vmapped dynamic_slice_vmap(mx::DynamicSlice& self, const Arrays& inputs, const std::vector<int>& axes) {
  const auto s = self.stream();
  const auto& [slice_axes, sizes] = self.state();
  if (!is_mapped(axes[1])) {
    const auto a = to_front(inputs[0], axes[0], s);
    return along_front(mx::slice(a, inputs[1], behind_front(slice_axes), with_front(a.shape(0), sizes), s));
  }
  const auto starts = starts_along(inputs[1], axes[1], slice_axes.size(), s);
  if (!is_mapped(axes[0])) {
    return along_front(mx::gather(inputs[0], starts, slice_axes, sizes, s));
  }
  auto axes_of_all = behind_front(slice_axes);
  axes_of_all.insert(axes_of_all.begin(), 0);
  const auto a = to_front(inputs[0], axes[0], s);
  const auto all = with_slice_numbers(starts, a.shape(0), 1, s);
  return along_front(mx::squeeze(mx::gather(a, all, axes_of_all, with_front(1, sizes), s), 1, s));
}

// MLX's rule refuses mapped starts and reads beyond an update that is not mapped.
Vmapped dynamic_slice_update_vmap(mx::DynamicSliceUpdate& self, const Arrays& inputs, const std::vector<int>& axes) {
  const auto s = self.stream();
  const int batch = batch_of(inputs, axes);
  const auto a = in_each(inputs[0], axes[0], batch, s);
  const auto update = in_each(inputs[1], axes[1], batch, s);
  auto axes_of_all = behind_front(self.state());
  if (!is_mapped(axes[2])) {
    return along_front(mx::slice_update(a, update, inputs[2], axes_of_all, s));
  }
  // Elements along axes with starts are written one by one, because only such scatters have derivatives.
  auto indices = starts_along(inputs[2], axes[2], axes_of_all.size(), s);
  std::vector<int> order{0};
  mx::Shape shape{batch};
  for (std::size_t i = 0; i < indices.size(); ++i) {
    mx::Shape each(indices.size() + 1, 1);
    each[0] = batch;
    mx::Shape along(indices.size() + 1, 1);
    along[i + 1] = update.shape(axes_of_all[i]);
    const auto steps = mx::arange(0, along[i + 1], indices[i].dtype(), s);
    indices[i] = mx::add(mx::reshape(indices[i], each, s), mx::reshape(steps, along, s), s);
    order.push_back(axes_of_all[i]);
    shape.push_back(along[i + 1]);
  }
  shape.push_back(1);
  for (int axis = 1; axis < int(update.ndim()); ++axis) {
    if (std::find(axes_of_all.begin(), axes_of_all.end(), axis) != axes_of_all.end()) {
      shape.push_back(1);
    } else {
      shape.push_back(update.shape(axis));
      order.push_back(axis);
    }
  }
  const auto values = mx::reshape(mx::transpose(update, order, s), shape, s);
  axes_of_all.insert(axes_of_all.begin(), 0);
  return along_front(mx::scatter(a, with_slice_numbers(indices, batch, indices.size() + 1, s), values, axes_of_all, s));
}

// ---- products -------------------------------------------------------------------------------------

// MLX's rule refuses a mapped summand with matrices that are not mapped.
Vmapped addmm_vmap(mx::AddMM& self, const Arrays& inputs, const std::vector<int>& axes) {
  const auto s = self.stream();
  const auto [alpha, beta] = self.state();
  const auto all = all_in_each(inputs, axes, s);
  return along_front(mx::addmm(all[2], all[0], all[1], alpha, beta, s));
}

// Returns the matrices of all slices in one stack, and for each product its position there.
std::pair<mx::array, mx::array> stack_of_all(const mx::array& matrices, int axis, const mx::array& places,
                                             mx::Stream s) {
  if (!is_mapped(axis)) {
    return {matrices, places};
  }
  const auto a = mx::flatten(mx::expand_dims(to_front(matrices, axis, s), 1, s), 0, -3, s);
  const int batch = matrices.shape(axis);
  auto shape = mx::Shape(places.ndim(), 1);
  shape[0] = batch;
  const auto first = mx::multiply(mx::arange(0, batch, places.dtype(), s),
                                  mx::array(a.shape(0) / std::max(batch, 1), places.dtype()), s);
  return {a, mx::add(places, mx::reshape(first, shape, s), s)};
}

// MLX has no rule.
Vmapped gather_mm_vmap(mx::GatherMM& self, const Arrays& inputs, const std::vector<int>& axes) {
  const auto s = self.stream();
  const int batch = batch_of(inputs, axes);
  const auto [a, left] = stack_of_all(inputs[0], axes[0], in_each(inputs[2], axes[2], batch, s), s);
  const auto [b, right] = stack_of_all(inputs[1], axes[1], in_each(inputs[3], axes[3], batch, s), s);
  return along_front(mx::gather_mm(a, b, left, right, false, s));
}

// MLX's rule mixes up the groups of mapped weights, and uses groups in three dimensions, where MLX has none.
Vmapped convolution_vmap(mx::Convolution& self, const Arrays& inputs, const std::vector<int>& axes) {
  const auto s = self.stream();
  const auto& [strides, low, high, kernel_dilation, input_dilation, groups, flip] = self.state();
  const auto convolve = [&](const mx::array& in, const mx::array& weights, int of) {
    return mx::conv_general(in, weights, strides, low, high, kernel_dilation, input_dilation, of, flip, s);
  };
  if (!is_mapped(axes[1])) {
    const auto in = to_front(inputs[0], axes[0], s);
    const auto out = convolve(mx::flatten(in, 0, 1, s), inputs[1], groups);
    return along_front(mx::unflatten(out, 0, {in.shape(0), in.shape(1)}, s));
  }
  const auto weights = to_front(inputs[1], axes[1], s);
  const int batch = weights.shape(0);
  const int channels = weights.shape(1);
  if (!is_mapped(axes[0])) {
    // The channels of a group stay together: within a group, those of each slice follow one another.
    const auto grouped = mx::moveaxis(mx::unflatten(weights, 1, {groups, channels / groups}, s), 0, 1, s);
    const auto out = convolve(inputs[0], mx::flatten(grouped, 0, 2, s), groups);
    const auto by_slice = mx::moveaxis(mx::unflatten(out, -1, {groups, batch, channels / groups}, s), -2, 0, s);
    return along_front(mx::flatten(by_slice, -2, -1, s));
  }
  const auto in = to_front(inputs[0], axes[0], s);
  if (strides.size() > 2) {
    Arrays outputs;
    for (int i = 0; i < batch; ++i) {
      outputs.push_back(convolve(mx::take(in, i, 0, s), mx::take(weights, i, 0, s), groups));
    }
    return along_front(mx::stack(outputs, 0, s));
  }
  const auto side_by_side = mx::flatten(mx::moveaxis(in, 0, -2, s), -2, -1, s);
  const auto out = convolve(side_by_side, mx::flatten(weights, 0, 1, s), groups * batch);
  return along_front(mx::moveaxis(mx::unflatten(out, -1, {batch, channels}, s), -2, 0, s));
}

// ---- quantized products ---------------------------------------------------------------------------

// The quantized inputs of a product: the matrix, its scales and, in some modes, its biases.
struct Quantized {
  mx::array matrix;
  mx::array scales;
  std::optional<mx::array> biases;
};

// Returns the quantized matrices of all slices in one stack.
Quantized quantized_stack(const Arrays& inputs, const std::vector<int>& axes, bool biased, mx::Stream s) {
  const bool mapped = std::any_of(axes.begin() + 1, axes.begin() + (biased ? 4 : 3), is_mapped);
  const int batch = batch_of(inputs, axes);
  const auto stacked = [&](std::size_t i) {
    return mapped ? mx::flatten(mx::expand_dims(in_each(inputs[i], axes[i], batch, s), 1, s), 0, -3, s) : inputs[i];
  };
  return {stacked(1), stacked(2), biased ? std::optional(stacked(3)) : std::nullopt};
}

const char* mode_name(mx::QuantizationMode mode) {
  switch (mode) {
    case mx::QuantizationMode::Mxfp4:
      return "mxfp4";
    case mx::QuantizationMode::Mxfp8:
      return "mxfp8";
    case mx::QuantizationMode::Nvfp4:
      return "nvfp4";
    default:
      return "affine";
  }
}

// MLX has no rule.
Vmapped quantized_matmul_vmap(mx::QuantizedMatmul& self, const Arrays& inputs, const std::vector<int>& axes) {
  const auto s = self.stream();
  const auto& [group_size, bits, mode, transpose] = self.state();
  const auto multiply = [&](const mx::array& x, const Arrays& all) {
    return mx::quantized_matmul(x, all[1], all[2], all.size() > 3 ? std::optional(all[3]) : std::nullopt, transpose,
                                group_size, bits, mode_name(mode), s);
  };
  const bool one_matrix = inputs[1].ndim() == 2;
  if (one_matrix && std::none_of(axes.begin() + 1, axes.end(), is_mapped)) {
    return along_front(multiply(to_front(inputs[0], axes[0], s), inputs));
  }
  const auto all = all_in_each(inputs, axes, s);
  const auto& x = all[0];
  if (all[1].ndim() > 3) {
    return along_front(multiply(x, all));
  }
  // Stacks of matrices must have the same shape, so the matrices of a slice become the rows of one matrix.
  const auto out = multiply(x.ndim() == 2 ? mx::expand_dims(x, 1, s) : mx::flatten(x, 1, -2, s), all);
  auto shape = x.shape();
  shape.back() = out.shape(-1);
  return along_front(mx::reshape(out, shape, s));
}

// MLX has no rule.
Vmapped gather_qmm_vmap(mx::GatherQMM& self, const Arrays& inputs, const std::vector<int>& axes) {
  const auto s = self.stream();
  const auto& [group_size, bits, mode, transpose, left_sorted, right_sorted] = self.state();
  const bool biased = mode == mx::QuantizationMode::Affine;
  const int batch = batch_of(inputs, axes);
  const auto count = inputs.size();
  const auto [x, left] = stack_of_all(inputs[0], axes[0], in_each(inputs[count - 2], axes[count - 2], batch, s), s);
  const bool mapped = std::any_of(axes.begin() + 1, axes.end() - 2, is_mapped);
  auto right = in_each(inputs[count - 1], axes[count - 1], batch, s);
  if (mapped) {
    right = stack_of_all(in_each(inputs[1], axes[1], batch, s), 0, right, s).second;
  }
  const auto all = quantized_stack(inputs, axes, biased, s);
  return along_front(mx::gather_qmm(x, all.matrix, all.scales, all.biases, left, right, transpose, group_size, bits,
                                    mode_name(mode), std::nullopt, false, s));
}

// ---- decompositions -------------------------------------------------------------------------------

// MLX's rule inverts the whole matrix.
Vmapped inverse_vmap(mx::Inverse& self, const Arrays& inputs, const std::vector<int>& axes) {
  const auto s = self.stream();
  const auto [triangle, upper] = self.state();
  const auto a = to_front(inputs[0], axes[0], s);
  return along_front(triangle ? mx::linalg::tri_inv(a, upper, s) : mx::linalg::inv(a, s));
}

// MLX has no rules.

Vmapped lu_vmap(mx::LUF& self, const Arrays& inputs, const std::vector<int>& axes) {
  const auto s = self.stream();
  return along_front(mx::linalg::lu_factor(to_front(inputs[0], axes[0], s), s).first.outputs());
}

Vmapped qr_vmap(mx::QRF& self, const Arrays& inputs, const std::vector<int>& axes) {
  const auto s = self.stream();
  const auto [q, r] = mx::linalg::qr(to_front(inputs[0], axes[0], s), s);
  return along_front(Arrays{q, r});
}

}  // namespace

void replace_vmap_rules() {
  const mx::Stream cpu = mx::default_stream(mx::Device::cpu);
  const mx::array x = mx::zeros({2, 2}, mx::float32, cpu);
  const mx::array i = mx::zeros({1}, mx::int32, cpu);
  const mx::array part = mx::zeros({1, 2}, mx::float32, cpu);
  const mx::array k = mx::zeros({2, 1}, mx::int32, cpu);

  replace(mx::not_equal(x, x, cpu), &mx::NotEqual::vmap, not_equal_vmap);
  replace(mx::equal(x, x, cpu), &mx::Equal::vmap, equal_vmap);
  replace(mx::bitwise_and(i, i, cpu), &mx::BitwiseBinary::vmap, bitwise_vmap);
  replace(mx::divmod(i, i, cpu)[0], &mx::DivMod::vmap, divmod_vmap);

  replace(mx::broadcast_to(x, {3, 2, 2}, cpu), &mx::Broadcast::vmap, broadcast_vmap);
  replace(mx::reshape(x, {1, 4}, cpu), &mx::Reshape::vmap, reshape_vmap);
  replace(mx::transpose(x, cpu), &mx::Transpose::vmap, transpose_vmap);
  replace(mx::expand_dims(x, 0, cpu), &mx::ExpandDims::vmap, expand_dims_vmap);
  replace(mx::view(x, mx::int32, cpu), &mx::View::vmap, view_vmap);
  replace(mx::as_strided(x, {2}, {1}, 0, cpu), &mx::AsStrided::vmap, as_strided_vmap);
  replace(mx::pad(x, 1, mx::array(0.0f), "constant", cpu), &mx::Pad::vmap, pad_vmap);

  replace(mx::gather(x, i, 0, {1, 2}, cpu), &mx::Gather::vmap, gather_vmap);
  const mx::array updates = mx::zeros({1, 1, 2}, mx::float32, cpu);
  replace(mx::scatter(x, i, updates, 0, cpu), &mx::Scatter::vmap, scatter_vmap);
  replace(mx::put_along_axis(x, k, k, 1, cpu), &mx::ScatterAxis::vmap, scatter_axis_vmap);
  replace(mx::slice_update(x, part, mx::Shape{0, 0}, mx::Shape{1, 2}, cpu), &mx::SliceUpdate::vmap, slice_update_vmap);
  replace(mx::slice(x, i, {0}, {1, 2}, cpu), &mx::DynamicSlice::vmap, dynamic_slice_vmap);
  replace(mx::slice_update(x, part, i, {0}, cpu), &mx::DynamicSliceUpdate::vmap, dynamic_slice_update_vmap);

  replace(mx::addmm(x, x, x, 1, 1, cpu), &mx::AddMM::vmap, addmm_vmap);
  replace(mx::gather_mm(x, x, i, i, false, cpu), &mx::GatherMM::vmap, gather_mm_vmap);
  const mx::array line = mx::zeros({1, 2, 1}, mx::float32, cpu);
  replace(mx::conv1d(line, line, 1, 0, 1, 1, cpu), &mx::Convolution::vmap, convolution_vmap);
  const auto quantized = mx::quantize(mx::zeros({32, 32}, mx::float32, cpu), 32, 4, "affine", std::nullopt, cpu);
  const mx::array row = mx::zeros({1, 32}, mx::float32, cpu);
  replace(mx::quantized_matmul(row, quantized[0], quantized[1], quantized[2], true, 32, 4, "affine", cpu),
          &mx::QuantizedMatmul::vmap, quantized_matmul_vmap);
  replace(mx::gather_qmm(row, quantized[0], quantized[1], quantized[2], i, i, true, 32, 4, "affine", std::nullopt,
                         false, cpu),
          &mx::GatherQMM::vmap, gather_qmm_vmap);

  replace(mx::linalg::inv(x, cpu), &mx::Inverse::vmap, inverse_vmap);
  replace(mx::linalg::lu_factor(x, cpu).first, &mx::LUF::vmap, lu_vmap);
  replace(mx::linalg::qr(x, cpu).first, &mx::QRF::vmap, qr_vmap);
}

}  // namespace mlx4j
