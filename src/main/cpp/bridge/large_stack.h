// A large stack for what recurses: MLX's transforms take stack for each level of a graph, and a model of some dozen
// layers has more levels than fit the stack of a Java thread.
//
// A switch is an ordinary call with another stack pointer. The thread stays the same, and with it everything that
// belongs to a thread: MLX's traces and caches, Java's thread locals and interrupts, virtual threads. Java code runs on
// the thread's own stack, as the JVM demands; so calls change to and fro, and each stack goes on where it was left.
#pragma once

#include <cstddef>
#include <exception>
#include <optional>
#include <type_traits>

#include "entry_lock.h"
#include "java.h"

namespace mlx4j {

// Calls body(argument), which must not throw, on the large stack, or on the thread's own; directly where that is the
// stack in use. Where the system gives no memory for a large stack, everything happens on the thread's own.
void call_on_large_stack(void (*body)(void*), void* argument);
void call_on_own_stack(void (*body)(void*), void* argument);

// Exceptions do not cross from stack to stack: they are carried over.
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

// Java's own StackOverflowError may come at any call, also between a native that makes an array and the Java code that
// takes it over. Natives that make something refuse earlier than Java does, so that there is stack for what follows.
const char* own_stack_limit();
[[noreturn]] void refuse_for_stack();
inline void require_stack() {
  if (static_cast<const char*>(__builtin_frame_address(0)) < this_thread.stack_limit) {
    refuse_for_stack();
  }
}

// Bytes that are left of the stack in use, but for a reserve.
std::size_t stack_left();
bool on_large_stack_now();

// So many bytes of the stack in use are about to be used. What a large stack used deep down goes back to the system.
void expect_stack_use(std::size_t bytes);

// For tests: how many large stacks there are, and how large new ones shall be; the size until now is returned.
jint large_stacks();
jlong set_large_stack_size(jlong bytes);

}  // namespace mlx4j
