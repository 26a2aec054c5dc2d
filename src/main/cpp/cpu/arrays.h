// What kernels need of MLX's arrays: who refers to them, the format of their numbers, where parts of them lie, and
// memory.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>

#include "cpu/kernels/products.h"
#include "handles.h"

namespace mlx4j::cpu {

// How many references there are to an array. MLX does not tell, but an array is nothing but such a reference.
inline long references(const mx::array& a) {
  static_assert(sizeof(mx::array) == sizeof(std::shared_ptr<void>));
  return reinterpret_cast<const std::shared_ptr<void>&>(a).use_count();
}

// Empty for dtypes that no kernel of products takes.
std::optional<Format> format_of(mx::Dtype dtype);

inline std::size_t size_of(Format format) { return format == Format::float32 ? 4 : 2; }

// Multiplications that take some ten microseconds, and are worth waking a thread.
constexpr std::size_t worth_a_thread = 1 << 17;

// How many items are worth a thread, given the multiplications of one.
inline std::size_t grain(std::size_t work_of_one) { return worth_a_thread / (work_of_one + 1) + 1; }

// Room for numbers until everything is computed that is scheduled next.
float* room(std::size_t numbers, mx::Stream s);

// A copy in row-major order, which lives as long.
mx::array dense(const mx::array& a, mx::Stream s);

// The parts of an array that begin at the indices of all axes but the last ones, in their order.
class Parts {
 public:
  Parts(const mx::array& a, std::size_t last_axes)
      : data_(a.data<unsigned char>()),
        itemsize_(a.itemsize()),
        shape_(a.shape().begin(), a.shape().end() - std::ptrdiff_t(std::min(a.ndim(), last_axes))),
        strides_(a.strides().begin(), a.strides().end() - std::ptrdiff_t(std::min(a.ndim(), last_axes))) {}

  const unsigned char* at(std::size_t i) const {
    std::int64_t offset = 0;
    for (std::size_t axis = shape_.size(); axis-- > 0; i /= std::size_t(shape_[axis])) {
      offset += std::int64_t(i % std::size_t(shape_[axis])) * strides_[axis];
    }
    return data_ + offset * std::int64_t(itemsize_);
  }

  // Whether all of them are the same.
  bool one() const {
    for (std::size_t axis = 0; axis < shape_.size(); ++axis) {
      if (shape_[axis] > 1 && strides_[axis] != 0) {
        return false;
      }
    }
    return true;
  }

 private:
  const unsigned char* data_;
  std::size_t itemsize_;
  mx::Shape shape_;
  mx::Strides strides_;
};

}  // namespace mlx4j::cpu
