// Attention without the whole matrix of scores: blocks of keys, of which each row keeps the largest score, the sum of
// the exponentials relative to it, and the sum of the values with these weights.
#include "cpu/kernels/attention.h"

#include <atomic>
#include <cmath>
#include <limits>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "cpu/arrays.h"
#include "cpu/fast.h"
#include "cpu/fast_operation.h"
#include "cpu/instructions.h"
#include "cpu/parallel.h"
#include "cpu/program.h"
#include "cpu/sgemm.h"
#include "mlx/backend/cpu/encoder.h"

namespace mlx4j::cpu {

namespace {

// Heads of queries that share their keys are multiplied together. Up to so many rows, keys and values are read as they
// are stored, otherwise BLAS multiplies.
constexpr std::size_t few = 12;

constexpr std::size_t rows_of_a_block = 128;

std::size_t keys_of_a_block() { return blocks_are_limited() ? 3 : 256; }

// ---- memory ---------------------------------------------------------------------------------------
// Rooms for those who compute at the same time.
class Rooms {
 public:
  Rooms(std::size_t numbers, mx::Stream s)
      : numbers_(numbers + numbers % 2),
        count_(std::size_t(threads())),
        data_(room(numbers_ * count_, s)),
        taken_(count_) {}

  template <class F>
  void with_one(F f) {
    std::size_t i = 0;
    while (taken_[i].test_and_set(std::memory_order_acquire)) {
      i = (i + 1) % count_;
      if (i == 0) {  // more threads help than there were when the rooms were made
        std::this_thread::yield();
      }
    }
    f(data_ + i * numbers_);
    taken_[i].clear(std::memory_order_release);
  }

 private:
  std::size_t numbers_;
  std::size_t count_;
  float* data_;
  std::vector<std::atomic_flag> taken_;
};

// ---- arrays ---------------------------------------------------------------------------------------
struct Kernels : AttentionKernels {
  ProductKernels product;
};

Kernels kernels() {
  return chosen([]<Instructions set>(Set<set>) { return Kernels{attention_kernels<set>(), product_kernels<set>()}; });
}

// Keys or values of all heads.
struct Stored {
  Parts heads;
  Matrix matrix;  // of a head
  std::size_t columns;

  Matrix block(std::size_t head, std::size_t first) const {
    Matrix m = matrix;
    m.data = heads.at(head) + std::ptrdiff_t(first) * m.row_bytes;
    return m;
  }
};

Stored stored(const mx::array& a) {
  const Matrix matrix{nullptr, std::ptrdiff_t(a.strides(-2)) * std::ptrdiff_t(a.itemsize()), *format_of(a.dtype())};
  return {Parts(a, 2), matrix, std::size_t(a.shape(-1))};
}

// Rows that BLAS takes, too.
mx::array with_rows(const mx::array& a, mx::Stream s) {
  const bool fits = a.strides(-1) == 1 && a.strides(-2) >= a.shape(-1);
  return fits && a.strides(-2) <= std::numeric_limits<int>::max() ? a : dense(a, s);
}

struct Mask {
  Parts rows;
  std::ptrdiff_t stride;  // from one key to the next
  bool keeps;             // otherwise it is added
};

// ---- the computation ------------------------------------------------------------------------------
// What a row knows after some blocks of keys.
struct State {
  float largest = -std::numeric_limits<float>::infinity();
  double sum = 0;

  // What exponentials are relative to.
  float shift() const { return std::isinf(largest) && largest < 0 ? 0 : largest; }

  // Those of so many rows, at the beginning of a room.
  static constexpr std::size_t numbers(std::size_t rows) { return rows * (sizeof(State) / sizeof(float)); }
  static State* of_rows(std::size_t rows, float* in) {
    auto* states = reinterpret_cast<State*>(in);
    std::uninitialized_fill_n(states, rows, State());
    return states;
  }
};

struct Attention {
  Kernels use;
  Format format;
  Parts queries;
  Stored keys, values;
  std::optional<Mask> mask;
  std::optional<Parts> sinks;
  unsigned char* out;
  float scale;
  bool causal;
  float lowest;       // the score of a key that is masked, which counts if all of them are
  std::size_t heads;  // of keys, in all sequences
  std::size_t heads_of_a_sequence;
  std::size_t group;      // heads of queries for each
  std::size_t positions;  // of queries
  std::size_t count;      // of keys

