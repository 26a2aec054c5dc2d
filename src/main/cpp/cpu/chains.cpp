#include "cpu/chains.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <queue>
#include <stdexcept>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "bridge/graph_walk.h"
#include "cpu.h"
#include "cpu/arrays.h"
#include "cpu/evaluation.h"
#include "cpu/program.h"
#include "cpu/row_program.h"
#include "mlx_primitives.h"

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

// The same with reductions of rows among the operations.
class ChainOfRows final : public Chain {
 public:
  ChainOfRows(mx::Stream stream, Arrays placeholders, Arrays tape, RowProgram program)
      : Chain(stream, std::move(placeholders), std::move(tape)), program_(std::move(program)) {}

  void eval_cpu(const Arrays& inputs, Arrays& outputs) override {
    RowProgram(program_).start(stream(), inputs, outputs[0]);
  }

 private:
  const RowProgram program_;
};

// The operations that a compiled function consists of, which are private.
template <auto inputs, auto outputs, auto tape>
struct Revealed {
  friend const Arrays& inputs_of(const mx::Compiled& compiled) { return compiled.*inputs; }
  friend const Arrays& outputs_of(const mx::Compiled& compiled) { return compiled.*outputs; }
  friend const Arrays& tape_of(const mx::Compiled& compiled) { return compiled.*tape; }
};
template struct Revealed<&mx::Compiled::inputs_, &mx::Compiled::outputs_, &mx::Compiled::tape_>;
const Arrays& inputs_of(const mx::Compiled& compiled);
const Arrays& outputs_of(const mx::Compiled& compiled);
const Arrays& tape_of(const mx::Compiled& compiled);

bool is_broadcast(const mx::array& a) { return std::string_view(a.primitive().name()) == "Broadcast"; }

bool is_pending_on_cpu(const mx::array& a) { return is_pending(a) && a.primitive().stream().device == mx::Device::cpu; }

bool is_large(const mx::array& a, std::size_t worthwhile) { return a.size() >= worthwhile || blocks_are_limited(); }

bool works_by_elements(const mx::array& a) {
  if (!a.siblings().empty()) {
    return false;
  }
  if (std::string_view(a.primitive().name()) == "AsType") {
    return !is_left_to_mlx(a.inputs()[0].dtype(), a.dtype());
  }
  return is_broadcast(a) || operation_named(a.primitive().name());
}

bool is_computed_by_elements(const mx::array& a) {
  return is_pending_on_cpu(a) && is_large(a, worthwhile_size) && works_by_elements(a);
}

bool is_compiled(const mx::array& a) { return traits_of(a).type == type_name<mx::Compiled>(); }

// Whether the result of a compiled function with only one is that of the last operation.
bool ends_with_result(const mx::array& a) {
  const auto& compiled = static_cast<const mx::Compiled&>(a.primitive());
  return outputs_of(compiled).back().id() == tape_of(compiled).back().id();
}

// Finding out costs some ten microseconds.
constexpr std::size_t worthwhile_rows = 8 * worthwhile_size;

// Whether the operation could be one of several whose rows are computed together.
bool is_computed_by_rows(const mx::array& a) {
  return is_pending_on_cpu(a) && (works_by_elements(a) || is_compiled(a) || reduction_of_rows(a));
}

// A chain has at least two operations of which this is true.
bool may_be_fused(const mx::array& a) {
  if (is_computed_by_elements(a)) {
    return true;
  }
  return is_pending_on_cpu(a) && !a.inputs().empty() &&
         ((is_large(a, worthwhile_rows) && is_compiled(a)) ||
          (is_large(a.inputs()[0], worthwhile_rows) && reduction_of_rows(a)));
}

// What must hold for the members of a chain that ends with a certain array.
struct Kind {
  mx::Shape shape;  // of the members
  bool by_rows;     // or with one element for each row

  bool admits(const mx::array& a) const {
    return by_rows ? is_computed_by_rows(a) && has_shapes_of_rows(a) : a.shape() == shape && is_computed_by_elements(a);
  }

 private:
  bool has_shapes_of_rows(const mx::array& a) const {
    if (reduction_of_rows(a)) {
      return a.inputs()[0].shape() == shape;
    }
    bool has = true;
    for_each_output(a, [&](const mx::array& output) {
      const auto& other = output.shape();
      has = has && (other == shape || (other.size() == shape.size() && other.back() == 1 &&
                                       std::equal(shape.begin(), shape.end() - 1, other.begin())));
    });
    return has;
  }
};

// The operations to be evaluated, inputs first.
class Order {
 public:
  explicit Order(const Arrays& outputs) {
    walk_inputs_first(outputs, is_pending, [this](const mx::array& a) {
      for_each_output(a, [this](const mx::array& output) { positions_.emplace(output.id(), arrays_.size()); });
      arrays_.push_back(a);
    });
    taken_.resize(arrays_.size());
  }

  void fuse() {
    for (std::size_t last = arrays_.size(); last-- > 0;) {
      if (!taken_[last] && (fuse_rows(last) || fuse_elements(last))) {
        ++chain_count;
      }
    }
  }

 private:
  struct Recording {
    Arrays inputs;
    Arrays placeholders;
    Arrays tape;
  };

  bool fuse_elements(std::size_t last) {
    const auto& a = arrays_[last];
    if (!is_computed_by_elements(a) || is_broadcast(a)) {
      return false;
    }
    const auto members = members_of(last, {a.shape(), false});
    if (members.size() < 2) {
      return false;
    }
    auto recording = record(members);
    replace(
        last, members, recording.inputs,
        std::make_shared<Chain>(a.primitive().stream(), std::move(recording.placeholders), std::move(recording.tape)));
    return true;
  }

