// MLX hands each operation to the thread of its stream. Waking that thread and waiting for it takes longer than many an
// operation. libmlx exports the functions that hand over, so on Linux the dynamic linker finds the definitions at the
// end instead, because this library is opened before libmlx.
#include "cpu/tasks.h"

#include <dlfcn.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "bridge/large_stack.h"
#include "bridge/threads.h"
#include "mlx/event.h"
#include "mlx/memory.h"
#include "mlx/scheduler.h"

namespace mlx4j::cpu {

// ---- what is defined here as well as in libmlx ----------------------------------------------------
template <class Function>
static Function* upstream(const char* mangled) {
  if (void* address = dlsym(RTLD_NEXT, mangled)) {
    return reinterpret_cast<Function*>(address);
  }
  throw std::runtime_error(std::string("[eval] libmlx has no ") + mangled);
}

using mx::scheduler::Scheduler;
using OfEvent = std::function<void(mx::Event&)>;

static void enqueue_upstream(mx::Stream s, std::function<void()> task) {
  using Function = void(Scheduler*, mx::Stream, std::function<void()>);
  static auto* const enqueue =
      upstream<Function>("_ZN3mlx4core9scheduler9Scheduler7enqueueENS0_6StreamESt8functionIFvvEE");
  enqueue(&mx::scheduler::scheduler(), s, std::move(task));
}

static void wait_upstream(mx::Stream s, mx::Event event, OfEvent task) {
  using Function = void(Scheduler*, mx::Stream, mx::Event, OfEvent);
  static auto* const wait_event =
      upstream<Function>("_ZN3mlx4core9scheduler9Scheduler10wait_eventENS0_6StreamENS0_5EventESt8functionIFvRS4_EE");
  wait_event(&mx::scheduler::scheduler(), s, std::move(event), std::move(task));
}

static void signal_upstream(mx::Stream s, mx::Event event, OfEvent task) {
  using Function = void(Scheduler*, mx::Stream, mx::Event, OfEvent);
  static auto* const signal_event =
      upstream<Function>("_ZN3mlx4core9scheduler9Scheduler12signal_eventENS0_6StreamENS0_5EventESt8functionIFvRS4_EE");
  signal_event(&mx::scheduler::scheduler(), s, std::move(event), std::move(task));
}

static void synchronize_upstream(mx::Stream s) {
  static auto* const synchronize = upstream<void(mx::Stream)>("_ZN3mlx4core11synchronizeENS0_6StreamE");
  synchronize(s);
}

// ---- tasks that a thread keeps --------------------------------------------------------------------
namespace {

struct Task {
  std::function<void()> plain;
  std::optional<mx::Event> event;  // which `signal` signals, if there is one
  OfEvent signal;
};

void hand_over_upstream(mx::Stream s, Task&& task) {
  if (task.signal) {
    signal_upstream(s, std::move(*task.event), std::move(task.signal));
  } else {
    enqueue_upstream(s, std::move(task.plain));
  }
}

// Where a thread's own tasks are in the order of their stream, from the time when others may enter.
struct Place {
  mx::Stream stream;
  bool awaited = false;  // by the stream's thread; guarded as the list of places is
  std::optional<std::string> error;
  std::atomic<bool> computed{false};

  explicit Place(mx::Stream s) : stream(s) {}
};

class Places {
 public:
  std::shared_ptr<Place> take(mx::Stream s) {
    std::lock_guard lock(mutex_);
    places_.push_back(std::make_shared<Place>(s));
    ++count_;
    return places_.back();
  }

  void leave(const std::shared_ptr<Place>& place, std::optional<std::string> error) {
    {
      std::lock_guard lock(mutex_);
      std::erase(places_, place);
      --count_;
    }
    place->error = std::move(error);
    place->computed = true;
    place->computed.notify_one();
  }

  // Makes the stream's thread wait for these tasks before it goes on with what it is given next. Their error becomes
  // one of the stream.
  void wait_on(mx::Stream s) {
    if (count_ == 0) {
      return;
    }
    std::lock_guard lock(mutex_);
    for (auto& place : places_) {
      if (place->stream == s && !std::exchange(place->awaited, true)) {
        enqueue_upstream(s, [place] {
          place->computed.wait(false);
          if (place->error) {
            throw std::runtime_error(*place->error);
          }
        });
      }
    }
  }

 private:
  std::atomic<int> count_{0};
  std::mutex mutex_;
  std::vector<std::shared_ptr<Place>> places_;
};

Places& places = immortal<Places>();

class KeptTasks {
 public:
  explicit KeptTasks(const std::function<bool(mx::Stream)>& is_idle)
      : is_idle_(is_idle), scarce_(mx::get_active_memory() > mx::get_memory_limit()) {}

  // Of all tasks; empty if there were none.
  const std::optional<mx::Stream>& stream() const { return stream_; }

