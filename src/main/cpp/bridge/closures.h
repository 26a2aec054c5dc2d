// A Java functional object as a std::function, in any number.
#pragma once

#include "handles.h"

namespace mlx4j {

// org.mlx4j.internal.NativeFunction -> Fn. Called from C++, it runs the Java code with the entry lock released; an
// exception of the Java code passes through C++ as java_error and comes out of the outermost call as the same object.
struct lambda {
  Fn f;
  explicit lambda(jobject o);
  operator Fn&&() && { return std::move(f); }
};
inline Fn function(Fn f) { return f; }

// org.mlx4j.internal.NativeRule -> Rule: a function of arrays and of numbers, which are replaced by those that it
// returns. Null becomes an empty Rule.
using Rule = std::function<Arrays(const Arrays&, std::vector<int>& numbers)>;
struct rule {
  Rule r;
  explicit rule(jobject o);
  operator Rule&&() && { return std::move(r); }
};

}  // namespace mlx4j