  // Rows of queries: the positions [first, first + n) of all heads that share the keys of a head.
  struct Rows {
    std::size_t head, first, n;
  };
  std::size_t rows(const Rows& r) const { return group * r.n; }

  // Where the i-th of them is among all queries.
  std::size_t index(const Rows& r, std::size_t i) const {
    return (r.head * group + i / r.n) * positions + position(r, i);
  }
  std::size_t position(const Rows& r, std::size_t i) const { return r.first + i % r.n; }
  std::size_t query_head(const Rows& r, std::size_t i) const { return r.head % heads_of_a_sequence * group + i / r.n; }

  void load_queries(const Rows& r, float* to) const {
    for (std::size_t i = 0; i < rows(r); ++i, to += keys.columns) {
      use.product.widen(format, queries.at(index(r, i)), to, keys.columns);
      use.scale(to, keys.columns, scale);
    }
  }

  // How many keys a position may attend to; none for all of them if even the first is too late.
  std::ptrdiff_t visible(std::size_t position) const {
    return std::ptrdiff_t(position) + 1 + std::ptrdiff_t(count) - std::ptrdiff_t(positions);
  }

  // Masks the scores of a row for the keys [first, first + n). `numbers` is room for a row.
  void apply_mask(const Rows& r, std::size_t i, std::size_t first, std::size_t n, float* scores, float* numbers) const {
    if (causal) {
      const std::ptrdiff_t left = visible(position(r, i)) - std::ptrdiff_t(first);
      std::fill(scores + std::clamp<std::ptrdiff_t>(left, 0, std::ptrdiff_t(n)), scores + n, lowest);
    }
    if (!mask) {
      return;
    }
    const unsigned char* row = mask->rows.at(index(r, i));
    const std::ptrdiff_t item = mask->keeps ? 1 : std::ptrdiff_t(size_of(format));
    row += std::ptrdiff_t(first) * mask->stride * item;
    if (mask->keeps) {
      auto* keep = reinterpret_cast<const bool*>(row);
      if (mask->stride != 1) {
        auto* gathered = reinterpret_cast<bool*>(numbers);
        for (std::size_t j = 0; j < n; ++j) {
          gathered[j] = keep[std::ptrdiff_t(j) * mask->stride];
        }
        keep = gathered;
      }
      use.replace(scores, keep, n, lowest);
      return;
    }
    if (mask->stride == 1) {
      use.product.widen(format, row, numbers, n);
    } else {
      for (std::size_t j = 0; j < n; ++j) {
        use.product.widen(format, row + std::ptrdiff_t(j) * mask->stride * item, numbers + j, 1);
      }
    }
    use.add(scores, numbers, n);
  }

  // Turns the scores of more keys into weights. Returns by what earlier weights are to be multiplied.
  float weigh(State& state, float* scores, std::size_t n) const {
    const float before = state.largest;
    state.largest = std::max(before, use.largest(scores, n));
    const float factor = std::exp(before - state.shift());
    state.sum = state.sum * double(factor) + use.sum_of_exponentials(scores, n, state.shift(), scores);
    return factor;
  }

  // Writes the result of a row, given the sum of the weighted values, which is changed.
  void finish(const Rows& r, std::size_t i, State state, float* sum) const {
    float factor = 1;
    if (sinks) {
      float sink;
      use.product.widen(format, sinks->at(query_head(r, i)), &sink, 1);
      const float before = state.largest;
      state.largest = std::max(before, sink);
      factor = std::exp(before - state.shift());
      state.sum = state.sum * double(factor) + std::exp(double(sink) - double(state.shift()));
    }
    use.scale(sum, values.columns, float(double(factor) / state.sum));
    use.product.narrow(format, sum, out + index(r, i) * values.columns * size_of(format), values.columns);
  }

