// The allocator of arrays, in place of MLX's for the CPU. Larger arrays begin at multiples of a cache line, so that no
// vector touches two lines, and take the memory that was freed last. Small ones need neither a lock nor a search. On
// Linux, the dynamic linker finds these functions before those of libmlx, because this library is opened before libmlx.
#include "mlx/allocator.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <limits>
#include <list>
#include <map>
#include <mutex>
#include <new>
#include <utility>

#include "bridge/memory_limits.h"
#include "bridge/threads.h"
#include "mlx/memory.h"
#include "mlx/stream.h"

namespace mlx4j::cpu {

namespace {

using mx::allocator::Buffer;

constexpr std::size_t line = 64;  // bytes of a cache line

// Larger arrays are aligned, and their memory is kept for new ones when they are freed.
#ifdef __SANITIZE_ADDRESS__
constexpr std::size_t small = std::numeric_limits<std::size_t>::max();  // so that red zones begin where arrays end
#else
constexpr std::size_t small = 4096;
#endif

// What lies in front of the elements. A buffer points to the size, because MLX computes the address of the elements
// from that of the size.
struct alignas(std::max_align_t) Header {
  void* block;  // what malloc has returned
  std::size_t size;
};

Header& header_of(void* buffer) { return *reinterpret_cast<Header*>(static_cast<char*>(buffer) - sizeof(void*)); }

std::size_t size_of(void* buffer) { return header_of(buffer).size; }

// The block is larger than the array by a whole line, not by what the alignment takes, so that equal arrays have equal
// blocks, and one fits where another has been.
void* new_buffer(std::size_t size) {
  auto* block = static_cast<char*>(std::malloc(size + (size > small ? line : sizeof(Header))));
  if (!block) {
    return nullptr;
  }
  char* elements = block + sizeof(Header);
  if (size > small) {
    elements += -reinterpret_cast<std::uintptr_t>(elements) % line;
  }
  auto& header = reinterpret_cast<Header*>(elements)[-1];
  header = {block, size};
  return &header.size;
}

void free_buffer(void* buffer) { std::free(header_of(buffer).block); }

// Buffers that have been freed, for new arrays.
class Freed {
 public:
  // A buffer that is hardly larger, or null. Of several of a size, the one that was freed last may still be in a cache
  // of the processor.
  void* take(std::size_t size) {
    constexpr std::size_t page = 4096;
    auto found = by_size_.lower_bound(size);
    if (found == by_size_.end() || found->first >= std::min(2 * size, size + 2 * page)) {
      return nullptr;
    }
    found = std::prev(by_size_.upper_bound(found->first));
    void* buffer = *found->second;
    bytes_ -= found->first;
    by_age_.erase(found->second);
    by_size_.erase(found);
    return buffer;
  }

  // Returns false if there is no memory for the entry.
  bool add(void* buffer) {
    const auto size = size_of(buffer);
    try {
      by_age_.push_back(buffer);
    } catch (const std::bad_alloc&) {
      return false;
    }
    try {
      by_size_.emplace(size, std::prev(by_age_.end()));
    } catch (const std::bad_alloc&) {
      by_age_.pop_back();
      return false;
    }
    bytes_ += size;
    return true;
  }

  // Frees the oldest ones for good, until at most so many bytes are left.
  void reduce_to(std::size_t bytes) {
    while (bytes_ > bytes) {
      const auto oldest = by_age_.begin();
      const auto size = size_of(*oldest);
      const auto [first, last] = by_size_.equal_range(size);
      by_size_.erase(std::find_if(first, last, [&](auto& entry) { return entry.second == oldest; }));
      free_buffer(*oldest);
      by_age_.erase(oldest);
      bytes_ -= size;
    }
  }

  std::size_t bytes() const { return bytes_; }

 private:
  std::list<void*> by_age_;
  std::multimap<std::size_t, std::list<void*>::iterator> by_size_;  // equal ones in the order in which they were freed
  std::size_t bytes_ = 0;
};

class ArrayMemory : public mx::allocator::Allocator {
 public:
  Buffer malloc(std::size_t size) override {
    void* buffer = size > small ? cached(size) : nullptr;
    if (!buffer) {
      buffer = new_buffer(size);
    }
    if (buffer) {
      count(size_of(buffer));
    }
    return Buffer(buffer);
  }

