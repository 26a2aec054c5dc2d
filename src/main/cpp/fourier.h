// Fourier transforms whose derivatives are wrong in MLX.
#pragma once

#include "handles.h"

namespace mlx4j {

using mx::fft::FFTNorm;

// MLX's jvp of an inverse real transform always gives the result an even size. So while a function is traced, a result
// of odd size is computed from the whole spectrum, which the given half determines.
mx::array irfftn(const mx::array& a, const mx::Shape& n, const std::vector<int>& axes, FFTNorm norm,
                 mx::StreamOrDevice s);

// A negative length stands for "not given".
mx::array istft(const mx::array& matrix, int n_fft, int hop_length, int win_length,
                const std::optional<mx::array>& window, bool center, FFTNorm norm, bool onesided, int length,
                mx::StreamOrDevice s);

}  // namespace mlx4j
