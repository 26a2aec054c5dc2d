#include "cpu/program.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <limits>

#include "cpu/instructions.h"
#include "cpu/parallel.h"

namespace mlx4j::cpu {

static std::atomic<int> block_limit{0};

void limit_blocks(int elements) { block_limit = elements; }

bool blocks_are_limited() { return block_limit > 0; }

static constexpr std::size_t line = 64;  // bytes of a cache line

std::size_t usual_block() {
  const int limit = block_limit;
  return limit > 0 ? std::size_t(limit) : 1024;
}

// ---- elements in memory ---------------------------------------------------------------------------
// Where n elements of a strided array from the first-th on lie, if that is one behind the other in the last axis; else
// null.
template <class T>
static const T* where_together(const T* data, const Axes& axes, std::size_t first, std::size_t n) {
  const auto& [sizes, strides] = axes;
  int axis = int(sizes.size()) - 1;
  if (strides[axis] != 1 || std::int64_t(first) % sizes[axis] + std::int64_t(n) > sizes[axis]) {
    return nullptr;
  }
  for (; axis >= 0; --axis) {
    data += std::int64_t(first) % sizes[axis] * strides[axis];
    first /= std::size_t(sizes[axis]);
  }
  return data;
}

// ---- how a program is made ------------------------------------------------------------------------
Program::Value Program::add_input(mx::Dtype dtype) {
  values_.push_back({.elements = elements_of(dtype), .itemsize = dtype.size()});
  return Value(values_.size()) - 1;
}

Program::Value Program::add_step(const Choice& choice, Value a, Value b, Value c, Elements result, bool exact) {
  const auto value = Value(values_.size());
  values_.push_back({.elements = result});
  steps_.push_back({.kernel = choice.kernel,
                    .arithmetic = std::nullopt,
                    .operands = {a, b, c},
                    .result = value,
                    .rounded = exact ? Half::no : result.half,
                    .slots = {}});
  weight_ += choice.weight;
  return value;
}

// The same value if the elements are the same.
std::optional<Program::Value> Program::add_conversion(Value value, Elements to) {
  const auto from = elements(value);
  if (from.type == to.type) {
    if (from.half == to.half || to.half == Half::no) {
      return value;
    }
    return add_step(choose_conversion(from.type, to.type), value, value, value, to, false);
  }
  const auto choice = choose_conversion(from.type, to.type);
  return choice.kernel ? std::optional(add_step(choice, value, value, value, to, false)) : std::nullopt;
}

// What has kernels for more than one step, or for single numbers; a square is a product.
static std::optional<Arithmetic> arithmetic_of(Operation operation) {
  switch (operation) {
    case Operation::Add:
    case Operation::Divide:
    case Operation::Erf:
    case Operation::Maximum:
    case Operation::Minimum:
    case Operation::Multiply:
    case Operation::Sigmoid:
    case Operation::Sqrt:
    case Operation::Subtract:
    case Operation::Tanh:
      return Arithmetic{.first = operation};
    case Operation::Square:
      return Arithmetic{.first = Operation::Multiply};
    default:
      return std::nullopt;
  }
}

std::optional<Program::Value> Program::add_operation(std::string_view name, Elements result,
                                                     const std::vector<Value>& operands) {
  if (name == "Broadcast") {
    return operands[0];  // all values are computed for each element of the outputs
  }
  if (name == "AsType") {
    return add_conversion(operands[0], result);
  }
  const auto operation = operation_named(name);
  if (!operation) {
    return std::nullopt;
  }
  const auto type = elements(operands.back()).type;
  const auto choice = choose(*operation, type);
  if (!choice.kernel || result_type(*operation, type) != result.type) {
    return std::nullopt;
  }
  const auto b = operands.size() > 1 ? operands[1] : operands[0];
  const auto value = add_step(choice, operands[0], b, operands.back(), result, is_exact(*operation));
  values_[value].not_negative = is_never_negative(*operation);
  if (type == Type::float32) {
    steps_.back().arithmetic = arithmetic_of(*operation);
  }
  return value;
}

void Program::place_input(Value input, const mx::array& a, Order order, const mx::Shape& shape) {
  auto& known = values_[input];
  known.data = reinterpret_cast<const std::byte*>(a.data<char>());
  if (a.size() == 1) {
    known.source = Source::scalar;
    return;
  }
  ++weight_;
  if (order == Order::in_memory) {
    known.source = Source::linear;
    return;
  }
  known.source = Source::strided;
  const std::size_t missing = shape.size() - a.ndim();
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    const bool repeated = axis < missing || a.shape(int(axis - missing)) == 1;
    const std::int64_t stride = repeated ? 0 : a.strides()[axis - missing];
    known.axes.append(shape[axis], stride);
  }
}

