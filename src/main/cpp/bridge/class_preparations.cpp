#include "class_preparations.h"

#include <jvmti.h>

#include <mutex>
#include <vector>

#include "threads.h"

namespace mlx4j {

namespace {

// Holds the counters of all class loaders that use this library, by weak references, since a class loader may be
// unloaded.
struct Counters {
  std::mutex mutex;
  std::vector<jweak> arrays;
  jlong count = 0;
};
Counters& counters = immortal<Counters>();

void JNICALL prepared(jvmtiEnv*, JNIEnv* env, jthread, jclass) {
  std::lock_guard l(counters.mutex);
  ++counters.count;
  for (auto weak : counters.arrays) {
    if (auto array = static_cast<jlongArray>(env->NewLocalRef(weak))) {
      env->SetLongArrayRegion(array, 0, 1, &counters.count);
      env->DeleteLocalRef(array);
    }
  }
}

bool listen(JNIEnv* env) {
  JavaVM* vm = nullptr;
  jvmtiEnv* events = nullptr;
  env->GetJavaVM(&vm);
  if (vm->GetEnv(reinterpret_cast<void**>(&events), JVMTI_VERSION_1_2) != JNI_OK) {
    return false;
  }
  jvmtiEventCallbacks callbacks{};
  callbacks.ClassPrepare = prepared;
  events->SetEventCallbacks(&callbacks, sizeof callbacks);
  events->SetEventNotificationMode(JVMTI_ENABLE, JVMTI_EVENT_CLASS_PREPARE, nullptr);
  return true;
}

}  // namespace

void count_prepared_classes(jlongArray counter) {
  require_array(counter);
  JNIEnv* env = require_env();
  {
    std::lock_guard l(counters.mutex);
    std::erase_if(counters.arrays, [env](jweak weak) {
      const bool gone = env->IsSameObject(weak, nullptr);
      if (gone) {
        env->DeleteWeakGlobalRef(weak);
      }
      return gone;
    });
    counters.arrays.push_back(env->NewWeakGlobalRef(counter));
  }
  static const bool listening = listen(env);
  (void)listening;
}

}  // namespace mlx4j
