// Partial results side by side: lane k has that of the elements k, k + lanes, k + 2 · lanes and so on. Lanes are
// independent, so that they fit several registers and additions need not wait for one another. Only kernels may include
// this.
#pragma once

#include <cstddef>

namespace mlx4j::cpu {
namespace {  // NOLINT: each instruction set has its own

constexpr std::size_t lanes = 32;
constexpr std::size_t few_lanes = 8;  // for elements that do not fill all of them

// The result of all lanes.
template <class T, class Join>
inline T joined(const T (&states)[lanes], Join join) {
  static_assert(lanes == 4 * few_lanes);
  T few[few_lanes];
#pragma omp simd
  for (std::size_t k = 0; k < few_lanes; ++k) {
    few[k] = join(join(states[k], states[k + few_lanes]), join(states[k + 2 * few_lanes], states[k + 3 * few_lanes]));
  }
  static_assert(few_lanes == 8);
  return join(join(join(few[0], few[1]), join(few[2], few[3])), join(join(few[4], few[5]), join(few[6], few[7])));
}

inline double sum_of(const double (&states)[lanes]) {
  return joined(states, [](double a, double b) { return a + b; });
}

}  // namespace
}  // namespace mlx4j::cpu
