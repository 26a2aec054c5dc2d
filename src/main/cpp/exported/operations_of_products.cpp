#include "exported/operation_reading.h"
#include "fast.h"
#include "mlx/fast.h"
#include "mlx/fft.h"
#include "mlx/linalg.h"
#include "mlx/transforms.h"
#include "products.h"

namespace mlx4j::exported {

namespace {

Apply convolution(FunctionFile& file) {
  const auto strides = file.ints();
  const auto low = file.ints();
  const auto high = file.ints();
  const auto kernel_dilation = file.ints();
  const auto input_dilation = file.ints();
  const auto groups = file.number<int>();
  const auto flip = file.boolean();
  return of(2, [=](const Arrays& in, S s) {
    with_elements(in[0]);
    with_elements(in[1]);
    require(in[0].ndim() >= 3 && in[1].ndim() == in[0].ndim(), "its inputs do not fit");
    const auto n = in[0].ndim() - 2;
    require_between(strides, n, 1);
    require_between(low, n, 0);
    require_between(high, n, 0);
    require_between(kernel_dilation, n, 1);
    require_between(input_dilation, n, 1);
    require(groups > 0, "the number of groups must be positive");
    for (std::size_t i = 0; i < n; ++i) {
      const auto at = int(i) + 1;
      const auto size = (long long)(in[0].shape(at) - 1) * input_dilation[i] + 1 + low[i] + high[i];
      const auto kernel = (long long)(in[1].shape(at) - 1) * kernel_dilation[i] + 1;
      require(kernel <= size && size < std::numeric_limits<int>::max(), "the kernel does not fit the input");
    }
    return mx::conv_general(in[0], in[1], strides, low, high, kernel_dilation, input_dilation, groups, flip, s);
  });
}

int slices(const array& a) {  // the number of matrices in a stack
  require(a.ndim() >= 2, "a matrix has at least two dimensions");
  long long n = 1;
  for (int i = 0; i < int(a.ndim()) - 2; ++i) {
    n *= a.shape(i);
  }
  require(n < std::numeric_limits<int>::max(), "it is too large");
  return int(n);
}

Apply gather_mm(FunctionFile& file) {
  file.boolean();  // whether indices are sorted, which is only a hint
  file.boolean();
  return of(4, [](const Arrays& in, S s) {
    return mx::gather_mm(in[0], in[1], limited(in[2], slices(in[0]) - 1, s), limited(in[3], slices(in[1]) - 1, s),
                         false, s);
  });
}

Apply block_masked_mm(FunctionFile& file) {
  const auto block = file.number<int>();
  return of(3, 5, [=](const Arrays& in, S s) {
    const bool operands = in.size() > 3;
    return mx::block_masked_mm(in[0], in[1], block, in.size() != 4 ? std::optional(in[2]) : std::nullopt,
                               operands ? std::optional(in[in.size() - 2]) : std::nullopt,
                               operands ? std::optional(in.back()) : std::nullopt, s);
  });
}

// ---- quantization -------------------------------------------------------------------------------
struct Quantization {
  int group_size;
  int bits;
  std::string mode;

