// A Java number beside an array is a weak scalar, as a Python number is: it takes the dtype of the array.
#pragma once

#include "handles.h"

namespace mlx4j {

// A float beside an integer or bool array makes float32.
mx::array weak_float(jdouble value, const mx::array& beside);
// An integer beside a bool array makes int32; it must fit the array's dtype.
mx::array weak_integer(jlong value, const mx::array& beside);

}  // namespace mlx4j
