#pragma once

#include "java.h"

namespace mlx4j {

void start(JNIEnv* env, jclass);  // once, when the library is loaded

}  // namespace mlx4j
