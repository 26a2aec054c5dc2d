// Splits a computation over the processors that the JVM may use.
#pragma once

#include <algorithm>
#include <cstddef>

namespace mlx4j::cpu {

// How many threads compute together at most, the calling one included. Counts from the next computation on.
void use_threads(int count);
int threads();

// How many processors have nothing to do at this moment; those of the whole machine, also in a container. Takes some
// microseconds.
int idle_processors();

// For tests: how many processors pass for idle; -1 for those that are.
void assume_idle_processors(int count);

class Job;

// The ranges that one thread takes of a computation, one after the other.
class Ranges {
 public:
  explicit Ranges(std::size_t all) : all_(all) {}
  Ranges(Job& job, std::size_t thread) : job_(&job), thread_(thread) {}

  // False if none is left.
  bool take(std::size_t& first, std::size_t& last);

  // Instead of the first `take`: takes all ranges if nobody else takes any now, and then nobody will. False otherwise,
  // and none is taken.
  bool take_all();

 private:
  std::size_t all_ = 0;
  Job* job_ = nullptr;
  std::size_t thread_ = 0;
  std::size_t sections_done_ = 0;
};

using Work = void(const void* context, Ranges& ranges);
void parallel(std::size_t count, std::size_t grain, Work* work, const void* context);

// Calls work(ranges) on the calling thread and on threads that are idle. All ranges that are taken make up [0, count),
// so what a thread does before it takes one is done for nothing if it gets none. A range has at least `grain` items
// unless all are fewer; choose so many that they take some ten microseconds, which is what waking a thread costs. All
// calls have returned when this returns.
//
// The calling thread always works itself, and works alone while the threads are helping another one or no processor is
// idle: a helper that has to share its processor makes everybody wait. It looks for idle processors before it takes a
// range, twice in a millisecond at most. `work` must not throw, call the JVM or take locks that the calling thread may
// hold.
template <class F>
void parallel_by_thread(std::size_t count, std::size_t grain, const F& work) {
  parallel(count, grain, [](const void* context, Ranges& ranges) { (*static_cast<const F*>(context))(ranges); }, &work);
}

// Calls work(first, last) for each range, in the same way.
template <class F>
void parallel(std::size_t count, std::size_t grain, const F& work) {
  parallel_by_thread(count, grain, [&](Ranges& ranges) {
    for (std::size_t first, last; ranges.take(first, last);) {
      work(first, last);
    }
  });
}

}  // namespace mlx4j::cpu
