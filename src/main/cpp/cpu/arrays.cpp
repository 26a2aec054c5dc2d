#include "cpu/arrays.h"

#include <utility>

#include "mlx/backend/cpu/encoder.h"
#include "mlx/primitives.h"

namespace mlx4j::cpu {

std::optional<Format> format_of(mx::Dtype dtype) {
  switch (dtype) {
    case mx::Dtype::Val::float32:
      return Format::float32;
    case mx::Dtype::Val::float16:
      return Format::float16;
    case mx::Dtype::Val::bfloat16:
      return Format::bfloat16;
    default:
      return std::nullopt;
  }
}

float* room(std::size_t numbers, mx::Stream s) {
  if (numbers == 0) {
    return nullptr;
  }
  mx::array a(mx::allocator::malloc(numbers * sizeof(float)), {}, mx::float32);
  float* data = a.data<float>();
  mx::cpu::get_command_encoder(s).add_temporary(std::move(a));
  return data;
}

mx::array dense(const mx::array& a, mx::Stream s) {
  Arrays copy{mx::array(a.shape(), a.dtype(), nullptr, {})};
  mx::contiguous(a, false, s).primitive().eval_cpu({a}, copy);
  mx::cpu::get_command_encoder(s).add_temporary(copy[0]);
  return copy[0];
}

}  // namespace mlx4j::cpu
