// Convolutions. Their shapes and parameters have been checked in Java.
#pragma once

#include "handles.h"

namespace mlx4j {

// As mx::conv_general, right also where MLX is not: negative padding of a dilated input, the gradients of a dilated
// input that is strided or padded by more than the kernel, and vmap over the weights of groups.
mx::array conv_general(const mx::array& input, const mx::array& weight, const std::vector<int>& stride,
                       const std::vector<int>& padding_low, const std::vector<int>& padding_high,
                       const std::vector<int>& kernel_dilation, const std::vector<int>& input_dilation, jint groups,
                       bool flip, mx::StreamOrDevice s);

// Of two vectors; `padding_low` and `padding_high` zeros are put around the longer one.
mx::array convolve(const mx::array& a, const mx::array& v, jint padding_low, jint padding_high, mx::StreamOrDevice s);

}  // namespace mlx4j
