// Element-wise operations on blocks: which ones there are, and what a kernel for one looks like.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mlx4j::cpu {

// Named like MLX's primitives; elements.cpp has the names.
enum class Operation : std::uint8_t {
  Abs,
  ArcCos,
  ArcCosh,
  ArcSin,
  ArcSinh,
  ArcTan,
  ArcTanh,
  BitwiseInvert,
  Ceil,
  Conjugate,
  Cos,
  Cosh,
  Erf,
  ErfInv,
  Exp,
  Expm1,
  Floor,
  Imag,
  Log,
  Log10,
  Log1p,
  Log2,
  LogicalNot,
  Negative,
  Real,
  Round,
  Rsqrt,
  Sigmoid,
  Sign,
  Sin,
  Sinh,
  Sqrt,
  Square,
  Tan,
  Tanh,
  // of two operands
  Add,
  ArcTan2,
  BitwiseAnd,
  BitwiseOr,
  BitwiseXor,
  Divide,
  Equal,
  FloorDivide,
  Greater,
  GreaterEqual,
  LeftShift,
  Less,
  LessEqual,
  LogAddExp,
  LogicalAnd,
  LogicalOr,
  Maximum,
  Minimum,
  Multiply,
  NaNEqual,
  NotEqual,
  Power,
  Remainder,
  RightShift,
  Subtract,
  // of a condition and two operands
  Select,
};
inline constexpr auto last_unary = Operation::Tanh;
inline constexpr auto last_operation = Operation::Select;

// What the elements of a block are. Those of float16 and bfloat16 arrays are float32, rounded after each operation.
enum class Type : std::uint8_t {
  boolean,
  uint8,
  uint16,
  uint32,
  uint64,
  int8,
  int16,
  int32,
  int64,
  float32,
  float64,
  complex64,
};
inline constexpr int type_count = int(Type::complex64) + 1;

// Computes n elements from the operands' blocks. The result may be the block of an operand whose elements have the same
// size, if its elements are not needed afterwards.
using Kernel = void(const void* a, const void* b, const void* c, void* result, std::size_t n);

}  // namespace mlx4j::cpu
