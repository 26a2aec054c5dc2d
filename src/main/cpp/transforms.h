// Function transformations: each turns a function into a function, `vjp` and `jvp` apply at once.
#pragma once

#include "handles.h"

namespace mlx4j {

// Calls a function, for its results, with stack enough.
Arrays call(const SharedFn& f, const Arrays& args);

// { value, gradient for argnums[0], gradient for argnums[1], … }; `name` is the transform that messages speak of.
Fn value_and_grad(const SharedFn& f, const std::vector<int>& argnums, bool with_value);

// For functions of trees: the gradients for the first `count` arguments, which must have some. The function may return
// more arrays after its value; they are returned behind the value. Messages speak of `name`.
Fn value_and_grad_of_first(const SharedFn& f, int count, bool with_value, const char* name);

// Axes count from the end when negative; not_mapped passes an argument whole.
constexpr int not_mapped = std::numeric_limits<int>::min();
Fn vmap(const SharedFn& f, const std::vector<int>& in_axes, const std::vector<int>& out_axes);
Fn vmap(const SharedFn& f, const std::vector<int>& in_axes);  // every output along axis 0
Fn vmap(const SharedFn& f);                                   // every argument and output along axis 0

Fn checkpoint(const SharedFn& f);

// { outputs …, products … }
Arrays vjp(const SharedFn& f, const Arrays& primals, const Arrays& cotangents);
Arrays jvp(const SharedFn& f, const Arrays& primals, const Arrays& tangents);

Fn compile(const SharedFn& f, bool shapeless);
// Ordinals of org.mlx4j.CompileMode, which are those of mx::CompileMode. Fusing on the CPU writes its kernels below
// `kernel_directory`.
void set_compile_mode(jint mode, const char* kernel_directory);
jint default_compile_mode();

}  // namespace mlx4j
