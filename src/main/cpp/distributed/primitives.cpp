#include "distributed/primitives.h"

#include <condition_variable>
#include <limits>
#include <mutex>
#include <set>
#include <sstream>

#include "distributed/groups.h"
#include "evaluation.h"
#include "graph_guard.h"
#include "graph_walk.h"
#include "messages.h"
#include "mlx/allocator.h"
#include "mlx/distributed/distributed_impl.h"
#include "mlx/primitives.h"
#include "threads.h"

namespace mlx4j {

using Group = mx::distributed::Group;

namespace distributed {

// Like MLX's AllGather, whose vmap rule appends the other ranks' batches to ours if the batch is the first axis.
class AllGather : public mx::Primitive {
 public:
  explicit AllGather(Group g) : mx::Primitive(process_stream(mx::Device::cpu)), group_(std::move(g)) {}

  static mx::array of(const mx::array& x, const Group& g) {
    mx::Shape shape = x.shape();
    if (shape.empty()) {
      shape.push_back(1);
    }
    const auto first = std::int64_t(shape[0]) * g.size();
    if (first > std::numeric_limits<int>::max()) {
      std::ostringstream msg;
      msg << "[allGather] " << g.size() << " times shape " << shown(x.shape()) << " is too large";
      throw std::invalid_argument(msg.str());
    }
    shape[0] = int(first);
    return mx::array(std::move(shape), x.dtype(), std::make_shared<AllGather>(g), {x});
  }

  void eval_cpu(const Arrays& inputs, Arrays& outputs) override {
    outputs[0].set_data(mx::allocator::malloc(outputs[0].nbytes()));
    group_.raw_group()->all_gather(inputs[0], outputs[0], stream());
  }
  void eval_gpu(const Arrays& inputs, Arrays& outputs) override { eval_cpu(inputs, outputs); }

  std::pair<Arrays, std::vector<int>> vmap(const Arrays& inputs, const std::vector<int>& axes) override {
    mx::array x = mx::moveaxis(inputs[0], axes[0], -1, stream());
    if (x.ndim() == 1) {
      x = mx::expand_dims(x, 0, stream());
    }
    mx::array all = of(x, group_);
    return {{all}, {int(all.ndim()) - 1}};
  }
  Arrays jvp(const Arrays&, const Arrays& tangents, const std::vector<int>&) override {
    return {of(tangents[0], group_)};
  }
  Arrays vjp(const Arrays& primals, const Arrays& cotangents, const std::vector<int>&, const Arrays&) override {
    const mx::Shape& shape = primals[0].shape();
    mx::array parts = mx::reshape(cotangents[0], rows(shape), stream());
    return {mx::reshape(mx::take(parts, group_.raw_group()->rank(), 0, stream()), shape, stream())};
  }
  const char* name() const override { return "AllGather"; }

 private:
  mx::Shape rows(const mx::Shape& shape) const {
    mx::Shape r{group_.raw_group()->size()};
    r.insert(r.end(), shape.begin(), shape.end());
    return r;
  }
  Group group_;
};

}  // namespace distributed

namespace {

// While one thread performs an operation, other threads that need its result wait for it.
class Claim {
 public:
  explicit Claim(std::uintptr_t id) : id_(id) {
    Released released;
    std::unique_lock l(mutex());
    changed().wait(l, [&] { return claimed().insert(id_).second; });
  }
  ~Claim() {
    std::lock_guard l(mutex());
    claimed().erase(id_);
    changed().notify_all();
  }
  Claim(const Claim&) = delete;
  Claim& operator=(const Claim&) = delete;

 private:
  static std::mutex& mutex() {
    static auto& m = immortal<std::mutex>();
    return m;
  }
  static std::condition_variable& changed() {
    static auto& c = immortal<std::condition_variable>();
    return c;
  }
  static std::set<std::uintptr_t>& claimed() {
    static auto& ids = immortal<std::set<std::uintptr_t>>();
    return ids;
  }
  std::uintptr_t id_;
};

// Performs one operation. mx::eval would wait for the stream, and for everything else that runs there, with the lock
// held.
void carry_out(mx::array a) {
  Claim claim(a.id());
  if (!is_pending(a)) {
    return;
  }
  plan_evaluation({a}, tracing());  // throws if it cannot be done
  Arrays inputs = a.inputs();
  evaluate(inputs);
  for (auto& in : inputs) {
    if (!in.flags().row_contiguous) {
      in = mx::contiguous(in, false, process_stream(mx::Device::cpu));
    }
  }
  evaluate(inputs);
  Arrays outputs{mx::array(a.shape(), a.dtype(), nullptr, {})};
  {
    MayCommunicate permission;
    a.primitive().eval_cpu(inputs, outputs);
  }
  a.copy_shared_buffer(outputs[0]);
  a.set_status(mx::array::Status::available);
  if (!a.is_tracer()) {
    a.detach();
  }
}

}  // namespace

mx::array all_gather(const mx::array& x, const std::optional<Group>& g, mx::StreamOrDevice) {
  return g->size() == 1 ? x : distributed::AllGather::of(x, *g);
}

mx::array send(const mx::array& x, jint dst, const std::optional<Group>& g, mx::StreamOrDevice s) {
  require_peer("send", "dst", dst, *g);
  return mx::distributed::send(x, dst, g, s);
}

mx::array recv(const mx::Shape& shape, mx::Dtype dtype, jint src, const std::optional<Group>& g, mx::StreamOrDevice s) {
  require_peer("recv", "src", src, *g);
  mx::array r = mx::distributed::recv(shape, dtype, src, g, s);
  // Compiled functions treat an operation without inputs as a constant.
  return mx::array(shape, dtype, r.primitive_ptr(), {mx::array(0)});
}

void communicate(const Arrays& outputs) {
  if (!has_groups()) {
    return;
  }
  for (auto& a : communications(outputs)) {
    carry_out(a);
  }
}

}  // namespace mlx4j
