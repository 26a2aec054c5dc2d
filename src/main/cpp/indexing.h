// Selecting elements. MLX reads and writes wherever an index points, in range or not; here an index that is known is
// checked, one that is still to be computed is limited to the range, or computed and checked when that is asked for.
#pragma once

#include "handles.h"

namespace mlx4j {

void check_indices(bool on);

// Indices of [lowest, highest] and no others.
mx::array within(const char* name, const mx::array& indices, long long lowest, long long highest, mx::StreamOrDevice s);

mx::array take(const mx::array& a, const mx::array& indices, mx::StreamOrDevice s);
mx::array take(const mx::array& a, const mx::array& indices, jint axis, mx::StreamOrDevice s);
mx::array take_along_axis(const mx::array& a, const mx::array& indices, jint axis, mx::StreamOrDevice s);
mx::array put_along_axis(const mx::array& a, const mx::array& indices, const mx::array& values, jint axis,
                         mx::StreamOrDevice s);

// A slice, and its elements in the shape that is left when numbers take away axes and new ones are added.
mx::array basic_index(const mx::array& a, const mx::Shape& start, const mx::Shape& stop, const mx::Shape& strides,
                      const mx::Shape& shape, mx::StreamOrDevice s);

// Within such a block, the elements that arrays of indices name along some axes (ascending). The axes of the arrays'
// common shape come at `place`.
mx::array index(const mx::array& a, const mx::Shape& start, const mx::Shape& stop, const mx::Shape& strides,
                const mx::Shape& shape, const Arrays& indices, const std::vector<int>& axes, jint place,
                mx::StreamOrDevice s);

// What happens to the selected elements; the order is that of ArrayAt.Update in Java.
enum class Update : jint { set, add, subtract, multiply, divide, maximum, minimum };

// The array with what `index` selects changed; without indices, with the block changed.
mx::array update(const mx::array& a, const mx::array& value, jint how, const mx::Shape& start, const mx::Shape& stop,
                 const mx::Shape& strides, const mx::Shape& shape, const Arrays& indices, const std::vector<int>& axes,
                 jint place, mx::StreamOrDevice s);

// The array changed where a mask over its first axes is true. MLX's masked_scatter fails while it computes, or reads
// outside on a GPU, when there are fewer values than the mask selects; this is made of operations that cannot.
mx::array update_where(const mx::array& a, const mx::array& mask, const mx::array& value, jint how,
                       mx::StreamOrDevice s);

// For each axis the positions where the mask is true, computed now.
Arrays nonzero(const mx::array& mask);

// A block that begins where an array says.
mx::array slice(const mx::array& a, const mx::array& start, const std::vector<int>& axes, const mx::Shape& sizes,
                mx::StreamOrDevice s);
mx::array slice_update(const mx::array& a, const mx::array& update, const mx::array& start,
                       const std::vector<int>& axes, mx::StreamOrDevice s);

mx::array as_strided(const mx::array& a, const mx::Shape& shape, const mx::Strides& strides, jlong offset,
                     mx::StreamOrDevice s);

}  // namespace mlx4j
