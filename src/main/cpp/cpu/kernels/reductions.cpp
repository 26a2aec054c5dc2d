#include "cpu/kernels/reductions.h"

namespace mlx4j::cpu {
namespace {

struct Sum {
  static constexpr double start = 0;
  static double join(double a, double b) { return a + b; }
};
struct Product {
  static constexpr double start = 1;
  static double join(double a, double b) { return a * b; }
};
struct Maximum {
  static constexpr double start = -__builtin_inf();
  static double join(double a, double b) {
    const double larger = a > b ? a : b;
    return a != a ? a : larger;
  }
};
struct Minimum {
  static constexpr double start = __builtin_inf();
  static double join(double a, double b) {
    const double smaller = a < b ? a : b;
    return a != a ? a : smaller;
  }
};

// Lanes are independent, so that they fit several registers and additions need not wait for one another.
constexpr std::size_t lanes = 32;

template <class Operation>
double fold(const float* x, std::size_t n) {
  if (n < lanes) {
    double state = Operation::start;
    for (std::size_t i = 0; i < n; ++i) {
      state = Operation::join(state, double(x[i]));
    }
    return state;
  }
  double states[lanes];
  for (std::size_t k = 0; k < lanes; ++k) {
    states[k] = Operation::start;
  }
  std::size_t i = 0;
  for (; i + lanes <= n; i += lanes) {
#pragma omp simd
    for (std::size_t k = 0; k < lanes; ++k) {
      states[k] = Operation::join(states[k], double(x[i + k]));
    }
  }
  for (std::size_t k = 0; i < n; ++i, ++k) {
    states[k] = Operation::join(states[k], double(x[i]));
  }
  for (std::size_t half = lanes / 2; half > 0; half /= 2) {
    for (std::size_t k = 0; k < half; ++k) {
      states[k] = Operation::join(states[k], states[k + half]);
    }
  }
  return states[0];
}

// Several rows are read side by side, each from its beginning to its end, as the processor expects.
template <class Operation, std::size_t rows>
void fold_rows(const float* x, std::size_t columns, std::ptrdiff_t stride, double* states) {
#pragma omp simd
  for (std::size_t column = 0; column < columns; ++column) {
    double state = states[column];
    for (std::size_t row = 0; row < rows; ++row) {
      state = Operation::join(state, double(x[std::ptrdiff_t(row) * stride + std::ptrdiff_t(column)]));
    }
    states[column] = state;
  }
}

template <class Operation>
void fold_columns(const float* x, std::size_t columns, std::ptrdiff_t stride, std::size_t rows, double* states) {
  constexpr std::size_t together = 8;
  std::size_t row = 0;
  for (; row + together <= rows; row += together) {
    fold_rows<Operation, together>(x + std::ptrdiff_t(row) * stride, columns, stride, states);
  }
  for (; row < rows; ++row) {
    fold_rows<Operation, 1>(x + std::ptrdiff_t(row) * stride, columns, stride, states);
  }
}

template <class Operation>
void join_each(const double* others, std::size_t n, double* states) {
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) {
    states[i] = Operation::join(states[i], others[i]);
  }
}

template <class Operation>
constexpr ReductionKernels kernels{Operation::start, Operation::join, fold<Operation>, fold_columns<Operation>,
                                   join_each<Operation>};

}  // namespace

template <>
const ReductionKernels& reduction_kernels<MLX4J_INSTRUCTIONS>(Reduction reduction) {
  switch (reduction) {
    case Reduction::product:
      return kernels<Product>;
    case Reduction::maximum:
      return kernels<Maximum>;
    case Reduction::minimum:
      return kernels<Minimum>;
    default:
      return kernels<Sum>;
  }
}

}  // namespace mlx4j::cpu
