#include "threads.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <list>
#include <system_error>
#include <thread>
#include <vector>

#include "large_stack.h"
#include "mlx/compile_impl.h"

namespace mlx4j {

namespace {

// A mutex that calls no function while nobody waits for it: each operation takes it at least once.
class Mutex {
 public:
  bool try_lock() {
    int expected = free;
    return state_.compare_exchange_strong(expected, taken, std::memory_order_acquire, std::memory_order_relaxed);
  }

  void lock() {
    std::unique_lock waiting(mutex_);
    while (state_.exchange(awaited, std::memory_order_acquire) != free) {
      freed_.wait(waiting);
    }
  }

  void unlock() {
    if (state_.exchange(free, std::memory_order_release) == awaited) {
      mutex_.lock();  // whoever has seen the state taken sleeps by now
      mutex_.unlock();
      freed_.notify_one();
    }
  }

 private:
  static constexpr int free = 0, taken = 1, awaited = 2;
  std::atomic<int> state_{free};
  std::mutex mutex_;
  std::condition_variable freed_;
};

}  // namespace

static Mutex& entry_mutex = immortal<Mutex>();
constinit thread_local ThreadState this_thread;
static std::atomic<int> waiting{0};

static std::atomic<int> processors{1};

void use_processors(int count) { processors = count; }

// Most threads hold the lock for some microseconds, and waking a thread up takes longer. So a thread that finds the
// lock taken looks at it for a moment before it sleeps, if a processor is left for that. It overtakes those that sleep,
// so it does not if they are very many.
static bool locked_in_a_moment() {
  static std::atomic<int> looking{0};
  if (waiting >= 4 * processors) {
    return false;
  }
  constexpr std::chrono::microseconds moment{20};
  bool locked = false;
  if (looking++ < processors - 1) {
    const auto end = std::chrono::steady_clock::now() + moment;
    while (!locked && std::chrono::steady_clock::now() < end) {
      for (int i = 0; i < 4; ++i) {
        pause_processor();
      }
      locked = entry_mutex.try_lock();
    }
  }
  --looking;
  return locked;
}

static void lock_entry() {
  if (!entry_mutex.try_lock() && !locked_in_a_moment()) {
    ++waiting;
    entry_mutex.lock();
    --waiting;
  }
}

bool entry_is_awaited() { return waiting.load(std::memory_order_relaxed) > 0; }

// ---- deferred deletions -----------------------------------------------------------------------
struct Deferred {
  std::mutex mutex;
  std::vector<jobject> global_refs;
  std::vector<std::uintptr_t> compiled_ids;
  std::atomic<bool> any{false};
};
static Deferred& deferred = immortal<Deferred>();

// The compile caches of all live threads; guarded by the entry lock.
static auto& compile_caches = immortal<std::list<mx::detail::CompileCacheWeakPtr>>();

void defer_global_ref(jobject ref) {
  std::lock_guard l(deferred.mutex);
  deferred.global_refs.push_back(ref);
  deferred.any = true;
}

void defer_compiled_id(std::uintptr_t id) {
  std::lock_guard l(deferred.mutex);
  deferred.compiled_ids.push_back(id);
  deferred.any = true;
}

int pending_deletions() {
  std::lock_guard l(deferred.mutex);
  return int(deferred.global_refs.size() + deferred.compiled_ids.size());
}

static void run_deferred() {  // the entry lock must be held
  JNIEnv* env = current_env();
  std::vector<jobject> refs;
  std::vector<std::uintptr_t> ids;
  {
    std::lock_guard l(deferred.mutex);
    if (env) {
      refs.swap(deferred.global_refs);
    }
    ids.swap(deferred.compiled_ids);
    deferred.any = !deferred.global_refs.empty();
  }
  for (auto ref : refs) {
    env->DeleteGlobalRef(ref);  // permitted while an exception is pending
  }
  for (auto id : ids) {
    for (auto& cache : compile_caches) {
      mx::detail::compile_erase(cache, id);
    }
  }
}

static std::atomic<bool> ended{false};  // whether end_entries has been called

// ---- streams ----------------------------------------------------------------------------------
mx::Stream process_stream(mx::Device::DeviceType type) {
  static std::optional<mx::Stream> streams[2];
  auto& stream = streams[type == mx::Device::gpu];
  if (!stream) {
    stream = mx::new_thread_unsafe_stream(type);
  }
  return *stream;
}

struct Queue {
  mx::Stream stream;
  int threads;  // that have it and are alive
};

// Guarded by the entry lock. The first one is the process-wide stream.
static auto& queues = immortal<std::vector<Queue>>();
static std::atomic<int> most_queues{1};

void use_queues(int count) { most_queues = count; }

void take_queue() {
  auto fewest = std::min_element(queues.begin(), queues.end(),
                                 [](const Queue& a, const Queue& b) { return a.threads < b.threads; });
  if (fewest->threads > 0 && queues.size() < std::size_t(most_queues)) {
    try {
      queues.push_back({mx::new_thread_unsafe_stream(mx::Device::cpu), 0});
      fewest = queues.end() - 1;
    } catch (const std::system_error&) {
      // No further thread can be started, so the existing ones are shared.
    }
  }
  if (fewest != queues.begin()) {
    mx::set_default_stream(fewest->stream);
  }
  ++fewest->threads;
  this_thread.queue = int(fewest - queues.begin());
}

mx::Stream resolved(mx::Stream s) {
  return s.device == mx::Device::cpu && s == queues[0].stream ? queues[this_thread.queue].stream : s;
}

void synchronize_all_of(mx::Stream s) {
  std::vector<mx::Stream> all{s};
  {
    Entry entry;
    if (s == queues[0].stream) {
      for (std::size_t i = 1; i < queues.size(); ++i) {
        all.push_back(queues[i].stream);
      }
    }
  }
  for (auto& each : all) {
    mx::synchronize(each);
  }
}

// ---- threads ----------------------------------------------------------------------------------
// Exists in each thread that ever entered. When the thread ends, its compile cache may own graphs and Java references,
// so the cache is emptied under the lock.
struct ThreadGuard {
  ThreadGuard() : it(compile_caches.insert(compile_caches.end(), mx::detail::compile_cache())) {}
  ~ThreadGuard() {
    if (ended && this_thread.depth == 0) {
      // The thread that ends the process may pass here, and the lock may be held for good.
      immortal<std::shared_ptr<mx::detail::CompileCache>>(it->lock());
      return;
    }
    Entry entry;
    if (this_thread.queue >= 0) {
      --queues[this_thread.queue].threads;
    }
    mx::detail::compile_clear_cache(*it);
    compile_caches.erase(it);
  }
  ThreadGuard(const ThreadGuard&) = delete;
  ThreadGuard& operator=(const ThreadGuard&) = delete;
  std::list<mx::detail::CompileCacheWeakPtr>::iterator it;
};

static void prepare_thread() {
  this_thread.stack_limit = own_stack_limit();
  mx::set_default_stream(process_stream(mx::Device::cpu));
  if (queues.empty()) {
    queues.push_back({process_stream(mx::Device::cpu), 0});
  }
  if (mx::is_available(mx::Device::gpu)) {
    mx::set_default_stream(process_stream(mx::Device::gpu));
  }
  (void)mx::detail::compile_cache();  // constructed before the guard, hence destroyed after it
  thread_local ThreadGuard guard;
  (void)guard;
}

void lock_first() {
  lock_entry();
  ThreadState& t = this_thread;
  t.depth = 1;
  if (!t.prepared) {
    t.prepared = true;
    try {
      prepare_thread();
    } catch (...) {
      t.prepared = false;
      unlock_last();
      throw;
    }
  }
  if (deferred.any.load(std::memory_order_relaxed)) {
    run_deferred();
  }
}

void unlock_last() {
  this_thread.depth = 0;
  entry_mutex.unlock();
}

Released::Released() : depth_(this_thread.depth) {
  if (depth_) {
    unlock_last();
  }
}

Released::~Released() {
  if (depth_) {
    lock_entry();
    this_thread.depth = depth_;
  }
}

void end_entries() {
  using namespace std::chrono_literals;
  ThreadState& t = this_thread;
  // Does not wait for a long computation that holds the lock, because the process should end.
  const auto end = std::chrono::steady_clock::now() + 100ms;
  while (t.depth == 0 && std::chrono::steady_clock::now() < end) {
    if (entry_mutex.try_lock()) {
      t.depth = 1;  // objects that this thread still destroys may enter
    } else {
      std::this_thread::sleep_for(1ms);
    }
  }
  ended = true;
}

void start_first_thread() {
  static auto& mutex = immortal<std::mutex>();
  static auto& changed = immortal<std::condition_variable>();
  static bool done = false;
  std::thread([] {
    {
      Entry entry;
      auto a = mx::add(mx::array(1.f), mx::array(1.f));
      a.eval();
    }
    std::unique_lock l(mutex);
    done = true;
    changed.notify_all();
    for (;;) {
      changed.wait(l);
    }
  }).detach();
  std::unique_lock l(mutex);
  changed.wait(l, [] { return done; });
}

}  // namespace mlx4j
