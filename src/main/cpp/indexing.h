// Selecting elements. MLX reads and writes wherever an index points, in range or not; here an index that is known is
// checked, one that is still to be computed is limited to the range, or computed and checked when that is asked for.
#pragma once

#include "handles.h"

namespace mlx4j {

void check_indices(bool on);

mx::array take(const mx::array& a, const mx::array& indices, mx::StreamOrDevice s);
mx::array take(const mx::array& a, const mx::array& indices, jint axis, mx::StreamOrDevice s);
mx::array take_along_axis(const mx::array& a, const mx::array& indices, jint axis, mx::StreamOrDevice s);
mx::array put_along_axis(const mx::array& a, const mx::array& indices, const mx::array& values, jint axis,
                         mx::StreamOrDevice s);

// A slice, and its elements in the shape that is left when numbers take away axes and new ones are added.
mx::array basic_index(const mx::array& a, const mx::Shape& start, const mx::Shape& stop, const mx::Shape& strides,
                      const mx::Shape& shape, mx::StreamOrDevice s);

}  // namespace mlx4j
