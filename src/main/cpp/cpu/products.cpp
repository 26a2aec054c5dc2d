#include "cpu/products.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "cpu.h"
#include "cpu/arrays.h"
#include "cpu/elements.h"
#include "cpu/kernels/products.h"
#include "cpu/parallel.h"
#include "cpu/sgemm.h"
#include "cpu/shared_products.h"
#include "cpu/tile_products.h"
#include "mlx/backend/cpu/encoder.h"
#include "rules/upstream_rules.h"

namespace mlx4j::cpu {

namespace {

// Up to so many rows, a matrix is read as it is stored, for some of them at once. More rows are worth an expansion to
// float32, for BLAS.
constexpr std::size_t few = 12;

// BLAS multiplies with so many numbers of a matrix at once, and with so many rows, which bounds what is allocated.
constexpr std::size_t numbers_at_once = 1 << 20;
constexpr std::size_t rows_at_once = 1024;

ProductKernels kernels() {
  return chosen([]<Instructions set>(Set<set>) { return product_kernels<set>(); });
}

bool has_kernels(mx::QuantizationMode mode, int group_size, int bits) {
  return mode != mx::QuantizationMode::Affine ||
         ((group_size == 32 || group_size == 64 || group_size == 128) && bits >= 2 && bits <= 8 && bits != 7);
}

// ---- arrays ---------------------------------------------------------------------------------------
struct Matrices : Parts {
  explicit Matrices(const mx::array& a) : Parts(a, 2) {}
};

struct Indices : private Parts {
  explicit Indices(const mx::array& a) : Parts(a, 0) {}
  std::size_t at(std::size_t i) const { return *reinterpret_cast<const std::uint32_t*>(Parts::at(i)); }
};

bool has_dense_matrices(const mx::array& a) {
  return a.ndim() < 2 ? a.flags().row_contiguous : a.strides(-1) == 1 && a.strides(-2) == a.shape(-1);
}

mx::array with_dense_matrices(const mx::array& a, mx::Stream s) { return has_dense_matrices(a) ? a : dense(a, s); }

// ---- one product ----------------------------------------------------------------------------------
// x, float32: `rows` rows of `inner` numbers, or the transpose of that.
struct Left {
  const float* data;
  std::size_t rows;
  std::size_t stride;  // from one row to the next, or from one column to the next if it is transposed
  bool transposed = false;
};

// What becomes of a result y: alpha · y + beta · c, rounded to the format of the output.
struct Result {
  unsigned char* data;
  Format format;
  std::size_t outer;  // the numbers of a row
  float alpha = 1;
  float beta = 0;
  std::optional<Matrices> c = std::nullopt;
  std::ptrdiff_t c_row = 0;  // strides of c
  std::ptrdiff_t c_column = 0;

  bool direct() const { return format == Format::float32; }
  bool as_it_is() const { return direct() && !c; }

  // Puts c where BLAS adds the product: in rows [row, row + rows) and columns [first, first + n) of the i-th result.
  void begin_with_c(float* y, std::size_t y_stride, std::size_t i, std::size_t row, std::size_t rows, std::size_t first,
                    std::size_t n) const {
    for (std::size_t r = row; r < row + rows; ++r, y += y_stride) {
      const float* from =
          reinterpret_cast<const float*>(c->at(i)) + std::ptrdiff_t(r) * c_row + std::ptrdiff_t(first) * c_column;
      if (c_column == 1) {
        std::copy_n(from, n, y);
      } else {
        for (std::size_t j = 0; j < n; ++j) {
          y[j] = from[std::ptrdiff_t(j) * c_column];
        }
      }
    }
  }

