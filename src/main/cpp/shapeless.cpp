#include "shapeless.h"

#include <algorithm>
#include <cstring>

#include "mlx/compile_impl.h"
#include "recordings.h"

namespace mlx4j {

Arrays call_compiled(const Fn& compiled, const Arrays& args) {
  try {
    return compiled(args);
  } catch (const std::invalid_argument& e) {
    if (!std::strstr(e.what(), "uncaptured inputs")) {
      throw;
    }
  }
  Arrays copies;
  std::transform(args.begin(), args.end(), std::back_inserter(copies), [](auto& a) { return mx::copy(a); });
  return compiled(copies);
}

namespace {

// MLX keeps every recording, and a sequence may grow with each call.
constexpr std::size_t most_shapes = 256;

struct trace_failed {  // an exception that the function itself threw
  std::exception_ptr cause;
};

}  // namespace

AnySize::AnySize(Fn traced, std::uintptr_t id, std::function<Fn()> for_each_shape)
    : id_(id),
      compile_for_each_shape_(std::move(for_each_shape)),
      for_each_shape_(std::make_shared<const Fn>(compile_for_each_shape_())) {
  Fn noting = [this, traced = std::move(traced)](const Arrays& args) {
    Recording recording;
    try {
      auto results = traced(args);
      if (!recording.follows()) {
        sized_.insert(kinds_of(args));
      }
      return results;
    } catch (...) {
      throw trace_failed{std::current_exception()};
    }
  };
  any_size_ = mx::detail::compile(std::move(noting), id, true);
}

AnySize::Kinds AnySize::kinds_of(const Arrays& args) {
  Kinds kinds;
  for (auto& a : args) {
    kinds.emplace_back(a.dtype().val(), a.ndim());
  }
  return kinds;
}

std::optional<Arrays> AnySize::recorded(const Arrays& args, const Kinds& kinds) {
  const auto empty = [](const mx::array& a) { return a.size() == 0; };
  if (std::any_of(args.begin(), args.end(), empty) || sized_.contains(kinds)) {
    return {};  // operations on empty arrays often differ
  }
  try {
    auto results = call_compiled(any_size_, args);
    if (!sized_.contains(kinds)) {
      return results;
    }
  } catch (const trace_failed& failure) {
    mx::detail::compile_erase(mx::detail::compile_cache(), id_);
    std::rethrow_exception(failure.cause);
  } catch (const std::exception&) {
    // an operation of the recording cannot follow sizes, or these sizes do not fit: the plain function will report it
  }
  return {};
}

Arrays AnySize::operator()(const Arrays& args) {
  auto kinds = kinds_of(args);
  if (auto results = recorded(args, kinds)) {
    return *std::move(results);
  }
  std::vector<int> sizes;
  for (auto& a : args) {
    sizes.insert(sizes.end(), a.shape().begin(), a.shape().end());
  }
  if (shapes_.size() >= most_shapes) {
    shapes_.clear();
    for_each_shape_ = std::make_shared<const Fn>(compile_for_each_shape_());
  }
  shapes_.emplace(std::move(kinds), std::move(sizes));
  const auto compiled = for_each_shape_;  // kept, because another thread may replace it
  return (*compiled)(args);
}

}  // namespace mlx4j
