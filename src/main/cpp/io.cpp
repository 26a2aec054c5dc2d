#include "io.h"

#include "evaluation.h"

namespace mlx4j {

static std::string text(JNIEnv* env, jbyteArray bytes) {
  std::string s(std::size_t(env->GetArrayLength(bytes)), '\0');
  env->GetByteArrayRegion(bytes, 0, jsize(s.size()), reinterpret_cast<jbyte*>(s.data()));
  return s;
}

void save_safetensors(jbyteArray path, jobjectArray names, const Arrays& arrays) {
  JNIEnv* env = require_env();
  std::unordered_map<std::string, mx::array> map;
  for (std::size_t i = 0; i < arrays.size(); ++i) {
    LocalFrame frame(env);
    map.insert({text(env, static_cast<jbyteArray>(env->GetObjectArrayElement(names, jsize(i)))), arrays[i]});
  }
  evaluate(arrays);
  mx::save_safetensors(text(env, path), map);
}

jobjectArray load_safetensors(JNIEnv* env, jclass, jbyteArray path) {
  Entry entry;
  auto [map, metadata] = mx::load_safetensors(text(env, path));
  jobjectArray names = env->NewObjectArray(jsize(map.size()), env->FindClass("[B"), nullptr);
  rethrow_pending(env);
  Arrays arrays;
  for (auto& [name, array] : map) {
    LocalFrame frame(env);
    require_countable(array);
    env->SetObjectArrayElement(names, jsize(arrays.size()), static_cast<jbyteArray>(utf8_out(name)));
    rethrow_pending(env);
    arrays.push_back(array);
  }
  jobjectArray result = env->NewObjectArray(2, env->FindClass("java/lang/Object"), nullptr);
  rethrow_pending(env);
  env->SetObjectArrayElement(result, 0, names);
  env->SetObjectArrayElement(result, 1, to_java(env, arrays));
  rethrow_pending(env);
  return result;
}

}  // namespace mlx4j
