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

// Whether all processors pass for idle.
void use_busy_processors(bool share);

using Work = void(const void* context, std::size_t first, std::size_t last);
void parallel(std::size_t count, std::size_t grain, Work* work, const void* context);

// Calls work(first, last) for ranges that make up [0, count), on the calling thread and on threads that are idle. A
// range has at least `grain` items, except the last; choose so many that they take some ten microseconds, which is what
// waking a thread costs. All calls have returned when this returns.
//
// The calling thread always works itself, and works alone if the threads are helping another one or no processor is
// idle: a helper that has to share its processor makes everybody wait. `work` must not throw, call the JVM or take
// locks that the calling thread may hold.
template <class F>
void parallel(std::size_t count, std::size_t grain, const F& work) {
  parallel(
      count, grain,
      [](const void* context, std::size_t first, std::size_t last) { (*static_cast<const F*>(context))(first, last); },
      &work);
}

}  // namespace mlx4j::cpu
