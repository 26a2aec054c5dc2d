#include "cpu/parallel.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <limits>

#include "bridge/threads.h"

namespace mlx4j::cpu {

// A computation whose ranges are taken one after the other by whoever is free, so a thread that has to share its
// processor takes fewer of them.
struct Job {
  Work* work;
  const void* context;
  std::size_t count;
  std::size_t range;
  std::atomic<int> places;  // for helpers
  std::atomic<std::size_t> next{0};

  void take_ranges() {
    for (std::size_t first; (first = next.fetch_add(range, std::memory_order_relaxed)) < count;) {
      work(context, first, std::min(count, first + range));
    }
  }
};

static void pause_processor() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// Waking a thread takes as long as many a job, so a thread that waits looks for a moment at what it waits for, and then
// sleeps.
static constexpr std::chrono::microseconds moment{100};

template <class T>
static void look_while(const std::atomic<T>& value, T old) {
  using Clock = std::chrono::steady_clock;
  for (const auto start = Clock::now(); value.load() == old && Clock::now() - start < moment;) {
    pause_processor();
  }
}

// Threads that help with one job after the other. The calling thread waits for those that have begun to help, never for
// those that have not woken up yet.
class Pool {
 public:
  void run(Job& job) {
    if (busy_.test_and_set(std::memory_order_acquire)) {
      job.take_ranges();
      return;
    }
    while (started_ < job.places && start_thread()) {
      ++started_;
    }
    const int helpers = std::min(job.places.load(), started_);
    job_ = &job;
    ++jobs_;
    for (int i = watching_; i < helpers; ++i) {
      jobs_.notify_one();
    }
    job.take_ranges();
    job_ = nullptr;
    for (int i; (i = helping_) > 0;) {
      look_while(helping_, i);
      helping_.wait(i);
    }
    busy_.clear(std::memory_order_release);
  }

  // Threads that look for a job, which the kernel counts among those that run.
  int watching() const { return watching_; }

 private:
  void help() {
    for (unsigned seen = jobs_;; seen = jobs_) {
      if (job_) {
        ++helping_;  // and from then on the job is kept
        if (Job* job = job_; job && job->places-- > 0) {
          job->take_ranges();
        }
        --helping_;
        helping_.notify_one();
      }
      ++watching_;
      look_while(jobs_, seen);
      --watching_;
      jobs_.wait(seen);
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
  std::atomic_flag busy_;  // guards started_ and what is written to job_ and jobs_
  int started_ = 0;
  std::atomic<Job*> job_{nullptr};
  std::atomic<unsigned> jobs_{0};
  std::atomic<int> helping_{0};
  std::atomic<int> watching_{0};
};

static Pool& pool() {
  static auto& pool = immortal<Pool>();
  return pool;
}

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
  return std::max(processors - running + pool().watching(), 0);
}

void parallel(std::size_t count, std::size_t grain, Work* work, const void* context) {
  const std::size_t parts = std::min(count / std::max<std::size_t>(grain, 1), std::size_t(threads()) * 4);
  const int helpers = parts < 2 || threads() == 1 ? 0 : std::min(threads() - 1, idle_processors());
  if (helpers == 0) {
    if (count > 0) {
      work(context, 0, count);
    }
    return;
  }
  Job job{work, context, count, (count + parts - 1) / parts, std::min(int(parts) - 1, helpers)};
  pool().run(job);
}

}  // namespace mlx4j::cpu
