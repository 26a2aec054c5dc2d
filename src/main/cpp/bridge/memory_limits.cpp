#include "memory_limits.h"

#include <unistd.h>

#ifdef __linux__
#include <malloc.h>
#include <sys/mman.h>
#include <sys/resource.h>
#endif

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <limits>
#include <sstream>
#include <string_view>

#include "mlx/memory.h"

namespace mlx4j {

namespace {

constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

std::size_t less(std::size_t whole, std::size_t part) { return whole > part ? whole - part : 0; }

std::size_t machine_memory() {
  static const auto bytes = std::size_t(sysconf(_SC_PHYS_PAGES)) * std::size_t(sysconf(_SC_PAGESIZE));
  return bytes;
}

// Returns the number in the file, or `otherwise` if there is no file, or no number in it ("max", -1).
std::size_t read_number(const std::string& path, std::size_t otherwise) {
  std::ifstream file(path);
  std::int64_t value;
  return file >> value && value >= 0 ? std::size_t(value) : otherwise;
}

// Returns the sum of the numbers that follow these words, each at the beginning of a line.
template <class... Word>
std::size_t sum_of(std::istream& lines, Word... words) {
  std::size_t sum = 0;
  std::string word;
  std::size_t value;
  while (lines >> word >> value) {
    if (((word == words) || ...)) {
      sum += value;
    }
    std::getline(lines, word);
  }
  return sum;
}

// Decodes \040 and the like, which stand for spaces in /proc/self/mountinfo.
std::string unescaped(const std::string& s) {
  std::string plain;
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (s[i] == '\\' && i + 3 < s.size()) {
      plain += char(std::stoi(s.substr(i + 1, 3), nullptr, 8));
      i += 3;
    } else {
      plain += s[i];
    }
  }
  return plain;
}

bool contains_word(const std::string& list, std::string_view word) {
  std::stringstream words(list);
  for (std::string w; std::getline(words, w, ',');) {
    if (w == word) {
      return true;
    }
  }
  return false;
}

struct Mount {
  std::string shown;  // the group that is the root of the mounted hierarchy
  std::string at;
  bool v2;
};

std::vector<Mount> group_mounts(const std::string& root) {
  std::vector<Mount> mounts;
  std::ifstream lines(root + "/proc/self/mountinfo");
  for (std::string line; std::getline(lines, line);) {
    const auto dash = line.find(" - ");
    if (dash == line.npos) {
      continue;
    }
    std::stringstream first(line.substr(0, dash)), second(line.substr(dash + 3));
    std::string ignored, shown, at, type, options;
    first >> ignored >> ignored >> ignored >> shown >> at;
    second >> type >> ignored >> options;
    if (type == "cgroup2" || (type == "cgroup" && contains_word(options, "memory"))) {
      mounts.push_back({unescaped(shown), unescaped(at), type == "cgroup2"});
    }
  }
  return mounts;
}

// Returns where the group `path` lies below the mount. Returns "" (the mount itself) if it lies outside of what is
// mounted, because the mount then shows the group of the container.
std::string below(const Mount& mount, const std::string& path) {
  const std::string shown = mount.shown == "/" ? "" : mount.shown;
  if (path.compare(0, shown.size(), shown) != 0 || path.find("..") != path.npos) {
    return "";
  }
  const auto rest = path.substr(shown.size());
  return rest.empty() || rest == "/" || rest[0] != '/' ? "" : rest;
}

}  // namespace

void ControlGroups::add(const std::string& mount, const std::string& folder, bool v2) {
  const auto at = root_ + mount + folder;
  // v1 writes "no limit" as a number near 2^63.
  const auto limit = read_number(at + (v2 ? "/memory.max" : "/memory.limit_in_bytes"), unlimited);
  if (limit < unlimited / 4) {
    groups_.push_back({at, v2, limit});
  }
}

void ControlGroups::find_groups() {
  groups_.clear();
  const auto mounts = group_mounts(root_);
  std::ifstream lines(root_ + "/proc/self/cgroup");
  for (std::string line; std::getline(lines, line);) {  // 4:memory:/path, and 0::/path for v2
    const auto controllers = line.find(':');
    const auto path = controllers == line.npos ? line.npos : line.find(':', controllers + 1);
    if (path == line.npos) {
      continue;
    }
    const auto names = line.substr(controllers + 1, path - controllers - 1);
    const bool v2 = names.empty();
    if (!v2 && !contains_word(names, "memory")) {
      continue;
    }
    for (auto& mount : mounts) {
      if (mount.v2 == v2) {
        for (auto folder = below(mount, line.substr(path + 1));; folder.erase(folder.rfind('/'))) {
          add(mount.at, folder, v2);
          if (folder.empty()) {
            break;
          }
        }
      }
    }
  }
}

