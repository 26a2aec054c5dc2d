// Devices, given by the ordinals of org.mlx4j.Device.Type, and streams, which every thread may use.
#pragma once

#include "handles.h"
#include "mlx/backend/metal/metal.h"

namespace mlx4j {

bool is_available(jint device_type);
jint device_count(jint device_type);
jint default_device();
mx::Stream default_stream(jint device_type);
mx::Stream new_stream(jint device_type);
// Returns a line for each property: n for a number or s for a text, then name=value.
std::string device_info(jint device_type);
inline bool metal_is_available() { return mx::metal::is_available(); }
void metal_start_capture(const std::string& path);
void metal_stop_capture();
inline jint stream_index(mx::Stream s) { return s.index; }

}  // namespace mlx4j
