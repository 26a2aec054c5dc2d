#include "java.h"

#include <atomic>
#include <cstring>
#include <new>
#include <type_traits>
#include <utility>

#include "slot_table.h"
#include "threads.h"

namespace mlx4j {

static JavaVM* the_vm = nullptr;
static std::atomic<int> java_refs{0};

void set_vm(JavaVM* vm) { the_vm = vm; }

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

int live_java_refs() { return java_refs; }

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

// Decodes UTF-8, which differs from the modified UTF-8 of JNI's own functions.
static jstring java_string(JNIEnv* env, const char* text) {
  const auto n = jsize(std::strlen(text));
  jbyteArray bytes = env->NewByteArray(n);
  jstring charset = bytes ? env->NewStringUTF("UTF-8") : nullptr;
  jclass string = charset ? env->FindClass("java/lang/String") : nullptr;
  if (!string) {
    return nullptr;
  }
  env->SetByteArrayRegion(bytes, 0, n, reinterpret_cast<const jbyte*>(text));
  const jmethodID decode = env->GetMethodID(string, "<init>", "([BLjava/lang/String;)V");
  return static_cast<jstring>(env->NewObject(string, decode, bytes, charset));
}

// Looks up classes each time, because they must be those of the class loader whose native method is running.
static jthrowable make_throwable(JNIEnv* env, const char* class_name, const char* message) {
  jthrowable t = nullptr;
  if (jclass c = env->FindClass(class_name)) {
    if (jstring s = java_string(env, message)) {
      t = static_cast<jthrowable>(env->NewObject(c, env->GetMethodID(c, "<init>", "(Ljava/lang/String;)V"), s));
    }
  }
  if (jthrowable pending = env->ExceptionOccurred()) {
    env->ExceptionClear();
    t = pending;
  }
  return t;
}

// Chooses the first class that fits and creates the corresponding Java exception.
template <class... E>
static const char* class_for(std::exception& e, const std::pair<std::type_identity<E>, const char*>&... classes) {
  const char* name = nullptr;
  (void)((dynamic_cast<E*>(&e) && (name = classes.second)) || ...);
  return name;
}

template <class E>
static std::pair<std::type_identity<E>, const char*> is(const char* java_class) {
  return {{}, java_class};
}

jthrowable throwable_for(JNIEnv* env, std::exception& e) {
  if (auto* j = dynamic_cast<java_error*>(&e)) {
    return static_cast<jthrowable>(env->NewLocalRef(j->throwable->get()));
  }
  const char* name = class_for(
      e, is<closed_error>("org/mlx4j/internal/ClosedException"), is<index_error>("java/lang/IndexOutOfBoundsException"),
      is<null_error>("java/lang/NullPointerException"), is<stack_overflow>("java/lang/StackOverflowError"),
      is<out_of_memory>("java/lang/OutOfMemoryError"), is<std::bad_alloc>("java/lang/OutOfMemoryError"),
      // MLX throws these for wrong axes, shapes and dtypes alike
      is<std::invalid_argument>("java/lang/IllegalArgumentException"),
      is<std::out_of_range>("java/lang/IllegalArgumentException"),
      is<std::overflow_error>("java/lang/IllegalArgumentException"),
      is<std::logic_error>("java/lang/IllegalStateException"));
  return make_throwable(env, name ? name : "org/mlx4j/MlxException", e.what());
}

}  // namespace mlx4j
