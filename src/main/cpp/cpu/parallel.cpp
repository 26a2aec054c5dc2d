#include "cpu/parallel.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <deque>
#include <limits>
#include <utility>

#include "bridge/threads.h"

namespace mlx4j::cpu {

using Clock = std::chrono::steady_clock;

// A computation, divided into ranges. Each thread begins with a section of its own, the same one in every job, so that
// it finds in its cache what it has read or written in the job before. Then it takes ranges of the others' sections, so
// a thread that has to share its processor takes fewer of them.
class Job {
 public:
  Job(Work* work, const void* context, std::size_t count, std::size_t parts, int threads)
      : work_(work),
        context_(context),
        count_(count),
        ranges_(parts),
        sections_(std::min({std::size_t(threads), parts, most_sections})),
        uninvited_(int(std::min(std::size_t(threads), parts)) - 1) {
    for (std::size_t i = 0; i < sections_; ++i) {
      section_[i].next = ranges_ * i / sections_;
      section_[i].end = ranges_ * (i + 1) / sections_;
    }
  }

  // For the calling thread, before it takes a range: lets as many threads help as processors are idle, if it has not
  // looked for them a short while ago. Whether any thread has been invited so far.
  bool invite();

  // For one of the helpers.
  bool take_place() {
    int places = places_;
    while (places > 0 && !places_.compare_exchange_weak(places, places - 1)) {
    }
    return places > 0;
  }

  void help(std::size_t thread) {
    Ranges ranges(*this, thread);
    work_(context_, ranges);
  }

  // Takes a range of the thread's own section or, when that many sections are done, of one that follows.
  bool take(std::size_t thread, std::size_t& sections_done, std::size_t& first, std::size_t& last) {
    for (; sections_done < sections_; ++sections_done) {
      auto& [next, end] = section_[(thread + sections_done) % sections_];
      const std::size_t range = next.fetch_add(1, std::memory_order_relaxed);
      if (range < end) {
        first = count_ * range / ranges_;
        last = count_ * (range + 1) / ranges_;
        return true;
      }
    }
    return false;
  }

 private:
  // How long a computation goes on without looking for idle processors, which takes a hundredth of that.
  static constexpr std::chrono::microseconds between_looks{500};

  std::size_t left() const {
    std::size_t left = 0;
    for (std::size_t i = 0; i < sections_; ++i) {
      const std::size_t next = section_[i].next.load(std::memory_order_relaxed);
      left += section_[i].end - std::min(next, section_[i].end);
    }
    return left;
  }

  static constexpr std::size_t most_sections = 32;
  struct alignas(64) Section {
    std::atomic<std::size_t> next;
    std::size_t end;
  };
  Work* work_;
  const void* context_;
  std::size_t count_;
  std::size_t ranges_;  // whose lengths differ by one at most
  std::size_t sections_;
  int uninvited_;  // the threads that may still be invited; of the calling thread, as are the next two
  bool invited_ = false;
  Clock::time_point next_look_;
  std::atomic<int> places_{0};  // for threads that have been invited and have not come yet
  Section section_[most_sections];

  friend class Pool;
};

bool Ranges::take(std::size_t& first, std::size_t& last) {
  if (job_) {
    if (thread_ == 0) {
      job_->invite();
    }
    return job_->take(thread_, sections_done_, first, last);
  }
  first = 0;
  last = std::exchange(all_, 0);
  return last > 0;
}

bool Ranges::take_all() {
  if (job_ && (thread_ > 0 || job_->invite())) {
    return false;
  }
  job_ = nullptr;
  all_ = 0;
  return true;
}

// Waking a thread takes as long as many a job, so a thread that waits looks for a moment at what it waits for, and then
// sleeps.
static constexpr std::chrono::microseconds moment{100};

template <class T>
static void look_while(const std::atomic<T>& value, T old) {
  for (const auto start = Clock::now(); value.load() == old && Clock::now() - start < moment;) {
    pause_processor();
  }
}

// Threads that help with one job after the other. The calling thread waits for those that have begun to help, never for
// those that have not woken up yet.
class Pool {
 public:
  // Lets so many more threads help with a job. False if they help with another one.
  bool invite(Job& job, std::size_t count) {
    const bool first = job_ != &job;
    if (first && busy_.test_and_set(std::memory_order_acquire)) {
      return false;
    }
    invited_ = (first ? 0 : invited_) + count;
    while (helpers_.size() < invited_ && start_thread()) {
    }
    job.places_ += int(count);
    job_ = &job;
    ++jobs_;
    for (std::size_t i = invited_ - count; i < std::min(invited_, helpers_.size()); ++i) {
      wake(helpers_[i]);
    }
    return true;
  }

  // Waits for the threads that help with a job, which nobody else can begin to do from then on.
  void end(const Job& job) {
    if (job_ != &job) {
      return;
    }
    job_ = nullptr;
    for (int i; (i = helping_) > 0;) {
      look_while(helping_, i);
      helping_.wait(i);
    }
    busy_.clear(std::memory_order_release);
  }