  // ---- few rows -----------------------------------------------------------------------------------
  // Different threads take different keys of a head. What they find is put together in their order, so that the result
  // does not depend on the number of threads.
  std::size_t blocks() const { return (count + keys_of_a_block() - 1) / keys_of_a_block(); }
  std::size_t all_rows() const { return group * positions; }

  std::size_t room_for_few() const { return all_rows() * (keys.columns + keys_of_a_block()) + keys_of_a_block(); }
  std::size_t found() const { return heads * blocks() * all_rows(); }
  std::size_t room_for_what_is_found() const { return State::numbers(found()) + found() * values.columns; }

  void compute_few(Rooms& rooms, float* all) const {
    const std::size_t block = keys_of_a_block();
    State* states = State::of_rows(found(), all);
    float* sums = all + State::numbers(found());
    const std::size_t work = all_rows() * std::min(block, count) * (keys.columns + values.columns);
    parallel(heads * blocks(), blocks_are_limited() ? 1 : grain(work), [&](std::size_t from, std::size_t to) {
      rooms.with_one([&](float* own) {
        for (std::size_t i = from; i < to; ++i) {
          const Rows r{i / blocks(), 0, positions};
          float* queries = own;
          float* scores = queries + rows(r) * keys.columns;
          float* numbers = scores + rows(r) * block;
          const std::size_t first = i % blocks() * block, n = std::min(block, count - first);
          load_queries(r, queries);
          use.product.dots(keys.block(r.head, first), {0, n, 0, keys.columns}, queries, keys.columns, rows(r), scores,
                           block);
          for (std::size_t row = 0; row < rows(r); ++row) {
            apply_mask(r, row, first, n, scores + row * block, numbers);
            weigh(states[i * rows(r) + row], scores + row * block, n);
          }
          use.product.sums(values.block(r.head, first), {0, n, 0, values.columns}, scores, block, rows(r),
                           sums + i * rows(r) * values.columns, values.columns);
        }
      });
    });
    parallel(heads, grain(blocks() * all_rows() * values.columns), [&](std::size_t from, std::size_t to) {
      for (std::size_t head = from; head < to; ++head) {
        const Rows r{head, 0, positions};
        for (std::size_t row = 0; row < rows(r); ++row) {
          const std::size_t first = head * blocks() * rows(r) + row;
          join(r, row, &states[first], sums + first * values.columns);
        }
      }
    });
  }

  // The states of a row lie rows(r) apart, and so do its sums.
  void join(const Rows& r, std::size_t row, const State* states, float* sums) const {
    State all = states[0];
    for (std::size_t block = 1; block < blocks(); ++block) {
      const State& state = states[block * rows(r)];
      float* more = sums + block * rows(r) * values.columns;
      const float before = all.largest;
      all.largest = std::max(before, state.largest);
      const float factor = std::exp(before - all.shift()), factor_of_more = std::exp(state.largest - all.shift());
      all.sum = all.sum * double(factor) + state.sum * double(factor_of_more);
      use.scale(sums, values.columns, factor);
      use.scale(more, values.columns, factor_of_more);
      use.add(sums, more, values.columns);
    }
    finish(r, row, all, sums);
  }

  // ---- many rows ----------------------------------------------------------------------------------
  std::size_t positions_of_a_block() const {
    return std::min(positions, blocks_are_limited() ? 2 : std::max<std::size_t>(1, rows_of_a_block / group));
  }

  std::size_t room_for_many() const {
    const std::size_t block = keys_of_a_block(), rows = group * positions_of_a_block();
    const std::size_t widened = format == Format::float32 ? 0 : block * (keys.columns + values.columns);
    return State::numbers(rows) + rows * (keys.columns + block + values.columns) + block + widened;
  }

  void compute_many(Rooms& rooms) const {
    const std::size_t at_once = positions_of_a_block(), parts = (positions + at_once - 1) / at_once;
    const std::size_t work = group * at_once * count * (keys.columns + values.columns);
    parallel(heads * parts, blocks_are_limited() ? 1 : grain(work), [&](std::size_t from, std::size_t to) {
      rooms.with_one([&](float* own) {
        for (std::size_t i = from; i < to; ++i) {
          const std::size_t first = i % parts * at_once;
          const Rows r{i / parts, first, std::min(at_once, positions - first)};
          // Masked keys count only if none of the others has a larger score.
          const std::ptrdiff_t last =
              causal && visible(r.first) > 0 ? visible(r.first + r.n - 1) : std::ptrdiff_t(count);
          if (!compute_rows(r, std::size_t(last), own) && std::size_t(last) < count) {
            compute_rows(r, count, own);
          }
        }
      });
    });
  }

