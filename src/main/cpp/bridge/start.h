#pragma once

#include "java.h"

namespace mlx4j {

// Called when a class loader has loaded the library. Its classes share the state of the process: libmlx, the entry
// lock, handles.
void start(JNIEnv* env, jclass);

}  // namespace mlx4j
