// A Java number beside an array is a weak scalar, like a Python number: it takes the array's dtype.
#pragma once

#include "handles.h"

namespace mlx4j {

// A floating point number beside an integer or bool array becomes float32.
mx::array weak_float(jdouble value, const mx::array& beside);
// An integer beside a bool array becomes int32; otherwise it must fit the array's dtype.
mx::array weak_integer(jlong value, const mx::array& beside);

}  // namespace mlx4j
