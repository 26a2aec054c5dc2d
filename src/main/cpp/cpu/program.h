// An element-wise computation of several steps, carried out block by block: all steps for some hundred elements before
// those of the next block, so that everything between inputs and outputs stays in the first-level cache.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "cpu/elements.h"
#include "cpu/kernels/reductions.h"
#include "cpu/strided.h"

namespace mlx4j::cpu {

class Program {
 public:
  // A block of elements that an input or a step provides.
  using Value = int;

  // How the elements of an input are numbered.
  enum class Order {
    in_memory,  // those of the outputs lie in memory in the same order
    by_axes,    // row by row, after the input is broadcast to the shape of the outputs
  };

  // What an input array provides; if it has one element, all elements share it.
  Value add_input(mx::Dtype dtype);
  // What the operation with this name computes; empty, and nothing has changed then, if there is no kernel for it.
  std::optional<Value> add_operation(std::string_view name, Elements result, const std::vector<Value>& operands);

  // Where inputs and outputs lie, once their memory is allocated.
  void place_input(Value input, const mx::array& a, Order order, const mx::Shape& shape);
  void place_output(Value value, mx::array& out);

  // Memory that is known only when the program runs, by the number of its address in the list that is given then. Each
  // element of such an input is provided `repetitions` times.
  void place_input(Value input, int area, std::size_t repetitions);
  void place_output(Value value, mx::Dtype dtype, int area);
  // Joins the elements of each row, which has `length` elements, with its state: one of the float64 in that area.
  void reduce(Value value, const ReductionKernels& kernels, std::size_t length, int area);

  // Must be called after everything has been placed; `count` is the number of elements. With the length of rows,
  // each block is a part of one row, so what is provided once for each row is one number there.
  void finish(std::size_t count, std::size_t row = 0);
  // A program with more values does not fit the memory that a thread has for blocks.
  static constexpr std::size_t most_values = 256;
  std::size_t values() const { return values_.size(); }
  void run() const;

  // Computes some of the elements, with this thread alone, in blocks of at most so many. `room` is memory for blocks,
  // of `bytes_for_blocks(block)` bytes. An area begins where its first element would lie.
  using Areas = std::byte* const*;
  void run(std::size_t first, std::size_t last, std::size_t block, std::byte* room, Areas areas) const;
  std::size_t bytes_for_blocks(std::size_t block) const;

  // How long an element takes, where 1 is an addition.
  int weight() const { return weight_; }

 private:
  enum class Source {
    step,
    scalar,
    row,  // one element for each row
    linear,
    in_row,  // one element for each position in a row
    strided,
  };

  struct Known {
    Elements elements;
    Source source = Source::step;
    int itemsize = 0;                 // of an input in memory
    const std::byte* data = nullptr;  // of an input
    int area = -1;                    // of an input without data
    Axes axes = {};                   // of a strided input
    std::size_t repetitions = 1;      // of each element of an input in an area
    bool filled = false;              // a scalar, or what is provided once for each row, has a whole block
    int slot = -1;                    // where the block lies
    int buffer = -1;                  // of a strided input: where it is copied
    bool not_negative = false;        // whatever the operands are, apart from NaN
  };
  struct Step {
    Kernel* kernel;
    std::optional<Arithmetic> arithmetic;  // if it is that, on float32
    Value operands[3];
    Value result;
    Half rounded;
    int slots[4];  // of the operands and the result

    // Whether an operand is that of an earlier place.
    bool repeats(int k) const { return std::find(operands, operands + k, operands[k]) != operands + k; }
  };
  struct Output {
    Value value;
    std::byte* data;
    int area;
    int itemsize;
    Half half;
    bool direct;  // the block is a part of the output
  };
  struct Reduced {
    Value value;
    const ReductionKernels* kernels;
    std::size_t length;
    int area;
    bool not_negative;                          // each element
    bool of_squares = false;                    // of value - shift are joined, or of the value
    std::optional<Value> shift = std::nullopt;  // one number

    double fold(const float* x, std::size_t n, float shift) const;
  };
  // One thread's view of the blocks.
  struct Blocks {
    std::byte** slots;
    std::byte* raw;
    Areas areas;
  };

  Elements elements(Value value) const { return values_[value].elements; }
  // Operands that the kernel does not take may be any; the results of an `exact` one need no rounding.
  Value add_step(const Choice& choice, Value a, Value b, Value c, Elements result, bool exact);
  static bool take_over(const Step& before, Step& step, int k);
  std::vector<int> count_uses() const;
  bool is_one_number(Value value) const;
  void combine_steps();
  void find_what_rows_share();
  void sum_squares();
  void choose_for_single_numbers();
  std::optional<Value> add_conversion(Value value, Elements to);
  int new_slot(int element_size);
  std::size_t bytes_of_element() const;
  std::size_t block_size() const;
  void prefetch(std::size_t first, std::size_t n) const;
  void fill(const Known& scalar, std::byte* block, std::size_t n) const;
  void load(const Known& input, std::size_t first, std::size_t n, const Blocks& blocks) const;

  std::vector<Known> values_;
  std::vector<Step> steps_;
  std::vector<Output> outputs_;
  std::vector<Reduced> reduced_;
  std::vector<int> slot_sizes_;  // bytes of an element; 0 if the block is a part of an array
  std::size_t count_ = 0;
  std::size_t row_ = 0;  // the length of rows that a block must not cross, or 0
  int weight_ = 0;
};

// The number of bytes that a thread which computes may have on its stack for blocks.
inline constexpr std::size_t bytes_on_stack = 192 * 1024;

// The usual number of elements of a block, or what it is limited to.
std::size_t usual_block();

// What is worth waking a thread for, in units of weight: some twenty microseconds.
inline constexpr std::size_t worthwhile_weight = 1 << 17;

// For tests: how many elements a block has at most, and that even few blocks are split over threads; 0 for the usual.
// Not while anything is computed.
void limit_blocks(int elements);
bool blocks_are_limited();

}  // namespace mlx4j::cpu
