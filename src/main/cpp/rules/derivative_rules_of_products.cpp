#include <algorithm>
#include <optional>
#include <string_view>

#include "mlx/fft.h"
#include "mlx/linalg.h"
#include "rules/derivative_rules.h"

namespace mlx4j {

namespace {

// ---- products -------------------------------------------------------------------------------------
mx::array scaled(const mx::array& a, float by, mx::Stream s) { return by == 1 ? a : mx::multiply(number(by, a), a, s); }

mx::array transposed(const mx::array& a, mx::Stream s) { return conjugated(mx::swapaxes(a, -1, -2, s), s); }

bool exchanges_last_axes(const mx::array& a) {
  if (!a.has_primitive() || std::string_view(a.primitive().name()) != "Transpose") {
    return false;
  }
  auto axes = static_cast<const mx::Transpose&>(a.primitive()).state();
  std::swap(axes.end()[-1], axes.end()[-2]);
  return std::is_sorted(axes.begin(), axes.end());
}

// The product of two matrices that is the gradient of `factor`. If the factor is the transpose of an array, such as the
// weight of a layer, so is the gradient: the rule of the transpose transposes it once more, and the array's gradient
// lies in memory row by row, as the array does. Optimizers take both at once.
mx::array gradient_of(const mx::array& factor, const mx::array& a, const mx::array& b, mx::Stream s) {
  return exchanges_last_axes(factor)
             ? mx::swapaxes(mx::matmul(mx::swapaxes(b, -1, -2, s), mx::swapaxes(a, -1, -2, s), s), -1, -2, s)
             : mx::matmul(a, b, s);
}

mx::array gradient_of_factor(int argnum, const Arrays& primals, const mx::array& cotangent, mx::Stream s) {
  return argnum == 0 ? gradient_of(primals[0], cotangent, transposed(primals[1], s), s)
                     : gradient_of(primals[1], transposed(primals[0], s), cotangent, s);
}

Arrays matmul_vjp(mx::Matmul& self, const Arrays& primals, const Arrays& cotangents, const Argnums& argnums,
                  const Arrays&) {
  Arrays products;
  for (auto argnum : argnums) {
    products.push_back(gradient_of_factor(argnum, primals, cotangents[0], self.stream()));
  }
  return products;
}

Arrays addmm_vjp(mx::AddMM& self, const Arrays& primals, const Arrays& cotangents, const Argnums& argnums,
                 const Arrays&) {
  const auto s = self.stream();
  const auto [alpha, beta] = self.state();
  const auto of_product = scaled(cotangents[0], alpha, s);
  Arrays products;
  for (auto argnum : argnums) {
    products.push_back(argnum < 2 ? gradient_of_factor(argnum, primals, of_product, s)
                                  : scaled(cotangents[0], beta, s));
  }
  return products;
}

// MLX ignores the two factors.
Arrays addmm_jvp(mx::AddMM& self, const Arrays& primals, const Arrays& tangents, const Argnums& argnums) {
  const auto s = self.stream();
  const auto [alpha, beta] = self.state();
  return sum_over(tangents, argnums, s, [&, alpha = alpha, beta = beta](int argnum, const mx::array& tangent) {
    return argnum == 0   ? scaled(mx::matmul(tangent, primals[1], s), alpha, s)
           : argnum == 1 ? scaled(mx::matmul(primals[0], tangent, s), alpha, s)
                         : scaled(tangent, beta, s);
  });
}

// For operations that are linear in each input: the sum of the operation with one input replaced by its tangent.
template <class Operation>
Arrays multilinear_jvp(const Arrays& primals, const Arrays& tangents, const Argnums& argnums, mx::Stream s,
                       Operation operation) {
  return sum_over(tangents, argnums, s, [&](int argnum, const mx::array& tangent) {
    auto inputs = primals;
    inputs[argnum] = tangent;
    return operation(inputs);
  });
}

Arrays convolution_jvp(mx::Convolution& self, const Arrays& primals, const Arrays& tangents, const Argnums& argnums) {
  const auto s = self.stream();
  const auto [strides, low, high, kernel_dilation, input_dilation, groups, flip] = self.state();
  return multilinear_jvp(primals, tangents, argnums, s,
                         [&, strides = strides, low = low, high = high, kernel_dilation = kernel_dilation,
                          input_dilation = input_dilation, groups = groups, flip = flip](const Arrays& in) {
                           return mx::conv_general(in[0], in[1], strides, low, high, kernel_dilation, input_dilation,
                                                   groups, flip, s);
                         });
}

Arrays gather_mm_jvp(mx::GatherMM& self, const Arrays& primals, const Arrays& tangents, const Argnums& argnums) {
  const auto s = self.stream();
  return multilinear_jvp(primals, tangents, argnums, s,
                         [&](const Arrays& in) { return mx::gather_mm(in[0], in[1], in[2], in[3], false, s); });
}

// The inputs of a block-masked product: a, b, the mask of the result if there is one, and the masks of a and b.
struct BlockMasks {
  std::optional<mx::array> of_result, of_a, of_b;
  explicit BlockMasks(const Arrays& in) {
    const std::size_t masks = in.size() - 2;
    if (masks == 1 || masks == 3) {
      of_result = in[2];
    }
    if (masks >= 2) {
      of_a = in[in.size() - 2];
      of_b = in[in.size() - 1];
    }
  }
};

Arrays block_masked_mm_jvp(mx::BlockMaskedMM& self, const Arrays& primals, const Arrays& tangents,
                           const Argnums& argnums) {
  const auto s = self.stream();
  return multilinear_jvp(primals, tangents, argnums, s, [&](const Arrays& in) {
    const BlockMasks masks(in);
    return mx::block_masked_mm(in[0], in[1], self.state(), masks.of_result, masks.of_a, masks.of_b, s);
  });
}

// The gradient of the result's mask is the sum, over each block, of the product before it is masked. MLX masks it.
Arrays block_masked_mm_vjp(mx::BlockMaskedMM& self, const Arrays& primals, const Arrays& cotangents,
                           const Argnums& argnums, const Arrays& outputs) {
  const auto s = self.stream();
  const int block = self.state();
  Arrays products;
  for (auto argnum : argnums) {
    if (argnum != 2 || primals.size() % 2 == 0) {
      products.push_back(upstream_vjp<mx::BlockMaskedMM>(self, primals, cotangents, {argnum}, outputs)[0]);
      continue;
    }
    const BlockMasks masks(primals);
    const auto unmasked = mx::block_masked_mm(primals[0], primals[1], block, std::nullopt, masks.of_a, masks.of_b, s);
    auto product = mx::multiply(cotangents[0], unmasked, s);
    const auto rows = primals[2].shape(-2);
    const auto columns = primals[2].shape(-1);
    product =
        mx::pad(product, {-2, -1}, {0, 0}, {rows * block - product.shape(-2), columns * block - product.shape(-1)},
                number(0, product), "constant", s);
    product = mx::unflatten(mx::unflatten(product, -1, {columns, block}, s), -3, {rows, block}, s);
    products.push_back(mx::sum(product, {-3, -1}, false, s));
  }
  return products;
}

// The derivative of the inverse X is -X dA X; backward, the transpose of X replaces X. For a triangular matrix, only
// its triangle counts.
mx::array inverse_derivative(mx::Inverse& self, const mx::array& inverse, bool backward, const mx::array& direction) {
  const auto s = self.stream();
  const auto [triangular, upper] = self.state();
  auto relevant = [&, triangular = triangular, upper = upper](const mx::array& a) {
    return !triangular ? a : upper ? mx::triu(a, 0, s) : mx::tril(a, 0, s);
  };
  const auto x = backward ? mx::swapaxes(relevant(inverse), -1, -2, s) : relevant(inverse);
  return relevant(mx::negative(mx::matmul(mx::matmul(x, relevant(direction), s), x, s), s));
}

Arrays inverse_vjp(mx::Inverse& self, const Arrays&, const Arrays& cotangents, const Argnums&, const Arrays& outputs) {
  return {inverse_derivative(self, outputs[0], true, cotangents[0])};
}

Arrays inverse_jvp(mx::Inverse& self, const Arrays& primals, const Arrays& tangents, const Argnums&) {
  const auto [triangular, upper] = self.state();
  const auto inverse =
      triangular ? mx::linalg::tri_inv(primals[0], upper, self.stream()) : mx::linalg::inv(primals[0], self.stream());
  return {inverse_derivative(self, inverse, false, tangents[0])};
}

// ---- Fourier transforms ---------------------------------------------------------------------------
// MLX forgets that the result has an odd size.
Arrays fft_jvp(mx::FFT& self, const Arrays& primals, const Arrays& tangents, const Argnums& argnums) {
  const auto [axes, inverse, real, odd] = self.state();
  if (!real || !inverse || !odd) {
    return upstream_jvp<mx::FFT>(self, primals, tangents, argnums);
  }
  mx::Shape sizes;
  for (auto axis : axes) {
    sizes.push_back(primals[0].shape(int(axis)));
  }
  sizes.back() = 2 * sizes.back() - 1;
  return {mx::fft::irfftn(tangents[0], sizes, std::vector<int>(axes.begin(), axes.end()), mx::fft::FFTNorm::Backward,
                          self.stream())};
}

}  // namespace

void replace_derivative_rules_of_products() {
  const mx::array matrix = mx::ones({1, 1});
  const mx::array index = mx::zeros({1}, mx::int32);

  const auto sum_of_product = mx::addmm(matrix, matrix, matrix);
  replace_vjp<mx::Matmul>(mx::matmul(matrix, matrix), matmul_vjp);
  replace_vjp<mx::AddMM>(sum_of_product, addmm_vjp);
  replace_jvp<mx::AddMM>(sum_of_product, addmm_jvp);
  replace_jvp<mx::Convolution>(mx::conv1d(mx::ones({1, 1, 1}), mx::ones({1, 1, 1})), convolution_jvp);
  replace_jvp<mx::GatherMM>(mx::gather_mm(mx::ones({1, 1, 1}), mx::ones({1, 1, 1}), index, index), gather_mm_jvp);
  replace_vjp<mx::Inverse>(mx::linalg::inv(matrix, mx::Device::cpu), inverse_vjp);
  replace_jvp<mx::Inverse>(mx::linalg::inv(matrix, mx::Device::cpu), inverse_jvp);
  replace_jvp<mx::FFT>(mx::fft::rfft(mx::ones({2})), fft_jvp);
  const auto blocks = mx::ones({32, 32});
  const auto masked = mx::block_masked_mm(blocks, blocks, 32, matrix);
  replace_vjp<mx::BlockMaskedMM>(masked, block_masked_mm_vjp);
  replace_jvp<mx::BlockMaskedMM>(masked, block_masked_mm_jvp);
}

}  // namespace mlx4j
