#include "cpu/row_program.h"

#include <algorithm>
#include <memory>
#include <string_view>
#include <unordered_map>

#include "cpu/parallel.h"
#include "cpu/reductions.h"
#include "mlx/backend/cpu/encoder.h"
#include "mlx_primitives.h"

namespace mlx4j::cpu {

namespace {

constexpr std::size_t line = 64;                     // bytes of a cache line
constexpr std::size_t bytes_together = 256 * 1024;   // of rows: inputs, output and what lies between
constexpr std::size_t most_area_bytes = 128 * 1024;  // the rest of the stack is for the blocks of a program
constexpr std::size_t most_areas = 64;
constexpr std::size_t most_values = 96;  // of a program
constexpr std::size_t fewest_rows = 16;

std::size_t in_lines(std::size_t bytes) { return (bytes + line - 1) / line * line; }

bool has_one_element_for_each_row(const mx::array& a) { return a.ndim() == 0 || a.shape(-1) == 1; }

bool lies_in_order(const mx::array& a, std::size_t size) { return a.flags().row_contiguous && a.size() == size; }

}  // namespace

std::optional<Reduction> reduction_of_rows(const mx::array& a) {
  if (traits_of(a).type != type_name<mx::Reduce>()) {
    return std::nullopt;
  }
  const auto [type, axes] = static_cast<mx::Reduce&>(mx::array(a).primitive()).state();
  const mx::array& in = a.inputs()[0];
  const bool along_rows = axes.size() == 1 && axes[0] == int(in.ndim()) - 1 && in.ndim() == a.ndim();
  if (!along_rows || elements_of(in.dtype()).type != Type::float32 || in.dtype() != a.dtype()) {
    return std::nullopt;
  }
  return reduction_of(type);
}

class RowProgram::Builder {
 public:
  Builder(const mx::Shape& shape, const Arrays& inputs, const Arrays& tape) {
    result_.shape_ = shape;
    result_.length_ = std::size_t(shape.back());
    result_.rows_ = 1;
    for (auto size = shape.begin(); size + 1 != shape.end(); ++size) {
      result_.rows_ *= std::size_t(*size);
    }
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      add(inputs[i], {.kind = Kind::input,
                      .dtype = inputs[i].dtype(),
                      .of_rows = has_one_element_for_each_row(inputs[i]),
                      .number = i});
    }
    for (auto& a : tape) {
      if (!read(a)) {
        return;
      }
    }
    readable_ = true;
  }