void Program::place_output(Value value, mx::array& out) {
  outputs_.push_back({.value = value,
                      .data = reinterpret_cast<std::byte*>(out.data<char>()),
                      .area = -1,
                      .itemsize = int(out.itemsize()),
                      .half = elements_of(out.dtype()).half,
                      .direct = false});
  ++weight_;
}

void Program::place_input(Value input, int area, std::size_t repetitions) {
  auto& known = values_[input];
  known.area = area;
  known.repetitions = repetitions;
  known.source = repetitions == 1 ? Source::linear : Source::strided;
  if (repetitions != 1) {
    known.axes = {{std::numeric_limits<std::int64_t>::max(), std::int64_t(repetitions)}, {1, 0}};
  }
  ++weight_;
}

void Program::place_output(Value value, mx::Dtype dtype, int area) {
  outputs_.push_back({.value = value,
                      .data = nullptr,
                      .area = area,
                      .itemsize = int(dtype.size()),
                      .half = elements_of(dtype).half,
                      .direct = false});
  ++weight_;
}

void Program::reduce(Value value, const ReductionKernels& kernels, std::size_t length, int area) {
  reduced_.push_back({.value = value,
                      .kernels = &kernels,
                      .length = length,
                      .area = area,
                      .not_negative = values_[value].not_negative});
  ++weight_;
}

int Program::new_slot(int element_size) {
  slot_sizes_.push_back(element_size);
  return int(slot_sizes_.size()) - 1;
}

// What may stand between two operations in one step.
static bool is_function_between(Operation arithmetic) {
  return arithmetic == Operation::Erf || arithmetic == Operation::Sigmoid || arithmetic == Operation::Sqrt ||
         arithmetic == Operation::Tanh;
}

// Makes a step compute its k-th operand as well, which is the result of another step. Returns false, and has done
// nothing then, if there is no kernel for that.
bool Program::take_over(const Step& before, Step& step, int k) {
  if (!before.arithmetic || before.arithmetic->has_second || before.rounded != Half::no || !step.arithmetic ||
      step.arithmetic->has_function || step.arithmetic->has_second) {
    return false;
  }
  const auto operation = step.arithmetic->first;
  auto both = *before.arithmetic;
  Value other = before.operands[0];
  if (is_function_between(operation)) {
    if (both.has_function) {
      return false;
    }
    both.has_function = true;
    both.function = operation;
  } else {
    const bool of_one_value = step.operands[0] == step.operands[1];
    if (of_one_value && operation != Operation::Multiply) {
      return false;
    }
    both.has_second = true;
    both.second = of_one_value ? Operation::Square : operation;
    both.reversed = k == 1;
    other = of_one_value ? other : step.operands[1 - k];
  }
  Kernel* kernel = choose(both);
  if (!kernel) {
    return false;
  }
  step.kernel = kernel;
  step.arithmetic = both;
  step.operands[0] = before.operands[0];
  step.operands[1] = before.operands[1];
  step.operands[2] = other;
  return true;
}

// How many steps, outputs and reductions need each value.
std::vector<int> Program::count_uses() const {
  std::vector<int> uses(values_.size(), 0);
  for (auto& step : steps_) {
    for (int k = 0; k < 3; ++k) {
      uses[step.operands[k]] += step.repeats(k) ? 0 : 1;
    }
  }
  for (auto& out : outputs_) {
    ++uses[out.value];
  }
  for (auto& reduced : reduced_) {
    ++uses[reduced.value];
  }
  return uses;
}

// Joins a step with the only one that needs its result.
void Program::combine_steps() {
  const auto uses = count_uses();
  std::vector<Step*> made_by(values_.size(), nullptr);
  for (auto& step : steps_) {
    made_by[step.result] = &step;
  }
  for (auto& step : steps_) {
    for (int k : {0, 1}) {
      Step* before = made_by[step.operands[k]];
      if (before && uses[step.operands[k]] == 1 && take_over(*before, step, k)) {
        before->kernel = nullptr;
        --weight_;
        break;
      }
    }
  }
  std::erase_if(steps_, [](auto& step) { return !step.kernel; });
}

