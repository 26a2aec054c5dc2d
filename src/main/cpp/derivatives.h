// Derivatives of a function: what MLX's vjp and jvp do, by a walk of our own over the graph that the function leaves.
#pragma once

#include "handles.h"

namespace mlx4j {

struct Differentiated {
  Arrays outputs;
  Arrays products;  // one for each argument (backward) or for each output (forward)
};

// The cotangents of the outputs, asked for when those are known; there may be fewer than outputs.
using Cotangents = std::function<Arrays(const Arrays& outputs)>;

// Vector-Jacobian products for the arguments `argnums`, in this order.
Differentiated backward(const Fn& f, const Arrays& primals, const std::vector<int>& argnums,
                        const Cotangents& cotangents);

// Jacobian-vector products.
Differentiated forward(const Fn& f, const Arrays& primals, const Arrays& tangents);

// Integers and booleans do not change with anything continuously.
inline bool has_derivatives(const mx::array& a) { return mx::issubdtype(a.dtype(), mx::inexact); }

}  // namespace mlx4j
