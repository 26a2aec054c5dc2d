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

// Deletions that cannot happen where the last owner died (an MLX worker thread has no JNIEnv, and must not wait for
// the entry lock) happen at the next entry.
void defer_global_ref(jobject ref);
void defer_compiled_id(std::uintptr_t id);
int pending_deletions();

// The one process-wide stream of a device: usable from every thread.
mx::Stream process_stream(mx::Device::DeviceType type);

// Takes the entry lock for good, for when the process ends: what libmlx keeps for the process is destroyed then, and no
// thread may be at it.
void end_entries();

// Has a native thread that never ends perform the first evaluation: MLX counts tasks wrongly for the first thread that
// touches its scheduler when errors happen there.
void start_first_thread();

}  // namespace mlx4j
