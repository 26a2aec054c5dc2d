// Reductions along axes: vectorized, in float64, and split over threads. MLX adds one number after the other in the
// dtype of the array, which leaves an error of 6e-4 in the sum of a million float32.
#include "cpu/reductions.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "cpu/evaluation.h"
#include "cpu/instructions.h"
#include "cpu/parallel.h"
#include "cpu/program.h"
#include "mlx/backend/cpu/encoder.h"
#include "mlx/primitives.h"

namespace mlx4j::cpu {

namespace {

constexpr std::size_t block = 512;              // elements that are converted or folded together
constexpr std::size_t part_elements = 1 << 15;  // what is worth being split off
constexpr std::size_t most_partial_states = 1 << 16;

struct Axis {
  std::int64_t size;
  std::int64_t stride;
};

// Consecutive axes that are both kept or both reduced, and lie one behind the other, count as one.
struct Axes {
  std::vector<Axis> kept;
  std::vector<Axis> reduced;

  Axes(const mx::array& in, const std::vector<int>& along) {
    std::vector<Axis>* before = nullptr;
    for (int axis = 0; axis < int(in.ndim()); ++axis) {
      if (in.shape(axis) == 1) {
        continue;
      }
      auto& list = std::find(along.begin(), along.end(), axis) == along.end() ? kept : reduced;
      const Axis next{in.shape(axis), in.strides()[axis]};
      if (before == &list && list.back().stride == next.stride * next.size) {
        list.back() = {list.back().size * next.size, next.stride};
      } else {
        list.push_back(next);
      }
      before = &list;
    }
    for (auto* list : {&kept, &reduced}) {
      if (list->empty()) {
        list->push_back({1, 0});
      }
    }
  }
};

std::size_t count(const std::vector<Axis>& axes) {
  std::size_t product = 1;
  for (auto& axis : axes) {
    product *= std::size_t(axis.size);
  }
  return product;
}

// The distance of the i-th element.
std::int64_t offset(const std::vector<Axis>& axes, std::size_t i) {
  std::int64_t sum = 0;
  for (auto axis = axes.rbegin(); axis != axes.rend(); ++axis) {
    sum += std::int64_t(i % std::size_t(axis->size)) * axis->stride;
    i /= std::size_t(axis->size);
  }
  return sum;
}

class Reducer {
 public:
  Reducer(const mx::array& in, mx::array& out, Reduction reduction, const std::vector<int>& along)
      : kernels_(&kernels_of(reduction)),
        half_(elements_of(in.dtype()).half),
        in_(in.data<char>()),
        out_(out.data<char>()),
        itemsize_(std::int64_t(in.itemsize())) {
    const Axes axes(in, along);
    kept_ = axes.kept;
    reduced_ = axes.reduced;
    outputs_ = count(kept_);
    columns_ = kept_.back().stride == 1 && kept_.back().size > 1 && reduced_.back().stride != 1;
    // The parts depend on sizes only, so the result does not depend on the number of threads.
    const std::size_t rows = std::size_t(reduced_.front().size);
    const std::size_t elements = outputs_ * count(reduced_);
    parts_ = std::min({elements / part_elements, rows, most_partial_states / outputs_, std::size_t(256)});
    parts_ = outputs_ > 4096 / (columns_ ? 1 : 64) || parts_ == 0 ? 1 : parts_;
  }

  void run() const {
    const auto partial = parts_ > 1 ? std::make_unique_for_overwrite<double[]>(parts_ * outputs_) : nullptr;
    const std::size_t width = columns_ ? std::min(block, std::size_t(kept_.back().size)) : 1;
    const std::size_t pieces = columns_ ? (std::size_t(kept_.back().size) + width - 1) / width : 1;
    const std::size_t items = columns_ ? outputs_ / std::size_t(kept_.back().size) * pieces : outputs_;
    const std::size_t per_item = width * count(reduced_) / parts_ + 1;
    const std::size_t grain = blocks_are_limited() ? 1 : part_elements / per_item + 1;
    parallel(items * parts_, grain, [&](std::size_t first, std::size_t last) {
      for (std::size_t i = first; i < last; ++i) {
        const std::size_t item = i / parts_;
        const std::size_t part = i % parts_;
        if (columns_) {
          const std::size_t length = std::size_t(kept_.back().size);
          const std::size_t column = item % pieces * width;
          const std::size_t output = item / pieces * length + column;
          double states[block];
          const std::size_t n = std::min(width, length - column);
          fold_columns(output, n, part, states);
          put(output, n, part, states, partial.get());
        } else {
          const double state = fold_run(item, part);
          put(item, 1, part, &state, partial.get());
        }
      }
    });
    if (parts_ > 1) {
      double* states = partial.get();
      for (std::size_t part = 1; part < parts_; ++part) {
        kernels_->join_each(states + part * outputs_, outputs_, states);
      }
      for (std::size_t output = 0; output < outputs_; output += block) {
        write(output, std::min(block, outputs_ - output), states + output);
      }
    }
  }

 private:
  // Calls f with the distance of each run along the last reduced axis, and its length.
  template <class F>
  void for_each_run(std::size_t part, F f) const {
    const std::size_t rows = std::size_t(reduced_.front().size);
    const std::size_t first = rows * part / parts_;
    const std::size_t last = rows * (part + 1) / parts_;
    if (reduced_.size() == 1) {
      f(std::int64_t(first) * reduced_[0].stride, last - first);
      return;
    }
    const std::vector<Axis>& axes = reduced_;
    const std::size_t inner = std::size_t(axes.back().size);
    const std::size_t runs = count(axes) / inner / rows;
    for (std::size_t run = first * runs; run < last * runs; ++run) {
      std::int64_t distance = 0;
      std::size_t rest = run;
      for (std::size_t axis = axes.size() - 1; axis-- > 0;) {
        distance += std::int64_t(rest % std::size_t(axes[axis].size)) * axes[axis].stride;
        rest /= std::size_t(axes[axis].size);
      }
      f(distance, inner);
    }
  }

