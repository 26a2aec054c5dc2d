// Memory in which threads pack the factors of a product and multiply them.
#pragma once

#include <pthread.h>

#include <atomic>
#include <cstddef>
#include <mutex>
#include <new>
#include <utility>

#include "cpu/kernels/strips.h"
#include "cpu/parallel.h"

namespace mlx4j::cpu {

// For tests: how many more workspaces there is memory for; -1 for any number.
inline std::atomic<int> workspaces_left{-1};

// As many workspaces as threads have computed at the same time. A Workspace has the member `next_free`.
template <class Workspace>
class Workspaces {
 public:
  // Null if there is no memory.
  Workspace* take() {
    int left = workspaces_left;
    while (left > 0 && !workspaces_left.compare_exchange_weak(left, left - 1)) {
    }
    if (left == 0) {
      return nullptr;
    }
    std::lock_guard lock(mutex_);
    if (!free_) {
      return new (std::nothrow) Workspace;
    }
    return std::exchange(free_, free_->next_free);
  }

  void give_back(Workspace* workspace) {
    std::lock_guard lock(mutex_);
    workspace->next_free = std::exchange(free_, workspace);
  }

  // Calls work(workspace, ranges) as parallel_by_thread does: on the calling thread, with its workspace, and on others
  // for which there is memory.
  template <class F>
  void parallel(std::size_t count, std::size_t grain, Workspace& of_caller, const F& work) {
    const pthread_t caller = pthread_self();
    parallel_by_thread(count, grain, [&](Ranges& ranges) {
      if (pthread_equal(pthread_self(), caller)) {
        work(of_caller, ranges);
      } else if (Workspace* own = take()) {
        work(*own, ranges);
        give_back(own);
      }
    });
  }

 private:
  std::mutex mutex_;
  Workspace* free_ = nullptr;
};

// A factor, whose rows or columns are taken in strips.
struct Factor {
  const float* data;
  std::ptrdiff_t across;  // as those of a strip
  std::ptrdiff_t along;

  // From the arguments of cblas_sgemm. `inner_in_rows` says whether numbers of the inner dimension lie side by side.
  Factor(const float* data, bool inner_in_rows, int row)
      : data(data), across(inner_in_rows ? row : 1), along(inner_in_rows ? 1 : row) {}

  Strip strip(std::size_t first, std::size_t width, std::size_t inner_first, std::size_t inner) const {
    return {data + std::ptrdiff_t(first) * across + std::ptrdiff_t(inner_first) * along, width, inner, across, along};
  }
};

}  // namespace mlx4j::cpu
