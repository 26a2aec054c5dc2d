#include "large_stack.h"

#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "threads.h"

#if defined(__SANITIZE_ADDRESS__)
#define MLX4J_ASAN
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MLX4J_ASAN
#endif
#endif
#ifdef MLX4J_ASAN
#include <sanitizer/common_interface_defs.h>
#endif

extern "C" void mlx4j_call_on_stack(void* top, void (*body)(void*), void* argument, void** left);

namespace mlx4j {

namespace {

std::size_t page() {
  static const auto size = std::size_t(sysconf(_SC_PAGESIZE));
  return size;
}

struct Stack {
  char* low = nullptr;  // the lowest usable address
  std::size_t size = 0;
  void* left = nullptr;        // where it continues, while the other stack is in use
  void* sanitizers = nullptr;  // AddressSanitizer's state for it meanwhile
};

// ---- large stacks -------------------------------------------------------------------------------
// Reserves addresses only; memory is taken page by page as it is used.
std::size_t largest = std::size_t(1) << 30;  // guarded by the entry lock, like all process-wide state here
constexpr std::size_t smallest = std::size_t(1) << 20;
constexpr std::size_t guard = std::size_t(64) << 10;  // larger than any frame, so that none can skip it
constexpr std::size_t kept = std::size_t(256) << 10;  // how much memory an unused stack may keep
constexpr std::size_t unused_stacks = 4;
jint live = 0;

struct LargeStack : Stack {
  char* deepest = nullptr;  // the lowest address used so far
};

std::size_t wanted() {
  rlimit addresses{};
  if (getrlimit(RLIMIT_AS, &addresses) != 0 || addresses.rlim_cur == RLIM_INFINITY) {
    return largest;
  }
  return std::min(largest, std::size_t(addresses.rlim_cur / 16));  // the rest is for arrays
}

std::unique_ptr<LargeStack> map() {
#ifdef __linux__
  constexpr int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK;
#else
  constexpr int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
#endif
  for (auto size = wanted(); size >= smallest; size /= 4) {
    const auto bytes = (size + page() - 1) / page() * page();
    void* at = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (at == MAP_FAILED) {
      continue;
    }
    if (mprotect(at, guard, PROT_NONE) != 0) {
      munmap(at, bytes);
      continue;
    }
#ifdef __linux__
    madvise(at, bytes, MADV_NOHUGEPAGE);  // otherwise the first byte takes two megabytes
#endif
    auto stack = std::make_unique<LargeStack>();
    stack->low = static_cast<char*>(at) + guard;
    stack->size = bytes - guard;
    stack->left = stack->deepest = stack->low + stack->size;
    ++live;
    return stack;
  }
  return nullptr;
}

void unmap(const LargeStack& stack) {
  munmap(stack.low - guard, stack.size + guard);
  --live;
}

auto& unused = immortal<std::vector<std::unique_ptr<LargeStack>>>();

std::unique_ptr<LargeStack> take() {
  if (unused.empty()) {
    return map();
  }
  auto stack = std::move(unused.back());
  unused.pop_back();
  return stack;
}

void give_back(std::unique_ptr<LargeStack> stack) {
  if (unused.size() >= unused_stacks) {
    unmap(*stack);
    return;
  }
  char* top = stack->low + stack->size;
  if (top - stack->deepest > std::ptrdiff_t(kept)) {
#ifdef __linux__
    madvise(stack->low, stack->size - kept, MADV_DONTNEED);
#else
    madvise(stack->low, stack->size - kept, MADV_FREE);
#endif
    stack->deepest = top;
  }
  unused.push_back(std::move(stack));
}

// ---- of this thread -----------------------------------------------------------------------------
struct Stacks {
  Stack own;
  LargeStack* large = nullptr;  // null unless one is in use
  bool in_large = false;
};
#ifdef __linux__
[[gnu::tls_model("initial-exec")]]
#endif
constinit thread_local Stacks stacks;

Stack bounds_of_thread() {
  Stack own;
#ifdef __APPLE__
  const auto size = pthread_get_stacksize_np(pthread_self());
  own.low = static_cast<char*>(pthread_get_stackaddr_np(pthread_self())) - size;
  own.size = size;
#else
  pthread_attr_t attributes;
  void* address = nullptr;
  if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
    pthread_attr_getstack(&attributes, &address, &own.size);
    pthread_attr_destroy(&attributes);
  }
  own.low = static_cast<char*>(address);
#endif
  return own;
}

Stack& own_stack() {
  if (!stacks.own.low) {
    stacks.own = bounds_of_thread();
  }
  return stacks.own;
}

Stack& stack_in_use() { return stacks.in_large ? *stacks.large : own_stack(); }

// Reserved for the JVM's guard pages and for what runs at the bottom of the recursion.
std::size_t reserve() {
  static const auto bytes = std::max<std::size_t>(128 << 10, (64 << 10) + 4 * page());
  return bytes;
}

// ---- the switch ---------------------------------------------------------------------------------
void about_to_switch([[maybe_unused]] Stack& from, [[maybe_unused]] const Stack& to, [[maybe_unused]] bool for_good) {
#ifdef MLX4J_ASAN
  __sanitizer_start_switch_fiber(for_good ? nullptr : &from.sanitizers, to.low, to.size);
#endif
}

void switched_to([[maybe_unused]] Stack& to) {
#ifdef MLX4J_ASAN
  __sanitizer_finish_switch_fiber(std::exchange(to.sanitizers, nullptr), nullptr, nullptr);
#endif
}

void switch_to(Stack& to, Stack& from, void (*body)(void*), void* argument) {
  struct Switch {
    Stack& to;
    Stack& from;
    void (*body)(void*);
    void* argument;
    bool outermost;  // whether this is the outermost use of the large stack
  } s{to, from, body, argument, !stacks.in_large && !from.left};
  const bool in_large = stacks.in_large;
  void* const left = from.left;  // of an outer call that waits for the other stack
  stacks.in_large = !in_large;
  about_to_switch(from, to, false);
  mlx4j_call_on_stack(
      to.left,
      [](void* p) {
        Switch& s = *static_cast<Switch*>(p);
        switched_to(s.to);
        s.body(s.argument);
        about_to_switch(s.to, s.from, s.outermost);
      },
      &s, &from.left);
  switched_to(from);
  from.left = left;
  stacks.in_large = in_large;
}

}  // namespace

