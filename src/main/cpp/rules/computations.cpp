#include "rules/computations.h"

#include <algorithm>
#include <limits>
#include <sstream>
#include <tuple>

#include "allocation.h"
#include "cpu/copies.h"
#include "cpu/products.h"
#include "memory_limits.h"
#include "messages.h"
#include "rules/upstream_rules.h"

namespace mlx4j {

namespace {

void (*mlx_reduce)(mx::Reduce&, const Arrays&, mx::array&);
void (*mlx_as_strided)(mx::AsStrided&, const Arrays&, mx::array&);
void (*mlx_luf)(mx::LUF&, const Arrays&, Arrays&);
std::vector<mx::Shape> (*mlx_matmul_shapes)(mx::Matmul&, const Arrays&);

// MLX omits a reduction over axes of size 1 only while a graph is built. If a recorded reduction meets such sizes, MLX
// plans a reduction over no axes and reads before the first element.
void reduce(mx::Reduce& self, const Arrays& inputs, mx::array& out) {
  const auto& in = inputs[0];
  if (in.size() == 0 || in.shape() != out.shape()) {
    mlx_reduce(self, inputs, out);
  } else if (in.dtype() == out.dtype()) {
    out.copy_shared_buffer(in);
  } else {
    Arrays outputs{out};
    mx::astype(in, out.dtype(), self.stream()).primitive().eval_cpu(inputs, outputs);
  }
}

// MLX flattens the input of such views, which leaves an array of one axis as it is, and then rejects it.
void as_strided(mx::AsStrided& self, const Arrays& inputs, mx::array& out) {
  if (inputs[0].flags().row_contiguous) {
    return mlx_as_strided(self, inputs, out);
  }
  Arrays rows{mx::array(inputs[0].shape(), inputs[0].dtype(), nullptr, {})};
  mx::contiguous(inputs[0], false, self.stream()).primitive().eval_cpu(inputs, rows);
  mlx_as_strided(self, rows, out);
}

// MLX gives the factors' size in bytes as their number of elements, so whoever copies them reads beyond their end.
void luf(mx::LUF& self, const Arrays& inputs, Arrays& outputs) {
  mlx_luf(self, inputs, outputs);
  auto& lu = outputs[0];
  lu.copy_shared_buffer(lu, lu.strides(), lu.flags(), lu.size());
}

// A recorded product may meet other sizes, which MLX does not compare.
std::vector<mx::Shape> matmul_shapes(mx::Matmul& self, const Arrays& inputs) {
  auto &a = inputs[0].shape(), &b = inputs[1].shape();
  if (a.back() != b[b.size() - 2] || !std::equal(a.begin(), a.end() - 2, b.begin(), b.end() - 2)) {
    std::ostringstream msg;
    msg << "[matmul] shapes " << shown(a) << " and " << shown(b) << " do not fit";
    throw std::invalid_argument(msg.str());
  }
  return mlx_matmul_shapes(self, inputs);
}

// ---- convolutions ---------------------------------------------------------------------------------
constexpr std::size_t largest = std::numeric_limits<std::size_t>::max() / 2;

std::size_t product(std::size_t a, std::size_t b) {
  return __builtin_mul_overflow(a, b, &a) || a > largest ? largest : a;
}

// MLX pads the input and copies it to a matrix with a row for each position of the kernel; both are arrays of float32.
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
  message << "[conv] the convolution of shape " << shown(in.shape()) << " with " << shown(weight.shape());
  if (bytes > physical_memory()) {
    message << " needs at least " << bytes << " bytes besides its result; there are only " << physical_memory()
            << " bytes of memory";
    throw allocation_failed(message.str(), bytes);
  }
  if (const std::size_t most = std::numeric_limits<int>::max(); std::max({widest, rows, columns}) > most) {
    message << " has " << rows << " positions of " << columns << " numbers, on an input that is padded to a width of "
            << widest << "; each of these may be at most " << most << ". Convolve parts of the batch separately.";
    throw std::invalid_argument(message.str());
  }
}

using Eval = void (mx::Convolution::*)(const Arrays&, mx::array&);
void (*mlx_convolve)(mx::Convolution&, const Arrays&, mx::array&);

// An axis of one element has nothing between its elements, but MLX would step through the distance and use its slower
// code for dilated convolutions.
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
    mlx_convolve(self, inputs, out);
  } else {
    auto same = mx::conv_general(in, weight, strides, low, high, dilation, input_dilation, groups, flip, self.stream());
    mlx_convolve(static_cast<mx::Convolution&>(same.primitive()), inputs, out);
  }
}

}  // namespace

void replace_computations() {
  const auto matrix = mx::zeros({2, 2});
  const auto cpu = mx::default_stream(mx::Device::cpu);
  const auto sum = std::make_shared<mx::Reduce>(cpu, mx::Reduce::Sum, std::vector<int>{0});
  mlx_reduce = replace(mx::array({1, 2}, mx::float32, sum, {matrix}), &mx::Reduce::eval_cpu, reduce);
  mlx_as_strided = replace(mx::as_strided(matrix, {2}, {1}, 0, cpu), &mx::AsStrided::eval_cpu, as_strided);
  const auto line = mx::ones({1, 1, 1});
  mlx_convolve = replace(mx::conv1d(line, line), static_cast<Eval>(&mx::Convolution::eval_cpu), evaluate_convolution);
  mlx_luf = replace(mx::linalg::lu_factor(matrix, cpu).first, &mx::LUF::eval_cpu, luf);
  mlx_matmul_shapes = replace(mx::matmul(matrix, matrix, cpu), &mx::Matmul::output_shapes, matmul_shapes);
#ifdef MLX4J_CPU
  cpu::replace_products();
  cpu::replace_copies();
#endif
}

}  // namespace mlx4j
