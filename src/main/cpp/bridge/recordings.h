// Whether a recorded graph fits arguments of other sizes. MLX replays one for any size, but most operations write sizes
// into it (the end of a slice, the shape of a broadcast), or leave out what changes nothing for the sizes that they
// see. So a recording counts as one for all sizes only when every traced array that Java saw was made by an operation
// that is known to follow them (adapter `following_out`), none was lost in an operation that gives a constant for it,
// and Java asked for no size.
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
  bool uses_traced_ = false;  // an argument of the current call is traced
  Recording* outer_;
};

extern Recording* innermost_recording;  // of any thread; guarded by the entry lock

// What happens to all recordings.
struct Recorded {
  static void argument(const mx::array& a);
  static void sizes_of(const mx::array& a);
  static void result(const mx::array& a, bool follows);
};

// An argument of a call.
inline void note_argument(const mx::array& a) {
  if (innermost_recording) {
    Recorded::argument(a);
  }
}

// Java asks for sizes.
inline void note_sizes_of(const mx::array& a) {
  if (innermost_recording) {
    Recorded::sizes_of(a);
  }
}

// The result of a call; an operation that is known to follow sizes or another.
inline void note_result(const mx::array& a, bool follows) {
  if (innermost_recording) {
    Recorded::result(a, follows);
  }
}

// Whether sizes of `a` are those of one recording of many.
bool is_recorded(const mx::array& a);

}  // namespace mlx4j
