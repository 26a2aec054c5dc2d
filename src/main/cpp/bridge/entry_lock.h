// The entry lock: one recursive lock around everything that touches MLX objects. Their reference counts are atomic, but
// graphs, transforms and caches are not, and even dropping an array may touch a graph that another thread is walking.
//
// Every adapter in handles.h holds an Entry as its FIRST member, so the lock is held exactly as long as the temporaries
// of the generated call exist. Released opens the lock completely around calls into Java and around waits.
#pragma once

namespace mlx4j {

struct ThreadState {
  int depth = 0;                      // the number of Entry objects of this thread
  bool prepared = false;              // whether this thread's streams and compile cache are set up
  int queue = -1;                     // of the default stream of the CPU (threads.h); -1 before the first computation
  const char* stack_limit = nullptr;  // below it, calls from Java are refused (large_stack.h)
};

// Read several times in each operation. This TLS model avoids a function call for each access.
#ifdef __linux__
[[gnu::tls_model("initial-exec")]]
#endif
extern constinit thread_local ThreadState this_thread;

void lock_first();   // depth 0 -> 1: locks, prepares the thread, runs deferred deletions
void unlock_last();  // depth 1 -> 0

struct Entry {
  Entry() {
    if (this_thread.depth == 0) {
      lock_first();
    } else {
      ++this_thread.depth;
    }
  }
  ~Entry() {
    if (this_thread.depth == 1) {
      unlock_last();
    } else {
      --this_thread.depth;
    }
  }
  Entry(const Entry&) = delete;
  Entry& operator=(const Entry&) = delete;
};

class Released {
 public:
  Released();
  ~Released();
  Released(const Released&) = delete;
  Released& operator=(const Released&) = delete;

 private:
  int depth_;
};

}  // namespace mlx4j