  // Rows [row, row + rows) and columns [first, first + n) of the i-th result, which lie in y. These are changed.
  void finish(const ProductKernels& use, float* y, std::size_t y_stride, std::size_t i, std::size_t of_rows,
              std::size_t row, std::size_t rows, std::size_t first, std::size_t n) const {
    for (std::size_t r = row; r < row + rows; ++r, y += y_stride) {
      if (c) {
        add_c(y, c->at(i) + (std::ptrdiff_t(r) * c_row + std::ptrdiff_t(first) * c_column) * size_of(format), n);
      }
      unsigned char* to = data + ((i * of_rows + r) * outer + first) * size_of(format);
      if (to != reinterpret_cast<unsigned char*>(y)) {
        use.narrow(format, y, to, n);
      }
    }
  }

 private:
  void add_c(float* y, const unsigned char* from, std::size_t n) const {
    if (format == Format::float32 && c_column == 1 && alpha == 1 && beta == 1) {  // the bias of a layer
      choose(Operation::Add, Type::float32).kernel(y, from, from, y, n);
      return;
    }
    for (std::size_t j = 0; j < n; ++j) {
      const float product = alpha == 0 ? 0 : alpha * y[j];
      y[j] = beta == 0 ? product : product + beta * number(from, std::ptrdiff_t(j) * c_column);
    }
  }

  float number(const unsigned char* from, std::ptrdiff_t at) const {
    if (format == Format::float32) {
      return reinterpret_cast<const float*>(from)[at];
    }
    return format == Format::float16 ? float(reinterpret_cast<const mx::float16_t*>(from)[at])
                                     : float(reinterpret_cast<const mx::bfloat16_t*>(from)[at]);
  }
};

// Products with matrices of one kind. A matrix is stored by rows of `inner` numbers, one row for each number of a row
// of the result, or the other way round.
struct Product {
  ProductKernels use;
  Matrix matrix;
  bool by_rows;
  std::size_t inner;
  std::size_t outer;

  std::size_t work(std::size_t rows) const { return rows * inner * outer; }

  bool is_large(std::size_t rows) const { return work(rows) > 4 * worth_a_thread; }

  // Whether BLAS multiplies so many rows.
  bool with_blas(std::size_t rows) const {
    const bool in_tiles = !by_rows && matrix.format == Format::float32 && rows <= use.most_in_tiles &&
                          outer >= Part::step && work(rows) > most_without_packing;
    return rows > few && !(in_tiles && !product_on_tiles(int(rows), int(outer), int(inner)));
  }

  // y = x · matrix. `sums` is room for sums of parts.
  void stream(const Matrix& w, const Left& x, float* y, float* sums) const {
    if (by_rows) {
      parallel(outer, grain(inner * x.rows), [&](std::size_t first, std::size_t last) {
        use.dots(w, {first, last - first, 0, inner}, x.data, inner, x.rows, y, outer);
      });
    } else if (const auto parts = parts_of_sums(x.rows); parts > 1) {
      add_parts(w, x, parts, y, sums);
    } else {
      parallel((outer + Part::step - 1) / Part::step, grain(inner * x.rows * Part::step),
               [&](std::size_t first, std::size_t last) {
                 const std::size_t column = first * Part::step;
                 use.sums(w, {0, inner, column, std::min(outer, last * Part::step) - column}, x.data, inner, x.rows, y,
                          outer);
               });
    }
  }

  // Into how many parts the inner numbers are divided where the matrix is stored by them, so that each thread reads
  // memory from one place on, as the processor expects, and not a piece of each row. Since results depend on it, it
  // does not depend on the number of threads. Sums of parts are a fraction of the matrix.
  std::size_t parts_of_sums(std::size_t rows) const {
    if (by_rows || !is_large(rows)) {
      return 1;
    }
    return std::max<std::size_t>(1,
                                 std::min({work(rows) / (2 * worth_a_thread), inner / (16 * rows), std::size_t(16)}));
  }

