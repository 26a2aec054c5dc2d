// What the ranks of a group tell each other before the data.
//
// MLX takes for granted that all ranks perform the same operation on arrays of one shape and dtype, and mixes up their
// bytes where they do not. So a header goes ahead of the data, and differences are errors.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "handles.h"

namespace mlx4j {

enum class Kind { all_sum, all_max, all_min, all_gather, sum_scatter, send, recv };
constexpr std::array<const char*, 7> kind_names{"allSum",     "allMax", "allMin", "allGather",
                                                "sumScatter", "send",   "recv"};

class Header {
 public:
  static constexpr int size = 16;
  Header(Kind kind, const mx::array& a);
  explicit Header(const std::int64_t* v) { std::copy_n(v, size, v_.begin()); }
  mx::array as_array() const { return mx::array(v_.data(), {size}, mx::int64); }
  bool operator==(const Header&) const = default;
  bool is(Kind kind) const { return v_[0] == std::int64_t(kind); }
  std::int64_t nbytes() const { return v_[size - 1]; }
  bool same_array(Header other) const {
    other.v_[0] = v_[0];
    return *this == other;
  }
  std::string describe() const;

 private:
  std::array<std::int64_t, size> v_{};
};

}  // namespace mlx4j