  std::optional<RowProgram> build() {
    const auto& end = nodes_.back();
    if (!readable_ || end.kind == Kind::input || (end.kind == Kind::operation && end.of_rows) || end.level == 0 ||
        result_.rows_ * result_.length_ == 0 || (result_.rows_ < fewest_rows && !blocks_are_limited())) {
      return std::nullopt;
    }
    find_what_is_needed();
    result_.stages_.resize(end.level + 1);
    values_.resize(2 * result_.stages_.size());
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      if (nodes_[i].needed && !add_to_program(i)) {
        return std::nullopt;
      }
    }
    if (end.kind == Kind::operation) {
      result_.stages_.back().output = values_[program_of(end)].at(int(nodes_.size()) - 1);
    } else {
      result_.reduced_output_ = end.area;
    }
    if (!divide_memory()) {
      return std::nullopt;
    }
    return std::move(result_);
  }

 private:
  enum class Kind { input, operation, reduction };

  struct Node {
    Kind kind;
    mx::Dtype dtype;
    bool of_rows;           // one element for each row
    std::size_t level = 0;  // the number of reductions in a row before it can be computed
    std::size_t number = 0;
    std::string_view name = {};
    const ReductionKernels* kernels = nullptr;
    std::vector<int> operands = {};
    bool needed = false;
    bool repeated = false;  // by each program that needs it, which costs less than to keep it
    bool leaves_program = false;
    int area = -1;
  };

  void add(const mx::array& a, Node node) {
    positions_[a.id()] = int(nodes_.size());
    nodes_.push_back(std::move(node));
  }

  bool read(const mx::array& a) {
    const std::string_view name = a.primitive().name();
    std::vector<int> operands;
    std::size_t level = 0;
    bool of_rows = true;
    for (auto& in : a.inputs()) {
      operands.push_back(positions_.at(in.id()));
      const auto& operand = nodes_[std::size_t(operands.back())];
      level = std::max(level, operand.level);
      of_rows = of_rows && operand.of_rows;
    }
    if (name == "Broadcast") {
      positions_[a.id()] = operands[0];  // every program repeats what it needs
      return true;
    }
    if (const auto reduction = reduction_of_rows(a)) {
      add(a, {.kind = Kind::reduction,
              .dtype = a.dtype(),
              .of_rows = true,
              .level = level + 1,
              .kernels = &kernels_of(*reduction),
              .operands = std::move(operands)});
      return !of_rows;
    }
    add(a, {.kind = Kind::operation,
            .dtype = a.dtype(),
            .of_rows = of_rows,
            .level = level,
            .name = name,
            .operands = std::move(operands)});
    return true;
  }

  // The index of the program that computes a node, of a reduction that its operand belongs to.
  std::size_t program_of(const Node& node) const {
    return node.kind == Kind::reduction ? 2 * (node.level - 1) + 1 : 2 * node.level + (node.of_rows ? 0 : 1);
  }

  Program& program(std::size_t index) {
    auto& stage = result_.stages_[index / 2];
    return index % 2 == 0 ? stage.of_rows : stage.of_elements;
  }

  // Whether an operation takes hardly longer than to read its result.
  bool is_quick(const Node& node) const {
    if (node.kind != Kind::operation || node.of_rows) {
      return false;
    }
    const auto operation = operation_named(node.name);
    const auto type = elements_of(nodes_[std::size_t(node.operands.back())].dtype).type;
    int whole_inputs = 0;
    for (int operand : node.operands) {
      const auto& other = nodes_[std::size_t(operand)];
      if (other.kind == Kind::operation && !other.of_rows) {
        return false;
      }
      whole_inputs += other.of_rows ? 0 : 1;
    }
    return whole_inputs == 1 && (node.name == "AsType" || (operation && choose(*operation, type).weight == 1));
  }

  void find_what_is_needed() {
    for (auto& node : nodes_) {
      node.repeated = &node != &nodes_.back() && is_quick(node);
    }
    nodes_.back().needed = true;
    for (std::size_t i = nodes_.size(); i-- > 0;) {
      const auto& node = nodes_[i];
      for (int operand : node.needed ? node.operands : std::vector<int>()) {
        auto& other = nodes_[std::size_t(operand)];
        other.needed = true;
        other.leaves_program |=
            other.kind == Kind::operation && !other.repeated && program_of(other) != program_of(node);
      }
    }
  }

  int new_area(std::size_t row_bytes) {
    result_.areas_.push_back({row_bytes});
    return int(result_.areas_.size()) - 1;
  }

  // The value of a node in a program, which may have to get it from elsewhere; empty if there is no kernel for it.
  std::optional<Program::Value> value_in(std::size_t index, int position) {
    const auto found = values_[index].find(position);
    if (found != values_[index].end()) {
      return found->second;
    }
    const auto& node = nodes_[std::size_t(position)];
    if (node.repeated) {
      return compute_in(index, position);
    }
    const auto value = program(index).add_input(node.dtype);
    if (node.kind == Kind::input) {
      auto& stage = result_.stages_[index / 2];
      (index % 2 == 0 ? stage.inputs_of_rows : stage.inputs_of_elements).push_back({node.number, value});
    } else {
      const bool provided_by_row = node.of_rows && index % 2 == 1;
      program(index).place_input(value, node.area, provided_by_row ? result_.length_ : 1);
    }
    return values_[index].emplace(position, value).first->second;
  }

  std::optional<Program::Value> compute_in(std::size_t index, int position) {
    const auto& node = nodes_[std::size_t(position)];
    std::vector<Program::Value> operands;
    for (int operand : node.operands) {
      const auto value = value_in(index, operand);
      if (!value) {
        return std::nullopt;
      }
      operands.push_back(*value);
    }
    const auto value = program(index).add_operation(node.name, elements_of(node.dtype), operands);
    if (value) {
      values_[index].emplace(position, *value);
    }
    return value;
  }

  bool add_to_program(std::size_t position) {
    auto& node = nodes_[position];
    if (node.kind == Kind::input || node.repeated) {
      return true;
    }
    const auto index = program_of(node);
    const bool is_reduction = node.kind == Kind::reduction;
    const auto value = is_reduction ? value_in(index, node.operands[0]) : compute_in(index, int(position));
    if (!value) {
      return false;
    }
    if (is_reduction) {
      const int states = new_area(sizeof(double));
      node.area = new_area(node.dtype.size());
      program(index).reduce(*value, *node.kernels, result_.length_, states);
      result_.roundings_.push_back({index / 2, node.kernels, states, node.area, node.dtype});
    } else if (node.leaves_program) {
      node.area = new_area(node.dtype.size() * (node.of_rows ? 1 : result_.length_));
      program(index).place_output(*value, node.dtype, node.area);
    }
    return true;
  }

  bool divide_memory() {
    const auto length = result_.length_;
    std::size_t area_bytes = 0;
    for (auto& area : result_.areas_) {
      area_bytes += area.row_bytes;
    }
    std::size_t inputs = 0;
    for (std::size_t i = 0; i < values_.size(); ++i) {
      inputs += i % 2 == 1 ? result_.stages_[i / 2].inputs_of_elements.size() : 0;
      result_.weight_of_row_ += std::size_t(program(i).weight()) * (i % 2 == 1 ? length : 1);
      if (program(i).values() > most_values) {
        return false;
      }
    }
    if (result_.areas_.size() > most_areas || area_bytes + result_.areas_.size() * line > most_area_bytes) {
      return false;
    }
    const auto fitting = (most_area_bytes - result_.areas_.size() * line) / area_bytes;
    const auto in_cache = bytes_together / (area_bytes + (inputs + 1) * length * sizeof(float));
    result_.rows_together_ = std::clamp<std::size_t>(in_cache, 1, blocks_are_limited() ? 2 : fitting);
    for (auto& area : result_.areas_) {
      area.offset = result_.area_bytes_;
      result_.area_bytes_ += in_lines(area.row_bytes * result_.rows_together_);
    }
    return true;
  }

  RowProgram result_;
  bool readable_ = false;
  std::vector<Node> nodes_;
  std::unordered_map<std::uintptr_t, int> positions_;
  std::vector<std::unordered_map<int, Program::Value>> values_;  // by program
};

