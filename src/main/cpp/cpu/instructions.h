// Kernels that are compiled several times, once for each instruction set that may be worth having, and chosen at run
// time.
//
// A file in kernels/ is compiled for each set with MLX4J_INSTRUCTIONS defined as its constant. It defines a
// specialization of a function template that its header declares, and keeps everything else in an unnamed namespace:
//
//     kernels/sums.h     template <Instructions> float sum(const float* x, std::size_t n);
//     kernels/sums.cpp   template <> float sum<MLX4J_INSTRUCTIONS>(const float* x, std::size_t n) { … }
//     its user           const auto sum = chosen([]<Instructions set>(Set<set>) { return &cpu::sum<set>; });
//
// It uses neither MLX nor templates and inline functions of the standard library: the linker keeps one copy of those,
// which might be the one for a processor that is not there. The build checks that no such copy leaves a kernel's object
// file.
#pragma once

namespace mlx4j::cpu {

enum class Instructions {
  baseline,  // what every processor of the platform has: SSE2 on x86-64, NEON on arm64
  avx2,      // with FMA and F16C
  avx512,    // F, BW, DQ and VL
  amx,       // those and the matrix unit for bfloat16, of which the kernels for avx512 make use (kernels/tiles.h)
};

// The best set of this processor, unless limited.
Instructions instructions();

// Uses at most this set. Not while anything is computed.
void limit_instructions(Instructions most);

template <Instructions set>
struct Set {};

// Calls `choose` with the Set of instructions().
template <class Choose>
auto chosen(Choose choose) {
#ifdef __x86_64__
  switch (instructions()) {
    case Instructions::amx:
    case Instructions::avx512:
      return choose(Set<Instructions::avx512>());
    case Instructions::avx2:
      return choose(Set<Instructions::avx2>());
    case Instructions::baseline:
      break;
  }
#endif
  return choose(Set<Instructions::baseline>());
}

}  // namespace mlx4j::cpu
