#include "cpu/instructions.h"

#include <algorithm>
#include <atomic>

#ifdef __x86_64__
#include <cpuid.h>
#endif

namespace mlx4j::cpu {

static Instructions best() {
#ifdef __x86_64__
  unsigned a, b, c, d;
  const bool f16c = __get_cpuid(1, &a, &b, &c, &d) && (c & bit_F16C);
  if (!f16c || !__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) {
    return Instructions::baseline;
  }
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                 __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")
             ? Instructions::avx512
             : Instructions::avx2;
#else
  return Instructions::baseline;
#endif
}

static std::atomic<Instructions>& current() {
  static std::atomic<Instructions> set = best();
  return set;
}

Instructions instructions() { return current().load(std::memory_order_relaxed); }

void limit_instructions(Instructions most) { current() = std::min(best(), most); }

}  // namespace mlx4j::cpu
