// Copies of elements of arrays that do not lie one behind the other.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace mlx4j::cpu {

// The axes of a strided array in row-major order, without those of one element, and with neighbors joined if they are
// passed over like one axis.
struct Axes {
  std::vector<std::int64_t> sizes = {};
  std::vector<std::int64_t> strides = {};

  void append(std::int64_t size, std::int64_t stride) {
    if (size == 1) {
      return;
    }
    if (!sizes.empty() && strides.back() == stride * size) {
      sizes.back() *= size;
      strides.back() = stride;
    } else {
      sizes.push_back(size);
      strides.push_back(stride);
    }
  }
};

// Calls f with a value of an unsigned type of that size.
template <class F>
void with_size(int bytes, F f) {
  switch (bytes) {
    case 1:
      return f(std::uint8_t());
    case 2:
      return f(std::uint16_t());
    case 4:
      return f(std::uint32_t());
    default:
      return f(std::uint64_t());
  }
}

template <class T>
void copy_run(const T* from, T* to, std::size_t n, std::int64_t stride) {
  if (stride == 1) {
    std::memcpy(to, from, n * sizeof(T));
  } else if (stride == 0) {
    std::fill_n(to, n, *from);
  } else {
    for (std::size_t i = 0; i < n; ++i, from += stride) {
      to[i] = *from;
    }
  }
}

// Copies n elements of a strided array from the first-th on.
template <class T>
void gather(const T* data, const Axes& axes, std::size_t first, std::size_t n, T* to) {
  const auto& [sizes, strides] = axes;
  constexpr int most_axes = 64;
  std::int64_t position[most_axes];
  const int last = int(sizes.size()) - 1;
  for (int axis = last; axis >= 0; --axis) {
    position[axis] = std::int64_t(first) % sizes[axis];
    first /= std::size_t(sizes[axis]);
    data += position[axis] * strides[axis];
  }
  for (;;) {
    const auto run = std::min(n, std::size_t(sizes[last] - position[last]));
    copy_run(data, to, run, strides[last]);
    n -= run;
    if (n == 0) {
      return;
    }
    to += run;
    data -= position[last] * strides[last];
    position[last] = 0;
    for (int axis = last - 1; axis >= 0; --axis) {
      data += strides[axis];
      if (++position[axis] < sizes[axis]) {
        break;
      }
      data -= position[axis] * strides[axis];
      position[axis] = 0;
    }
  }
}

}  // namespace mlx4j::cpu
