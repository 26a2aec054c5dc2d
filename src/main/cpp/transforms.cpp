#include "transforms.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <numeric>
#include <sstream>
#include <unordered_map>
#include <unordered_set>

#include "cpu.h"
#include "derivatives.h"
#include "graph_guard.h"
#include "graph_walk.h"
#include "large_stack.h"
#include "messages.h"
#include "mlx/compile_impl.h"
#include "mlx/primitives.h"
#include "mlx/transforms_impl.h"
#include "shapeless.h"
#include "threads.h"

namespace mlx4j {

Arrays call(const SharedFn& f, const Arrays& args) {
  return on_large_stack([&] { return (*f)(args); });
}

// ---- grad -----------------------------------------------------------------------------------------
static void require_argument(const std::vector<int>& argnums, std::size_t count, const char* name) {
  const int largest = *std::max_element(argnums.begin(), argnums.end());
  if (std::size_t(largest) >= count) {
    std::ostringstream msg;
    msg << "[" << name << "] Can't compute the gradient of argument index " << largest
        << " because the function is called with only " << count << " arguments; ";
    if (count == 0) {
      msg << "there must be at least one";
    } else {
      msg << "it must be from 0 to " << count - 1;
    }
    throw std::invalid_argument(msg.str());
  }
}

static void require_scalar(const Arrays& outputs, const std::string& name, bool more_allowed = false) {
  const bool fitting = more_allowed ? !outputs.empty() : outputs.size() == 1;
  if (!fitting || outputs[0].ndim() != 0) {
    std::ostringstream msg;
    msg << "[" << name << "] the function must return one scalar array to have a gradient, but it returned ";
    if (fitting) {
      msg << "an array of shape " << shown(outputs[0].shape()) << "; reduce it, for instance with sum() or mean()";
    } else {
      msg << outputs.size() << " arrays";
    }
    throw std::invalid_argument(msg.str());
  }
}

// Returns the value, then the function's other results, then the gradients.
static Differentiated value_and_gradients(const Fn& f, const Arrays& args, const std::vector<int>& argnums) {
  return backward(f, args, argnums, [](const Arrays& outputs) { return Arrays{mx::array(1.0f, outputs[0].dtype())}; });
}

static void require_derivatives(const std::vector<int>& argnums, const Arrays& args, const char* name) {
  for (auto argnum : argnums) {
    if (!has_derivatives(args[argnum])) {
      std::ostringstream msg;
      msg << "[" << name << "] argument " << argnum << " has dtype " << args[argnum].dtype()
          << ", which has no gradient; convert it to a floating-point or complex dtype with astype(), or leave it "
             "out of argnums";
      throw std::invalid_argument(msg.str());
    }
  }
}

Fn value_and_grad(const SharedFn& f, const std::vector<int>& argnums, bool with_value) {
  const char* name = with_value ? "valueAndGrad" : "grad";
  auto checked = [f = guarded(f, StackUse::vjp), name](const Arrays& args) {
    auto outputs = f(args);
    require_scalar(outputs, name);
    return outputs;
  };
  return [checked, argnums, name, with_value](const Arrays& args) {
    require_argument(argnums, args.size(), name);
    require_derivatives(argnums, args, name);
    auto [outputs, gradients] = value_and_gradients(checked, args, argnums);
    if (with_value) {
      gradients.insert(gradients.begin(), outputs[0]);
    }
    return gradients;
  };
}

Fn value_and_grad_of_first(const SharedFn& f, int count, bool with_value, const char* name) {
  auto checked = [f = guarded(f, StackUse::vjp), name = std::string(name)](const Arrays& args) {
    auto outputs = f(args);
    require_scalar(outputs, name, true);
    return outputs;
  };
  std::vector<int> argnums(count);
  std::iota(argnums.begin(), argnums.end(), 0);
  return [checked, argnums, with_value](const Arrays& args) {
    for (auto argnum : argnums) {
      if (!has_derivatives(args.at(argnum))) {
        throw std::invalid_argument("an argument has no gradient");  // Java adds its path in the tree
      }
    }
    auto [outputs, gradients] = value_and_gradients(checked, args, argnums);
    if (with_value) {
      gradients.insert(gradients.begin(), outputs.begin(), outputs.end());
    }
    return gradients;
  };
}

// ---- vjp, jvp -------------------------------------------------------------------------------------
static Arrays join(Differentiated d) {
  d.outputs.insert(d.outputs.end(), d.products.begin(), d.products.end());
  return std::move(d.outputs);
}

static void require_same_shapes(const char* name, const char* what, const char* of, const Arrays& given,
                                const Arrays& wanted) {
  std::ostringstream msg;
  if (given.size() != wanted.size()) {
    msg << "[" << name << "] " << given.size() << " " << what << "s were given for " << wanted.size() << " " << of
        << "s; there must be one for each";
    throw std::invalid_argument(msg.str());
  }
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (given[i].shape() != wanted[i].shape()) {
      msg << "[" << name << "] " << what << " " << i << " has shape " << shown(given[i].shape()) << ", its " << of
          << " has shape " << shown(wanted[i].shape()) << "; they must be equal";
      throw std::invalid_argument(msg.str());
    }
  }
}

