// How much memory the operating system still gives to this process.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace mlx4j {

// What is left of something limited, in bytes.
struct Room {
  std::size_t left;
  std::size_t limit;
  std::string of;  // for messages: "of 1048576 bytes of <of>"
};

// The control groups (v1 and v2) whose memory limits hold for this process: the one that /proc/self/cgroup names, and
// its parents as far as they are mounted.
class ControlGroups {
 public:
  // Files are looked for below `root`, so that a test can make up a system.
  explicit ControlGroups(std::string root = "") : root_(std::move(root)) {}

  // Of the group with the least memory left; limit and left are the largest number where no group is limited. Page
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
  std::vector<Group> groups_;  // the limited ones
  std::chrono::steady_clock::time_point found_{};
};

// Bytes of memory that this process may use at most: the machine's, or a control group's where that is less.
std::size_t physical_memory();

// What is left of the memory of the machine or of a control group, whichever is less. Memory that was allocated and
// not yet written to is not taken yet.
Room physical_room();

// What is left for the process alone (RLIMIT_AS, RLIMIT_DATA: ulimit -v, ulimit -d), of which memory is taken as soon
// as it is allocated. The largest number where there is no limit.
Room address_room();

// Where addresses are limited: lets the C library return those of freed arrays at once. It would keep them, in pieces
// that fit smaller arrays only.
void return_addresses();

// Gives back what the C library keeps of freed memory.
void trim_heap();

// Bytes of the `size` bytes at `start` that were never written to, so do not count as used yet.
std::size_t untouched(const void* start, std::size_t size);

}  // namespace mlx4j
