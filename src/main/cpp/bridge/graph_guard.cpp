#include "graph_guard.h"

#include <algorithm>
#include <sstream>
#include <string>
#include <unordered_map>

#include "allocation.h"
#include "evaluation.h"
#include "graph_walk.h"
#include "large_stack.h"
#include "memory_limits.h"
#include "mlx_primitives.h"
#include "threads.h"

namespace mlx4j {

namespace {

std::size_t longest_path(const Arrays& outputs, const Arrays& boundary) {
  std::unordered_map<std::uintptr_t, std::size_t> depth;
  for (auto& a : boundary) {
    depth[a.id()] = 0;
  }
  std::size_t longest = 0;
  walk_inputs_first(
      outputs, [&](const mx::array& a) { return !depth.contains(a.id()); },
      [&](const mx::array& a) {
        std::size_t d = 1;
        for (auto& in : a.inputs()) {
          if (auto it = depth.find(in.id()); it != depth.end()) {
            d = std::max(d, it->second + 1);
          }
        }
        for_each_output(a, [&](const mx::array& output) { depth[output.id()] = d; });
        longest = std::max(longest, d);
      });
  return longest;
}

constexpr std::size_t stack_of_a_transform = 32 << 10;  // for its own frames, without those for each level

constexpr std::size_t little_workspace = std::size_t(1) << 20;  // assumed to be available

// Operations with a larger workspace are waited for, because the memory may be gone by the time they allocate it.
std::size_t much_workspace() { return physical_memory() / 64; }

std::size_t workspace(const mx::array& a, const PrimitiveTraits& traits) {
  const bool on_processor = a.primitive().stream().device == mx::Device::cpu;
  return traits.workspace && on_processor ? traits.workspace(a) : 0;
}

bool may_fail(const mx::array& a, const PrimitiveTraits& traits) {
  switch (traits.fails) {
    case Fails::sometimes:
      return true;
    case Fails::unless_float32:
      return a.dtype() != mx::float32;
    case Fails::if_wide:
      return a.dtype().size() > mx::float32.size();
    default:
      return workspace(a, traits) > much_workspace();
  }
}

// Estimates the number of arithmetic operations.
std::size_t work(const mx::array& a, const PrimitiveTraits& traits) {
  if (a.inputs().empty() || traits.work == Work::result) {
    return a.size();
  }
  const mx::array& first = a.inputs()[0];
  if (traits.work == Work::first_input) {
    return first.size();
  }
  if (traits.work == Work::attention) {
    return 2 * a.size() * std::size_t(a.inputs()[1].shape(-2));
  }
  return first.ndim() > 0 ? a.size() * std::size_t(std::max(1, first.shape(-1))) : a.size();
}

// While MLX computes more than a few dozen operations at once, it waits with the entry lock held. So a large graph is
// computed in slices of about this much work (some milliseconds), between which other threads may enter.
constexpr std::size_t work_of_a_slice = std::size_t(1) << 24;

constexpr std::size_t little_work = std::size_t(1) << 16;  // some microseconds

// Cuts the unscheduled arrays below `outputs`, inputs first, into slices. Each slice is represented by those of its
// arrays that later slices need.
std::vector<Arrays> slice(const Arrays& outputs) {
  struct Node {
    mx::array array;
    std::size_t slice;
    bool needed_later = false;
  };
  std::vector<Node> order;
  std::unordered_map<std::uintptr_t, std::size_t> place;  // in `order`
  std::size_t current = 0;
  std::size_t sum = 0;
  walk_inputs_first(outputs, is_pending, [&](const mx::array& a) {
    sum += work(a, traits_of(a));
    for (auto& in : a.inputs()) {
      if (auto it = place.find(in.id()); it != place.end() && order[it->second].slice < current) {
        order[it->second].needed_later = true;
      }
    }
    for_each_output(a, [&](const mx::array& output) {
      place[output.id()] = order.size();
      order.push_back({output, current});
    });
    if (sum >= work_of_a_slice) {
      ++current;
      sum = 0;
    }
  });
  for (auto& o : outputs) {
    if (auto it = place.find(o.id()); it != place.end()) {
      order[it->second].needed_later = true;
    }
  }
  std::vector<Arrays> slices(current + 1);
  for (auto& n : order) {
    if (n.needed_later) {
      slices[n.slice].push_back(std::move(n.array));
    }
  }
  return slices;
}

// The placeholders of all functions that are being traced, on any thread; guarded by the entry lock.
std::vector<std::uintptr_t>& active_tracers() {
  static auto& ids = immortal<std::vector<std::uintptr_t>>();
  return ids;
}

class ActiveTracers {
 public:
  explicit ActiveTracers(const Arrays& args) {
    for (auto& a : args) {
      if (a.is_tracer()) {
        ids_.push_back(a.id());
      }
    }
    active_tracers().insert(active_tracers().end(), ids_.begin(), ids_.end());
  }
  ~ActiveTracers() {
    auto& all = active_tracers();
    for (auto id : ids_) {
      *std::find(all.begin(), all.end(), id) = all.back();
      all.pop_back();
    }
  }
  ActiveTracers(const ActiveTracers&) = delete;
  ActiveTracers& operator=(const ActiveTracers&) = delete;

