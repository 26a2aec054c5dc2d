#include "handles.h"

#include <algorithm>
#include <array>
#include <sstream>

#include "messages.h"
#include "threads.h"

namespace mlx4j {

ArrayTable& array_table = immortal<ArrayTable>("array is closed");
FunctionTable& function_table = immortal<FunctionTable>("function is closed");
StreamTable& stream_table = immortal<StreamTable>("stream does not exist");

mx::Dtype dtype_of(jint ordinal) {  // the order of org.mlx4j.DType, which is that of mx::Dtype::Val
  static const std::array<mx::Dtype, 14> all{mx::bool_,   mx::uint8,   mx::uint16,   mx::uint32,   mx::uint64,
                                             mx::int8,    mx::int16,   mx::int32,    mx::int64,    mx::float16,
                                             mx::float32, mx::float64, mx::bfloat16, mx::complex64};
  return all.at(std::size_t(ordinal));
}

void require_countable(const mx::array& a) {
  long long size = 1;
  bool fits = true;
  for (auto d : a.shape()) {
    if (d < 0) {
      fits = false;
      break;
    }
    if (d == 0) {
      return;
    }
    fits = fits && !__builtin_mul_overflow(size, (long long)d, &size);
  }
  long long bytes;
  if (!fits || __builtin_mul_overflow(size, (long long)a.itemsize(), &bytes)) {
    std::ostringstream msg;
    msg << "an array of shape " << shown(a.shape()) << " has more bytes than can be counted (at most 2^63 - 1)";
    throw std::invalid_argument(msg.str());
  }
}

jlongArray to_java(JNIEnv* env, const Arrays& v) {
  Entry entry;
  jlongArray r = env->NewLongArray(jsize(v.size()));
  if (!r) {
    return nullptr;
  }
  std::vector<jlong> hs;
  hs.reserve(v.size());
  try {
    for (auto& a : v) {
      hs.push_back(array_table.put(a));
    }
  } catch (...) {
    for (auto h : hs) {
      array_table.take(h);
    }
    throw;
  }
  env->SetLongArrayRegion(r, 0, jsize(hs.size()), hs.data());
  return r;
}

utf8_out::operator jbyteArray() const {
  JNIEnv* env = require_env();
  jbyteArray r = env->NewByteArray(jsize(s.size()));
  if (r) {
    env->SetByteArrayRegion(r, 0, jsize(s.size()), reinterpret_cast<const jbyte*>(s.data()));
  }
  return r;
}

ints_out::operator jintArray() const {
  JNIEnv* env = require_env();
  jintArray r = env->NewIntArray(jsize(v.size()));
  if (r) {
    env->SetIntArrayRegion(r, 0, jsize(v.size()), v.data());
  }
  return r;
}

static void take(jlong h) {  // the value is destroyed under the lock
  if (kind_of(h) == 2) {
    function_table.take(h);
  } else {
    array_table.take(h);
  }
}

static bool live(jlong h) { return array_table.find(h) || function_table.find(h); }

void close(jlong h) {
  Entry entry;
  take(h);
}

constexpr jint block = 256;

void close_all(jlongArray hs, jint n) {
  JNIEnv* env = require_env();
  jlong buffer[block];
  Entry entry;
  n = std::min<jint>(n, env->GetArrayLength(hs));
  for (jint at = 0; at < n; at += block) {
    const jint m = std::min<jint>(block, n - at);
    env->GetLongArrayRegion(hs, at, m, buffer);
    std::for_each(buffer, buffer + m, take);
  }
}

jint retain_live(jlongArray hs, jint n) {
  JNIEnv* env = require_env();
  jlong buffer[block];
  Entry entry;
  n = std::min<jint>(n, env->GetArrayLength(hs));
  jint kept = 0;
  for (jint at = 0; at < n; at += block) {
    const jint m = std::min<jint>(block, n - at);
    env->GetLongArrayRegion(hs, at, m, buffer);
    const jint k = jint(std::copy_if(buffer, buffer + m, buffer, live) - buffer);
    env->SetLongArrayRegion(hs, kept, k, buffer);
    kept += k;
  }
  return kept;
}

bool is_live(jlong h) {
  Entry entry;
  return live(h);
}

std::vector<jint> describe(const mx::array& a) {
  note_sizes_of(a);
  std::vector<jint> v{jint(a.dtype().val())};
  v.insert(v.end(), a.shape().begin(), a.shape().end());
  return v;
}

std::vector<jint> describe_for_any_size(const mx::array& a) {
  if (!is_recorded(a)) {
    return describe(a);
  }
  std::vector<jint> v(1 + a.ndim(), -1);
  v[0] = jint(a.dtype().val());
  note_result(a, true);
  return v;
}

jint live_arrays() {
  Entry entry;
  return jint(array_table.live());
}

jint live_functions() {
  Entry entry;
  return jint(function_table.live());
}

}  // namespace mlx4j
