// Adapters, named in Java as @Cast("mlx4j::..."). They convert between JNI types and MLX types inside the generated
// call, and their temporaries hold the entry lock.
//
// `in` borrows, for calls that never release the lock (operations). `held`, `arrays` and `fn` own copies, for calls
// that may release it (evaluation, and anything that may call Java).
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "entry_lock.h"
#include "java.h"
#include "large_stack.h"
#include "mlx/mlx.h"
#include "recordings.h"
#include "slot_table.h"
#include "threads.h"

namespace mlx4j {

namespace mx = mlx::core;
using Arrays = std::vector<mx::array>;
using Fn = std::function<Arrays(const Arrays&)>;
using SharedFn = std::shared_ptr<const Fn>;  // shared by the transforms that are built from it

using ArrayTable = SlotTable<mx::array, 1>;
using FunctionTable = SlotTable<SharedFn, 2>;
using StreamTable = SlotTable<mx::Stream, 3>;
extern ArrayTable& array_table;
extern FunctionTable& function_table;
extern StreamTable& stream_table;

// ---- in -----------------------------------------------------------------------------------------
struct in {
  Entry entry;
  const mx::array& a;
  explicit in(jlong h) : a(array_table.get(h)) { note_argument(a); }
  operator const mx::array&() const { return a; }
};
// An array to reduce. MLX may loop forever over an empty view; fresh zeros of the same shape have the same reduction.
struct reduced {
  Entry entry;
  std::optional<mx::array> fresh;
  const mx::array& a;
  explicit reduced(jlong h) : a(without_elements(array_table.get(h))) {}
  operator const mx::array&() const { return a; }

 private:
  const mx::array& without_elements(const mx::array& given) {
    note_argument(given);
    if (given.size() > 0) {
      return given;
    }
    return fresh.emplace(mx::zeros(given.shape(), given.dtype()));
  }
};
struct held {
  Entry entry;
  mx::array a;
  explicit held(jlong h) : a(array_table.get(h)) { note_argument(a); }
  operator const mx::array&() const { return a; }
};
struct maybe {  // 0 stands for "not given"
  Entry entry;
  std::optional<mx::array> a;
  explicit maybe(jlong h) {
    if (h) {
      a = array_table.get(h);
      note_argument(*a);
    }
  }
  operator const std::optional<mx::array>&() const { return a; }
};
struct fn {
  Entry entry;
  SharedFn f;
  explicit fn(jlong h) : f(function_table.get(h)) {
    require_stack();
    require_queue();
  }
  operator const SharedFn&() const { return f; }
};
struct on {  // 0 stands for the default stream
  Entry entry;
  mx::StreamOrDevice s;
  explicit on(jlong h) {
    require_stack();
    require_queue();
    if (h) {
      s = resolved(stream_table.get(h));
    }
  }
  operator mx::StreamOrDevice() const { return s; }
};
struct stream {
  Entry entry;
  mx::Stream s;
  explicit stream(jlong h) : s(stream_table.get(h)) {}
  operator mx::Stream() const { return s; }
};
mx::Dtype dtype_of(jint ordinal);
inline jint ordinal_of(mx::Dtype d) { return static_cast<jint>(d.val()); }
struct dtype {
  mx::Dtype d;
  explicit dtype(jint ordinal) : d(dtype_of(ordinal)) {}
  operator mx::Dtype() const { return d; }
};
struct maybe_dtype {  // -1 stands for "not given"
  std::optional<mx::Dtype> d;
  explicit maybe_dtype(jint ordinal) {
    if (ordinal >= 0) {
      d = dtype_of(ordinal);
    }
  }
  operator std::optional<mx::Dtype>() const { return d; }
};
struct maybe_float {  // NaN stands for "not given"
  std::optional<float> f;
  explicit maybe_float(jfloat v) {
    if (v == v) {
      f = v;
    }
  }
  operator std::optional<float>() const { return f; }
};
struct ints {
  std::vector<int> v;
  explicit ints(jintArray a) : v(copy_in<jintArray, jint, &JNIEnv::GetIntArrayRegion>(a)) {}
  operator const std::vector<int>&() const { return v; }
};
struct shape {
  mx::Shape s;
  explicit shape(jintArray a) {
    ints i(a);
    s = mx::Shape(i.v.begin(), i.v.end());
  }
  operator const mx::Shape&() const { return s; }
};
struct strides {
  mx::Strides v;
  explicit strides(jlongArray a) {
    auto l = longs(a);
    v = mx::Strides(l.begin(), l.end());
  }
  operator const mx::Strides&() const { return v; }
};
struct arrays {
  Entry entry;  // first, so that the copies are destroyed under the lock
  Arrays v;
  explicit arrays(jlongArray a) {
    require_stack();
    auto handles = longs(a);
    v.reserve(handles.size());
    for (auto h : handles) {
      v.push_back(array_table.get(h));
      note_argument(v.back());
    }
  }
  operator const Arrays&() const& { return v; }
  operator Arrays&&() && { return std::move(v); }
};

struct utf8_in {
  std::string s;
  explicit utf8_in(jbyteArray a) {
    const auto bytes = copy_in<jbyteArray, jbyte, &JNIEnv::GetByteArrayRegion>(a);
    s.assign(bytes.begin(), bytes.end());
  }
  operator const std::string&() const { return s; }
};

// ---- out ----------------------------------------------------------------------------------------
void require_countable(const mx::array& a);  // throws if the number of elements exceeds 63 bits
struct out {
  jlong h;
  explicit out(mx::array a) : out(std::move(a), false) {}
  operator jlong() const { return h; }

