// Functions that are compiled for arguments of any size.
#pragma once

#include <set>

#include "handles.h"

namespace mlx4j {

// Calls a compiled function. If the function also captured one of its arguments, MLX would see it as two arrays, a
// constant and an input, so copies are passed then.
Arrays call_compiled(const Fn& compiled, const Arrays& args);

// Uses one recording for all sizes if that is known to be correct, otherwise one for each shape. The first recording
// shows whether sizes matter; the results equal the plain function's either way.
class AnySize {
 public:
  // `traced` is the function, `id` identifies its recordings for all sizes in MLX's cache, and `for_each_shape`
  // compiles the function for each shape.
  AnySize(Fn traced, std::uintptr_t id, std::function<Fn()> for_each_shape);

  Arrays operator()(const Arrays& args);

 private:
  // MLX keeps one recording for each combination of dtypes and numbers of axes.
  using Kinds = std::vector<std::pair<mx::Dtype::Val, std::size_t>>;

  static Kinds kinds_of(const Arrays& args);
  std::optional<Arrays> recorded(const Arrays& args, const Kinds& kinds);

  std::set<Kinds> sized_;  // those for which sizes matter
  std::uintptr_t id_;
  Fn any_size_;
  std::function<Fn()> compile_for_each_shape_;
  std::shared_ptr<const Fn> for_each_shape_;
  std::set<std::pair<Kinds, std::vector<int>>> shapes_;  // the shapes that it has recorded
};

}  // namespace mlx4j
