// The JVM as seen from C++: environments, references that may be destroyed on any thread, exceptions in both
// directions.
#pragma once

// JavaCPP's generated sources define their own jni_md.h types, with jlong = long long, while a JDK's jni_md.h may use
// long. All sources must agree, or names and inline functions differ between them.
#ifndef _JAVASOFT_JNI_MD_H_
#define _JAVASOFT_JNI_MD_H_
#define JNIEXPORT __attribute__((visibility("default")))
#define JNIIMPORT
#define JNICALL
typedef int jint;
typedef long long jlong;
typedef signed char jbyte;
#endif
#include <jni.h>

#include <exception>
#include <memory>
#include <stdexcept>
#include <type_traits>
#include <vector>

static_assert(std::is_same_v<jlong, long long>);

namespace mlx4j {

void set_vm(JavaVM* vm);
JNIEnv* current_env();  // null on a thread that the JVM does not know
JNIEnv* require_env();

// A global reference. May be destroyed on any thread: without a JNIEnv, its deletion waits for the next entry.
class JavaRef {
 public:
  JavaRef(JNIEnv* env, jobject object);
  ~JavaRef();
  JavaRef(const JavaRef&) = delete;
  JavaRef& operator=(const JavaRef&) = delete;
  jobject get() const { return object_; }

 private:
  jobject object_;
};
int live_java_refs();

struct LocalFrame {
  explicit LocalFrame(JNIEnv* env);
  ~LocalFrame() { env->PopLocalFrame(nullptr); }
  LocalFrame(const LocalFrame&) = delete;
  LocalFrame& operator=(const LocalFrame&) = delete;
  JNIEnv* env;
};

// Carries a Throwable through C++ frames; it leaves them as the same object.
struct java_error : std::exception {
  explicit java_error(std::shared_ptr<JavaRef> t) : throwable(std::move(t)) {}
  const char* what() const noexcept override { return "Java exception in a callback"; }
  std::shared_ptr<JavaRef> throwable;
};
void rethrow_pending(JNIEnv* env);  // throws java_error if a Java exception is pending

// Our errors that correspond to specific Java classes.
struct out_of_memory : std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct stack_overflow : std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct index_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct null_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Returns the Throwable that Java sees for a C++ exception.
jthrowable throwable_for(JNIEnv* env, std::exception& e);

// ---- Java arrays in ---------------------------------------------------------------------------
inline void require_array(jarray a) {
  if (!a) {
    throw null_error("a Java array is null");
  }
}
template <class J, class T, void (JNIEnv::*get_region)(J, jsize, jsize, T*)>
std::vector<T> copy_in(J a) {
  require_array(a);
  JNIEnv* env = require_env();
  std::vector<T> v(env->GetArrayLength(a));
  (env->*get_region)(a, 0, jsize(v.size()), v.data());
  return v;
}
inline std::vector<jlong> longs(jlongArray a) { return copy_in<jlongArray, jlong, &JNIEnv::GetLongArrayRegion>(a); }

}  // namespace mlx4j

// Hooks into the generated JavaCPP_handleException(). It relies on the text that JavaCPP 1.5.14 generates.
#define GENERIC_EXCEPTION_CLASS std::exception
#define GENERIC_EXCEPTION_TOSTRING                           \
  what());                                                   \
  if (jthrowable t = mlx4j::throwable_for(env, e)) return t; \
  (void)(0
