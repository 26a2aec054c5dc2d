#include "evaluation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>

#include "allocation.h"
#include "cpu.h"
#include "decompositions.h"
#include "distributed/primitives.h"
#include "graph_guard.h"
#include "messages.h"
#include "mlx/transforms_impl.h"
#include "mlx_primitives.h"
#include "threads.h"

namespace mlx4j {

using Status = mx::array::Status;

// Uses a probe because libmlx does not export detail::in_tracing().
bool tracing() {
  thread_local mx::array probe = [] {
    mx::array a({}, mx::bool_, nullptr, {});
    a.set_tracer(true);
    return a;
  }();
  return probe.is_tracer();
}

static void require(const std::optional<Requirement>& requirement) {
  if (requirement && !requirement->holds.item<bool>()) {
    throw std::runtime_error(requirement->otherwise);
  }
}

// Remembers an operation before it is computed. MLX detaches an array from its graph when it schedules it, so an
// operation that fails while it computes would look computed, with memory that was never written. Once restored, it
// fails in the same way each time it is evaluated, as does everything that depends on it. Keeping the inputs here also
// prevents MLX from reusing their memory.
class Uncomputed {
 public:
  explicit Uncomputed(const mx::array& a) : primitive_(a.primitive_ptr()) {
    mx::array first = a;
    for (auto& output : first.outputs()) {
      outputs_.push_back({output, output.inputs(), output.siblings(), std::uint16_t(output.sibling_position())});
    }
  }

  void put_back() {
    for (auto& [array, inputs, siblings, position] : outputs_) {
      array.primitive_ptr() = primitive_;
      array.inputs() = inputs;
      array.set_siblings(siblings, position);
      array.set_data(mx::allocator::Data(mx::allocator::Buffer(nullptr), [](auto) {}));
      array.set_status(Status::unscheduled);
    }
  }

