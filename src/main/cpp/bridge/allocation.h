// Keeps MLX's allocator within the memory that is left.
//
// MLX does not check the result of malloc, and the process ends if the kernel cannot provide memory that it promised.
// So the allocator's method `malloc` is replaced by one that checks first. MLX allocates on the evaluating thread,
// where an exception leaves arrays that are not computed unscheduled, so that they can be tried again. Only a few
// operations allocate workspaces on a stream's thread, where MLX keeps the exception's message for whoever waits.
#pragma once

#include <cstddef>
#include <string>

#include "java.h"

namespace mlx4j {

// The exception that the allocator throws.
struct allocation_failed : out_of_memory {
  allocation_failed(const std::string& message, std::size_t bytes) : out_of_memory(message), bytes(bytes) {}
  std::size_t bytes;
};

// Makes allocations that do not fit throw. Must be called once, before any other thread allocates.
void limit_allocations();

// Throws allocation_failed if that many bytes could not be allocated now.
void require_memory(std::size_t bytes);

// Sets MLX's memory limit, which is enforced here: allocations that exceed it by more than a little are refused.
std::size_t set_memory_limit(std::size_t bytes);

// Whether `message` comes from an exception about missing memory that MLX carried over from a stream's thread.
bool tells_of_no_memory(const std::string& message);

// Frees the temporaries of an operation that failed while it was scheduled. MLX would keep them until the next
// operation.
void drop_temporaries();

}  // namespace mlx4j