// What is the same in each row can be read in place, since blocks are parts of rows.
void Program::find_what_rows_share() {
  if (row_ <= 1) {
    return;
  }
  for (auto& known : values_) {
    const auto& [sizes, strides] = known.axes;
    if (known.repetitions == row_) {
      known.source = Source::row;
    } else if (known.source == Source::strided && sizes.back() == std::int64_t(row_) && strides.back() == 1 &&
               std::count(strides.begin(), strides.end(), 0) + 1 == std::ptrdiff_t(strides.size())) {
      known.source = Source::in_row;
    }
  }
}

bool Program::is_one_number(Value value) const {
  return values_[value].source == Source::scalar || values_[value].source == Source::row;
}

// Makes a sum of squares, such as a variance, compute the squares as well, if nothing else needs them.
void Program::sum_squares() {
  const auto uses = count_uses();
  for (auto& reduced : reduced_) {
    const auto step =
        std::find_if(steps_.begin(), steps_.end(), [&](auto& other) { return other.result == reduced.value; });
    if (step == steps_.end() || !step->arithmetic || step->rounded != Half::no || uses[reduced.value] != 1 ||
        !reduced.kernels->fold_of_squares) {
      continue;
    }
    const auto& arithmetic = *step->arithmetic;
    const Value a = step->operands[0], b = step->operands[1];
    const bool of_values =
        arithmetic.first == Operation::Multiply && !arithmetic.has_function && !arithmetic.has_second && a == b;
    const bool of_differences = arithmetic.first == Operation::Subtract && !arithmetic.has_function &&
                                arithmetic.has_second && arithmetic.second == Operation::Square && is_one_number(b);
    if (of_values || of_differences) {
      reduced.value = a;
      reduced.of_squares = true;
      reduced.shift = of_differences ? std::optional(b) : std::nullopt;
      steps_.erase(step);
      --weight_;
    }
  }
}

// Where kernels take single numbers, a scalar needs no block, and neither does what is provided once for each row.
void Program::choose_for_single_numbers() {
  const auto is_one = [&](Value value) { return is_one_number(value); };
  for (auto& step : steps_) {
    Kernel* kernel = nullptr;
    if (step.arithmetic && std::any_of(step.operands, step.operands + 3, is_one)) {
      const auto first = step.arithmetic->first;
      if (is_one(step.operands[0]) && (first == Operation::Add || first == Operation::Multiply)) {
        std::swap(step.operands[0], step.operands[1]);
      }
      auto arithmetic = *step.arithmetic;
      std::transform(step.operands, step.operands + 3, arithmetic.is_one, is_one);
      kernel = choose(arithmetic);
    }
    if (kernel) {
      step.kernel = kernel;
    } else {
      std::for_each(step.operands, step.operands + 3, [&](Value operand) { values_[operand].filled = true; });
    }
  }
  for (auto& out : outputs_) {
    values_[out.value].filled = true;
  }
  for (auto& reduced : reduced_) {
    values_[reduced.value].filled = true;
  }
}

// Gives every value a slot. Those of steps are used again once their value is not needed any more, so that blocks stay
// in the cache.
void Program::finish(std::size_t count, std::size_t row) {
  count_ = count;
  row_ = row;
  combine_steps();
  find_what_rows_share();
  sum_squares();
  choose_for_single_numbers();
  std::vector<std::size_t> last_use(values_.size(), 0), made_by(values_.size(), 0);
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    for (Value operand : steps_[i].operands) {
      last_use[operand] = i;
    }
    made_by[steps_[i].result] = i;
  }
  for (auto& known : values_) {
    if (known.source == Source::step) {
      continue;
    }
    const bool read_in_place = known.source != Source::scalar && known.elements.half == Half::no;
    known.slot = new_slot(read_in_place ? 0 : size_of(known.elements.type));
    if (read_in_place && (known.source == Source::strided || known.source == Source::row)) {
      known.buffer = new_slot(size_of(known.elements.type));
    }
  }
  for (auto& out : outputs_) {
    last_use[out.value] = steps_.size();
  }
  for (auto& reduced : reduced_) {
    last_use[reduced.value] = steps_.size();
  }
  for (auto& out : outputs_) {
    auto& known = values_[out.value];
    // What shares memory with an input is written once the input has been read.
    bool is_read_later = false;
    for (std::size_t i = 0; i < values_.size(); ++i) {
      const bool shares_memory = values_[i].data && values_[i].data == out.data;
      is_read_later |= shares_memory && last_use[i] > made_by[out.value];
    }
    out.direct = known.source == Source::step && known.slot < 0 && out.half == Half::no && !is_read_later;
    if (out.direct) {
      known.slot = new_slot(0);
    }
  }
  std::vector<int> free[sizeof(double) + 1];
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    auto& step = steps_[i];
    auto& result = values_[step.result];
    const int size = size_of(result.elements.type);
    if (result.slot < 0) {
      if (free[size].empty()) {
        result.slot = new_slot(size);
      } else {
        result.slot = free[size].back();
        free[size].pop_back();
      }
    }
    step.slots[3] = result.slot;
    for (int k = 0; k < 3; ++k) {
      auto& operand = values_[step.operands[k]];
      step.slots[k] = operand.slot;
      if (operand.source == Source::step && last_use[step.operands[k]] == i && !step.repeats(k)) {
        free[size_of(operand.elements.type)].push_back(operand.slot);
      }
    }
  }
}