  // How many threads the kernel counts among those that run or want to although they have nothing to do: those that
  // look for a job, and those that have been woken in vain or too late.
  int at_leisure() const { return std::max(awake_ - helping_, 0); }

 private:
  struct Helper {
    Pool& pool;
    std::size_t number;  // from 1 on
    pthread_t thread = {};
    std::atomic<bool> awake{true};
    std::atomic<int> processor{-1};  // that it used last
  };

  void help(Helper& self) {
    for (unsigned seen = jobs_;; seen = jobs_) {
      self.processor = sched_getcpu();
      if (job_) {
        ++helping_;  // and from then on the job is kept
        if (Job* job = job_; job && job->take_place()) {
          job->help(self.number);
        }
        --helping_;
        helping_.notify_one();
      }
      look_while(jobs_, seen);
      if (jobs_ == seen) {
        sleep(self, seen);
      }
    }
  }

  void sleep(Helper& self, unsigned seen) {
    --awake_;
    self.awake = false;
    if (jobs_ != seen) {  // since then, so it may have been overlooked
      rouse(self);
    }
    self.awake.wait(false);
  }

  // Whether the helper slept.
  bool rouse(Helper& helper) {
    const bool slept = !helper.awake.exchange(true);
    awake_ += slept ? 1 : 0;
    return slept;
  }

  void wake(Helper& helper) {
    const int here = sched_getcpu();
    const bool slept = rouse(helper);
    if (slept || helper.processor == here) {
      send_elsewhere(helper, here);
    }
    if (slept) {
      helper.awake.notify_one();
    }
  }

  // Away from the processor that the calling thread uses. On a virtual machine, the kernel takes a processor that
  // sleeps for one that the host has taken away, and lets a thread that is woken wait for milliseconds behind the one
  // that has woken it.
  static void send_elsewhere(const Helper& helper, int here) {
    cpu_set_t processors;
    if (here < 0 || sched_getaffinity(0, sizeof processors, &processors) != 0) {
      return;
    }
    CPU_CLR(std::size_t(here), &processors);
    if (CPU_COUNT(&processors) > 0) {
      pthread_setaffinity_np(helper.thread, sizeof processors, &processors);
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
    auto& helper = helpers_.emplace_back(*this, helpers_.size() + 1);
    ++awake_;
    const bool started = pthread_create(
                             &helper.thread, &attributes,
                             [](void* helper) -> void* {
                               auto& self = *static_cast<Helper*>(helper);
                               self.pool.help(self);
                               return nullptr;
                             },
                             &helper) == 0;
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    if (started) {
      send_elsewhere(helper, sched_getcpu());
    } else {
      helpers_.pop_back();
      --awake_;
    }
    pthread_attr_destroy(&attributes);
    return started;
  }

  static constexpr std::size_t stack_size = 1 << 20;
  std::atomic_flag busy_;       // guards helpers_, invited_ and what is written to job_ and jobs_
  std::deque<Helper> helpers_;  // which never end
  std::size_t invited_ = 0;     // how many of them may help with the job
  std::atomic<Job*> job_{nullptr};
  std::atomic<unsigned> jobs_{0};
  std::atomic<int> awake_{0};    // helpers that do not sleep, or are being woken
  std::atomic<int> helping_{0};  // helpers that may have got a job
};

static Pool& pool() {
  static auto& pool = immortal<Pool>();
  return pool;
}

static std::atomic<int> thread_count{1};

void use_threads(int count) { thread_count = count; }

int threads() { return thread_count; }

static std::atomic<int> assumed_idle{-1};

void assume_idle_processors(int count) { assumed_idle = count; }

// The kernel counts the threads that run or wait for a processor, the calling one included, whichever container they
// are in. Without its count (no /proc), all processors pass for idle.
int idle_processors() {
  static const int file = open("/proc/loadavg", O_RDONLY | O_CLOEXEC);
  static const int processors = get_nprocs();
  if (const int assumed = assumed_idle; assumed >= 0) {
    return assumed;
  }
  char text[64];
  const ssize_t length = pread(file, text, sizeof text - 1, 0);
  int running;
  text[std::max<ssize_t>(length, 0)] = 0;
  if (std::sscanf(text, "%*s %*s %*s %d/", &running) != 1) {
    return std::numeric_limits<int>::max();
  }
  return std::max(processors - running + pool().at_leisure(), 0);
}

bool Job::invite() {
  if (uninvited_ == 0 || Clock::now() < next_look_ || left() < 2) {
    return invited_;
  }
  const int helpers = std::min(uninvited_, idle_processors());
  if (helpers > 0 && pool().invite(*this, std::size_t(helpers))) {
    uninvited_ -= helpers;
    invited_ = true;
  }
  next_look_ = Clock::now() + between_looks;
  return invited_;
}

void parallel(std::size_t count, std::size_t grain, Work* work, const void* context) {
  const std::size_t parts = std::min(count / std::max<std::size_t>(grain, 1), std::size_t(threads()) * 4);
  if (parts < 2 || threads() == 1) {
    Ranges all(count);
    work(context, all);
    return;
  }
  Job job(work, context, count, parts, threads());
  job.help(0);
  pool().end(job);
}

}  // namespace mlx4j::cpu
