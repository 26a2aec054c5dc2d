#include "workspace.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "mlx/primitives.h"

namespace mlx4j {

namespace {

constexpr std::size_t largest = std::numeric_limits<std::size_t>::max() / 2;

std::size_t product(std::size_t a, std::size_t b) {
  return __builtin_mul_overflow(a, b, &a) || a > largest ? largest : a;
}

template <class P>
const P& as(const mx::array& a) {
  return static_cast<const P&>(a.primitive());
}

// The plan of a length that is a large prime number transforms a length of up to four times as much.
std::size_t of_fft(const mx::array& a) {
  std::size_t length = 0;
  const auto state = as<mx::FFT>(a).state();
  for (auto axis : std::get<0>(state)) {
    length = std::max({length, std::size_t(a.shape(int(axis))), std::size_t(a.inputs()[0].shape(int(axis)))});
  }
  return 64 * length;
}

template <class P>  // a stable sort of one row has a second one
std::size_t of_sort(const mx::array& a) {
  return a.size() == 0 ? 0 : a.shape(as<P>(a).state()) * a.itemsize();
}

// What LAPACK asks for a matrix, in squares of its shorter side.
template <std::size_t squares>
std::size_t of_decomposition(const mx::array& a) {
  const auto& in = a.inputs()[0];
  const auto side = std::size_t(std::min(in.shape(-1), in.shape(-2)));
  return product(product(side, side), squares * in.itemsize());
}

}  // namespace

Workspace workspace_of(std::string_view primitive) {
  static constexpr std::pair<std::string_view, Workspace> known[] = {
      {"N3mlx4core3FFTE", &of_fft},
      {"N3mlx4core4SortE", &of_sort<mx::Sort>},
      {"N3mlx4core7ArgSortE", &of_sort<mx::ArgSort>},
      {"N3mlx4core3SVDE", &of_decomposition<5>},
      {"N3mlx4core4EighE", &of_decomposition<3>},
      {"N3mlx4core3EigE", &of_decomposition<6>},
  };
  for (auto& [name, workspace] : known) {
    if (name == primitive) {
      return workspace;
    }
  }
  return nullptr;
}

}  // namespace mlx4j
