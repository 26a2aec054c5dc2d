// Derivatives of a function: like MLX's vjp and jvp, but with our own walk over the graph that the function records.
#pragma once

#include "handles.h"

namespace mlx4j {

struct Differentiated {
  Arrays outputs;
  Arrays products;  // one for each argument (backward) or for each output (forward)
};

// Returns the cotangents once the outputs are known; there may be fewer cotangents than outputs.
using Cotangents = std::function<Arrays(const Arrays& outputs)>;

// Computes vector-Jacobian products for the arguments `argnums`, in this order.
Differentiated backward(const Fn& f, const Arrays& primals, const std::vector<int>& argnums,
                        const Cotangents& cotangents);

// Computes Jacobian-vector products.
Differentiated forward(const Fn& f, const Arrays& primals, const Arrays& tangents);

// Integers and booleans do not vary continuously, so they have no derivatives.
inline bool has_derivatives(const mx::array& a) { return mx::issubdtype(a.dtype(), mx::inexact); }

}  // namespace mlx4j
