// Function transformations. Each turns a function into a function, except that `vjp` and `jvp` apply immediately.
#pragma once

#include "handles.h"

namespace mlx4j {

// Calls a function, for its results, with sufficient stack.
Arrays call(const SharedFn& f, const Arrays& args);

// Returns { value, gradient for argnums[0], gradient for argnums[1], … }. Messages use `name` for the transform.
Fn value_and_grad(const SharedFn& f, const std::vector<int>& argnums, bool with_value);

// For functions of trees: returns the gradients for the first `count` arguments, which must have some. If the function
// returns more arrays after its value, they follow the value. Messages use `name` for the transform.
Fn value_and_grad_of_first(const SharedFn& f, int count, bool with_value, const char* name);

// Negative axes count from the end; not_mapped passes an argument whole.
constexpr int not_mapped = std::numeric_limits<int>::min();
Fn vmap(const SharedFn& f, const std::vector<int>& in_axes, const std::vector<int>& out_axes);
Fn vmap(const SharedFn& f, const std::vector<int>& in_axes);  // every output along axis 0
Fn vmap(const SharedFn& f);                                   // every argument and output along axis 0

Fn checkpoint(const SharedFn& f);

// { outputs …, products … }
Arrays vjp(const SharedFn& f, const Arrays& primals, const Arrays& cotangents);
Arrays jvp(const SharedFn& f, const Arrays& primals, const Arrays& tangents);

Fn compile(const SharedFn& f, bool shapeless);
// Takes the ordinals of org.mlx4j.CompileMode, which are those of mx::CompileMode.
void set_compile_mode(jint mode);
jint default_compile_mode();

}  // namespace mlx4j
