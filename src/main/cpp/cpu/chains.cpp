#include "cpu/chains.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <queue>
#include <stdexcept>
#include <string_view>
#include <unordered_map>

#include "bridge/graph_walk.h"
#include "cpu.h"
#include "cpu/evaluation.h"
#include "cpu/program.h"

namespace mlx4j::cpu {

namespace {

using Status = mx::array::Status;

constexpr std::size_t most_members = 64;

std::atomic<int> chain_count{0};

// Several operations as one. The recorded operations have placeholders as their inputs, one for each input of the
// chain.
class Chain : public mx::Primitive {
 public:
  Chain(mx::Stream stream, Arrays placeholders, Arrays tape)
      : Primitive(stream), placeholders_(std::move(placeholders)), tape_(std::move(tape)) {}

  void eval_cpu(const Arrays& inputs, Arrays& outputs) override {
    evaluate_subgraph(stream(), placeholders_, {tape_.back()}, tape_, inputs, outputs);
  }
  void eval_gpu(const Arrays&, Arrays&) override { throw std::logic_error("[eval] a chain is computed on the CPU"); }
  const char* name() const override { return "Chain"; }

  // Gives the array back the last operation, whose inputs are those of the others, computed from `inputs`.
  void separate(mx::array& a) const {
    const Arrays inputs = a.inputs();
    std::unordered_map<std::uintptr_t, mx::array> separate;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      separate.emplace(placeholders_[i].id(), inputs[i]);
    }
    for (mx::array step : tape_) {
      Arrays operands;
      for (auto& in : step.inputs()) {
        operands.push_back(separate.at(in.id()));
      }
      if (step.id() == tape_.back().id()) {
        a.inputs() = std::move(operands);
        a.primitive_ptr() = step.primitive_ptr();
      } else {
        separate.emplace(step.id(), mx::array(step.shape(), step.dtype(), step.primitive_ptr(), std::move(operands)));
      }
    }
  }

 private:
  const Arrays placeholders_;
  const Arrays tape_;
};

// How many references there are to an array. MLX does not tell, but an array is nothing but such a reference.
long references(const mx::array& a) {
  static_assert(sizeof(mx::array) == sizeof(std::shared_ptr<void>));
  return reinterpret_cast<const std::shared_ptr<void>&>(a).use_count();
}

bool is_broadcast(const mx::array& a) { return std::string_view(a.primitive().name()) == "Broadcast"; }

bool is_computed_by_elements(const mx::array& a) {
  if (!is_pending(a) || !a.siblings().empty() || a.primitive().stream().device != mx::Device::cpu ||
      (a.size() < worthwhile_size && !blocks_are_limited())) {
    return false;
  }
  if (std::string_view(a.primitive().name()) == "AsType") {
    return !is_left_to_mlx(a.inputs()[0].dtype(), a.dtype());
  }
  return is_broadcast(a) || operation_named(a.primitive().name());
}

// The operations to be evaluated, inputs first.
class Order {
 public:
  explicit Order(const Arrays& outputs) {
    walk_inputs_first(outputs, is_pending, [this](const mx::array& a) {
      positions_.emplace(a.id(), arrays_.size());
      arrays_.push_back(a);
    });
    taken_.resize(arrays_.size());
  }

  void fuse() {
    for (std::size_t last = arrays_.size(); last-- > 0;) {
      const auto& a = arrays_[last];
      if (taken_[last] || !is_computed_by_elements(a) || is_broadcast(a)) {
        continue;
      }
      if (auto members = members_of(last); members.size() > 1) {
        std::sort(members.begin(), members.end());
        replace(last, members);
        ++chain_count;
      }
    }
  }

 private:
  // An operation belongs to a chain if all references to its result are those of the chain's operations. It is looked
  // at after all of them, because they come later in the order.
  std::vector<std::size_t> members_of(std::size_t last) {
    const auto& end = arrays_[last];
    std::vector<std::size_t> members{last};
    std::unordered_map<std::size_t, long> uses;
    std::priority_queue<std::size_t> candidates;
    const auto add_inputs = [&](const mx::array& a) {
      for (auto& in : a.inputs()) {
        const auto found = positions_.find(in.id());
        if (found != positions_.end() && ++uses[found->second] == 1) {
          candidates.push(found->second);
        }
      }
    };
    add_inputs(end);
    while (!candidates.empty() && members.size() < most_members) {
      const auto candidate = candidates.top();
      candidates.pop();
      const auto& a = arrays_[candidate];
      const auto expected = uses[candidate] + 1;  // the other one is that of the order
      if (references(a) == expected && a.shape() == end.shape() && is_computed_by_elements(a) &&
          a.primitive().stream() == end.primitive().stream()) {
        members.push_back(candidate);
        taken_[candidate] = true;
        add_inputs(a);
      }
    }
    return members;
  }

  void replace(std::size_t last, const std::vector<std::size_t>& members) {
    Arrays inputs;
    Arrays placeholders;
    Arrays tape;
    std::unordered_map<std::uintptr_t, mx::array> recorded;
    for (auto member : members) {
      mx::array a = arrays_[member];
      Arrays operands;
      for (auto& in : a.inputs()) {
        auto found = recorded.find(in.id());
        if (found == recorded.end()) {
          found = recorded.emplace(in.id(), mx::array(in.shape(), in.dtype(), nullptr, {})).first;
          inputs.push_back(in);
          placeholders.push_back(found->second);
        }
        operands.push_back(found->second);
      }
      mx::array step(a.shape(), a.dtype(), a.primitive_ptr(), std::move(operands));
      recorded.emplace(a.id(), step);
      tape.push_back(std::move(step));
    }
    mx::array& a = arrays_[last];
    a.primitive_ptr() = std::make_shared<Chain>(a.primitive().stream(), std::move(placeholders), std::move(tape));
    a.inputs() = std::move(inputs);
  }

  Arrays arrays_;
  std::vector<bool> taken_;
  std::unordered_map<std::uintptr_t, std::size_t> positions_;
};

}  // namespace

void fuse_chains(const Arrays& outputs) {
  int candidates = 0;
  walk_in_any_order(outputs, {}, [&](const mx::array& a) {
    candidates += is_computed_by_elements(a);
    return candidates < 2 && a.status() == Status::unscheduled;
  });
  if (candidates >= 2) {
    Order(outputs).fuse();
  }
}

void separate_chains(const Arrays& outputs) {
  Arrays chains;
  walk_in_any_order(outputs, {}, [&](const mx::array& a) {
    if (is_pending(a) && dynamic_cast<const Chain*>(&a.primitive())) {
      chains.push_back(a);
    }
    return a.status() == Status::unscheduled;
  });
  for (auto& a : chains) {
    const auto chain = a.primitive_ptr();  // kept while it replaces itself
    static_cast<const Chain&>(*chain).separate(a);
  }
}

int fused_chains() { return chain_count; }

}  // namespace mlx4j::cpu
