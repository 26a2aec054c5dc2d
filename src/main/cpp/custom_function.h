// Functions with rules of their own for vjp, jvp and vmap.
#pragma once

#include "closures.h"

namespace mlx4j {

Fn custom_function(const SharedFn& f);

// Give the custom function `f` a rule, from its next call on.
void custom_vjp(const SharedFn& f, Rule r);   // { primals …, cotangents …, outputs … }, { number of primals }
void custom_jvp(const SharedFn& f, Rule r);   // { primals …, tangents … }, argnums
void custom_vmap(const SharedFn& f, Rule r);  // inputs, axes -> outputs, axes; not_mapped for none

}  // namespace mlx4j
