#include "start.h"

#include "closures.h"
#include "threads.h"
#include "transforms.h"

namespace mlx4j {

void start(JNIEnv* env, jclass) {
  JavaVM* vm = nullptr;
  env->GetJavaVM(&vm);
  set_vm(vm);
  resolve_upcall(env);
  if (env->ExceptionCheck()) {
    return;
  }
  mx::set_compile_mode(mx::CompileMode(default_compile_mode()));
  mx::get_global_formatter().capitalize_bool = true;  // as Python prints
  start_first_thread();
}

}  // namespace mlx4j
