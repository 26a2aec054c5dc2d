// MLX's allocator, kept within the memory that is left.
//
// MLX takes the result of malloc as it comes, and what the kernel promises but cannot keep ends the process. So the
// allocator's method `malloc` is replaced by one that looks first. MLX allocates on the thread that evaluates, where an
// exception leaves what is not computed unscheduled, to be tried again; only a few operations allocate workspaces on
// the thread of a stream, where MLX keeps the message of an exception for who waits.
#pragma once

#include <cstddef>
#include <string>

#include "java.h"

namespace mlx4j {

// Thrown by the allocator.
struct allocation_failed : out_of_memory {
  allocation_failed(const std::string& message, std::size_t bytes) : out_of_memory(message), bytes(bytes) {}
  std::size_t bytes;
};

// From here on allocations that do not fit throw. Called once, before any other thread allocates.
void limit_allocations();

// Throws allocation_failed when that many bytes could not be allocated now.
void require_memory(std::size_t bytes);

// MLX's memory limit, which from here on is one: more than a little beyond it is refused.
std::size_t set_memory_limit(std::size_t bytes);

// Whether this is the message of an exception for want of memory, which MLX carried from the thread of a stream.
bool tells_of_no_memory(const std::string& message);

// Lets go of the temporaries of an operation that failed while it was scheduled; MLX would keep them until the next
// one.
void drop_temporaries();

}  // namespace mlx4j
