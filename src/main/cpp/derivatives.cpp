#include "derivatives.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <optional>
#include <sstream>
#include <unordered_map>
#include <unordered_set>

#include "graph_walk.h"
#include "messages.h"
#include "mlx_primitives.h"

namespace mlx4j {

// A whole function as one operation. MLX marks its traces by thread-local variables that libmlx does not export, so the
// walk happens where MLX asks for the derivative of this operation.
class WholeFunction final : public mx::Primitive {
 public:
  using Walk = std::function<Arrays(const Arrays& placeholders)>;

  WholeFunction(mx::Stream s, Walk walk) : Primitive(s), walk_(std::move(walk)) {}

  void eval_cpu(const Arrays&, Arrays&) override {}
  void eval_gpu(const Arrays&, Arrays&) override {}
  Arrays vjp(const Arrays& inputs, const Arrays&, const std::vector<int>&, const Arrays&) override {
    return walk_(inputs);
  }
  Arrays jvp(const Arrays& inputs, const Arrays&, const std::vector<int>&) override { return walk_(inputs); }
  const char* name() const override { return "WholeFunction"; }

 private:
  Walk walk_;
};

namespace {

mx::Stream stream_of(const mx::array& a) {
  return a.has_primitive() ? a.primitive().stream() : mx::default_stream(mx::default_device());
}

mx::array whole_function(const Arrays& placeholders, WholeFunction::Walk walk) {
  const auto s = mx::default_stream(mx::default_device());
  return {{}, mx::float32, std::make_shared<WholeFunction>(s, std::move(walk)), placeholders};
}

// The operations that the outputs are computed by, inputs first, as far as they vary with the placeholders.
class Tape {
 public:
  Tape(const Arrays& outputs, const Arrays& placeholders, const std::vector<int>& argnums) {
    std::unordered_set<std::uintptr_t> given;
    for (const auto& placeholder : placeholders) {
      given.insert(placeholder.id());
    }
    for (auto argnum : argnums) {
      if (has_derivatives(placeholders[argnum])) {
        varying_.insert(placeholders[argnum].id());
      }
    }
    auto enter = [&](const mx::array& a) {
      if (given.contains(a.id())) {
        return false;
      }
      for_each_output(a, [](mx::array output) { output.set_tracer(false); });
      return true;
    };
    walk_inputs_first(outputs, enter, [this](const mx::array& a) { record(a); });
  }

  const Arrays& steps() const { return steps_; }
  bool varies(const mx::array& a) const { return varying_.contains(a.id()); }

  // Returns the indices of the inputs of an operation that vary.
  std::vector<int> argnums(const mx::array& a) const {
    std::vector<int> result;
    for (std::size_t i = 0; i < a.inputs().size(); ++i) {
      if (varies(a.inputs()[i])) {
        result.push_back(int(i));
      }
    }
    return result;
  }

 private:
  void record(const mx::array& a) {
    const bool changes = a.has_primitive() && !traits_of(a).stops_derivatives &&
                         std::any_of(a.inputs().begin(), a.inputs().end(), [&](auto& in) { return varies(in); });
    if (!changes) {
      return;
    }
    bool continuously = false;
    for (const auto& output : a.outputs()) {
      if (has_derivatives(output)) {
        varying_.insert(output.id());
        continuously = true;
      }
    }
    if (continuously) {
      steps_.push_back(a);
    }
  }

  std::unordered_set<std::uintptr_t> varying_;
  Arrays steps_;
};

// ---- rules ----------------------------------------------------------------------------------------
// Applies a rule. If MLX has none, throws an exception that says so in plain words.
template <class Rule>
Arrays apply_rule(const char* transform, const mx::array& step, Rule rule) {
  auto refuse = [&](const std::exception& e) {
    if (!std::strstr(e.what(), "ot implemented") && !std::strstr(e.what(), "NYI")) {
      throw;
    }
    std::ostringstream msg;
    msg << "[" << transform << "] there is no rule for the " << (std::strcmp(transform, "jvp") ? "gradient" : "tangent")
        << " of " << step.primitive().name() << "; "
        << (std::strcmp(transform, "jvp") ? "exclude it with stopGradient(), or give it a rule with a custom function"
                                          : "use vjp() or grad(), or give it a rule with a custom function")
        << " (" << e.what() << ")";
    throw std::invalid_argument(msg.str());
  };
  try {
    return rule();
  } catch (const std::invalid_argument& e) {
    refuse(e);
  } catch (const std::runtime_error& e) {
    refuse(e);
  }
  return {};
}

// Checks that a derivative has the shape of the array that it belongs to, since it is added to others and passed to
// other rules.
mx::array fitting(const char* transform, const mx::array& step, const mx::array& derivative, const mx::array& like) {
  if (derivative.shape() != like.shape()) {
    std::ostringstream msg;
    msg << "[" << transform << "] the rule of " << step.primitive().name() << " returned shape "
        << shown(derivative.shape()) << " for an array of shape " << shown(like.shape());
    throw std::logic_error(msg.str());
  }
  return mx::astype(derivative, like.dtype(), step.primitive().stream());
}

void require_number(const char* transform, const mx::array& step, std::size_t given, std::size_t wanted) {
  if (given != wanted) {
    std::ostringstream msg;
    msg << "[" << transform << "] the rule of " << step.primitive().name() << " returned " << given << " arrays, not "
        << wanted;
    throw std::logic_error(msg.str());
  }
}

class Derivatives {
 public:
  std::optional<mx::array> of(const mx::array& a) const {
    const auto found = of_.find(a.id());
    return found == of_.end() ? std::nullopt : std::optional(found->second);
  }
  mx::array or_zeros(const mx::array& a) const {
    auto found = of(a);
    return found ? *found : mx::zeros_like(a, stream_of(a));
  }
  void set(const mx::array& a, const mx::array& derivative) { of_.insert_or_assign(a.id(), derivative); }
  void add(const mx::array& a, const mx::array& derivative, mx::Stream s) {
    const auto before = of(a);
    set(a, before ? mx::add(*before, derivative, s) : derivative);
  }
  void forget(const mx::array& a) { of_.erase(a.id()); }

