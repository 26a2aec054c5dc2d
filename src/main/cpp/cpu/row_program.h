// A computation of rows: operations that work element by element, and reductions of rows, all carried out for a few
// rows before those of the next ones, so that everything between inputs and output stays in the second-level cache.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "cpu/program.h"
#include "handles.h"

namespace mlx4j::cpu {

// The reduction that an array is the result of, if it is one along the last axis that has kernels, with axes kept.
std::optional<Reduction> reduction_of_rows(const mx::array& a);

class RowProgram {
 public:
  // Rows are those of the last axis of `shape`. Each array of `tape` is of that shape, or has one element for each row;
  // inputs may have to be broadcast. The last array is the output. Empty if there are no reductions, an operation has
  // no kernel, or rows are too few or too long for this to be of use.
  static std::optional<RowProgram> of(const mx::Shape& shape, const Arrays& inputs, const Arrays& tape);

  // Lets the stream compute the output. Once for each copy.
  void start(mx::Stream stream, const Arrays& inputs, mx::array& out) &&;

 private:
  // A program computes what is possible after so many reductions in a row: first what has one element for each row.
  struct Stage {
    Program of_rows;
    Program of_elements;
    struct Input {
      std::size_t number;
      Program::Value value;
    };
    std::vector<Input> inputs_of_rows;
    std::vector<Input> inputs_of_elements;
    std::optional<Program::Value> output;  // of one of the two
  };

  // Memory of each thread for what one program hands to another.
  struct Area {
    std::size_t row_bytes;
    std::size_t offset = 0;
  };

  // How the states of a reduction become its results.
  struct Rounding {
    std::size_t stage;  // after which it is complete
    const ReductionKernels* kernels;
    int states;
    int results;
    mx::Dtype dtype;
  };

  class Builder;

  void compute(std::size_t first, std::size_t last, std::byte* memory) const;

  mx::Shape shape_;
  std::size_t length_ = 0;  // of a row
  std::size_t rows_ = 0;
  std::size_t rows_together_ = 1;
  std::size_t weight_of_row_ = 0;
  std::vector<Stage> stages_;
  std::vector<Area> areas_;
  std::size_t area_bytes_ = 0;
  std::vector<Rounding> roundings_;
  int reduced_output_ = -1;  // the area, if the output is that of a reduction
  std::byte* out_ = nullptr;
};

}  // namespace mlx4j::cpu
