// Norms of rows, each read from memory once.
#include "cpu/kernels/norms.h"

#include <cmath>
#include <numeric>

#include "cpu/arrays.h"
#include "cpu/fast.h"
#include "cpu/fast_operation.h"
#include "cpu/instructions.h"
#include "cpu/parallel.h"
#include "cpu/program.h"
#include "mlx/backend/cpu/encoder.h"

namespace mlx4j::cpu {

namespace {

constexpr std::size_t block = 512;  // elements of a row that are converted together
constexpr std::size_t few = 16;     // elements whose mean is near that of most rows

struct NormKernels {
  ProductKernels convert;
  MomentsKernel* moments;
  MomentsKernel* exact_moments;
  void (*normalize)(const float*, std::size_t, double, double, const float*, const float*, float*);
};

NormKernels norm_kernels() {
  return chosen([]<Instructions set>(Set<set>) {
    return NormKernels{product_kernels<set>(), moments<set>, exact_moments<set>, normalize<set>};
  });
}

// A vector of which float32 is needed.
struct Vector {
  const unsigned char* data;
  Format format;
  float* widened;  // room, unless it can be used where it is

  const float* numbers(const NormKernels& use, std::size_t n) const {
    if (!data || !widened) {
      return reinterpret_cast<const float*>(data);
    }
    use.convert.widen(format, data, widened, n);
    return widened;
  }
};

// The mean of a row, and that of the squares of what is normalized.
struct Statistics {
  double mean;
  double mean_square;

  // Whether float32 was precise enough for the differences to `shift`: the shift lies within a standard deviation of
  // the mean, because the distance between the two cancels out, and no square has overflowed or vanished. Never for
  // NaN.
  bool are_good(double shift) const {
    const double away = mean - shift;
    return away * away <= mean_square && mean_square > 1e-20 && mean_square < 1e30;
  }
};

// How one row is normalized.
struct Norm {
  NormKernels use;
  bool centered;
  float eps;
  std::size_t length;
  Format from, to;

  void operator()(const unsigned char* x, const float* weight, const float* bias, unsigned char* y) const {
    const auto [mean, mean_square] = statistics(x);
    const double factor = 1 / std::sqrt(mean_square + double(eps));
    for_each_block(x, [&](std::size_t i, const float* part, std::size_t n) {
      const float* weights = weight ? weight + i : nullptr;
      const float* biases = bias ? bias + i : nullptr;
      if (to == Format::float32) {
        use.normalize(part, n, mean, factor, weights, biases, reinterpret_cast<float*>(y) + i);
        return;
      }
      float results[block];
      use.normalize(part, n, mean, factor, weights, biases, results);
      use.convert.narrow(to, results, y + i * size_of(to), n);
    });
  }

 private:
  Statistics statistics(const unsigned char* x) const {
    const double shift = centered ? mean_of_first(x, few) : 0;
    const Statistics fast = statistics(x, use.moments, shift);
    if (fast.are_good(shift)) {
      return fast;
    }
    // In float64 squares neither overflow nor vanish, and what cancels out matters less: the first element is at most
    // sqrt(length) standard deviations away from the mean, so it is at most `length` times the result.
    return statistics(x, use.exact_moments, centered ? mean_of_first(x, 1) : 0);
  }

  // Both sums are taken at once, from differences to a shift.
  Statistics statistics(const unsigned char* x, MomentsKernel* moments, double shift) const {
    Moments total{};
    for_each_block(x, [&](std::size_t, const float* part, std::size_t n) {
      const Moments some = moments(part, n, shift);
      total.sum += some.sum;
      total.squares += some.squares;
    });
    const double mean_square = total.squares / double(length);
    if (!centered) {
      return {0, mean_square};
    }
    const double rest = total.sum / double(length);
    const double variance = mean_square - rest * rest;
    return {shift + rest, variance < 0 ? 0 : variance};  // NaN stays
  }

  // Rounded to float32.
  double mean_of_first(const unsigned char* x, std::size_t n) const {
    float numbers[few];
    n = std::min(n, length);
    use.convert.widen(from, x, numbers, n);
    return double(float(std::accumulate(numbers, numbers + n, 0.0) / double(n)));
  }

  // Calls f for parts of a row, as float32.
  template <class F>
  void for_each_block(const unsigned char* row, F f) const {
    if (from == Format::float32 && to == Format::float32) {
      return f(0, reinterpret_cast<const float*>(row), length);
    }
    float buffer[block];
    for (std::size_t i = 0; i < length; i += block) {
      const std::size_t n = std::min(block, length - i);
      use.convert.widen(from, row + i * size_of(from), buffer, n);
      f(i, static_cast<const float*>(buffer), n);
    }
  }
};

}  // namespace

// x, then the weight and the bias that there are.
class RowNorm final : public FastOperation {
 public:
  RowNorm(mx::Stream s, const char* name, Composition composition, bool centered, bool weighted, bool biased, float eps)
      : FastOperation(s, name, std::move(composition)),
        centered_(centered),
        weighted_(weighted),
        biased_(biased),
        eps_(eps) {}