  void add_parts(const Matrix& w, const Left& x, std::size_t parts, float* y, float* sums) const {
    // If there are more threads than parts, they share the columns of a part.
    const std::size_t pieces = std::clamp<std::size_t>(2 * std::size_t(threads()) / parts, 1, outer / 512 + 1);
    const auto begin = [&](std::size_t i) {
      return i == pieces ? outer : outer * i / pieces / Part::step * Part::step;
    };
    parallel(parts * pieces, 1, [&](std::size_t i, std::size_t last) {
      for (; i < last; ++i) {
        const std::size_t part = i / pieces, column = begin(i % pieces);
        const std::size_t first = inner * part / parts, n = inner * (part + 1) / parts - first;
        float* to = part == 0 ? y : sums + (part - 1) * x.rows * outer;
        use.sums(w, {first, n, column, begin(i % pieces + 1) - column}, x.data, inner, x.rows, to, outer);
      }
    });
    const std::size_t numbers = x.rows * outer;
    parallel(numbers, worth_a_thread / parts, [&](std::size_t first, std::size_t last) {
      for (std::size_t part = 1; part < parts; ++part) {
        const float* from = sums + (part - 1) * numbers;
        for (std::size_t i = first; i < last; ++i) {
          y[i] += from[i];
        }
      }
    });
  }

  // How many columns of the result BLAS computes at once.
  std::size_t columns_at_once() const {
    const std::size_t columns = numbers_at_once / std::max<std::size_t>(1, inner) / Part::step * Part::step;
    return std::min(outer, std::max(Part::step, columns));
  }

  // Room for a part of the matrix as float32, or for sums of parts; for a part of the result.
  std::size_t room_for_numbers(std::size_t rows) const {
    if (!with_blas(rows)) {
      return (parts_of_sums(rows) - 1) * rows * outer;
    }
    return matrix.format == Format::float32 ? 0 : columns_at_once() * inner;
  }
  std::size_t room_for_results(std::size_t rows, const Result& result) const {
    return result.direct() ? 0 : std::min(rows, rows_at_once) * columns_at_once();
  }

  void multiply_with_blas(const Matrix& w, const Left& x, const Result& result, std::size_t i, float* numbers,
                          float* results) const {
    for (std::size_t first = 0; first < outer; first += columns_at_once()) {
      const std::size_t n = std::min(columns_at_once(), outer - first);
      const float* part = numbers;
      std::size_t part_stride = by_rows ? inner : n;
      if (matrix.format == Format::float32) {
        part_stride = std::size_t(w.row_bytes) / sizeof(float);
        part = reinterpret_cast<const float*>(w.data) + first * (by_rows ? part_stride : 1);
      } else if (by_rows) {
        parallel(n, grain(inner), [&](std::size_t from, std::size_t to) {
          use.expand(w, {first + from, to - from, 0, inner}, numbers + from * inner, inner);
        });
      } else {
        parallel(inner, grain(n), [&](std::size_t from, std::size_t to) {
          use.expand(w, {from, to - from, first, n}, numbers + from * n, n);
        });
      }
      for (std::size_t row = 0; row < x.rows; row += rows_at_once) {
        const std::size_t rows = std::min(rows_at_once, x.rows - row);
        float* y = results;
        std::size_t y_stride = n;
        if (result.direct()) {
          y = reinterpret_cast<float*>(result.data) + (i * x.rows + row) * outer + first;
          y_stride = outer;
        }
        const bool added_by_blas = result.direct() && result.c;
        if (added_by_blas && result.beta != 0) {
          parallel(rows, grain(n), [&](std::size_t from, std::size_t to) {
            result.begin_with_c(y + from * y_stride, y_stride, i, row + from, to - from, first, n);
          });
        }
        cblas_sgemm(row_major, x.transposed ? transposed : not_transposed, by_rows ? transposed : not_transposed,
                    int(rows), int(n), int(inner), added_by_blas ? result.alpha : 1,
                    x.data + row * (x.transposed ? 1 : x.stride), int(x.stride), part, int(part_stride),
                    added_by_blas ? result.beta : 0, y, int(y_stride));
        if (!result.direct()) {
          parallel(rows, grain(n), [&](std::size_t from, std::size_t to) {
            result.finish(use, y + from * y_stride, y_stride, i, x.rows, row + from, to - from, first, n);
          });
        }
      }
    }
  }
};

// Whether BLAS can take these sizes, or needs not.
bool fits(std::size_t rows, std::size_t inner, std::size_t outer) {
  constexpr std::size_t most = std::numeric_limits<int>::max();
  return rows <= few || (cblas_sgemm != nullptr && rows <= most && inner <= most && outer <= most);
}

// The i-th result. `results` is room for the results before, too, or for those that BLAS computes at once, and
// `numbers` for what BLAS needs or for sums of parts.
void multiply_one(const Product& product, const Matrix& matrix, const Left& x, const Result& result, std::size_t i,
                  float* numbers, float* results) {
  if (product.with_blas(x.rows)) {
    return product.multiply_with_blas(matrix, x, result, i, numbers, results);
  }
  float* y = result.direct() ? reinterpret_cast<float*>(result.data) : results;
  y += i * x.rows * product.outer;
  product.stream(matrix, x, y, numbers);
  if (!result.as_it_is()) {
    result.finish(product.use, y, product.outer, i, x.rows, 0, x.rows, 0, product.outer);
  }
}

// `count` products of `rows` rows each.
struct Batch {
  Product product;
  Result result;
  std::size_t count;
  std::size_t rows;

