#include "devices.h"

#include "threads.h"

namespace mlx4j {

static mx::Device::DeviceType device_type(jint type) { return type ? mx::Device::gpu : mx::Device::cpu; }

bool is_available(jint type) { return mx::is_available(device_type(type)); }

jint device_count(jint type) { return mx::device_count(device_type(type)); }

jint default_device() {
  Entry entry;
  return mx::default_device() == mx::Device::gpu;
}

mx::Stream default_stream(jint type) {
  Entry entry;
  return process_stream(device_type(type));
}

mx::Stream new_stream(jint type) {
  Entry entry;
  return mx::new_thread_unsafe_stream(device_type(type));
}

}  // namespace mlx4j
