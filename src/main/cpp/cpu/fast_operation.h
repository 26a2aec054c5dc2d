// The primitive of an operation that MLX composes of others on the CPU.
#pragma once

#include <functional>

#include "handles.h"
#include "mlx/primitives.h"

namespace mlx4j::cpu {

// Whether an operation on this stream may be computed by a kernel of its own: nothing is traced, or for compile() only.
bool may_fuse(mx::Stream s);

class FastOperation : public mx::Primitive {
 public:
  // What MLX composes, given the same inputs.
  using Composition = std::function<mx::array(const Arrays& inputs)>;

  FastOperation(mx::Stream s, const char* name, Composition composition)
      : Primitive(s), name_(name), composition_(std::move(composition)) {}

  void eval_cpu(const Arrays& inputs, Arrays& outputs) final { compute(inputs, outputs[0]); }
  void eval_gpu(const Arrays&, Arrays&) final;

  // Those of the composition. They are needed if the operation is applied to an array that another thread is tracing.
  Arrays vjp(const Arrays& primals, const Arrays& cotangents, const std::vector<int>& argnums, const Arrays&) final;
  Arrays jvp(const Arrays& primals, const Arrays& tangents, const std::vector<int>& argnums) final;
  std::pair<Arrays, std::vector<int>> vmap(const Arrays& inputs, const std::vector<int>& axes) final;

  const char* name() const final { return name_; }

 protected:
  virtual void compute(const Arrays& inputs, mx::array& out) = 0;

 private:
  Fn function() const;

  const char* name_;
  Composition composition_;
};

}  // namespace mlx4j::cpu