  template <class X, class Place>
  void multiply(const X& x, const Place& place, float* numbers, float* results) const {
    const std::size_t work = product.work(rows);
    const bool one_by_one = product.with_blas(rows) ? product.matrix.format != Format::float32 || work >= worth_division
                                                    : product.is_large(rows);
    parallel(count, one_by_one ? count : grain(work), [&](std::size_t first, std::size_t last) {
      for (std::size_t i = first; i < last; ++i) {
        Matrix matrix = product.matrix;
        place(i, matrix);
        multiply_one(product, matrix, x(i), result, i, numbers, results);
      }
    });
  }
};

// ---- what is multiplied with a matrix -------------------------------------------------------------
// For each i a row, or a matrix, of which float32 is needed. Matrices of other formats are dense. It is `room` numbers
// further on for each i, unless it can be used where it is.
struct Rows {
  Matrices from;
  Format format;
  std::size_t count;
  std::size_t numbers;        // in each
  std::ptrdiff_t stride = 1;  // from one number to the next
  std::size_t rows;
  bool transposed;
  std::size_t row_stride;  // from one row, or from one column if transposed, to the next

  bool direct() const { return format == Format::float32 && stride == 1; }
  std::size_t room() const { return direct() ? 0 : count * numbers; }

  Left at(std::size_t i, const float* widened) const {
    return {direct() ? reinterpret_cast<const float*>(from.at(i)) : widened + i * numbers, rows, row_stride,
            transposed};
  }