  explicit Quantization(FunctionFile& file) : group_size(file.number<int>()), bits(file.number<int>()) {
    static constexpr const char* modes[] = {"affine", "mxfp4", "mxfp8", "nvfp4"};
    mode = modes[choice(file, 3)];
    if (group_size < 1 || group_size > (1 << 16) || bits < 1 || bits > 32) {
      throw bad_file("it quantizes in groups of " + std::to_string(group_size) + " and " + std::to_string(bits) +
                     " bits");
    }
  }
  std::optional<array> biases(const Arrays& in, std::size_t at) const {
    return mode == "affine" ? std::optional(in.at(at)) : std::nullopt;
  }
};

Apply quantized_matmul(FunctionFile& file) {
  const Quantization q(file);
  const auto transpose = file.boolean();
  return of(3, 4, [=](const Arrays& in, S s) {
    with_elements(in[1]);
    return mx::quantized_matmul(in[0], in[1], in[2], q.biases(in, 3), transpose, q.group_size, q.bits, q.mode, s);
  });
}

Apply gather_qmm(FunctionFile& file) {
  const Quantization q(file);
  const auto transpose = file.boolean();
  file.boolean();
  file.boolean();
  return of(5, 6, [=](const Arrays& in, S s) {
    with_elements(in[1]);
    const auto n = in.size();
    require(n == (q.mode == "affine" ? 6 : 5), "the number of its inputs is wrong");
    return mx::gather_qmm(in[0], in[1], in[2], q.biases(in, 3), limited(in[n - 2], slices(in[0]) - 1, s),
                          limited(in[n - 1], slices(in[1]) - 1, s), transpose, q.group_size, q.bits, q.mode,
                          std::nullopt, false, s);
  });
}

Apply quantize(FunctionFile& file) {
  const Quantization q(file);
  const auto dequantize = file.boolean();
  return of(1, 3, [=](const Arrays& in, const Declared& results, S s) -> Arrays {
    with_elements(in[0]);
    if (!dequantize) {
      require(in.size() == 1, "the number of its inputs is wrong");
      return mx::quantize(in[0], q.group_size, q.bits, q.mode, std::nullopt, s);
    }
    require(in.size() == (q.mode == "affine" ? 3 : 2), "the number of its inputs is wrong");
    require(results.size() == 1, "the number of its results is wrong");
    return {
        mx::dequantize(in[0], in[1], q.biases(in, 2), q.group_size, q.bits, q.mode, std::nullopt, results[0].dtype, s)};
  });
}

// ---- linear algebra, on the CPU only ------------------------------------------------------------
const S cpu = mx::Device(mx::Device::cpu);

const array& matrices(const array& a) {
  require(a.ndim() >= 2, "a matrix has at least two dimensions");
  return with_elements(a);
}

// ---- what MLX fuses on a GPU --------------------------------------------------------------------
std::optional<array> unless_scalar(const array& a) { return a.ndim() == 0 ? std::nullopt : std::optional(a); }

Apply layer_norm_vjp(FunctionFile& file) {
  const auto eps = file.number<float>();
  return of(4, [=](const Arrays& in, S s) {
    auto f = [&](const Arrays& a) {
      return Arrays{mx::fast::layer_norm(a[0], unless_scalar(a[1]), unless_scalar(a[2]), eps, s)};
    };
    return mx::vjp(f, {in[0], in[1], in[2]}, {in[3]}).second;
  });
}

Apply rms_norm_vjp(FunctionFile& file) {
  const auto eps = file.number<float>();
  return of(3, [=](const Arrays& in, S s) {
    auto f = [&](const Arrays& a) { return Arrays{mx::fast::rms_norm(a[0], unless_scalar(a[1]), eps, s)}; };
    return mx::vjp(f, {in[0], in[1]}, {in[2]}).second;
  });
}

Apply rope(FunctionFile& file) {
  const auto dims = file.number<int>();
  const auto traditional = file.boolean();
  const auto base = file.number<float>();
  const auto scale = file.number<float>();
  if (!file.boolean()) {
    throw bad_file("it contains the gradient of a fused rope, which only MLX itself can run");
  }
  return of(2, 3, [=](const Arrays& in, S s) {
    require(in[0].ndim() >= 3 && dims > 0 && dims <= in[0].shape(-1), "its dimensions do not fit");
    return in.size() == 3 ? mlx4j::rope(in[0], dims, traditional, std::nullopt, scale, in[1], in[2], s)
                          : mlx4j::rope(in[0], dims, traditional, base, scale, in[1], std::nullopt, s);
  });
}

Apply attention(FunctionFile& file) {
  const auto scale = file.number<float>();
  const auto causal = file.boolean();
  const auto sinks = file.boolean();
  const auto logsumexp = file.boolean();
  file.boolean();  // whether it must be a single kernel
  if (logsumexp) {
    throw bad_file("it contains the fused attention of a training step, which only MLX itself can run");
  }
  return of(3, 5, [=](const Arrays& in, S s) {
    const bool masked = in.size() > std::size_t(sinks ? 4 : 3);
    require(!(causal && masked), "it has two masks");
    require(in.size() == std::size_t(3 + sinks + masked), "the number of its inputs is wrong");
    return scaled_dot_product_attention(in[0], in[1], in[2], scale, causal ? "causal" : "",
                                        masked ? std::optional(in[3]) : std::nullopt,
                                        sinks ? std::optional(in.back()) : std::nullopt, false, s);
  });
}

// ---- Fourier transforms -------------------------------------------------------------------------
Apply fft(FunctionFile& file) {
  const auto axes64 = file.numbers<std::uint64_t>();
  const auto inverse = file.boolean();
  const auto real = file.boolean();
  const auto odd = file.boolean();
  return of(1, [=](const Arrays& in, S s) {
    with_elements(in[0]);
    std::vector<int> axes;
    mx::Shape n;
    for (auto axis : axes64) {
      require(axis < in[0].ndim(), "an axis is out of range");
      axes.push_back(int(axis));
      n.push_back(in[0].shape(int(axis)));
    }
    require(!axes.empty(), "it has no axes");
    require_axes(axes, in[0]);
    if (real && inverse) {
      require(n.back() < (1 << 30), "it is too large");
      n.back() = std::max(2 * (n.back() - 1) + (odd ? 1 : 0), 1);
      return mx::fft::irfftn(in[0], n, axes, mx::fft::FFTNorm::Backward, s);
    }
    return real      ? mx::fft::rfftn(in[0], n, axes, mx::fft::FFTNorm::Backward, s)
           : inverse ? mx::fft::ifftn(in[0], n, axes, mx::fft::FFTNorm::Backward, s)
                     : mx::fft::fftn(in[0], n, axes, mx::fft::FFTNorm::Backward, s);
  });
}

}  // namespace

Operations products() {
  return {
      {name_in_files<mx::AddMM>,
       [](FunctionFile& file) {
         const auto alpha = file.number<float>();
         const auto beta = file.number<float>();
         return of(3, [=](const Arrays& in, S s) { return mlx4j::addmm(in[2], in[0], in[1], alpha, beta, s); });
       }},
      {name_in_files<mx::BlockMaskedMM>, block_masked_mm},
      {name_in_files<mx::Cholesky>,
       [](FunctionFile& file) {
         return of(1, [upper = file.boolean()](const Arrays& in, S) {
           return mx::linalg::cholesky(matrices(in[0]), upper, cpu);
         });
       }},
      {name_in_files<mx::Convolution>, convolution},
      {name_in_files<mx::fast::CustomKernel>,
       [](FunctionFile&) -> Apply { throw bad_file("it contains a custom kernel, which is not run"); }},
      {name_in_files<mx::Eig>,
       [](FunctionFile& file) {
         return of(1, [vectors = file.boolean()](const Arrays& in, S) -> Arrays {
           if (!vectors) {
             return {mx::linalg::eigvals(matrices(in[0]), cpu)};
           }
           auto [values, v] = mx::linalg::eig(matrices(in[0]), cpu);
           return {values, v};
         });
       }},
      {name_in_files<mx::Eigh>,
       [](FunctionFile& file) {
         const auto uplo = file.text();
         const auto vectors = file.boolean();
         return of(1, [=](const Arrays& in, S) -> Arrays {
           require(uplo == "L" || uplo == "U", "the triangle of the matrix must be L or U");
           if (!vectors) {
             return {mx::linalg::eigvalsh(matrices(in[0]), uplo, cpu)};
           }
           auto [values, v] = mx::linalg::eigh(matrices(in[0]), uplo, cpu);
           return {values, v};
         });
       }},
      {name_in_files<mx::FFT>, fft},
      {name_in_files<mx::GatherMM>, gather_mm},
      {name_in_files<mx::GatherQMM>, gather_qmm},
      {name_in_files<mx::Hadamard>,
       [](FunctionFile& file) {
         return of(1, [scale = file.number<float>()](const Arrays& in, S s) {
           require(in[0].ndim() > 0, "a scalar has no axis");
           return mx::hadamard_transform(with_elements(in[0]), scale, s);
         });
       }},
      {name_in_files<mx::Inverse>,
       [](FunctionFile& file) {
         const auto triangular = file.boolean();
         const auto upper = file.boolean();
         return of(1, [=](const Arrays& in, S) {
           return triangular ? mx::linalg::tri_inv(matrices(in[0]), upper, cpu) : mx::linalg::inv(matrices(in[0]), cpu);
         });
       }},
      {name_in_files<mx::fast::LayerNorm>,
       [](FunctionFile& file) {
         return of(3, [eps = file.number<float>()](const Arrays& in, S s) {
           return layer_norm(in[0], unless_scalar(in[1]), unless_scalar(in[2]), eps, s);
         });
       }},
      {name_in_files<mx::fast::LayerNormVJP>, layer_norm_vjp},
      {name_in_files<mx::Matmul>, binary(mx::matmul)},
      {name_in_files<mx::QRF>, plain(1,
                                     [](const Arrays& in, S) -> Arrays {
                                       auto [q, r] = mx::linalg::qr(matrices(in[0]), cpu);
                                       return {q, r};
                                     })},
      {name_in_files<mx::fast::Quantize>, quantize},
      {name_in_files<mx::QuantizedMatmul>, quantized_matmul},
      {name_in_files<mx::fast::RMSNorm>,
       [](FunctionFile& file) {
         return of(2, [eps = file.number<float>()](const Arrays& in, S s) {
           return rms_norm(in[0], unless_scalar(in[1]), eps, s);
         });
       }},
      {name_in_files<mx::fast::RMSNormVJP>, rms_norm_vjp},
      {name_in_files<mx::fast::RoPE>, rope},
      {name_in_files<mx::SVD>,
       [](FunctionFile& file) {
         return of(1, [vectors = file.boolean()](const Arrays& in, S) {
           return mx::linalg::svd(matrices(in[0]), vectors, cpu);
         });
       }},
      {name_in_files<mx::fast::ScaledDotProductAttention>, attention},
  };
}

}  // namespace mlx4j::exported
