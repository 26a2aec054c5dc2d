#include "exported/exported_functions.h"

#include <algorithm>
#include <optional>
#include <sstream>
#include <unordered_map>

#include "evaluation.h"
#include "exported/exported_operations.h"
#include "exported/function_file.h"
#include "graph_guard.h"
#include "graph_walk.h"
#include "large_stack.h"
#include "messages.h"
#include "mlx/export.h"
#include "mlx/graph_utils.h"
#include "mlx/transforms_impl.h"
#include "mlx/version.h"
#include "mlx_primitives.h"
#include "recordings.h"

namespace mlx4j {

names::names(jobjectArray a) {
  require_array(a);
  JNIEnv* env = require_env();
  for (jsize i = 0; i < env->GetArrayLength(a); ++i) {
    LocalFrame frame(env);
    v.push_back(utf8_in(static_cast<jbyteArray>(env->GetObjectArrayElement(a, i))).s);
  }
}

namespace {

template <class T>
const T& target(const SharedFn& f, const char* what) {
  if (auto* t = f->target<T>()) {
    return *t;
  }
  throw std::logic_error(std::string("this is not ") + what);
}

// ---- export ---------------------------------------------------------------------------------------
bool has(const mx::array& a, InFiles in_files) { return a.has_primitive() && traits_of(a).in_files == in_files; }

// Turns a traced graph into one that MLX can write. Calls of custom and checkpointed functions are replaced by what
// they compute, since files have no place for rules. Constants get their own memory in row-major order, because MLX
// writes their bytes as they lie, whatever the strides, even if they are not computed yet.
class Preparation {
 public:
  explicit Preparation(const Arrays& args) {
    for (auto& a : args) {
      stands_in_.emplace(a.id(), a);
    }
  }

  mx::array operator()(const mx::array& output) {
    walk_inputs_first(
        {output}, [this](const mx::array& a) { return enter(a); }, [this](const mx::array& a) { leave(a); },
        needed_inputs);
    return stands_in_.at(output.id());
  }

 private:
  static bool is_call(const mx::array& a) { return has(a, InFiles::its_computation); }

  // For a call of a custom function, these are what the function computed: the last inputs, one for each output.
  static std::span<const mx::array> needed_inputs(const mx::array& a) {
    const std::span<const mx::array> inputs = a.inputs();
    return is_call(a) ? inputs.last(a.siblings().size() + 1) : inputs;
  }

  bool enter(const mx::array& a) {
    if (stands_in_.contains(a.id())) {
      return false;
    }
    if (a.has_primitive() && !has(a, InFiles::its_values)) {
      return true;
    }
    const bool ready = a.status() == mx::array::Status::available && a.flags().row_contiguous;
    put(a, ready ? a : values_as(a, a.dtype()));
    return false;
  }

  void leave(const mx::array& a) {
    const auto outputs = a.outputs();
    const auto computed = needed_inputs(a);
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (is_call(a)) {
        put(outputs[i], stands_in_.at(computed[i].id()));
        continue;
      }
      mx::array output = outputs[i];
      for (auto& in : output.inputs()) {
        in = stands_in_.at(in.id());
      }
      put(output, output);
    }
  }

  void put(const mx::array& given, const mx::array& instead) {
    stands_in_.emplace(given.id(), instead);
    given_.push_back(given);  // otherwise its id could be reused
  }

  std::unordered_map<std::uintptr_t, mx::array> stands_in_;
  Arrays given_;
};

// Keyword arguments follow the positional ones, in ascending order of their names.
Arrays flat(const mx::Args& args, const mx::Kwargs& kwargs) {
  Arrays all = args;
  std::vector<std::pair<std::string, mx::array>> sorted(kwargs.begin(), kwargs.end());
  std::sort(sorted.begin(), sorted.end(), [](auto& a, auto& b) { return a.first < b.first; });
  for (auto& [name, a] : sorted) {
    all.push_back(a);
  }
  return all;
}

std::pair<mx::Args, mx::Kwargs> split(const Names& names, const Arrays& all) {
  const auto n = all.size() - names.size();
  std::pair<mx::Args, mx::Kwargs> parts;
  parts.first.assign(all.begin(), all.begin() + std::ptrdiff_t(n));
  for (std::size_t i = 0; i < names.size(); ++i) {
    parts.second.insert({names[i], all[n + i]});
  }
  return parts;
}

struct Exporter {
  using Writer = std::shared_ptr<mx::FunctionExporter>;
  std::shared_ptr<Writer> writer;  // contains null once the file is complete
  std::shared_ptr<bool> follows;   // whether the graph of the last example follows sizes

