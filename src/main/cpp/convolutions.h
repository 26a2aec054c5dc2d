// Convolutions. Java has checked their shapes and parameters.
#pragma once

#include "handles.h"

namespace mlx4j {

// Like mx::conv_general, but also correct where MLX is not: for negative padding of a dilated input, for the gradients
// of a dilated input that is strided or padded by more than the kernel, and for vmap over the weights of groups.
mx::array conv_general(const mx::array& input, const mx::array& weight, const std::vector<int>& stride,
                       const std::vector<int>& padding_low, const std::vector<int>& padding_high,
                       const std::vector<int>& kernel_dilation, const std::vector<int>& input_dilation, jint groups,
                       bool flip, mx::StreamOrDevice s);

// Convolves two vectors; the longer one is padded with `padding_low` and `padding_high` zeros.
mx::array convolve(const mx::array& a, const mx::array& v, jint padding_low, jint padding_high, mx::StreamOrDevice s);

}  // namespace mlx4j