  void widen(const ProductKernels& use, float* to) const {
    if (direct()) {
      return;
    }
    if (stride == 1 && count == 1) {
      parallel(numbers, worth_a_thread, [&](std::size_t first, std::size_t last) {
        use.widen(format, from.at(0) + first * size_of(format), to + first, last - first);
      });
      return;
    }
    parallel(count, grain(numbers), [&](std::size_t first, std::size_t last) {
      for (std::size_t i = first; i < last; ++i) {
        if (stride == 1) {
          use.widen(format, from.at(i), to + i * numbers, numbers);
        } else {
          for (std::size_t j = 0; j < numbers; ++j) {
            use.widen(format, from.at(i) + std::ptrdiff_t(j) * stride * std::ptrdiff_t(size_of(format)),
                      to + i * numbers + j, 1);
          }
        }
      }
    });
  }
};

// Schedules the products of all rows with the matrices that `place` finds.
template <class Place>
void compute(Batch batch, Rows left, Place place, mx::Stream s) {
  const Product& product = batch.product;
  const std::size_t rows = batch.rows;
  const bool blas = product.with_blas(rows);
  float* widened = room(left.room(), s);
  float* results = room(blas                    ? product.room_for_results(rows, batch.result)
                        : batch.result.direct() ? 0
                                                : batch.count * rows * product.outer,
                        s);
  float* numbers = room(product.room_for_numbers(rows), s);
  mx::cpu::get_command_encoder(s).dispatch([=, batch = std::move(batch), left = std::move(left)] {
    left.widen(batch.product.use, widened);
    batch.multiply([&](std::size_t i) { return left.at(i, widened); }, place, numbers, results);
  });
}

// ---- products of arrays ---------------------------------------------------------------------------
// How the matrices of an array lie in memory: row by row, or column by column.
struct Layout {
  bool by_columns;
  std::ptrdiff_t stride;  // from one to the next
};

std::optional<Layout> layout_of(const mx::array& a) {
  const auto rows = a.shape(-2), columns = a.shape(-1);
  const auto down = a.strides(-2), across = a.strides(-1);
  if (std::max(down, across) > std::numeric_limits<int>::max()) {
    return std::nullopt;  // too far for BLAS
  }
  if (rows == 1 && across == 1) {
    return Layout{false, columns};
  }
  if (columns == 1 || (down == 1 && across >= rows)) {
    return down == 1 || rows == 1 ? std::optional(Layout{true, columns == 1 ? rows : across}) : std::nullopt;
  }
  if (across == 1 && down >= columns) {
    return Layout{false, down};
  }
  return std::nullopt;
}

// Whether MLX multiplies the matrices as they lie in memory.
bool is_dense(const mx::array& a) {
  return has_dense_matrices(a) || (a.strides(-2) == 1 && a.strides(-1) == a.shape(-2));
}

// alpha · a · b + beta · c
struct Factors {
  float alpha = 1;
  float beta = 0;
  std::optional<mx::array> c = std::nullopt;
};

// Returns whether it will be computed.
bool multiply(const mx::array& given_a, const mx::array& given_b, const Factors& factors, mx::array& out,
              mx::Stream s) {
  const auto format = format_of(out.dtype());
  const auto rows = std::size_t(given_a.shape(-2)), inner = std::size_t(given_a.shape(-1)),
             columns = std::size_t(given_b.shape(-1));
  const bool one_row = rows == 1, one_column = columns == 1 && !one_row;
  const bool is_float32 = format == Format::float32;
  std::size_t count = rows * columns == 0 ? 0 : out.size() / (rows * columns);
  if (!format || out.size() == 0 || inner == 0 || !fits(rows, inner, columns)) {
    return false;
  }
  // x · w, where w is a for a single column: its result is the row of (a · b) transposed
  const mx::array& x_array = one_column ? given_b : given_a;
  mx::array w = one_column ? given_a : given_b;
  auto layout = layout_of(w);
  const bool by_columns = layout && layout->by_columns;
  Product product{kernels(), {nullptr, 0, *format}, by_columns != one_column, inner, one_column ? rows : columns};
  const bool with_blas = product.with_blas(rows);
  const bool suits_mlx = with_blas ? count == 1 && !factors.c && is_dense(given_a) && is_dense(given_b)
                                   : product.work(rows) <= most_without_packing;
  if (is_float32 && !one_row && !one_column && suits_mlx) {
    return false;
  }
  if (!layout) {
    w = dense(w, s);
    layout = layout_of(w);
  }
  const std::size_t x_rows = one_column ? 1 : rows;

  mx::array x = x_array;
  std::ptrdiff_t stride = 1;
  Layout lies{false, std::ptrdiff_t(inner)};
  if (x_rows == 1) {
    stride = inner == 1 ? 1 : x.strides(one_column ? -2 : -1);
  } else if (const auto found = layout_of(x); found && with_blas && (is_float32 || is_dense(x))) {
    lies = *found;
  } else {
    x = with_dense_matrices(x, s);
  }

  out.set_data(mx::allocator::malloc(out.nbytes()));
  Result result{out.data<unsigned char>(), *format, product.outer, factors.alpha, factors.beta};
  if (factors.c) {
    result.c.emplace(*factors.c);
    result.c_row = one_column ? 0 : factors.c->strides(-2);
    result.c_column = factors.c->strides(one_column ? -2 : -1);
  }
  product.by_rows = layout->by_columns != one_column;
  product.matrix.row_bytes = layout->stride * std::ptrdiff_t(w.itemsize());
  Rows left{Matrices(x), *format, count, x_rows * inner, stride, x_rows, lies.by_columns, std::size_t(lies.stride)};
  const Matrices matrices(w);
  if (one_row && count > 1 && matrices.one() && x.flags().row_contiguous && !factors.c && fits(count, inner, columns)) {
    left.rows = std::exchange(count, 1);  // a row for each of the many arrays, and one matrix
    left.numbers *= std::exchange(left.count, 1);
  }
  compute(
      Batch{std::move(product), std::move(result), count, left.rows}, std::move(left),
      [matrices](std::size_t i, Matrix& matrix) { matrix.data = matrices.at(i); }, s);
  return true;
}

// ---- products with quantized matrices -------------------------------------------------------------
// A stack of quantized matrices, and what is known of its products.
struct Quantized {
  Product product;
  Matrices numbers, scales;
  std::optional<Matrices> biases;  // of the affine mode

