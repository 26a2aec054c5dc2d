// Reads the file of an exported function and checks every number; MLX itself trusts all sizes and types.
#pragma once

#include <cstdint>
#include <fstream>

#include "handles.h"

namespace mlx4j {

struct bad_file : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// A shape and a dtype that a file mentions.
struct Signature {
  mx::Shape shape;
  mx::Dtype dtype;

  bool fits(const mx::array& a, bool any_sizes) const {
    return a.dtype() == dtype && (any_sizes ? a.ndim() == shape.size() : a.shape() == shape);
  }
};
std::ostream& operator<<(std::ostream& os, const Signature& s);

class FunctionFile {
 public:
  explicit FunctionFile(const std::string& path);

  template <class T>
  T number() {
    T value;
    bytes(reinterpret_cast<char*>(&value), sizeof(T));
    return value;
  }
  bool boolean();
  // Reads how many items follow, each of which takes at least the given number of bytes.
  std::size_t count(std::size_t bytes_each);
  std::string text();
  template <class T>
  std::vector<T> numbers() {
    std::vector<T> values(count(sizeof(T)));
    for (auto& value : values) {
      value = number<T>();
    }
    return values;
  }
  std::vector<int> ints() { return numbers<int>(); }
  mx::Shape sizes();  // of any sign
  mx::Shape shape();  // of a possible array
  mx::Dtype dtype();
  Signature signature();
  mx::array values(const Signature& s);
  std::uint64_t remaining() const { return remaining_; }

 private:
  void bytes(char* to, std::size_t n);

  std::ifstream in_;
  std::uint64_t remaining_;
};

}  // namespace mlx4j
