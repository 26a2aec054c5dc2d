// Java functional objects as std::functions, in any number.
#pragma once

#include "handles.h"

namespace mlx4j {

// Converts org.mlx4j.internal.NativeFunction to Fn. When called from C++, it runs the Java code with the entry lock
// released. An exception thrown by the Java code passes through C++ as java_error and leaves the outermost call as the
// same object.
struct lambda {
  Fn f;
  explicit lambda(jobject o);
  operator Fn&&() && { return std::move(f); }
};
inline Fn function(Fn f) { return f; }

// Converts org.mlx4j.internal.NativeRule to Rule: a function of arrays and of numbers, which it replaces. Null becomes
// an empty Rule.
using Rule = std::function<Arrays(const Arrays&, std::vector<int>& numbers)>;
struct rule {
  Rule r;
  explicit rule(jobject o);
  operator Rule&&() && { return std::move(r); }
};

}  // namespace mlx4j