  bool fuse_rows(std::size_t last) {
    const auto& a = arrays_[last];
    if (!is_computed_by_rows(a) || !a.siblings().empty() || is_broadcast(a) ||
        (is_compiled(a) && !ends_with_result(a))) {
      return false;
    }
    const auto& shape = reduction_of_rows(a) ? a.inputs()[0].shape() : a.shape();
    if (shape.empty() || !is_large(reduction_of_rows(a) ? a.inputs()[0] : a, worthwhile_rows)) {
      return false;
    }
    const auto members = members_of(last, {shape, true});
    const bool has_reductions = std::any_of(
        members.begin(), members.end(), [this](auto member) { return reduction_of_rows(arrays_[member]).has_value(); });
    if (members.size() < 2 || !has_reductions) {
      return false;
    }
    auto recording = record(members);
    auto program = RowProgram::of(shape, recording.placeholders, recording.tape);
    if (!program) {
      return false;
    }
    replace(last, members, recording.inputs,
            std::make_shared<ChainOfRows>(a.primitive().stream(), std::move(recording.placeholders),
                                          std::move(recording.tape), std::move(*program)));
    return true;
  }

  // Whether only those members refer to the results that do so `uses` times. The other references are that of the order
  // and, of an operation with several results, those of each to the others.
  bool belongs(const mx::array& a, const std::unordered_map<std::uintptr_t, long>& uses) const {
    bool belongs = true;
    for_each_output(a, [&](const mx::array& output) {
      const auto found = uses.find(output.id());
      const long others = long(a.siblings().size()) + (output.id() == a.id() ? 1 : 0);
      belongs = belongs && references(output) == others + (found == uses.end() ? 0 : found->second);
    });
    return belongs;
  }

  // An operation belongs to a chain if all references to its result are those of the chain's operations. It is looked
  // at after all of them, because they come later in the order. Returns the members in their order.
  std::vector<std::size_t> members_of(std::size_t last, const Kind& kind) {
    const auto& end = arrays_[last];
    std::vector<std::size_t> members{last};
    std::unordered_map<std::uintptr_t, long> uses;
    std::priority_queue<std::size_t> candidates;
    std::unordered_set<std::size_t> seen;
    const auto add_inputs = [&](const mx::array& a) {
      for (auto& in : a.inputs()) {
        const auto found = positions_.find(in.id());
        if (found != positions_.end()) {
          ++uses[in.id()];
          if (seen.insert(found->second).second) {
            candidates.push(found->second);
          }
        }
      }
    };
    add_inputs(end);
    while (!candidates.empty() && members.size() < most_members) {
      const auto candidate = candidates.top();
      candidates.pop();
      const auto& a = arrays_[candidate];
      if (kind.admits(a) && a.primitive().stream() == end.primitive().stream() && belongs(a, uses)) {
        members.push_back(candidate);
        add_inputs(a);
      }
    }
    std::sort(members.begin(), members.end());
    return members;
  }

  // The members' operations, with placeholders as inputs. Those of compiled functions are listed one by one.
  Recording record(const std::vector<std::size_t>& members) const {
    Recording recording;
    std::unordered_map<std::uintptr_t, mx::array> recorded;
    const auto add = [&](const mx::array& a, const mx::Shape& shape, Arrays operands) {
      mx::array original = a;
      recording.tape.emplace_back(shape, a.dtype(), original.primitive_ptr(), std::move(operands));
      return recording.tape.back();
    };
    for (auto member : members) {
      mx::array a = arrays_[member];
      Arrays operands;
      for (auto& in : a.inputs()) {
        auto found = recorded.find(in.id());
        if (found == recorded.end()) {
          found = recorded.emplace(in.id(), mx::array(in.shape(), in.dtype(), nullptr, {})).first;
          recording.inputs.push_back(in);
          recording.placeholders.push_back(found->second);
        }
        operands.push_back(found->second);
      }
      if (!is_compiled(a)) {
        recorded.emplace(a.id(), add(a, a.shape(), std::move(operands)));
        continue;
      }
      const auto& compiled = static_cast<const mx::Compiled&>(a.primitive());
      std::unordered_map<std::uintptr_t, mx::array> inner;
      for (std::size_t i = 0; i < operands.size(); ++i) {
        inner.emplace(inputs_of(compiled)[i].id(), operands[i]);
      }
      for (auto& step : tape_of(compiled)) {
        Arrays inner_operands;
        for (auto& in : step.inputs()) {
          inner_operands.push_back(inner.at(in.id()));
        }
        const auto shape = shape_in_call(step, inner_operands, a.shape());
        inner.emplace(step.id(), add(step, shape, std::move(inner_operands)));
      }
      const auto results = a.outputs();
      for (std::size_t i = 0; i < results.size(); ++i) {
        recorded.emplace(results[i].id(), inner.at(outputs_of(compiled)[i].id()));
      }
    }
    return recording;
  }

  void replace(std::size_t last, const std::vector<std::size_t>& members, Arrays inputs,
               std::shared_ptr<mx::Primitive> primitive) {
    for (auto member : members) {
      taken_[member] = true;
    }
    mx::array& a = arrays_[last];
    a.primitive_ptr() = std::move(primitive);
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
    candidates += may_be_fused(a);
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