  void free(Buffer buffer) override {
    if (void* b = buffer.ptr()) {
      active_.fetch_sub(size_of(b), std::memory_order_relaxed);
      if (size_of(b) <= small || !keep(b)) {
        free_buffer(b);
      }
    }
  }

  std::size_t size(Buffer buffer) const override { return buffer.ptr() ? size_of(buffer.ptr()) : 0; }

  std::size_t active() const { return active_; }
  std::size_t peak() const { return peak_; }
  void reset_peak() { peak_ = 0; }

  std::size_t limit() const { return limit_; }
  std::size_t set_limit(std::size_t bytes) { return limit_.exchange(bytes); }

  std::size_t cached() {
    std::lock_guard lock(mutex_);
    return freed_.bytes();
  }

  std::size_t set_cache_limit(std::size_t bytes) {
    std::lock_guard lock(mutex_);
    freed_.reduce_to(bytes);
    return std::exchange(cache_limit_, bytes);
  }

  void clear_cache() {
    std::lock_guard lock(mutex_);
    freed_.reduce_to(0);
  }

 private:
  void* cached(std::size_t size) {
    std::lock_guard lock(mutex_);
    return freed_.take(size);
  }

  // Keeps a buffer for new arrays, rather than older ones.
  bool keep(void* buffer) {
    std::lock_guard lock(mutex_);
    if (size_of(buffer) > cache_limit_) {
      return false;
    }
    freed_.reduce_to(cache_limit_ - size_of(buffer));
    return freed_.add(buffer);
  }

  void count(std::size_t bytes) {
    const auto active = active_.fetch_add(bytes, std::memory_order_relaxed) + bytes;
    auto peak = peak_.load(std::memory_order_relaxed);
    while (peak < active && !peak_.compare_exchange_weak(peak, active, std::memory_order_relaxed)) {
    }
  }

  std::atomic<std::size_t> active_{0};
  std::atomic<std::size_t> peak_{0};
  std::atomic<std::size_t> limit_{std::size_t(0.8 * double(physical_memory()))};
  std::mutex mutex_;
  std::size_t cache_limit_ = std::size_t(32) << 20;
  Freed freed_;
};

ArrayMemory& memory() {
  static ArrayMemory& all = immortal<ArrayMemory>();
  return all;
}

// MLX keeps what a task reads until the task has been computed, but not what a task frees.
void synchronize_streams() {
  for (const auto& stream : mx::get_streams()) {
    if (stream.device == mx::Device::cpu) {
      mx::synchronize(stream);
    }
  }
}

}  // namespace

}  // namespace mlx4j::cpu

// ---- what is defined here instead of in libmlx ----------------------------------------------------
namespace mlx::core {

namespace allocator {

Allocator& allocator() { return mlx4j::cpu::memory(); }

void* Buffer::raw_ptr() { return ptr_ ? static_cast<std::size_t*>(ptr_) + 1 : nullptr; }

}  // namespace allocator

std::size_t get_active_memory() { return mlx4j::cpu::memory().active(); }
std::size_t get_peak_memory() { return mlx4j::cpu::memory().peak(); }
void reset_peak_memory() { mlx4j::cpu::memory().reset_peak(); }
std::size_t get_memory_limit() { return mlx4j::cpu::memory().limit(); }
std::size_t set_memory_limit(std::size_t limit) { return mlx4j::cpu::memory().set_limit(limit); }
std::size_t get_cache_memory() { return mlx4j::cpu::memory().cached(); }

std::size_t set_cache_limit(std::size_t limit) {
  mlx4j::cpu::synchronize_streams();
  return mlx4j::cpu::memory().set_cache_limit(limit);
}

void clear_cache() {
  if (get_cache_memory() > 0) {
    mlx4j::cpu::synchronize_streams();
    mlx4j::cpu::memory().clear_cache();
  }
}

}  // namespace mlx::core
