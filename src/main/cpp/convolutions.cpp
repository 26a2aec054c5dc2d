#include "convolutions.h"

#include <algorithm>

namespace mlx4j {

namespace {

// Inserts zeros between the elements of an axis.
mx::array dilate(const mx::array& a, int axis, int dilation, mx::StreamOrDevice s) {
  auto spread = mx::expand_dims(a, axis + 1, s);
  std::vector<std::pair<int, int>> widths(spread.ndim());
  widths[axis + 1] = {0, dilation - 1};
  spread = mx::flatten(mx::pad(spread, widths, mx::array(0, a.dtype()), "constant", s), axis, axis + 1, s);
  auto stop = spread.shape();
  stop[axis] -= dilation - 1;
  return mx::slice(spread, mx::Shape(stop.size(), 0), stop, s);
}

// Puts zeros around the spatial axes, or cuts elements off where the padding is negative.
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

}  // namespace

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
