#include "einsum.h"

namespace mlx4j {

std::vector<jint> einsum_steps(const char* subscripts, const Arrays& operands) {
  std::vector<jint> steps;
  for (auto& places : mx::einsum_path(subscripts, operands).first) {
    steps.push_back(jint(places.size()));
    steps.insert(steps.end(), places.begin(), places.end());
  }
  return steps;
}

std::string einsum_costs(const char* subscripts, const Arrays& operands) {
  return mx::einsum_path(subscripts, operands).second;
}

}  // namespace mlx4j
