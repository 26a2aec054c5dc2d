#include "cpu/shared_products.h"

#include <algorithm>
#include <complex>
#include <cstddef>

#include "cpu/parallel.h"
#include "cpu/sgemm.h"
#include "cpu/tile_products.h"
#include "cpu/vector_products.h"

namespace mlx4j::cpu {

// The sides of parts are multiples of this, which is one of what the loops of OpenBLAS and the matrix unit compute at
// once. So they meet the same edges as in the whole product, and the result does not depend on how many threads compute
// it.
static constexpr int side = 96;

// How many parts the rows and the columns of a product are divided into.
struct Division {
  int rows = 1, columns = 1;
};

// Divides the longer side of the parts until there are two parts for each thread, because a thread that has to share
// its processor then takes fewer. BLAS copies the factors of each part, so parts near squares cost least.
static Division divided(int m, int n, int k) {
  Division division;
  double part = double(m) * n * k;
  while (part >= double(worth_division) && division.rows * division.columns < 2 * threads()) {
    const int height = m / division.rows, width = n / division.columns;
    int& longer = height > width ? division.rows : division.columns;
    if (std::max(height, width) < 2 * side) {
      break;
    }
    longer *= 2;
    part /= 2;
  }
  return division;
}

// The part of the side of a length: its begin, and the begin of the next.
struct Range {
  int first, last;

  Range(int length, int parts, int part) : first(at(length, parts, part)), last(at(length, parts, part + 1)) {}

 private:
  static int at(int length, int parts, int part) {
    return part == parts ? length : int(std::size_t(length) * part / parts / side) * side;
  }
};

// What computes products and their parts, each on one thread.
template <class Gemm>
static Gemm* on_one_thread = nullptr;

template <class Gemm>
static Gemm* chosen(int, int, int) {
  return on_one_thread<Gemm>;
}

template <>
Sgemm* chosen<Sgemm>(int m, int n, int k) {
  Sgemm* tiles = product_on_tiles(m, n, k);
  return tiles ? tiles : on_one_thread<Sgemm>;
}

// What divides a product better than into parts that do not know of one another, if there is anything.
template <class Gemm>
static Gemm* dividing_by_itself(int, int, int, std::size_t) {
  return nullptr;
}

template <>
Sgemm* dividing_by_itself<Sgemm>(int m, int n, int k, std::size_t parts) {
  if (product_on_tiles(m, n, k)) {
    return parts > 1 ? product_by_rows_on_tiles(m, n, k) : nullptr;
  }
  return product_on_vectors(m, n, k);
}

template <class T, class Scalar, class Pointer, class Result>
static void product(int order, int transpose_a, int transpose_b, int m, int n, int k, Scalar alpha, Pointer a,
                    int row_a, Pointer b, int row_b, Scalar beta, Result c, int row_c) {
  using Gemm = void(int, int, int, int, int, int, Scalar, Pointer, int, Pointer, int, Scalar, Result, int);
  if (order != row_major) {
    on_one_thread<Gemm>(order, transpose_a, transpose_b, m, n, k, alpha, a, row_a, b, row_b, beta, c, row_c);
    return;
  }
  Gemm* const gemm = chosen<Gemm>(m, n, k);
  const Division division = divided(m, n, k);
  const std::size_t parts = std::size_t(division.rows) * division.columns;
  if (Gemm* const whole = dividing_by_itself<Gemm>(m, n, k, parts)) {
    whole(order, transpose_a, transpose_b, m, n, k, alpha, a, row_a, b, row_b, beta, c, row_c);
    return;
  }
  parallel_by_thread(parts, 1, [&](Ranges& ranges) {
    if (ranges.take_all()) {  // in one part, since each part packs its factors
      gemm(order, transpose_a, transpose_b, m, n, k, alpha, a, row_a, b, row_b, beta, c, row_c);
      return;
    }
    for (std::size_t part, end; ranges.take(part, end);) {
      for (; part != end; ++part) {
        const Range rows(m, division.rows, int(part) / division.columns);
        const Range columns(n, division.columns, int(part) % division.columns);
        const std::size_t from_a = transpose_a == not_transposed ? std::size_t(rows.first) * row_a : rows.first;
        const std::size_t from_b = transpose_b == not_transposed ? columns.first : std::size_t(columns.first) * row_b;
        const std::size_t from_c = std::size_t(rows.first) * row_c + columns.first;
        gemm(order, transpose_a, transpose_b, rows.last - rows.first, columns.last - columns.first, k, alpha,
             static_cast<const T*>(a) + from_a, row_a, static_cast<const T*>(b) + from_b, row_b, beta,
             static_cast<T*>(c) + from_c, row_c);
      }
    }
  });
}

template <class T, class Gemm>
static Gemm* shared_product(Gemm* gemm) {
  on_one_thread<Gemm> = gemm;
  return &product<T>;
}

Sgemm* sgemm_on_one_thread() { return on_one_thread<Sgemm>; }

Sgemm* shared(Sgemm* gemm) { return shared_product<float>(gemm); }
Dgemm* shared(Dgemm* gemm) { return shared_product<double>(gemm); }
Cgemm* shared(Cgemm* gemm) { return shared_product<std::complex<float>>(gemm); }

}  // namespace mlx4j::cpu
