#include "cpu/vector_products.h"

#include "cpu.h"

#ifdef __x86_64__

#include <algorithm>

#include "bridge/threads.h"
#include "cpu/kernels/vector_products.h"
#include "cpu/parallel.h"
#include "cpu/sgemm.h"
#include "cpu/workspaces.h"

namespace mlx4j::cpu {

namespace {

// What is packed at once of the right matrix, which fits into the cache of the second level, and how much of the inner
// dimension.
constexpr std::size_t columns_at_once = 256;
constexpr std::size_t inner_at_once = 512;

constexpr std::size_t most_left_width = 32;

// With fewer rows, packing takes longest.
constexpr int fewest_rows = 8;

// What a thread packs in.
struct Workspace {
  alignas(64) float left[most_left_width * inner_at_once];
  alignas(64) float right[columns_at_once * inner_at_once];
  Workspace* next_free;
};

Workspaces<Workspace>& workspaces() {
  static auto& workspaces = immortal<Workspaces<Workspace>>();
  return workspaces;
}

VectorProductKernels kernels() {
  return chosen([]<Instructions set>(Set<set>) { return vector_product_kernels<set>(); });
}

// Some rows or columns of the result.
struct Range {
  std::size_t first, last;

  // One of `parts` parts of a length. All begin at multiples of `step`.
  Range(std::size_t length, std::size_t step, std::size_t parts, std::size_t part)
      : first(at(length, step, parts, part)), last(at(length, step, parts, part + 1)) {}

 private:
  static std::size_t at(std::size_t length, std::size_t step, std::size_t parts, std::size_t part) {
    return part == parts ? length : length / step * part / parts * step;
  }
};

// A product, of which threads compute some rows and columns each. What is computed does not depend on how they are
// divided.
class VectorProduct {
 public:
  VectorProduct(const Factor& left, const Factor& right, std::size_t m, std::size_t n, std::size_t k, float alpha,
                float beta, float* c, std::size_t row_c)
      : left_(left), right_(right), m_(m), n_(n), k_(k), alpha_(alpha), beta_(beta), c_(c), row_c_(row_c) {}

  // With a workspace for the calling thread.
  void compute(Workspace& workspace) const {
    // Parts of rows pack the right factor once each. Parts of columns pack the left one, unless it is read in place.
    const std::size_t parts = std::min(m_ * n_ * k_ / smallest_part, std::size_t(threads()) * (packs_left() ? 2 : 4));
    const auto [row_parts, column_parts] = divided(parts);
    workspaces().parallel(row_parts * column_parts, 1, workspace, [&](Workspace& own, Ranges& ranges) {
      for (std::size_t part, last; ranges.take(part, last);) {
        for (; part < last; ++part) {
          multiply({m_, use_.left_width, row_parts, part / column_parts},
                   {n_, use_.right_width, column_parts, part % column_parts}, own);
        }
      }
    });
  }

 private:
  // Multiplications that take a core some ten microseconds.
  static constexpr std::size_t smallest_part = std::size_t(1) << 22;

  static constexpr std::size_t shortest_side = 64;

  struct Division {
    std::size_t rows = 1, columns = 1;
  };

  // Into at most so many parts, so that few numbers are packed: the right factor once for each part of the rows, the
  // left one, unless it is read in place, once for each part of the columns.
  Division divided(std::size_t parts) const {
    Division division;
    auto& [rows, columns] = division;
    while (2 * rows * columns <= parts) {
      const bool rows_are_long = m_ / rows >= 2 * shortest_side, columns_are_long = n_ / columns >= 2 * shortest_side;
      if (!rows_are_long && !columns_are_long) {
        break;
      }
      const std::size_t packed_for_columns = packs_left() ? columns * m_ : 0;
      (columns_are_long && (!rows_are_long || packed_for_columns <= rows * n_) ? columns : rows) *= 2;
    }
    return division;
  }

  bool packs_left() const { return left_.along != 1; }

  void multiply(const Range& rows, const Range& columns, Workspace& workspace) const {
    for (std::size_t column = columns.first; column < columns.last; column += columns_at_once) {
      const std::size_t width = std::min(columns_at_once, columns.last - column);
      for (std::size_t k = 0; k < k_; k += inner_at_once) {
        const std::size_t inner = std::min(inner_at_once, k_ - k);
        for (std::size_t i = 0; i < width; i += use_.right_width) {
          use_.pack(right_.strip(column + i, std::min(use_.right_width, width - i), k, inner), use_.right_width,
                    workspace.right + i * inner);
        }
        const auto multiply_strip = [&](const Strip& left, std::size_t row) {
          use_.multiply(left, workspace.right, width, alpha_, k == 0 ? beta_ : 1, c_ + row * row_c_ + column, row_c_);
        };
        if (!packs_left()) {
          multiply_strip(left_.strip(rows.first, rows.last - rows.first, k, inner), rows.first);
          continue;
        }
        for (std::size_t row = rows.first; row < rows.last; row += use_.left_width) {
          const Strip strip = left_.strip(row, std::min(use_.left_width, rows.last - row), k, inner);
          use_.pack(strip, use_.left_width, workspace.left);
          multiply_strip({workspace.left, strip.width, inner, 1, std::ptrdiff_t(use_.left_width)}, row);
        }
      }
    }
  }

  VectorProductKernels use_ = kernels();
  Factor left_, right_;
  std::size_t m_, n_, k_;
  float alpha_, beta_;
  float* c_;
  std::size_t row_c_;
};

void product(int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha, const float* a, int row_a,
             const float* b, int row_b, float beta, float* c, int row_c) {
  Workspace* workspace = alpha == 0 ? nullptr : workspaces().take();
  if (!workspace) {  // or nothing to multiply
    sgemm_on_one_thread()(order, transpose_a, transpose_b, m, n, k, alpha, a, row_a, b, row_b, beta, c, row_c);
    return;
  }
  const VectorProduct product({a, transpose_a == not_transposed, row_a}, {b, transpose_b != not_transposed, row_b},
                              std::size_t(m), std::size_t(n), std::size_t(k), alpha, beta, c, std::size_t(row_c));
  product.compute(*workspace);
  workspaces().give_back(workspace);
}

}  // namespace

// OpenBLAS is faster if it does not pack, and if more than a quarter of the vectors is empty.
Sgemm* product_on_vectors(int m, int n, int k) {
  const int width = cpu_kernels() ? int(kernels().vector_width) : 0;
  if (width == 0 || m < fewest_rows || double(m) * n * k <= most_without_packing) {
    return nullptr;
  }
  return n >= 0.75 * ((n + width - 1) / width * width) ? &product : nullptr;
}

}  // namespace mlx4j::cpu

#else

namespace mlx4j::cpu {

Sgemm* product_on_vectors(int, int, int) { return nullptr; }

}  // namespace mlx4j::cpu

#endif