void call_on_large_stack(void (*body)(void*), void* argument) {
  if (stacks.in_large) {
    body(argument);
  } else if (stacks.large) {
    switch_to(*stacks.large, own_stack(), body, argument);
  } else {
    Entry entry;
    auto stack = take();
    if (!stack || stack->size < stack_left()) {  // threads may have larger ones
      if (stack) {
        give_back(std::move(stack));
      }
      body(argument);
      return;
    }
    stacks.large = stack.get();
    switch_to(*stack, own_stack(), body, argument);
    stacks.large = nullptr;
    give_back(std::move(stack));
  }
}

void call_on_own_stack(void (*body)(void*), void* argument) {
  if (!stacks.in_large) {
    body(argument);
    return;
  }
  expect_stack_use(0);
  switch_to(stacks.own, *stacks.large, body, argument);
}

const char* own_stack_limit() { return own_stack().low + reserve(); }

void refuse_for_stack() {
  throw stack_overflow("the stack of this thread is exhausted: functions call one another too deeply or endlessly");
}

std::size_t stack_left() {
  const auto* here = static_cast<const char*>(__builtin_frame_address(0));
  const auto* low = stack_in_use().low + reserve();
  return here > low ? std::size_t(here - low) : 0;
}

bool on_large_stack_now() { return stacks.in_large; }

void expect_stack_use(std::size_t bytes) {
  if (stacks.in_large) {
    LargeStack& s = *stacks.large;
    auto* here = static_cast<char*>(__builtin_frame_address(0));
    char* down = here - std::min(bytes, std::size_t(here - s.low));
    s.deepest = std::min(s.deepest, down);
  }
}

jint large_stacks() {
  Entry entry;
  return live;
}

jlong set_large_stack_size(jlong bytes) {
  Entry entry;
  const auto until_now = jlong(largest);
  largest = std::size_t(bytes);
  for (; !unused.empty(); unused.pop_back()) {
    unmap(*unused.back());
  }
  return until_now;
}

}  // namespace mlx4j
