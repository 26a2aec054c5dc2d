#include "host_data.h"

#include <cstring>
#include <sstream>

#include "evaluation.h"
#include "messages.h"

namespace mlx4j {

namespace {

// The garbage collector waits while a Java array is accessed in place, so large arrays are copied in pieces.
constexpr std::size_t piece = std::size_t(4) << 20;  // bytes: about 100 microseconds

enum class Direction { from_java, to_java };

// The JVM's own region functions take half as long again as memcpy.
template <Direction direction>
void copy_in_place(JNIEnv* env, jarray java,
                   std::conditional_t<direction == Direction::from_java, void*, const void*> native,
                   std::size_t bytes) {
  for (std::size_t at = 0; at < bytes; at += piece) {
    auto* base = static_cast<char*>(env->GetPrimitiveArrayCritical(java, nullptr));
    if (!base) {
      throw std::bad_alloc();
    }
    const auto n = std::min(piece, bytes - at);
    if constexpr (direction == Direction::from_java) {
      std::memcpy(static_cast<char*>(native) + at, base + at, n);
    } else {
      std::memcpy(base + at, static_cast<const char*>(native) + at, n);
    }
    env->ReleasePrimitiveArrayCritical(java, base, direction == Direction::from_java ? JNI_ABORT : 0);
  }
}

template <class J>
struct Host;

template <>
struct Host<jbooleanArray> {
  using Element = jboolean;
  static mx::Dtype dtype() { return mx::bool_; }
};
template <>
struct Host<jbyteArray> {
  using Element = jbyte;
  static mx::Dtype dtype() { return mx::int8; }
};
template <>
struct Host<jshortArray> {
  using Element = jshort;
  static mx::Dtype dtype() { return mx::int16; }
};
template <>
struct Host<jintArray> {
  using Element = jint;
  static mx::Dtype dtype() { return mx::int32; }
};
template <>
struct Host<jlongArray> {
  using Element = jlong;
  static mx::Dtype dtype() { return mx::int64; }
};
template <>
struct Host<jfloatArray> {
  using Element = jfloat;
  static mx::Dtype dtype() { return mx::float32; }
};
template <>
struct Host<jdoubleArray> {
  using Element = jdouble;
  static mx::Dtype dtype() { return mx::float64; }
};

std::size_t count(const mx::Shape& shape) {
  std::size_t n = 1;
  for (auto d : shape) {
    if (d < 0) {
      std::ostringstream msg;
      msg << "[array] a dimension must not be negative, got shape " << shown(shape);
      throw std::invalid_argument(msg.str());
    }
    if (__builtin_mul_overflow(n, std::size_t(d), &n)) {
      n = std::size_t(-1) / 2;  // more than any Java array holds; a later 0 makes the product 0 again
    }
  }
  return n;
}

void require_count(std::size_t given, const mx::Shape& shape) {
  if (count(shape) != given) {
    std::ostringstream msg;
    msg << "[array] " << given << " elements do not fill an array of shape " << shown(shape);
    throw std::invalid_argument(msg.str());
  }
}

mx::array as_dtype(mx::array a, mx::Dtype dtype) {
  if (a.dtype() == dtype) {
    return a;
  }
  mx::array converted = mx::astype(a, dtype, mx::Device::cpu);
  evaluate({converted});  // becomes a leaf, like every other array made from host data
  return converted;
}

template <class J>
mx::array copy_from(J data, const mx::Shape& shape, mx::Dtype dtype) {
  require_array(data);
  JNIEnv* env = require_env();
  const auto n = std::size_t(env->GetArrayLength(data));
  require_count(n, shape);
  Entry entry;
  if constexpr (std::is_same_v<J, jdoubleArray>) {
    if (dtype == mx::float32) {  // the usual case, without a detour through a float64 array
      auto memory = mx::allocator::malloc(n * sizeof(float));
      auto* to = static_cast<float*>(memory.buffer().raw_ptr());
      double block[1024];
      for (std::size_t at = 0; at < n; at += 1024) {
        const auto m = std::min<std::size_t>(1024, n - at);
        env->GetDoubleArrayRegion(data, jsize(at), jsize(m), block);
        for (std::size_t i = 0; i < m; ++i) {
          to[at + i] = float(block[i]);
        }
      }
      return mx::array(std::move(memory), shape, dtype);
    }
  }
  auto memory = mx::allocator::malloc(n * sizeof(typename Host<J>::Element));
  copy_in_place<Direction::from_java>(env, data, memory.buffer().raw_ptr(), n * sizeof(typename Host<J>::Element));
  return as_dtype(mx::array(std::move(memory), shape, Host<J>::dtype()), dtype);
}

template <class J>
void copy_to(const mx::array& a, J data) {
  require_array(data);
  JNIEnv* env = require_env();
  const auto n = std::size_t(env->GetArrayLength(data));
  if (n != a.size()) {
    std::ostringstream msg;
    msg << "[copyTo] the destination has " << n << " elements, the array of shape " << shown(a.shape()) << " has "
        << a.size();
    throw std::invalid_argument(msg.str());
  }
  const mx::array x = values_as(a, Host<J>::dtype());
  Released released;  // x keeps the values alive
  copy_in_place<Direction::to_java>(env, data, x.data<char>(), x.nbytes());
}

char* address(jobject direct, jlong offset, std::size_t bytes) {
  JNIEnv* env = require_env();
  auto* start = static_cast<char*>(env->GetDirectBufferAddress(direct));
  if (!start && bytes) {
    throw std::invalid_argument("[array] not a direct buffer");
  }
  return start + offset;
}

}  // namespace

mx::array from_host(jbooleanArray data, const mx::Shape& shape, mx::Dtype dtype) {
  return copy_from(data, shape, dtype);
}
mx::array from_host(jbyteArray data, const mx::Shape& shape, mx::Dtype dtype) { return copy_from(data, shape, dtype); }
mx::array from_host(jshortArray data, const mx::Shape& shape, mx::Dtype dtype) { return copy_from(data, shape, dtype); }
mx::array from_host(jintArray data, const mx::Shape& shape, mx::Dtype dtype) { return copy_from(data, shape, dtype); }
mx::array from_host(jlongArray data, const mx::Shape& shape, mx::Dtype dtype) { return copy_from(data, shape, dtype); }
mx::array from_host(jfloatArray data, const mx::Shape& shape, mx::Dtype dtype) { return copy_from(data, shape, dtype); }
mx::array from_host(jdoubleArray data, const mx::Shape& shape, mx::Dtype dtype) {
  return copy_from(data, shape, dtype);
}

mx::array from_buffer(jobject direct, jlong offset, const mx::Shape& shape, mx::Dtype dtype) {
  const auto bytes = count(shape) * mx::size_of(dtype);
  const char* from = address(direct, offset, bytes);
  Entry entry;
  auto memory = mx::allocator::malloc(bytes);
  std::memcpy(memory.buffer().raw_ptr(), from, bytes);
  return mx::array(std::move(memory), shape, dtype);
}

mx::array from_complex(jfloatArray data, const mx::Shape& shape) {
  require_array(data);
  JNIEnv* env = require_env();
  const auto n = std::size_t(env->GetArrayLength(data));
  require_count(n / 2, shape);
  Entry entry;
  auto memory = mx::allocator::malloc(n * sizeof(float));
  copy_in_place<Direction::from_java>(env, data, memory.buffer().raw_ptr(), n * sizeof(float));
  return mx::array(std::move(memory), shape, mx::complex64);
}

mx::array scalar(jdouble value, mx::Dtype dtype) {
  Entry entry;
  return mx::array(value, dtype);
}

mx::array scalar(jlong value, mx::Dtype dtype) {
  Entry entry;
  return mx::array(static_cast<std::int64_t>(value), dtype);
}

void to_host(const mx::array& a, jbooleanArray data) { copy_to(a, data); }
void to_host(const mx::array& a, jbyteArray data) { copy_to(a, data); }
void to_host(const mx::array& a, jshortArray data) { copy_to(a, data); }
void to_host(const mx::array& a, jintArray data) { copy_to(a, data); }
void to_host(const mx::array& a, jlongArray data) { copy_to(a, data); }
void to_host(const mx::array& a, jfloatArray data) { copy_to(a, data); }
void to_host(const mx::array& a, jdoubleArray data) { copy_to(a, data); }

void to_complex(const mx::array& a, jfloatArray data) {
  require_array(data);
  JNIEnv* env = require_env();
  const auto n = 2 * a.size();
  const mx::array x = values_as(a, mx::complex64);
  env->SetFloatArrayRegion(data, 0, jsize(n), reinterpret_cast<const float*>(x.data<mx::complex64_t>()));
}

void to_buffer(const mx::array& a, jobject direct, jlong offset) {
  char* to = address(direct, offset, a.nbytes());
  const mx::array x = values_as(a, a.dtype());
  Released released;
  std::memcpy(to, x.data<char>(), x.nbytes());
}

mx::array uninitialized(const mx::Shape& shape, mx::Dtype dtype) {
  const auto bytes = count(shape) * mx::size_of(dtype);
  Entry entry;
  return mx::array(mx::allocator::malloc(bytes), shape, dtype);
}

mx::array row_major(const mx::array& a) { return values_as(a, a.dtype()); }

static void require_bytes(const mx::array& a, jlong at, jint n) {
  if (!a.is_available() || !a.flags().row_contiguous || at < 0 || n < 0 ||
      std::size_t(at) + std::size_t(n) > a.nbytes()) {
    throw std::logic_error("[array] the bytes are outside of the array");
  }
}

void put_bytes(const mx::array& a, jlong at, jbyteArray from, jint n) {
  require_bytes(a, at, n);
  auto* to = const_cast<char*>(a.data<char>());  // nobody else has the array yet
  require_env()->GetByteArrayRegion(from, 0, n, reinterpret_cast<jbyte*>(to + at));
}

void get_bytes(const mx::array& a, jlong at, jbyteArray to, jint n) {
  require_bytes(a, at, n);
  require_env()->SetByteArrayRegion(to, 0, n, reinterpret_cast<const jbyte*>(a.data<char>() + at));
}

}  // namespace mlx4j
