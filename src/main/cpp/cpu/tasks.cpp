// MLX hands each operation to the thread of its stream. For a small array, waking that thread and waiting for it takes
// longer than the operation. libmlx exports the functions that hand over, so on Linux the dynamic linker finds the
// definitions at the end instead, because this library is opened before libmlx.
#include "cpu/tasks.h"

#include <dlfcn.h>

#include <stdexcept>
#include <string>

#include "bridge/large_stack.h"
#include "mlx/event.h"
#include "mlx/scheduler.h"

namespace mlx4j::cpu {

// More than a block of a Program and what OpenBLAS and MLX have on the stack.
static constexpr std::size_t stack_of_a_task = 384 << 10;

[[gnu::tls_model("initial-exec")]] static constinit thread_local bool immediately = false;

ComputedImmediately::ComputedImmediately() { immediately = stack_left() > stack_of_a_task; }
ComputedImmediately::~ComputedImmediately() { immediately = false; }

// The definition in libmlx of a function that is defined here as well.
template <class Function>
static Function* upstream(const char* mangled) {
  if (void* address = dlsym(RTLD_NEXT, mangled)) {
    return reinterpret_cast<Function*>(address);
  }
  throw std::runtime_error(std::string("[eval] libmlx has no ") + mangled);
}

}  // namespace mlx4j::cpu

namespace mlx::core::scheduler {

using mlx4j::cpu::immediately;
using mlx4j::cpu::upstream;

void Scheduler::enqueue(Stream s, std::function<void()> task) {
  using Function = void(Scheduler*, Stream, std::function<void()>);
  static auto* const hand_over =
      upstream<Function>("_ZN3mlx4core9scheduler9Scheduler7enqueueENS0_6StreamESt8functionIFvvEE");
  if (immediately) {
    task();
  } else {
    hand_over(this, s, std::move(task));
  }
}

void Scheduler::wait_event(Stream s, Event event, std::function<void(Event&)> task) {
  using Function = void(Scheduler*, Stream, Event, std::function<void(Event&)>);
  static auto* const hand_over =
      upstream<Function>("_ZN3mlx4core9scheduler9Scheduler10wait_eventENS0_6StreamENS0_5EventESt8functionIFvRS4_EE");
  if (immediately) {
    task(event);
  } else {
    hand_over(this, s, std::move(event), std::move(task));
  }
}

void Scheduler::signal_event(Stream s, Event event, std::function<void(Event&)> task) {
  using Function = void(Scheduler*, Stream, Event, std::function<void(Event&)>);
  static auto* const hand_over =
      upstream<Function>("_ZN3mlx4core9scheduler9Scheduler12signal_eventENS0_6StreamENS0_5EventESt8functionIFvRS4_EE");
  if (immediately) {
    task(event);
  } else {
    hand_over(this, s, std::move(event), std::move(task));
  }
}

}  // namespace mlx::core::scheduler
