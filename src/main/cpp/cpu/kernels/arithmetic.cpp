#include "cpu/kernels/arithmetic.h"

#include "cpu/kernels/arithmetic_operations.h"
#include "cpu/kernels/avx512_functions.h"
#include "cpu/kernels/single_functions.h"

namespace mlx4j::cpu {
namespace {

struct Nothing {
  static float of(float x, float) { return x; }
};
struct SquareOfFirst {
  static float of(float x, float) { return Square::of(x); }
};
struct SqrtOfFirst {
  static float of(float x, float) { return Sqrt::of(x); }
};
template <class F>
struct Reversed {
  static float of(float x, float y) { return F::of(y, x); }
};

template <class First, bool a_is_one, bool b_is_one, class Second, bool c_is_one>
void compute(const void* a, const void* b, const void* c, void* result, std::size_t n) {
  const auto* x = static_cast<const float*>(a);
  const auto* y = static_cast<const float*>(b);
  const auto* z = static_cast<const float*>(c);
  auto* out = static_cast<float*>(result);
  const float x0 = *x;
  const float y0 = *y;
  const float z0 = *z;
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) {
    out[i] = Second::of(First::of(a_is_one ? x0 : x[i], b_is_one ? y0 : y[i]), c_is_one ? z0 : z[i]);
  }
}

template <class First, bool a_is_one, bool b_is_one>
Kernel* with_second(const Arithmetic& arithmetic) {
  const auto with = [&]<class Second>(Second) -> Kernel* {
    return arithmetic.is_one[2] ? compute<First, a_is_one, b_is_one, Second, true>
                                : compute<First, a_is_one, b_is_one, Second, false>;
  };
  if (!arithmetic.has_second) {
    return compute<First, a_is_one, b_is_one, Nothing, true>;
  }
  switch (arithmetic.second) {
    case Operation::Square:
      return compute<First, a_is_one, b_is_one, SquareOfFirst, true>;
    case Operation::Add:
      return with(Add());
    case Operation::Multiply:
      return with(Multiply());
    case Operation::Subtract:
      return arithmetic.reversed ? with(Reversed<Subtract>()) : with(Subtract());
    case Operation::Divide:
      return arithmetic.reversed ? with(Reversed<Divide>()) : with(Divide());
    default:
      return nullptr;
  }
}

// An operation that another one may follow.
template <class First>
Kernel* of_two(const Arithmetic& arithmetic) {
  return arithmetic.is_one[0]   ? with_second<First, true, false>(arithmetic)
         : arithmetic.is_one[1] ? with_second<First, false, true>(arithmetic)
                                : with_second<First, false, false>(arithmetic);
}

template <class Only>
Kernel* of_one_number(const Arithmetic& arithmetic) {
  if (arithmetic.has_second) {
    return nullptr;
  }
  return arithmetic.is_one[0]   ? compute<Only, true, false, Nothing, true>
         : arithmetic.is_one[1] ? compute<Only, false, true, Nothing, true>
                                : nullptr;
}

#ifdef __AVX512F__
struct ErfOf {
  static const auto& table() { return erf_table(); }
};
struct TanhOf {
  static const auto& table() { return tanh_table(); }
};
struct Product {
  static __m512 of(__m512 x, __m512 y) { return _mm512_mul_ps(x, y); }
};
struct Quotient {
  static __m512 of(__m512 x, __m512 y) { return _mm512_div_ps(x, y); }
};

// Function(First(x, y)) or Function(First(x, y)) + z
template <class Function, class First, bool y_is_one, bool adds, bool z_is_one>
void function_of(const void* x, const void* y, const void* z, void* result, std::size_t n) {
  const auto& function = Function::table();
  const auto registers = function.registers();
  each_sixteen<y_is_one, z_is_one || !adds>(x, y, z, result, n, [&](__m512 a, __m512 b, __m512 c) {
    const __m512 value = function.of(First::of(a, b), registers);
    return adds ? _mm512_add_ps(value, c) : value;
  });
}

template <bool y_is_one>
void sigmoid_times(const void* x, const void*, const void* y, void* result, std::size_t n) {
  each_sixteen<true, y_is_one>(x, x, y, result, n,
                               [](__m512 a, __m512, __m512 b) { return _mm512_mul_ps(sigmoid_of(a), b); });
}
#else
struct ErfOf {
  static float of(float x) { return erf_of(x); }
};
struct TanhOf {
  static float of(float x) { return tanh_of(x); }
};
using Product = Multiply;
using Quotient = Divide;

template <class Function, class First>
struct FunctionOf {
  static float of(float x, float y) { return Function::of(First::of(x, y)); }
};
template <class Function, class First, bool y_is_one, bool adds, bool z_is_one>
constexpr Kernel* function_of =
    compute<FunctionOf<Function, First>, false, y_is_one, std::conditional_t<adds, Add, Nothing>, z_is_one || !adds>;

struct SigmoidOfFirst {
  static float of(float x, float) { return sigmoid_of(x); }
};
template <bool y_is_one>
constexpr Kernel* sigmoid_times = compute<SigmoidOfFirst, false, false, Multiply, y_is_one>;
#endif

template <class Function, class First, bool y_is_one>
Kernel* with_sum(const Arithmetic& arithmetic) {
  if (!arithmetic.has_second) {
    return function_of<Function, First, y_is_one, false, true>;
  }
  return arithmetic.second != Operation::Add ? nullptr
         : arithmetic.is_one[2]              ? function_of<Function, First, y_is_one, true, true>
                                             : function_of<Function, First, y_is_one, true, false>;
}

template <class Function>
Kernel* with_function(const Arithmetic& arithmetic) {
  if (arithmetic.is_one[0]) {
    return nullptr;
  }
  const bool is_one = arithmetic.is_one[1];
  switch (arithmetic.first) {
    case Operation::Multiply:
      return is_one ? with_sum<Function, Product, true>(arithmetic) : with_sum<Function, Product, false>(arithmetic);
    case Operation::Divide:
      return is_one ? with_sum<Function, Quotient, true>(arithmetic) : with_sum<Function, Quotient, false>(arithmetic);
    default:
      return nullptr;
  }
}

}  // namespace

template <>
Kernel* arithmetic_kernel<MLX4J_INSTRUCTIONS>(const Arithmetic& arithmetic) {
  if (arithmetic.is_one[0] && arithmetic.is_one[1]) {
    return nullptr;
  }
  if (arithmetic.has_function) {
    return arithmetic.function == Operation::Erf    ? with_function<ErfOf>(arithmetic)
           : arithmetic.function == Operation::Tanh ? with_function<TanhOf>(arithmetic)
                                                    : nullptr;
  }
  switch (arithmetic.first) {
    case Operation::Add:
      return of_two<Add>(arithmetic);
    case Operation::Subtract:
      return of_two<Subtract>(arithmetic);
    case Operation::Multiply:
      return of_two<Multiply>(arithmetic);
    case Operation::Sqrt:
      return with_second<SqrtOfFirst, false, false>(arithmetic);
    case Operation::Sigmoid:
      return !arithmetic.has_second || arithmetic.second != Operation::Multiply ? nullptr
             : arithmetic.is_one[2]                                             ? sigmoid_times<true>
                                                                                : sigmoid_times<false>;
    case Operation::Divide:
      return of_one_number<Divide>(arithmetic);
    case Operation::Maximum:
      return of_one_number<Maximum>(arithmetic);
    case Operation::Minimum:
      return of_one_number<Minimum>(arithmetic);
    default:
      return nullptr;
  }
}

}  // namespace mlx4j::cpu