 protected:
  out(mx::array a, bool follows_sizes) {
    Entry entry;
    require_countable(a);
    note_result(a, follows_sizes);
    h = array_table.put(std::move(a));
  }
};
struct following_out : out {  // for operations that write no size into a recorded graph; see recordings.h
  explicit following_out(mx::array a) : out(std::move(a), true) {}
};
struct fnout {
  jlong h;
  explicit fnout(Fn f) {
    Entry entry;
    h = function_table.put(std::make_shared<const Fn>(std::move(f)));
  }
  operator jlong() const { return h; }
};
struct streamout {
  jlong h;
  explicit streamout(mx::Stream s) {
    Entry entry;
    h = stream_table.put(s);
  }
  operator jlong() const { return h; }
};
jlongArray to_java(JNIEnv* env,
                   const Arrays& v);  // converts all or none; null means that an OutOfMemoryError is pending
struct handles {
  Entry entry;
  Arrays v;
  explicit handles(Arrays a) : v(std::move(a)) {}
  explicit handles(const std::pair<mx::array, mx::array>& p) : v{p.first, p.second} {}
  explicit handles(const std::tuple<mx::array, mx::array>& p) : v{std::get<0>(p), std::get<1>(p)} {}
  operator jlongArray() const {
    for (auto& a : v) {
      require_countable(a);
      note_result(a, false);
    }
    return to_java(require_env(), v);
  }
};
struct dtype_out {
  mx::Dtype d;
  explicit dtype_out(mx::Dtype d) : d(d) {}
  operator jlong() const { return ordinal_of(d); }  // not jint: see DTypesNative.java
};
struct utf8_out {
  std::string s;
  explicit utf8_out(std::string v) : s(std::move(v)) {}
  operator jbyteArray() const;
};
struct ints_out {
  std::vector<jint> v;
  explicit ints_out(std::vector<jint> i) : v(std::move(i)) {}
  explicit ints_out(const mx::Shape& s) : v(s.begin(), s.end()) {}
  operator jintArray() const;
};

// ---- handles themselves ---------------------------------------------------------------------------
void close(jlong h);  // closes an array or a function; closing twice is a no-op
void close_all(jlongArray handles, jint n);
jint retain_live(jlongArray handles, jint n);  // moves live handles to the front and returns their number
bool is_live(jlong h);
std::vector<jint> describe(const mx::array& a);  // the ordinal of the dtype, then the shape
// The same, with -1 for each size that a recording for any size must not depend on.
std::vector<jint> describe_for_any_size(const mx::array& a);
inline mx::array alias(const mx::array& a) { return a; }
inline void settle() {  // runs the deletions that wait for the next entry
  Entry entry;
}
jint live_arrays();
jint live_functions();

}  // namespace mlx4j
