#include "cpu/kernels/elements.h"

#include <type_traits>

#include "cpu/kernels/arithmetic_operations.h"
#include "cpu/kernels/avx512_functions.h"
#include "cpu/kernels/functions.h"
#include "cpu/kernels/single_functions.h"

namespace mlx4j::cpu {
namespace {

// ---- loops ----------------------------------------------------------------------------------------
template <class T, class Result, class F>
void unary(const void* a, const void*, const void*, void* result, std::size_t n) {
  const auto* x = static_cast<const T*>(a);
  auto* out = static_cast<Result*>(result);
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) {
    out[i] = F::of(x[i]);
  }
}

template <class T, class Result, class F>
void binary(const void* a, const void* b, const void*, void* result, std::size_t n) {
  const auto* x = static_cast<const T*>(a);
  const auto* y = static_cast<const T*>(b);
  auto* out = static_cast<Result*>(result);
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) {
    out[i] = F::of(x[i], y[i]);
  }
}

template <class T>
void select(const void* a, const void* b, const void* c, void* result, std::size_t n) {
  const auto* condition = static_cast<const std::uint8_t*>(a);
  const auto* x = static_cast<const T*>(b);
  const auto* y = static_cast<const T*>(c);
  auto* out = static_cast<T*>(result);
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) {
    const T yes = x[i];
    const T no = y[i];
    out[i] = condition[i] ? yes : no;
  }
}

// ---- arithmetic -----------------------------------------------------------------------------------
struct Negative {
  template <class T>
  static T of(T x) {
    return T(-Wide<T>(x));
  }
};
struct Abs {
  static float of(float x) { return __builtin_fabsf(x); }
  static double of(double x) { return __builtin_fabs(x); }
  template <class T>
  static T of(T x) {
    return x < T(0) ? Negative::of(x) : x;
  }
};
struct Sign {
  template <class T>
  static T of(T x) {
    return T(x > T(0)) - T(x < T(0));
  }
};

// ---- comparisons and bits -------------------------------------------------------------------------
struct Equal {
  template <class T>
  static std::uint8_t of(T x, T y) {
    return x == y;
  }
};
struct NaNEqual {
  template <class T>
  static std::uint8_t of(T x, T y) {
    return (x == y) | ((x != x) & (y != y));
  }
};
struct NotEqual {
  template <class T>
  static std::uint8_t of(T x, T y) {
    return x != y;
  }
};
struct Less {
  template <class T>
  static std::uint8_t of(T x, T y) {
    return x < y;
  }
};
struct LessEqual {
  template <class T>
  static std::uint8_t of(T x, T y) {
    return x <= y;
  }
};
struct Greater {
  template <class T>
  static std::uint8_t of(T x, T y) {
    return x > y;
  }
};
struct GreaterEqual {
  template <class T>
  static std::uint8_t of(T x, T y) {
    return x >= y;
  }
};
struct And {
  template <class T>
  static T of(T x, T y) {
    return T(x & y);
  }
};
struct Or {
  template <class T>
  static T of(T x, T y) {
    return T(x | y);
  }
};
struct Xor {
  template <class T>
  static T of(T x, T y) {
    return T(x ^ y);
  }
};
struct Invert {
  template <class T>
  static T of(T x) {
    return T(~x);
  }
};
struct Not {
  static std::uint8_t of(std::uint8_t x) { return x == 0; }
};

// ---- functions of floating-point numbers ----------------------------------------------------------
struct Rsqrt {
  template <class T>
  static T of(T x) {
    return 1 / Sqrt::of(x);
  }
};

// Rounds by an addition, which leaves nothing behind the point, and not at all where there is nothing already.
template <class T>
struct Whole {
  static constexpr T limit = sizeof(T) == 4 ? T(0x1p23) : T(0x1p52);
  static T magnitude(T x) { return Abs::of(x); }
  static T nearest(T x) {
    const T rounded = (magnitude(x) + limit) - limit;
    return magnitude(x) < limit ? rounded : magnitude(x);
  }
  static T with_sign_of(T x, T sign) {
    if constexpr (sizeof(T) == 4) {
      return __builtin_copysignf(x, sign);
    } else {
      return __builtin_copysign(x, sign);
    }
  }
};
struct Round {
  template <class T>
  static T of(T x) {
    return Whole<T>::with_sign_of(Whole<T>::nearest(x), x);
  }
};
struct Floor {
  template <class T>
  static T of(T x) {
    const T rounded = Round::of(x);
    return Whole<T>::with_sign_of(rounded - T(rounded > x), x);
  }
};
struct Ceil {
  template <class T>
  static T of(T x) {
    const T rounded = Round::of(x);
    return Whole<T>::with_sign_of(rounded + T(rounded < x), x);
  }
};

template <double f(double)>
struct Function {
  static float of(float x) { return float(f(x)); }
};

template <float f(float)>
struct SingleFunction {
  static float of(float x) { return f(x); }
};

template <double f(double, double)>
struct FunctionOfTwo {
  static float of(float x, float y) { return float(f(x, y)); }
};