  Arrays operator()(const Arrays&) const { throw std::logic_error("an exporter is not a function"); }
};

// ---- import ---------------------------------------------------------------------------------------
struct Step {
  std::string name;
  Exported operation;
  std::vector<std::size_t> inputs;
  std::vector<std::size_t> results;
  std::vector<Signature> signatures;
};

struct Example {
  Names names;
  std::vector<Signature> signatures;  // of the arguments
  std::vector<std::size_t> arguments;
  std::vector<std::size_t> outputs;
  std::vector<std::pair<std::size_t, mx::array>> constants;
  std::vector<Step> steps;
  std::size_t values = 0;

  bool fits(const Names& given, const Arrays& all, bool any_sizes) const {
    if (given != names || all.size() != signatures.size()) {
      return false;
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (!signatures[i].fits(all[i], any_sizes)) {
        return false;
      }
    }
    return true;
  }

  // Applies the operations one after the other. If `exact`, their results must be what the file says.
  Arrays run(const Arrays& all, bool exact, mx::StreamOrDevice s) const {
    std::vector<std::optional<mx::array>> value(values);
    for (auto& [at, constant] : constants) {
      value[at] = constant;
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
      value[arguments[i]] = all[i];
    }
    Arrays inputs;
    for (auto& step : steps) {
      inputs.clear();
      for (auto at : step.inputs) {
        inputs.push_back(*value[at]);
      }
      auto results = exact ? checked(step, inputs, s) : step.operation.apply(inputs, step.signatures, s);
      for (std::size_t i = 0; i < step.results.size(); ++i) {
        value[step.results[i]] = std::move(results.at(i));
      }
    }
    Arrays results;
    for (auto at : outputs) {
      results.push_back(*value[at]);
    }
    return results;
  }

  static Arrays checked(const Step& step, const Arrays& inputs, mx::StreamOrDevice s) {
    std::ostringstream msg;
    try {
      auto results = step.operation.apply(inputs, step.signatures, s);
      for (auto& result : results) {
        require_countable(result);
      }
      const bool as_said = std::equal(results.begin(), results.end(), step.signatures.begin(), step.signatures.end(),
                                      [](auto& a, auto& signature) { return signature.fits(a, false); });
      if (as_said) {
        return results;
      }
      msg << "its results are not what the file says";
    } catch (const std::exception& e) {
      msg << e.what();
    }
    std::ostringstream place;
    place << "operation " << step.name << " of";
    for (auto& in : inputs) {
      place << " " << in.dtype() << " " << shown(in.shape());
    }
    throw bad_file(place.str() + ": " + msg.str());
  }
};

struct Content {
  bool any_sizes = false;
  std::string metadata;
  std::vector<Example> examples;
};

class Reading {
 public:
  explicit Reading(const std::string& path) : file_(path) {}

  Content content() {
    Content c;
    version_ = file_.text();
    const auto examples = file_.number<int>();
    c.any_sizes = file_.boolean();
    c.metadata = file_.text();
    for (int i = 0; i < examples; ++i) {
      c.examples.push_back(example());
      verify(c.examples.back());
    }
    if (file_.remaining() > 0) {
      throw bad_file("it continues after its end");
    }
    return c;
  }

  const std::string& version() const { return version_; }

 private:
  using Id = std::uint64_t;

