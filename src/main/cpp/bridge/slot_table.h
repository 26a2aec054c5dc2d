// The layout of a handle, a Java `long`: generation << 32
// kind << 28
// index.
// The highest bit of the lower half is free for Java, which marks handles with it.
//
// A slot's generation is odd while the slot is live and even while it is free, and increases with every allocation and
// every close. So a closed, stale, forged or wrong-kind handle never reaches memory that is not a live T.
// The entry lock must be held while any member is called.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

namespace mlx4j {

struct closed_error : std::logic_error {
  using std::logic_error::logic_error;
};

constexpr std::uint32_t handle_index_bits = 28;
constexpr std::uint32_t handle_kind_mask = 7;

inline std::uint32_t kind_of(std::int64_t handle) {
  return static_cast<std::uint32_t>(handle) >> handle_index_bits & handle_kind_mask;
}

template <class T, std::uint32_t kind>
class SlotTable {
 public:
  explicit SlotTable(const char* closed_message) : closed_message_(closed_message) {}

  std::uint32_t live() const { return live_; }

  // Returns a live value that fulfills a condition, or null; also null if that means to read more than `most` bytes.
  template <class Condition>
  T* find_if(std::size_t most, Condition condition) {
    constexpr std::size_t line = 64;  // of the cache
    if (chunks_.size() * sizeof(Chunk::live) + live_ * std::max(line, sizeof(Slot)) > most) {
      return nullptr;
    }
    for (auto& chunk : chunks_) {
      for (std::uint32_t word = 0; word < chunk_words; ++word) {
        for (std::uint64_t live = chunk.live[word]; live != 0; live &= live - 1) {
          T& value = chunk.slots[word * word_bits + std::uint32_t(std::countr_zero(live))].value();
          if (condition(std::as_const(value))) {
            return &value;
          }
        }
      }
    }
    return nullptr;
  }

  std::int64_t put(T value) {
    std::uint32_t i = free_;
    if (i == none) {
      if (used_ == chunks_.size() * chunk_size) {
        if (used_ >> handle_index_bits) {
          throw std::bad_alloc();
        }
        chunks_.push_back({std::make_unique<Slot[]>(chunk_size)});
      }
      i = used_++;
    } else {
      free_ = at(i).next_free;
    }
    Slot& s = at(i);
    new (s.storage) T(std::move(value));
    ++s.generation;  // even -> odd: live
    ++live_;
    live_word_of(i) |= live_bit_of(i);
    return static_cast<std::int64_t>(std::uint64_t(s.generation) << 32 | kind << handle_index_bits | i);
  }

  // Returns the live value, or null. The pointer is valid only while the entry lock stays held.
  T* find(std::int64_t handle) {
    const auto low = static_cast<std::uint32_t>(handle);
    const auto generation = static_cast<std::uint32_t>(static_cast<std::uint64_t>(handle) >> 32);
    const auto i = low & index_mask;
    if (kind_of(handle) != kind || i >= used_ || !(generation & 1)) {
      return nullptr;
    }
    Slot& s = at(i);
    return s.generation == generation ? &s.value() : nullptr;
  }

  T& get(std::int64_t handle) {
    if (T* p = find(handle)) {
      return *p;
    }
    throw closed_error(closed_message_);
  }

  // Moves the value out and frees its slot. Returns nullopt if the handle is already closed. The caller destroys the
  // value.
  std::optional<T> take(std::int64_t handle) {
    T* p = find(handle);
    if (!p) {
      return std::nullopt;
    }
    std::optional<T> value(std::move(*p));
    p->~T();
    const auto i = static_cast<std::uint32_t>(handle) & index_mask;
    --live_;
    live_word_of(i) &= ~live_bit_of(i);
    Slot& s = at(i);
    if (++s.generation != 0) {  // a slot whose generations are exhausted is never used again
      s.next_free = free_;
      free_ = i;
    }
    return value;
  }

 private:
  static constexpr std::uint32_t index_mask = (1u << handle_index_bits) - 1;
  static constexpr std::uint32_t chunk_bits = 12;
  static constexpr std::uint32_t chunk_size = 1u << chunk_bits;
  static constexpr std::uint32_t word_bits = 64;
  static constexpr std::uint32_t chunk_words = chunk_size / word_bits;
  static constexpr std::uint32_t none = ~0u;

  struct Slot {
    alignas(T) std::byte storage[sizeof(T)];
    std::uint32_t generation = 0;
    std::uint32_t next_free = none;
    T& value() { return *std::launder(reinterpret_cast<T*>(storage)); }
  };

  struct Chunk {
    std::unique_ptr<Slot[]> slots;
    std::array<std::uint64_t, chunk_words> live{};  // a bit for each slot, so that few live ones are found quickly
  };

  Chunk& chunk_of(std::uint32_t i) { return chunks_[i >> chunk_bits]; }
  std::uint64_t& live_word_of(std::uint32_t i) { return chunk_of(i).live[(i & (chunk_size - 1)) / word_bits]; }
  static std::uint64_t live_bit_of(std::uint32_t i) { return std::uint64_t(1) << i % word_bits; }
  Slot& at(std::uint32_t i) { return chunk_of(i).slots[i & (chunk_size - 1)]; }

  std::vector<Chunk> chunks_;
  std::uint32_t used_ = 0;
  std::uint32_t free_ = none;
  std::uint32_t live_ = 0;
  const char* closed_message_;
};

}  // namespace mlx4j
