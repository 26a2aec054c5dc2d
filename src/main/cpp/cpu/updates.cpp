#include "cpu/updates.h"

#include <utility>

#include "bridge/entry_lock.h"
#include "cpu.h"
#include "cpu/arrays.h"
#include "mlx/backend/cpu/encoder.h"

namespace mlx4j::cpu {

namespace {

// Smaller arrays are copied within microseconds.
constexpr std::size_t worthwhile_bytes = 1 << 16;

// How many times as large as its updated part an array must be.
constexpr std::size_t worthwhile_ratio = 4;

// Whether MLX would let the result have the memory of an array to which nothing else refers.
bool has_memory_to_itself(const mx::array& a) {
  constexpr std::size_t surplus = 16384;  // as in MLX
  return a.data_shared_ptr().use_count() == 1 && a.flags().contiguous && a.data_size() == a.size() &&
         a.buffer_size() <= a.nbytes() + surplus;
}

// The array that a handle stands for, if it and one input of an operation are all that refers to `in`; otherwise null.
// So nothing else can read the memory: other operations, functions that have captured the array, evaluations that wait
// for it, and copies to Java all have references. Looking through the table must cost less than the copy.
mx::array* only_handle_of(const mx::array& in) {
  if (references(in) != 2) {
    return nullptr;
  }
  return array_table.find_if(in.nbytes(), [&in](const mx::array& a) { return a.id() == in.id(); });
}

// The elements that the update replaces.
mx::array replaced(mx::SliceUpdate& update, const Arrays& inputs) {
  const auto& in = inputs[0];
  const auto [type, start, stop, steps] = update.state();
  mx::array part(inputs[1].shape(), in.dtype(), nullptr, {});
  mx::Strides strides = in.strides();
  std::int64_t offset = 0;
  for (std::size_t axis = 0; axis < strides.size(); ++axis) {
    offset += start[axis] * strides[axis];
    strides[axis] *= steps[axis];
  }
  part.copy_shared_buffer(in, strides, {.contiguous = false, .row_contiguous = false, .col_contiguous = false},
                          part.size(), offset);
  return dense(part, update.stream());
}

mx::array replaced(mx::DynamicSliceUpdate& update, const Arrays& inputs) {
  const auto& part = inputs[1];
  Arrays copy{mx::array(part.shape(), part.dtype(), nullptr, {})};
  mx::slice(inputs[0], inputs[2], update.state(), part.shape(), update.stream())
      .primitive()
      .eval_cpu({inputs[0], inputs[2]}, copy);
  mx::cpu::get_command_encoder(update.stream()).add_temporary(copy[0]);
  return copy[0];
}

template <class Update>
void exchange(Update& update, const Arrays& inputs, const mx::array& out) {
  const auto& in = inputs[0];
  const auto& part = inputs[1];
  if (!cpu_kernels() || this_thread.depth == 0 || in.nbytes() < worthwhile_bytes || part.size() == 0 ||
      part.size() > in.size() / worthwhile_ratio || !has_memory_to_itself(in) || !out.has_primitive() ||
      &out.primitive() != &update) {
    return;
  }
  mx::array* handle = only_handle_of(in);
  if (!handle) {
    return;
  }
  // Computed when `out` is.
  const mx::array old = replaced(update, inputs);
  old.set_status(mx::array::Status::evaluated);
  old.attach_event(out.event());
  Arrays inputs_back = inputs;
  inputs_back[0] = out;
  inputs_back[1] = old;
  // If the update fails, it is computed when the handle's array is, and again after what it has written already.
  handle->overwrite_descriptor(mx::array(in.shape(), in.dtype(), out.primitive_ptr(), std::move(inputs_back)));
}

}  // namespace

void exchange_roles(mx::SliceUpdate& update, const Arrays& inputs, const mx::array& out) {
  if (std::get<0>(update.state()) == mx::SliceUpdate::None) {
    exchange(update, inputs, out);
  }
}

void exchange_roles(mx::DynamicSliceUpdate& update, const Arrays& inputs, const mx::array& out) {
  exchange(update, inputs, out);
}

}  // namespace mlx4j::cpu
