// How much memory the operating system still grants this process.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace mlx4j {

// What is left of a limited amount, in bytes.
struct Room {
  std::size_t left;
  std::size_t limit;
  std::string of;  // for messages: "of 1048576 bytes of <of>"
};

// The control groups (v1 and v2) whose memory limits apply to this process: the one that /proc/self/cgroup names, and
// its parents as far as they are mounted.
class ControlGroups {
 public:
  // Looks for files below `root`, so that a test can provide a made-up system.
  explicit ControlGroups(std::string root = "") : root_(std::move(root)) {}

  // Returns the room of the group with the least memory left, or the largest numbers if no group is limited. The page
  // cache counts as left, because the kernel gives it up before it refuses memory.
  Room room();

 private:
  struct Group {
    std::string folder;
    bool v2;
    std::size_t limit;
  };
  void find_groups();
  void add(const std::string& mount, const std::string& folder, bool v2);

  std::string root_;
  std::vector<Group> groups_;  // those that have a limit
  std::chrono::steady_clock::time_point found_{};
};

// Returns the most bytes that this process may use: those of the machine, or of a control group if that is less.
std::size_t physical_memory();

// Returns what is left of the memory of the machine or of a control group, whichever is less. Memory that is allocated
// but not yet written to counts as left.
Room physical_room();

// Returns what is left for this process alone (RLIMIT_AS, RLIMIT_DATA: ulimit -v, ulimit -d), which is used up by
// allocating. Without a limit, it is the largest number.
Room address_room();

// If addresses are limited, makes the C library return those of freed arrays at once. Otherwise it would keep them in
// pieces that only fit smaller arrays.
void return_addresses();

// Returns freed memory that the C library keeps to the system.
void trim_heap();

// Returns how many of the `size` bytes at `start` have never been written to, and so do not count as used yet.
std::size_t untouched(const void* start, std::size_t size);

}  // namespace mlx4j
