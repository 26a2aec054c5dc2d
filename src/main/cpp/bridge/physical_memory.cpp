#include "physical_memory.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>

namespace mlx4j {

static std::size_t read_number(const char* path, std::size_t otherwise) {
  std::ifstream file(path);
  std::size_t value;
  return file >> value ? value : otherwise;  // cgroup v2 says "max" where there is no limit
}

std::size_t physical_memory() {
  static const std::size_t bytes = [] {
    const auto machine = std::size_t(sysconf(_SC_PHYS_PAGES)) * std::size_t(sysconf(_SC_PAGESIZE));
    return std::min({machine, read_number("/sys/fs/cgroup/memory.max", machine),
                     read_number("/sys/fs/cgroup/memory/memory.limit_in_bytes", machine)});
  }();
  return bytes;
}

}  // namespace mlx4j
