#include "random.h"

#include <random>

#include "threads.h"

namespace mlx4j {

static mx::random::KeySequence& sequence() {  // entry lock held
  static auto& s = immortal<mx::random::KeySequence>([] {
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
    k = array_table().get(h);
  } else {
    k = sequence().next();
  }
}

}  // namespace mlx4j
