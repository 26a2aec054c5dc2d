// Random numbers: one key sequence for the process, where MLX has one for each thread, all of which start alike.
#pragma once

#include "handles.h"

namespace mlx4j {

void seed(jlong seed);
mx::array key_of(jlong seed);

// The given key, or the next one of the sequence for 0.
struct key {
  Entry entry;
  std::optional<mx::array> k;
  explicit key(jlong h);
  operator const std::optional<mx::array>&() const { return k; }
};

// Forwards: MLX overloads these with templates, which overload resolution would prefer to an adapter's conversion.
using MaybeKey = const std::optional<mx::array>&;
inline mx::array uniform(const mx::array& low, const mx::array& high, const mx::Shape& shape, mx::Dtype dtype,
                         MaybeKey key, mx::StreamOrDevice s) {
  return mx::random::uniform(low, high, shape, dtype, key, s);
}
inline mx::array randint(const mx::array& low, const mx::array& high, const mx::Shape& shape, mx::Dtype dtype,
                         MaybeKey key, mx::StreamOrDevice s) {
  return mx::random::randint(low, high, shape, dtype, key, s);
}
inline mx::array bernoulli(const mx::array& p, MaybeKey key, mx::StreamOrDevice s) {
  return mx::random::bernoulli(p, key, s);
}
inline mx::array bernoulli(const mx::array& p, const mx::Shape& shape, MaybeKey key, mx::StreamOrDevice s) {
  return mx::random::bernoulli(p, shape, key, s);
}

}  // namespace mlx4j
