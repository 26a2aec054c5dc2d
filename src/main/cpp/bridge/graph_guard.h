// What must be known about a graph before MLX walks it: MLX's transforms recurse as deep as the graph, its allocator
// does not notice a failed allocation, and errors of a computation reach whichever thread waits next.
#pragma once

#include "handles.h"

namespace mlx4j {

// Bytes of stack that a transform takes for each level of a graph: measured on MLX 0.32.4 (80, 112, 128 and 192), and a
// third more.
struct StackUse {
  static constexpr std::size_t vjp = 112, vmap = 152, jvp = 176, compile = 256;
};

// Throws stack_overflow when a transform that recurses from `outputs` down to `inputs` could run out of stack here.
void require_stack_for(const Arrays& outputs, const Arrays& inputs, std::size_t bytes_per_level);

// The same check around a function that a transform is about to walk.
Fn guarded(const Fn& f, std::size_t bytes_per_level);

struct EvalPlan {
  bool can_fail = false;  // some operation may report an error while it computes
  Arrays unscheduled;     // filled only then: what has no value if it does
};

// Throws out_of_memory when a result could never be allocated.
EvalPlan plan_evaluation(const Arrays& outputs);

}  // namespace mlx4j