  // Applies everything to placeholders. They count as traced because another input is mapped, so nothing is computed.
  static void verify(const Example& e) {
    Arrays arguments;
    for (auto& [shape, dtype] : e.signatures) {
      arguments.emplace_back(shape, dtype, nullptr, Arrays{});
      arguments.back().set_tracer(true);
    }
    Arrays all = arguments;
    all.emplace_back(mx::Shape{1}, mx::bool_, nullptr, Arrays{});
    std::vector<int> axes(all.size(), -1);
    axes.back() = 0;
    auto run = [&](const Arrays&) {
      e.run(arguments, true, {});
      return Arrays{};
    };
    mx::detail::vmap_trace(run, all, axes);
  }

  Example example() {
    Example e;
    places_.clear();
    e.names.resize(file_.count(8));
    for (auto& name : e.names) {
      name = file_.text();
    }
    if (std::adjacent_find(e.names.begin(), e.names.end(), std::greater_equal<>()) != e.names.end()) {
      throw bad_file("the names of its arguments are not in order");
    }
    const auto ids = file_.numbers<Id>();
    const auto arguments = file_.count(13);
    if (arguments != ids.size() || e.names.size() > ids.size()) {
      throw bad_file("the number of its arguments is contradictory");
    }
    for (auto id : ids) {
      e.signatures.push_back(file_.signature());
      e.arguments.push_back(define(e, id));
    }
    const auto outputs = file_.numbers<Id>();
    const auto tape = file_.count(10);
    for (std::size_t i = 0; i < tape; ++i) {
      entry(e);
    }
    for (auto id : outputs) {
      e.outputs.push_back(place(id));
    }
    return e;
  }

  void entry(Example& e) {
    const auto id = file_.number<Id>();
    if (file_.boolean()) {
      step(e, id);
    } else if (!file_.boolean()) {
      place(id);  // an argument
    } else if (const auto it = constants_.find(id); it != constants_.end()) {
      e.constants.emplace_back(define(e, id), it->second);
    } else {
      const auto signature = file_.signature();
      const auto a = file_.values(signature);
      constants_.emplace(id, a);
      e.constants.emplace_back(define(e, id), a);
    }
  }

  void step(Example& e, Id id) {
    Step s;
    for (auto input : file_.numbers<Id>()) {
      s.inputs.push_back(place(input));
    }
    file_.number<int>();  // stream and device, which are the caller's here
    file_.number<int>();
    file_.number<int>();
    s.name = file_.text();
    try {
      s.operation = read_operation(s.name, file_);
    } catch (const bad_file& problem) {
      throw bad_file("operation " + s.name.substr(0, 40) + ": " + problem.what());
    }
    if (file_.number<std::uint64_t>() == 0) {
      s.signatures.push_back(file_.signature());
      s.results.push_back(define(e, id));
    } else {
      const auto ids = file_.numbers<Id>();
      std::vector<mx::Shape> shapes(file_.count(8));
      for (auto& shape : shapes) {
        shape = file_.shape();
      }
      if (file_.count(5) != shapes.size() || ids.size() != shapes.size()) {
        throw bad_file("the number of an operation's results is contradictory");
      }
      for (std::size_t i = 0; i < ids.size(); ++i) {
        s.signatures.push_back({shapes[i], file_.dtype()});
        s.results.push_back(define(e, ids[i]));
      }
      place(id);
    }
    e.steps.push_back(std::move(s));
  }

  std::size_t define(Example& e, Id id) {
    if (!places_.emplace(id, e.values).second) {
      throw bad_file("it defines an array twice");
    }
    return e.values++;
  }

  std::size_t place(Id id) const {
    const auto it = places_.find(id);
    if (it == places_.end()) {
      throw bad_file("it uses an array that it does not define");
    }
    return it->second;
  }

  FunctionFile file_;
  std::string version_;
  std::unordered_map<Id, std::size_t> places_;
  std::unordered_map<Id, mx::array> constants_;
};

struct Imported {
  std::shared_ptr<const Content> content;

  Arrays operator()(const Arrays& args) const { return call({}, args, {}); }

