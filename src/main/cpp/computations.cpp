#include "computations.h"

#include <algorithm>
#include <sstream>

#include "upstream_rules.h"

namespace mlx4j {

namespace {

void (*mlx_reduce)(mx::Reduce&, const Arrays&, mx::array&);
void (*mlx_as_strided)(mx::AsStrided&, const Arrays&, mx::array&);
void (*mlx_luf)(mx::LUF&, const Arrays&, Arrays&);
std::vector<mx::Shape> (*mlx_matmul_shapes)(mx::Matmul&, const Arrays&);

// MLX leaves out a reduction of axes of size 1 only while a graph is built. Where a recorded one meets such sizes, it
// plans a reduction of no axes and reads before the first.
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

// MLX flattens what it makes such views of, which leaves an array of one axis as it lies, and then refuses it.
void as_strided(mx::AsStrided& self, const Arrays& inputs, mx::array& out) {
  if (inputs[0].flags().row_contiguous) {
    return mlx_as_strided(self, inputs, out);
  }
  Arrays rows{mx::array(inputs[0].shape(), inputs[0].dtype(), nullptr, {})};
  mx::contiguous(inputs[0], false, self.stream()).primitive().eval_cpu(inputs, rows);
  mlx_as_strided(self, rows, out);
}

// MLX gives the number of bytes of the factors for that of their elements, and whoever copies them reads beyond.
void luf(mx::LUF& self, const Arrays& inputs, Arrays& outputs) {
  mlx_luf(self, inputs, outputs);
  auto& lu = outputs[0];
  lu.copy_shared_buffer(lu, lu.strides(), lu.flags(), lu.size());
}

// A recorded product meets other sizes, which MLX does not compare.
std::vector<mx::Shape> matmul_shapes(mx::Matmul& self, const Arrays& inputs) {
  auto &a = inputs[0].shape(), &b = inputs[1].shape();
  if (a.back() != b[b.size() - 2] || !std::equal(a.begin(), a.end() - 2, b.begin(), b.end() - 2)) {
    std::ostringstream msg;
    msg << "[matmul] shapes " << a << " and " << b << " do not fit";
    throw std::invalid_argument(msg.str());
  }
  return mlx_matmul_shapes(self, inputs);
}

}  // namespace

void replace_computations() {
  const auto matrix = mx::zeros({2, 2});
  const auto cpu = mx::default_stream(mx::Device::cpu);
  const auto sum = std::make_shared<mx::Reduce>(cpu, mx::Reduce::Sum, std::vector<int>{0});
  mlx_reduce = replace(mx::array({1, 2}, mx::float32, sum, {matrix}), &mx::Reduce::eval_cpu, reduce);
  mlx_as_strided = replace(mx::as_strided(matrix, {2}, {1}, 0, cpu), &mx::AsStrided::eval_cpu, as_strided);
  mlx_luf = replace(mx::linalg::lu_factor(matrix, cpu).first, &mx::LUF::eval_cpu, luf);
  mlx_matmul_shapes = replace(mx::matmul(matrix, matrix, cpu), &mx::Matmul::output_shapes, matmul_shapes);
}

}  // namespace mlx4j
