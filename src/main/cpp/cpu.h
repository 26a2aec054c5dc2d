// What computes element-wise operations, reductions and quantized products on the CPU. On Linux that are the kernels in
// cpu/, unless the user wants MLX's own computations; on macOS always MLX's.
#pragma once

#include <cstddef>
#include <functional>

#include "bridge/handles.h"

namespace mlx4j {

// Makes the choice: `instructions` is the largest of cpu::Instructions that may be used, or -1 for MLX's own
// computations. `threads` is how many threads compute together. Not while anything is computed.
void use_cpu(int instructions, int threads);

// Whether the kernels in cpu/ are used.
bool cpu_kernels();

// For tests: how many processors pass for idle; -1 for those that are.
void assume_idle_processors(int count);

// For tests: how many more times a thread gets memory for packing the factors of a product; -1 for any number.
void limit_workspaces(int count);

// Puts them in the place of MLX's own. Once, at start.
void install_cpu_kernels();

// For tests: how many elements are computed together at most, even few of them by several threads; 0 for the usual. Not
// while anything is computed.
void limit_cpu_blocks(int elements);

// Prepares a graph for being evaluated: chains of element-wise operations become one each. If the evaluation fails,
// what it has not scheduled must become what it was.
void fuse_for_cpu(const Arrays& outputs);
void separate_for_cpu(const Arrays& outputs);

// Evaluates with this thread alone. Nothing that is needed may be in flight, and it should take microseconds.
void evaluate_immediately(const Arrays& outputs);

// Calls `schedule` and computes what it schedules, if it can, with this thread instead of those of the streams, while
// others may enter. `is_idle` says whether nothing is in flight on a stream.
void compute_own_tasks(const std::function<void()>& schedule, const std::function<bool(mx::Stream)>& is_idle);

// What this thread has scheduled may wait for being computed by it. These are called before it waits for a stream, and
// before it allocates memory.
void compute_kept_tasks();
void expect_memory_use(std::size_t bytes);

// For tests: how many chains have been fused.
int chains_fused_for_cpu();

// For tests: how many fused computations were computed one operation after the other nevertheless.
int unfused_on_cpu();

// Whether compiled functions may be fused for the CPU, which MLX itself does by running a C++ compiler.
bool fuses_on_cpu();

}  // namespace mlx4j
