// What must be known about a graph before MLX walks it: MLX's transforms recurse as deep as the graph, some operations
// allocate where a refusal would do harm, and errors of a computation reach whichever thread waits next.
#pragma once

#include "handles.h"

namespace mlx4j {

// Bytes of stack that a transform uses for each level of a graph, as measured with MLX 0.32.4 (80, 112, 128 and 192),
// plus a third.
struct StackUse {
  static constexpr std::size_t vjp = 112, vmap = 152, jvp = 176, compile = 256;
};

// Throws stack_overflow if a transform that recurses from `outputs` down to `inputs` could run out of stack here.
void require_stack_for(const Arrays& outputs, const Arrays& inputs, std::size_t bytes_per_level);

// Wraps a function that a transform is about to trace and to walk: its placeholders are known while it runs, and the
// stack is checked when it returns.
Fn guarded(const SharedFn& f, std::size_t bytes_per_level);

// Whether all that this thread is tracing, if anything, are functions wrapped by recorded(): what is recorded will be
// replayed as it is, and nothing is derived from it.
bool traced_for_compile_at_most();

// guarded(), for a function that compile() records.
Fn recorded(const SharedFn& f);

struct EvalPlan {
  Arrays fallible;             // operations that may fail while they compute, inputs first
  bool little_work = false;    // finished before anybody would notice
  std::vector<Arrays> slices;  // of a large graph: what to compute first, second, …
};

// Returns the unscheduled arrays below `outputs`, and those that are computed together with them, inputs first.
Arrays inputs_first(const Arrays& outputs);

// Throws out_of_memory if there is no room for a workspace (memory for results is checked when it is allocated), and
// std::logic_error if a value belongs to a function that another thread is tracing.
EvalPlan plan_evaluation(const Arrays& outputs, bool tracing);

// Whether `a` is computed from an argument of a function that is being traced.
bool depends_on_placeholder(const mx::array& a);

// Returns the operations below `outputs` that have yet to communicate with other processes, inputs first.
Arrays communications(const Arrays& outputs);

}  // namespace mlx4j
