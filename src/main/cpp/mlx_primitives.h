// MLX's primitives: which ones exist, how one is recognized, and what the bridge has to know about each.
//
// libmlx exports hardly any type information, so `typeid(mx::SVD)` does not link, and `name()` varies within a class (a
// reduction is named after what it computes). A primitive is therefore recognized by the name of its dynamic type,
// which is the same on all platforms, and looked up once for each class. A class that MLX drops no longer compiles
// here; a test reads MLX's headers and fails until each new class is in the table.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "handles.h"
#include "mlx/primitives.h"

// Outside of namespace mlx4j, because compilers leave out the namespaces that enclose the function.
namespace names_of_types {

template <class P>
constexpr std::string_view name() {
  const std::string_view signature = __PRETTY_FUNCTION__;
  const auto start = signature.find("P = ") + 4;
  return signature.substr(start, signature.find_first_of(";]", start) - start);
}

}  // namespace names_of_types

namespace mlx4j {

// The qualified name of a class, which need not be complete: "mlx::core::fast::RMSNorm".
template <class P>
constexpr std::string_view type_name() {
  return names_of_types::name<P>();
}

// The same without namespaces, as files of exported functions name the operation: "RMSNorm".
template <class P>
inline constexpr std::string_view name_in_files = type_name<P>().substr(type_name<P>().rfind(':') + 1);

// When the computation itself may report an error. MLX reports one to whichever thread waits next.
enum class Fails : std::uint8_t {
  never,
  sometimes,
  unless_float32,  // on the CPU, for every other dtype
  if_wide,         // on the CPU, in some cases of float64 and complex64
};

// What the number of arithmetic operations is proportional to.
enum class Work : std::uint8_t {
  result,       // the elements of the result
  first_input,  // the elements of the first input
  product,      // the elements of the result times the last axis of the first input
  attention,    // the elements of the result times the rows of the second input, twice
};

// What stands for the operation in the file of an exported function.
enum class InFiles : std::uint8_t {
  itself,
  its_computation,  // a call of a custom function: what the function computed
  its_values,       // an array that is read from another file
  refused,          // MLX writes it, but reading it is refused
  nothing,          // MLX does not write it
};

// What LAPACK needs of a matrix and does not check.
enum class Needs : std::uint8_t { nothing, finite, positive_definite };

struct PrimitiveTraits {
  std::string_view type;  // as type_name() gives it
  InFiles in_files = InFiles::nothing;
  Fails fails = Fails::never;
  Work work = Work::result;
  bool communicates = false;       // with other processes: not waited for with the entry lock held
  bool stops_derivatives = false;  // its result counts as a constant
  Needs needs = Needs::nothing;
  const char* function = nullptr;                        // of a decomposition: the name that messages use
  const char* failure = nullptr;                         // of a decomposition: why LAPACK gives up
  std::size_t (*workspace)(const mx::array&) = nullptr;  // bytes that the CPU takes while it computes
};

// The traits of a primitive's class; a class that is not in the table has the defaults. The entry lock must be held.
const PrimitiveTraits& traits_of(const mx::Primitive& primitive);

inline const PrimitiveTraits& traits_of(const mx::array& a) { return traits_of(a.primitive()); }

// The qualified name of a primitive's dynamic type.
std::string type_name_of(const mx::Primitive& primitive);

// The reason that LAPACK gave up in one of the decompositions, if `message` is MLX's report of that; otherwise
// `message`.
std::string explained(const std::string& message);

// For tests: the types in the table, a line for each.
std::string known_primitives();

// For tests: the operations that files of exported functions may name according to the table, a line for each.
std::string primitives_in_files();

}  // namespace mlx4j
