#pragma once

#include "java.h"

namespace mlx4j {

// When a class loader has loaded the library. Its classes share what the process has: libmlx, the entry lock, handles.
void start(JNIEnv* env, jclass);

}  // namespace mlx4j
