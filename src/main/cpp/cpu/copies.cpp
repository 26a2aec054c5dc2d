#include "cpu/copies.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>

#include "bridge/threads.h"
#include "cpu.h"
#include "cpu/parallel.h"
#include "mlx/backend/cpu/encoder.h"
#include "mlx/primitives.h"
#include "rules/upstream_rules.h"

namespace mlx4j::cpu {

namespace {

constexpr std::size_t worth_a_thread = std::size_t(64) << 10;  // bytes
constexpr std::size_t few = std::size_t(4) << 10;              // bytes, for which MLX is as fast

// Axes without those of one element, and with neighbors joined if they are passed over like one axis.
struct Axes {
  mx::Shape shape;
  mx::Strides strides;

  explicit Axes(const mx::array& a) {
    for (std::size_t i = 0; i < a.ndim(); ++i) {
      if (a.shape(int(i)) == 1) {
        continue;
      }
      if (!shape.empty() && strides.back() == a.strides(int(i)) * a.shape(int(i))) {
        shape.back() *= a.shape(int(i));
        strides.back() = a.strides(int(i));
      } else {
        shape.push_back(a.shape(int(i)));
        strides.push_back(a.strides(int(i)));
      }
    }
  }

  // Whether an array of another shape can be a view, which it can if each of these axes is split into some of its own.
  bool split_into(const mx::Shape& other) const {
    std::size_t axis = 0;
    std::int64_t rest = 1;
    for (const auto length : other) {
      if (length == 1) {
        continue;
      }
      if (rest == 1) {
        rest = shape[axis++];
      }
      if (rest % length != 0) {
        return false;
      }
      rest /= length;
    }
    return true;
  }
};

template <std::size_t size>
struct Item {
  unsigned char bytes[size];
};

// Copies the elements in row-major order. The last axis gives runs of them.
class Copy {
 public:
  Copy(const mx::array& in, mx::array& out)
      : from_(in.data<unsigned char>()), to_(out.data<unsigned char>()), itemsize_(in.itemsize()), axes_(in) {
    length_ = std::size_t(axes_.shape.back());
    step_ = axes_.strides.back();
    axes_.shape.pop_back();
    axes_.strides.pop_back();
    runs_ = out.size() / length_;
  }

  void operator()() const {
    const std::size_t grain = std::max<std::size_t>(1, worth_a_thread / (length_ * itemsize_));
    parallel(runs_, grain, [this](std::size_t first, std::size_t last) { copy(first, last); });
  }

 private:
  void copy(std::size_t first, std::size_t last) const {
    mx::Shape index(axes_.shape.size());
    std::ptrdiff_t at = 0;
    for (std::size_t axis = index.size(), rest = first; axis-- > 0;) {
      const auto length = std::size_t(axes_.shape[axis]);
      index[axis] = mx::ShapeElem(rest % length);
      rest /= length;
      at += index[axis] * axes_.strides[axis];
    }
    const std::size_t bytes = length_ * itemsize_;
    for (std::size_t run = first; run < last; ++run) {
      copy_run(from_ + at * std::ptrdiff_t(itemsize_), to_ + run * bytes);
      for (std::size_t axis = index.size(); axis-- > 0;) {
        at += axes_.strides[axis];
        if (++index[axis] < axes_.shape[axis]) {
          break;
        }
        at -= std::exchange(index[axis], 0) * axes_.strides[axis];
      }
    }
  }

  void copy_run(const unsigned char* from, unsigned char* to) const {
    if (step_ == 1) {
      std::memcpy(to, from, length_ * itemsize_);
      return;
    }
    switch (itemsize_) {
      case 1:
        return copy_items<1>(from, to);
      case 2:
        return copy_items<2>(from, to);
      case 4:
        return copy_items<4>(from, to);
      default:
        return copy_items<8>(from, to);
    }
  }

  template <std::size_t size>
  void copy_items(const unsigned char* from, unsigned char* to) const {
    for (std::size_t i = 0; i < length_; ++i, from += step_ * std::ptrdiff_t(size), to += size) {
      std::memcpy(to, from, size);
    }
  }

  const unsigned char* from_;
  unsigned char* to_;
  std::size_t itemsize_;
  Axes axes_;
  std::size_t length_;
  std::ptrdiff_t step_;
  std::size_t runs_;
};

void copy(const mx::array& in, mx::array& out, mx::Stream s) {
  out.set_data(mx::allocator::malloc(out.nbytes()));
  mx::cpu::get_command_encoder(s).dispatch(Copy(in, out));
}

template <class P>
void (*reshape_upstream)(P&, const Arrays&, mx::array&);

template <class P>
void reshape(P& self, const Arrays& inputs, mx::array& out) {
  const auto& in = inputs[0];
  if (cpu_kernels() && out.nbytes() >= few && !in.flags().row_contiguous && !Axes(in).split_into(out.shape())) {
    copy(in, out, self.stream());
  } else {
    reshape_upstream<P>(self, inputs, out);
  }
}

void (*contiguous_upstream)(mx::Contiguous&, const Arrays&, mx::array&);

std::shared_ptr<mx::Primitive>& in_any_order = immortal<std::shared_ptr<mx::Primitive>>();

// Whether column-major order will do.
bool any_order(const mx::Contiguous& self) { return self.is_equivalent(*in_any_order); }

void contiguous(mx::Contiguous& self, const Arrays& inputs, mx::array& out) {
  const auto& in = inputs[0];
  if (cpu_kernels() && out.nbytes() >= few && !in.flags().row_contiguous &&
      !(in.flags().col_contiguous && any_order(self))) {
    copy(in, out, self.stream());
  } else {
    contiguous_upstream(self, inputs, out);
  }
}

}  // namespace

void replace_copies() {
  const auto cpu = mx::default_stream(mx::Device::cpu);
  const auto matrix = mx::zeros({2, 2}, cpu);
  reshape_upstream<mx::Reshape> = replace(mx::reshape(matrix, {4}, cpu), &mx::Reshape::eval_cpu, reshape<mx::Reshape>);
  reshape_upstream<mx::Flatten> = replace(mx::flatten(matrix, 0, 1, cpu), &mx::Flatten::eval_cpu, reshape<mx::Flatten>);
  reshape_upstream<mx::Unflatten> =
      replace(mx::unflatten(matrix, 0, {1, 2}, cpu), &mx::Unflatten::eval_cpu, reshape<mx::Unflatten>);
  in_any_order = mx::contiguous(mx::transpose(matrix, cpu), true, cpu).primitive_ptr();
  contiguous_upstream =
      replace(mx::contiguous(mx::transpose(matrix, cpu), false, cpu), &mx::Contiguous::eval_cpu, contiguous);
}

}  // namespace mlx4j::cpu
