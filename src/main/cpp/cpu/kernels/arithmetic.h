// Arithmetic on float32 that reads and writes less: operands that are one number for all elements of a block, and an
// operation together with the next ones. Each of them is rounded, as if it had a kernel of its own.
#pragma once

#include "cpu/element_operations.h"
#include "cpu/instructions.h"

namespace mlx4j::cpu {

// An operation on two operands, or on the first of them; perhaps a function of its result, and then perhaps another
// operation on that and a third operand.
struct Arithmetic {
  Operation first;
  bool has_function = false;
  Operation function = Operation::Erf;  // if there is one
  bool has_second = false;
  Operation second = Operation::Add;       // if there is one
  bool reversed = false;                   // the third operand is the left one of the second operation
  bool is_one[3] = {false, false, false};  // whether an operand is one number
};

// Null if there is no kernel.
template <Instructions>
Kernel* arithmetic_kernel(const Arithmetic& arithmetic);

}  // namespace mlx4j::cpu
