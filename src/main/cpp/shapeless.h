// Functions that are compiled for arguments of any size.
#pragma once

#include <set>

#include "handles.h"

namespace mlx4j {

// A recorded graph made of the arguments. An argument that the function also captures would be seen as two arrays, a
// constant and an input; then copies are passed.
Arrays call_compiled(const Fn& compiled, const Arrays& args);

// One recording for all sizes where that is known to be right, otherwise one for each shape. Whether sizes matter is
// found out by the first recording; the results are the plain function's either way.
class AnySize {
 public:
  // `traced` is the function, `id` the name of its recordings for all sizes in MLX's cache; `for_each_shape` compiles
  // it the other way.
  AnySize(Fn traced, std::uintptr_t id, std::function<Fn()> for_each_shape);

  Arrays operator()(const Arrays& args);

 private:
  // What MLX keeps one recording for: dtypes and numbers of axes.
  using Kinds = std::vector<std::pair<mx::Dtype::Val, std::size_t>>;

  static Kinds kinds_of(const Arrays& args);
  std::optional<Arrays> recorded(const Arrays& args, const Kinds& kinds);

  std::set<Kinds> sized_;  // for these, sizes matter
  std::uintptr_t id_;
  Fn any_size_;
  std::function<Fn()> compile_for_each_shape_;
  std::shared_ptr<const Fn> for_each_shape_;
  std::set<std::pair<Kinds, std::vector<int>>> shapes_;  // that it has recorded
};

}  // namespace mlx4j
