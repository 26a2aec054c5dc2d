// Replaces methods of MLX's primitives that are wrong or missing, mostly rules of vmap, vjp and jvp. MLX calls them
// through the virtual table of the primitive's class. Our methods take their places there, so they also apply where MLX
// itself creates the primitive: in gradients, in compiled graphs, in functions read from files.
//
//   using Vmapped = std::pair<Arrays, std::vector<int>>;
//   static Vmapped equal_vmap(mx::Equal& self, const Arrays& inputs, const std::vector<int>& axes) { … }
//
//   // upstream(self, …) calls MLX's rule
//   static auto upstream = replace(mx::equal(a, b), &mx::Equal::vmap, equal_vmap);
//
// libmlx does not export the tables, so each is found through a specimen: an array that the primitive would compute.
#pragma once

#include <bit>
#include <cstddef>
#include <type_traits>

#include "handles.h"
#include "mlx_primitives.h"

namespace mlx4j {

// Puts `method` into a slot of the virtual table of `primitive` and returns the previous entry. Throws std::logic_error
// if the primitive's class is not `type`.
void* replace_slot(const mx::Primitive& primitive, std::string_view type, std::size_t slot, void* method);

// Returns the position of a virtual method in the table, which the Itanium C++ ABI stores in a pointer to the method.
template <class Method>
std::size_t slot_of(Method method) {
  struct Parts {
    std::size_t offset;
    std::size_t adjustment;
  };
  static_assert(sizeof(Method) == sizeof(Parts));
  const auto parts = std::bit_cast<Parts>(method);
#if defined(__aarch64__)
  return parts.offset / sizeof(void*);  // the adjustment tells that the method is virtual
#else
  return (parts.offset - 1) / sizeof(void*);  // the lowest bit tells that the method is virtual
#endif
}

// Replaces a method. `Declared` is the primitive's class or, if the class inherits the method, one of its bases.
template <class Declared, class P, class R, class... A>
auto replace(const mx::array& specimen, R (Declared::*method)(A...), R (*rule)(P&, A...)) {
  static_assert(std::is_base_of_v<Declared, P>);
  void* original = replace_slot(specimen.primitive(), type_name<P>(), slot_of(method), reinterpret_cast<void*>(rule));
  return reinterpret_cast<R (*)(P&, A...)>(original);
}

}  // namespace mlx4j
