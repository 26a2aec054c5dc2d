// libmlx exports Compiled::eval_cpu, so on Linux the dynamic linker finds the definition at the end instead, because
// this library is opened before libmlx. Being a member, it may read the recorded subgraph: inputs_, outputs_, tape_.
//
// MLX writes a C++ program for the subgraph and runs g++ while the program runs. Here the subgraph becomes a Program of
// vectorized kernels.
#include <algorithm>
#include <atomic>
#include <memory>
#include <optional>
#include <stdexcept>

#include "bridge/threads.h"
#include "cpu.h"
#include "cpu/arrays.h"
#include "cpu/evaluation.h"
#include "cpu/program.h"
#include "mlx/backend/cpu/encoder.h"
#include "mlx/primitives.h"

namespace mlx4j::cpu {

static mx::Shape broadcast_shape(const Arrays& inputs) {
  mx::Shape shape;
  for (auto& in : inputs) {
    const auto ndim = std::max(shape.size(), in.ndim());
    mx::Shape joined(ndim, 1);
    for (std::size_t axis = 0; axis < ndim; ++axis) {
      const auto size_in = [&](const mx::Shape& s) { return axis + s.size() < ndim ? 1 : s[axis + s.size() - ndim]; };
      const auto a = size_in(shape);
      joined[axis] = a == 1 ? size_in(in.shape()) : a;
    }
    shape = std::move(joined);
  }
  return shape;
}

// The shape that a broadcast has in this call, which may be of another size than the recorded one.
static mx::Shape broadcast_shape(const mx::array& recorded, const mx::Shape& outputs) {
  mx::Shape shape = recorded.shape();
  const auto missing = outputs.size() - shape.size();
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    shape[axis] = shape[axis] == 1 ? 1 : outputs[axis + missing];
  }
  return shape;
}

mx::Shape shape_in_call(const mx::array& recorded, const Arrays& operands, const mx::Shape& outputs) {
  const bool is_broadcast = std::string_view(recorded.primitive().name()) == "Broadcast";
  return is_broadcast ? broadcast_shape(recorded, outputs) : broadcast_shape(operands);
}

namespace {

using IsConstant = std::function<bool(std::size_t)>;

const auto& no_constant = immortal<const IsConstant>([](std::size_t) { return false; });

struct Subgraph {
  const Arrays& inputs;
  const Arrays& outputs;
  const Arrays& tape;
  const IsConstant& is_constant;
};

// The values of a subgraph's arrays, which are few.
template <class T>
class ById {
 public:
  void set(const mx::array& a, T value) { entries_.push_back({a.id(), std::move(value)}); }
  const T& of(const mx::array& a) const {
    for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) {
      if (entry->id == a.id()) {
        return entry->value;
      }
    }
    throw std::logic_error("[compile] an operation has an input that is not part of the subgraph");
  }

 private:
  struct Entry {
    std::uintptr_t id;
    T value;
  };
  std::vector<Entry> entries_;
};

// ---- memory ---------------------------------------------------------------------------------------
bool is_scalar(const mx::array& a) { return a.size() == 1; }

bool has_negative_strides(const mx::array& a) {
  return std::any_of(a.strides().begin(), a.strides().end(), [](auto stride) { return stride < 0; });
}

// Returns an input whose elements lie in memory as those of all others do that are no scalars, without gaps; null if
// there is none, so that the axes must be followed.
const mx::array* common_order(const Arrays& inputs, const mx::Shape& shape) {
  const mx::array* first = nullptr;
  for (auto& in : inputs) {
    if (is_scalar(in)) {
      continue;
    }
    if (in.shape() != shape || !in.flags().contiguous || has_negative_strides(in)) {
      return nullptr;
    }
    if (!first) {
      first = &in;
    }
    const bool same = in.strides() == first->strides() ||
                      (in.flags().row_contiguous && first->flags().row_contiguous) ||
                      (in.flags().col_contiguous && first->flags().col_contiguous);
    if (!same || in.data_size() != first->data_size()) {
      return nullptr;
    }
  }
  return first;
}

// Whether nothing but the operation refers to an input. Each of its outputs lists the inputs, so MLX's own function
// never says so if there are several.
bool is_needed_by_none(const mx::array& in, const Arrays& outputs) {
  long listed = 0;
  for (auto& out : outputs) {
    listed += std::count_if(out.inputs().begin(), out.inputs().end(), [&](auto& a) { return a.id() == in.id(); });
  }
  const auto& data = in.data_shared_ptr();
  return references(in) == std::max(1L, listed) && data.use_count() == 1 && data->is_owned();
}

// Gives the outputs memory, that of inputs which nobody needs any more if possible.
void allocate(const Arrays& inputs, Arrays& outputs, const std::function<bool(std::size_t)>& is_kept,
              const mx::array* model) {
  std::size_t shared = 0;
  for (std::size_t i = 0; i < inputs.size() && shared < outputs.size(); ++i) {
    auto& in = inputs[i];
    auto& out = outputs[shared];
    const bool fits = in.itemsize() == out.itemsize() &&
                      (model || (in.flags().row_contiguous && in.size() == out.size())) && !is_scalar(in);
    if (fits && is_needed_by_none(in, outputs) && !is_kept(i)) {
      if (model) {
        out.copy_shared_buffer(in);
      } else {
        out.copy_shared_buffer(in, out.strides(), in.flags(), in.data_size());
      }
      ++shared;
    }
  }
  for (std::size_t i = shared; i < outputs.size(); ++i) {
    auto& out = outputs[i];
    if (model) {
      out.set_data(mx::allocator::malloc(model->data_size() * out.itemsize()), model->data_size(), model->strides(),
                   model->flags());
    } else {
      out.set_data(mx::allocator::malloc(out.nbytes()));
    }
  }
}

