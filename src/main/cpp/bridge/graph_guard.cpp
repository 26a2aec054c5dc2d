#include "graph_guard.h"

#include <algorithm>
#include <sstream>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "allocation.h"
#include "large_stack.h"
#include "memory_limits.h"
#include "mlx_primitives.h"
#include "threads.h"

namespace mlx4j {

namespace {

// A set of array ids that is cheap to fill and to empty again and again: an entry counts only when its stamp is
// current.
class IdSet {
 public:
  void clear() {
    count_ = 0;
    if (++stamp_ == 0) {
      std::fill(entries_.begin(), entries_.end(), Entry{});
      stamp_ = 1;
    }
  }
  bool insert(std::uintptr_t id) {
    if (2 * count_ >= entries_.size()) {
      grow();
    }
    return place(id);
  }
  std::size_t size() const { return count_; }

 private:
  struct Entry {
    std::uintptr_t id = 0;
    std::uint32_t stamp = 0;
  };
  bool place(std::uintptr_t id) {
    const auto mask = entries_.size() - 1;
    for (auto i = (id >> 4) * 0x9E3779B97F4A7C15u >> 20 & mask;; i = (i + 1) & mask) {
      Entry& e = entries_[i];
      if (e.stamp != stamp_) {
        e = {id, stamp_};
        ++count_;
        return true;
      }
      if (e.id == id) {
        return false;
      }
    }
  }
  void grow() {
    std::vector<Entry> old(entries_.size() * 2);
    old.swap(entries_);
    count_ = 0;
    for (auto& e : old) {
      if (e.stamp == stamp_) {
        place(e.id);
      }
    }
  }
  std::vector<Entry> entries_ = std::vector<Entry>(64);
  std::uint32_t stamp_ = 1;
  std::size_t count_ = 0;
};

struct Walk {
  IdSet seen;
  std::vector<const mx::array*> pending;
};

// Visits each array once, outputs first, and goes on to the inputs of those for which `visit` answers true. Neither
// visits `boundary` nor goes beyond it. Returns how many were visited.
template <class V>
std::size_t walk(const Arrays& outputs, const Arrays& boundary, V visit) {
  thread_local Walk w;
  w.seen.clear();
  w.pending.clear();
  for (auto& a : boundary) {
    w.seen.insert(a.id());
  }
  const auto before = w.seen.size();
  auto reach = [](const mx::array& a) {
    if (w.seen.insert(a.id())) {
      w.pending.push_back(&a);
    }
  };
  for (auto& a : outputs) {
    reach(a);
  }
  while (!w.pending.empty()) {
    const mx::array& a = *w.pending.back();
    w.pending.pop_back();
    if (visit(a)) {
      for (auto& i : a.inputs()) {
        reach(i);
      }
    }
  }
  return w.seen.size() - before;
}

std::size_t longest_path(const Arrays& outputs, const Arrays& boundary) {
  std::unordered_map<std::uintptr_t, std::size_t> depth;
  for (auto& a : boundary) {
    depth[a.id()] = 0;
  }
  std::vector<std::pair<const mx::array*, std::size_t>> stack;
  std::size_t longest = 0;
  for (auto& o : outputs) {
    if (depth.contains(o.id())) {
      continue;
    }
    stack.emplace_back(&o, 0);
    while (!stack.empty()) {
      auto& [a, next] = stack.back();
      if (next < a->inputs().size()) {
        const mx::array& in = a->inputs()[next++];
        if (!depth.contains(in.id())) {
          stack.emplace_back(&in, 0);
        }
        continue;
      }
      std::size_t d = 1;
      for (auto& in : a->inputs()) {
        if (auto it = depth.find(in.id()); it != depth.end()) {
          d = std::max(d, it->second + 1);
        }
      }
      depth[a->id()] = d;
      longest = std::max(longest, d);
      stack.pop_back();
    }
  }
  return longest;
}

constexpr std::size_t stack_of_a_transform = 32 << 10;  // its own frames, without those for each level

constexpr std::size_t little_workspace = std::size_t(1) << 20;  // will be there

// From here on it is waited for, because it may be gone by the time that it is allocated.
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

// A rough number of arithmetic operations.
std::size_t work(const mx::array& a, const PrimitiveTraits& traits) {
  if (a.inputs().empty() || traits.work == Work::result) {
    return a.size();
  }
  const mx::array& first = a.inputs()[0];
  if (traits.work == Work::first_input) {
    return first.size();
  }
  return first.ndim() > 0 ? a.size() * std::size_t(std::max(1, first.shape(-1))) : a.size();
}

// While it computes more than a few dozen operations at once, MLX waits with the entry lock held. So a graph of much
// work is computed in slices of about this much (some milliseconds), and others may enter between them.
constexpr std::size_t work_of_a_slice = std::size_t(1) << 24;

constexpr std::size_t little_work = std::size_t(1) << 16;  // some microseconds

// The unscheduled arrays below `outputs`, inputs first, cut into slices; each stands for the arrays that later ones
// need.
std::vector<Arrays> slice(const Arrays& outputs) {
  struct Node {
    mx::array array;
    std::size_t slice;
    bool needed_later = false;
  };
  std::vector<Node> order;
  std::unordered_map<std::uintptr_t, std::size_t> place;  // in `order`
  std::unordered_map<std::uintptr_t, bool> seen;
  std::vector<std::pair<const mx::array*, std::size_t>> stack;
  std::size_t current = 0;
  std::size_t sum = 0;
  auto reach = [&](const mx::array& a) {
    if (a.status() == mx::array::Status::unscheduled && a.has_primitive() && seen.emplace(a.id(), true).second) {
      stack.emplace_back(&a, 0);
    }
  };
  for (auto& o : outputs) {
    reach(o);
    while (!stack.empty()) {
      auto& [a, next] = stack.back();
      if (next < a->inputs().size()) {
        reach(a->inputs()[next++]);
        continue;
      }
      sum += work(*a, traits_of(*a));
      for (auto& in : a->inputs()) {
        if (auto it = place.find(in.id()); it != place.end() && order[it->second].slice < current) {
          order[it->second].needed_later = true;
        }
      }
      place[a->id()] = order.size();
      order.push_back({*a, current});
      if (sum >= work_of_a_slice) {
        ++current;
        sum = 0;
      }
      stack.pop_back();
    }
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

// The tracers of all functions that are being traced, on any thread; guarded by the entry lock.
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

// MLX would take a traced value that it evaluates on another thread out of the traced graph, and the gradient would
// silently be zero.
void require_no_foreign_tracer(const Arrays& outputs) {
  walk(outputs, {}, [](const mx::array& a) {
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
  auto depth = walk(outputs, inputs, [](auto&) { return true; });  // at most
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
    msg << "the system gave no memory for a large stack, and that of this thread has room for " << levels
        << "; run it on a thread with a larger stack (the stackSize of Thread's constructor, or -Xss), or evaluate";
  }
  msg << " intermediate results outside the function";
  throw stack_overflow(msg.str());
}

Fn guarded(const SharedFn& f, std::size_t bytes_per_level) {
  return [f, bytes_per_level](const Arrays& args) {
    if (stack_left() < stack_of_a_transform) {
      throw stack_overflow("transforms are nested too deeply for the stack that is left");
    }
    ActiveTracers active(args);
    auto results = (*f)(args);
    require_stack_for(results, args, bytes_per_level);
    return results;
  };
}

Arrays inputs_first(const Arrays& outputs) {
  Arrays order;
  std::unordered_set<std::uintptr_t> seen;
  std::vector<std::pair<const mx::array*, std::size_t>> stack;
  auto reach = [&](const mx::array& a) {
    if (a.status() == mx::array::Status::unscheduled && seen.insert(a.id()).second) {
      stack.emplace_back(&a, 0);
    }
  };
  for (auto& o : outputs) {
    reach(o);
    while (!stack.empty()) {
      auto& [a, next] = stack.back();
      if (next < a->inputs().size()) {
        reach(a->inputs()[next++]);
        continue;
      }
      order.push_back(*a);
      for (auto& sibling : a->siblings()) {
        if (seen.insert(sibling.id()).second) {
          order.push_back(sibling);
        }
      }
      stack.pop_back();
    }
  }
  return order;
}

EvalPlan plan_evaluation(const Arrays& outputs, bool tracing) {
  if (!tracing && !active_tracers().empty()) {
    require_no_foreign_tracer(outputs);
  }
  EvalPlan plan;
  bool can_fail = false;
  std::size_t sum = 0;
  walk(outputs, {}, [&](const mx::array& a) {
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
    walk({a}, {}, [&](const mx::array& below) {
      found = found || std::find(all.begin(), all.end(), below.id()) != all.end();
      return !found;
    });
  }
  return found;
}

Arrays communications(const Arrays& outputs) {
  Arrays found;
  IdSet seen;
  std::vector<std::pair<const mx::array*, std::size_t>> stack;
  auto reach = [&](const mx::array& a) {
    if (a.status() == mx::array::Status::unscheduled && a.has_primitive() && seen.insert(a.id())) {
      stack.emplace_back(&a, 0);
    }
  };
  for (auto& o : outputs) {
    reach(o);
    while (!stack.empty()) {
      auto& [a, next] = stack.back();
      if (next < a->inputs().size()) {
        reach(a->inputs()[next++]);
        continue;
      }
      if (traits_of(*a).communicates) {
        found.push_back(*a);
      }
      stack.pop_back();
    }
  }
  return found;
}

}  // namespace mlx4j