  // Takes the inputs of an operation: the first factor, the numbers, the scales and, in the affine mode, the biases.
  Quantized(const Arrays& inputs, mx::QuantizationMode mode, int group_size, int bits, Format format, bool transposed,
            std::size_t inner, std::size_t outer, mx::Stream s)
      : product{kernels(), {}, transposed, inner, outer},
        numbers(with_dense_matrices(inputs[1], s)),
        scales(with_dense_matrices(inputs[2], s)) {
    const bool affine = mode == mx::QuantizationMode::Affine;
    if (affine) {
      biases.emplace(with_dense_matrices(inputs[3], s));
    }
    product.matrix = {nullptr, 4 * std::ptrdiff_t(inputs[1].shape(-1)), affine ? Format::affine : Format::scaled, bits,
                      std::size_t(group_size)};
    product.matrix.scale_format = format;
    product.matrix.groups = std::size_t(inputs[2].shape(-1));
  }

  bool one() const { return numbers.one() && scales.one() && (!biases || biases->one()); }

  void place(std::size_t i, Matrix& matrix) const {
    matrix.data = numbers.at(i);
    matrix.scales = scales.at(i);
    if (biases) {
      matrix.biases = biases->at(i);
    }
  }
};

bool multiply_quantized(mx::QuantizedMatmul& self, const Arrays& inputs, mx::array& out) {
  const auto [group_size, bits, mode, transpose] = self.state();
  const auto format = format_of(out.dtype());
  const mx::Stream s = self.stream();
  const auto outer = std::size_t(out.shape(-1)), inner = std::size_t(inputs[0].shape(-1));
  const std::size_t all_rows = outer == 0 ? 0 : out.size() / outer;
  if (!has_kernels(mode, group_size, bits) || !format || out.size() == 0 || !fits(all_rows, inner, outer)) {
    return false;
  }
  const mx::array x = inputs[0].flags().row_contiguous ? inputs[0] : dense(inputs[0], s);
  const Quantized matrices(inputs, mode, group_size, bits, *format, transpose, inner, outer, s);
  const std::size_t rows = matrices.one() ? all_rows : std::size_t(x.shape(-2));
  const std::size_t count = all_rows / rows;
  out.set_data(mx::allocator::malloc(out.nbytes()));
  Rows left{Matrices(x), *format, count, rows * inner, 1, rows, false, inner};
  compute(
      Batch{matrices.product, {out.data<unsigned char>(), *format, outer}, count, rows}, std::move(left),
      [matrices](std::size_t i, Matrix& matrix) { matrices.place(i, matrix); }, s);
  return true;
}

// Rows that name the same matrix one after the other are multiplied together.
bool multiply_gathered(mx::GatherQMM& self, const Arrays& inputs, mx::array& out) {
  const auto [group_size, bits, mode, transpose, left_sorted, right_sorted] = self.state();
  const auto format = format_of(out.dtype());
  const mx::Stream s = self.stream();
  const auto outer = std::size_t(out.shape(-1)), inner = std::size_t(inputs[0].shape(-1)),
             rows = std::size_t(inputs[0].shape(-2));
  const std::size_t all_rows = outer == 0 ? 0 : out.size() / outer;
  if (!has_kernels(mode, group_size, bits) || !format || out.size() == 0 || !fits(all_rows, inner, outer)) {
    return false;
  }
  const auto x = with_dense_matrices(inputs[0], s);
  const Quantized matrices(inputs, mode, group_size, bits, *format, transpose, inner, outer, s);
  out.set_data(mx::allocator::malloc(out.nbytes()));
  const Product& product = matrices.product;
  const Result result{out.data<unsigned char>(), *format, outer};
  float* widened = room(all_rows * inner, s);
  float* results = room(
      result.direct() ? 0 : std::max(std::min(all_rows, few) * outer, product.room_for_results(all_rows, result)), s);
  std::size_t most_room = product.room_for_numbers(all_rows);
  for (std::size_t n = rows; n <= std::min(all_rows, few); n += rows) {
    most_room = std::max(most_room, product.room_for_numbers(n));
  }
  float* numbers = room(most_room, s);
  mx::cpu::get_command_encoder(s).dispatch(
      [=, from = Matrices(x), left = Indices(inputs[inputs.size() - 2]), right = Indices(inputs[inputs.size() - 1])] {
        const std::size_t count = all_rows / rows;
        const auto& use = matrices.product.use;
        parallel(count, grain(rows * inner), [&](std::size_t first, std::size_t last) {
          for (std::size_t i = first; i < last; ++i) {
            use.widen(*format, from.at(left.at(i)), widened + i * rows * inner, rows * inner);
          }
        });
        for (std::size_t first = 0, last = 0; first < count; first = last) {
          while (++last < count && right.at(last) == right.at(first)) {
          }
          Matrix matrix = matrices.product.matrix;
          matrices.place(right.at(first), matrix);
          Result part = result;
          part.data += first * rows * outer * size_of(*format);
          multiply_one(matrices.product, matrix, {widened + first * rows * inner, (last - first) * rows, inner}, part,
                       0, numbers, results);
        }
      });
  return true;
}

// ---- replacements ---------------------------------------------------------------------------------
void (*mlx_matmul)(mx::Matmul&, const Arrays&, mx::array&);
void (*mlx_addmm)(mx::AddMM&, const Arrays&, mx::array&);
void (*mlx_quantized_matmul)(mx::QuantizedMatmul&, const Arrays&, mx::array&);
void (*mlx_gather_qmm)(mx::GatherQMM&, const Arrays&, mx::array&);

void matmul(mx::Matmul& self, const Arrays& inputs, mx::array& out) {
  if (!cpu_kernels() || !multiply(inputs[0], inputs[1], {}, out, self.stream())) {
    mlx_matmul(self, inputs, out);
  }
}

void addmm(mx::AddMM& self, const Arrays& inputs, mx::array& out) {
  const auto [alpha, beta] = self.state();
  if (!cpu_kernels() || !multiply(inputs[0], inputs[1], {alpha, beta, inputs[2]}, out, self.stream())) {
    mlx_addmm(self, inputs, out);
  }
}

void quantized_matmul(mx::QuantizedMatmul& self, const Arrays& inputs, mx::array& out) {
  if (!cpu_kernels() || !multiply_quantized(self, inputs, out)) {
    mlx_quantized_matmul(self, inputs, out);
  }
}

void gather_qmm(mx::GatherQMM& self, const Arrays& inputs, mx::array& out) {
  if (!cpu_kernels() || !multiply_gathered(self, inputs, out)) {
    mlx_gather_qmm(self, inputs, out);
  }
}

}  // namespace

// ---- dequantized matrices -------------------------------------------------------------------------
class Dequantize final : public mx::Primitive {
 public:
  Dequantize(mx::Stream s, int group_size, int bits) : Primitive(s), group_size_(group_size), bits_(bits) {}

