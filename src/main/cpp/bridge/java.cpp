#include "java.h"

#include <atomic>
#include <new>

#include "slot_table.h"
#include "threads.h"

namespace mlx4j {

static JavaVM* the_vm = nullptr;
static std::atomic<int> java_refs{0};

void set_vm(JavaVM* vm) {
  the_vm = vm;
}

JNIEnv* current_env() {
  void* env = nullptr;
  return the_vm && the_vm->GetEnv(&env, JNI_VERSION_1_8) == JNI_OK ? static_cast<JNIEnv*>(env) : nullptr;
}

JNIEnv* require_env() {
  if (auto* env = current_env()) {
    return env;
  }
  throw std::runtime_error("callback on a thread unknown to the JVM");
}

JavaRef::JavaRef(JNIEnv* env, jobject object) : object_(env->NewGlobalRef(object)) {
  if (!object_) {
    throw std::bad_alloc();
  }
  ++java_refs;
}

JavaRef::~JavaRef() {
  --java_refs;
  if (JNIEnv* env = current_env()) {
    env->DeleteGlobalRef(object_);
  } else {
    defer_global_ref(object_);
  }
}

int live_java_refs() {
  return java_refs;
}

LocalFrame::LocalFrame(JNIEnv* e) : env(e) {
  if (env->PushLocalFrame(8)) {
    env->ExceptionClear();
    throw std::bad_alloc();
  }
}

void rethrow_pending(JNIEnv* env) {
  if (jthrowable t = env->ExceptionOccurred()) {
    env->ExceptionClear();
    throw java_error(std::make_shared<JavaRef>(env, t));
  }
}

static jthrowable make_throwable(JNIEnv* env, const char* class_name, const char* message) {
  jthrowable t = nullptr;
  if (jclass c = env->FindClass(class_name)) {
    if (jstring s = env->NewStringUTF(message)) {
      t = static_cast<jthrowable>(env->NewObject(c, env->GetMethodID(c, "<init>", "(Ljava/lang/String;)V"), s));
    }
  }
  if (jthrowable pending = env->ExceptionOccurred()) {
    env->ExceptionClear();
    t = pending;
  }
  return t;
}

jthrowable throwable_for(JNIEnv* env, std::exception& e) {
  if (auto* j = dynamic_cast<java_error*>(&e)) {
    return static_cast<jthrowable>(env->NewLocalRef(j->throwable->get()));
  }
  if (dynamic_cast<closed_error*>(&e)) {
    return make_throwable(env, "org/mlx4j/internal/ClosedException", e.what());
  }
  if (dynamic_cast<stack_overflow*>(&e)) {
    return make_throwable(env, "java/lang/StackOverflowError", e.what());
  }
  if (dynamic_cast<out_of_memory*>(&e)) {
    return make_throwable(env, "java/lang/OutOfMemoryError", e.what());
  }
  if (dynamic_cast<std::bad_alloc*>(&e)) {
    return make_throwable(env, "java/lang/OutOfMemoryError", "native memory");
  }
  if (dynamic_cast<std::out_of_range*>(&e)) {
    return make_throwable(env, "java/lang/IndexOutOfBoundsException", e.what());
  }
  if (dynamic_cast<std::invalid_argument*>(&e) || dynamic_cast<std::overflow_error*>(&e)) {
    return make_throwable(env, "java/lang/IllegalArgumentException", e.what());
  }
  return nullptr;
}

}  // namespace mlx4j