  // With the first keys only. Returns whether all rows have one that is not masked.
  bool compute_rows(const Rows& r, std::size_t last, float* own) const {
    const std::size_t block = keys_of_a_block();
    State* states = State::of_rows(rows(r), own);
    float* queries = own + State::numbers(rows(r));
    float* scores = queries + rows(r) * keys.columns;
    float* sums = scores + rows(r) * block;
    float* numbers = sums + rows(r) * values.columns;
    float* widened_keys = numbers + block;
    float* widened_values = widened_keys + block * keys.columns;
    load_queries(r, queries);
    for (std::size_t first = 0; first < last; first += block) {
      const std::size_t n = std::min(block, last - first);
      const auto [k, k_stride] = as_float32(keys.block(r.head, first), n, keys.columns, widened_keys);
      multiply(rows(r), n, keys.columns, queries, keys.columns, true, k, k_stride, 0, scores, block);
      for (std::size_t row = 0; row < rows(r); ++row) {
        apply_mask(r, row, first, n, scores + row * block, numbers);
        const float factor = weigh(states[row], scores + row * block, n);
        if (first > 0 && factor != 1) {
          use.scale(sums + row * values.columns, values.columns, factor);
        }
      }
      const auto [v, v_stride] = as_float32(values.block(r.head, first), n, values.columns, widened_values);
      multiply(rows(r), values.columns, n, scores, block, false, v, v_stride, first > 0, sums, values.columns);
    }
    bool unmasked = true;
    for (std::size_t row = 0; row < rows(r); ++row) {
      unmasked = unmasked && states[row].largest > lowest;
      finish(r, row, states[row], sums + row * values.columns);
    }
    return unmasked;
  }

  std::pair<const float*, std::size_t> as_float32(const Matrix& matrix, std::size_t rows, std::size_t columns,
                                                  float* to) const {
    if (format == Format::float32) {
      return {reinterpret_cast<const float*>(matrix.data), std::max(columns, std::size_t(matrix.row_bytes) / 4)};
    }
    use.product.expand(matrix, {0, rows, 0, columns}, to, columns);
    return {to, columns};
  }

  static void multiply(std::size_t m, std::size_t n, std::size_t k, const float* a, std::size_t a_stride,
                       bool transposed, const float* b, std::size_t b_stride, float beta, float* c,
                       std::size_t c_stride) {
    cblas_sgemm(row_major, not_transposed, transposed ? cpu::transposed : not_transposed, int(m), int(n), int(k), 1, a,
                int(a_stride), b, int(b_stride), beta, c, int(c_stride));
  }
};

float lowest_of(mx::Dtype dtype) {
  return dtype == mx::float16 ? -65504.0f : dtype == mx::bfloat16 ? -0x1.fep127f : std::numeric_limits<float>::lowest();
}

}  // namespace

// Queries, keys and values, then the mask and the sinks that there are.
class ScaledDotProductAttention final : public FastOperation {
 public:
  ScaledDotProductAttention(mx::Stream s, Composition composition, float scale, bool causal, bool masked, bool sinks)
      : FastOperation(s, "ScaledDotProductAttention", std::move(composition)),
        scale_(scale),
        causal_(causal),
        masked_(masked),
        sinks_(sinks) {}

