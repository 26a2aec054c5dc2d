// Softmax and the logarithm of the sum of exponentials along the last axis, row by row.
#include "cpu/kernels/softmax.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "cpu/elements.h"
#include "cpu/evaluation.h"
#include "cpu/instructions.h"
#include "cpu/parallel.h"
#include "cpu/program.h"
#include "mlx/backend/cpu/encoder.h"

namespace mlx4j::cpu {

namespace {

constexpr std::size_t block = 512;               // elements of a row that are converted together
constexpr std::size_t worth_a_thread = 1 << 15;  // elements

struct Rows {
  float (*largest)(const float*, std::size_t);
  double (*sum)(const float*, std::size_t, float, float*);
  void (*scale)(float*, std::size_t, float);
  Half half;
  std::size_t length;

  Rows(Half half, std::size_t length) : half(half), length(length) {
    chosen([&]<Instructions set>(Set<set>) {
      largest = cpu::largest<set>;
      sum = sum_of_exponentials<set>;
      scale = cpu::scale<set>;
    });
  }

  // Calls f for parts of a row of 16-bit numbers, as float32.
  template <class F>
  void for_each_block(const void* row, F f) const {
    float buffer[block];
    for (std::size_t i = 0; i < length; i += block) {
      const std::size_t n = std::min(block, length - i);
      widen(half, static_cast<const std::uint16_t*>(row) + i, buffer, n);
      f(i, buffer, n);
    }
  }

  float largest_of(const void* row) const {
    if (half == Half::no) {
      return largest(static_cast<const float*>(row), length);
    }
    float state = -std::numeric_limits<float>::infinity();
    for_each_block(row, [&](std::size_t, const float* x, std::size_t n) { state = std::max(state, largest(x, n)); });
    return state;
  }

  void softmax(const void* row, void* result) const {
    const float shift = largest_of(row);
    if (half == Half::no) {
      auto* terms = static_cast<float*>(result);
      scale(terms, length, float(1 / sum(static_cast<const float*>(row), length, shift, terms)));
      return;
    }
    double total = 0;
    for_each_block(row, [&](std::size_t, const float* x, std::size_t n) { total += sum(x, n, shift, nullptr); });
    for_each_block(row, [&](std::size_t i, float* x, std::size_t n) {
      sum(x, n, shift, x);
      scale(x, n, float(1 / total));
      narrow(half, x, static_cast<std::uint16_t*>(result) + i, n);
    });
  }

  void logsumexp(const void* row, void* result) const {
    const float shift = largest_of(row);
    double total = 0;
    if (half == Half::no) {
      total = sum(static_cast<const float*>(row), length, shift, nullptr);
    } else {
      for_each_block(row, [&](std::size_t, const float* x, std::size_t n) { total += sum(x, n, shift, nullptr); });
    }
    const auto value = float(std::isinf(shift) ? shift : shift + std::log(total));
    if (half == Half::no) {
      std::memcpy(result, &value, sizeof value);
    } else {
      narrow(half, &value, static_cast<std::uint16_t*>(result), 1);
    }
  }
};

bool can_compute(const mx::array& in) {
  return elements_of(in.dtype()).type == Type::float32 && in.ndim() > 0 && in.size() > 0 && in.flags().row_contiguous;
}

std::size_t grain(std::size_t length) { return blocks_are_limited() ? 1 : worth_a_thread / length + 1; }

// Lets the stream compute each row of the input. A result takes so many bytes of the output.
template <void (Rows::*compute)(const void* row, void* result) const>
void start(mx::Stream stream, const mx::array& in, mx::array& out, std::size_t result_bytes) {
  const Rows rows(elements_of(in.dtype()).half, std::size_t(in.shape(-1)));
  mx::cpu::get_command_encoder(stream).dispatch([rows, result_bytes, row_bytes = rows.length * in.itemsize(),
                                                 from = in.data<char>(), to = out.data<char>(),
                                                 count = in.size() / rows.length] {
    parallel(count, grain(rows.length), [&](std::size_t first, std::size_t last) {
      for (std::size_t row = first; row < last; ++row) {
        (rows.*compute)(from + row * row_bytes, to + row * result_bytes);
      }
    });
  });
}

}  // namespace

bool evaluate_softmax(mx::Stream stream, const mx::array& in, mx::array& out) {
  if (!can_compute(in)) {
    return false;
  }
  if (in.is_donatable()) {
    out.copy_shared_buffer(in);
  } else {
    out.set_data(mx::allocator::malloc(out.nbytes()));
  }
  start<&Rows::softmax>(stream, in, out, std::size_t(in.shape(-1)) * out.itemsize());
  return true;
}

bool evaluate_logsumexp(mx::Stream stream, const mx::array& in, mx::array& out) {
  if (!can_compute(in)) {
    return false;
  }
  out.set_data(mx::allocator::malloc(out.nbytes()));
  start<&Rows::logsumexp>(stream, in, out, out.itemsize());
  return true;
}

}  // namespace mlx4j::cpu
