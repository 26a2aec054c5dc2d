// What must be known about a graph before MLX walks it: MLX's transforms recurse as deep as the graph, some operations
// take memory where it cannot be refused, and errors of a computation reach whichever thread waits next.
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

// A function that a transform is about to trace and to walk: its tracers are known while it runs, and the stack is
// checked when it returns.
Fn guarded(const SharedFn& f, std::size_t bytes_per_level);

struct EvalPlan {
  Arrays fallible;             // what may report an error while it computes, inputs first
  bool little_work = false;    // done before anybody would notice
  std::vector<Arrays> slices;  // of much work: what to compute first, second, …
};

// The unscheduled arrays below `outputs` and what is computed together with them, inputs first.
Arrays inputs_first(const Arrays& outputs);

// Throws out_of_memory when there is no room for a workspace (that for results is looked at when they are allocated),
// and std::logic_error when a value belongs to a function that another thread is tracing.
EvalPlan plan_evaluation(const Arrays& outputs, bool tracing);

// Whether `a` is computed from an argument of a function that is being traced.
bool depends_on_placeholder(const mx::array& a);

// The operations below `outputs` that communicate with other processes and have not yet done so, inputs first.
Arrays communications(const Arrays& outputs);

}  // namespace mlx4j