 protected:
  void compute(const Arrays& inputs, mx::array& out) override {
    const mx::array q = inputs[0].strides(-1) == 1 ? inputs[0] : dense(inputs[0], stream());
    const mx::array k = with_rows(inputs[1], stream()), v = with_rows(inputs[2], stream());
    out.set_data(mx::allocator::malloc(out.nbytes()));
    Attention attention{.use = kernels(),
                        .format = *format_of(out.dtype()),
                        .queries = Parts(q, 1),
                        .keys = stored(k),
                        .values = stored(v),
                        .mask = {},
                        .sinks = {},
                        .out = out.data<unsigned char>(),
                        .scale = scale_,
                        .causal = causal_,
                        .lowest = lowest_of(out.dtype()),
                        .heads = std::size_t(k.shape(0)) * std::size_t(k.shape(1)),
                        .heads_of_a_sequence = std::size_t(k.shape(1)),
                        .group = std::size_t(q.shape(1) / k.shape(1)),
                        .positions = std::size_t(q.shape(2)),
                        .count = std::size_t(k.shape(2))};
    if (masked_) {
      attention.mask.emplace(Parts(inputs[3], 1), inputs[3].strides(-1), inputs[3].dtype() == mx::bool_);
    }
    if (sinks_) {
      attention.sinks.emplace(inputs.back(), 0);
    }
    const bool few_rows = attention.all_rows() <= few;
    auto rooms = std::make_shared<Rooms>(few_rows ? attention.room_for_few() : attention.room_for_many(), stream());
    float* found = few_rows ? room(attention.room_for_what_is_found(), stream()) : nullptr;
    mx::cpu::get_command_encoder(stream()).dispatch([attention, few_rows, rooms, found] {
      few_rows ? attention.compute_few(*rooms, found) : attention.compute_many(*rooms);
    });
  }

 private:
  float scale_;
  bool causal_, masked_, sinks_;
};

Fused scaled_dot_product_attention(const mx::array& q, const mx::array& k, const mx::array& v, float scale,
                                   const std::string& mask_mode, const std::optional<mx::array>& mask,
                                   const std::optional<mx::array>& sinks, mx::Stream s) {
  if (!may_fuse(s) || !cblas_sgemm || q.ndim() != 4 || k.ndim() != 4 || v.ndim() != 4 || q.size() == 0 ||
      k.size() == 0 || v.size() == 0 || k.shape(0) != q.shape(0) || v.shape(0) != q.shape(0) ||
      q.shape(-1) != k.shape(-1) || k.shape(1) != v.shape(1) || k.shape(2) != v.shape(2) ||
      q.shape(1) % k.shape(1) != 0) {
    return std::nullopt;
  }
  const mx::Dtype dtype = mx::result_type(q, k, v);
  const auto becomes = [&](const mx::array& a) { return mx::promote_types(a.dtype(), dtype) == dtype; };
  const bool causal = mask_mode == "causal", masked = !causal && mask;
  if (!format_of(dtype) || (!causal && !mask_mode.empty() && mask_mode != "array") || (causal && mask) ||
      (masked && (mask->ndim() > 4 || !becomes(*mask))) ||
      (sinks && (sinks->ndim() != 1 || sinks->shape(0) != q.shape(1) || !becomes(*sinks)))) {
    return std::nullopt;
  }
  Arrays inputs{mx::astype(q, dtype, s), mx::astype(k, dtype, s), mx::astype(v, dtype, s)};
  if (masked) {
    const auto scores = mx::Shape{q.shape(0), q.shape(1), q.shape(2), k.shape(2)};
    inputs.push_back(mx::broadcast_to(mask->dtype() == mx::bool_ ? *mask : mx::astype(*mask, dtype, s), scores, s));
  }
  if (sinks) {
    inputs.push_back(mx::astype(*sinks, dtype, s));
  }
  auto composition = [scale, mask_mode, masked, with_sinks = sinks.has_value(), s](const Arrays& inputs) {
    return mx::fast::scaled_dot_product_attention(inputs[0], inputs[1], inputs[2], scale, mask_mode,
                                                  masked ? std::optional(inputs[3]) : std::nullopt,
                                                  with_sinks ? std::optional(inputs.back()) : std::nullopt, false, s);
  };
  auto primitive =
      std::make_shared<ScaledDotProductAttention>(s, std::move(composition), scale, causal, masked, sinks.has_value());
  return mx::array({q.shape(0), q.shape(1), q.shape(2), v.shape(3)}, dtype, std::move(primitive), std::move(inputs));
}

}  // namespace mlx4j::cpu
