// Operations whose rule for vmap is wrong in MLX 0.32.4: results of wrong shape or value, or memory written where it
// should not be. While a function is traced they are expressed by operations whose rules are right; outside traces they
// are MLX's own. The rules that are known to be wrong in themselves are replaced (upstream_rules.h).
#pragma once

#include "handles.h"

namespace mlx4j {

void replace_vmap_rules();  // once, at start

using Binary = mx::array (*)(const mx::array&, const mx::array&, mx::StreamOrDevice);

// The operation on both arguments made to depend on both: then either each of them is mapped or none is.
mx::array aligned(Binary op, const mx::array& a, const mx::array& b, mx::StreamOrDevice s);

// The rule of these, and of shifts (shifts.h), does not broadcast an argument that is not mapped.
mx::array bitwise_and(const mx::array& a, const mx::array& b, mx::StreamOrDevice s);
mx::array bitwise_or(const mx::array& a, const mx::array& b, mx::StreamOrDevice s);
mx::array bitwise_xor(const mx::array& a, const mx::array& b, mx::StreamOrDevice s);

mx::array logical_xor(const mx::array& a, const mx::array& b, mx::StreamOrDevice s);

// The rule of Equal forgets that NaN shall equal NaN.
mx::array array_equal(const mx::array& a, const mx::array& b, bool equal_nan, mx::StreamOrDevice s);

// The rule of ExpandDims loses its way when there are several axes.
mx::array expand_dims(const mx::array& a, const std::vector<int>& axes, mx::StreamOrDevice s);
mx::array argmin(const mx::array& a, bool keepdims, mx::StreamOrDevice s);
mx::array argmax(const mx::array& a, bool keepdims, mx::StreamOrDevice s);
mx::array median(const mx::array& a, bool keepdims, mx::StreamOrDevice s);
mx::array median(const mx::array& a, const std::vector<int>& axes, bool keepdims, mx::StreamOrDevice s);

}  // namespace mlx4j
