#include "random.h"

#include <random>

#include "evaluation.h"
#include "threads.h"

namespace mlx4j {

// Like mx::random::KeySequence, but evaluates its state now and then; otherwise the state's graph would grow with each
// number.
class KeySequence {
 public:
  explicit KeySequence(std::uint64_t seed) : key_(mx::random::key(seed)) {}

  void seed(std::uint64_t seed) { key_ = mx::random::key(seed); }

  mx::array next() {
    auto [state, key] = mx::random::split(key_);
    key_ = state;
    if (++drawn_ % 32 == 0) {
      async_evaluate({key_});
    }
    return key;
  }

 private:
  mx::array key_;
  std::uint64_t drawn_ = 0;
};

static KeySequence& sequence() {  // the entry lock must be held
  static auto& s = immortal<KeySequence>([] {
    std::random_device device;
    return std::uint64_t(device()) << 32 | device();
  }());
  return s;
}

void seed(jlong seed) {
  Entry entry;
  sequence().seed(std::uint64_t(seed));
}

mx::array key_of(jlong seed) {
  Entry entry;
  return mx::random::key(std::uint64_t(seed));
}

key::key(jlong h) {
  if (h) {
    k = array_table.get(h);
  } else {
    k = sequence().next();
  }
}

}  // namespace mlx4j
