// A large stack for recursion: MLX's transforms use stack for each level of a graph, and a model of a few dozen layers
// has more levels than fit into the stack of a Java thread.
//
// A switch is an ordinary call with another stack pointer. The thread stays the same, and with it everything that
// belongs to a thread: MLX's traces and caches, Java's thread locals and interrupts, virtual threads. Java code runs on
// the thread's own stack, as the JVM demands, so calls alternate between the stacks, and each continues where it was
// left.
#pragma once

#include <cstddef>
#include <exception>
#include <optional>
#include <type_traits>

#include "entry_lock.h"
#include "java.h"

namespace mlx4j {

// Call body(argument), which must not throw, on the large stack or on the thread's own; directly if that stack is
// already in use. If the system provides no memory for a large stack, everything runs on the thread's own.
void call_on_large_stack(void (*body)(void*), void* argument);
void call_on_own_stack(void (*body)(void*), void* argument);

// Exceptions cannot unwind from one stack to the other, so they are carried over.
template <class F>
std::invoke_result_t<F&> carried(void (*call)(void (*)(void*), void*), F& f) {
  using Result = std::invoke_result_t<F&>;
  constexpr bool without_result = std::is_void_v<Result>;
  struct Call {
    F& f;
    std::optional<std::conditional_t<without_result, bool, Result>> result;
    std::exception_ptr error;
  } c{f, std::nullopt, nullptr};
  call(
      [](void* p) {
        Call& c = *static_cast<Call*>(p);
        try {
          if constexpr (without_result) {
            c.f();
          } else {
            c.result.emplace(c.f());
          }
        } catch (...) {
          c.error = std::current_exception();
        }
      },
      &c);
  if (c.error) {
    std::rethrow_exception(std::move(c.error));
  }
  if constexpr (!without_result) {
    return std::move(*c.result);
  }
}

template <class F>
auto on_large_stack(F f) {
  return carried(call_on_large_stack, f);
}
template <class F>
auto on_own_stack(F f) {
  return carried(call_on_own_stack, f);
}

// Java's own StackOverflowError may occur at any call, even between a native that creates an array and the Java code
// that takes ownership of it. Natives that create something therefore refuse earlier than Java would, so that stack is
// left for what follows.
const char* own_stack_limit();
[[noreturn]] void refuse_for_stack();
inline void require_stack() {
  if (static_cast<const char*>(__builtin_frame_address(0)) < this_thread.stack_limit) {
    refuse_for_stack();
  }
}

// The bytes that are left of the stack in use, without a reserve.
std::size_t stack_left();
bool on_large_stack_now();

// Announces that so many bytes of the stack in use are about to be used. The deepest memory of a large stack is
// returned to the system afterwards.
void expect_stack_use(std::size_t bytes);

// For tests: returns the number of large stacks; sets the size of new ones and returns the previous size.
jint large_stacks();
jlong set_large_stack_size(jlong bytes);

}  // namespace mlx4j