std::optional<RowProgram> RowProgram::of(const mx::Shape& shape, const Arrays& inputs, const Arrays& tape) {
  return Builder(shape, inputs, tape).build();
}

void RowProgram::start(mx::Stream stream, const Arrays& inputs, mx::array& out) && {
  const auto elements = rows_ * length_;
  const auto reused = std::find_if(inputs.begin(), inputs.end(), [&](auto& in) {
    return reduced_output_ < 0 && in.itemsize() == out.itemsize() && lies_in_order(in, elements) && in.is_donatable();
  });
  if (reused != inputs.end()) {
    out.copy_shared_buffer(*reused, out.strides(), reused->flags(), reused->data_size());
  } else {
    out.set_data(mx::allocator::malloc(out.nbytes()));
  }
  mx::Shape shape_of_rows = shape_;
  shape_of_rows.back() = 1;
  const auto place = [&](Program& program, const std::vector<Stage::Input>& list, const mx::Shape& shape,
                         std::size_t size, std::size_t row) {
    for (auto& input : list) {
      const auto& a = inputs[input.number];
      program.place_input(input.value, a, lies_in_order(a, size) ? Program::Order::in_memory : Program::Order::by_axes,
                          shape);
    }
    program.finish(size, row);
  };
  // Short rows share blocks.
  const auto row = length_ >= usual_block() / 4 ? length_ : 0;
  if (const auto& value = stages_.back().output) {
    stages_.back().of_elements.place_output(*value, out);
  }
  for (auto& stage : stages_) {
    place(stage.of_rows, stage.inputs_of_rows, shape_of_rows, rows_, 0);
    place(stage.of_elements, stage.inputs_of_elements, shape_, elements, row);
  }
  out_ = reinterpret_cast<std::byte*>(out.data<char>());
  const auto parts = (rows_ + rows_together_ - 1) / rows_together_;
  const auto grain = blocks_are_limited() ? 1 : worthwhile_weight / (weight_of_row_ * rows_together_) + 1;
  auto self = std::make_shared<const RowProgram>(std::move(*this));
  mx::cpu::get_command_encoder(stream).dispatch([self, parts, grain] {
    parallel(parts, grain, [&](std::size_t first, std::size_t last) {
      alignas(line) std::byte memory[bytes_on_stack];
      for (std::size_t part = first; part < last; ++part) {
        const auto row = part * self->rows_together_;
        self->compute(row, std::min(row + self->rows_together_, self->rows_), memory);
      }
    });
  });
}

void RowProgram::compute(std::size_t first, std::size_t last, std::byte* memory) const {
  std::byte* areas[most_areas];
  for (std::size_t i = 0; i < areas_.size(); ++i) {
    areas[i] = memory + areas_[i].offset - first * areas_[i].row_bytes;
  }
  std::byte* room = memory + area_bytes_;
  const auto run = [&](const Program& program, std::size_t length) {
    // Whole rows if possible, which are reduced at once.
    std::size_t block = usual_block() >= length ? usual_block() / length * length : usual_block();
    while (block > line && program.bytes_for_blocks(block) > bytes_on_stack - area_bytes_) {
      block = std::max(line, block / 2);
    }
    program.run(first * length, last * length, block, room, areas);
  };
  for (std::size_t i = 0; i < stages_.size(); ++i) {
    const auto& stage = stages_[i];
    if (stage.of_rows.values() > 0) {
      run(stage.of_rows, 1);
    }
    for (auto& rounding : roundings_) {
      if (rounding.stage == i) {
        auto* states = reinterpret_cast<double*>(areas[rounding.states]);
        std::fill(states + first, states + last, rounding.kernels->start);
      }
    }
    if (stage.of_elements.values() > 0) {
      run(stage.of_elements, length_);
    }
    for (auto& rounding : roundings_) {
      if (rounding.stage == i) {
        write_results(reinterpret_cast<const double*>(areas[rounding.states]) + first, last - first,
                      elements_of(rounding.dtype).half, areas[rounding.results] + first * rounding.dtype.size());
      }
    }
  }
  if (reduced_output_ >= 0) {
    const auto row_bytes = areas_[std::size_t(reduced_output_)].row_bytes;
    std::copy_n(areas[reduced_output_] + first * row_bytes, (last - first) * row_bytes, out_ + first * row_bytes);
  }
}

}  // namespace mlx4j::cpu