  Arrays call(const Names& names, const Arrays& all, mx::StreamOrDevice s) const {
    for (auto& example : content->examples) {
      if (example.fits(names, all, content->any_sizes)) {
        return example.run(all, false, s);
      }
    }
    std::ostringstream msg;
    msg << "[ImportedFunction] the function was not exported for ";
    describe(msg, names, all, [](auto& os, auto& a) { os << a.dtype() << " " << shown(a.shape()); });
    msg << "; it was for ";
    for (std::size_t i = 0; i < content->examples.size(); ++i) {
      auto& example = content->examples[i];
      msg << (i ? " or " : "");
      describe(msg, example.names, example.signatures, [](auto& os, auto& signature) { os << signature; });
    }
    msg << (content->examples.empty() ? "nothing" : content->any_sizes ? ", with axes of any size" : "");
    throw std::invalid_argument(msg.str());
  }

 private:
  template <class T, class F>
  static void describe(std::ostream& os, const Names& names, const std::vector<T>& all, F print) {
    os << "(";
    const auto positional = all.size() - names.size();
    for (std::size_t i = 0; i < all.size(); ++i) {
      os << (i ? ", " : "") << (i < positional ? "" : names[i - positional] + " = ");
      print(os, all[i]);
    }
    os << ")";
  }
};

}  // namespace

// ---- natives --------------------------------------------------------------------------------------
Fn exporter(const std::string& path, const SharedFn& f, bool shapeless, const std::string& metadata) {
  auto follows = std::make_shared<bool>(false);
  auto traced = [f = guarded(f, StackUse::compile), follows](const mx::Args& args, const mx::Kwargs& kwargs) {
    const Arrays all = flat(args, kwargs);
    const Recording recording;
    Arrays outputs = f(all);
    const auto empty = [](const mx::array& a) { return a.size() == 0; };  // operations on empty arrays often differ
    *follows = recording.follows() && std::none_of(all.begin(), all.end(), empty);
    Preparation prepare(all);
    std::transform(outputs.begin(), outputs.end(), outputs.begin(), prepare);
    return outputs;
  };
  auto writer = std::make_shared<mx::FunctionExporter>(
      mx::exporter(path, std::function<Arrays(const mx::Args&, const mx::Kwargs&)>(traced), shapeless, metadata));
  return Exporter{std::make_shared<Exporter::Writer>(std::move(writer)), follows};
}

bool export_example(const SharedFn& exporter, const Names& names, const Arrays& arguments) {
  const auto state = target<Exporter>(exporter, "an exporter");
  const auto writer = *state.writer;  // the function may close the exporter
  if (!writer) {
    throw std::logic_error("[exporter] the exporter is closed");
  }
  const auto [args, kwargs] = split(names, arguments);
  on_large_stack([&] { (*writer)(args, kwargs); });
  return *state.follows;
}

void finish_export(const SharedFn& exporter) { target<Exporter>(exporter, "an exporter").writer->reset(); }

Fn import_function(const std::string& path) {
  Entry entry;
  Reading reading(path);
  try {
    return Imported{std::make_shared<const Content>(reading.content())};
  } catch (const bad_file& problem) {
    const auto& version = reading.version();
    const bool plausible =
        version.size() < 20 && std::all_of(
                                   version.begin(), version.end(),
                                   [](char c) { return c == '.' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'); });
    std::ostringstream msg;
    msg << problem.what();
    if (plausible && !version.empty() && version != mx::version()) {
      msg << " (it was written by MLX " << version << ", this is MLX " << mx::version() << ")";
    }
    throw bad_file(msg.str());
  }
}

std::string exported_metadata(const SharedFn& imported) {
  return target<Imported>(imported, "an imported function").content->metadata;
}

Arrays call_imported(const SharedFn& imported, const Names& names, const Arrays& arguments, mx::StreamOrDevice s) {
  return target<Imported>(imported, "an imported function").call(names, arguments, s);
}

std::string export_to_dot(const Arrays& outputs, const Names& names, const Arrays& named) {
  constexpr std::size_t stack_of_a_level = 512;  // MLX walks the graph recursively, through a std::function
  mx::NodeNamer namer;
  for (std::size_t i = 0; i < named.size(); ++i) {
    namer.set_name(named[i], names[i]);
  }
  std::ostringstream os;
  on_large_stack([&] {
    require_stack_for(outputs, {}, stack_of_a_level);
    mx::export_to_dot(os, std::move(namer), outputs);
  });
  return os.str();
}

}  // namespace mlx4j