// ---- how it is run --------------------------------------------------------------------------------
// A line is left between blocks, so that equal positions do not compete for the same set of the cache.
static std::size_t bytes_of_block(std::size_t block, std::size_t element_size) {
  return (block * element_size + 2 * line - 1) / line * line;
}

std::size_t Program::bytes_for_blocks(std::size_t block) const {
  std::size_t bytes =
      bytes_of_block(slot_sizes_.size(), sizeof(std::byte*)) + bytes_of_block(block, sizeof(std::uint16_t));
  for (int size : slot_sizes_) {
    bytes += size > 0 ? bytes_of_block(block, std::size_t(size)) : 0;
  }
  return bytes;
}

std::size_t Program::bytes_of_element() const {
  std::size_t bytes = 0;
  for (int size : slot_sizes_) {
    bytes += std::size_t(size);
  }
  for (auto& known : values_) {
    bytes += known.source == Source::step || known.source == Source::scalar ? 0 : std::size_t(known.itemsize);
  }
  for (auto& out : outputs_) {
    bytes += std::size_t(out.itemsize);
  }
  return bytes;
}

// As many elements as fit half of the first-level cache with what is read and written, and the stack with all blocks
// and the addresses of the slots. Blocks do not cross pages, at which processors stop to read ahead, so they are
// halved.
std::size_t Program::block_size() const {
  constexpr std::size_t bytes_in_cache = 16 * 1024;
  constexpr std::size_t least_block = 128;
  const std::size_t bytes = bytes_of_element();
  std::size_t block = usual_block();
  while (block > least_block && block * bytes > bytes_in_cache) {
    block /= 2;
  }
  while (block > line && bytes_for_blocks(block) > bytes_on_stack) {
    block = std::max(line, block / 2);
  }
  return block;
}

void Program::run() const {
  const std::size_t block = block_size();
  const std::size_t blocks = (count_ + block - 1) / block;
  const std::size_t grain = blocks_are_limited() ? 1 : worthwhile_weight / (std::size_t(weight_) * block) + 1;
  parallel(blocks, grain, [&](std::size_t first, std::size_t last) {
    alignas(line) std::byte room[bytes_on_stack];
    run(first * block, std::min(last * block, count_), block, room, nullptr);
  });
}

double Program::Reduced::fold(const float* x, std::size_t n, float shift) const {
  return of_squares     ? kernels->fold_of_squares(x, shift, n)
         : not_negative ? kernels->fold_of_not_negative(x, n)
                        : kernels->fold(x, n);
}

