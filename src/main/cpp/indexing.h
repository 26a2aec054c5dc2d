// Selecting elements. MLX reads and writes wherever an index points, whether it is in range or not. Here known indices
// are checked; indices that are still to be computed are limited to the range, or computed and checked if the caller
// asks for that.
#pragma once

#include "handles.h"

namespace mlx4j {

void check_indices(bool on);

// Returns indices that are in [lowest, highest].
mx::array within(const char* name, const mx::array& indices, long long lowest, long long highest, mx::StreamOrDevice s);

mx::array take(const mx::array& a, const mx::array& indices, mx::StreamOrDevice s);
mx::array take(const mx::array& a, const mx::array& indices, jint axis, mx::StreamOrDevice s);
mx::array take_along_axis(const mx::array& a, const mx::array& indices, jint axis, mx::StreamOrDevice s);
mx::array put_along_axis(const mx::array& a, const mx::array& indices, const mx::array& values, jint axis,
                         mx::StreamOrDevice s);

// A slice and the shape of its elements after numbers have removed axes and new axes have been added.
mx::array basic_index(const mx::array& a, const mx::Shape& start, const mx::Shape& stop, const mx::Shape& strides,
                      const mx::Shape& shape, mx::StreamOrDevice s);

// Selects, within such a block, the elements that arrays of indices name along some axes (ascending). The axes of the
// arrays' common shape are placed at `place`.
mx::array index(const mx::array& a, const mx::Shape& start, const mx::Shape& stop, const mx::Shape& strides,
                const mx::Shape& shape, const Arrays& indices, const std::vector<int>& axes, jint place,
                mx::StreamOrDevice s);

// What happens to the selected elements, in the order of ArrayAt.Update in Java.
enum class Update : jint { set, add, subtract, multiply, divide, maximum, minimum };

// Returns the array with the selected elements changed; without indices, with the whole block changed.
mx::array update(const mx::array& a, const mx::array& value, jint how, const mx::Shape& start, const mx::Shape& stop,
                 const mx::Shape& strides, const mx::Shape& shape, const Arrays& indices, const std::vector<int>& axes,
                 jint place, mx::StreamOrDevice s);

// Returns the array with the elements changed where a mask over its first axes is true. If there are fewer values than
// the mask selects, MLX's masked_scatter fails while it computes, or reads outside the values on a GPU; this is built
// from operations that cannot.
mx::array update_where(const mx::array& a, const mx::array& mask, const mx::array& value, jint how,
                       mx::StreamOrDevice s);

// Returns, for each axis, the positions where the mask is true. Computes the mask.
Arrays nonzero(const mx::array& mask);

// A block whose beginning is given by an array.
mx::array slice(const mx::array& a, const mx::array& start, const std::vector<int>& axes, const mx::Shape& sizes,
                mx::StreamOrDevice s);
mx::array slice_update(const mx::array& a, const mx::array& update, const mx::array& start,
                       const std::vector<int>& axes, mx::StreamOrDevice s);

mx::array as_strided(const mx::array& a, const mx::Shape& shape, const mx::Strides& strides, jlong offset,
                     mx::StreamOrDevice s);

}  // namespace mlx4j
