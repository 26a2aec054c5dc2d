#include "cpu/parallel.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <limits>
#include <mutex>

#include "bridge/threads.h"

namespace mlx4j::cpu {

// A computation whose ranges are taken one after the other by whoever is free, so a thread that has to share its
// processor takes fewer of them.
struct Job {
  Work* work;
  const void* context;
  std::size_t count;
  std::size_t range;
  std::atomic<std::size_t> next{0};
  int helpers = 0;  // threads that may still be computing; guarded by the pool's mutex

  void take_ranges() {
    for (std::size_t first; (first = next.fetch_add(range, std::memory_order_relaxed)) < count;) {
      work(context, first, std::min(count, first + range));
    }
  }
};

// Threads that sleep until there is a job. The calling thread waits for those that have begun to help, never for those
// that have not woken up yet.
class Pool {
 public:
  void run(Job& job, int helpers) {
    if (busy_.test_and_set(std::memory_order_acquire)) {
      job.take_ranges();
      return;
    }
    {
      std::lock_guard lock(mutex_);
      while (started_ < helpers && start_thread()) {
        ++started_;
      }
      job_ = &job;
    }
    for (int i = std::min(helpers, started_); i > 0; --i) {
      work_.notify_one();
    }
    job.take_ranges();
    std::unique_lock lock(mutex_);
    job_ = nullptr;
    done_.wait(lock, [&job] { return job.helpers == 0; });
    lock.unlock();
    busy_.clear(std::memory_order_release);
  }

 private:
  void help() {
    std::unique_lock lock(mutex_);
    for (;;) {
      work_.wait(lock, [this] { return job_ && job_->next.load(std::memory_order_relaxed) < job_->count; });
      Job& job = *job_;
      ++job.helpers;
      lock.unlock();
      job.take_ranges();
      lock.lock();
      if (--job.helpers == 0) {
        done_.notify_one();
      }
    }
  }

  // Signals are left to the JVM's threads. Where no thread can be started, the others compute.
  bool start_thread() {
    sigset_t all, before;
    sigfillset(&all);
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0) {
      return false;
    }
    pthread_attr_setstacksize(&attributes, stack_size);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_t thread;
    const bool started = pthread_create(
                             &thread, &attributes,
                             [](void* pool) -> void* {
                               static_cast<Pool*>(pool)->help();
                               return nullptr;
                             },
                             this) == 0;
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    pthread_attr_destroy(&attributes);
    return started;
  }

  static constexpr std::size_t stack_size = 1 << 20;
  std::atomic_flag busy_;
  std::mutex mutex_;
  std::condition_variable work_, done_;
  Job* job_ = nullptr;
  int started_ = 0;
};

static std::atomic<int> thread_count{1};

void use_threads(int count) { thread_count = count; }

int threads() { return thread_count; }

static std::atomic<bool> all_pass_for_idle{false};

void use_busy_processors(bool share) { all_pass_for_idle = share; }

// The kernel counts the threads that run or wait for a processor, the calling one included, whichever container they
// are in. Without its count (no /proc), all processors pass for idle.
int idle_processors() {
  static const int file = open("/proc/loadavg", O_RDONLY | O_CLOEXEC);
  static const int processors = get_nprocs();
  if (all_pass_for_idle) {
    return std::numeric_limits<int>::max();
  }
  char text[64];
  const ssize_t length = pread(file, text, sizeof text - 1, 0);
  int running;
  text[std::max<ssize_t>(length, 0)] = 0;
  if (std::sscanf(text, "%*s %*s %*s %d/", &running) != 1) {
    return std::numeric_limits<int>::max();
  }
  return std::max(processors - running, 0);
}

void parallel(std::size_t count, std::size_t grain, Work* work, const void* context) {
  static Pool& pool = immortal<Pool>();
  const std::size_t parts = std::min(count / std::max<std::size_t>(grain, 1), std::size_t(threads()) * 4);
  const int helpers = parts < 2 || threads() == 1 ? 0 : std::min(threads() - 1, idle_processors());
  if (helpers == 0) {
    if (count > 0) {
      work(context, 0, count);
    }
    return;
  }
  Job job{work, context, count, (count + parts - 1) / parts};
  pool.run(job, std::min(int(parts) - 1, helpers));
}

}  // namespace mlx4j::cpu
