#include "cpu/plain_elements.h"

#include <array>
#include <cmath>
#include <type_traits>

#include "mlx/backend/cpu/binary_ops.h"
#include "mlx/backend/cpu/unary_ops.h"
#include "mlx/mlx.h"

namespace mlx4j::cpu {

namespace mx = mlx::core;
namespace of_mlx = mlx::core::detail;

template <class T, class Result, class F>
static void unary(const void* a, const void*, const void*, void* result, std::size_t n) {
  const auto* x = static_cast<const T*>(a);
  auto* out = static_cast<Result*>(result);
  for (std::size_t i = 0; i < n; ++i) {
    out[i] = Result(F{}(x[i]));
  }
}

template <class T, class Result, class F>
static void binary(const void* a, const void* b, const void*, void* result, std::size_t n) {
  const auto* x = static_cast<const T*>(a);
  const auto* y = static_cast<const T*>(b);
  auto* out = static_cast<Result*>(result);
  for (std::size_t i = 0; i < n; ++i) {
    out[i] = Result(F{}(x[i], y[i]));
  }
}

template <class From, class To>
static void convert(const void* a, const void*, const void*, void* result, std::size_t n) {
  const auto* x = static_cast<const From*>(a);
  auto* out = static_cast<To*>(result);
  for (std::size_t i = 0; i < n; ++i) {
    out[i] = static_cast<To>(x[i]);
  }
}

// ---- float64, which MLX computes in float32 --------------------------------------------------------
template <double f(double)>
struct Function {
  double operator()(double x) const { return f(x); }
};

static double sigmoid(double x) {
  const double z = std::exp(-std::abs(x));
  return (x < 0 ? z : 1) / (1 + z);
}

// Newton's iteration from MLX's value, with the complement near 1, where it is the well-conditioned one.
static double erfinv(double x) {
  const double a = std::abs(x);
  if (!(a < 1)) {
    return a == 1 ? std::copysign(HUGE_VAL, x) : std::nan("");
  }
  if (a < 1e-8) {
    return x * 0.88622692545275801364908374167057259;  // sqrt(pi) / 2
  }
  const bool near_one = a > 0.5;
  double y = of_mlx::ErfInv{}(a);
  if (!(y < 4)) {
    y = std::sqrt(-std::log((1 - a) * 2));  // where a is 1 in float32
  }
  for (int i = 0; i < 4; ++i) {
    const double error = near_one ? (1 - a) - std::erfc(y) : std::erf(y) - a;
    const double step = error * 0.88622692545275801364908374167057259 * std::exp(y * y);
    y -= step / (1 + y * step);  // Halley's correction
  }
  return std::copysign(y, x);
}

struct LogAddExp {
  double operator()(double x, double y) const {
    if (std::isnan(x) || std::isnan(y)) {
      return x + y;
    }
    const double larger = std::max(x, y);
    const double smaller = std::min(x, y);
    return std::isinf(larger) || smaller == -HUGE_VAL ? larger : larger + std::log1p(std::exp(smaller - larger));
  }
};

static Kernel* of_float64(Operation operation) {
  switch (operation) {
    case Operation::Cos:
      return unary<double, double, Function<std::cos>>;
    case Operation::Sin:
      return unary<double, double, Function<std::sin>>;
    case Operation::Exp:
      return unary<double, double, Function<std::exp>>;
    case Operation::Erf:
      return unary<double, double, Function<std::erf>>;
    case Operation::ErfInv:
      return unary<double, double, Function<erfinv>>;
    case Operation::Sigmoid:
      return unary<double, double, Function<sigmoid>>;
    case Operation::LogAddExp:
      return binary<double, double, LogAddExp>;
    default:
      return nullptr;
  }
}

// ---- MLX's ----------------------------------------------------------------------------------------
template <class T>
static Kernel* of_any_type(Operation operation) {
  switch (operation) {
    case Operation::Abs:
      return unary<T, T, of_mlx::Abs>;
    case Operation::Sign:
      return unary<T, T, of_mlx::Sign>;
    case Operation::Square:
      return unary<T, T, of_mlx::Square>;
    case Operation::Add:
      return binary<T, T, of_mlx::Add>;
    case Operation::Subtract:
      return binary<T, T, of_mlx::Subtract>;
    case Operation::Multiply:
      return binary<T, T, of_mlx::Multiply>;
    case Operation::Divide:
      return binary<T, T, of_mlx::Divide>;
    case Operation::Maximum:
      return binary<T, T, of_mlx::Maximum>;
    case Operation::Minimum:
      return binary<T, T, of_mlx::Minimum>;
    case Operation::Power:
      return binary<T, T, of_mlx::Power>;
    case Operation::Remainder:
      return binary<T, T, of_mlx::Remainder>;
    case Operation::Equal:
      return binary<T, bool, of_mlx::Equal>;
    case Operation::NotEqual:
      return binary<T, bool, of_mlx::NotEqual>;
    case Operation::Less:
      return binary<T, bool, of_mlx::Less>;
    case Operation::LessEqual:
      return binary<T, bool, of_mlx::LessEqual>;
    case Operation::Greater:
      return binary<T, bool, of_mlx::Greater>;
    case Operation::GreaterEqual:
      return binary<T, bool, of_mlx::GreaterEqual>;
    default:
      return nullptr;
  }
}

template <class T>
static Kernel* of_integers(Operation operation) {
  switch (operation) {
    case Operation::Ceil:
    case Operation::Floor:
    case Operation::Round:
      return convert<T, T>;
    case Operation::FloorDivide:
      return binary<T, T, of_mlx::FloorDivide>;
    case Operation::LeftShift:
      return binary<T, T, of_mlx::LeftShift>;
    case Operation::RightShift:
      return binary<T, T, of_mlx::RightShift>;
    default:
      return of_any_type<T>(operation);
  }
}

template <class T>
static Kernel* of_inexact(Operation operation) {
  switch (operation) {
    case Operation::ArcCos:
      return unary<T, T, of_mlx::ArcCos>;
    case Operation::ArcCosh:
      return unary<T, T, of_mlx::ArcCosh>;
    case Operation::ArcSin:
      return unary<T, T, of_mlx::ArcSin>;
    case Operation::ArcSinh:
      return unary<T, T, of_mlx::ArcSinh>;
    case Operation::ArcTan:
      return unary<T, T, of_mlx::ArcTan>;
    case Operation::ArcTanh:
      return unary<T, T, of_mlx::ArcTanh>;
    case Operation::Ceil:
      return unary<T, T, of_mlx::Ceil>;
    case Operation::Cos:
      return unary<T, T, of_mlx::Cos>;
    case Operation::Cosh:
      return unary<T, T, of_mlx::Cosh>;
    case Operation::Exp:
      return unary<T, T, of_mlx::Exp>;
    case Operation::Expm1:
      return unary<T, T, of_mlx::Expm1>;
    case Operation::Floor:
      return unary<T, T, of_mlx::Floor>;
    case Operation::Log:
      return unary<T, T, of_mlx::Log>;
    case Operation::Log10:
      return unary<T, T, of_mlx::Log10>;
    case Operation::Log1p:
      return unary<T, T, of_mlx::Log1p>;
    case Operation::Log2:
      return unary<T, T, of_mlx::Log2>;
    case Operation::Negative:
      return unary<T, T, of_mlx::Negative>;
    case Operation::Round:
      return unary<T, T, of_mlx::Round>;
    case Operation::Rsqrt:
      return unary<T, T, of_mlx::Rsqrt>;
    case Operation::Sigmoid:
      return unary<T, T, of_mlx::Sigmoid>;
    case Operation::Sin:
      return unary<T, T, of_mlx::Sin>;
    case Operation::Sinh:
      return unary<T, T, of_mlx::Sinh>;
    case Operation::Sqrt:
      return unary<T, T, of_mlx::Sqrt>;
    case Operation::Tan:
      return unary<T, T, of_mlx::Tan>;
    case Operation::Tanh:
      return unary<T, T, of_mlx::Tanh>;
    case Operation::LogAddExp:
      return binary<T, T, of_mlx::LogAddExp>;
    case Operation::NaNEqual:
      return binary<T, bool, of_mlx::NaNEqual>;
    default:
      break;
  }
  if constexpr (std::is_floating_point_v<T>) {
    switch (operation) {
      case Operation::Erf:
        return unary<T, T, of_mlx::Erf>;
      case Operation::ErfInv:
        return unary<T, T, of_mlx::ErfInv>;
      case Operation::ArcTan2:
        return binary<T, T, of_mlx::ArcTan2>;
      case Operation::FloorDivide:
        return binary<T, T, of_mlx::FloorDivide>;
      default:
        break;
    }
  } else {
    switch (operation) {
      case Operation::Conjugate:
        return unary<T, T, of_mlx::Conjugate>;
      case Operation::FloorDivide:
        return binary<T, T, of_mlx::FloorDivide>;
      case Operation::Real:
        return unary<T, float, of_mlx::Real>;
      case Operation::Imag:
        return unary<T, float, of_mlx::Imag>;
      default:
        break;
    }
  }
  return of_any_type<T>(operation);
}

Kernel* plain_kernel(Operation operation, Type type) {
  switch (type) {
    case Type::boolean:
      return of_integers<bool>(operation);
    case Type::uint8:
      return of_integers<std::uint8_t>(operation);
    case Type::uint16:
      return of_integers<std::uint16_t>(operation);
    case Type::uint32:
      return of_integers<std::uint32_t>(operation);
    case Type::uint64:
      return of_integers<std::uint64_t>(operation);
    case Type::int8:
      return of_integers<std::int8_t>(operation);
    case Type::int16:
      return of_integers<std::int16_t>(operation);
    case Type::int32:
      return of_integers<std::int32_t>(operation);
    case Type::int64:
      return of_integers<std::int64_t>(operation);
    case Type::float32:
      return of_inexact<float>(operation);
    case Type::float64: {
      Kernel* ours = of_float64(operation);
      return ours ? ours : of_inexact<double>(operation);
    }
    case Type::complex64:
      return of_inexact<mx::complex64_t>(operation);
  }
  return nullptr;
}

// ---- conversions ----------------------------------------------------------------------------------
template <class From>
static Kernel* conversion(Type to) {
  switch (to) {
    case Type::boolean:
      return convert<From, bool>;
    case Type::uint8:
      return convert<From, std::uint8_t>;
    case Type::uint16:
      return convert<From, std::uint16_t>;
    case Type::uint32:
      return convert<From, std::uint32_t>;
    case Type::uint64:
      return convert<From, std::uint64_t>;
    case Type::int8:
      return convert<From, std::int8_t>;
    case Type::int16:
      return convert<From, std::int16_t>;
    case Type::int32:
      return convert<From, std::int32_t>;
    case Type::int64:
      return convert<From, std::int64_t>;
    case Type::float32:
      return convert<From, float>;
    case Type::float64:
      return convert<From, double>;
    case Type::complex64:
      return convert<From, mx::complex64_t>;
  }
  return nullptr;
}

Kernel* plain_conversion(Type from, Type to) {
  switch (from) {
    case Type::boolean:
      return conversion<bool>(to);
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
      return conversion<float>(to);
    case Type::float64:
      return conversion<double>(to);
    case Type::complex64:
      return conversion<mx::complex64_t>(to);
  }
  return nullptr;
}

}  // namespace mlx4j::cpu