 private:
  struct Output {
    mx::array array;
    Arrays inputs;
    Arrays siblings;
    std::uint16_t position;
  };
  std::shared_ptr<mx::Primitive> primitive_;
  std::vector<Output> outputs_;
};

// Computes operations that may fail, inputs first. Each is computed alone, after its inputs, so that it is known which
// one fails and nothing else is affected.
static void evaluate_what_may_fail(const Arrays& fallible) {
  for (auto& a : fallible) {
    if (a.status() != Status::unscheduled) {
      continue;  // computed together with a sibling
    }
    const auto finite = requirement_of_input(a);
    Arrays before = a.inputs();
    if (finite) {
      before.push_back(finite->holds);
    }
    mx::eval(std::move(before));
    require(finite);
    Uncomputed uncomputed(a);
    try {
      const auto requirement = requirement_of_result(a);
      Arrays now{a};
      if (requirement) {
        now.push_back(requirement->holds);
      }
      mx::eval(std::move(now));
      require(requirement);
    } catch (const std::exception& e) {
      uncomputed.put_back();
      if (const auto message = explained(e.what()); message != e.what()) {
        throw std::runtime_error(message);
      }
      throw;
    }
  }
}

// Returns placeholders that share the events of the arrays that are not computed yet. They can be waited for and
// queried without touching the graph.
static Arrays pending(const Arrays& v) {
  Arrays copies;
  for (auto& a : v) {
    if (a.status() != Status::available && a.event().valid()) {
      mx::array copy({}, mx::bool_, nullptr, {});
      copy.attach_event(a.event());
      copy.set_status(Status::evaluated);
      copies.push_back(std::move(copy));
    }
  }
  return copies;
}

static void wait(const Arrays& v) {
  if (Arrays waits = pending(v); !waits.empty()) {
    Released released;
    for (auto& w : waits) {
      w.wait();
    }
  }
}

// Arrays that any thread has scheduled and that may not be finished; guarded by the entry lock.
static auto& in_flight = immortal<Arrays>();

static bool anything_in_flight() {
  std::erase_if(in_flight, [](auto& a) { return a.is_available(); });
  return !in_flight.empty();
}

template <class Evaluation>
static void fused(const Arrays& v, Evaluation evaluation) {
  fuse_for_cpu(v);
  try {
    evaluation();
  } catch (...) {
    separate_for_cpu(v);
    throw;
  }
}

static void start(const Arrays& v) {
  fused(v, [&] { mx::async_eval(v); });
  anything_in_flight();  // to forget what is finished
  for (auto& a : pending(v)) {
    in_flight.push_back(std::move(a));
  }
}

// Starts the evaluation and waits for it. This thread computes, because it has nothing else to do, unless something is
// in flight on the same stream. It does not if others wait for the entry lock: without sleeping, it would be faster
// than those each time.
static void compute(const Arrays& v) {
  anything_in_flight();  // to forget what is finished
  const auto is_idle = [](mx::Stream s) {
    return !entry_is_awaited() &&
           std::none_of(in_flight.begin(), in_flight.end(), [s](auto& a) { return a.event().stream() == s; });
  };
  compute_own_tasks([&v] { start(v); }, is_idle);
  wait(v);
}

enum class Results { awaited, not_awaited };

// Computes at once, with the lock held: operations that may fail and everything they need (nobody else can enter
// meanwhile, so errors belong to the caller); everything, if this thread is tracing (MLX forbids asynchronous
// evaluation then); and small graphs, by this thread alone, if nothing else is being computed. Operations that
// communicate with other processes are performed first.
static void schedule(const Arrays& v, Results results) {
  require_queue();
  if (std::all_of(v.begin(), v.end(), [](auto& a) { return a.status() == Status::available; })) {
    return;
  }
  communicate(v);
  const bool is_tracing = tracing();
  auto plan = plan_evaluation(v, is_tracing);
  if (!plan.fallible.empty()) {
    evaluate_what_may_fail(plan.fallible);
    plan = plan_evaluation(v, is_tracing);  // for the rest
  }
  const bool immediately = plan.little_work && !anything_in_flight();
  if (is_tracing) {
    immediately ? evaluate_immediately(v) : mx::eval(v);
    return;
  }
  if (immediately) {
    fused(v, [&] { evaluate_immediately(v); });
    return;
  }
  for (std::size_t i = 0; i + 1 < plan.slices.size(); ++i) {
    Arrays slice = std::move(plan.slices[i]);  // moved, so that its memory can be reused once it is computed
    compute(slice);
  }
  results == Results::awaited ? compute(v) : start(v);
}

// Frees what was allocated for arrays that have not been computed, and throws out_of_memory with a message that names
// the array that did not fit.
static void give_back(const Arrays& v, std::size_t bytes, const std::string& message) {
  drop_temporaries();
  std::string which;
  for (mx::array a : inputs_first(v)) {
    if (a.data_shared_ptr()) {
      a.set_data(mx::allocator::Data(mx::allocator::Buffer(nullptr), [](auto) {}));
    }
    const auto& inputs = a.inputs();
    const bool next =
        std::none_of(inputs.begin(), inputs.end(), [](auto& in) { return in.status() == Status::unscheduled; });
    if (which.empty() && next && a.nbytes() == bytes) {
      std::ostringstream os;
      os << "[eval] an array of shape " << shown(a.shape()) << " and dtype " << a.dtype() << " does not fit: ";
      which = os.str();
    }
  }
  throw out_of_memory(which + message);
}

template <class Action>
static void within_memory(const Arrays& v, Action action) {
  try {
    action();
  } catch (const allocation_failed& e) {
    give_back(v, e.bytes, e.what());
  } catch (const std::bad_alloc& e) {
    give_back(v, 0, std::string("[eval] there is no memory left to schedule the evaluation (") + e.what() + ")");
  } catch (const out_of_memory&) {
    throw;
  } catch (const std::runtime_error& e) {
    if (tells_of_no_memory(e.what())) {
      throw out_of_memory(e.what());
    }
    throw;
  }
}

void evaluate(Arrays v) {
  Entry entry;
  within_memory(v, [&v] {
    schedule(v, Results::awaited);
    for (auto& a : v) {
      a.wait();
    }
  });
}

void async_evaluate(Arrays v) {
  Entry entry;
  within_memory(v, [&v] { schedule(v, Results::not_awaited); });
}

void synchronize(mx::Stream s) {
  Released released;
  synchronize_all_of(s);
}

bool is_available(const mx::array& a) { return a.is_available(); }

mx::array values_as(const mx::array& a, mx::Dtype dtype) {
  Entry entry;
  if (dtype != mx::complex64 && a.dtype() == mx::complex64) {
    throw std::invalid_argument("a complex64 array has no real values; take real() or imag() first");
  }
  mx::array x = a;
  if (x.dtype() != dtype) {
    const bool cpu_only = x.dtype() == mx::float64 || dtype == mx::float64;
    x = mx::astype(x, dtype, cpu_only ? mx::StreamOrDevice(mx::Device::cpu) : mx::StreamOrDevice{});
  }
  evaluate({x});
  if (!x.flags().row_contiguous) {
    x = mx::contiguous(x);
    evaluate({x});
  }
  return x;
}

static mx::array element(const mx::array& a) {
  if (a.size() != 1) {
    std::ostringstream msg;
    msg << "[item] the array must have exactly one element, but its shape is " << shown(a.shape());
    throw std::invalid_argument(msg.str());
  }
  if (a.dtype() == mx::complex64) {
    throw std::invalid_argument("[item] a complex64 array has no real value; use itemComplex, real() or imag()");
  }
  if (a.status() != Status::available) {
    evaluate({a});
  }
  return a;
}

template <class R, class Convert>
static R convert_element(const mx::array& a, Convert convert) {
  const mx::array x = element(a);
  switch (x.dtype()) {
    case mx::Dtype::Val::bool_:
      return convert(*x.data<bool>());
    case mx::Dtype::Val::uint8:
      return convert(*x.data<std::uint8_t>());
    case mx::Dtype::Val::uint16:
      return convert(*x.data<std::uint16_t>());
    case mx::Dtype::Val::uint32:
      return convert(*x.data<std::uint32_t>());
    case mx::Dtype::Val::uint64:
      return convert(*x.data<std::uint64_t>());
    case mx::Dtype::Val::int8:
      return convert(*x.data<std::int8_t>());
    case mx::Dtype::Val::int16:
      return convert(*x.data<std::int16_t>());
    case mx::Dtype::Val::int32:
      return convert(*x.data<std::int32_t>());
    case mx::Dtype::Val::int64:
      return convert(*x.data<std::int64_t>());
    case mx::Dtype::Val::float16:
      return convert(float(*x.data<mx::float16_t>()));
    case mx::Dtype::Val::bfloat16:
      return convert(float(*x.data<mx::bfloat16_t>()));
    case mx::Dtype::Val::float32:
      return convert(*x.data<float>());
    case mx::Dtype::Val::float64:
      return convert(*x.data<double>());
    case mx::Dtype::Val::complex64:
      break;
  }
  throw std::invalid_argument("[item] unknown dtype");
}

jfloat item_float(const mx::array& a) {
  return convert_element<jfloat>(a, [](auto v) { return jfloat(v); });
}

jdouble item_double(const mx::array& a) {
  return convert_element<jdouble>(a, [](auto v) { return jdouble(v); });
}

jlong item_long(const mx::array& a) {  // truncates and saturates like Java's (long)
  return convert_element<jlong>(a, [](auto v) {
    using T = decltype(v);
    if constexpr (std::is_floating_point_v<T>) {
      if (std::isnan(v)) {
        return jlong(0);
      }
      if (v >= T(0x1p63)) {
        return std::numeric_limits<jlong>::max();
      }
      if (v < -T(0x1p63)) {
        return std::numeric_limits<jlong>::min();
      }
    }
    return jlong(v);
  });
}

std::string to_string(const mx::array& a) {
  evaluate({a});
  std::ostringstream os;
  os << a;
  return os.str();
}

jint print_precision() {
  Entry entry;
  return mx::get_global_formatter().format_options.precision;
}

void set_print_precision(jint precision) {
  Entry entry;
  mx::set_printoptions({precision});
}

}  // namespace mlx4j
