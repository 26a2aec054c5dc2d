#include "cpu.h"

#ifdef MLX4J_CPU

#include <atomic>

#include "bridge/threads.h"
#include "cpu/evaluation.h"
#include "cpu/instructions.h"
#include "cpu/parallel.h"
#include "cpu/program.h"

namespace mlx4j {

static std::atomic<bool> kernels{true};

void use_cpu(int instructions, int threads) {
  kernels = instructions >= 0;
  if (kernels) {
    cpu::limit_instructions(cpu::Instructions(instructions));
  }
  cpu::use_threads(threads);
  use_queues(threads);
}

void use_busy_processors(bool share) { cpu::use_busy_processors(share); }

bool cpu_kernels() { return kernels.load(std::memory_order_relaxed); }
bool fuses_on_cpu() { return true; }
void install_cpu_kernels() { cpu::replace_evaluation(); }
void limit_cpu_blocks(int elements) { cpu::limit_blocks(elements); }
int unfused_on_cpu() { return cpu::unfused(); }

}  // namespace mlx4j

#else

namespace mlx4j {

void use_cpu(int, int) {}
void use_busy_processors(bool) {}
bool cpu_kernels() { return false; }
bool fuses_on_cpu() { return false; }
void install_cpu_kernels() {}
void limit_cpu_blocks(int) {}
int unfused_on_cpu() { return 0; }

}  // namespace mlx4j

#endif
