#include "cpu/copies.h"

#include <cstdint>
#include <memory>

#include "bridge/threads.h"
#include "cpu.h"
#include "cpu/parallel.h"
#include "cpu/strided.h"
#include "mlx/backend/cpu/encoder.h"
#include "mlx/primitives.h"
#include "rules/upstream_rules.h"

namespace mlx4j::cpu {

namespace {

constexpr std::size_t worth_a_thread = std::size_t(64) << 10;  // bytes
constexpr std::size_t few = std::size_t(4) << 10;              // bytes, for which MLX is as fast

Axes axes_of(const mx::array& a) {
  Axes axes;
  for (std::size_t i = 0; i < a.ndim(); ++i) {
    axes.append(a.shape(int(i)), a.strides(int(i)));
  }
  return axes;
}

// Whether an array of a shape can be a view, which it can if each of these axes is split into some of its own.
bool is_split(const Axes& axes, const mx::Shape& shape) {
  std::size_t axis = 0;
  std::int64_t rest = 1;
  for (const auto length : shape) {
    if (length == 1) {
      continue;
    }
    if (rest == 1) {
      rest = axes.sizes[axis++];
    }
    if (rest % length != 0) {
      return false;
    }
    rest /= length;
  }
  return true;
}

void copy(const mx::array& in, mx::array& out, mx::Stream s) {
  out.set_data(mx::allocator::malloc(out.nbytes()));
  mx::cpu::get_command_encoder(s).dispatch([axes = axes_of(in), itemsize = in.itemsize(), count = out.size(),
                                            from = in.data<void>(), to = out.data<void>()] {
    with_size(int(itemsize), [&](auto bits) {
      using T = decltype(bits);
      parallel(count, worth_a_thread / sizeof(T), [&](std::size_t first, std::size_t last) {
        gather(static_cast<const T*>(from), axes, first, last - first, static_cast<T*>(to) + first);
      });
    });
  });
}

template <class P>
void (*reshape_upstream)(P&, const Arrays&, mx::array&);

template <class P>
void reshape(P& self, const Arrays& inputs, mx::array& out) {
  const auto& in = inputs[0];
  if (cpu_kernels() && out.nbytes() >= few && !in.flags().row_contiguous && !is_split(axes_of(in), out.shape())) {
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
