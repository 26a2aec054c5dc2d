// Devices by the ordinals of org.mlx4j.Device.Type, and streams, which every thread may use.
#pragma once

#include "handles.h"

namespace mlx4j {

bool is_available(jint device_type);
jint device_count(jint device_type);
jint default_device();
mx::Stream default_stream(jint device_type);
mx::Stream new_stream(jint device_type);
inline jint stream_index(mx::Stream s) { return s.index; }

}  // namespace mlx4j