// MLX identifies the cotangent and the mapped axis of an output by the output's identity, so an array that is returned
// several times needs several identities.
static Arrays distinct(Arrays outputs) {
  std::unordered_set<std::uintptr_t> seen;
  for (auto& output : outputs) {
    if (!seen.insert(output.id()).second) {
      output = mx::copy(output);
    }
  }
  return outputs;
}

Arrays vjp(const SharedFn& f, const Arrays& primals, const Arrays& cotangents) {
  std::vector<int> argnums(primals.size());
  std::iota(argnums.begin(), argnums.end(), 0);
  auto pull_back = [&](const Arrays& outputs) {
    require_same_shapes("vjp", "cotangent", "output", cotangents, outputs);
    return cotangents;
  };
  return join(on_large_stack([&] { return backward(guarded(f, StackUse::vjp), primals, argnums, pull_back); }));
}

Arrays jvp(const SharedFn& f, const Arrays& primals, const Arrays& tangents) {
  require_same_shapes("jvp", "tangent", "primal", tangents, primals);
  return join(on_large_stack([&] { return forward(guarded(f, StackUse::jvp), primals, tangents); }));
}

// ---- vmap -----------------------------------------------------------------------------------------
static int resolve_axis(int axis, int ndim, const char* what, std::size_t i, const mx::array& a) {
  const int resolved = axis < 0 ? axis + ndim : axis;
  if (resolved < 0 || resolved >= ndim) {
    std::ostringstream msg;
    msg << "[vmap] axis " << axis << " is out of range for " << what << " " << i << " of shape " << shown(a.shape())
        << "; ";
    if (ndim == 0) {
      msg << "a scalar has no axes";
    } else {
      msg << "it must be from " << -ndim << " to " << ndim - 1;
    }
    throw std::invalid_argument(msg.str());
  }
  return resolved;
}

static void require_axis_count(std::size_t axes, std::size_t count, const char* which, const char* what) {
  if (axes != count) {
    std::ostringstream msg;
    msg << "[vmap] " << which << " has " << axes << " entries for " << count << " " << what
        << "; there must be one for each";
    throw std::invalid_argument(msg.str());
  }
}

static void require_same_sizes(const Arrays& args, const std::vector<int>& axes) {
  std::optional<std::size_t> first;
  for (std::size_t i = 0; i < args.size(); ++i) {
    if (axes[i] < 0) {
      continue;
    }
    if (!first) {
      first = i;
    } else if (args[i].shape(axes[i]) != args[*first].shape(axes[*first])) {
      std::ostringstream msg;
      auto slices = [&](std::size_t at) {
        msg << "argument " << at << " of shape " << shown(args[at].shape()) << " has " << args[at].shape(axes[at])
            << " slices along axis " << axes[at];
      };
      msg << "[vmap] ";
      slices(*first);
      msg << ", but ";
      slices(i);
      msg << "; all mapped axes must have the same size. Map an argument that all slices share as NOT_MAPPED";
      throw std::invalid_argument(msg.str());
    }
  }
}

// Returns the outputs for zero slices. MLX's rules and operations divide by the number of slices and refuse empty
// arrays.
static Arrays nothing_of_each(const Arrays& outputs, const std::vector<int>& axes) {
  Arrays results;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    auto shape = outputs[i].shape();
    shape.insert(shape.begin() + axes[i], 0);
    results.push_back(mx::zeros(shape, outputs[i].dtype()));
  }
  return results;
}

