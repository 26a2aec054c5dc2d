#include "cpu.h"

#ifdef MLX4J_CPU

#include <atomic>

#include "bridge/threads.h"
#include "cpu/chains.h"
#include "cpu/evaluation.h"
#include "cpu/instructions.h"
#include "cpu/parallel.h"
#include "cpu/program.h"
#include "cpu/workspaces.h"

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

void assume_idle_processors(int count) { cpu::assume_idle_processors(count); }

bool cpu_kernels() { return kernels.load(std::memory_order_relaxed); }
bool fuses_on_cpu() { return true; }
void install_cpu_kernels() { cpu::replace_evaluation(); }
void limit_cpu_blocks(int elements) { cpu::limit_blocks(elements); }
void limit_workspaces(int count) { cpu::workspaces_left = count; }
int unfused_on_cpu() { return cpu::unfused(); }
int chains_fused_for_cpu() { return cpu::fused_chains(); }
void separate_for_cpu(const Arrays& outputs) { cpu::separate_chains(outputs); }
void fuse_for_cpu(const Arrays& outputs) {
  if (cpu_kernels()) {
    cpu::fuse_chains(outputs);
  }
}

}  // namespace mlx4j

#else

namespace mlx4j {

void use_cpu(int, int) {}
void assume_idle_processors(int) {}
bool cpu_kernels() { return false; }
bool fuses_on_cpu() { return false; }
void install_cpu_kernels() {}
void limit_cpu_blocks(int) {}
void limit_workspaces(int) {}
int unfused_on_cpu() { return 0; }
int chains_fused_for_cpu() { return 0; }
void separate_for_cpu(const Arrays&) {}
void fuse_for_cpu(const Arrays&) {}

}  // namespace mlx4j

#endif

#ifdef __linux__

#include "cpu/tasks.h"

namespace mlx4j {

void evaluate_immediately(const Arrays& outputs) {
  cpu::ComputedImmediately immediately;
  mx::eval(outputs);
}
void compute_own_tasks(const std::function<void()>& schedule, const std::function<bool(mx::Stream)>& is_idle) {
  cpu::compute_own_tasks(schedule, is_idle);
}
void compute_kept_tasks() { cpu::compute_kept_tasks(); }
void expect_memory_use(std::size_t bytes) { cpu::expect_memory_use(bytes); }

}  // namespace mlx4j

#else

namespace mlx4j {

void evaluate_immediately(const Arrays& outputs) { mx::eval(outputs); }
void compute_own_tasks(const std::function<void()>& schedule, const std::function<bool(mx::Stream)>&) { schedule(); }
void compute_kept_tasks() {}
void expect_memory_use(std::size_t) {}

}  // namespace mlx4j

#endif
