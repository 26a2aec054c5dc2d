// Functions with custom rules for vjp, jvp and vmap.
#pragma once

#include "closures.h"

namespace mlx4j {

// Returns a function that computes the same as `f`. If a rule is empty, the derivative or the mapped form is that of
// `f`. Messages use `name`.
//
//   vjp   { primals …, cotangents …, outputs … }, { number of primals } -> one product for each primal
//   jvp   { primals …, tangents …, outputs … }, { number of primals, argnum of each tangent … } -> one product for each
//         output
//   vmap  { inputs …, outputs … }, axes of the inputs -> outputs, their axes
//
// The outputs that the vmap rule receives have their slices along axis 0; they show how many there are, and which
// shapes and dtypes are expected. An axis of not_mapped stands for none.
Fn custom_function(const SharedFn& f, Rule vjp, Rule jvp, Rule vmap, const char* name);

}  // namespace mlx4j
