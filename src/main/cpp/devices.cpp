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

std::string device_info(jint type) {
  Entry entry;
  std::string lines;
  for (auto& [name, value] : mx::device_info(mx::Device(device_type(type)))) {
    const auto* number = std::get_if<std::size_t>(&value);
    lines +=
        (number ? "n" : "s") + name + "=" + (number ? std::to_string(*number) : std::get<std::string>(value)) + "\n";
  }
  return lines;
}

void metal_start_capture(const std::string& path) {
  Entry entry;
  mx::metal::start_capture(path);
}

void metal_stop_capture() {
  Entry entry;
  mx::metal::stop_capture();
}

}  // namespace mlx4j
