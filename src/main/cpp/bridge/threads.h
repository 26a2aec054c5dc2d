// What a thread needs before it may touch MLX, and what must wait until a thread may.
#pragma once

#include <cstdint>
#include <mutex>

#include "entry_lock.h"
#include "java.h"
#include "mlx/mlx.h"

namespace mlx4j {

namespace mx = mlx::core;

// Process-wide objects are leaked on purpose: nothing may be destroyed under running threads when the process exits.
template <class T, class... A>
T& immortal(A&&... a) {
  return *new T(std::forward<A>(a)...);
}

// For a thread that looks again and again whether something has changed.
inline void pause_processor() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// Says how many processors the process may use.
void use_processors(int count);

// Deletions that cannot happen where the last owner was destroyed (a worker thread of MLX has no JNIEnv and must not
// wait for the entry lock) happen at the next entry.
void defer_global_ref(jobject ref);
void defer_compiled_id(std::uintptr_t id);
int pending_deletions();

// Whether threads are waiting for the entry lock.
bool entry_is_awaited();

// Returns the process-wide stream of a device, which every thread can use.
mx::Stream process_stream(mx::Device::DeviceType type);

// The default stream of the CPU consists of several queues, so that the work of several threads is computed at the same
// time. The process-wide stream stands for all of them. A thread takes one when it first computes something and keeps
// it, because compiled functions are recorded for a stream.
void use_queues(int count);

// Gives this thread the queue that the fewest threads have.
void take_queue();
inline void require_queue() {
  if (this_thread.queue < 0) {
    take_queue();
  }
}

// Returns the queue of this thread if that is the default stream of the CPU, and any other stream as it is.
mx::Stream resolved(mx::Stream s);

// Waits until all that was scheduled on a stream, with all of its queues, is computed.
void synchronize_all_of(mx::Stream s);

// Takes the entry lock for good when the process ends: libmlx's static objects are destroyed then, and no thread may be
// using them.
void end_entries();

// Performs the first evaluation on a native thread that never ends: MLX miscounts tasks for the first thread that uses
// its scheduler if errors occur there.
void start_first_thread();

}  // namespace mlx4j
