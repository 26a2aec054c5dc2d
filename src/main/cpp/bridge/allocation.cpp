#include "allocation.h"

#ifdef __linux__
#include <sys/mman.h>
#include <unistd.h>
#endif

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <future>
#include <limits>
#include <memory>
#include <mutex>
#include <sstream>

#include "cpu.h"
#include "entry_lock.h"
#include "memory_limits.h"
#include "mlx/allocator.h"
#include "mlx/backend/cpu/encoder.h"
#include "mlx/memory.h"
#include "mlx/mlx.h"
#include "mlx/scheduler.h"
#include "threads.h"

namespace mlx4j {

namespace {

using mx::allocator::Allocator;
using mx::allocator::Buffer;
using Malloc = Buffer (*)(Allocator*, std::size_t);

constexpr std::size_t small = std::size_t(64) << 10;  // a reserve is kept for these when the rest is used up
constexpr std::size_t large = std::size_t(1) << 20;   // these are worth large pages and a look at what was written
constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

Malloc mlx_malloc = nullptr;
std::size_t default_limit = 0;
std::atomic<std::size_t> users_limit{unlimited};

std::size_t less(std::size_t whole, std::size_t part) { return whole > part ? whole - part : 0; }

// The memory that arrays must leave free for the JVM, which ends the process when it gets none.
std::size_t reserve(std::size_t limit) {
  return std::clamp<std::size_t>(limit / 16, std::size_t(16) << 20, std::size_t(256) << 20);
}

// How much may still be allocated. Looking takes tens of microseconds, so part of what was seen becomes credit, from
// which further allocations are paid.
class Ledger {
 public:
  bool pay(std::size_t size) {
    return credit_.fetch_sub(std::int64_t(size), std::memory_order_relaxed) >= std::int64_t(size);
  }

  // Looks whether `size` bytes are left and renews the credit. `all_written` says that no pending task has yet to write
  // to memory that was already allocated.
  bool claim(std::size_t size, bool all_written) {
    std::lock_guard lock(mutex_);
    const auto unspent = std::max<std::int64_t>(0, credit_.exchange(0));
    promised_ = less(promised_, std::size_t(unspent));
    if (all_written) {
      promised_ = 0;
      for (auto& [start, bytes] : recent_) {
        promised_ += start ? untouched(start, bytes) : 0;
      }
    }
    std::size_t spare = unlimited;
    auto fits = [&](const Room& room, std::size_t taken, std::size_t kept) {
      const auto left = less(room.left, taken);
      if (left < size || left - size < kept) {
        refusal_ = room;
        refusal_.left = less(left, kept);
        return false;
      }
      spare = std::min(spare, left - size - kept);
      return true;
    };
    auto kept = [&](std::size_t limit) { return size <= small ? reserve(limit) / 2 : reserve(limit); };

    const auto physical = physical_room();
    if (!fits(physical, promised_, kept(physical.limit))) {
      return false;
    }
    if (const auto limit = users_limit.load(); limit != unlimited) {
      const auto used = mx::get_active_memory();
      const auto beyond = size <= small ? std::max(large, limit / 64) : 0;
      if (!fits({less(limit + beyond, used), limit, "Memory.setMemoryLimit"}, 0, 0)) {
        return false;
      }
    }
    if (const auto addresses = address_room(); addresses.limit != unlimited) {
      // Memory that was freed before may be used again, so the only way to know is to try.
      std::unique_ptr<void, decltype(&std::free)> trial(std::malloc(size + sizeof(std::size_t)), &std::free);
      auto after = address_room();
      after.left += size;
      if (!trial || !fits(after, 0, kept(addresses.limit))) {
        refusal_ = addresses;
        refusal_.left = less(addresses.left, kept(addresses.limit));
        return false;
      }
    }
    const auto credit = std::min<std::size_t>(spare / 8, std::size_t(1) << 30);
    promised_ += size + credit;
    credit_ = std::int64_t(credit);
    return true;
  }

  void remember(void* start, std::size_t size) {
    std::lock_guard lock(mutex_);
    recent_[next_++ % recent_.size()] = {start, size};
  }

  void forget_credit() {
    std::lock_guard lock(mutex_);
    promised_ = less(promised_, std::size_t(std::max<std::int64_t>(0, credit_.exchange(0))));
  }

  Room refusal() {
    std::lock_guard lock(mutex_);
    return refusal_;
  }