  // The elements as float32: where they lie, or copied into the buffer.
  const float* load(std::int64_t at, std::size_t n, std::int64_t stride, float* buffer) const {
    const char* from = in_ + at * itemsize_;
    if (half_ == Half::no) {
      const auto* x = reinterpret_cast<const float*>(from);
      if (stride == 1) {
        return x;
      }
      for (std::size_t i = 0; i < n; ++i) {
        buffer[i] = x[std::int64_t(i) * stride];
      }
      return buffer;
    }
    const auto* x = reinterpret_cast<const std::uint16_t*>(from);
    std::uint16_t together[block];
    if (stride != 1) {
      for (std::size_t i = 0; i < n; ++i) {
        together[i] = x[std::int64_t(i) * stride];
      }
      x = together;
    }
    widen(half_, x, buffer, n);
    return buffer;
  }

  double fold_run(std::size_t output, std::size_t part) const {
    const std::int64_t start = offset(kept_, output);
    const std::int64_t stride = reduced_.back().stride;
    double state = kernels_->start;
    for_each_run(part, [&](std::int64_t distance, std::size_t n) {
      if (half_ == Half::no && stride == 1) {
        state = kernels_->join(state, kernels_->fold(reinterpret_cast<const float*>(in_) + start + distance, n));
        return;
      }
      float buffer[block];
      for (std::size_t i = 0; i < n; i += block) {
        const std::size_t m = std::min(block, n - i);
        const float* x = load(start + distance + std::int64_t(i) * stride, m, stride, buffer);
        state = kernels_->join(state, kernels_->fold(x, m));
      }
    });
    return state;
  }

  void fold_columns(std::size_t output, std::size_t n, std::size_t part, double* states) const {
    const std::int64_t start = offset(kept_, output);
    const std::int64_t stride = reduced_.back().stride;
    std::fill_n(states, n, kernels_->start);
    for_each_run(part, [&](std::int64_t distance, std::size_t rows) {
      constexpr std::size_t together = 16;  // rows
      for (std::size_t row = 0; row < rows; row += together) {
        const std::size_t m = std::min(together, rows - row);
        const std::int64_t at = start + distance + std::int64_t(row) * stride;
        if (half_ == Half::no) {
          kernels_->fold_columns(reinterpret_cast<const float*>(in_) + at, n, stride, m, states);
          continue;
        }
        float buffer[block];
        for (std::size_t i = 0; i < m; ++i) {
          kernels_->fold_columns(load(at + std::int64_t(i) * stride, n, 1, buffer), n, 0, 1, states);
        }
      }
    });
  }

  void put(std::size_t output, std::size_t n, std::size_t part, const double* states, double* partial) const {
    if (parts_ > 1) {
      std::copy_n(states, n, partial + part * outputs_ + output);
    } else {
      write(output, n, states);
    }
  }

  void write(std::size_t output, std::size_t n, const double* states) const {
    write_results(states, n, half_, out_ + output * std::size_t(itemsize_));
  }

  const ReductionKernels* kernels_;
  Half half_;
  const char* in_;
  char* out_;
  std::int64_t itemsize_;
  std::vector<Axis> kept_;
  std::vector<Axis> reduced_;
  std::size_t outputs_;
  std::size_t parts_;
  bool columns_;  // neighbors in memory belong to different results
};

}  // namespace

std::optional<Reduction> reduction_of(mx::Reduce::ReduceType type) {
  switch (type) {
    case mx::Reduce::Sum:
      return Reduction::sum;
    case mx::Reduce::Prod:
      return Reduction::product;
    case mx::Reduce::Max:
      return Reduction::maximum;
    case mx::Reduce::Min:
      return Reduction::minimum;
    default:
      return std::nullopt;
  }
}

const ReductionKernels& kernels_of(Reduction reduction) {
  return *chosen([&]<Instructions set>(Set<set>) { return &reduction_kernels<set>(reduction); });
}

void write_results(const double* states, std::size_t n, Half half, void* results) {
  if (half == Half::no) {
    std::transform(states, states + n, static_cast<float*>(results), [](double state) { return float(state); });
    return;
  }
  float rounded[block];
  for (std::size_t i = 0; i < n; i += block) {
    const std::size_t m = std::min(block, n - i);
    std::transform(states + i, states + i + m, rounded, [](double state) { return float(state); });
    narrow(half, rounded, static_cast<std::uint16_t*>(results) + i, m);
  }
}

bool evaluate_reduction(mx::Reduce& reduce, const mx::array& in, mx::array& out) {
  const auto [type, axes] = reduce.state();
  const auto reduction = reduction_of(type);
  const bool floating = elements_of(in.dtype()).type == Type::float32;
  if (!reduction || !floating || in.dtype() != out.dtype() || in.size() == 0) {
    return false;
  }
  out.set_data(mx::allocator::malloc(out.nbytes()));
  auto reducer = std::make_shared<Reducer>(in, out, *reduction, axes);
  mx::cpu::get_command_encoder(reduce.stream()).dispatch([reducer] { reducer->run(); });
  return true;
}

}  // namespace mlx4j::cpu
