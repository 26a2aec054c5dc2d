// Reading operations from a file of an exported function: the parts that the files of the subjects share.
#pragma once

#include <algorithm>
#include <limits>
#include <set>
#include <string_view>
#include <unordered_map>

#include "exported/exported_operations.h"
#include "mlx/fast_primitives.h"
#include "mlx_primitives.h"

namespace mlx4j::exported {

using mx::array;
using S = mx::StreamOrDevice;
using Declared = std::vector<Signature>;
using Apply = decltype(Exported::apply);
using Read = std::function<Apply(FunctionFile&)>;

inline void require(bool holds, const char* what) {
  if (!holds) {
    throw std::invalid_argument(what);
  }
}

inline constexpr std::size_t any_number = std::numeric_limits<std::size_t>::max();

// Makes an operation of `least` to `most` inputs.
template <class F>
Apply of(std::size_t least, std::size_t most, F f) {
  return [least, most, f = std::move(f)](const Arrays& in, const Declared& results, S s) -> Arrays {
    require(in.size() >= least && in.size() <= most, "the number of its inputs is wrong");
    if constexpr (std::is_invocable_r_v<array, F, const Arrays&, S>) {
      return {f(in, s)};
    } else if constexpr (std::is_invocable_r_v<array, F, const Arrays&, const Declared&, S>) {
      require(results.size() == 1, "the number of its results is wrong");
      return {f(in, results, s)};
    } else if constexpr (std::is_invocable_v<F, const Arrays&, S>) {
      return f(in, s);
    } else {
      return f(in, results, s);
    }
  };
}
template <class F>
Apply of(std::size_t inputs, F f) {
  return of(inputs, inputs, std::move(f));
}

using Operations = std::unordered_map<std::string_view, Read>;

Operations elementwise();  // also numbers, dtypes, random bits
Operations shapes_and_indexing();
Operations reductions();  // also scans, sorting
Operations products();    // also quantization, linear algebra, Fourier transforms, operations that MLX fuses

// ---- operations without parameters ----------------------------------------------------------------
inline Read unary(array (*op)(const array&, S)) {
  return [op](FunctionFile&) { return of(1, [op](const Arrays& in, S s) { return op(in[0], s); }); };
}
inline Read binary(array (*op)(const array&, const array&, S)) {
  return [op](FunctionFile&) { return of(2, [op](const Arrays& in, S s) { return op(in[0], in[1], s); }); };
}
template <class F>
inline Read plain(std::size_t least, std::size_t most, F f) {
  return [=](FunctionFile&) { return of(least, most, f); };
}
template <class F>
inline Read plain(std::size_t inputs, F f) {
  return plain(inputs, inputs, f);
}

// ---- parameters -----------------------------------------------------------------------------------
template <class E>
E choice(FunctionFile& file, E last) {
  const auto value = file.number<int>();
  if (value < 0 || value > int(last)) {
    throw bad_file("it has an unknown kind of operation, " + std::to_string(value));
  }
  return E(value);
}

inline int axis_in(int axis, const array& a) {
  require(axis >= 0 && axis < int(a.ndim()), "an axis is out of range");
  return axis;
}

inline void require_axes(const std::vector<int>& axes, const array& a) {
  for (auto axis : axes) {
    axis_in(axis, a);
  }
  require(std::set<int>(axes.begin(), axes.end()).size() == axes.size(), "an axis is named twice");
}

inline const array& with_elements(const array& a) {
  require(a.size() > 0, "an input has no elements");
  return a;
}

inline void require_between(const std::vector<int>& values, std::size_t count, int least) {
  require(values.size() == count, "the number of its parameters is wrong");
  require(std::all_of(values.begin(), values.end(), [=](int v) { return v >= least && v < (1 << 24); }),
          "a parameter is out of range");
}

template <class F>
inline Read with_axis(F f) {
  return [f](FunctionFile& file) {
    const auto axis = file.number<int>();
    return of(1, [f, axis](const Arrays& in, S s) { return f(in[0], axis_in(axis, in[0]), s); });
  };
}

// ---- indices --------------------------------------------------------------------------------------
inline void require_integers(const array& indices) {
  require(mx::issubdtype(indices.dtype(), mx::integer), "indices must be integers");
}

// Limits indices that count from 0 and are not negative to [0, last].
inline array limited(const array& indices, long long last, S s) {
  require_integers(indices);
  require(last >= 0 || indices.size() == 0, "there are no elements to select from");
  auto wide = mx::astype(indices, mx::int64, s);
  return mx::astype(mx::minimum(mx::maximum(wide, array(std::int64_t(0)), s), array(std::int64_t(last)), s),
                    indices.dtype(), s);
}

}  // namespace mlx4j::exported
