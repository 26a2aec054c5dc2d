#include "custom_function.h"

#include <algorithm>
#include <sstream>
#include <string>

#include "graph_guard.h"
#include "messages.h"
#include "mlx/primitives.h"
#include "transforms.h"

namespace mlx4j {

namespace {

// ---- what rules return ----------------------------------------------------------------------------
void require_count(const std::string& rule, const Arrays& given, std::size_t count, const char* of) {
  if (given.size() != count) {
    std::ostringstream msg;
    msg << "[" << rule << "] the rule returned " << given.size() << " arrays for " << count << " " << of
        << "s; there must be one for each";
    throw std::invalid_argument(msg.str());
  }
}

void require_like(const std::string& rule, const Arrays& given, const Arrays& wanted, const char* of) {
  require_count(rule, given, wanted.size(), of);
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (given[i].shape() != wanted[i].shape() || given[i].dtype() != wanted[i].dtype()) {
      std::ostringstream msg;
      msg << "[" << rule << "] result " << i << " of the rule has shape " << shown(given[i].shape()) << " and dtype "
          << given[i].dtype() << ", its " << of << " has shape " << shown(wanted[i].shape()) << " and dtype "
          << wanted[i].dtype() << "; they must be equal";
      throw std::invalid_argument(msg.str());
    }
  }
}

template <class... A>
Arrays join(const Arrays& first, const A&... more) {
  Arrays all = first;
  (all.insert(all.end(), more.begin(), more.end()), ...);
  return all;
}

// ---- rules ----------------------------------------------------------------------------------------
using VjpRule = std::function<Arrays(const Arrays& primals, const Arrays& cotangents, const Arrays& outputs)>;
using JvpRule = std::function<Arrays(const Arrays& primals, const Arrays& tangents, const std::vector<int>& argnums,
                                     const Arrays& outputs)>;

struct Rules {
  std::string name;  // for messages
  std::shared_ptr<const VjpRule> vjp;
  std::shared_ptr<const JvpRule> jvp;
  std::shared_ptr<const Rule> vmap;

  bool empty() const { return !vjp && !jvp && !vmap; }
};

Arrays record(const SharedFn& f, const Rules& rules, const Arrays& args, Arrays outputs);

// ---- rules for all slices at once -----------------------------------------------------------------
std::vector<int> axes_for_vmap(std::vector<int> axes) {  // MLX uses -1 for our not_mapped
  std::replace(axes.begin(), axes.end(), -1, not_mapped);
  return axes;
}

Fn over_slices(Fn f, std::vector<int> in_axes, std::size_t results) {
  return vmap(std::make_shared<const Fn>(std::move(f)), axes_for_vmap(std::move(in_axes)),
              std::vector<int>(results, 0));
}

// Applies the rule to slices along `axes`; the outputs' slices lie along axis 0.
VjpRule over_slices(const std::shared_ptr<const VjpRule>& rule, const std::vector<int>& axes) {
  return [rule, axes](const Arrays& primals, const Arrays& cotangents, const Arrays& outputs) {
    const auto n = primals.size();
    const auto m = outputs.size();
    auto of_slices = [&](const Arrays& all) {
      auto at = all.begin();
      return (*rule)({at, at + n}, {at + n, at + n + m}, {at + n + m, all.end()});
    };
    auto in_axes = axes;
    in_axes.resize(n + 2 * m, 0);
    auto results = over_slices(of_slices, in_axes, n)(join(primals, cotangents, outputs));
    for (std::size_t i = 0; i < n; ++i) {
      results[i] = axes[i] < 0 ? mx::sum(results[i], 0) : mx::moveaxis(results[i], 0, axes[i]);
    }
    return results;
  };
}

JvpRule over_slices(const std::shared_ptr<const JvpRule>& rule, const std::vector<int>& axes) {
  return [rule, axes](const Arrays& primals, const Arrays& tangents, const std::vector<int>& argnums,
                      const Arrays& outputs) {
    const auto n = primals.size();
    const auto t = tangents.size();
    auto of_slices = [&](const Arrays& all) {
      auto at = all.begin();
      return (*rule)({at, at + n}, {at + n, at + n + t}, argnums, {at + n + t, all.end()});
    };
    auto in_axes = axes;
    for (auto argnum : argnums) {
      in_axes.push_back(axes[argnum]);
    }
    in_axes.resize(n + t + outputs.size(), 0);
    return over_slices(of_slices, in_axes, outputs.size())(join(primals, tangents, outputs));
  };
}

}  // namespace

