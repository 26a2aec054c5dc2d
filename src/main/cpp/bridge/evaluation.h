// Evaluation is scheduled under the entry lock and waited for outside it, so that other threads can continue.
#pragma once

#include "handles.h"

namespace mlx4j {

bool tracing();  // whether this thread is tracing a function

void evaluate(Arrays v);
void async_evaluate(Arrays v);
void synchronize(mx::Stream s);
bool is_available(const mx::array& a);

// Returns the array's values in row-major order, converted to `dtype` and evaluated.
mx::array values_as(const mx::array& a, mx::Dtype dtype);

// Return the only element of `a`.
jfloat item_float(const mx::array& a);
jdouble item_double(const mx::array& a);
jlong item_long(const mx::array& a);
std::string to_string(const mx::array& a);
jint print_precision();
void set_print_precision(jint precision);

}  // namespace mlx4j