Room ControlGroups::room() {
  const auto now = std::chrono::steady_clock::now();
  if (found_ == decltype(found_){} || now - found_ > std::chrono::seconds(1)) {  // limits change rarely
    find_groups();
    found_ = now;
  }
  Room least{unlimited, unlimited, ""};
  for (auto& group : groups_) {
    auto used = read_number(group.folder + (group.v2 ? "/memory.current" : "/memory.usage_in_bytes"), 0);
    if (used > group.limit / 4) {
      std::ifstream lines(group.folder + "/memory.stat");
      used = less(used, group.v2 ? sum_of(lines, "inactive_file", "active_file", "slab_reclaimable")
                                 : sum_of(lines, "total_inactive_file", "total_active_file"));
    }
    if (const auto left = less(group.limit, used); left < least.left || least.of.empty()) {
      least = {left, group.limit, "the control group " + group.folder.substr(root_.size())};
    }
  }
  return least;
}

#ifdef __linux__

static ControlGroups& own_groups() {  // callers ensure that one thread at a time uses it
  static auto& groups = *new ControlGroups;
  return groups;
}

std::size_t physical_memory() {
  static const std::size_t bytes = std::min(machine_memory(), ControlGroups().room().limit);
  return bytes;
}

// Swap counts as left: the machine becomes slow, but the program works.
static std::size_t available_memory() {
  std::ifstream lines("/proc/meminfo");
  const auto kilobytes = sum_of(lines, "MemAvailable:", "SwapFree:");
  return kilobytes ? kilobytes * 1024 : less(machine_memory(), mlx::core::get_active_memory());
}

Room physical_room() {
  Room machine{available_memory(), machine_memory(), "memory of this machine"};
  Room group = own_groups().room();
  return group.left < machine.left ? group : machine;
}

static Room resource_room(int resource, std::size_t pages, const char* name) {
  rlimit limit{};
  if (getrlimit(__rlimit_resource_t(resource), &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) {
    return {unlimited, unlimited, ""};
  }
  return {less(limit.rlim_cur, pages * std::size_t(sysconf(_SC_PAGESIZE))), limit.rlim_cur, name};
}

Room address_room() {
  std::size_t total = 0, resident, shared, text, library, data = 0;
  std::ifstream("/proc/self/statm") >> total >> resident >> shared >> text >> library >> data;
  Room addresses = resource_room(RLIMIT_AS, total, "address space of the process (ulimit -v)");
  Room room = resource_room(RLIMIT_DATA, data, "data of the process (ulimit -d)");
  return addresses.left < room.left ? addresses : room;
}

void return_addresses() {
#ifdef __GLIBC__
  if (address_room().limit != unlimited) {
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
  }
#endif
}

void trim_heap() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

std::size_t untouched(const void* start, std::size_t size) {
  const auto page = std::size_t(sysconf(_SC_PAGESIZE));
  const auto first = (reinterpret_cast<std::uintptr_t>(start) + page - 1) / page * page;
  const auto end = (reinterpret_cast<std::uintptr_t>(start) + size) / page * page;
  if (first >= end) {
    return 0;
  }
  std::vector<unsigned char> resident((end - first) / page);
  if (mincore(reinterpret_cast<void*>(first), end - first, resident.data()) != 0) {
    return 0;  // freed in the meantime
  }
  return page * std::size_t(std::count_if(resident.begin(), resident.end(), [](auto r) { return !(r & 1); }));
}

#else  // macOS has no such limits, and Metal says itself when there is no memory left

std::size_t physical_memory() { return machine_memory(); }
Room physical_room() {
  return {less(machine_memory(), mlx::core::get_active_memory()), machine_memory(), "memory of this machine"};
}
Room address_room() { return {unlimited, unlimited, ""}; }
void return_addresses() {}
void trim_heap() {}
std::size_t untouched(const void*, std::size_t) { return 0; }

#endif

}  // namespace mlx4j
