#include "cpu/fast_operation.h"

#include <algorithm>
#include <stdexcept>

#include "cpu.h"
#include "graph_guard.h"
#include "transforms.h"

namespace mlx4j::cpu {

bool may_fuse(mx::Stream s) { return cpu_kernels() && s.device == mx::Device::cpu && traced_for_compile_at_most(); }

void FastOperation::eval_gpu(const Arrays&, Arrays&) {
  throw std::logic_error(std::string("[") + name_ + "] This is for the CPU.");
}

Fn FastOperation::function() const {
  return [composition = composition_](const Arrays& inputs) { return Arrays{composition(inputs)}; };
}

Arrays FastOperation::vjp(const Arrays& primals, const Arrays& cotangents, const std::vector<int>& argnums,
                          const Arrays&) {
  const Arrays all = mlx4j::vjp(std::make_shared<const Fn>(function()), primals, cotangents);
  Arrays wanted;
  for (auto argnum : argnums) {
    wanted.push_back(all[1 + std::size_t(argnum)]);
  }
  return wanted;
}

Arrays FastOperation::jvp(const Arrays& primals, const Arrays& tangents, const std::vector<int>& argnums) {
  Arrays all;
  for (const auto& primal : primals) {
    all.push_back(mx::zeros_like(primal, stream()));
  }
  for (std::size_t i = 0; i < argnums.size(); ++i) {
    all[std::size_t(argnums[i])] = tangents[i];
  }
  return {mlx4j::jvp(std::make_shared<const Fn>(function()), primals, all)[1]};
}

std::pair<Arrays, std::vector<int>> FastOperation::vmap(const Arrays& inputs, const std::vector<int>& axes) {
  std::vector<int> from = axes;
  std::replace(from.begin(), from.end(), -1, not_mapped);
  return {mlx4j::vmap(std::make_shared<const Fn>(function()), from)(inputs), {0}};
}

}  // namespace mlx4j::cpu