// ---- the operation --------------------------------------------------------------------------------
// One call of a custom function, as an operation whose inputs are the arguments and the outputs that the function
// computed. MLX's own primitive for this loses the derivative rules under vmap and cannot be compiled for any shape.
class CustomCall final : public mx::Primitive {
 public:
  CustomCall(mx::Stream s, SharedFn f, Rules rules, std::size_t outputs)
      : Primitive(s), f_(std::move(f)), rules_(std::move(rules)), outputs_(outputs) {}

  void eval_cpu(const Arrays& inputs, Arrays& outputs) override { pass_through(inputs, outputs); }
  void eval_gpu(const Arrays& inputs, Arrays& outputs) override { pass_through(inputs, outputs); }

  Arrays vjp(const Arrays& inputs, const Arrays& cotangents, const std::vector<int>& argnums,
             const Arrays& outputs) override {
    const Arrays primals = arguments(inputs);
    const Arrays products =
        join(rules_.vjp ? (*rules_.vjp)(primals, cotangents, outputs) : default_vjp(primals, cotangents), cotangents);
    Arrays wanted;
    for (auto argnum : argnums) {
      wanted.push_back(products[argnum]);
    }
    return wanted;
  }

  Arrays jvp(const Arrays& inputs, const Arrays& tangents, const std::vector<int>& argnums) override {
    const Arrays primals = arguments(inputs);
    const Arrays outputs = computed(inputs);
    return rules_.jvp ? (*rules_.jvp)(primals, tangents, argnums, outputs) : default_jvp(primals, tangents, argnums);
  }

  std::pair<Arrays, std::vector<int>> vmap(const Arrays& inputs, const std::vector<int>& axes) override {
    const Arrays args = arguments(inputs);
    const std::vector<int> arg_axes(axes.begin(), axes.begin() + std::ptrdiff_t(args.size()));
    const auto mapped = std::find_if(arg_axes.begin(), arg_axes.end(), [](int axis) { return axis >= 0; });
    Arrays outputs = computed(inputs);
    if (mapped == arg_axes.end()) {  // only values that the function captured are mapped
      return {outputs, {axes.end() - std::ptrdiff_t(outputs.size()), axes.end()}};
    }
    const auto size = args[std::size_t(mapped - arg_axes.begin())].shape(*mapped);
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      to_front(outputs[i], axes[args.size() + i], size);
    }
    const std::vector<int> front(outputs.size(), 0);
    if (rules_.vmap) {
      return {apply_vmap_rule(args, axes_for_vmap(arg_axes), outputs, size), front};
    }
    Rules rules{rules_.name, nullptr, nullptr, nullptr};
    if (rules_.vjp) {
      rules.vjp = std::make_shared<const VjpRule>(over_slices(rules_.vjp, arg_axes));
    }
    if (rules_.jvp) {
      rules.jvp = std::make_shared<const JvpRule>(over_slices(rules_.jvp, arg_axes));
    }
    auto f = std::make_shared<const Fn>(mlx4j::vmap(f_, axes_for_vmap(arg_axes), front));
    return {record(f, rules, args, std::move(outputs)), front};
  }

  std::vector<mx::Shape> output_shapes(const Arrays& inputs) override {
    std::vector<mx::Shape> shapes;
    for (auto& output : computed(inputs)) {
      shapes.push_back(output.shape());
    }
    return shapes;
  }

  const char* name() const override { return "CustomFunction"; }

 private:
  Arrays arguments(const Arrays& inputs) const { return {inputs.begin(), inputs.end() - std::ptrdiff_t(outputs_)}; }
  Arrays computed(const Arrays& inputs) const { return {inputs.end() - std::ptrdiff_t(outputs_), inputs.end()}; }

  void pass_through(const Arrays& inputs, Arrays& outputs) const {
    for (std::size_t i = 0; i < outputs_; ++i) {
      outputs[i].copy_shared_buffer(inputs[inputs.size() - outputs_ + i]);
    }
  }

  Arrays default_vjp(const Arrays& primals, const Arrays& cotangents) const {
    const Arrays all = mlx4j::vjp(f_, primals, cotangents);
    return {all.begin() + std::ptrdiff_t(outputs_), all.end()};
  }

  Arrays default_jvp(const Arrays& primals, const Arrays& tangents, const std::vector<int>& argnums) const {
    Arrays all;
    for (auto& primal : primals) {
      all.push_back(mx::zeros_like(primal));
    }
    for (std::size_t i = 0; i < argnums.size(); ++i) {
      all[std::size_t(argnums[i])] = tangents[i];
    }
    const Arrays results = mlx4j::jvp(f_, primals, all);
    return {results.begin() + std::ptrdiff_t(outputs_), results.end()};
  }

  void to_front(mx::array& a, int axis, int size) {
    if (axis >= 0) {
      a = mx::moveaxis(a, axis, 0, stream());
    } else {
      auto shape = a.shape();
      shape.insert(shape.begin(), size);
      a = mx::broadcast_to(a, shape, stream());
    }
  }

  // Returns the results of the rule, with their slices along axis 0; `expected` has the shapes and dtypes that they
  // must have.
  Arrays apply_vmap_rule(const Arrays& args, std::vector<int> axes, const Arrays& expected, int size) {
    const auto rule = rules_.name + ".vmap";
    Arrays results = (*rules_.vmap)(join(args, expected), axes);
    require_count(rule, results, expected.size(), "output");
    for (std::size_t i = 0; i < results.size(); ++i) {
      std::ostringstream msg;
      const int ndim = int(results[i].ndim());
      if (axes[i] != not_mapped) {
        const int axis = axes[i] < 0 ? axes[i] + ndim : axes[i];
        if (axis < 0 || axis >= ndim) {
          msg << "[" << rule << "] axis " << axes[i] << " that the rule returned is out of range for result " << i
              << " of shape " << shown(results[i].shape());
          throw std::invalid_argument(msg.str());
        }
        axes[i] = axis;
      }
      const auto given = results[i].shape();
      to_front(results[i], axes[i], size);
      if (results[i].shape() != expected[i].shape() || results[i].dtype() != expected[i].dtype()) {
        auto slice = expected[i].shape();
        slice.erase(slice.begin());
        msg << "[" << rule << "] result " << i << " of the rule has shape " << shown(given) << ", ";
        if (axes[i] == not_mapped) {
          msg << "not mapped,";
        } else {
          msg << "mapped along axis " << axes[i] << ",";
        }
        msg << " and dtype " << results[i].dtype() << "; the function returns " << size << " slices of shape "
            << shown(slice) << " and dtype " << expected[i].dtype();
        throw std::invalid_argument(msg.str());
      }
    }
    return results;
  }

  mx::Stream stream() { return mx::Primitive::stream(); }

  SharedFn f_;
  Rules rules_;
  std::size_t outputs_;
};

