#include "cpu/kernels/reductions.h"

#include "cpu/kernels/lanes.h"

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

template <class Operation>
double fold(const float* x, std::size_t n) {
  double state = Operation::start;
  std::size_t i = 0;
  if (n >= 2 * few_lanes) {
    double states[lanes];
    for (std::size_t k = 0; k < lanes; ++k) {
      states[k] = Operation::start;
    }
    for (; i + lanes <= n; i += lanes) {
#pragma omp simd
      for (std::size_t k = 0; k < lanes; ++k) {
        states[k] = Operation::join(states[k], double(x[i + k]));
      }
    }
    for (; i + few_lanes <= n; i += few_lanes) {
#pragma omp simd
      for (std::size_t k = 0; k < few_lanes; ++k) {
        states[k] = Operation::join(states[k], double(x[i + k]));
      }
    }
    state = joined(states, Operation::join);
  }
  for (; i < n; ++i) {
    state = Operation::join(state, double(x[i]));
  }
  return state;
}

constexpr std::size_t together = 4;

double sum_of_not_negative(const float* x, std::size_t n) {
  double states[lanes] = {};
  std::size_t i = 0;
  for (; i + together * lanes <= n; i += together * lanes) {
#pragma omp simd
    for (std::size_t k = 0; k < lanes; ++k) {
      const float* terms = x + i + k;
      states[k] += double((terms[0] + terms[lanes]) + (terms[2 * lanes] + terms[3 * lanes]));
    }
  }
  return sum_of(states) + fold<Sum>(x + i, n - i);
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

template <class Operation, double fold_of_not_negative(const float*, std::size_t) = fold<Operation>>
constexpr ReductionKernels kernels{Operation::start,     Operation::join,         fold<Operation>,
                                   fold_of_not_negative, fold_columns<Operation>, join_each<Operation>};

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
      return kernels<Sum, sum_of_not_negative>;
  }
}

}  // namespace mlx4j::cpu
