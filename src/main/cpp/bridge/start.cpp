#include "start.h"

#include <jvmti.h>

#include "allocation.h"
#include "cpu.h"
#include "mlx/scheduler.h"
#include "process_end.h"
#include "rules/rules.h"
#include "threads.h"
#include "transforms.h"

namespace mlx4j {

// The JVM reports its end after the last shutdown hook, so hooks may still compute, and before the static objects of
// libraries are destroyed.
static void end_entries_with(JavaVM* vm) {
  jvmtiEnv* events = nullptr;
  if (vm->GetEnv(reinterpret_cast<void**>(&events), JVMTI_VERSION_1_2) != JNI_OK) {
    return;  // in a native image
  }
  jvmtiEventCallbacks callbacks{};
  callbacks.VMDeath = [](jvmtiEnv*, JNIEnv*) { end_entries(); };
  events->SetEventCallbacks(&callbacks, sizeof callbacks);
  events->SetEventNotificationMode(JVMTI_ENABLE, JVMTI_EVENT_VM_DEATH, nullptr);
}

static bool start_process(JNIEnv* env) {
  never_destroy(reinterpret_cast<const void*>(&mx::scheduler::scheduler));
  JavaVM* vm = nullptr;
  env->GetJavaVM(&vm);
  set_vm(vm);
  end_entries_with(vm);
  mx::set_compile_mode(mx::CompileMode(default_compile_mode()));
  mx::get_global_formatter().capitalize_bool = true;  // as Python prints them
  limit_allocations();
  start_first_thread();
  Entry entry;
  replace_rules();
  install_cpu_kernels();
  return true;
}

void start(JNIEnv* env, jclass) {
  static const bool started = start_process(env);
  (void)started;
}

}  // namespace mlx4j
