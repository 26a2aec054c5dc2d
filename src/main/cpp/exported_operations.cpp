#include "exported_operations.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <unordered_map>

#include "indexing.h"
#include "integer_division.h"
#include "mlx/fast.h"
#include "mlx/fast_primitives.h"
#include "mlx/fft.h"
#include "mlx/linalg.h"
#include "mlx/transforms.h"
#include "mlx_primitives.h"
#include "powers.h"
#include "products.h"
#include "reductions.h"
#include "shifts.h"

namespace mlx4j {

namespace {

using mx::array;
using S = mx::StreamOrDevice;
using Declared = std::vector<Signature>;
using Apply = decltype(Exported::apply);
using Read = std::function<Apply(FunctionFile&)>;

void require(bool holds, const char* what) {
  if (!holds) {
    throw std::invalid_argument(what);
  }
}

constexpr std::size_t any_number = std::numeric_limits<std::size_t>::max();

// An operation of `least` to `most` inputs.
template <class F>
Apply of(std::size_t least, std::size_t most, F f) {
  return [least, most, f = std::move(f)](const Arrays& in, const Declared& results, S s) -> Arrays {
    require(in.size() >= least && in.size() <= most, "the number of its inputs is wrong");
    if constexpr (std::is_invocable_r_v<array, F, const Arrays&, S>) {
      return {f(in, s)};
    } else if constexpr (std::is_invocable_r_v<array, F, const Arrays&, const Declared&, S>) {
      require(results.size() == 1, "the number of its results is wrong");
      return {f(in, results, s)};
    } else if constexpr (std::is_invocable_v<F, const Arrays&, S>) {
      return f(in, s);
    } else {
      return f(in, results, s);
    }
  };
}
template <class F>
Apply of(std::size_t inputs, F f) {
  return of(inputs, inputs, std::move(f));
}

// ---- operations without parameters ----------------------------------------------------------------
Read unary(array (*op)(const array&, S)) {
  return [op](FunctionFile&) { return of(1, [op](const Arrays& in, S s) { return op(in[0], s); }); };
}
Read binary(array (*op)(const array&, const array&, S)) {
  return [op](FunctionFile&) { return of(2, [op](const Arrays& in, S s) { return op(in[0], in[1], s); }); };
}
template <class F>
Read plain(std::size_t least, std::size_t most, F f) {
  return [=](FunctionFile&) { return of(least, most, f); };
}
template <class F>
Read plain(std::size_t inputs, F f) {
  return plain(inputs, inputs, f);
}

// ---- parameters -----------------------------------------------------------------------------------
template <class E>
E choice(FunctionFile& file, E last) {
  const auto value = file.number<int>();
  if (value < 0 || value > int(last)) {
    throw bad_file("it has an unknown kind of operation, " + std::to_string(value));
  }
  return E(value);
}

int axis_in(int axis, const array& a) {
  require(axis >= 0 && axis < int(a.ndim()), "an axis is out of range");
  return axis;
}

void require_axes(const std::vector<int>& axes, const array& a) {
  for (auto axis : axes) {
    axis_in(axis, a);
  }
  require(std::set<int>(axes.begin(), axes.end()).size() == axes.size(), "an axis is named twice");
}

const array& with_elements(const array& a) {
  require(a.size() > 0, "an input has no elements");
  return a;
}

void require_between(const std::vector<int>& values, std::size_t count, int least) {
  require(values.size() == count, "the number of its parameters is wrong");
  require(std::all_of(values.begin(), values.end(), [=](int v) { return v >= least && v < (1 << 24); }),
          "a parameter is out of range");
}

// ---- indices --------------------------------------------------------------------------------------
void require_integers(const array& indices) {
  require(mx::issubdtype(indices.dtype(), mx::integer), "indices must be integers");
}

// Indices that count from 0 and are not negative, limited to [0, last].
array limited(const array& indices, long long last, S s) {
  require_integers(indices);
  require(last >= 0 || indices.size() == 0, "there are no elements to select from");
  auto wide = mx::astype(indices, mx::int64, s);
  return mx::astype(mx::minimum(mx::maximum(wide, array(std::int64_t(0)), s), array(std::int64_t(last)), s),
                    indices.dtype(), s);
}

// Indices of slices of `slice` elements along an axis of `size`, that may count from the end.
array slice_start(const array& indices, int size, int slice, S s) {
  require_integers(indices);
  if (slice == 1) {
    return within("importFunction", indices, -size, size - 1, s);
  }
  auto wide = mx::astype(indices, mx::int64, s);
  wide = mx::where(mx::less(wide, array(std::int64_t(0)), s), mx::add(wide, array(std::int64_t(size)), s), wide, s);
  return limited(wide, size - slice, s);
}

// A vector of starts for the axes.
array starts(const array& start, const std::vector<int>& axes, const array& a, const mx::Shape& slice, S s) {
  require_integers(start);
  require_axes(axes, a);
  require(start.ndim() == 1 && start.size() == axes.size(), "there must be one start for each axis");
  require(slice.size() == a.ndim(), "the slice has another number of dimensions");
  if (axes.empty()) {
    return start;
  }
  std::vector<std::int64_t> last;
  for (std::size_t axis = 0; axis < slice.size(); ++axis) {
    require(slice[axis] >= 0 && slice[axis] <= a.shape(int(axis)), "the slice is too large");
  }
  for (auto axis : axes) {
    last.push_back(a.shape(axis) - slice[axis]);
  }
  const array limit(last.begin(), mx::Shape{int(last.size())}, mx::int64);
  auto wide = mx::astype(start, mx::int64, s);
  return mx::astype(mx::minimum(mx::maximum(wide, array(std::int64_t(0)), s), limit, s), mx::int32, s);
}

// ---- shapes ---------------------------------------------------------------------------------------
Read broadcast_axes() {
  return [](FunctionFile& file) {
    return of(1, any_number, [ignored = file.ints()](const Arrays& in, S s) {
      int ndim = 0;
      for (auto& a : in) {
        ndim = std::max(ndim, int(a.ndim()));
      }
      auto shape = in[0].shape();
      shape.insert(shape.begin(), std::size_t(ndim - int(in[0].ndim())), 1);
      for (auto& a : in) {
        for (int i = 1; i <= int(a.ndim()); ++i) {
          const bool ignore = std::any_of(ignored.begin(), ignored.end(),
                                          [&](int axis) { return (axis < 0 ? axis + ndim : axis) == ndim - i; });
          auto& size = shape[std::size_t(ndim - i)];
          if (!ignore && size == 1) {
            size = a.shape(-i);
          }
          require(ignore || a.shape(-i) == 1 || a.shape(-i) == size, "the shapes cannot be broadcast");
        }
      }
      return mx::broadcast_to(in[0], shape, s);
    });
  };
}

void require_slice(const array& a, const mx::Shape& start, const mx::Shape& stop, const mx::Shape& strides) {
  require(start.size() == a.ndim() && stop.size() == a.ndim() && strides.size() == a.ndim(),
          "the slice has another number of dimensions");
  constexpr int most = 1 << 30;  // MLX adds sizes and strides without a thought of overflow
  for (std::size_t i = 0; i < a.ndim(); ++i) {
    require(strides[i] != 0 && strides[i] > -most && strides[i] < most, "a stride of the slice is out of range");
    require(start[i] > -most - a.shape(int(i)) && stop[i] > -most - a.shape(int(i)), "the slice is out of range");
  }
}

Apply as_strided(FunctionFile& file) {
  auto shape = file.shape();
  const auto strides = file.numbers<std::int64_t>();
  const auto offset = file.number<std::uint64_t>();
  return of(1, [=](const Arrays& in, S s) {
    require(shape.size() == strides.size(), "there must be one stride for each axis");
    __int128 low = offset, high = offset;
    bool empty = false;
    for (std::size_t i = 0; i < shape.size(); ++i) {
      empty = empty || shape[i] == 0;
      const __int128 reach = __int128(strides[i]) * (shape[i] - 1);
      (reach < 0 ? low : high) += reach;
    }
    require(empty || (low >= 0 && high < __int128(in[0].size())), "it reaches outside its input");
    return mx::as_strided(in[0], shape, mx::Strides(strides.begin(), strides.end()), offset, s);
  });
}

// ---- reductions -----------------------------------------------------------------------------------
array full_of_elements(const array& a, S s) {  // MLX can spin for ever over an empty view
  return a.size() > 0 ? a : mx::zeros(a.shape(), a.dtype(), s);
}

Apply reduce(FunctionFile& file) {
  enum Kind { And, Or, Sum, Prod, Min, Max };
  const auto kind = choice(file, Max);
  const auto axes = file.ints();
  return of(1, [=](const Arrays& in, S s) {
    require_axes(axes, in[0]);
    const auto a = full_of_elements(in[0], s);
    switch (kind) {
      case And:
        return mx::all(a, axes, true, s);
      case Or:
        return mx::any(a, axes, true, s);
      case Sum:
        return mx::sum(a, axes, true, s);
      case Prod:
        return mx::prod(a, axes, true, s);
      case Min:
        return mx::min(a, axes, true, s);
      default:
        return mx::max(a, axes, true, s);
    }
  });
}

Apply scan(FunctionFile& file) {
  enum Kind { Max, Min, Sum, Prod, LogAddExp };
  const auto kind = choice(file, LogAddExp);
  const auto axis = file.number<int>();
  const auto reverse = file.boolean();
  const auto inclusive = file.boolean();
  return of(1, [=](const Arrays& in, S s) {
    const auto a = full_of_elements(in[0], s);
    axis_in(axis, a);
    switch (kind) {
      case Max:
        return mx::cummax(a, axis, reverse, inclusive, s);
      case Min:
        return mx::cummin(a, axis, reverse, inclusive, s);
      case Sum:
        return mx::cumsum(a, axis, reverse, inclusive, std::nullopt, s);
      case Prod:
        return mx::cumprod(a, axis, reverse, inclusive, std::nullopt, s);
      default:
        return mx::logcumsumexp(a, axis, reverse, inclusive, s);
    }
  });
}

// ---- indexing -------------------------------------------------------------------------------------
Apply gather(FunctionFile& file) {
  const auto axes = file.ints();
  const auto slice = file.shape();
  return of(1, any_number, [=](const Arrays& in, S s) {
    const array& a = in[0];
    require_axes(axes, a);
    require(slice.size() == a.ndim() && in.size() == 1 + axes.size(), "the number of its indices is wrong");
    Arrays indices;
    for (std::size_t i = 0; i < axes.size(); ++i) {
      const auto size = a.shape(axes[i]);
      require(slice[std::size_t(axes[i])] <= size, "the slices are too large");
      indices.push_back(slice_start(in[1 + i], size, slice[std::size_t(axes[i])], s));
    }
    return mx::gather(a, indices, axes, slice, s);
  });
}

enum class Update { Max, Min, Sum, Prod, None };

Apply scatter(FunctionFile& file) {
  const auto kind = choice(file, Update::None);
  const auto axes = file.ints();
  return of(2, any_number, [=](const Arrays& in, S s) {
    const array& a = in[0];
    const array& updates = in.back();
    require_axes(axes, a);
    require(in.size() == 2 + axes.size() && updates.ndim() >= a.ndim(), "the number of its indices is wrong");
    Arrays indices;
    for (std::size_t i = 0; i < axes.size(); ++i) {
      const int slice = updates.shape(int(updates.ndim() - a.ndim()) + axes[i]);
      require(slice <= a.shape(axes[i]), "the updates are too large");
      indices.push_back(slice_start(in[1 + i], a.shape(axes[i]), slice, s));
    }
    switch (kind) {
      case Update::Max:
        return mx::scatter_max(a, indices, updates, axes, s);
      case Update::Min:
        return mx::scatter_min(a, indices, updates, axes, s);
      case Update::Sum:
        return mx::scatter_add(a, indices, updates, axes, s);
      case Update::Prod:
        return mx::scatter_prod(a, indices, updates, axes, s);
      default:
        return mx::scatter(a, indices, updates, axes, s);
    }
  });
}

Apply slice_update(FunctionFile& file) {
  const auto kind = choice(file, Update::None);
  const auto start = file.sizes();
  const auto stop = file.sizes();
  const auto strides = file.sizes();
  return of(2, [=](const Arrays& in, S s) {
    require_slice(in[0], start, stop, strides);
    switch (kind) {
      case Update::Max:
        return mx::slice_update_max(in[0], in[1], start, stop, strides, s);
      case Update::Min:
        return mx::slice_update_min(in[0], in[1], start, stop, strides, s);
      case Update::Sum:
        return mx::slice_update_add(in[0], in[1], start, stop, strides, s);
      case Update::Prod:
        return mx::slice_update_prod(in[0], in[1], start, stop, strides, s);
      default:
        return mx::slice_update(in[0], in[1], start, stop, strides, s);
    }
  });
}

// The operation's arrays have one axis more, for several arrays at once, which no public operation makes.
array masked_scatter(const Arrays& in, S s) {
  const array& a = in[0];
  require(a.ndim() > 1 && a.shape(0) == 1 && in[1].shape() == a.shape() && in[2].ndim() > 1 && in[2].shape(0) == 1,
          "its inputs do not fit");
  const auto mask = mx::squeeze(in[1], 0, s);
  auto values = mx::flatten(mx::squeeze(in[2], 0, s), s);
  require(values.size() <= std::size_t(std::numeric_limits<int>::max()) - mask.size(), "it is too large");
  values = mx::concatenate({values, mx::zeros({int(mask.size())}, values.dtype(), s)}, 0, s);  // MLX reads on
  const auto result = mx::masked_scatter(mx::flatten(mx::squeeze(a, 0, s), s), mx::flatten(mask, s), values, s);
  return mx::reshape(result, a.shape(), s);
}

// ---- products -------------------------------------------------------------------------------------
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

int slices(const array& a) {  // matrices in a stack
  require(a.ndim() >= 2, "a matrix has at least two dimensions");
  long long n = 1;
  for (int i = 0; i < int(a.ndim()) - 2; ++i) {
    n *= a.shape(i);
  }
  require(n < std::numeric_limits<int>::max(), "it is too large");
  return int(n);
}

Apply gather_mm(FunctionFile& file) {
  file.boolean();  // that indices are in order is only a hint
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

// ---- quantization ---------------------------------------------------------------------------------
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

// ---- linear algebra: on the CPU only --------------------------------------------------------------
const S cpu = mx::Device(mx::Device::cpu);

const array& matrices(const array& a) {
  require(a.ndim() >= 2, "a matrix has at least two dimensions");
  return with_elements(a);
}

// ---- what MLX fuses on a GPU ----------------------------------------------------------------------
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
    throw bad_file("it has the gradient of a fused rope, which only MLX itself can run");
  }
  return of(2, 3, [=](const Arrays& in, S s) {
    require(in[0].ndim() >= 3 && dims > 0 && dims <= in[0].shape(-1), "its dimensions do not fit");
    return in.size() == 3 ? mx::fast::rope(in[0], dims, traditional, std::nullopt, scale, in[1], in[2], s)
                          : mx::fast::rope(in[0], dims, traditional, base, scale, in[1], std::nullopt, s);
  });
}

Apply attention(FunctionFile& file) {
  const auto scale = file.number<float>();
  const auto causal = file.boolean();
  const auto sinks = file.boolean();
  const auto logsumexp = file.boolean();
  file.boolean();  // that it must be one kernel
  if (logsumexp) {
    throw bad_file("it has the fused attention of a training step, which only MLX itself can run");
  }
  return of(3, 5, [=](const Arrays& in, S s) {
    const bool masked = in.size() > std::size_t(sinks ? 4 : 3);
    require(!(causal && masked), "it has two masks");
    require(in.size() == std::size_t(3 + sinks + masked), "the number of its inputs is wrong");
    return mx::fast::scaled_dot_product_attention(in[0], in[1], in[2], scale, causal ? "causal" : "",
                                                  masked ? std::optional(in[3]) : std::nullopt,
                                                  sinks ? std::optional(in.back()) : std::nullopt, false, s);
  });
}

// ---- numbers --------------------------------------------------------------------------------------
Apply arange(FunctionFile& file) {
  const auto start = file.number<double>();
  const auto stop = file.number<double>();
  const auto step = file.number<double>();
  return of(0, [=](const Arrays&, const Declared& results, S s) {
    const double size = std::ceil((stop - start) / step);
    require(std::isfinite(start) && std::isfinite(stop) && std::isfinite(step) && step != 0 && size < (1u << 31) - 1,
            "its range is not one");
    require(mx::issubdtype(results[0].dtype, mx::inexact) ||
                (std::abs(start) < 0x1p62 && std::abs(stop) < 0x1p62 && std::abs(step) < 0x1p62 && std::abs(step) >= 1),
            "its range does not fit its dtype");
    return mx::arange(start, stop, step, results[0].dtype, s);
  });
}

// One key makes the numbers of `shape`; a stack of keys, which vmap makes, a stack of them.
array bits(const mx::Shape& shape, int width, const array& keys, S s) {
  if (keys.ndim() <= 1) {
    return mx::random::bits(shape, width, keys, s);
  }
  require(keys.ndim() <= 8 && !shape.empty() && shape[0] == keys.shape(0), "its keys do not fit its shape");
  const mx::Shape rest(shape.begin() + 1, shape.end());
  return mx::vmap(std::function<array(const array&)>([&](const array& key) { return bits(rest, width, key, s); }))(
      keys);
}

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

// ---- the table ------------------------------------------------------------------------------------
template <class F>
Read with_axis(F f) {
  return [f](FunctionFile& file) {
    const auto axis = file.number<int>();
    return of(1, [f, axis](const Arrays& in, S s) { return f(in[0], axis_in(axis, in[0]), s); });
  };
}
template <class F>
Read with_kth(F f) {
  return [f](FunctionFile& file) {
    const auto kth = file.number<int>();
    const auto axis = file.number<int>();
    return of(1, [=](const Arrays& in, S s) { return f(with_elements(in[0]), kth, axis_in(axis, in[0]), s); });
  };
}
template <class F>
Read with_axes(F f) {
  return [f](FunctionFile& file) {
    return of(1, [f, axes = file.ints()](const Arrays& in, S s) { return f(in[0], axes, s); });
  };
}

const std::unordered_map<std::string_view, Read>& operations() {
  static const std::unordered_map<std::string_view, Read> all{
      {name_in_files<mx::Abs>, plain(1, [](const Arrays& in, S s) { return mx::astype(mx::abs(in[0], s), in[0].dtype(), s); })},
      {name_in_files<mx::Add>, binary(mx::add)},
      {name_in_files<mx::AddMM>,
       [](FunctionFile& file) {
         const auto alpha = file.number<float>();
         const auto beta = file.number<float>();
         return of(3, [=](const Arrays& in, S s) { return mlx4j::addmm(in[2], in[0], in[1], alpha, beta, s); });
       }},
      {name_in_files<mx::Arange>, arange},
      {name_in_files<mx::ArcCos>, unary(mx::arccos)},
      {name_in_files<mx::ArcCosh>, unary(mx::arccosh)},
      {name_in_files<mx::ArcSin>, unary(mx::arcsin)},
      {name_in_files<mx::ArcSinh>, unary(mx::arcsinh)},
      {name_in_files<mx::ArcTan>, unary(mx::arctan)},
      {name_in_files<mx::ArcTan2>, binary(mx::arctan2)},
      {name_in_files<mx::ArcTanh>, unary(mx::arctanh)},
      {name_in_files<mx::ArgPartition>,
       with_kth([](const array& a, int kth, int axis, S s) { return mx::argpartition(a, kth, axis, s); })},
      {name_in_files<mx::ArgReduce>,
       [](FunctionFile& file) {
         const auto largest = choice(file, 1);
         const auto axis = file.number<int>();
         return of(1, [=](const Arrays& in, S s) {
           axis_in(axis, in[0]);
           return largest ? mx::argmax(in[0], axis, true, s) : mx::argmin(in[0], axis, true, s);
         });
       }},
      {name_in_files<mx::ArgSort>, with_axis([](const array& a, int axis, S s) { return mx::argsort(a, axis, s); })},
      {name_in_files<mx::AsStrided>, as_strided},
      {name_in_files<mx::AsType>,
       [](FunctionFile& file) {
         return of(1, [d = file.dtype()](const Arrays& in, S s) { return mx::astype(in[0], d, s); });
       }},
      {name_in_files<mx::BitwiseBinary>,
       [](FunctionFile& file) {
         using Op = array (*)(const array&, const array&, S);
         static constexpr Op ops[] = {mx::bitwise_and, mx::bitwise_or, mx::bitwise_xor, left_shift, right_shift};
         return of(2, [op = ops[choice(file, 4)]](const Arrays& in, S s) { return op(in[0], in[1], s); });
       }},
      {name_in_files<mx::BlockMaskedMM>, block_masked_mm},
      {name_in_files<mx::Broadcast>,
       [](FunctionFile& file) {
         return of(1, any_number, [shape = file.shape()](const Arrays& in, S s) {
           return in.size() == 1 ? mx::broadcast_to(in[0], shape, s) : mx::broadcast_arrays(in, s)[0];
         });
       }},
      {name_in_files<mx::BroadcastAxes>, broadcast_axes()},
      {name_in_files<mx::Ceil>, unary(mx::ceil)},
      {name_in_files<mx::Cholesky>,
       [](FunctionFile& file) {
         return of(1, [upper = file.boolean()](const Arrays& in, S) {
           return mx::linalg::cholesky(matrices(in[0]), upper, cpu);
         });
       }},
      {name_in_files<mx::Concatenate>,
       [](FunctionFile& file) {
         return of(1, any_number, [axis = file.number<int>()](const Arrays& in, S s) {
           return mx::concatenate(in, axis_in(axis, in[0]), s);
         });
       }},
      {name_in_files<mx::Conjugate>, unary(mx::conjugate)},
      {name_in_files<mx::Convolution>, convolution},
      {name_in_files<mx::Copy>, plain(1, [](const Arrays& in, S s) { return mx::copy(in[0], s); })},
      {name_in_files<mx::Cos>, unary(mx::cos)},
      {name_in_files<mx::Cosh>, unary(mx::cosh)},
      {name_in_files<mx::Depends>, plain(1, any_number,
                        [](const Arrays& in, const Declared& results, S) {
                          const auto n = std::ptrdiff_t(results.size());
                          require(n < std::ptrdiff_t(in.size()), "the number of its results is wrong");
                          return mx::depends({in.begin(), in.begin() + n}, {in.begin() + n, in.end()});
                        })},
      {name_in_files<mx::fast::CustomKernel>,
       [](FunctionFile&) -> Apply { throw bad_file("it has a kernel of its own, which is not run"); }},
      {name_in_files<mx::DivMod>, plain(2, [](const Arrays& in, S s) { return mlx4j::divmod(in[0], in[1], s); })},
      {name_in_files<mx::Divide>, binary(mx::divide)},
      {name_in_files<mx::DynamicSlice>,
       [](FunctionFile& file) {
         const auto axes = file.ints();
         const auto size = file.shape();
         return of(2, [=](const Arrays& in, S s) {
           return mx::slice(in[0], starts(in[1], axes, in[0], size, s), axes, size, s);
         });
       }},
      {name_in_files<mx::DynamicSliceUpdate>,
       [](FunctionFile& file) {
         return of(3, [axes = file.ints()](const Arrays& in, S s) {
           return mx::slice_update(in[0], in[1], starts(in[2], axes, in[0], in[1].shape(), s), axes, s);
         });
       }},
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
           require(uplo == "L" || uplo == "U", "the half of the matrix must be L or U");
           if (!vectors) {
             return {mx::linalg::eigvalsh(matrices(in[0]), uplo, cpu)};
           }
           auto [values, v] = mx::linalg::eigh(matrices(in[0]), uplo, cpu);
           return {values, v};
         });
       }},
      {name_in_files<mx::Equal>,
       [](FunctionFile& file) {
         return of(2, [nan = file.boolean()](const Arrays& in, S s) {
           const auto equal = mx::equal(in[0], in[1], s);
           return nan ? mx::logical_or(equal, mx::logical_and(mx::isnan(in[0], s), mx::isnan(in[1], s), s), s) : equal;
         });
       }},
      {name_in_files<mx::Erf>, unary(mx::erf)},
      {name_in_files<mx::ErfInv>, unary(mx::erfinv)},
      {name_in_files<mx::Exp>, unary(mx::exp)},
      {name_in_files<mx::ExpandDims>,
       with_axes([](const array& a, const std::vector<int>& axes, S s) { return mx::expand_dims(a, axes, s); })},
      {name_in_files<mx::Expm1>, unary(mx::expm1)},
      {name_in_files<mx::FFT>, fft},
      {name_in_files<mx::Flatten>,
       [](FunctionFile& file) {
         const auto first = file.number<int>();
         const auto last = file.number<int>();
         return of(1, [=](const Arrays& in, S s) { return mx::flatten(in[0], first, last, s); });
       }},
      {name_in_files<mx::Floor>, unary(mx::floor)},
      {name_in_files<mx::FloorDivide>, binary(floor_divide)},
      {name_in_files<mx::Full>, plain(1, [](const Arrays& in, S) { return in[0]; })},  // its input is broadcast already
      {name_in_files<mx::Gather>, gather},
      {name_in_files<mx::GatherAxis>,
       [](FunctionFile& file) {
         return of(2, [axis = file.number<int>()](const Arrays& in, S s) {
           return mlx4j::take_along_axis(in[0], in[1], axis_in(axis, in[0]), s);
         });
       }},
      {name_in_files<mx::GatherMM>, gather_mm},
      {name_in_files<mx::GatherQMM>, gather_qmm},
      {name_in_files<mx::Greater>, binary(mx::greater)},
      {name_in_files<mx::GreaterEqual>, binary(mx::greater_equal)},
      {name_in_files<mx::Hadamard>,
       [](FunctionFile& file) {
         return of(1, [scale = file.number<float>()](const Arrays& in, S s) {
           require(in[0].ndim() > 0, "a scalar has no axis");
           return mx::hadamard_transform(with_elements(in[0]), scale, s);
         });
       }},
      {name_in_files<mx::Imag>, unary(mx::imag)},
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
           return mx::fast::layer_norm(in[0], unless_scalar(in[1]), unless_scalar(in[2]), eps, s);
         });
       }},
      {name_in_files<mx::fast::LayerNormVJP>, layer_norm_vjp},
      {name_in_files<mx::Less>, binary(mx::less)},
      {name_in_files<mx::LessEqual>, binary(mx::less_equal)},
      {name_in_files<mx::Log>,
       [](FunctionFile& file) {
         using Op = array (*)(const array&, S);
         static constexpr Op ops[] = {mx::log2, mx::log10, mx::log};
         return of(1, [op = ops[choice(file, 2)]](const Arrays& in, S s) { return op(in[0], s); });
       }},
      {name_in_files<mx::Log1p>, unary(mx::log1p)},
      {name_in_files<mx::LogAddExp>, binary(mx::logaddexp)},
      {name_in_files<mx::LogSumExp>,
       plain(1, [](const Arrays& in, S s) { return mx::logsumexp(in[0], std::vector<int>{-1}, true, s); })},
      {name_in_files<mx::LogicalAnd>, binary(mx::logical_and)},
      {name_in_files<mx::LogicalNot>, unary(mx::logical_not)},
      {name_in_files<mx::LogicalOr>, binary(mx::logical_or)},
      {name_in_files<mx::MaskedScatter>, plain(3, masked_scatter)},
      {name_in_files<mx::Matmul>, binary(mx::matmul)},
      {name_in_files<mx::Maximum>, binary(mx::maximum)},
      {name_in_files<mx::Minimum>, binary(mx::minimum)},
      {name_in_files<mx::Multiply>, binary(mx::multiply)},
      {name_in_files<mx::Negative>, unary(mx::negative)},
      {name_in_files<mx::NotEqual>, binary(mx::not_equal)},
      {name_in_files<mx::NumberOfElements>,
       [](FunctionFile& file) {
         const auto axes = file.ints();
         const auto inverted = file.boolean();
         const auto dtype = file.dtype();
         return of(1, [=](const Arrays& in, S s) {
           require_axes(axes, in[0]);
           return mx::number_of_elements(in[0], axes, inverted, dtype, s);
         });
       }},
      {name_in_files<mx::Pad>,
       [](FunctionFile& file) {
         const auto axes = file.ints();
         const auto low = file.shape();
         const auto high = file.shape();
         return of(2, [=](const Arrays& in, S s) {
           require_axes(axes, in[0]);
           require(in[1].ndim() == 0, "the value must be a scalar");
           return mx::pad(in[0], axes, low, high, in[1], "constant", s);
         });
       }},
      {name_in_files<mx::Partition>, with_kth([](const array& a, int kth, int axis, S s) { return mx::partition(a, kth, axis, s); })},
      {name_in_files<mx::Power>, binary(mlx4j::power)},
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
           return mx::fast::rms_norm(in[0], unless_scalar(in[1]), eps, s);
         });
       }},
      {name_in_files<mx::fast::RMSNormVJP>, rms_norm_vjp},
      {name_in_files<mx::RandomBits>,
       [](FunctionFile& file) {
         const auto shape = file.shape();
         const auto width = file.number<int>();
         return of(1, [=](const Arrays& in, S s) { return bits(shape, width, in[0], s); });
       }},
      {name_in_files<mx::Real>, unary(mx::real)},
      {name_in_files<mx::Reduce>, reduce},
      {name_in_files<mx::Remainder>, binary(remainder)},
      {name_in_files<mx::Reshape>,
       [](FunctionFile& file) {
         return of(1, [shape = file.sizes()](const Arrays& in, S s) { return mx::reshape(in[0], shape, s); });
       }},
      {name_in_files<mx::fast::RoPE>, rope},
      {name_in_files<mx::Round>, plain(1, [](const Arrays& in, S s) { return mx::round(in[0], 0, s); })},
      {name_in_files<mx::SVD>,
       [](FunctionFile& file) {
         return of(1, [vectors = file.boolean()](const Arrays& in, S) {
           return mx::linalg::svd(matrices(in[0]), vectors, cpu);
         });
       }},
      {name_in_files<mx::fast::ScaledDotProductAttention>, attention},
      {name_in_files<mx::Scan>, scan},
      {name_in_files<mx::Scatter>, scatter},
      {name_in_files<mx::ScatterAxis>,
       [](FunctionFile& file) {
         const auto put = choice(file, 1);
         const auto axis = file.number<int>();
         return of(3, [=](const Arrays& in, S s) {
           axis_in(axis, in[0]);
           return put ? mlx4j::put_along_axis(in[0], in[1], in[2], axis, s)
                      : mx::scatter_add_axis(in[0], slice_start(in[1], in[0].shape(axis), 1, s), in[2], axis, s);
         });
       }},
      {name_in_files<mx::SearchSorted>,
       [](FunctionFile& file) {
         return of(2, [right = file.boolean()](const Arrays& in, S s) {
           return mx::searchsorted(in[0], in[1], right ? "right" : "left", s);
         });
       }},
      {name_in_files<mx::Select>, plain(3, [](const Arrays& in, S s) { return mx::where(in[0], in[1], in[2], s); })},
      {name_in_files<mx::Sigmoid>, unary(mx::sigmoid)},
      {name_in_files<mx::Sign>, unary(mx::sign)},
      {name_in_files<mx::Sin>, unary(mx::sin)},
      {name_in_files<mx::Sinh>, unary(mx::sinh)},
      {name_in_files<mx::Slice>,
       [](FunctionFile& file) {
         const auto start = file.sizes();
         const auto stop = file.sizes();
         const auto strides = file.sizes();
         return of(1, [=](const Arrays& in, S s) {
           require_slice(in[0], start, stop, strides);
           return mx::slice(in[0], start, stop, strides, s);
         });
       }},
      {name_in_files<mx::SliceUpdate>, slice_update},
      {name_in_files<mx::Softmax>,
       [](FunctionFile& file) {
         return of(1, [precise = file.boolean()](const Arrays& in, S s) {
           return mlx4j::softmax(in[0], std::vector<int>{-1}, precise, s);
         });
       }},
      {name_in_files<mx::Sort>, with_axis([](const array& a, int axis, S s) { return mx::sort(a, axis, s); })},
      {name_in_files<mx::Split>,
       [](FunctionFile& file) {
         const auto indices = file.sizes();
         const auto axis = file.number<int>();
         return of(1, [=](const Arrays& in, S s) {
           const auto size = in[0].shape(axis_in(axis, in[0]));
           require(std::is_sorted(indices.begin(), indices.end()) &&
                       (indices.empty() || (indices[0] >= 0 && indices.back() <= size)),
                   "the places to split at are out of range");
           return mx::split(in[0], indices, axis, s);
         });
       }},
      {name_in_files<mx::Sqrt>,
       [](FunctionFile& file) {
         return of(1, [reciprocal = file.boolean()](const Arrays& in, S s) {
           return reciprocal ? mx::rsqrt(in[0], s) : mx::sqrt(in[0], s);
         });
       }},
      {name_in_files<mx::Square>, unary(mx::square)},
      {name_in_files<mx::Squeeze>, with_axes([](const array& a, const std::vector<int>& axes, S s) { return mx::squeeze(a, axes, s); })},
      {name_in_files<mx::StopGradient>, unary(mx::stop_gradient)},
      {name_in_files<mx::Subtract>, binary(mx::subtract)},
      {name_in_files<mx::Tan>, unary(mx::tan)},
      {name_in_files<mx::Tanh>, unary(mx::tanh)},
      {name_in_files<mx::Transpose>,
       with_axes([](const array& a, const std::vector<int>& axes, S s) { return mx::transpose(a, axes, s); })},
      {name_in_files<mx::Unflatten>,
       [](FunctionFile& file) {
         const auto axis = file.number<int>();
         const auto shape = file.sizes();
         return of(1, [=](const Arrays& in, S s) { return mx::unflatten(in[0], axis, shape, s); });
       }},
      {name_in_files<mx::View>,
       [](FunctionFile& file) {
         return of(1, [d = file.dtype()](const Arrays& in, S s) { return mx::view(in[0], d, s); });
       }},
  };
  return all;
}

}  // namespace

Exported read_operation(const std::string& name, FunctionFile& file) {
  const auto it = operations().find(name);
  if (it == operations().end()) {
    throw bad_file("it has an unknown operation");
  }
  return {it->second(file)};
}

std::string readable_operations() {
  std::string lines;
  for (const auto& [name, read] : operations()) {
    lines.append(name).append("\n");
  }
  return lines;
}

}  // namespace mlx4j
