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

// Of the terms from the i-th to the n-th.
template <class Operation, class Term>
double fold_terms(Term term, std::size_t i, std::size_t n) {
  double state = Operation::start;
  if (n - i >= 2 * few_lanes) {
    double states[lanes];
    for (std::size_t k = 0; k < lanes; ++k) {
      states[k] = Operation::start;
    }
    for (; i + lanes <= n; i += lanes) {
#pragma omp simd
      for (std::size_t k = 0; k < lanes; ++k) {
        states[k] = Operation::join(states[k], double(term(i + k)));
      }
    }
    for (; i + few_lanes <= n; i += few_lanes) {
#pragma omp simd
      for (std::size_t k = 0; k < few_lanes; ++k) {
        states[k] = Operation::join(states[k], double(term(i + k)));
      }
    }
    state = joined(states, Operation::join);
  }
  for (; i < n; ++i) {
    state = Operation::join(state, double(term(i)));
  }
  return state;
}

template <class Operation>
double fold(const float* x, std::size_t n) {
  return fold_terms<Operation>([x](std::size_t i) { return x[i]; }, 0, n);
}

constexpr std::size_t together = 4;

template <class Term>
double sum_of_terms_not_negative(Term term, std::size_t n) {
  double states[lanes] = {};
  std::size_t i = 0;
  for (; i + together * lanes <= n; i += together * lanes) {
#pragma omp simd
    for (std::size_t k = 0; k < lanes; ++k) {
      const std::size_t at = i + k;
      states[k] += double((term(at) + term(at + lanes)) + (term(at + 2 * lanes) + term(at + 3 * lanes)));
    }
  }
  return sum_of(states) + fold_terms<Sum>(term, i, n);
}

double sum_of_not_negative(const float* x, std::size_t n) {
  return sum_of_terms_not_negative([x](std::size_t i) { return x[i]; }, n);
}

double sum_of_squares(const float* x, float shift, std::size_t n) {
  const auto square = [x, shift](std::size_t i) {
    const float difference = x[i] - shift;
    return difference * difference;
  };
  return sum_of_terms_not_negative(square, n);
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
constexpr ReductionKernels kernels{.start = Operation::start,
                                   .join = Operation::join,
                                   .fold = fold<Operation>,
                                   .fold_of_not_negative = fold<Operation>,
                                   .fold_of_squares = nullptr,
                                   .fold_columns = fold_columns<Operation>,
                                   .join_each = join_each<Operation>};

constexpr ReductionKernels sum_kernels = [] {
  ReductionKernels sum = kernels<Sum>;
  sum.fold_of_not_negative = sum_of_not_negative;
  sum.fold_of_squares = sum_of_squares;
  return sum;
}();

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
      return sum_kernels;
  }
}

}  // namespace mlx4j::cpu
