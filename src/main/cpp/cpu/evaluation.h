// Evaluation of MLX's element-wise primitives with the kernels in this folder.
#pragma once

#include "mlx/mlx.h"
#include "mlx/primitives.h"

namespace mlx4j::cpu {

namespace mx = mlx::core;

// Computes one operation. Returns false, and has done nothing then, if MLX does that as well: there is no kernel, or
// the array is small and the numbers are the same.
bool evaluate_operation(mx::Primitive& primitive, const std::vector<mx::array>& inputs, mx::array& out);

// Computes the operations of a recorded subgraph together; `placeholders` stand for the inputs.
void evaluate_subgraph(mx::Stream stream, const std::vector<mx::array>& placeholders,
                       const std::vector<mx::array>& results, const std::vector<mx::array>& tape,
                       const std::vector<mx::array>& inputs, std::vector<mx::array>& outputs);

// The shape that the result of an operation of a subgraph has in a call, whose arrays may have other sizes than the
// recorded ones. `outputs` is the shape of the subgraph's results.
mx::Shape shape_in_call(const mx::array& recorded, const std::vector<mx::array>& operands, const mx::Shape& outputs);

// Computes a reduction of float32, float16 or bfloat16. Returns false, and has done nothing then, for others.
bool evaluate_reduction(mx::Reduce& reduce, const mx::array& in, mx::array& out);

// Compute along the last axis, likewise, where rows lie one behind the other.
bool evaluate_softmax(mx::Stream stream, const mx::array& in, mx::array& out);
bool evaluate_logsumexp(mx::Stream stream, const mx::array& in, mx::array& out);

// For tests: how many fused computations were computed one operation after the other.
int unfused();

// Lets MLX's primitives be computed by these functions. Once, at start, after other rules have been replaced.
void replace_evaluation();

}  // namespace mlx4j::cpu
