#include "cpu/instructions.h"

#include <algorithm>
#include <atomic>

#ifdef __x86_64__
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace mlx4j::cpu {

#ifdef __x86_64__
// Whether there is a matrix unit and the kernel lets this process use it. The first signal handler that runs on a
// thread whose tiles are in use needs 8 KB of stack more, which is why the kernel wants to be asked.
static bool has_matrix_unit() {
  constexpr unsigned amx_bf16 = 1 << 22, amx_tile = 1 << 24, avx512_bf16 = 1 << 5;
  constexpr long request_permission = 0x1023, tile_data = 18;  // ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA
  unsigned a, b, c, d;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (d & amx_bf16) && (d & amx_tile) &&
         __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a & avx512_bf16) &&
         syscall(SYS_arch_prctl, request_permission, tile_data) == 0;
}
#endif

static Instructions search() {
#ifdef __x86_64__
  unsigned a, b, c, d;
  const bool f16c = __get_cpuid(1, &a, &b, &c, &d) && (c & bit_F16C);
  if (!f16c || !__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) {
    return Instructions::baseline;
  }
  if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
      !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512vl")) {
    return Instructions::avx2;
  }
  return has_matrix_unit() ? Instructions::amx : Instructions::avx512;
#else
  return Instructions::baseline;
#endif
}

static Instructions best() {
  static const Instructions best = search();
  return best;
}

static std::atomic<Instructions>& current() {
  static std::atomic<Instructions> set = best();
  return set;
}

Instructions instructions() { return current().load(std::memory_order_relaxed); }

void limit_instructions(Instructions most) { current() = std::min(best(), most); }

}  // namespace mlx4j::cpu
