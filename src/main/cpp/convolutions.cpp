#include "convolutions.h"

#include <algorithm>
#include <limits>
#include <sstream>
#include <tuple>

#include "allocation.h"
#include "memory_limits.h"
#include "upstream_rules.h"

namespace mlx4j {

namespace {

// Zeros between the elements of an axis.
mx::array dilate(const mx::array& a, int axis, int dilation, mx::StreamOrDevice s) {
  auto spread = mx::expand_dims(a, axis + 1, s);
  std::vector<std::pair<int, int>> widths(spread.ndim());
  widths[axis + 1] = {0, dilation - 1};
  spread = mx::flatten(mx::pad(spread, widths, mx::array(0, a.dtype()), "constant", s), axis, axis + 1, s);
  auto stop = spread.shape();
  stop[axis] -= dilation - 1;
  return mx::slice(spread, mx::Shape(stop.size(), 0), stop, s);
}

// Zeros around the spatial axes, or less of them where the padding is negative.
mx::array pad(const mx::array& a, const std::vector<int>& low, const std::vector<int>& high, mx::StreamOrDevice s) {
  std::vector<std::pair<int, int>> widths(a.ndim());
  mx::Shape start(a.ndim(), 0);
  for (std::size_t i = 0; i < low.size(); ++i) {
    widths[i + 1] = {std::max(low[i], 0), std::max(high[i], 0)};
    start[i + 1] = std::max(-low[i], 0);
  }
  auto padded = mx::pad(a, widths, mx::array(0, a.dtype()), "constant", s);
  auto stop = padded.shape();
  for (std::size_t i = 0; i < high.size(); ++i) {
    stop[i + 1] -= std::max(-high[i], 0);
  }
  return mx::slice(padded, start, stop, s);
}

constexpr std::size_t largest = std::numeric_limits<std::size_t>::max() / 2;

std::size_t product(std::size_t a, std::size_t b) {
  return __builtin_mul_overflow(a, b, &a) || a > largest ? largest : a;
}

// MLX pads the input, and copies it to a matrix with a row for each position of the kernel; both are arrays of float32.
// It computes their sizes in 32 bits.
void require_matrix(const mx::array& in, const mx::array& weight, const mx::array& out, const std::vector<int>& low,
                    const std::vector<int>& high) {
  std::size_t padded = product(in.shape(0), in.shape(-1));
  std::size_t rows = in.shape(0);
  std::size_t columns = in.shape(-1);
  std::size_t widest = 0;
  for (int i = 1; i + 1 < int(in.ndim()); ++i) {
    const auto width = std::size_t(in.shape(i)) + std::size_t(low[i - 1]) + std::size_t(high[i - 1]);
    widest = std::max(widest, width);
    padded = product(padded, width);
    rows = product(rows, out.shape(i));
    columns = product(columns, weight.shape(i));
  }
  const auto bytes = product(std::min(largest, padded + product(rows, columns)), sizeof(float));
  std::ostringstream message;
  message << "[conv] the convolution of shape " << in.shape() << " with " << weight.shape();
  if (bytes > physical_memory()) {
    message << " needs " << bytes << " bytes or more besides its result; there are " << physical_memory()
            << " bytes of memory";
    throw allocation_failed(message.str(), bytes);
  }
  if (const std::size_t most = std::numeric_limits<int>::max(); std::max({widest, rows, columns}) > most) {
    message << " has " << rows << " positions of " << columns << " numbers, on an input that is padded to a width of "
            << widest << "; none of these may be more than " << most << ". Convolve parts of the batch.";
    throw std::invalid_argument(message.str());
  }
}

using Eval = void (mx::Convolution::*)(const Arrays&, mx::array&);
void (*mlx_eval)(mx::Convolution&, const Arrays&, mx::array&);

// Where an axis has one element there is nothing between elements. MLX would count through the distance, and would
// take its way of computing for dilated convolutions, which is slower.
void evaluate_convolution(mx::Convolution& self, const Arrays& inputs, mx::array& out) {
  const auto [given_strides, low, high, given_dilation, given_input_dilation, groups, flip] = self.state();
  auto strides = given_strides, dilation = given_dilation, input_dilation = given_input_dilation;
  const mx::array& in = inputs[0];
  const mx::array& weight = inputs[1];
  bool matrix = groups == 1 || (low.size() == 1 && !flip);
  for (std::size_t i = 0; i < low.size(); ++i) {
    const int axis = int(i) + 1;
    input_dilation[i] = in.shape(axis) == 1 ? 1 : input_dilation[i];
    dilation[i] = weight.shape(axis) == 1 ? 1 : dilation[i];
    strides[i] = out.shape(axis) == 1 ? 1 : strides[i];
    matrix = matrix && input_dilation[i] == 1 && dilation[i] == 1;
  }
  if (matrix) {
    require_matrix(in, weight, out, low, high);
  }
  if (std::tie(strides, dilation, input_dilation) == std::tie(given_strides, given_dilation, given_input_dilation)) {
    mlx_eval(self, inputs, out);
  } else {
    auto same = mx::conv_general(in, weight, strides, low, high, dilation, input_dilation, groups, flip, self.stream());
    mlx_eval(static_cast<mx::Convolution&>(same.primitive()), inputs, out);
  }
}

}  // namespace

void replace_convolutions() {
  const mx::array one = mx::ones({1, 1, 1});
  mlx_eval = replace(mx::conv1d(one, one), static_cast<Eval>(&mx::Convolution::eval_cpu),
                     &evaluate_convolution);
}

mx::array conv_general(const mx::array& input, const mx::array& weight, const std::vector<int>& stride,
                       const std::vector<int>& padding_low, const std::vector<int>& padding_high,
                       const std::vector<int>& kernel_dilation, const std::vector<int>& input_dilation, jint groups,
                       bool flip, mx::StreamOrDevice s) {
  const auto axes = stride.size();
  bool wrong_in_mlx = false;
  for (std::size_t i = 0; i < axes; ++i) {
    const auto most = std::int64_t(kernel_dilation[i]) * (weight.shape(int(i) + 1) - 1);
    const auto [less, more] = std::minmax(padding_low[i], padding_high[i]);
    wrong_in_mlx |= less < 0 || (input_dilation[i] > 1 && (stride[i] > 1 || more > most));
  }
  auto in = input;
  if (!wrong_in_mlx) {
    return mx::conv_general(in, weight, stride, padding_low, padding_high, kernel_dilation, input_dilation, groups,
                            flip, s);
  }
  for (std::size_t i = 0; i < axes; ++i) {
    if (input_dilation[i] > 1) {
      in = dilate(in, int(i) + 1, input_dilation[i], s);
    }
  }
  const std::vector<int> none(axes, 0);
  return mx::conv_general(pad(in, padding_low, padding_high, s), weight, stride, none, none, kernel_dilation,
                          std::vector<int>(axes, 1), groups, flip, s);
}

mx::array convolve(const mx::array& a, const mx::array& v, jint padding_low, jint padding_high, mx::StreamOrDevice s) {
  const auto& longer = a.size() < v.size() ? v : a;
  const auto& shorter = a.size() < v.size() ? a : v;
  const auto n = shorter.shape(0);
  const auto reversed = mx::slice(shorter, {n - 1}, {-n - 1}, {-1}, s);
  auto in = mx::reshape(longer, {1, longer.shape(0), 1}, s);
  const auto kernel = mx::reshape(reversed, {1, n, 1}, s);
  auto out = mx::conv_general(in, kernel, {1}, {padding_low}, {padding_high}, {1}, {1}, 1, false, s);
  return mx::reshape(out, {out.shape(1)}, s);
}

}  // namespace mlx4j
