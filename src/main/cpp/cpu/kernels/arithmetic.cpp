#include "cpu/kernels/arithmetic.h"

#include "cpu/kernels/arithmetic_operations.h"

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

}  // namespace

template <>
Kernel* arithmetic_kernel<MLX4J_INSTRUCTIONS>(const Arithmetic& arithmetic) {
  if (arithmetic.is_one[0] && arithmetic.is_one[1]) {
    return nullptr;
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
