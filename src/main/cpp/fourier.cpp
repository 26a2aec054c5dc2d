#include "fourier.h"

#include "evaluation.h"

namespace mlx4j {

namespace {

// Returns the first `size` elements along an axis, followed by zeros if there are fewer.
mx::array resized(const mx::array& a, int axis, int size, mx::StreamOrDevice s) {
  if (a.shape(axis) == size) {
    return a;
  }
  if (a.shape(axis) < size) {
    return mx::pad(a, {axis}, {0}, {size - a.shape(axis)}, mx::array(0, a.dtype()), "constant", s);
  }
  auto stop = a.shape();
  stop[axis] = size;
  return mx::slice(a, mx::Shape(a.ndim(), 0), std::move(stop), s);
}

// Returns the elements along an axis without the first one, conjugated and in reverse order.
mx::array mirrored(const mx::array& a, int axis, mx::StreamOrDevice s) {
  mx::Shape start(a.ndim(), 0);
  auto stop = a.shape();
  mx::Shape strides(a.ndim(), 1);
  start[axis] = a.shape(axis) - 1;
  stop[axis] = 0;  // exclusive
  strides[axis] = -1;
  return mx::conjugate(mx::slice(a, std::move(start), std::move(stop), std::move(strides), s), s);
}

// Completes the spectrum of n real numbers from its first half.
mx::array whole_spectrum(const mx::array& half, int axis, int n, mx::StreamOrDevice s) {
  const auto first = resized(half, axis, n / 2 + 1, s);
  return mx::concatenate({first, mirrored(first, axis, s)}, axis, s);
}

}  // namespace

mx::array irfftn(const mx::array& a, const mx::Shape& n, const std::vector<int>& axes, FFTNorm norm,
                 mx::StreamOrDevice s) {
  auto direct = mx::fft::irfftn(a, n, axes, norm, s);  // also checks the arguments
  if (!tracing() || axes.empty() || n.back() % 2 == 0) {
    return direct;
  }
  auto spectrum = mx::astype(a, mx::complex64, s);
  if (axes.size() > 1) {
    spectrum = mx::fft::ifftn(spectrum, mx::Shape(n.begin(), n.end() - 1), {axes.begin(), axes.end() - 1}, norm, s);
  }
  const int axis = axes.back() < 0 ? axes.back() + int(a.ndim()) : axes.back();
  spectrum = whole_spectrum(spectrum, axis, n.back(), s);
  return mx::real(mx::fft::ifft(spectrum, n.back(), axis, norm, s), s);
}

mx::array istft(const mx::array& matrix, int n_fft, int hop_length, int win_length,
                const std::optional<mx::array>& window, bool center, FFTNorm norm, bool onesided, int length,
                mx::StreamOrDevice s) {
  const auto maybe_length = length < 0 ? std::nullopt : std::optional(length);
  auto direct = mx::fft::istft(matrix, n_fft, hop_length, win_length, window, center, norm, onesided, maybe_length, s);
  if (!tracing() || !onesided || n_fft % 2 == 0) {
    return direct;
  }
  const auto spectrum = whole_spectrum(mx::astype(matrix, mx::complex64, s), int(matrix.ndim()) - 2, n_fft, s);
  return mx::real(mx::fft::istft(spectrum, n_fft, hop_length, win_length, window, center, norm, false, maybe_length, s),
                  s);
}

}  // namespace mlx4j
