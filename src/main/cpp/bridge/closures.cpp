#include "closures.h"

#include "large_stack.h"

namespace mlx4j {

// A Java method to call. Each class loader has its own classes, so neither object nor method is cached for the process.
struct Target {
  JavaRef object;
  jmethodID method;

  Target(JNIEnv* env, jobject o, const char* type, const char* signature)
      : object(env, o), method(method_of(env, type, signature)) {}

 private:
  static jmethodID method_of(JNIEnv* env, const char* type, const char* signature) {
    LocalFrame frame(env);
    const jclass c = env->FindClass(type);  // as seen by the class whose native method is running
    const jmethodID method = c ? env->GetMethodID(c, "call", signature) : nullptr;
    rethrow_pending(env);
    return method;
  }
};

// Java returns { n, result 1 … result n, every handle that its scope still owns … }; a rule also returns the numbers
// that belong to the results: { n, result 1 … result n, m, number 1 … number m, … }. The results are copied, then the
// scope's handles are closed. This takes one call back instead of one for each result and one for the scope.
static Arrays accept(JNIEnv* env, jlongArray packed, std::vector<int>* numbers) {
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
  jlong* owned = handles + 1 + n;
  if (numbers) {
    const auto m = *owned++;
    numbers->assign(owned, owned + m);
    owned += m;
  }
  Entry entry;
  struct CloseScope {
    jlong *from, *to;
    ~CloseScope() {
      for (; from != to; ++from) {
        close(*from);
      }
    }
  } close_scope{owned, handles + length};
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

static Arrays upcall_here(const Target& target, const Arrays& inputs, const std::vector<int>* numbers_in,
                          std::vector<int>* numbers_out) {
  constexpr std::size_t stack_of_a_function = 32 << 10;  // for Java's own code around the user's
  if (stack_left() < stack_of_a_function) {
    refuse_for_stack();
  }
  JNIEnv* env = require_env();
  LocalFrame frame(env);
  jvalue args[2]{};
  auto handles = to_java(env, inputs);  // Java owns these handles and closes them
  rethrow_pending(env);
  args[0].l = handles;
  jlongArray packed;
  try {
    if (numbers_in) {
      args[1].l = static_cast<jintArray>(ints_out(*numbers_in));
      rethrow_pending(env);
    }
    Released released;
    packed = static_cast<jlongArray>(env->CallObjectMethodA(target.object.get(), target.method, args));
    rethrow_pending(env);
  } catch (...) {
    close_all(handles, jint(inputs.size()));  // Java may have failed before it took ownership
    throw;
  }
  return accept(env, packed, numbers_out);
}

static Arrays upcall(const Target& target, const Arrays& inputs, const std::vector<int>* numbers_in,
                     std::vector<int>* numbers_out) {
  return on_own_stack([&] { return upcall_here(target, inputs, numbers_in, numbers_out); });
}

struct JavaFunction {
  std::shared_ptr<Target> target;

  Arrays operator()(const Arrays& inputs) const { return upcall(*target, inputs, nullptr, nullptr); }
};

struct JavaRule {
  std::shared_ptr<Target> target;

  Arrays operator()(const Arrays& inputs, std::vector<int>& numbers) const {
    return upcall(*target, inputs, &numbers, &numbers);
  }
};

lambda::lambda(jobject o) {
  require_stack();
  if (!o) {
    throw null_error("the function is null");
  }
  f = JavaFunction{std::make_shared<Target>(require_env(), o, "org/mlx4j/internal/NativeFunction", "([J)[J")};
}

rule::rule(jobject o) {
  require_stack();
  if (o) {
    r = JavaRule{std::make_shared<Target>(require_env(), o, "org/mlx4j/internal/NativeRule", "([J[I)[J")};
  }
}

}  // namespace mlx4j