static Fn vectorized(const SharedFn& f, const std::optional<std::vector<int>>& in_axes,
                     const std::optional<std::vector<int>>& out_axes) {
  const auto traced = [f = guarded(f, StackUse::vmap)](const Arrays& args) { return distinct(f(args)); };
  return [traced, in_axes, out_axes](const Arrays& args) {
    if (in_axes) {
      require_axis_count(in_axes->size(), args.size(), "inAxes", "arguments");
    } else if (args.empty()) {
      throw std::invalid_argument("[vmap] at least one argument must be mapped, but none was given");
    }
    std::vector<int> in(args.size());
    for (std::size_t i = 0; i < args.size(); ++i) {
      const int axis = in_axes ? (*in_axes)[i] : 0;
      in[i] = axis == not_mapped ? -1 : resolve_axis(axis, int(args[i].ndim()), "argument", i, args[i]);
    }
    if (std::all_of(in.begin(), in.end(), [](int axis) { return axis < 0; })) {
      throw std::invalid_argument("[vmap] at least one argument must be mapped, but all of inAxes are NOT_MAPPED");
    }
    require_same_sizes(args, in);
    auto [trace_inputs, trace_outputs] = mx::detail::vmap_trace(traced, args, in);
    std::vector<int> out(trace_outputs.size());  // axis 0
    if (out_axes) {
      require_axis_count(out_axes->size(), trace_outputs.size(), "outAxes", "outputs");
      for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = resolve_axis((*out_axes)[i], int(trace_outputs[i].ndim()) + 1, "output", i, trace_outputs[i]);
      }
    }
    const auto mapped = std::find_if(in.begin(), in.end(), [](int axis) { return axis >= 0; }) - in.begin();
    if (args[mapped].shape(in[mapped]) == 0) {
      return nothing_of_each(trace_outputs, out);
    }
    return mx::detail::vmap_replace(args, trace_inputs, trace_outputs, in, out);
  };
}

Fn vmap(const SharedFn& f, const std::vector<int>& in_axes, const std::vector<int>& out_axes) {
  return vectorized(f, in_axes, out_axes);
}

Fn vmap(const SharedFn& f, const std::vector<int>& in_axes) { return vectorized(f, in_axes, std::nullopt); }

Fn vmap(const SharedFn& f) { return vectorized(f, std::nullopt, std::nullopt); }

// ---- checkpoint -----------------------------------------------------------------------------------
Fn checkpoint(const SharedFn& f) {
  auto checked = [f = guarded(f, StackUse::vjp)](const Arrays& args) {
    auto outputs = f(args);
    if (outputs.empty()) {
      throw std::invalid_argument("[checkpoint] the function must return at least one array, but it returned none");
    }
    return outputs;
  };
  auto recomputed = [checked](const Arrays& primals, const Arrays& cotangents, const Arrays& outputs) {
    std::vector<int> argnums(primals.size());
    std::iota(argnums.begin(), argnums.end(), 0);
    // Recomputed only once the outputs are available.
    return backward(checked, mx::depends(primals, outputs), argnums, [&](const Arrays&) { return cotangents; })
        .products;
  };
  return mx::custom_vjp(checked, recomputed);
}

// ---- compile --------------------------------------------------------------------------------------
static std::atomic<bool> compile_enabled{std::getenv("MLX_DISABLE_COMPILE") == nullptr};

// MLX compiles for the CPU only if it finds g++, which nothing here needs. It asks when a compiled function is created,
// and not for a GPU, so meanwhile the default device poses as one.
class CompilerNotNeeded {
 public:
  CompilerNotNeeded() : device_(const_cast<mx::Device&>(mx::default_device())), saved_(device_.type) {
    device_.type = mx::Device::gpu;
  }
  ~CompilerNotNeeded() { device_.type = saved_; }
  CompilerNotNeeded(const CompilerNotNeeded&) = delete;
  CompilerNotNeeded& operator=(const CompilerNotNeeded&) = delete;

 private:
  mx::Device& device_;
  mx::Device::DeviceType saved_;
};

// A trace that fails leaves an empty entry behind, one for each failing call.
static void forget_failed_trace(std::uintptr_t id) { mx::detail::compile_erase(mx::detail::compile_cache(), id); }

// mx::compile identifies a function in each thread's cache by its address, which may be reused, and erases it only from
// the cache of the thread that drops it. Here ids are never reused, and a dropped id is erased from all caches.
struct CompiledId {
  const std::uintptr_t value = next++;
  CompiledId() = default;
  ~CompiledId() { defer_compiled_id(value); }
  CompiledId(const CompiledId&) = delete;
  CompiledId& operator=(const CompiledId&) = delete;

