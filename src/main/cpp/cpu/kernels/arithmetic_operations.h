// Arithmetic on single numbers, for the kernels of one operation and of two. Only kernels may include this.
#pragma once

#include <cstdint>
#include <type_traits>

namespace mlx4j::cpu {
namespace {  // NOLINT: each instruction set has its own

// Integers wrap around. Smaller types are promoted, and their results are cut off.
template <class T>
struct Wrapping {
  using Wide = std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>;
};
template <>
struct Wrapping<float> {
  using Wide = float;
};
template <>
struct Wrapping<double> {
  using Wide = double;
};
template <class T>
using Wide = typename Wrapping<T>::Wide;

struct Add {
  template <class T>
  static T of(T x, T y) {
    return T(Wide<T>(x) + Wide<T>(y));
  }
};
struct Subtract {
  template <class T>
  static T of(T x, T y) {
    return T(Wide<T>(x) - Wide<T>(y));
  }
};
struct Multiply {
  template <class T>
  static T of(T x, T y) {
    return T(Wide<T>(x) * Wide<T>(y));
  }
};
struct Divide {
  template <class T>
  static T of(T x, T y) {
    return x / y;
  }
};
struct Square {
  template <class T>
  static T of(T x) {
    return Multiply::of(x, x);
  }
};

struct Sqrt {
  static float of(float x) { return __builtin_sqrtf(x); }
  static double of(double x) { return __builtin_sqrt(x); }
};

// MLX's: NaN in either operand is the result, and of equal operands the second.
struct Maximum {
  template <class T>
  static T of(T x, T y) {
    const T larger = x > y ? x : y;
    return x != x ? x : larger;
  }
};
struct Minimum {
  template <class T>
  static T of(T x, T y) {
    const T smaller = x < y ? x : y;
    return x != x ? x : smaller;
  }
};

}  // namespace
}  // namespace mlx4j::cpu