 private:
  std::vector<std::uintptr_t> ids_;
};

// If MLX evaluated a traced value on another thread, it would detach it from the traced graph, and the gradient would
// silently become zero.
void require_no_foreign_tracer(const Arrays& outputs) {
  walk_in_any_order(outputs, {}, [](const mx::array& a) {
    const auto& all = active_tracers();
    if (std::find(all.begin(), all.end(), a.id()) != all.end()) {
      throw std::logic_error(
          "[eval] this value belongs to a function that another thread is tracing; it can only be read on that thread");
    }
    return true;
  });
}

}  // namespace

void require_stack_for(const Arrays& outputs, const Arrays& inputs, std::size_t bytes_per_level) {
  const auto levels = stack_left() / bytes_per_level;
  auto depth = walk_in_any_order(outputs, inputs, [](auto&) { return true; });  // an upper bound
  if (depth > levels) {
    depth = longest_path(outputs, inputs);
  }
  if (depth <= levels) {
    expect_stack_use(depth * bytes_per_level);
    return;
  }
  std::ostringstream msg;
  msg << "the traced graph is " << depth << " operations deep and a transform recurses through all of them, but ";
  if (on_large_stack_now()) {
    msg << "there is room for " << levels << "; evaluate";
  } else {
    msg << "the system provided no memory for a large stack, and the stack of this thread has room for " << levels
        << "; run it on a thread with a larger stack (the stackSize of Thread's constructor, or -Xss), or evaluate";
  }
  msg << " intermediate results outside the function";
  throw stack_overflow(msg.str());
}

// How many calls of guarded functions this thread is in, and how many of those are recorded.
static thread_local int guarded_calls = 0, recorded_calls = 0;

class Within {
 public:
  explicit Within(int& calls) : calls_(calls) { ++calls_; }
  ~Within() { --calls_; }
  Within(const Within&) = delete;
  Within& operator=(const Within&) = delete;

 private:
  int& calls_;
};

bool traced_for_compile_at_most() { return !tracing() || (guarded_calls > 0 && guarded_calls == recorded_calls); }

static bool is_update_of_values(const mx::array& a) {
  const auto type = is_pending(a) ? traits_of(a).type : std::string_view();
  return (type == type_name<mx::SliceUpdate>() || type == type_name<mx::DynamicSliceUpdate>()) && !a.is_tracer() &&
         std::none_of(a.inputs().begin(), a.inputs().end(),
                      [](const mx::array& in) { return in.status() == mx::array::Status::unscheduled; });
}

// A captured array that has been evaluated may be lazy again (cpu/updates.h). If its computation were recorded, each
// call would repeat it, and copy the array.
static void evaluate_updates_of_values(const Arrays& results, const Arrays& args) {
  Arrays updates;
  walk_in_any_order(results, args, [&updates](const mx::array& a) {
    if (is_update_of_values(a)) {
      updates.push_back(a);
    }
    return true;
  });
  if (!updates.empty()) {
    evaluate(std::move(updates));
  }
}

Fn recorded(const SharedFn& f) {
  auto noted = [f](const Arrays& args) {
    const Within recorded(recorded_calls);
    auto results = (*f)(args);
    evaluate_updates_of_values(results, args);
    return results;
  };
  return guarded(std::make_shared<const Fn>(std::move(noted)), StackUse::compile);
}

Fn guarded(const SharedFn& f, std::size_t bytes_per_level) {
  return [f, bytes_per_level](const Arrays& args) {
    if (stack_left() < stack_of_a_transform) {
      throw stack_overflow("transforms are nested too deeply for the stack that is left");
    }
    ActiveTracers active(args);
    const Within guarded(guarded_calls);
    auto results = (*f)(args);
    require_stack_for(results, args, bytes_per_level);
    return results;
  };
}

Arrays inputs_first(const Arrays& outputs) {
  Arrays order;
  walk_inputs_first(
      outputs, [](const mx::array& a) { return a.status() == mx::array::Status::unscheduled; },
      [&](const mx::array& a) { for_each_output(a, [&](const mx::array& output) { order.push_back(output); }); });
  return order;
}

EvalPlan plan_evaluation(const Arrays& outputs, bool tracing) {
  if (!tracing && !active_tracers().empty()) {
    require_no_foreign_tracer(outputs);
  }
  EvalPlan plan;
  bool can_fail = false;
  std::size_t sum = 0;
  walk_in_any_order(outputs, {}, [&](const mx::array& a) {
    if (a.status() != mx::array::Status::unscheduled) {
      return false;
    }
    if (a.has_primitive()) {
      const auto& traits = traits_of(a);
      if (const auto bytes = workspace(a, traits); bytes > little_workspace) {
        require_memory(bytes);
      }
      can_fail = can_fail || may_fail(a, traits);
      sum += work(a, traits);
    }
    return true;
  });
  plan.little_work = sum <= little_work;
  if (sum > 2 * work_of_a_slice) {
    plan.slices = slice(outputs);
  }
  if (can_fail) {
    plan.fallible = inputs_first(outputs);
    std::erase_if(plan.fallible, [](auto& a) { return !a.has_primitive() || !may_fail(a, traits_of(a)); });
  }
  return plan;
}

bool depends_on_placeholder(const mx::array& a) {
  const auto& all = active_tracers();
  bool found = false;
  if (!all.empty()) {
    walk_in_any_order({a}, {}, [&](const mx::array& below) {
      found = found || std::find(all.begin(), all.end(), below.id()) != all.end();
      return !found;
    });
  }
  return found;
}

Arrays communications(const Arrays& outputs) {
  Arrays found;
  walk_inputs_first(outputs, is_pending, [&](const mx::array& a) {
    if (traits_of(a).communicates) {
      found.push_back(a);
    }
  });
  return found;
}

}  // namespace mlx4j
