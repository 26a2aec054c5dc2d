// Functions with rules of their own for vjp, jvp and vmap.
#pragma once

#include "closures.h"

namespace mlx4j {

// A function that computes what `f` does. Where a rule is empty, the derivative or the mapped form is that of `f`.
// Messages speak of `name`.
//
//   vjp   { primals …, cotangents …, outputs … }, { number of primals } -> one product for each primal
//   jvp   { primals …, tangents …, outputs … }, { number of primals, argnum of each tangent … } -> one product for each
//         output
//   vmap  { inputs …, outputs … }, axes of the inputs -> outputs, their axes
//
// The outputs that the rule for vmap is given have their slices along axis 0; they show how many there are and which
// shapes and dtypes are wanted. An axis of not_mapped stands for none.
Fn custom_function(const SharedFn& f, Rule vjp, Rule jvp, Rule vmap, const char* name);

}  // namespace mlx4j
