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

template <class Operation>
void fold_columns(const float* x, std::size_t columns, std::ptrdiff_t stride, std::size_t rows, double* states) {
  std::size_t column = 0;
  for (; column + lanes <= columns; column += lanes) {
    double local[lanes];
    for (std::size_t k = 0; k < lanes; ++k) {
      local[k] = states[column + k];
    }
    const float* row = x + column;
    for (std::size_t r = 0; r < rows; ++r, row += stride) {
#pragma omp simd
      for (std::size_t k = 0; k < lanes; ++k) {
        local[k] = Operation::join(local[k], double(row[k]));
      }
    }
    for (std::size_t k = 0; k < lanes; ++k) {
      states[column + k] = local[k];
    }
  }
  for (; column < columns; ++column) {
    const float* element = x + column;
    for (std::size_t r = 0; r < rows; ++r, element += stride) {
      states[column] = Operation::join(states[column], double(*element));
    }
  }
}

template <class Operation>
constexpr ReductionKernels kernels{Operation::start, Operation::join, fold<Operation>, fold_columns<Operation>};

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