void Program::run(std::size_t first, std::size_t last, std::size_t block, std::byte* room, Areas areas) const {
  auto** slots = reinterpret_cast<std::byte**>(room);
  room += bytes_of_block(slot_sizes_.size(), sizeof(std::byte*));
  const auto take = [&](std::size_t element_size) {
    std::byte* taken = room;
    room += bytes_of_block(block, element_size);
    return taken;
  };
  const Blocks blocks{slots, take(sizeof(std::uint16_t)), areas};
  for (std::size_t i = 0; i < slot_sizes_.size(); ++i) {
    slots[i] = slot_sizes_[i] > 0 ? take(std::size_t(slot_sizes_[i])) : nullptr;
  }
  for (auto& known : values_) {
    if (known.source == Source::scalar) {
      fill(known, slots[known.slot], known.filled ? std::min(block, last - first) : 1);
    }
  }
  const auto memory = [areas](const Output& out) { return out.area < 0 ? out.data : areas[out.area]; };
  for (std::size_t at = first, n; at < last; at += n) {
    n = std::min(block, last - at);
    if (row_ > 0) {
      n = std::min(n, row_ - at % row_);
    }
    for (auto& known : values_) {
      if (known.source != Source::step && known.source != Source::scalar) {
        load(known, at, n, blocks);
      }
    }
    if (at + n < last) {
      prefetch(at + n, std::min(block, last - at - n));
    }
    for (auto& out : outputs_) {
      if (out.direct) {
        slots[values_[out.value].slot] = memory(out) + at * std::size_t(out.itemsize);
      }
    }
    for (auto& step : steps_) {
      std::byte* result = slots[step.slots[3]];
      step.kernel(slots[step.slots[0]], slots[step.slots[1]], slots[step.slots[2]], result, n);
      if (step.rounded != Half::no) {
        round(step.rounded, reinterpret_cast<float*>(result), n);
      }
    }
    for (auto& out : outputs_) {
      const std::byte* from = slots[values_[out.value].slot];
      std::byte* to = memory(out) + at * std::size_t(out.itemsize);
      if (out.half != Half::no) {
        narrow(out.half, reinterpret_cast<const float*>(from), to, n);
      } else if (!out.direct) {
        std::memcpy(to, from, n * std::size_t(out.itemsize));
      }
    }
    for (auto& reduced : reduced_) {
      const auto block_of = [&](Value value) { return reinterpret_cast<const float*>(slots[values_[value].slot]); };
      const float* x = block_of(reduced.value);
      const float shift = reduced.shift ? *block_of(*reduced.shift) : 0;
      auto* states = reinterpret_cast<double*>(areas[reduced.area]);
      for (std::size_t i = 0; i < n;) {
        const std::size_t row = (at + i) / reduced.length;
        const std::size_t end = std::min(n, (row + 1) * reduced.length - at);
        states[row] = reduced.kernels->join(states[row], reduced.fold(x + i, end - i, shift));
        i = end;
      }
    }
  }
}

// Lets the memory work for the next block while this one is computed. What is read and written at the same place is
// asked for twice, because it then takes less time.
void Program::prefetch(std::size_t first, std::size_t n) const {
  const auto each_line = [&](const std::byte* data, int itemsize, auto fetch) {
    const auto* begin = data + first * std::size_t(itemsize);
    for (std::size_t i = 0; i < n * std::size_t(itemsize); i += line) {
      fetch(begin + i);
    }
  };
  for (auto& known : values_) {
    if (known.source == Source::linear && known.data) {
      each_line(known.data, known.itemsize, [](const std::byte* at) { __builtin_prefetch(at, 0, 2); });
    }
  }
  for (auto& out : outputs_) {
    if (out.direct && out.data) {
      each_line(out.data, out.itemsize, [](const std::byte* at) { __builtin_prefetch(at, 1, 2); });
    }
  }
}

void Program::fill(const Known& scalar, std::byte* block, std::size_t n) const {
  std::byte value[sizeof(double)];
  if (scalar.elements.half != Half::no) {
    widen(scalar.elements.half, scalar.data, reinterpret_cast<float*>(value), 1);
  } else {
    std::memcpy(value, scalar.data, std::size_t(scalar.itemsize));
  }
  with_size(size_of(scalar.elements.type), [&](auto bits) {
    std::memcpy(&bits, value, sizeof bits);
    std::fill_n(reinterpret_cast<decltype(bits)*>(block), n, bits);
  });
}

void Program::load(const Known& input, std::size_t first, std::size_t n, const Blocks& blocks) const {
  std::byte*& slot = blocks.slots[input.slot];
  const std::byte* data = input.area < 0 ? input.data : blocks.areas[input.area];
  const bool is_half = input.elements.half != Half::no;
  const bool is_one = input.source == Source::row && !input.filled;
  if (input.source == Source::linear || input.source == Source::in_row || is_one) {
    const std::size_t position = is_one ? first / row_ : input.source == Source::in_row ? first % row_ : first;
    const std::byte* from = data + position * std::size_t(input.itemsize);
    if (is_half) {
      widen(input.elements.half, from, reinterpret_cast<float*>(slot), is_one ? 1 : n);
    } else {
      slot = const_cast<std::byte*>(from);  // which is only read
    }
    return;
  }
  const std::byte* elements = nullptr;
  with_size(input.itemsize, [&](auto bits) {
    using T = decltype(bits);
    const auto* from = reinterpret_cast<const T*>(data);
    auto* to = reinterpret_cast<T*>(is_half ? blocks.raw : blocks.slots[input.buffer]);
    const T* together = where_together(from, input.axes, first, n);
    if (!together) {
      gather(from, input.axes, first, n, to);
    }
    elements = reinterpret_cast<const std::byte*>(together ? together : to);
  });
  if (is_half) {
    widen(input.elements.half, elements, reinterpret_cast<float*>(slot), n);
  } else {
    slot = const_cast<std::byte*>(elements);  // which are only read
  }
}

}  // namespace mlx4j::cpu
