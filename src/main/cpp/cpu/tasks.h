// Where the tasks of an evaluation are computed.
#pragma once

namespace mlx4j::cpu {

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

}  // namespace mlx4j::cpu