 private:
  std::atomic<std::int64_t> credit_{0};
  std::mutex mutex_;
  std::size_t promised_ = 0;  // allocated or given as credit, and perhaps not written to yet
  std::array<std::pair<void*, std::size_t>, 8> recent_{};  // operations may allocate more than once
  std::size_t next_ = 0;
  Room refusal_{0, 0, ""};
};

Ledger& ledger = immortal<Ledger>();

// Waits until everything scheduled on the CPU's streams has been computed. Leaves errors to those who wait for them.
void wait_for_streams() {
  for (const auto& stream : mx::get_streams()) {
    if (stream.device == mx::Device::cpu) {
      auto done = std::make_shared<std::promise<void>>();
      auto future = done->get_future();
      mx::scheduler::enqueue(stream, [done] { done->set_value(); });
      compute_kept_tasks();
      future.wait();
    }
  }
}

constexpr const char* beginning = "[memory] ";

void make_room(std::size_t size) {
  if (ledger.claim(size, false)) {
    return;
  }
  // Afterwards temporaries of running tasks may be freed, and it is known which memory has been written to. Waiting is
  // necessary in any case, since a task may be using what the exception is about to free. A stream's thread, which
  // never holds the entry lock, cannot wait for itself; its own tasks are in order.
  if (this_thread.depth > 0) {
    wait_for_streams();
    if (ledger.claim(size, true)) {
      return;
    }
    mx::clear_cache();
  }
  trim_heap();
  if (ledger.claim(size, this_thread.depth > 0)) {
    return;
  }
  const Room room = ledger.refusal();
  std::ostringstream message;
  message << beginning << size << " bytes cannot be allocated: " << room.left << " bytes are left of the " << room.limit
          << " bytes of " << room.of << ", and arrays hold " << mx::get_active_memory() << " bytes";
  throw allocation_failed(message.str(), size);
}

// Asks the kernel for pages of 2 MB where nothing has been written yet. A processor knows the places of some thousand
// pages and has to look up others in tables in memory, which takes longer than reading an array with small pages.
void prefer_large_pages([[maybe_unused]] void* memory, [[maybe_unused]] std::size_t size) {
#ifdef __linux__
  static const auto page = std::uintptr_t(sysconf(_SC_PAGESIZE));
  const auto begin = reinterpret_cast<std::uintptr_t>(memory) / page * page;
  madvise(reinterpret_cast<void*>(begin), reinterpret_cast<std::uintptr_t>(memory) + size - begin, MADV_HUGEPAGE);
#endif
}

Buffer malloc_within_limits(Allocator* self, std::size_t size) {
  expect_memory_use(size);
  if (!ledger.pay(size)) {
    make_room(size);
  }
  Buffer buffer = mlx_malloc(self, size);
  if (!buffer.ptr() && size > 0) {
    throw allocation_failed(beginning + std::to_string(size) + " bytes cannot be allocated", size);
  }
  if (size >= large) {
    prefer_large_pages(buffer.ptr(), size);
    ledger.remember(buffer.ptr(), size);
  }
  return buffer;
}

}  // namespace

void limit_allocations() {
  return_addresses();
  default_limit = mx::get_memory_limit();
  if (const auto most = std::size_t(0.8 * double(physical_memory()));
      most < default_limit) {  // as MLX does, but of the machine
    mx::set_memory_limit(most);
    default_limit = most;
  }
  // Gives the allocator a virtual table that differs from its own in the first method. The offset to the top and the
  // type information precede the table, which has five methods and two destructors.
  static std::array<void*, 2 + 7> table;
  auto& methods = *reinterpret_cast<void***>(&mx::allocator::allocator());
  std::copy_n(methods - 2, table.size(), table.begin());
  mlx_malloc = reinterpret_cast<Malloc>(table[2]);
  table[2] = reinterpret_cast<void*>(&malloc_within_limits);
  methods = table.data() + 2;
}

void require_memory(std::size_t bytes) {
  if (!ledger.pay(bytes)) {
    make_room(bytes);
  }
}

std::size_t set_memory_limit(std::size_t bytes) {
  Entry entry;
  users_limit = bytes == default_limit ? unlimited : bytes;
  ledger.forget_credit();
  return mx::set_memory_limit(bytes);
}

bool tells_of_no_memory(const std::string& message) {
  auto begins_with = [&](const char* words) { return message.rfind(words, 0) == 0; };
  return begins_with(beginning) || begins_with("std::bad_alloc") || begins_with("[malloc]") ||
         begins_with("[metal::malloc]");
}

void drop_temporaries() {
  for (const auto& stream : mx::get_streams()) {
    if (stream.device == mx::Device::cpu) {
      try {
        mx::cpu::get_command_encoder(stream).temporaries().clear();
      } catch (const std::runtime_error&) {  // a stream that belongs to another thread
      }
    }
  }
}

}  // namespace mlx4j
