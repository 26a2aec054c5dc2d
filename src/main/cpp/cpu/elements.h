// Which kernel computes an operation of MLX.
#pragma once

#include <optional>
#include <string_view>

#include "cpu/element_operations.h"
#include "cpu/kernels/arithmetic.h"
#include "mlx/mlx.h"

namespace mlx4j::cpu {

namespace mx = mlx::core;

// To which of the 16-bit types float32 elements are rounded.
enum class Half : std::uint8_t { no, float16, bfloat16 };

// What the elements of an array are in a block.
struct Elements {
  Type type;
  Half half = Half::no;
  bool operator==(const Elements&) const = default;
};
Elements elements_of(mx::Dtype dtype);
int size_of(Type type);

// Converts 16-bit numbers to float32 and back, or rounds float32 to numbers that the 16-bit type has.
void widen(Half from, const void* numbers, float* to, std::size_t n);
void narrow(Half to, const float* numbers, void* results, std::size_t n);
void round(Half to, float* numbers, std::size_t n);

// The operation that one of MLX's primitives names; empty if it is not computed element by element.
std::optional<Operation> operation_named(std::string_view name);

// The type of the results of an operation, given that of its last operand.
Type result_type(Operation operation, Type operand);

// A kernel, null if there is none, and how long it takes for an element, where 1 is an addition.
struct Choice {
  Kernel* kernel = nullptr;
  int weight = 1;
};

// The kernel for operands of a type, of Select for the last two; null if MLX does not have the operation for it.
Choice choose(Operation operation, Type type);
Choice choose_conversion(Type from, Type to);

// The kernel for arithmetic on float32, null if there is none.
Kernel* choose(const Arithmetic& arithmetic);

// Whether MLX converts in any case: what NaN and numbers that do not fit become is not defined, but should not depend
// on who converts.
bool is_left_to_mlx(mx::Dtype from, mx::Dtype to);

// Whether the results are others than MLX's own code would give, because they are more precise.
bool differs_from_mlx(Operation operation, Type type);

// Below this number of elements, handing over to MLX's own code is as good where the results are the same.
inline constexpr std::size_t worthwhile_size = 1 << 13;

// Whether no result is below zero, for real operands.
bool is_never_negative(Operation operation);

// Whether results for 16-bit operands are 16-bit numbers without rounding.
bool is_exact(Operation operation);

}  // namespace mlx4j::cpu
