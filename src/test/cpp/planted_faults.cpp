// Deliberate faults, only in the build with sanitizers: a test demands that each is caught, so that a run without
// reports means something. They are part of the library, because the library is what must be instrumented.
#include <limits>
#include <memory>
#include <optional>

#include "evaluation.h"
#include "handles.h"

using namespace mlx4j;

extern "C" {

// The mistake that handles exist to prevent: a reference into an array outlives its handle.
JNIEXPORT jint JNICALL Java_org_mlx4j_PlantedFaults_useAfterFree(JNIEnv*, jclass) {
  auto owner = std::make_unique<Arrays>(Arrays{mx::array(1), mx::array(2)});
  const mx::array* dangling = owner->data();
  owner.reset();
  return jint(dangling->has_primitive());
}

// Memory that MLX allocated is watched as well.
JNIEXPORT jint JNICALL Java_org_mlx4j_PlantedFaults_readBeyondAnArray(JNIEnv*, jclass, jint size) {
  const out made(mx::arange(size));
  const held of(made.h);
  evaluate({of.a});
  const auto value = of.a.data<std::int32_t>()[of.a.buffer_size() / sizeof(std::int32_t)];
  close(made.h);
  return value;
}

JNIEXPORT jint JNICALL Java_org_mlx4j_PlantedFaults_overflow(JNIEnv*, jclass, jint summand) {
  return std::numeric_limits<jint>::max() + summand;
}

JNIEXPORT jint JNICALL Java_org_mlx4j_PlantedFaults_castWhatDoesNotFit(JNIEnv*, jclass, jdouble value) {
  return static_cast<jint>(value);
}

}  // extern "C"
