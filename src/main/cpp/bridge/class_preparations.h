// Counts the classes that the JVM has prepared. A class is prepared shortly before its static initializer runs, so
// while the count stays the same, no initializer has begun.
#pragma once

#include "java.h"

namespace mlx4j {

// Changes counter[0] after each preparation from now on. In a native image there are no such events.
void count_prepared_classes(jlongArray counter);

}  // namespace mlx4j
