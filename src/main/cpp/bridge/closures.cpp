#include "closures.h"

namespace mlx4j {

static jmethodID native_function_call = nullptr;

void resolve_upcall(JNIEnv* env) {
  if (jclass c = env->FindClass("org/mlx4j/internal/NativeFunction")) {
    native_function_call = env->GetMethodID(c, "call", "([J)[J");
  }
}

// What Java returns: { n, result 1 … result n, every handle its scope still owns … }. The results are copied, then the
// scope's handles are closed: one call back instead of one for each result and one for the scope.
static Arrays accept(JNIEnv* env, jlongArray packed) {
  constexpr jsize small = 128;
  jlong buffer[small];
  std::vector<jlong> large;
  const jsize length = env->GetArrayLength(packed);
  jlong* handles = buffer;
  if (length > small) {
    large.resize(length);
    handles = large.data();
  }
  env->GetLongArrayRegion(packed, 0, length, handles);
  const auto n = jsize(handles[0]);
  Entry entry;
  struct CloseScope {
    jlong *from, *to;
    ~CloseScope() {
      for (; from != to; ++from) {
        close(*from);
      }
    }
  } close_scope{handles + 1 + n, handles + length};
  Arrays results;
  results.reserve(n);
  for (jsize i = 1; i <= n; ++i) {
    if (auto* a = array_table.find(handles[i])) {
      results.push_back(*a);
    } else {
      throw closed_error("the function returned a closed array");
    }
  }
  return results;
}

struct JavaFunction {
  std::shared_ptr<JavaRef> target;

  Arrays operator()(const Arrays& inputs) const {
    JNIEnv* env = require_env();
    LocalFrame frame(env);
    jlongArray args = to_java(env, inputs);  // Java owns (and closes) these handles
    rethrow_pending(env);
    jlongArray packed;
    {
      Released released;
      packed = static_cast<jlongArray>(env->CallObjectMethod(target->get(), native_function_call, args));
    }
    if (env->ExceptionCheck()) {
      try {
        rethrow_pending(env);
      } catch (...) {
        close_all(args, jint(inputs.size()));  // Java may have failed before it took them over
        throw;
      }
    }
    return accept(env, packed);
  }
};

lambda::lambda(jobject o) {
  if (!o) {
    throw null_error("the function is null");
  }
  f = JavaFunction{std::make_shared<JavaRef>(require_env(), o)};
}

}  // namespace mlx4j