inline double log2_of(double x) { return log_of(x) * 0x1.71547652b82fep0; }
inline double log10_of(double x) { return log_of(x) * 0x1.bcb7b1526e50ep-2; }

// Those of angles: the few that are too large are computed one by one.
template <double f(double), float exact(float)>
void of_angles(const void* a, const void* b, const void* c, void* result, std::size_t n) {
  const auto* x = static_cast<const float*>(a);
  auto* out = static_cast<float*>(result);
  std::uint32_t largest = 0;
#pragma omp simd reduction(max : largest)
  for (std::size_t i = 0; i < n; ++i) {
    const auto magnitude = bits<std::uint32_t>(x[i]) & 0x7fffffff;
    largest = magnitude > largest ? magnitude : largest;
  }
  if (largest <= bits<std::uint32_t>(largest_angle)) {
    unary<float, float, Function<f>>(a, b, c, result, n);
    return;
  }
  for (std::size_t i = 0; i < n; ++i) {
    out[i] = __builtin_fabsf(x[i]) <= largest_angle ? float(f(x[i])) : exact(x[i]);
  }
}
inline float exact_sine(float x) { return __builtin_sinf(x); }
inline float exact_cosine(float x) { return __builtin_cosf(x); }
inline float exact_tangent(float x) { return __builtin_tanf(x); }

// ---- the tables -----------------------------------------------------------------------------------
template <class T>
Kernel* arithmetic(Operation operation) {
  constexpr bool floating = std::is_floating_point_v<T>;
  switch (operation) {
    case Operation::Add:
      return binary<T, T, Add>;
    case Operation::Subtract:
      return binary<T, T, Subtract>;
    case Operation::Multiply:
      return binary<T, T, Multiply>;
    case Operation::Maximum:
      return binary<T, T, Maximum>;
    case Operation::Minimum:
      return binary<T, T, Minimum>;
    case Operation::Square:
      return unary<T, T, Square>;
    case Operation::Negative:
      return unary<T, T, Negative>;
    case Operation::Abs:
      return unary<T, T, Abs>;
    case Operation::Sign:
      return unary<T, T, Sign>;
    case Operation::Equal:
      return binary<T, std::uint8_t, Equal>;
    case Operation::NotEqual:
      return binary<T, std::uint8_t, NotEqual>;
    case Operation::Less:
      return binary<T, std::uint8_t, Less>;
    case Operation::LessEqual:
      return binary<T, std::uint8_t, LessEqual>;
    case Operation::Greater:
      return binary<T, std::uint8_t, Greater>;
    case Operation::GreaterEqual:
      return binary<T, std::uint8_t, GreaterEqual>;
    case Operation::Select:
      return select<T>;
    default:
      break;
  }
  if constexpr (floating) {
    switch (operation) {
      case Operation::Divide:
        return binary<T, T, Divide>;
      case Operation::Sqrt:
        return unary<T, T, Sqrt>;
      case Operation::Rsqrt:
        return unary<T, T, Rsqrt>;
      case Operation::Round:
        return unary<T, T, Round>;
      case Operation::Floor:
        return unary<T, T, Floor>;
      case Operation::Ceil:
        return unary<T, T, Ceil>;
      case Operation::NaNEqual:
        return binary<T, std::uint8_t, NaNEqual>;
      default:
        return nullptr;
    }
  } else {
    switch (operation) {
      case Operation::BitwiseAnd:
        return binary<T, T, And>;
      case Operation::BitwiseOr:
        return binary<T, T, Or>;
      case Operation::BitwiseXor:
        return binary<T, T, Xor>;
      case Operation::BitwiseInvert:
        return unary<T, T, Invert>;
      default:
        return nullptr;
    }
  }
}

Kernel* of_booleans(Operation operation) {
  using T = std::uint8_t;
  switch (operation) {
    case Operation::LogicalAnd:
    case Operation::BitwiseAnd:
      return binary<T, T, And>;
    case Operation::LogicalOr:
    case Operation::BitwiseOr:
      return binary<T, T, Or>;
    case Operation::BitwiseXor:
    case Operation::NotEqual:
      return binary<T, T, Xor>;
    case Operation::Equal:
      return binary<T, T, Equal>;
    case Operation::LogicalNot:
      return unary<T, T, Not>;
    case Operation::Select:
      return select<T>;
    default:
      return nullptr;
  }
}

template <double f(double)>
constexpr Kernel* function = unary<float, float, Function<f>>;
template <float f(float)>
constexpr Kernel* single_function = unary<float, float, SingleFunction<f>>;
template <double f(double, double)>
constexpr Kernel* function_of_two = binary<float, float, FunctionOfTwo<f>>;

