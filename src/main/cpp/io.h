// Files of arrays.
#pragma once

#include "handles.h"

namespace mlx4j {

// `names` are byte[] in UTF-8, one for each array.
void save_safetensors(jbyteArray path, jobjectArray names, const Arrays& arrays);

// { byte[][] names, long[] handles }
jobjectArray load_safetensors(JNIEnv* env, jclass, jbyteArray path);

}  // namespace mlx4j
