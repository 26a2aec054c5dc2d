// The two ways through a graph. Neither recurses, so no graph is too deep for the stack.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "handles.h"

namespace mlx4j {

// A set of array ids that is cheap to fill and to empty repeatedly: an entry counts only while its stamp is current.
class IdSet {
 public:
  void clear() {
    count_ = 0;
    if (++stamp_ == 0) {
      std::fill(entries_.begin(), entries_.end(), Entry{});
      stamp_ = 1;
    }
  }

  // Returns whether the id is new.
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

// Whether an operation has yet to compute the array.
inline bool is_pending(const mx::array& a) { return a.status() == mx::array::Status::unscheduled && a.has_primitive(); }

// Visits each array once, in any order, and continues with the inputs of those for which `visit` returns true. Stops at
// `boundary`, which is not visited. Returns the number of visited arrays. `visit` must not start such a walk itself.
template <class Visit>
std::size_t walk_in_any_order(const Arrays& outputs, const Arrays& boundary, Visit visit) {
  thread_local IdSet seen;
  thread_local std::vector<const mx::array*> pending;
  seen.clear();
  pending.clear();
  for (auto& a : boundary) {
    seen.insert(a.id());
  }
  const auto before = seen.size();
  auto reach = [](const mx::array& a) {
    if (seen.insert(a.id())) {
      pending.push_back(&a);
    }
  };
  for (auto& a : outputs) {
    reach(a);
  }
  while (!pending.empty()) {
    const mx::array& a = *pending.back();
    pending.pop_back();
    if (visit(a)) {
      for (auto& in : a.inputs()) {
        reach(in);
      }
    }
  }
  return seen.size() - before;
}

// Visits each operation once, after its inputs. `enter(a)` is called on the way down, when an output of an operation is
// reached for the first time, and decides whether the operation is visited; `leave(a)` is called on the way back, for
// the same output. The operation's other outputs are a.siblings(). `inputs_of(a)` selects the inputs to follow.
//
// `leave` may replace the inputs of its operation, as long as it keeps alive those that it replaces.
template <class Enter, class Leave, class InputsOf>
void walk_inputs_first(const Arrays& outputs, Enter enter, Leave leave, InputsOf inputs_of) {
  struct Step {
    const mx::array* array;
    std::size_t next;  // input
  };
  IdSet seen;
  std::vector<Step> path;
  auto reach = [&](const mx::array& a) {
    if (!seen.insert(a.id())) {
      return;
    }
    for (auto& sibling : a.siblings()) {
      seen.insert(sibling.id());
    }
    if (enter(a)) {
      path.push_back({&a, 0});
    }
  };
  for (auto& output : outputs) {
    reach(output);
    while (!path.empty()) {
      auto& [a, next] = path.back();
      const std::span<const mx::array> inputs = inputs_of(*a);
      if (next < inputs.size()) {
        reach(inputs[next++]);
      } else {
        leave(*a);
        path.pop_back();
      }
    }
  }
}

template <class Enter, class Leave>
void walk_inputs_first(const Arrays& outputs, Enter enter, Leave leave) {
  walk_inputs_first(outputs, enter, leave, [](const mx::array& a) -> std::span<const mx::array> { return a.inputs(); });
}

// Calls f for an output of an operation and its siblings.
template <class F>
void for_each_output(const mx::array& a, F f) {
  f(a);
  for (auto& sibling : a.siblings()) {
    f(sibling);
  }
}

}  // namespace mlx4j
