// Where the tasks of an evaluation are computed.
#pragma once

#include <cstddef>
#include <functional>

#include "mlx/stream.h"

namespace mlx4j::cpu {

namespace mx = mlx::core;

// While this lives, whatever this thread schedules is computed immediately, by this thread, which saves waking the
// stream's thread and waiting for it. Nothing that it needs may be in flight. Has no effect if the stack that is left
// is too small.
class ComputedImmediately {
 public:
  ComputedImmediately();
  ~ComputedImmediately();
  ComputedImmediately(const ComputedImmediately&) = delete;
  ComputedImmediately& operator=(const ComputedImmediately&) = delete;
};

// Calls `schedule`, keeps the tasks that it hands to a stream, and then computes them with this thread, while others
// may enter. What others hand to that stream meanwhile is computed afterwards.
//
// The tasks are computed by the threads of the streams after all if `is_idle` says that something is in flight on the
// stream, if they wait for what is in flight on another one, if they belong to several streams, which compute side by
// side, and if the stack that is left is too small.
void compute_own_tasks(const std::function<void()>& schedule, const std::function<bool(mx::Stream)>& is_idle);

// Computes the tasks that this thread has kept so far, and keeps none from then on. For those who are about to wait for
// a stream.
void compute_kept_tasks();

// Says that an array of this size is about to be allocated. If that is more than MLX's limit allows, MLX waits for
// tasks while it schedules others, so from then on they are not kept.
void expect_memory_use(std::size_t bytes);

}  // namespace mlx4j::cpu