  void eval_cpu(const Arrays& inputs, Arrays& outputs) override {
    auto& out = outputs[0];
    out.set_data(mx::allocator::malloc(out.nbytes()));
    if (out.size() == 0) {
      return;
    }
    const auto row_contiguous = [this](const mx::array& a) {
      return a.flags().row_contiguous ? a : dense(a, stream());
    };
    const auto w = row_contiguous(inputs[0]), scales = row_contiguous(inputs[1]), biases = row_contiguous(inputs[2]);
    const auto columns = std::size_t(out.shape(-1));
    Matrix matrix{w.data<unsigned char>(), 4 * std::ptrdiff_t(w.shape(-1)), Format::affine, bits_,
                  std::size_t(group_size_)};
    matrix.scales = scales.data<unsigned char>();
    matrix.biases = biases.data<unsigned char>();
    matrix.scale_format = *format_of(out.dtype());
    matrix.groups = std::size_t(scales.shape(-1));
    mx::cpu::get_command_encoder(stream()).dispatch(
        [matrix, columns, rows = out.size() / columns, data = out.data<unsigned char>(), use = kernels()] {
          parallel(rows, grain(columns), [&](std::size_t first, std::size_t last) {
            use.dequantize(matrix, {first, last - first, 0, columns},
                           data + first * columns * size_of(matrix.scale_format), columns);
          });
        });
  }

