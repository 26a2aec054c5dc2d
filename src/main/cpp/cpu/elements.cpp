#include "cpu/elements.h"

#include <iterator>
#include <stdexcept>
#include <unordered_map>

#include "bridge/threads.h"
#include "cpu/kernels/elements.h"
#include "cpu/kernels/halves.h"
#include "cpu/plain_elements.h"

namespace mlx4j::cpu {

// ---- operations -----------------------------------------------------------------------------------
static constexpr std::string_view names[] = {
    "Abs",       "ArcCos",     "ArcCosh",     "ArcSin",   "ArcSinh",      "ArcTan",     "ArcTanh",    "BitwiseInvert",
    "Ceil",      "Conjugate",  "Cos",         "Cosh",     "Erf",          "ErfInv",     "Exp",        "Expm1",
    "Floor",     "Imag",       "Log",         "Log10",    "Log1p",        "Log2",       "LogicalNot", "Negative",
    "Real",      "Round",      "Rsqrt",       "Sigmoid",  "Sign",         "Sin",        "Sinh",       "Sqrt",
    "Square",    "Tan",        "Tanh",        "Add",      "ArcTan2",      "BitwiseAnd", "BitwiseOr",  "BitwiseXor",
    "Divide",    "Equal",      "FloorDivide", "Greater",  "GreaterEqual", "LeftShift",  "Less",       "LessEqual",
    "LogAddExp", "LogicalAnd", "LogicalOr",   "Maximum",  "Minimum",      "Multiply",   "NaNEqual",   "NotEqual",
    "Power",     "Remainder",  "RightShift",  "Subtract", "Select"};
static_assert(std::size(names) == std::size_t(last_operation) + 1);

std::optional<Operation> operation_named(std::string_view name) {
  static const auto& operations = []() -> auto& {
    auto& map = immortal<std::unordered_map<std::string_view, Operation>>();
    for (std::size_t i = 0; i < std::size(names); ++i) {
      map.emplace(names[i], Operation(i));
    }
    return map;
  }();
  const auto found = operations.find(name);
  return found == operations.end() ? std::nullopt : std::optional(found->second);
}

Type result_type(Operation operation, Type operand) {
  switch (operation) {
    case Operation::Equal:
    case Operation::NaNEqual:
    case Operation::NotEqual:
    case Operation::Less:
    case Operation::LessEqual:
    case Operation::Greater:
    case Operation::GreaterEqual:
      return Type::boolean;
    case Operation::Real:
    case Operation::Imag:
      return Type::float32;
    default:
      return operand;
  }
}

bool is_never_negative(Operation operation) {
  switch (operation) {
    case Operation::Abs:
    case Operation::Exp:
    case Operation::Sigmoid:
    case Operation::Square:
      return true;
    default:
      return false;
  }
}

bool is_exact(Operation operation) {
  switch (operation) {
    case Operation::Abs:
    case Operation::Ceil:
    case Operation::Floor:
    case Operation::Maximum:
    case Operation::Minimum:
    case Operation::Negative:
    case Operation::Round:
    case Operation::Select:
    case Operation::Sign:
      return true;
    default:
      return false;
  }
}

// ---- kernels --------------------------------------------------------------------------------------
static constexpr int function_weight = 4;
static constexpr int plain_weight = 16;

static bool is_function(Operation operation) {
  switch (operation) {
    case Operation::Abs:
    case Operation::BitwiseInvert:
    case Operation::Ceil:
    case Operation::Floor:
    case Operation::LogicalNot:
    case Operation::Negative:
    case Operation::Round:
    case Operation::Sign:
    case Operation::Square:
      return false;
    case Operation::ArcTan2:
    case Operation::LogAddExp:
    case Operation::Power:
      return true;
    default:
      return operation <= last_unary;
  }
}

bool is_left_to_mlx(mx::Dtype from, mx::Dtype to) {
  return mx::issubdtype(from, mx::inexact) && mx::issubdtype(to, mx::integer);
}

bool differs_from_mlx(Operation operation, Type type) {
  switch (operation) {
    case Operation::Rsqrt:
    case Operation::Sqrt:
    case Operation::Real:
    case Operation::Imag:
    case Operation::Conjugate:
      return false;
    default:
      return is_function(operation) && (type == Type::float32 || type == Type::float64);
  }
}

Choice choose(Operation operation, Type type) {
  if (Kernel* kernel = chosen([&]<Instructions set>(Set<set>) { return vector_kernel<set>(operation, type); })) {
    return {kernel, is_function(operation) ? function_weight : 1};
  }
  return {plain_kernel(operation, type), plain_weight};
}

Choice choose_conversion(Type from, Type to) {
  Kernel* kernel = chosen([&]<Instructions set>(Set<set>) { return vector_conversion<set>(from, to); });
  return {kernel ? kernel : plain_conversion(from, to)};
}

Kernel* choose(const Arithmetic& arithmetic) {
  return chosen([&]<Instructions set>(Set<set>) { return arithmetic_kernel<set>(arithmetic); });
}

// ---- types ----------------------------------------------------------------------------------------
Elements elements_of(mx::Dtype dtype) {
  switch (dtype) {
    case mx::Dtype::Val::bool_:
      return {Type::boolean};
    case mx::Dtype::Val::uint8:
      return {Type::uint8};
    case mx::Dtype::Val::uint16:
      return {Type::uint16};
    case mx::Dtype::Val::uint32:
      return {Type::uint32};
    case mx::Dtype::Val::uint64:
      return {Type::uint64};
    case mx::Dtype::Val::int8:
      return {Type::int8};
    case mx::Dtype::Val::int16:
      return {Type::int16};
    case mx::Dtype::Val::int32:
      return {Type::int32};
    case mx::Dtype::Val::int64:
      return {Type::int64};
    case mx::Dtype::Val::float16:
      return {Type::float32, Half::float16};
    case mx::Dtype::Val::bfloat16:
      return {Type::float32, Half::bfloat16};
    case mx::Dtype::Val::float32:
      return {Type::float32};
    case mx::Dtype::Val::float64:
      return {Type::float64};
    case mx::Dtype::Val::complex64:
      return {Type::complex64};
  }
  throw std::invalid_argument("[eval] unknown dtype");
}

int size_of(Type type) {
  switch (type) {
    case Type::boolean:
    case Type::uint8:
    case Type::int8:
      return 1;
    case Type::uint16:
    case Type::int16:
      return 2;
    case Type::uint32:
    case Type::int32:
    case Type::float32:
      return 4;
    default:
      return 8;
  }
}

// ---- 16-bit types ---------------------------------------------------------------------------------
void widen(Half from, const void* numbers, float* to, std::size_t n) {
  chosen([&]<Instructions set>(Set<set>) {
    auto* convert = from == Half::float16 ? float16_to_float32<set> : bfloat16_to_float32<set>;
    convert(static_cast<const std::uint16_t*>(numbers), to, n);
  });
}

void narrow(Half to, const float* numbers, void* results, std::size_t n) {
  chosen([&]<Instructions set>(Set<set>) {
    auto* convert = to == Half::float16 ? float32_to_float16<set> : float32_to_bfloat16<set>;
    convert(numbers, static_cast<std::uint16_t*>(results), n);
  });
}

void round(Half to, float* numbers, std::size_t n) {
  chosen([&]<Instructions set>(Set<set>) {
    auto* round = to == Half::float16 ? round_to_float16<set> : round_to_bfloat16<set>;
    round(numbers, n);
  });
}

}  // namespace mlx4j::cpu