 private:
  static inline std::atomic<std::uintptr_t> next{std::uintptr_t(1) << 63};  // never an address
};

// Calls `compiled` unless compiling is disabled, the function calls itself, or the arguments are traced; then `traced`.
template <class Compiled>
static Fn unless_traced(Fn traced, std::shared_ptr<const CompiledId> id, Compiled compiled) {
  return
      [traced = std::move(traced), id = std::move(id), compiled = std::move(compiled)](const Arrays& args) -> Arrays {
        thread_local std::vector<std::uintptr_t> active;  // the functions that this thread is calling
        const bool inside_own_trace = std::find(active.begin(), active.end(), id->value) != active.end();
        const bool inside_a_trace = std::any_of(args.begin(), args.end(), [](auto& a) { return a.is_tracer(); });
        if (!compile_enabled || inside_own_trace || inside_a_trace) {
          return traced(args);
        }
        struct Mark {
          explicit Mark(std::uintptr_t i) { active.push_back(i); }
          ~Mark() { active.pop_back(); }
        } mark(id->value);
        return compiled(args);
      };
}

static bool depends_on(const mx::array& a, const Arrays& args) {
  bool found = false;
  walk_in_any_order({a}, {}, [&](const mx::array& below) {
    found = found || std::any_of(args.begin(), args.end(), [&](auto& arg) { return arg.id() == below.id(); });
    return !found;
  });
  return found;
}

// Returns an array that the same operation computes from the same inputs.
static mx::array computed_alike(mx::array a) {
  if (a.siblings().empty()) {
    return mx::array(a.shape(), a.dtype(), a.primitive_ptr(), a.inputs());
  }
  std::vector<mx::Shape> shapes;
  std::vector<mx::Dtype> dtypes;
  for (auto& output : a.outputs()) {
    shapes.push_back(output.shape());
    dtypes.push_back(output.dtype());
  }
  return mx::array::make_arrays(std::move(shapes), dtypes, a.primitive_ptr(), a.inputs())[a.sibling_position()];
}

// MLX copies the graph that it records, except for the results themselves. A result that does not depend on the
// arguments may be an array that the program evaluates later, which takes the operation out of it and thus out of the
// recording. So the recording gets another one.
static Fn with_results_of_its_own(Fn traced) {
  return [traced = std::move(traced)](const Arrays& args) {
    auto results = traced(args);
    std::unordered_map<std::uintptr_t, mx::array> own;
    for (auto& a : results) {
      if (a.has_primitive() && !depends_on(a, args)) {
        auto found = own.find(a.id());
        if (found == own.end()) {
          found = own.emplace(a.id(), computed_alike(a)).first;
        }
        a = found->second;
      }
    }
    return results;
  };
}

static Fn compile_for_each_shape(const SharedFn& f) {
  auto id = std::make_shared<const CompiledId>();
  CompilerNotNeeded compiler_not_needed;
  auto traced = recorded(f);
  auto compiled = mx::detail::compile(with_results_of_its_own(traced), id->value, false);
  return unless_traced(traced, id, [id, compiled](const Arrays& args) {
    try {
      return call_compiled(compiled, args);
    } catch (...) {
      forget_failed_trace(id->value);
      throw;
    }
  });
}

Fn compile(const SharedFn& f, bool shapeless) {
  if (!shapeless) {
    return compile_for_each_shape(f);
  }
  auto id = std::make_shared<const CompiledId>();
  CompilerNotNeeded compiler_not_needed;
  auto traced = recorded(f);
  auto any_size =
      std::make_shared<AnySize>(with_results_of_its_own(traced), id->value, [f] { return compile_for_each_shape(f); });
  return unless_traced(traced, id, [any_size](const Arrays& args) { return (*any_size)(args); });
}

// Elsewhere than on Linux, fusing on the CPU would run a C++ compiler.
static bool fuses_on_default_device() { return fuses_on_cpu() || mx::default_device() == mx::Device::gpu; }

jint default_compile_mode() {
  return jint(fuses_on_default_device() ? mx::CompileMode::enabled : mx::CompileMode::no_fuse);
}

void set_compile_mode(jint mode) {
  Entry entry;
  const auto m = mx::CompileMode(mode);
  compile_enabled = m != mx::CompileMode::disabled;
  if (compile_enabled) {
    mx::set_compile_mode(fuses_on_default_device() ? m : mx::CompileMode::no_fuse);
  }
}

}  // namespace mlx4j
