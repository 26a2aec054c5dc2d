#include "recordings.h"

namespace mlx4j {

Recording* innermost_recording = nullptr;

Recording::Recording() : outer_(innermost_recording) { innermost_recording = this; }

// The recordings of several threads may overlap in any way.
Recording::~Recording() {
  auto** link = &innermost_recording;
  while (*link != this) {
    link = &(*link)->outer_;
  }
  *link = outer_;
}

// Only the thread that traces an array knows that it is traced, so for other threads the answer is the cautious one.
void Recorded::argument(const mx::array& a) {
  for (auto* r = innermost_recording; r; r = r->outer_) {
    r->uses_traced_ = r->uses_traced_ || r->thread_ != std::this_thread::get_id() || a.is_tracer();
  }
}

void Recorded::sizes_of(const mx::array& a) {
  for (auto* r = innermost_recording; r; r = r->outer_) {
    r->follows_ = r->follows_ && r->thread_ == std::this_thread::get_id() && !a.is_tracer();
  }
}

void Recorded::result(const mx::array& a, bool follows) {
  for (auto* r = innermost_recording; r; r = r->outer_) {
    r->follows_ = r->follows_ && (follows || !(r->uses_traced_ || a.is_tracer()));
    r->uses_traced_ = false;
  }
}

bool is_recorded(const mx::array& a) { return innermost_recording && a.is_tracer(); }

}  // namespace mlx4j
