// How many classes the JVM has prepared. A class is prepared shortly before its static initializer runs, so while the
// number stays the same, no initializer has begun.
#pragma once

#include "java.h"

namespace mlx4j {

// From now on counter[0] is another number after each preparation. A native image has no such events.
void count_prepared_classes(jlongArray counter);

}  // namespace mlx4j