 private:
  std::unordered_map<std::uintptr_t, mx::array> of_;
};

void pull_back(const Tape& tape, Derivatives& cotangents) {
  for (auto step = tape.steps().rbegin(); step != tape.steps().rend(); ++step) {
    auto outputs = step->outputs();
    if (std::none_of(outputs.begin(), outputs.end(), [&](auto& output) { return cotangents.of(output); })) {
      continue;
    }
    Arrays given;
    for (const auto& output : outputs) {
      given.push_back(cotangents.or_zeros(output));
      cotangents.forget(output);
    }
    const auto argnums = tape.argnums(*step);
    const auto results =
        apply_rule("vjp", *step, [&] { return step->primitive().vjp(step->inputs(), given, argnums, outputs); });
    require_number("vjp", *step, results.size(), argnums.size());
    for (std::size_t i = 0; i < argnums.size(); ++i) {
      const auto& input = step->inputs()[argnums[i]];
      cotangents.add(input, fitting("vjp", *step, results[i], input), step->primitive().stream());
    }
  }
}

void push_forward(const Tape& tape, Derivatives& tangents) {
  for (const auto& step : tape.steps()) {
    const auto argnums = tape.argnums(step);
    Arrays given;
    for (auto argnum : argnums) {
      given.push_back(tangents.or_zeros(step.inputs()[argnum]));
    }
    const auto outputs = step.outputs();
    const auto results = apply_rule("jvp", step, [&] { return step.primitive().jvp(step.inputs(), given, argnums); });
    // Depends returns tangents for all of its inputs, of which only the first are outputs
    require_number("jvp", step, std::min(results.size(), outputs.size()), outputs.size());
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (has_derivatives(outputs[i])) {
        tangents.set(outputs[i], fitting("jvp", step, results[i], outputs[i]));
      }
    }
  }
}

}  // namespace

Differentiated backward(const Fn& f, const Arrays& primals, const std::vector<int>& argnums,
                        const Cotangents& cotangents) {
  Differentiated result;
  auto walk = [&](const Arrays& placeholders) {
    const Tape tape(result.outputs, placeholders, argnums);
    Derivatives products;
    const auto given = cotangents(result.outputs);
    for (std::size_t i = 0; i < given.size(); ++i) {
      const auto& output = result.outputs[i];
      if (tape.varies(output)) {
        products.add(output, mx::astype(given[i], output.dtype(), stream_of(output)), stream_of(output));
      }
    }
    pull_back(tape, products);
    for (auto argnum : argnums) {
      result.products.push_back(products.or_zeros(placeholders[argnum]));
    }
    return Arrays(placeholders);  // MLX expects products for the placeholders, but they are not read
  };
  mx::vjp(
      [&](const Arrays& placeholders) {
        result.outputs = f(placeholders);
        return Arrays{whole_function(placeholders, walk)};
      },
      primals, {mx::array(0.0f)});
  if (primals.empty()) {
    cotangents(result.outputs);
  }
  return result;
}

Differentiated forward(const Fn& f, const Arrays& primals, const Arrays& tangents) {
  Differentiated result;
  auto walk = [&](const Arrays& placeholders) {
    std::vector<int> argnums(placeholders.size());
    std::iota(argnums.begin(), argnums.end(), 0);
    const Tape tape(result.outputs, placeholders, argnums);
    Derivatives products;
    for (std::size_t i = 0; i < placeholders.size(); ++i) {
      if (has_derivatives(placeholders[i])) {
        products.set(placeholders[i], mx::astype(tangents[i], placeholders[i].dtype(), stream_of(placeholders[i])));
      }
    }
    push_forward(tape, products);
    for (const auto& output : result.outputs) {
      result.products.push_back(products.or_zeros(output));
    }
    return Arrays{mx::array(0.0f)};
  };
  mx::jvp(
      [&](const Arrays& placeholders) {
        result.outputs = f(placeholders);
        return Arrays{whole_function(placeholders, walk)};
      },
      primals, tangents);
  if (primals.empty()) {
    for (const auto& output : result.outputs) {
      result.products.push_back(mx::zeros_like(output, stream_of(output)));
    }
  }
  return result;
}

}  // namespace mlx4j