namespace {

Arrays record(const SharedFn& f, const Rules& rules, const Arrays& args, Arrays outputs) {
  const mx::Stream s =
      outputs[0].has_primitive() ? outputs[0].primitive().stream() : mx::default_stream(mx::default_device());
  std::vector<mx::Shape> shapes;
  std::vector<mx::Dtype> dtypes;
  for (auto& output : outputs) {
    output = mx::stop_gradient(output, s);  // derivatives come from the rules
    shapes.push_back(output.shape());
    dtypes.push_back(output.dtype());
  }
  return mx::array::make_arrays(std::move(shapes), dtypes, std::make_shared<CustomCall>(s, f, rules, outputs.size()),
                                join(args, outputs));
}

}  // namespace

Fn custom_function(const SharedFn& f, Rule vjp, Rule jvp, Rule vmap, const char* name) {
  Rules rules{name, nullptr, nullptr, nullptr};
  if (vjp) {
    rules.vjp =
        std::make_shared<const VjpRule>([r = std::move(vjp), rule = rules.name + ".vjp"](
                                            const Arrays& primals, const Arrays& cotangents, const Arrays& outputs) {
          std::vector<int> numbers{int(primals.size())};
          auto results = r(join(primals, cotangents, outputs), numbers);
          require_like(rule, results, primals, "primal");
          return results;
        });
  }
  if (jvp) {
    rules.jvp = std::make_shared<const JvpRule>(
        [r = std::move(jvp), rule = rules.name + ".jvp"](const Arrays& primals, const Arrays& tangents,
                                                         const std::vector<int>& argnums, const Arrays& outputs) {
          std::vector<int> numbers{int(primals.size())};
          numbers.insert(numbers.end(), argnums.begin(), argnums.end());
          auto results = r(join(primals, tangents, outputs), numbers);
          require_like(rule, results, outputs, "output");
          return results;
        });
  }
  if (vmap) {
    rules.vmap = std::make_shared<const Rule>(std::move(vmap));
  }
  return [f, rules](const Arrays& args) {
    Arrays outputs = (*f)(args);
    if (rules.empty()) {
      return outputs;
    }
    if (outputs.empty()) {
      throw std::invalid_argument("[" + rules.name +
                                  "] the function must return at least one array, but it returned none");
    }
    return record(f, rules, args, std::move(outputs));
  };
}

}  // namespace mlx4j