#ifdef __AVX512F__
template <const auto& table>
void tabulated(const void* x, const void*, const void*, void* result, std::size_t n) {
  const auto& function = table();
  each_sixteen(x, result, n, [&, registers = function.registers()](__m512 a) { return function.of(a, registers); });
}
constexpr Kernel* erf_kernel = tabulated<erf_table>;
constexpr Kernel* tanh_kernel = tabulated<tanh_table>;
void sigmoid_kernel(const void* x, const void*, const void*, void* result, std::size_t n) {
  each_sixteen(x, result, n, [](__m512 a) { return sigmoid_of(a); });
}
#else
constexpr Kernel* erf_kernel = single_function<erf_of>;
constexpr Kernel* tanh_kernel = single_function<tanh_of>;
constexpr Kernel* sigmoid_kernel = single_function<sigmoid_of>;
#endif

Kernel* of_float32(Operation operation) {
  switch (operation) {
    case Operation::ArcCos:
      return function<arccos_of>;
    case Operation::ArcCosh:
      return function<arccosh_of>;
    case Operation::ArcSin:
      return function<arcsin_of>;
    case Operation::ArcSinh:
      return function<arcsinh_of>;
    case Operation::ArcTan:
      return function<arctan_of>;
    case Operation::ArcTanh:
      return function<arctanh_of>;
    case Operation::Cos:
      return of_angles<cosine_of, exact_cosine>;
    case Operation::Cosh:
      return function<cosh_of>;
    case Operation::Erf:
      return erf_kernel;
    case Operation::Exp:
      return single_function<exp_of>;
    case Operation::Expm1:
      return single_function<expm1_of>;
    case Operation::Log:
      return single_function<log_of>;
    case Operation::Log10:
      return function<log10_of>;
    case Operation::Log1p:
      return function<log1p_of>;
    case Operation::Log2:
      return function<log2_of>;
    case Operation::Sigmoid:
      return sigmoid_kernel;
    case Operation::Sin:
      return of_angles<sine_of, exact_sine>;
    case Operation::Sinh:
      return function<sinh_of>;
    case Operation::Tan:
      return of_angles<tangent_of, exact_tangent>;
    case Operation::Tanh:
      return tanh_kernel;
    case Operation::ArcTan2:
      return function_of_two<arctan2_of>;
    case Operation::LogAddExp:
      return function_of_two<logaddexp_of>;
    case Operation::Power:
      return function_of_two<power_of>;
    default:
      return arithmetic<float>(operation);
  }
}

template <class From, class To>
void convert(const void* a, const void*, const void*, void* result, std::size_t n) {
  const auto* x = static_cast<const From*>(a);
  auto* out = static_cast<To*>(result);
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) {
    out[i] = To(x[i]);
  }
}

// From a boolean or an integer, where nothing is undefined.
template <class From>
Kernel* conversion(Type to) {
  switch (to) {
    case Type::uint8:
    case Type::int8:
      return convert<From, std::uint8_t>;
    case Type::uint16:
    case Type::int16:
      return convert<From, std::uint16_t>;
    case Type::uint32:
    case Type::int32:
      return convert<From, std::uint32_t>;
    case Type::uint64:
    case Type::int64:
      return convert<From, std::uint64_t>;
    case Type::float32:
      return convert<From, float>;
    case Type::float64:
      return convert<From, double>;
    default:
      return nullptr;
  }
}

}  // namespace

template <>
Kernel* vector_kernel<MLX4J_INSTRUCTIONS>(Operation operation, Type type) {
  switch (type) {
    case Type::boolean:
      return of_booleans(operation);
    case Type::uint8:
      return arithmetic<std::uint8_t>(operation);
    case Type::uint16:
      return arithmetic<std::uint16_t>(operation);
    case Type::uint32:
      return arithmetic<std::uint32_t>(operation);
    case Type::uint64:
      return arithmetic<std::uint64_t>(operation);
    case Type::int8:
      return arithmetic<std::int8_t>(operation);
    case Type::int16:
      return arithmetic<std::int16_t>(operation);
    case Type::int32:
      return arithmetic<std::int32_t>(operation);
    case Type::int64:
      return arithmetic<std::int64_t>(operation);
    case Type::float32:
      return of_float32(operation);
    case Type::float64:
      return arithmetic<double>(operation);
    case Type::complex64:
      return operation == Operation::Select ? select<std::uint64_t> : nullptr;
  }
  return nullptr;
}

template <>
Kernel* vector_conversion<MLX4J_INSTRUCTIONS>(Type from, Type to) {
  switch (from) {
    case Type::boolean:
    case Type::uint8:
      return conversion<std::uint8_t>(to);
    case Type::uint16:
      return conversion<std::uint16_t>(to);
    case Type::uint32:
      return conversion<std::uint32_t>(to);
    case Type::uint64:
      return conversion<std::uint64_t>(to);
    case Type::int8:
      return conversion<std::int8_t>(to);
    case Type::int16:
      return conversion<std::int16_t>(to);
    case Type::int32:
      return conversion<std::int32_t>(to);
    case Type::int64:
      return conversion<std::int64_t>(to);
    case Type::float32:
      return to == Type::float32 ? convert<float, float> : to == Type::float64 ? convert<float, double> : nullptr;
    case Type::float64:
      return to == Type::float64 ? convert<double, double> : to == Type::float32 ? convert<double, float> : nullptr;
    default:
      return nullptr;
  }
}

}  // namespace mlx4j::cpu
