// Whether a recorded graph is valid for arguments of other sizes. MLX replays a graph for any size, but most operations
// write sizes into it (the end of a slice, the shape of a broadcast), or omit steps that change nothing for the given
// sizes. So a recording counts as valid for all sizes only if every traced array that Java saw was made by an operation
// that is known to follow sizes (adapter `following_out`), no traced array was replaced by a constant, and Java did not
// ask for any size.
#pragma once

#include <thread>

#include "mlx/mlx.h"

namespace mlx4j {

namespace mx = mlx::core;

class Recording {
 public:
  Recording();
  ~Recording();
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

  bool follows() const { return follows_; }

 private:
  friend struct Recorded;
  const std::thread::id thread_ = std::this_thread::get_id();
  bool follows_ = true;
  bool uses_traced_ = false;  // whether an argument of the current call is traced
  Recording* outer_;
};

extern Recording* innermost_recording;  // of all threads; guarded by the entry lock

// Notifies all recordings.
struct Recorded {
  static void argument(const mx::array& a);
  static void sizes_of(const mx::array& a);
  static void result(const mx::array& a, bool follows);
};

// Notes an argument of a call.
inline void note_argument(const mx::array& a) {
  if (innermost_recording) {
    Recorded::argument(a);
  }
}

// Notes that Java asks for the sizes of `a`.
inline void note_sizes_of(const mx::array& a) {
  if (innermost_recording) {
    Recorded::sizes_of(a);
  }
}

// Notes the result of a call, and whether its operation is known to follow sizes.
inline void note_result(const mx::array& a, bool follows) {
  if (innermost_recording) {
    Recorded::result(a, follows);
  }
}

// Whether the sizes of `a` are those of one recording among many.
bool is_recorded(const mx::array& a);

}  // namespace mlx4j