 protected:
  void compute(const Arrays& inputs, mx::array& out) override {
    if (out.size() == 0) {  // of rows without elements, MLX computes means, sometimes without an end
      out.set_data(mx::allocator::malloc(0));
      return;
    }
    const auto length = std::size_t(out.shape(-1));
    const mx::array& given = inputs[0];
    const bool may_overwrite = given.is_donatable();  // before there is another reference
    const mx::array x = length == 1 || given.strides(-1) == 1 ? given : dense(given, stream());
    const Norm norm{norm_kernels(), centered_, eps_, length, *format_of(x.dtype()), *format_of(out.dtype())};
    const Vector weight = vector(weighted_ ? &inputs[1] : nullptr);
    const Vector bias = vector(biased_ ? &inputs.back() : nullptr);
    if (may_overwrite && given.flags().row_contiguous && given.itemsize() == out.itemsize()) {
      out.copy_shared_buffer(given);
    } else {
      out.set_data(mx::allocator::malloc(out.nbytes()));
    }
    mx::cpu::get_command_encoder(stream()).dispatch(
        [norm, weight, bias, rows = Parts(x, 1), count = out.size() / length, data = out.data<unsigned char>()] {
          const float* weights = weight.numbers(norm.use, norm.length);
          const float* biases = bias.numbers(norm.use, norm.length);
          const std::size_t row_bytes = norm.length * size_of(norm.to);
          const std::size_t rows_at_once = blocks_are_limited() ? 1 : worth_a_thread / 4 / norm.length + 1;
          parallel(count, rows_at_once, [&](std::size_t first, std::size_t last) {
            for (std::size_t row = first; row < last; ++row) {
              norm(rows.at(row), weights, biases, data + row * row_bytes);
            }
          });
        });
  }

 private:
  Vector vector(const mx::array* a) {
    if (!a) {
      return {nullptr, Format::float32, nullptr};
    }
    const mx::array row = a->flags().row_contiguous ? *a : dense(*a, stream());
    const Format format = *format_of(row.dtype());
    return {row.data<unsigned char>(), format, format == Format::float32 ? nullptr : room(row.size(), stream())};
  }

  bool centered_, weighted_, biased_;
  float eps_;
};

namespace {

bool fits(const mx::array& x, const std::optional<mx::array>& vector) {
  return !vector || (vector->ndim() == 1 && vector->shape(0) == x.shape(-1));
}

Fused norm(const char* name, bool centered, const mx::array& x, const std::optional<mx::array>& weight,
           const std::optional<mx::array>& bias, float eps, mx::Stream s, FastOperation::Composition composition) {
  const mx::Dtype dtype = !weight ? x.dtype() : bias ? mx::result_type(x, *weight, *bias) : mx::result_type(x, *weight);
  if (!format_of(x.dtype()) || !format_of(dtype)) {
    return std::nullopt;
  }
  Arrays inputs{x};
  for (const auto* vector : {&weight, &bias}) {
    if (*vector) {
      inputs.push_back(mx::astype(**vector, dtype, s));
    }
  }
  auto primitive =
      std::make_shared<RowNorm>(s, name, std::move(composition), centered, weight.has_value(), bias.has_value(), eps);
  return mx::array(x.shape(), dtype, std::move(primitive), std::move(inputs));
}

std::optional<mx::array> when(bool given, const mx::array& a) { return given ? std::optional(a) : std::nullopt; }

}  // namespace

Fused rms_norm(const mx::array& x, const std::optional<mx::array>& weight, float eps, mx::Stream s) {
  if (!may_fuse(s) || x.ndim() == 0 || !fits(x, weight)) {
    return std::nullopt;
  }
  return norm("RMSNorm", false, x, weight, std::nullopt, eps, s, [weighted = weight.has_value(), eps, s](auto& inputs) {
    return mx::fast::rms_norm(inputs[0], when(weighted, inputs.back()), eps, s);
  });
}

Fused layer_norm(const mx::array& x, const std::optional<mx::array>& weight, const std::optional<mx::array>& bias,
                 float eps, mx::Stream s) {
  if (!may_fuse(s) || x.ndim() == 0 || !fits(x, weight) || !fits(x, bias)) {
    return std::nullopt;
  }
  return norm("LayerNorm", true, x, weight, bias, eps, s,
              [weighted = weight.has_value(), biased = bias.has_value(), eps, s](auto& inputs) {
                return mx::fast::layer_norm(inputs[0], when(weighted, inputs[weighted ? 1 : 0]),
                                            when(biased, inputs.back()), eps, s);
              });
}

}  // namespace mlx4j::cpu