  // Returns false if tasks of this stream are not kept.
  bool keep(mx::Stream s, Task&& task) {
    if (stream_ ? *stream_ != s : !is_idle_(s)) {
      return false;
    }
    stream_ = s;
    tasks_.push_back(std::move(task));
    if (scarce_ || tasks_.size() >= most) {
      compute();
    }
    return true;
  }

  void expect_memory_use(std::size_t bytes) {
    if (!scarce_ && mx::get_active_memory() + bytes > mx::get_memory_limit()) {
      scarce_ = true;
      compute();
    }
  }

  void compute() {
    for (auto& task : std::exchange(tasks_, {})) {
      if (task.signal) {
        signal(task);
      } else {
        try {
          task.plain();
        } catch (const std::exception& e) {
          if (!error_) {
            error_ = e.what();
          }
        }
      }
      task = {};  // what it holds can be used by the next one
    }
  }

  const std::optional<std::string>& error() const { return error_; }

  void hand_over() {
    if (error_) {
      fail_on_stream();
    }
    for (auto& task : std::exchange(tasks_, {})) {
      hand_over_upstream(*stream_, std::move(task));
    }
  }

 private:
  // MLX waits while it schedules if a hundred operations are not computed, each of which has two tasks.
  static constexpr std::size_t most = 90;

  void fail_on_stream() {
    enqueue_upstream(*stream_, [error = *error_] { throw std::runtime_error(error); });
  }

  // Only a stream can give its error to an event.
  void signal(Task& task) {
    if (error_) {
      fail_on_stream();
      hand_over_upstream(*stream_, std::move(task));
    } else {
      task.signal(*task.event);
    }
  }

  const std::function<bool(mx::Stream)>& is_idle_;
  std::vector<Task> tasks_;
  std::optional<mx::Stream> stream_;
  std::optional<std::string> error_;
  bool scarce_;
};

// Others may enter while this lives.
class Turn {
 public:
  explicit Turn(const KeptTasks& kept) : kept_(kept), place_(places.take(*kept.stream())) {}
  ~Turn() { places.leave(place_, kept_.error()); }  // and then waits for the entry lock
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  const KeptTasks& kept_;
  std::shared_ptr<Place> place_;
  Released released_;
};

}  // namespace

// More than a block of a Program and what OpenBLAS and MLX have on the stack.
static constexpr std::size_t stack_of_a_task = 384 << 10;

[[gnu::tls_model("initial-exec")]] static constinit thread_local bool immediately = false;
[[gnu::tls_model("initial-exec")]] static constinit thread_local KeptTasks* keeping = nullptr;

ComputedImmediately::ComputedImmediately() { immediately = stack_left() > stack_of_a_task; }
ComputedImmediately::~ComputedImmediately() { immediately = false; }

void compute_own_tasks(const std::function<void()>& schedule, const std::function<bool(mx::Stream)>& is_idle) {
  if (stack_left() <= stack_of_a_task) {
    schedule();
    return;
  }
  KeptTasks kept(is_idle);
  keeping = &kept;
  try {
    schedule();
  } catch (...) {
    keeping = nullptr;
    kept.compute();
    throw;
  }
  keeping = nullptr;
  if (kept.stream()) {
    Turn turn(kept);
    kept.compute();
  }
}

void compute_kept_tasks() {
  if (keeping) {
    std::exchange(keeping, nullptr)->compute();
  }
}

void expect_memory_use(std::size_t bytes) {
  if (keeping) {
    keeping->expect_memory_use(bytes);
  }
}

static void hand_over_kept_tasks() {
  if (keeping) {
    std::exchange(keeping, nullptr)->hand_over();
  }
}

static void hand_over(mx::Stream s, Task&& task) {
  if (keeping && keeping->keep(s, std::move(task))) {
    return;
  }
  hand_over_kept_tasks();
  places.wait_on(s);
  hand_over_upstream(s, std::move(task));
}

}  // namespace mlx4j::cpu

namespace mlx::core {

using namespace mlx4j::cpu;

void scheduler::Scheduler::enqueue(Stream s, std::function<void()> task) {
  if (immediately) {
    task();
  } else {
    hand_over(s, {std::move(task), {}, {}});
  }
}

void scheduler::Scheduler::signal_event(Stream s, Event event, std::function<void(Event&)> task) {
  if (immediately) {
    task(event);
  } else {
    hand_over(s, {{}, std::move(event), std::move(task)});
  }
}

void scheduler::Scheduler::wait_event(Stream s, Event event, std::function<void(Event&)> task) {
  if (immediately) {
    task(event);
  } else {
    hand_over_kept_tasks();
    places.wait_on(s);
    wait_upstream(s, std::move(event), std::move(task));
  }
}

void synchronize(Stream s) {
  compute_kept_tasks();
  synchronize_upstream(s);
}

}  // namespace mlx::core