  void eval_gpu(const Arrays&, Arrays&) override { throw std::logic_error("[dequantize] This is for the CPU."); }

  const char* name() const override { return "Dequantize"; }

 private:
  int group_size_;
  int bits_;
};

std::optional<mx::array> dequantized(const mx::array& w, const mx::array& scales, const mx::array& biases,
                                     int group_size, int bits, mx::Stream s) {
  if (!cpu_kernels() || s.device != mx::Device::cpu || !has_kernels(mx::QuantizationMode::Affine, group_size, bits) ||
      scales.dtype() != biases.dtype() || !format_of(scales.dtype())) {
    return std::nullopt;
  }
  auto shape = scales.shape();
  shape.back() *= group_size;
  return mx::array(std::move(shape), scales.dtype(), std::make_shared<Dequantize>(s, group_size, bits),
                   {w, scales, biases});
}

void replace_products() {
  const auto cpu = mx::default_stream(mx::Device::cpu);
  const auto matrix = mx::zeros({32, 32}, cpu);
  const auto numbers = mx::zeros({32, 4}, mx::uint32, cpu);
  const auto scales = mx::zeros({32, 1}, cpu);
  const auto index = mx::zeros({1}, mx::uint32, cpu);
  mlx_matmul = replace(mx::matmul(matrix, matrix, cpu), &mx::Matmul::eval_cpu, matmul);
  mlx_addmm = replace(mx::addmm(matrix, matrix, matrix, 1, 1, cpu), &mx::AddMM::eval_cpu, addmm);
  mlx_quantized_matmul = replace(mx::quantized_matmul(matrix, numbers, scales, scales, true, 32, 4, "affine", cpu),
                                 &mx::QuantizedMatmul::eval_cpu, quantized_matmul);
  mlx_gather_qmm = replace(
      mx::gather_qmm(mx::zeros({1, 32, 32}, cpu), mx::expand_dims(numbers, 0, cpu), mx::expand_dims(scales, 0, cpu),
                     mx::expand_dims(scales, 0, cpu), index, index, true, 32, 4, "affine", std::nullopt, false, cpu),
      &mx::GatherQMM::eval_cpu, gather_qmm);
}

}  // namespace mlx4j::cpu