// ---- evaluation -----------------------------------------------------------------------------------
// Allocates the outputs and lets the stream run the program, whose first values are the inputs.
void start(mx::Stream stream, std::shared_ptr<Program> program, const std::vector<Program::Value>& results,
           const Arrays& inputs, Arrays& outputs, const IsConstant& is_constant) {
  const auto& shape = outputs[0].shape();
  const auto* model = common_order(inputs, shape);
  const auto is_kept = [&](std::size_t i) {
    return is_constant(i) || std::find(results.begin(), results.end(), Program::Value(i)) != results.end();
  };
  allocate(inputs, outputs, is_kept, model);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const bool linear = model || (inputs[i].flags().row_contiguous && inputs[i].size() == outputs[0].size());
    program->place_input(Program::Value(i), inputs[i], linear ? Program::Order::in_memory : Program::Order::by_axes,
                         shape);
  }
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    program->place_output(results[i], outputs[i]);
  }
  program->finish(model ? outputs[0].data_size() : outputs[0].size());
  mx::cpu::get_command_encoder(stream).dispatch([program = std::move(program)] { program->run(); });
}

// Returns false, and has done nothing then, if there are too many operations, or one without a kernel.
bool evaluate(mx::Stream stream, const Subgraph& graph, const Arrays& inputs, Arrays& outputs) {
  auto program = std::make_shared<Program>();
  ById<Program::Value> values;
  for (auto& in : graph.inputs) {
    values.set(in, program->add_input(in.dtype()));
  }
  std::vector<Program::Value> operands;
  for (auto& a : graph.tape) {
    operands.clear();
    for (auto& in : a.inputs()) {
      operands.push_back(values.of(in));
    }
    const auto value = program->add_operation(a.primitive().name(), elements_of(a.dtype()), operands);
    if (!value) {
      return false;
    }
    values.set(a, *value);
  }
  if (program->values() > Program::most_values) {
    return false;
  }

  std::vector<Program::Value> results;
  for (auto& out : graph.outputs) {
    results.push_back(values.of(out));
  }
  start(stream, std::move(program), results, inputs, outputs, graph.is_constant);
  return true;
}

// Computes one operation after the other, as MLX does where nothing is fused.
void evaluate_singly(mx::Stream stream, const Subgraph& graph, const Arrays& inputs, Arrays& outputs) {
  ById<mx::array> values;
  Arrays computed;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    values.set(graph.inputs[i], inputs[i]);
  }
  for (auto& recorded : graph.tape) {
    Arrays operands;
    for (auto& in : recorded.inputs()) {
      operands.push_back(values.of(in));
    }
    mx::array original = recorded;
    mx::array a(shape_in_call(recorded, operands, outputs[0].shape()), recorded.dtype(), original.primitive_ptr(),
                operands);
    Arrays results{a};
    a.primitive().eval_cpu(a.inputs(), results);
    values.set(recorded, a);
    computed.push_back(a);
  }
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    outputs[i].copy_shared_buffer(values.of(graph.outputs[i]));
  }
  mx::cpu::get_command_encoder(stream).add_temporaries(std::move(computed));
}

}  // namespace

bool evaluate_operation(mx::Primitive& primitive, const Arrays& inputs, mx::array& out) {
  const std::string_view name = primitive.name();
  const auto operation = operation_named(name);
  if (out.size() < worthwhile_size && !blocks_are_limited() &&
      !(operation && differs_from_mlx(*operation, elements_of(out.dtype()).type))) {
    return false;
  }
  if (name == "AsType" && is_left_to_mlx(inputs[0].dtype(), out.dtype())) {
    return false;
  }
  auto program = std::make_shared<Program>();
  std::vector<Program::Value> operands;
  for (auto& in : inputs) {
    operands.push_back(program->add_input(in.dtype()));
  }
  const auto value = program->add_operation(name, elements_of(out.dtype()), operands);
  if (!value) {
    return false;
  }
  Arrays outputs{out};
  start(primitive.stream(), std::move(program), {*value}, inputs, outputs, no_constant);
  return true;
}

static std::atomic<int> unfused_count{0};

int unfused() { return unfused_count; }

static void evaluate_recorded(mx::Stream stream, const Subgraph& graph, const Arrays& inputs, Arrays& outputs) {
  if (!cpu_kernels()) {
    evaluate_singly(stream, graph, inputs, outputs);
  } else if (!evaluate(stream, graph, inputs, outputs)) {
    ++unfused_count;
    evaluate_singly(stream, graph, inputs, outputs);
  }
}

void evaluate_subgraph(mx::Stream stream, const Arrays& placeholders, const Arrays& results, const Arrays& tape,
                       const Arrays& inputs, Arrays& outputs) {
  evaluate_recorded(stream, {placeholders, results, tape, no_constant}, inputs, outputs);
}

}  // namespace mlx4j::cpu

void mlx::core::Compiled::eval_cpu(const std::vector<array>& inputs, std::vector<array>& outputs) {
  mlx4j::cpu::evaluate_recorded(stream(), {inputs_, outputs_, tape_, is_constant_}, inputs, outputs);
}
