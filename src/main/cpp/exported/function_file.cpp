#include "exported/function_file.h"

#include <bit>
#include <sstream>

#include "messages.h"
#include "mlx/allocator.h"

namespace mlx4j {

static_assert(std::endian::native == std::endian::little, "the numbers of a file are little-endian");

// Limits that no legitimate file exceeds, so that recursion and copies of shapes stay small.
static constexpr std::size_t most_dimensions = 64;
static constexpr std::size_t longest_read = std::size_t(1) << 20;

std::ostream& operator<<(std::ostream& os, const Signature& s) { return os << s.dtype << " " << shown(s.shape); }

FunctionFile::FunctionFile(const std::string& path) : in_(path, std::ios::binary | std::ios::ate) {
  if (!in_) {
    throw bad_file("it cannot be opened");
  }
  const auto size = in_.tellg();
  if (size < 0 || !in_.seekg(0)) {
    throw bad_file("it cannot be read");
  }
  remaining_ = std::uint64_t(size);
}

void FunctionFile::bytes(char* to, std::size_t n) {
  if (n > remaining_) {
    std::ostringstream msg;
    msg << "it ends where " << n << " more bytes should be, " << remaining_ << " are left";
    throw bad_file(msg.str());
  }
  if (!in_.read(to, std::streamsize(n))) {
    throw bad_file("it cannot be read");
  }
  remaining_ -= n;
}

bool FunctionFile::boolean() {
  const auto value = number<std::uint8_t>();
  if (value > 1) {
    throw bad_file("it has " + std::to_string(int(value)) + " where true or false should be");
  }
  return value;
}

std::size_t FunctionFile::count(std::size_t bytes_each) {
  const auto n = number<std::uint64_t>();
  if (n > remaining_ / bytes_each) {
    std::ostringstream msg;
    msg << "it announces " << n << " items of at least " << bytes_each << " bytes each, but " << remaining_
        << " bytes are left";
    throw bad_file(msg.str());
  }
  return std::size_t(n);
}

std::string FunctionFile::text() {
  std::string s(count(1), '\0');
  bytes(s.data(), s.size());
  return s;
}

mx::Shape FunctionFile::sizes() {
  const auto v = ints();
  return mx::Shape(v.begin(), v.end());
}

mx::Shape FunctionFile::shape() {
  auto s = sizes();
  if (s.size() > most_dimensions) {
    throw bad_file("it has an array of " + std::to_string(s.size()) + " dimensions");
  }
  for (auto size : s) {
    if (size < 0) {
      throw bad_file("it has an array with an axis of size " + std::to_string(size));
    }
  }
  return s;
}

mx::Dtype FunctionFile::dtype() {
  const auto ordinal = number<std::int32_t>();
  const auto size = number<std::uint8_t>();
  if (ordinal < 0 || ordinal > int(mx::Dtype::Val::complex64) || dtype_of(ordinal).size() != size) {
    throw bad_file("it has no dtype where one should be");
  }
  return dtype_of(ordinal);
}

Signature FunctionFile::signature() {
  auto s = shape();
  const auto d = dtype();
  Signature signature{std::move(s), d};
  require_countable(mx::array(signature.shape, d, nullptr, {}));
  return signature;
}

mx::array FunctionFile::values(const Signature& s) {
  mx::array a(s.shape, s.dtype, nullptr, {});
  if (a.nbytes() > remaining_) {
    std::ostringstream msg;
    msg << "it ends where " << a.nbytes() << " bytes of a constant should be, " << remaining_ << " are left";
    throw bad_file(msg.str());
  }
  a = mx::array(mx::allocator::malloc(a.nbytes()), s.shape, s.dtype);
  if (a.nbytes() > longest_read) {
    Released released;  // so that others need not wait for the disk
    bytes(a.data<char>(), a.nbytes());
  } else {
    bytes(a.data<char>(), a.nbytes());
  }
  if (s.dtype == mx::bool_) {
    auto* b = a.data<std::uint8_t>();
    for (std::size_t i = 0; i < a.size(); ++i) {
      b[i] = b[i] != 0;
    }
  }
  return a;
}

}  // namespace mlx4j
